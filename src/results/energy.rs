//! Energy as ratios: sets of coefficients that were published differ a hundredfold, and only what two
//! arms have in proportion survives that.

use super::offload::{baseline, played};
use super::rows::{EnergyRow, Of};
use super::{Experiment, Run};
use crate::metrics::tables::{RunTables, Window, finite};

/// The rows of `energy.csv`: by tier, then of all.
pub(super) fn rows(experiment: &Experiment) -> Vec<Of<EnergyRow>> {
    experiment.runs.iter().flat_map(|run| of_run(run, baseline(experiment, run))).collect()
}

fn of_run(run: &Run, base: Option<&RunTables>) -> Vec<Of<EnergyRow>> {
    let mut rows = Vec::new();
    for window in Window::ALL {
        let by_byte = |tables: &RunTables, tier: Option<&str>| -> f64 {
            let energy = tables
                .energy
                .iter()
                .filter(|(at, name, _)| *at == window && tier.is_none_or(|tier| *tier == **name));
            energy.map(|(.., joule)| joule).sum::<f64>() / played(tables, window)
        };
        let own = run.tables.energy.iter().filter(|(at, ..)| *at == window);
        let tiers = own.map(|(_, tier, _)| Some(&**tier));
        let total = (!run.tables.energy.is_empty()).then_some(None);
        for tier in tiers.chain(total) {
            let of = |tier| base.map_or(f64::NAN, |base| by_byte(base, tier));
            let got = by_byte(&run.tables, tier);
            let row = EnergyRow {
                window,
                tier: tier.unwrap_or("total").to_owned().into(),
                to_baseline: finite(got / of(tier)),
                of_baseline_total: finite(got / of(None)),
            };
            rows.push(Of { arm: run.arm.clone(), replication: run.replication, row });
        }
    }
    rows
}
