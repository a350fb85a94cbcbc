//! Units of work, in parallel: one arm of one replication of one scenario each.
//!
//! One run is one thread. Units are handed out one by one, so that no thread waits while there is
//! one left; what becomes of each is told with its number, so that the number of threads cannot
//! matter.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use super::{Progress, Stopped, run_with};
use crate::engine::meter::Unmetered;
use crate::results::Run;
use crate::scenario::Loaded;
use crate::units::{Span, Time};
use crate::world::World;

/// A run to be played.
#[derive(Clone, Copy, Debug)]
pub struct Unit<'a> {
    /// The scenario; units of one scenario share its worlds.
    pub loaded: &'a Loaded,
    /// Index of its arm.
    pub arm: usize,
    /// Counts from 0.
    pub replication: u32,
}

/// The world of a scenario's replication: drawn when first needed, dropped after its last unit.
struct Shared<'a> {
    loaded: &'a Loaded,
    replication: u32,
    world: Mutex<Option<Arc<World>>>,
    left: AtomicU32,
}

impl Shared<'_> {
    fn get(&self) -> Arc<World> {
        let mut slot = self.world.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let loaded = self.loaded;
        let draw = || Arc::new(World::build(&loaded.scenario, &loaded.tables, self.replication));
        Arc::clone(slot.get_or_insert_with(draw))
    }

    fn done(&self) {
        if self.left.fetch_sub(1, Ordering::Relaxed) == 1 {
            *self.world.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = None;
        }
    }
}

/// Plays `units` on `threads` threads (0: one per core), in their order as far as that goes, each
/// with a row for every home if that is wanted. `ended` hears from worker threads what becomes of
/// each, by its index; when it says false no further unit is begun. A run that panics has failed.
///
/// # Panics
/// When threads cannot be started.
pub fn play(
    units: &[Unit<'_>],
    (threads, per_home): (usize, bool),
    progress: &dyn Progress,
    interrupt: &AtomicBool,
    ended: &(dyn Fn(usize, Result<Run, Stopped>) -> bool + Sync),
) {
    let worlds = worlds(units);
    let (next, stop) = (AtomicUsize::new(0), AtomicBool::new(false));
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
    let pool = pool.expect("threads can be started");
    pool.broadcast(|_| {
        while !stop.load(Ordering::Relaxed) {
            let at = next.fetch_add(1, Ordering::Relaxed);
            let Some(unit) = units.get(at) else { break };
            let shared = &worlds.1[worlds.0[at]];
            let told = |now: Time, total, events| {
                progress.advance(at, now.since(Time::ZERO), total, events);
                interrupt.load(Ordering::Relaxed)
            };
            let run = one(unit, shared, per_home, told);
            shared.done();
            if !ended(at, run) {
                stop.store(true, Ordering::Relaxed);
            }
        }
    });
}

/// For each unit the index of its world, and the worlds.
fn worlds<'a>(units: &[Unit<'a>]) -> (Vec<usize>, Vec<Shared<'a>>) {
    let mut worlds: Vec<Shared<'a>> = Vec::new();
    let place = |unit: &Unit<'a>| {
        let same = |world: &Shared<'_>| {
            std::ptr::eq(world.loaded, unit.loaded) && world.replication == unit.replication
        };
        let found = worlds.iter().rposition(same);
        let at = found.unwrap_or_else(|| {
            let Unit { loaded, replication, .. } = *unit;
            let (world, left) = (Mutex::new(None), AtomicU32::new(0));
            worlds.push(Shared { loaded, replication, world, left });
            worlds.len() - 1
        });
        *worlds[at].left.get_mut() += 1;
        at
    };
    (units.iter().map(place).collect(), worlds)
}

fn one(
    unit: &Unit<'_>,
    shared: &Shared<'_>,
    per_home: bool,
    mut told: impl FnMut(Time, Span, u64) -> bool,
) -> Result<Run, Stopped> {
    let (loaded, arm) = (unit.loaded, &unit.loaded.arms[unit.arm]);
    let whole = || {
        let world = shared.get();
        let total = world.until.since(Time::ZERO);
        let told = |at: Time, events| told(at, total, events);
        let world = (&*world, per_home);
        run_with(&loaded.scenario, world, arm, unit.replication, told, Unmetered)
    };
    let run = catch_unwind(AssertUnwindSafe(whole)).unwrap_or_else(|panic| {
        let text = panic.downcast_ref::<String>().map(String::as_str);
        let text = text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("no words");
        Err(Stopped::Failed(format!(
            "arm `{}`, replication {}, seed {} panicked; this is a bug: {text}",
            arm.name, unit.replication, loaded.scenario.run.seed
        )))
    });
    run.map(|(run, _)| run)
}
