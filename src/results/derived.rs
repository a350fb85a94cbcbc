//! Metrics that need two runs: against the baseline with the same viewers.

use super::Experiment;
use super::offload::{METRICS, baseline, played, raw, saved};
use super::rows::Of;
use crate::metrics::tables::{BillRow, RunTables, SummaryRow, Window, finite};

/// The rows of `summary.csv`: per run and window the derived metrics, then the run's own in their
/// order. A derived metric is empty where the baseline has no such run, played nothing or fetched
/// nothing.
pub fn derive(experiment: &Experiment) -> Vec<Of<SummaryRow>> {
    let mut rows = Vec::new();
    for run in &experiment.runs {
        let base = baseline(experiment, run);
        let tag = |row| Of { arm: run.arm.clone(), replication: run.replication, row };
        for window in Window::ALL {
            let mut add = |metric: &'static str, value: f64, unit: &str| {
                let (value, unit) = (finite(value), unit.to_owned().into());
                rows.push(tag(SummaryRow { window, metric: metric.into(), value, unit }));
            };
            let against =
                |of: &dyn Fn(&RunTables) -> f64| base.map_or(f64::NAN, |base: &RunTables| of(base));
            for (metric, boundary, statistic) in METRICS {
                let of = |base: &RunTables| saved(&run.tables, base, window, (boundary, statistic));
                add(metric, against(&of), "1");
            }
            let most = against(&|base| attainable(&run.tables, base, window));
            let got = against(&|base| saved(&run.tables, base, window, ("origin", "mean")));
            add("attainable_origin", most, "1");
            add("attainable_captured", if most > 0.0 { got / most } else { f64::NAN }, "1");
            if let Some(unit) = currency(&run.tables).filter(|_| window == Window::All) {
                let price = against(&|base| break_even(&run.tables, base));
                add("break_even_reward", price, &format!("{unit}/GB"));
            }
            let own = run.tables.summary.iter().filter(|own| own.window == window);
            rows.extend(own.cloned().map(tag));
        }
    }
    rows
}

/// What is saved of the origin's bytes when only the arm's floor comes from there.
fn attainable(own: &RunTables, base: &RunTables, window: Window) -> f64 {
    let base = raw(base, window, "bytes_origin") / played(base, window);
    let floor = raw(own, window, "bytes_origin_floor") / played(own, window);
    if base > 0.0 { 1.0 - floor / base } else { f64::NAN }
}

fn currency(tables: &RunTables) -> Option<&str> {
    tables.stakeholders.first().map(|row| row.currency.as_str())
}

/// What the service could pay homes for each GB they send, and pay as much in all as in the baseline.
fn break_even(own: &RunTables, base: &RunTables) -> f64 {
    let reward = |row: &&BillRow| row.item == "reward";
    let paid = |tables: &RunTables| -> f64 {
        let service = tables.bills.iter().filter(|row| row.payer == "service" && !reward(row));
        service.filter_map(|row| row.amount).sum()
    };
    let sent: f64 = own.bills.iter().filter(reward).filter_map(|row| row.quantity).sum();
    if sent > 0.0 { (paid(base) - paid(own)) / sent } else { f64::NAN }
}
