//! A whole evening with the real client: world, engine and metrics of a scenario, one arm, one
//! replication, one thread.

use serde::Serialize;

use super::{Cpu, More, Row};
use crate::engine::meter::{Part, Sampled};
use crate::experiment::{Stopped, run_metered};
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
    /// Transfers that arrived.
    #[serde(skip)]
    pub transfers: u64,
    /// Those of them that peers sent.
    #[serde(skip)]
    pub from_peers: u64,
    /// From asking to arrival.
    #[serde(skip)]
    pub mean_transfer_s: f64,
    /// Transfers begun.
    pub begun: u64,
    /// Events handled.
    pub events: u64,
    /// Share of the bytes from the network that peers sent.
    pub from_peers_share: Option<f64>,
    /// Most viewers at once.
    pub viewers_peak: Option<f64>,
    /// CPU time of drawing the world and putting its history through the caches, in ns; not part of
    /// the time per transfer.
    pub setup_cpu_ns: u64,
    /// CPU time of the run, in ns.
    pub cpu_ns: u64,
    /// Of that time, by what was found in the events that were timed: queue, transfers, directory,
    /// connections, metrics; then rates of flows; then the peer core.
    pub kernel_cpu_ns: u64,
    /// See [`Part::Sharing`].
    pub sharing_cpu_ns: u64,
    /// See [`Part::Policy`].
    pub policy_cpu_ns: u64,
    /// Events that were timed.
    pub timed_events: u64,
}

/// Plays replication 0 of the arm [`ARM`] of `loaded`; `None` when there is no such arm.
///
/// # Errors
/// When the run fails its audit.
pub fn run(loaded: &Loaded, cpu: Cpu<'_>) -> Option<Result<Evening, Stopped>> {
    let arm = loaded.arms.iter().find(|arm| arm.name == ARM)?;
    let begun = cpu();
    let world = World::build(&loaded.scenario, &loaded.tables, 0);
    let mut meter = Sampled::new(cpu);
    let run = run_metered(&loaded.scenario, &world, arm, 0, |_, _| false, &mut meter);
    let set_up = meter.begun().unwrap_or(begun);
    let cpu_ns = cpu() - set_up;
    Some(run.map(|(run, audit)| {
        let spent = meter.spent();
        let all = spent.iter().sum::<u64>().max(1);
        let part = |part: Part| {
            (u128::from(cpu_ns) * u128::from(spent[part as usize]) / u128::from(all)) as u64
        };
        let rows = run.tables.summary.iter().filter(|row| row.window == Window::All);
        let value = |name: &str| rows.clone().find(|row| row.metric == name)?.value;
        Evening {
            arm: run.arm.clone(),
            homes: loaded.scenario.run.homes,
            transfers: audit.arrived,
            from_peers: audit.arrived_from_peers,
            mean_transfer_s: audit.arrived_after as f64 / 1e9 / audit.arrived as f64,
            begun: audit.transfers,
            events: run.tables.events,
            from_peers_share: value("p2p_share"),
            viewers_peak: value("viewers_peak"),
            setup_cpu_ns: set_up - begun,
            cpu_ns,
            kernel_cpu_ns: part(Part::Kernel),
            sharing_cpu_ns: part(Part::Sharing),
            policy_cpu_ns: part(Part::Policy),
            timed_events: meter.timed(),
        }
    }))
}

impl From<Evening> for Row {
    fn from(evening: Evening) -> Self {
        Self {
            bench: "evening",
            n: evening.homes,
            // The shipped evening has no other.
            sharing: Some("max-min"),
            transfers: Some(evening.transfers),
            from_peers: Some(evening.from_peers),
            mean_transfer_s: Some(evening.mean_transfer_s),
            cpu_ns_per_unit: evening.cpu_ns as f64 / evening.transfers as f64,
            bytes_per_peer: None,
            more: More::Evening(evening),
        }
    }
}
