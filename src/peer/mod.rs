//! The peer core: what a real client ships. No clock, no dice of its own, no I/O.
pub mod cache;
pub mod scheduler;
