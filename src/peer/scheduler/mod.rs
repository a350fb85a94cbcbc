//! When a segment is fetched, and from whom.
mod params;
pub use params::{CdnOnly, Hybrid, Oracle, Scheduler};
