//! The unit of work: every arm of every replication of a scenario, in parallel, collected in order.
//!
//! One run is one thread; results are collected by index, so that the number of threads cannot
//! matter.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use rayon::prelude::*;

use crate::engine::Engine;
use crate::metrics::Collector;
use crate::metrics::tables::RunTables;
use crate::scenario::{ArmPlan, Scenario, Tables};
use crate::units::Time;
use crate::world::World;

/// A finished run.
#[derive(Clone, Debug)]
pub struct Finished {
    /// Name of the arm.
    pub arm: String,
    /// Counted from 0.
    pub replication: u32,
    /// What it left.
    pub tables: RunTables,
}

/// Why there are no results.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failure {
    /// Somebody asked to stop.
    Interrupted,
    /// The books of a run do not agree: a bug.
    Audit {
        /// Where.
        arm: String,
        /// Where.
        replication: u32,
        /// To repeat it.
        seed: u64,
        /// What does not agree.
        faults: Vec<String>,
    },
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Interrupted => f.write_str("interrupted"),
            Self::Audit {
                arm,
                replication,
                seed,
                faults,
            } => write!(
                f,
                "the audit of arm `{arm}`, replication {replication}, seed {seed} failed (offpeak \
                 {}, results version {}); this is a bug:\n  {}",
                env!("CARGO_PKG_VERSION"),
                crate::RESULTS_VERSION,
                faults.join("\n  ")
            ),
        }
    }
}

/// What to do.
pub struct Plan<'a> {
    /// The scenario, checked.
    pub scenario: &'a Scenario,
    /// Its tables.
    pub tables: &'a Tables,
    /// Its arms, in the order of results.
    pub arms: &'a [ArmPlan],
    /// Threads; 0 for one per core.
    pub threads: usize,
}

/// Is told how far the work is, from any thread.
pub trait Progress: Sync {
    /// Run `run` (arm by arm, replication by replication) is at simulated time `at` after `events`
    /// events.
    fn advance(&self, run: usize, at: Time, events: u64);
}

/// Tells nobody.
pub struct Silent;

impl Progress for Silent {
    fn advance(&self, _: usize, _: Time, _: u64) {}
}

/// The world of a replication, drawn when first needed and dropped after its last arm.
struct Shared {
    world: std::sync::Mutex<Option<Arc<World>>>,
    left: AtomicU32,
}

/// Runs everything, replication by replication, arm by arm within.
///
/// # Errors
/// When `interrupt` becomes true, or a run's audit fails.
///
/// # Panics
/// When threads cannot be started.
pub fn run_all(
    plan: &Plan<'_>,
    progress: &dyn Progress,
    interrupt: &AtomicBool,
) -> Result<Vec<Finished>, Failure> {
    let arms = plan.arms.len();
    let replications = plan.scenario.run.replications;
    let worlds: Vec<Shared> = (0..replications)
        .map(|_| Shared {
            world: None.into(),
            left: AtomicU32::new(arms as u32),
        })
        .collect();
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(plan.threads)
        .build();
    let pool = pool.expect("threads can be started");
    let count = arms * replications as usize;
    let results: Vec<Result<Finished, Failure>> = pool.install(|| {
        (0..count)
            .into_par_iter()
            .with_max_len(1)
            .map(|run| {
                let replication = (run / arms) as u32;
                let shared = &worlds[replication as usize];
                let world = {
                    let mut slot = shared.world.lock().expect("no thread panicked");
                    let draw = || Arc::new(World::build(plan.scenario, plan.tables, replication));
                    Arc::clone(slot.get_or_insert_with(draw))
                };
                let arm = &plan.arms[run % arms];
                let told = |at, events| {
                    progress.advance(run, at, events);
                    interrupt.load(Ordering::Relaxed)
                };
                let result = run_one(plan.scenario, &world, arm, replication, told);
                if shared.left.fetch_sub(1, Ordering::Relaxed) == 1 {
                    *shared.world.lock().expect("no thread panicked") = None;
                }
                result
            })
            .collect()
    });
    results.into_iter().collect()
}

/// One arm of one replication: the same input, the same tables.
///
/// # Errors
/// When `told` returns true, or the audit fails.
pub fn run_one(
    scenario: &Scenario,
    world: &World,
    arm: &ArmPlan,
    replication: u32,
    told: impl FnMut(Time, u64) -> bool,
) -> Result<Finished, Failure> {
    let mut watch = Collector::new(world, scenario.run.bin, told);
    let audit = Engine::new(scenario, world, arm, replication, &mut watch).run();
    let audit = audit.ok_or(Failure::Interrupted)?;
    let (mut tables, broken) = watch.finish(scenario.run.start.0);
    let faults: Vec<String> = audit.faults.into_iter().chain(broken).collect();
    if !faults.is_empty() {
        let seed = scenario.run.seed;
        return Err(Failure::Audit {
            arm: arm.name.clone(),
            replication,
            seed,
            faults,
        });
    }
    tables.events = audit.events;
    tables.transfers = audit.transfers;
    Ok(Finished {
        arm: arm.name.clone(),
        replication,
        tables,
    })
}
