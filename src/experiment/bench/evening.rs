//! A whole evening with the real client: world, engine and metrics of a scenario, one arm, one
//! replication, one thread.

use serde::Serialize;

use super::{Cpu, More, Row};
use crate::experiment::{Stopped, run_one};
use crate::metrics::tables::Window;
use crate::scenario::Loaded;
use crate::world::World;

/// The arm that is played.
pub const ARM: &str = "hybrid";

/// What one evening was and took.
#[derive(Clone, Debug, Serialize)]
pub struct Evening {
    /// The arm.
    pub arm: String,
    /// Homes.
    #[serde(skip)]
    pub homes: u32,
    /// Transfers begun.
    #[serde(skip)]
    pub transfers: u64,
    /// Events handled.
    pub events: u64,
    /// Share of the bytes from the network that peers sent.
    pub from_peers_share: Option<f64>,
    /// Most viewers at once.
    pub viewers_peak: Option<f64>,
    /// CPU time of drawing the world, in ns; not part of the time per transfer.
    pub setup_cpu_ns: u64,
    /// CPU time of the run, in ns.
    pub cpu_ns: u64,
}

/// Plays replication 0 of the arm [`ARM`] of `loaded`; `None` when there is no such arm.
///
/// # Errors
/// When the run fails its audit.
pub fn run(loaded: &Loaded, cpu: Cpu<'_>) -> Option<Result<Evening, Stopped>> {
    let arm = loaded.arms.iter().find(|arm| arm.name == ARM)?;
    let begun = cpu();
    let world = World::build(&loaded.scenario, &loaded.tables, 0);
    let drawn = cpu();
    let run = run_one(&loaded.scenario, &world, arm, 0, |_, _| false);
    let cpu_ns = cpu() - drawn;
    Some(run.map(|run| {
        let rows = run.tables.summary.iter().filter(|row| row.window == Window::All);
        let value = |name: &str| rows.clone().find(|row| row.metric == name).map(|row| row.value);
        Evening {
            arm: run.arm.clone(),
            homes: loaded.scenario.run.homes,
            transfers: run.tables.transfers,
            events: run.tables.events,
            from_peers_share: value("p2p_share"),
            viewers_peak: value("viewers_peak"),
            setup_cpu_ns: drawn - begun,
            cpu_ns,
        }
    }))
}

impl From<Evening> for Row {
    fn from(evening: Evening) -> Self {
        Self {
            bench: "evening",
            n: evening.homes,
            // The scenario format knows no other.
            sharing: Some("max-min"),
            transfers: Some(evening.transfers),
            from_peers: None,
            mean_transfer_s: None,
            cpu_ns_per_unit: evening.cpu_ns as f64 / evening.transfers as f64,
            bytes_per_peer: None,
            more: More::Evening(evening),
        }
    }
}
