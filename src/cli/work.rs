//! Plays what a plan still lacks, and keeps each run as soon as it is done.

use std::collections::BTreeSet;
use std::sync::Mutex;
use std::sync::atomic::Ordering;

use super::progress::Meter;
use super::{Exit, Failure, interrupt, output, run};
use crate::experiment::{Stopped, Unit, play};
use crate::results::{Folder, FolderError, Plan, Provenance, Run, UnitKey};
use crate::scenario::Loaded;

/// Which of a plan's units: those whose place, divided by `of`, leaves `at`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Part {
    pub(super) at: usize,
    pub(super) of: usize,
}

impl Part {
    /// All of them.
    pub(super) const ALL: Self = Self { at: 0, of: 1 };
}

/// A plan with its scenarios, one for each point.
#[derive(Clone, Copy)]
pub(super) struct Work<'a> {
    pub(super) plan: &'a Plan,
    pub(super) scenarios: &'a [Loaded],
    pub(super) part: Part,
    pub(super) threads: usize,
}

/// A unit that is still to be played.
struct Task<'a> {
    key: &'a UnitKey,
    unit: Unit<'a>,
}

/// What playing took.
pub(super) struct Spent {
    wall_s: f64,
}

impl Work<'_> {
    /// Plays what is not in `folder` yet.
    ///
    /// # Errors
    /// When interrupted, when a run failed, or when the system refuses; what is done stays.
    pub(super) fn play(&self, folder: &Folder) -> Result<Spent, Failure> {
        let units = folder.units();
        let (tasks, done, given_up) = self.tasks(folder)?;
        if done > 0 {
            let all = self.own().len();
            output::message(&format!("{done} of {all} runs were done before and are kept"));
        }
        let (interrupt, meter) = (interrupt::flag()?, Meter::new(tasks.len()));
        let (failed, broken) = (Mutex::new(Vec::new()), Mutex::new(None));
        let ended = |at: usize, run: Result<Run, Stopped>| {
            let key = tasks[at].key;
            let kept = match run {
                Ok(run) => units.put(key, &run.tables),
                Err(Stopped::Interrupted) => return false,
                Err(Stopped::Failed(why)) => {
                    let kept = units.fail(key, &why);
                    lock(&failed).push(why);
                    kept
                }
            };
            kept.map_err(|error| *lock(&broken) = Some(error)).is_ok()
        };
        let list: Vec<Unit<'_>> = tasks.iter().map(|task| task.unit).collect();
        play(&list, (self.threads, self.plan.per_home), &meter, &interrupt, &ended);
        meter.finish();
        let error: Option<FolderError> = lock(&broken).take();
        if let Some(error) = error {
            let kept = self.kept(folder);
            return Err(Failure::internal(format!("{error}. {kept}")));
        }
        let failed = std::mem::take(&mut *lock(&failed));
        if !failed.is_empty() {
            return Err(self.failure(&failed, folder));
        }
        if !interrupt.load(Ordering::Relaxed) && !given_up.is_empty() {
            return Err(self.failure(&given_up, folder));
        }
        if self.left(folder) > 0 {
            return Err(run::interrupted(&self.kept(folder)));
        }
        Ok(Spent { wall_s: meter.seconds() })
    }

    /// Units of this part that are still to be played, how many are done, and how those failed that
    /// are not tried again.
    fn tasks(&self, folder: &Folder) -> Result<(Vec<Task<'_>>, usize, Vec<String>), Failure> {
        let units = folder.units();
        let (mut tasks, mut done, mut given_up) = (Vec::new(), 0, Vec::new());
        for (key, point, arm, replication) in self.own() {
            if units.get(key).is_some() {
                done += 1;
                continue;
            }
            units.forget(key).map_err(Failure::internal)?;
            if units.given_up(key) {
                given_up.extend(units.failures(key).pop());
                continue;
            }
            let loaded = &self.scenarios[point];
            let name = &self.plan.points[point].setting.arms[arm];
            let arm = loaded.arms.iter().position(|arm| arm.name == *name);
            let arm = arm.expect("invariant: the plan's arms are the scenario's");
            tasks.push(Task { key, unit: Unit { loaded, arm, replication } });
        }
        Ok((tasks, done, given_up))
    }

    /// The units of this part, each once.
    fn own(&self) -> Vec<(&UnitKey, usize, usize, u32)> {
        let mut seen = BTreeSet::new();
        let mut all = self.plan.units();
        all.retain(|(key, ..)| seen.insert(*key));
        let mine = |(place, _): &(usize, _)| place % self.part.of == self.part.at;
        all.into_iter().enumerate().filter(mine).map(|(_, unit)| unit).collect()
    }

    fn left(&self, folder: &Folder) -> usize {
        let units = folder.units();
        self.own().iter().filter(|(key, ..)| !units.has(key)).count()
    }

    fn kept(&self, folder: &Folder) -> String {
        let (all, left) = (self.own().len(), self.left(folder));
        if left == all {
            return "no run was done yet. To repeat it, the same command".to_owned();
        }
        let (done, partial) = (all - left, folder.partial().display());
        format!("{done} of {all} runs are kept in {partial}. The same command goes on from there")
    }

    fn failure(&self, why: &[String], folder: &Folder) -> Failure {
        let (each, partial) = (why.join("\n"), folder.partial().display());
        let left = self.left(folder);
        let message = format!(
            "error: {each}\n{left} of {} runs are missing; what is done is kept in {partial}. The same \
             command tries those that failed once more, and not those that failed twice in the same way",
            self.own().len()
        );
        Failure::new(Exit::Internal, message)
    }
}

impl Spent {
    /// All was there already.
    pub(super) const fn nothing() -> Self {
        Self { wall_s: 0.0 }
    }

    /// What it took to play `runs`.
    pub(super) fn provenance(&self, runs: &[Run], threads: usize) -> Provenance {
        let line = |path: &str| std::fs::read_to_string(path).ok();
        // Only Linux tells these through files.
        let memory = line("/proc/self/status").and_then(|status| {
            let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
            let kibibytes: u64 = peak.trim().strip_suffix("kB")?.trim().parse().ok()?;
            Some(kibibytes * 1_024)
        });
        Provenance {
            command: std::env::args().collect(),
            threads,
            wall_s: self.wall_s,
            events: runs.iter().map(|run| run.tables.events).sum(),
            transfers: runs.iter().map(|run| run.tables.transfers).sum(),
            peak_memory_bytes: memory,
            platform: format!("{} {}", std::env::consts::OS, std::env::consts::ARCH),
            host: line("/proc/sys/kernel/hostname").map(|name| name.trim().to_owned()),
        }
    }
}

/// What a thread that panicked left is as good as before.
fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}
