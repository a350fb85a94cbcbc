//! What happened: observations in, tables out.

mod collector;
pub mod statistics;
mod summary;
pub mod tables;

pub use collector::Collector;
