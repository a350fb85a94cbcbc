//! Metrics that need two runs: offload against the baseline with the same viewers.
//!
//! Per played hour, so that a viewer who stalls, gives up or never starts cannot look like a
//! saving.

use super::rows::Of;
use super::{Experiment, Run};
use crate::metrics::tables::{RunTables, SummaryRow, WasteRow, Window, finite};

/// Derived metric, the raw metric of the arm it takes, the raw metric of the baseline.
const SAVED: [(&str, &str, &str); 3] = [
    ("offload_origin", "bytes_origin", "bytes_origin"),
    ("offload_interconnect", "bytes_interconnect", "bytes_interconnect"),
    ("attainable_origin", "bytes_origin_floor", "bytes_origin"),
];

/// The rows of `summary.csv`: per run and window the derived metrics, then the run's own in their
/// order. A derived metric is empty where the baseline has no such run, played nothing or fetched
/// nothing.
pub fn derive(experiment: &Experiment) -> Vec<Of<SummaryRow>> {
    let mut rows = Vec::new();
    for run in &experiment.runs {
        let baseline = baseline(experiment, run);
        let tag = |row| Of { arm: run.arm.clone(), replication: run.replication, row };
        for window in windows(&run.tables) {
            for (name, raw, base_raw) in SAVED {
                let base =
                    baseline.map_or(f64::NAN, |base| per_hour(&base.tables, window, base_raw));
                let value = 1.0 - per_hour(&run.tables, window, raw) / base;
                let (metric, value, unit) = (name.into(), finite(value), "1".into());
                rows.push(tag(SummaryRow { window, metric, value, unit }));
            }
            let own = run.tables.summary.iter().filter(|own| own.window == window);
            rows.extend(own.cloned().map(tag));
        }
    }
    rows
}

/// The rows of `waste.csv`: those of the runs, and beside what was wasted its share of what the CDN sent
/// less than in the baseline; empty where it sent no less.
pub(super) fn waste(experiment: &Experiment) -> Vec<Of<WasteRow>> {
    let mut rows = Of::all(experiment, |tables| &tables.waste);
    let mut at = 0;
    for run in &experiment.runs {
        let baseline = baseline(experiment, run);
        let own = &mut rows[at..at + run.tables.waste.len()];
        at += own.len();
        for row in own.iter_mut().map(|of| &mut of.row).filter(|row| WASTED.contains(&&*row.kind)) {
            let saved = baseline.map_or(f64::NAN, |base| {
                from_cdn(&base.tables, row.window) - from_cdn(&run.tables, row.window)
            });
            row.share_of_saved = if saved > 0.0 { finite(row.bytes as f64 / saved) } else { None };
        }
    }
    rows
}

/// What is wasted, of the kinds in `waste.csv`.
const WASTED: [&str; 7] = [
    "duplicate",
    "cancelled",
    "late",
    "corrupt",
    "abandoned",
    "prefetched-never-played",
    "control",
];

/// The run of the baseline with the same viewers.
fn baseline<'a>(experiment: &'a Experiment, run: &Run) -> Option<&'a Run> {
    let setting = &experiment.setting;
    let same = |other: &&Run| other.arm == setting.baseline && other.replication == run.replication;
    experiment.runs.iter().find(same)
}

/// Bytes that a run took from the CDN; NaN when it does not say.
fn from_cdn(tables: &RunTables, window: Window) -> f64 {
    ["bytes_appliance", "bytes_exchange", "bytes_origin"]
        .map(|of| value(tables, window, of))
        .iter()
        .sum()
}

/// Windows in their order of appearance.
fn windows(tables: &RunTables) -> Vec<Window> {
    let mut seen = Vec::new();
    for row in &tables.summary {
        if !seen.contains(&row.window) {
            seen.push(row.window);
        }
    }
    seen
}

/// `metric` per played hour; NaN when either is missing or nothing was played.
fn per_hour(tables: &RunTables, window: Window, metric: &str) -> f64 {
    let hours = value(tables, window, "played_hours");
    if hours > 0.0 { value(tables, window, metric) / hours } else { f64::NAN }
}

/// A run's own metric; NaN when it is missing.
fn value(tables: &RunTables, window: Window, name: &str) -> f64 {
    let of = |row: &&SummaryRow| row.window == window && row.metric == name;
    tables.summary.iter().find(of).and_then(|row| row.value).unwrap_or(f64::NAN)
}
