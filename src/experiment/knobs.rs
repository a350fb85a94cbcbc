//! The dead-knob audit: each key of a scenario takes other values, one at a time, in a small version of
//! it; a key with which no table ever changes is dead there.

use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

use super::{Stopped, Unit};
use crate::metrics::tables::RunTables;
use crate::results::Run;
use crate::scenario::Loaded;
use crate::scenario::Problems;
use crate::scenario::knobs::{Knob, Knobs};

/// Values that are played of a key before it is called dead.
const MOST_VALUES: usize = 3;

/// What came of a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Some table of some arm changed.
    Yes,
    /// No table of any arm changed.
    No,
    /// It could not be varied, and why.
    Unvaried(String),
}

/// A key with what was tried.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tried {
    /// Dotted; `[]` stands for the elements of a list, which are all varied together.
    pub key: String,
    /// Its value.
    pub value: String,
    /// The values played in its place, in order; the last one had an effect if any had.
    pub tried: Vec<String>,
    /// What came of it.
    pub effect: Effect,
}

/// Every key of a scenario, and the small version in which it was tried.
#[derive(Clone, Debug)]
pub struct DeadKnobs {
    /// What was played.
    pub small: Loaded,
    /// By key.
    pub keys: Vec<Tried>,
}

/// Why there is no audit.
#[derive(Debug)]
pub enum NoAudit {
    /// The small version is refused.
    Refused(Problems),
    /// A run of the unchanged scenario failed, or the audit was interrupted.
    Stopped(Stopped),
}

/// Plays units, telling `ended` what becomes of each by its index, as [`super::play`] does.
pub type Play<'a> = dyn Fn(&[Unit<'_>], &(dyn Fn(usize, Result<Run, Stopped>) -> bool + Sync)) + 'a;

/// A key on trial.
struct Trial {
    knob: Knob,
    /// Which of its changes comes next.
    next: usize,
    tried: Vec<String>,
    refused: Option<String>,
    effect: AtomicBool,
}

/// A changed scenario, and whose it is.
struct Changed {
    trial: usize,
    loaded: Loaded,
}

/// Tries every key of `loaded`, whose paths start at `file`.
///
/// # Errors
/// When interrupted, when the scenario cannot be made small, or when that does not play.
pub fn dead_knobs(loaded: &Loaded, file: &Path, play: &Play<'_>) -> Result<DeadKnobs, NoAudit> {
    let (knobs, small) = Knobs::small(loaded, file).map_err(NoAudit::Refused)?;
    let base = baseline(&small, play).map_err(NoAudit::Stopped)?;
    let trial = |knob: Knob| Trial {
        knob,
        next: 0,
        tried: Vec::new(),
        refused: None,
        effect: AtomicBool::new(false),
    };
    let mut trials: Vec<Trial> = knobs.all().into_iter().map(trial).collect();
    for _ in 0..MOST_VALUES {
        let changed: Vec<Changed> = (0..trials.len())
            .filter_map(|at| Some(Changed { trial: at, loaded: trials[at].advance(&knobs)? }))
            .collect();
        if changed.is_empty() {
            break;
        }
        round(&changed, &trials, &base, play).map_err(NoAudit::Stopped)?;
    }
    let keys = trials.into_iter().filter_map(Trial::end).collect();
    Ok(DeadKnobs { small, keys })
}

impl Trial {
    /// The next scenario to be played of it, if there is one.
    fn advance(&mut self, knobs: &Knobs) -> Option<Loaded> {
        if self.effect.load(Ordering::Relaxed) || self.knob.fixed.is_some() {
            return None;
        }
        while let Some(change) = self.knob.changes.get(self.next) {
            self.next += 1;
            match knobs.with(change) {
                Ok(loaded) => {
                    self.tried.push(change.value.clone());
                    return Some(loaded);
                }
                Err(problems) => {
                    let told = problems.0.first();
                    self.refused = told.map(|own| format!("{}: {}", own.code, own.message));
                }
            }
        }
        None
    }

    /// What came of it; nothing for a law or the like that is no choice of names alone.
    fn end(self) -> Option<Tried> {
        let Knob { key, value, fixed, names, .. } = self.knob;
        let effect = match (self.effect.into_inner(), self.tried.is_empty()) {
            (true, _) => Effect::Yes,
            (false, false) => Effect::No,
            (false, true) if names => return None,
            (false, true) => {
                let why = fixed.map(str::to_owned).or(self.refused);
                Effect::Unvaried(why.unwrap_or_else(|| "there is no other value".to_owned()))
            }
        };
        Some(Tried { key, value, tried: self.tried, effect })
    }
}

/// The tables of every arm, in order, without the counts of work done.
fn baseline(small: &Loaded, play: &Play<'_>) -> Result<Vec<(String, RunTables)>, Stopped> {
    let units: Vec<Unit<'_>> =
        (0..small.arms.len()).map(|arm| Unit { loaded: small, arm, replication: 0 }).collect();
    let done: Vec<Mutex<Option<Result<Run, Stopped>>>> =
        units.iter().map(|_| Mutex::default()).collect();
    play(&units, &|at, run| {
        let goes_on = run.is_ok();
        *done[at].lock().expect("no thread panicked") = Some(run);
        goes_on
    });
    let run = |slot: Mutex<Option<Result<Run, Stopped>>>| {
        let run = slot.into_inner().expect("no thread panicked");
        run.unwrap_or(Err(Stopped::Interrupted)).map(|run| (run.arm, results(run.tables)))
    };
    // The reason why others were not begun comes first.
    let mut runs: Vec<_> = done.into_iter().map(run).collect();
    if let Some(at) = runs.iter().position(|run| matches!(run, Err(Stopped::Failed(_)))) {
        runs.swap(0, at);
    }
    runs.into_iter().collect()
}

/// Plays every changed scenario, and notes on its trial whether a table differs from `base`.
fn round(
    changed: &[Changed],
    trials: &[Trial],
    base: &[(String, RunTables)],
    play: &Play<'_>,
) -> Result<(), Stopped> {
    let mut units = Vec::new();
    let mut whose = Vec::new();
    for Changed { trial, loaded } in changed {
        let own = trials[*trial].knob.arm.as_deref();
        for (arm, plan) in loaded.arms.iter().enumerate() {
            if own.is_none_or(|own| own == plan.name) {
                units.push(Unit { loaded, arm, replication: 0 });
                whose.push(*trial);
            }
        }
    }
    let stopped: Mutex<Option<Stopped>> = Mutex::default();
    play(&units, &|at, run| match run {
        Ok(run) => {
            let before = base.iter().find(|(arm, _)| *arm == run.arm);
            let same = before.is_some_and(|(_, tables)| *tables == results(run.tables));
            trials[whose[at]].effect.fetch_or(!same, Ordering::Relaxed);
            true
        }
        Err(why) => {
            let trial = &trials[whose[at]];
            let why = match why {
                Stopped::Failed(text) => Stopped::Failed(format!(
                    "{} = {}: {text}",
                    trial.knob.key,
                    trial.tried.last().map_or("", String::as_str)
                )),
                Stopped::Interrupted => Stopped::Interrupted,
            };
            stopped.lock().expect("no thread panicked").get_or_insert(why);
            false
        }
    });
    stopped.into_inner().expect("no thread panicked").map_or(Ok(()), Err)
}

/// What a run found, without what it took.
fn results(tables: RunTables) -> RunTables {
    RunTables { events: 0, transfers: 0, ..tables }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::{Progress, play};
    use crate::scenario::load;
    use crate::units::Span;

    struct Silent;

    impl Progress for Silent {
        fn advance(&self, _: usize, _: Span, _: Span, _: u64) {}
    }

    #[test]
    fn a_title_is_dead_and_demand_is_not() {
        let file = Path::new("scenarios/small/one-title.toml");
        let sets = [("run.homes", "40"), ("run.length", "10 min"), ("run.peak.to", "20:10")];
        let sets = sets.map(|(key, value)| (key.to_owned(), value.to_owned()));
        let mut sets = sets.to_vec();
        sets.push(("run.peak.from".to_owned(), "20:05".to_owned()));
        let loaded = load(file, &sets).unwrap_or_else(|problems| panic!("{problems}"));
        let never = AtomicBool::new(false);
        let audit = |threads: usize| {
            dead_knobs(&loaded, file, &|units, ended| {
                play(units, (threads, false), &Silent, &never, ended);
            })
            .unwrap_or_else(|why| panic!("{why:?}"))
        };
        let found = audit(2);
        let of = |key: &str| found.keys.iter().find(|own| own.key == key).unwrap();
        assert_eq!(of("title").effect, Effect::No);
        assert_eq!(of("demand.sessions_per_home_day").effect, Effect::Yes);
        assert_eq!(of("arm.hybrid.scheduler").effect, Effect::Yes);
        assert_eq!(of("run.seed").effect, Effect::Yes);
        assert!(matches!(of("report.confidence").effect, Effect::Unvaried(_)));
        assert!(matches!(of("isp[].market_share").effect, Effect::Unvaried(_)), "it is all of it");
        // Metering is of no matter where no line is metered.
        assert_eq!(of("device.set-top.upload.metered").effect, Effect::No);
        assert_eq!(of("device.set-top.upload.metered").tried, ["true"]);
        assert_eq!(audit(1).keys, found.keys);
    }
}
