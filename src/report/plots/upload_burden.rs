//! What homes send in a month like the measured time, and where their allowances end.

use plotters::style::Color;

use crate::report::DrawError;
use crate::report::axis::SMALL;
use crate::report::canvas::{self, Align, Canvas};
use crate::report::curves::{
    Curve, Curves, ENTRY, Entry, LEFT, PANEL, Quantile, Told, curve, height, legend, spread,
};
use crate::report::heading::{BELOW, MARGIN, WIDTH, heading, nothing, sample};
use crate::report::palette::{BLACK, GREY, of_arm};
use crate::report::quantity::short;
use crate::results::{LedgerRow, Of, Results, Window};

const QUESTION: &str = "What homes send";
/// As good as nothing in a month, in GB.
const LEAST: f64 = 0.01;
/// So many allowances are marked.
const MOST: usize = 6;

pub(super) fn draw(results: &Results) -> Result<String, DrawError> {
    let setting = &results.manifest.setting;
    let (mut arms, mut entries) = (Vec::new(), Vec::new());
    for arm in &setting.arms {
        let points = quantiles(results, arm);
        if points.iter().any(|at| at.high >= LEAST) {
            let ink = of_arm(setting, arm);
            let word = word(&points, largest(results, arm));
            entries.push(Entry { ink, name: arm.clone(), word });
            arms.push(Curve { ink, points });
        }
    }
    if arms.is_empty() {
        return nothing(results, QUESTION, "No home sends anything.");
    }
    let curves = Curves {
        name: "",
        along: "GB in thirty days, by powers of ten",
        counted: "homes that send more, by powers of ten",
        told: Told::Beyond,
        arms,
        least: LEAST,
        none: "",
    };
    let allowances = allowances(results);
    let size = (PANEL.0, height(entries.len() + allowances.len().div_ceil(2)));
    let top = BELOW + 30;
    canvas::draw((WIDTH, top + size.1 + 110), |canvas| {
        let lines = [
            sample(results, spread(entries.len())),
            "all homes, those that never give included; thirty days like those measured".to_owned(),
        ];
        heading(canvas, results, QUESTION, &lines)?;
        let marked: Vec<f64> = allowances.iter().map(|(_, gb)| *gb).collect();
        curves.draw(canvas, (LEFT, top), size, &marked)?;
        legend(canvas, top, &entries)?;
        limits(canvas, &allowances, top + 16 + entries.len() as i32 * ENTRY)
    })
}

/// What the letters on the lines stand for.
fn limits(canvas: &Canvas<'_>, allowances: &[(String, f64)], top: i32) -> Result<(), DrawError> {
    let left = LEFT + PANEL.0 + 40;
    for (((name, gb), letter), y) in allowances.iter().zip('A'..='Z').zip((top..).step_by(34)) {
        canvas.line(&[(left + 4, y - 12), (left + 4, y + 12)], BLACK.to_rgba(), 2, &[4.0, 6.0])?;
        let text = format!("{letter}: allowance of {name}, {} GB", short(*gb));
        let text = canvas.fitted(&text, SMALL, WIDTH - left - 18 - MARGIN / 2)?;
        canvas.text(&text, (left + 18, y), SMALL, Align::Left, GREY.to_rgba())?;
    }
    Ok(())
}

fn rows<'a>(
    results: &'a Results,
    by: &'a str,
    metric: &'a str,
) -> impl Iterator<Item = &'a Of<LedgerRow>> {
    results.ledger_home.iter().filter(move |of| {
        of.row.window == Window::All && of.row.by == by && of.row.metric == metric
    })
}

fn quantiles(results: &Results, arm: &str) -> Vec<Quantile> {
    let own = rows(results, "all", "upload_gb_30_days").filter(|of| of.arm == arm);
    curve(own.filter_map(|of| Some((&*of.row.stat, of.row.value?))))
}

/// Mean over replications of what the home that sends most does.
fn largest(results: &Results, arm: &str) -> f64 {
    let own = rows(results, "all", "upload_gb_30_days");
    let own = own.filter(|of| of.arm == arm && of.row.stat == "max");
    let values: Vec<f64> = own.filter_map(|of| of.row.value).collect();
    values.iter().sum::<f64>() / values.len() as f64
}

/// 95th percentile and largest.
fn word(curve: &[Quantile], most: f64) -> String {
    let many =
        curve.iter().find(|at| (at.share - 0.95).abs() < 1e-9).map_or(f64::NAN, |at| at.mean);
    format!("p95 {}, max {} GB", short(many), short(most))
}

/// Allowances by kind of line in GB, the smallest first. Of homes with one allowance, the one that sends most
/// is the one that uses the largest share of it, so that their ratio is the allowance.
fn allowances(results: &Results) -> Vec<(String, f64)> {
    let mut found: Vec<(String, f64)> = Vec::new();
    for share in rows(results, "line", "upload_share_of_allowance") {
        let same = |of: &&Of<LedgerRow>| {
            (&of.arm, of.replication, &of.row.class)
                == (&share.arm, share.replication, &share.row.class)
                && of.row.stat == "max"
        };
        let most = rows(results, "line", "upload_gb_30_days").find(same);
        let (Some(most), Some(part)) = (most.and_then(|of| of.row.value), share.row.value) else {
            continue;
        };
        if share.row.stat != "max" || part <= 0.0 || most <= 0.0 {
            continue;
        }
        let (line, gb) = (&share.row.class, most / part);
        if !found.iter().any(|(name, known)| name == line && (known / gb - 1.0).abs() < 1e-6) {
            found.push((line.clone(), gb));
        }
    }
    found.sort_by(|a, b| a.1.total_cmp(&b.1));
    found.truncate(MOST);
    found
}
