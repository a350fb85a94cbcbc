//! Text to values: reads, checks and resolves scenario files.
//!
//! Knows no time, randomness or network.

pub mod model;
pub mod tables;

pub use model::Scenario;
pub use tables::Tables;

/// An arm with everything it may change, resolved.
#[derive(Clone, Debug, PartialEq)]
pub struct ArmPlan {
    /// Its name.
    pub name: String,
    /// Whether the others are compared with it.
    pub baseline: bool,
    /// How segments are fetched.
    pub scheduler: crate::peer::scheduler::Scheduler,
    /// Devices by name.
    pub device: std::collections::BTreeMap<String, model::Device>,
    /// Who tells peers about each other.
    pub directory: model::Directory,
    /// How introductions become connections.
    pub mesh: model::Mesh,
}
