//! Workloads that measure the simulator itself.

pub mod hold;
