//! Time passes.
mod queue;
pub mod sharing;
