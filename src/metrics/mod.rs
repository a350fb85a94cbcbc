//! What happened: observations in, tables out.

pub mod billing;
mod bills;
mod bin;
pub mod boundaries;
mod burden;
mod causes;
mod collector;
mod energy;
mod latency;
mod links;
pub mod statistics;
mod summary;
pub mod tables;

pub use collector::Collector;
