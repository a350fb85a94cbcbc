//! offpeak: what peers take off the upstream of a streaming service, whom that costs, and what it
//! does to rebuffering.
//!
//! In reading order: [`scenario`] (text to values) → [`world`] (who, where, when) → [`engine`] (time
//! passes) → [`metrics`] (what happened) → [`results`] (tables) → [`report`] (plots). The engine
//! drives [`peer`], the code a real client ships. [`units`] and [`rng`] are under all of them,
//! [`experiment`] and [`cli`] on top.

extern crate alloc;

pub mod cli;
pub mod engine;
pub mod experiment;
pub mod metrics;
pub mod peer;
pub mod report;
pub mod results;
pub mod rng;
pub mod scenario;
pub mod units;
pub mod world;
