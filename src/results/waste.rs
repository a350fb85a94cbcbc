//! What was wasted, against what was saved.

use super::Experiment;
use super::offload::{baseline, raw};
use super::rows::Of;
use crate::metrics::tables::{RunTables, WasteRow, Window, finite};

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

/// The rows of `waste.csv`: those of the runs, and beside what was wasted its share of what the CDN sent
/// less than in the baseline; empty where it sent no less.
pub(super) fn rows(experiment: &Experiment) -> Vec<Of<WasteRow>> {
    let mut rows = Of::all(experiment, |tables| &tables.waste);
    let mut at = 0;
    for run in &experiment.runs {
        let base = baseline(experiment, run);
        let own = &mut rows[at..at + run.tables.waste.len()];
        at += own.len();
        for row in own.iter_mut().map(|of| &mut of.row).filter(|row| WASTED.contains(&&*row.kind)) {
            let sent = |tables: &RunTables| from_cdn(tables, row.window);
            let saved = base.map_or(f64::NAN, |base| sent(base) - sent(&run.tables));
            row.share_of_saved = if saved > 0.0 { finite(row.bytes as f64 / saved) } else { None };
        }
    }
    rows
}

/// Bytes that a run took from the CDN; NaN when it does not say.
fn from_cdn(tables: &RunTables, window: Window) -> f64 {
    let tiers = ["bytes_appliance", "bytes_exchange", "bytes_origin"];
    tiers.iter().map(|tier| raw(tables, window, tier)).sum()
}
