//! What peers take off each boundary, against the baseline with the same viewers.
//!
//! By the byte played: per played hour at equal rendition, so that neither a viewer who stalls or gives up
//! nor one who is shown less can look like a saving.

use super::rows::{Of, OffloadRow};
use super::{Experiment, Run};
use crate::metrics::tables::{BoundaryRow, RunTables, SummaryRow, Window, finite};

/// What is compared of a boundary: its name in tables, and how it is read from a row.
type Statistic = (&'static str, fn(&BoundaryRow) -> Option<f64>);

/// In the order of rows.
pub(super) const STATISTICS: [Statistic; 3] = [
    ("mean", |row| Some(row.bytes as f64)),
    ("peak_bin", |row| row.peak_mbps),
    ("p95", |row| row.p95_window_mbps),
];

/// Summary metrics, with the boundary and the statistic that each is.
pub(super) const METRICS: [(&str, &str, &str); 10] = [
    ("offload_origin", "origin", "mean"),
    ("offload_interconnect", "interconnect", "mean"),
    ("offload_origin_peak_bin", "origin", "peak_bin"),
    ("offload_origin_p95", "origin", "p95"),
    ("offload_interconnect_peak_bin", "interconnect", "peak_bin"),
    ("offload_interconnect_p95", "interconnect", "p95"),
    ("offload_transit", "transit", "mean"),
    ("offload_paid_peering", "paid_peering", "mean"),
    ("offload_isp", "isp", "mean"),
    ("offload_turn_around", "turn_around", "mean"),
];

/// The rows of `offload.csv`.
pub(super) fn rows(experiment: &Experiment) -> Vec<Of<OffloadRow>> {
    let mut rows = Vec::new();
    for run in &experiment.runs {
        let base = baseline(experiment, run);
        for boundary in &run.tables.boundaries {
            for (statistic, _) in STATISTICS {
                let (window, name) = (boundary.window, &*boundary.boundary);
                let value = base.map(|base| saved(&run.tables, base, window, (name, statistic)));
                let row = OffloadRow {
                    window,
                    boundary: boundary.boundary.clone(),
                    statistic: statistic.into(),
                    offload: value.and_then(finite),
                };
                rows.push(Of { arm: run.arm.clone(), replication: run.replication, row });
            }
        }
    }
    rows
}

/// What the baseline did with the same viewers.
pub(super) fn baseline<'e>(experiment: &'e Experiment, run: &Run) -> Option<&'e RunTables> {
    let baseline = &experiment.setting.baseline;
    let same = |other: &&Run| other.arm == *baseline && other.replication == run.replication;
    experiment.runs.iter().find(same).map(|run| &run.tables)
}

/// 1 − arm / baseline, both by the byte played; NaN when the baseline has none of it.
pub(super) fn saved(
    own: &RunTables,
    base: &RunTables,
    window: Window,
    (boundary, statistic): (&str, &str),
) -> f64 {
    let of = STATISTICS.iter().find(|(name, _)| *name == statistic).map(|(_, of)| of);
    let value = |tables: &RunTables| {
        let is = |row: &&BoundaryRow| row.window == window && row.boundary == boundary;
        let row = tables.boundaries.iter().find(is)?;
        of?(row).map(|value| value / played(tables, window))
    };
    ratio_left(value(own), value(base))
}

fn ratio_left(own: Option<f64>, base: Option<f64>) -> f64 {
    match (own, base) {
        (Some(own), Some(base)) if base > 0.0 => 1.0 - own / base,
        _ => f64::NAN,
    }
}

/// Bytes of what was played; NaN of nothing.
pub(super) fn played(tables: &RunTables, window: Window) -> f64 {
    let bytes = raw(tables, window, "bytes_played");
    if bytes > 0.0 { bytes } else { f64::NAN }
}

/// A metric of a run's own; NaN where there is none.
pub(super) fn raw(tables: &RunTables, window: Window, metric: &str) -> f64 {
    let of = |row: &&SummaryRow| row.window == window && row.metric == metric;
    tables.summary.iter().find(of).and_then(|row| row.value).unwrap_or(f64::NAN)
}
