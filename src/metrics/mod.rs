//! What happened: observations in, tables out.

pub mod billing;
mod bills;
mod bin;
pub mod boundaries;
mod burden;
mod causes;
mod collector;
mod curve;
mod energy;
mod homes;
mod ledger;
mod links;
mod period;
mod qoe;
mod spread;
pub mod statistics;
mod summary;
pub mod tables;
mod waste;

pub use collector::Collector;
