//! What happened: observations in, tables out.

mod bin;
mod burden;
mod collector;
mod homes;
mod ledger;
mod period;
mod qoe;
mod spread;
pub mod statistics;
mod summary;
pub mod tables;
mod waste;

pub use collector::Collector;
