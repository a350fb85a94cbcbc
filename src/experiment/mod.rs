//! The unit of work: every arm of every replication of a scenario, in parallel, collected in order.
//!
//! One run is one thread; results are collected by index, so that the number of threads cannot
//! matter.

pub mod bench;
pub mod knobs;
mod play;
pub mod trace;
pub mod validate;

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::AtomicBool;

pub use play::{Unit, play};

use crate::engine::meter::{Meter, Unmetered};
use crate::engine::{Audit, Engine};
use crate::metrics::Collector;
use crate::results::{RESULTS_VERSION, Run};
use crate::scenario::{ArmPlan, Loaded, Scenario};
use crate::units::{Span, Time};
use crate::world::World;

/// Hears how far the runs are; called from worker threads.
pub trait Progress: Sync {
    /// Run number `run` (its place among those to be played) has simulated `simulated` of `total`,
    /// warm-up included, and handled `events` events so far.
    fn advance(&self, run: usize, simulated: Span, total: Span, events: u64);
}

/// Why there are no runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stopped {
    /// The interrupt was raised.
    Interrupted,
    /// A run found itself wrong; the text names arm, replication and seed.
    Failed(String),
}

/// Plays the arms of `loaded` with the given indices in all replications, on `threads` threads (0:
/// one per core), each with a row for every home if that is wanted. Runs come back in order of arm,
/// then replication.
///
/// # Errors
/// When interrupted, or when a run fails its audit.
///
/// # Panics
/// When threads cannot be started.
pub fn run(
    loaded: &Loaded,
    arms: &[usize],
    (threads, per_home): (usize, bool),
    progress: &dyn Progress,
    interrupt: &AtomicBool,
) -> Result<Vec<Run>, Stopped> {
    let replications = loaded.scenario.run.replications;
    let units: Vec<Unit<'_>> = (0..replications)
        .flat_map(|replication| arms.iter().map(move |arm| Unit { loaded, arm: *arm, replication }))
        .collect();
    let done: Mutex<BTreeMap<(usize, u32), Result<Run, Stopped>>> = Mutex::default();
    let ended = |at: usize, run: Result<Run, Stopped>| {
        let place = (at % arms.len(), units[at].replication);
        let goes_on = run.is_ok();
        done.lock().expect("no thread panicked").insert(place, run);
        goes_on
    };
    play(&units, (threads, per_home), progress, interrupt, &ended);
    done.into_inner().expect("no thread panicked").into_values().collect()
}

/// One arm of one replication: the same input, the same tables.
///
/// # Errors
/// When `told` (simulated time, events so far) returns true, or the audit fails.
pub fn run_one(
    scenario: &Scenario,
    world: &World,
    arm: &ArmPlan,
    replication: u32,
    told: impl FnMut(Time, u64) -> bool,
) -> Result<Run, Stopped> {
    run_metered(scenario, world, arm, replication, told, Unmetered).map(|(run, _)| run)
}

/// As [`run_one`], with `meter` told of the parts of the work; the books besides.
///
/// # Errors
/// As [`run_one`].
pub fn run_metered(
    scenario: &Scenario,
    world: &World,
    arm: &ArmPlan,
    replication: u32,
    told: impl FnMut(Time, u64) -> bool,
    meter: impl Meter,
) -> Result<(Run, Audit), Stopped> {
    run_with(scenario, (world, false), arm, replication, told, meter)
}

fn run_with(
    scenario: &Scenario,
    (world, per_home): (&World, bool),
    arm: &ArmPlan,
    replication: u32,
    told: impl FnMut(Time, u64) -> bool,
    meter: impl Meter,
) -> Result<(Run, Audit), Stopped> {
    let mut watch = Collector::new(scenario, world, arm, told);
    if per_home {
        watch = watch.per_home();
    }
    let audit = Engine::metered(scenario, world, arm, replication, &mut watch, meter).run();
    let audit = audit.ok_or(Stopped::Interrupted)?;
    let (mut tables, broken) = watch.finish();
    let faults: Vec<String> = audit.faults.iter().cloned().chain(broken).collect();
    if !faults.is_empty() {
        return Err(Stopped::Failed(format!(
            "the audit of arm `{}`, replication {replication}, seed {} failed (offpeak {}, results \
             version {RESULTS_VERSION}); this is a bug:\n  {}",
            arm.name,
            scenario.run.seed,
            env!("CARGO_PKG_VERSION"),
            faults.join("\n  ")
        )));
    }
    tables.events = audit.events;
    tables.transfers = audit.transfers;
    Ok((Run { arm: arm.name.clone(), replication, tables }, audit))
}
