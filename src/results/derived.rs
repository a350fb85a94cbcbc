//! Metrics that need two runs: offload against the baseline with the same viewers.
//!
//! Per played hour, so that a viewer who stalls, gives up or never starts cannot look like a
//! saving.

use super::Experiment;
use super::rows::Of;
use crate::metrics::tables::{RunTables, SummaryRow, Window, finite};

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
        let baseline = experiment.runs.iter().find(|other| {
            other.arm == experiment.setting.baseline && other.replication == run.replication
        });
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
    let value = |name: &str| {
        let of = |row: &&SummaryRow| row.window == window && row.metric == name;
        tables.summary.iter().find(of).and_then(|row| row.value).unwrap_or(f64::NAN)
    };
    let hours = value("played_hours");
    if hours > 0.0 { value(metric) / hours } else { f64::NAN }
}
