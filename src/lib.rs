//! offpeak: what peers take off the upstream of a streaming service, whom that costs, and what it
//! does to rebuffering.

extern crate alloc;

pub mod engine;
pub mod metrics;
pub mod peer;
pub mod rng;
pub mod scenario;
pub mod units;
pub mod world;
