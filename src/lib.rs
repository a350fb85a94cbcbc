//! offpeak: what peers take off the upstream of a streaming service, whom that costs, and what it
//! does to rebuffering.

pub mod cli;
pub mod metrics;
pub mod peer;
pub mod report;
pub mod results;
pub mod rng;
pub mod scenario;
pub mod units;
pub mod world;
