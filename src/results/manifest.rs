//! What a result folder says about itself.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::scenario::Scenario;
use crate::scenario::model::Expect;
use crate::units::Span;

/// What was run; part of the manifest.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
pub struct Setting {
    /// One line for plots and reports.
    pub title: String,
    /// Homes in the world.
    pub homes: u32,
    /// Chance entered only through this number.
    pub seed: u64,
    /// Replications of every arm.
    pub replications: u32,
    /// Arms that were run, in their order.
    pub arms: Vec<String>,
    /// The arm the others are compared with.
    pub baseline: String,
    /// Confidence of intervals, between 0 and 1.
    pub confidence: f64,
    /// Width of a bin of `series.csv` in seconds.
    pub bin_s: u64,
    /// Measured time, in seconds since local midnight of the first day: from, to.
    pub measured_t_s: [u64; 2],
    /// The window `peak` in the same clock, on the first day on which it lies in the measured time.
    pub peak_t_s: [u64; 2],
    /// By metric, the largest difference that nobody would act on, where the scenario says it.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub negligible: BTreeMap<String, f64>,
    /// What must come out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub expect: Vec<Expect>,
}

/// `manifest.json`: no date, host, command line or thread count, so that equal results are equal
/// files.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
pub struct Manifest {
    /// Version of the numbers.
    pub results_version: u32,
    /// Version of the program.
    pub program_version: String,
    /// SHA-256 of `scenario.resolved.toml`.
    pub scenario_sha256: String,
    /// What was run.
    #[serde(flatten)]
    pub setting: Setting,
    /// SHA-256 of every file that is the same on every platform (so no PNG), by its path.
    pub files: BTreeMap<String, String>,
}

/// `provenance.json`: what may differ between two runs with equal results.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize)]
pub struct Provenance {
    /// The command as it was typed.
    pub command: Vec<String>,
    /// Worker threads.
    pub threads: usize,
    /// Wall time of all runs in seconds.
    pub wall_s: f64,
    /// Events handled in all runs.
    pub events: u64,
    /// Transfers ended in all runs.
    pub transfers: u64,
    /// Largest resident memory of the process, where the system tells.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub peak_memory_bytes: Option<u64>,
    /// Operating system and processor family.
    pub platform: String,
    /// Name of the machine, where the system tells.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub host: Option<String>,
}

impl Setting {
    /// What `scenario` asks for, when `arms` of it are run. Without a baseline arm in the scenario
    /// (which the loader refuses) the first arm stands in.
    pub fn new(scenario: &Scenario, arms: Vec<String>) -> Self {
        let run = &scenario.run;
        let marked = scenario.arm.iter().find(|(_, arm)| arm.baseline);
        let baseline = marked.map(|(name, _)| name.clone());
        let from = run.start.0 + run.warm_up;
        Self {
            title: scenario.title.clone(),
            homes: run.homes,
            seed: run.seed,
            replications: run.replications,
            baseline: baseline.or_else(|| arms.first().cloned()).unwrap_or_default(),
            arms,
            confidence: scenario.report.confidence.as_f64(),
            bin_s: secs(run.bin),
            measured_t_s: [secs(from), secs(from + run.length)],
            negligible: scenario.report.negligible.clone(),
            expect: scenario.report.expect.clone(),
            peak_t_s: peak(from, run.peak.from.0, run.peak.to.0),
        }
    }
}

#[cfg(test)]
impl Setting {
    /// Nothing but a confidence.
    pub(super) fn of_confidence(confidence: f64) -> Self {
        Self {
            title: String::new(),
            homes: 0,
            seed: 0,
            replications: 0,
            arms: Vec::new(),
            baseline: String::new(),
            confidence,
            bin_s: 300,
            measured_t_s: [0; 2],
            peak_t_s: [0; 2],
            negligible: BTreeMap::new(),
            expect: Vec::new(),
        }
    }
}

/// The first time of day window from–to that does not begin before `measured`.
fn peak(measured: Span, from: Span, to: Span) -> [u64; 2] {
    let midnight = Span::DAY.times(measured.0 / Span::DAY.0);
    let late = midnight + from < measured;
    let midnight = if late { midnight + Span::DAY } else { midnight };
    [secs(midnight + from), secs(midnight + to)]
}

const fn secs(span: Span) -> u64 {
    span.0 / Span::from_secs(1).0
}
