//! The unit of work: every arm of every replication of a scenario, in parallel, collected in order.
//!
//! One run is one thread; results are collected by index, so that the number of threads cannot
//! matter.

pub mod bench;
pub mod trace;
pub mod validate;

use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex};

use rayon::prelude::*;

use crate::engine::meter::{Meter, Unmetered};
use crate::engine::{Audit, Engine};
use crate::metrics::Collector;
use crate::results::{RESULTS_VERSION, Run};
use crate::scenario::{ArmPlan, Loaded, Scenario};
use crate::units::{Span, Time};
use crate::world::World;

/// Hears how far the runs are; called from worker threads.
pub trait Progress: Sync {
    /// Run number `run` (in order of arm, then replication) has simulated `simulated` of `total`,
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

/// The world of a replication: drawn when first needed, dropped after its last arm.
struct Shared {
    world: Mutex<Option<Arc<World>>>,
    left: AtomicU32,
}

impl Shared {
    fn get(&self, loaded: &Loaded, replication: u32) -> Arc<World> {
        let mut slot = self.world.lock().expect("no thread panicked");
        let draw = || Arc::new(World::build(&loaded.scenario, &loaded.tables, replication));
        Arc::clone(slot.get_or_insert_with(draw))
    }

    fn done(&self) {
        if self.left.fetch_sub(1, Ordering::Relaxed) == 1 {
            *self.world.lock().expect("no thread panicked") = None;
        }
    }
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
    let share = || Shared { world: Mutex::new(None), left: AtomicU32::new(arms.len() as u32) };
    let worlds: Vec<Shared> = (0..replications).map(|_| share()).collect();
    // Worked off replication by replication, so that few worlds are held at once.
    let mut work: Vec<(u32, usize)> =
        (0..replications).flat_map(|rep| (0..arms.len()).map(move |arm| (rep, arm))).collect();
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
    let pool = pool.expect("threads can be started");
    let one = |&(replication, arm): &(u32, usize)| {
        let shared = &worlds[replication as usize];
        let world = shared.get(loaded, replication);
        let place = arm * replications as usize + replication as usize;
        let total = world.until.since(Time::ZERO);
        let told = |at: Time, events| {
            progress.advance(place, at.since(Time::ZERO), total, events);
            interrupt.load(Ordering::Relaxed)
        };
        let arm = &loaded.arms[arms[arm]];
        let run = run_with(&loaded.scenario, (&world, per_home), arm, replication, told, Unmetered);
        let run = run.map(|(run, _)| run);
        shared.done();
        (place, run)
    };
    let mut done: Vec<(usize, Result<Run, Stopped>)> =
        pool.install(|| work.par_drain(..).with_max_len(1).map(|unit| one(&unit)).collect());
    done.sort_by_key(|(place, _)| *place);
    done.into_iter().map(|(_, run)| run).collect()
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
