//! What happened: observations in, tables out.

mod bin;
mod burden;
mod causes;
mod collector;
mod latency;
pub mod statistics;
mod summary;
pub mod tables;

pub use collector::Collector;
