//! Text to values: reads, checks and resolves scenario files.
//!
//! Knows no time, randomness or network.

pub mod model;
pub mod tables;

pub use model::Scenario;
pub use tables::Tables;
