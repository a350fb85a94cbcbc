//! What the command line asks of the experiments.

use std::sync::atomic::AtomicBool;

use serde::Serialize;

use crate::results::Run;
use crate::scenario::Loaded;
use crate::units::Span;

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

/// Plays the arms of `loaded` with the given indices in all replications, on `threads` threads.
///
/// # Errors
/// When interrupted, or when a run fails its audit.
pub fn run(
    loaded: &Loaded,
    arms: &[usize],
    threads: usize,
    progress: &dyn Progress,
    interrupt: &AtomicBool,
) -> Result<Vec<Run>, Stopped> {
    let _unused = (loaded, arms, threads, progress, interrupt);
    Err(Stopped::Failed(
        "the engine is not part of this build".to_owned(),
    ))
}

/// How an experiment came out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// Within tolerance.
    Pass,
    /// Outside it.
    Fail,
    /// Its data or time is missing; the note says what.
    Skipped,
}

/// One line of `offpeak validate --json`.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Finding {
    /// Such as "V4".
    pub id: String,
    /// How it came out.
    pub verdict: Verdict,
    /// What theory or measurement says; NaN, written `null`, when skipped.
    pub expected: f64,
    /// What the simulator says.
    pub got: f64,
    /// Largest difference that passes.
    pub tolerance: f64,
    /// What was compared, in one line.
    pub note: String,
}

/// Names of the experiments that `validate --only` takes.
pub fn experiments() -> &'static [&'static str] {
    &[]
}

/// Runs the experiments, or the one called `only`, and hands out each finding as it is made.
pub fn validate(only: Option<&str>, quick: bool, found: &mut dyn FnMut(&Finding)) {
    let _unused = (only, quick, found);
}
