//! How long viewers wait for the picture, and how many see it stand still how long.

use crate::report::DrawError;
use crate::report::canvas;
use crate::report::curves::{
    Curve, Curves, Entry, LEFT, PANEL, Quantile, Told, curve, height, legend, spread,
};
use crate::report::heading::{BELOW, WIDTH, arm_name, at_peak, heading, nothing, sample};
use crate::report::palette::of_arm;
use crate::report::quantity::short;
use crate::results::{Results, Window};

const QUESTION: &str = "What viewers wait for";
/// From a panel's foot to the next one's head.
const BETWEEN: i32 = 150;

pub(super) fn draw(results: &Results) -> Result<String, DrawError> {
    let arms = &results.manifest.setting.arms;
    let ink = |arm: &str| of_arm(&results.manifest.setting, arm);
    let of = |prefix: &str, factor: f64| -> Vec<Curve> {
        let curve =
            |arm: &String| Curve { ink: ink(arm), points: quantiles(results, arm, prefix, factor) };
        arms.iter().map(curve).collect()
    };
    let startup = Curves {
        name: "Start-up: from pressing play to the first picture",
        along: "s, by powers of ten",
        counted: "viewings that waited no longer",
        told: Told::Within,
        arms: of("startup_s_", 1.0),
        least: 0.001,
        none: "Nobody waited.",
    };
    let stalled = Curves {
        name: "Rebuffer ratio: the picture stood still for this share of the time after start-up",
        along: "% of stalled and played time, by powers of ten",
        counted: "viewings with more, by powers of ten",
        told: Told::Beyond,
        arms: of("rebuffer_ratio_", 100.0),
        least: 0.001,
        none: "Fewer than one viewing in a thousand stood still.",
    };
    if !startup.any() && !stalled.any() {
        return nothing(results, QUESTION, "Nobody watched.");
    }
    let size = (PANEL.0, height(arms.len()));
    let top = BELOW + 30;
    let total = top + 2 * (size.1 + BETWEEN) - 40;
    canvas::draw((WIDTH, total), |canvas| {
        let what = format!("viewings that began {} and came to a picture", at_peak(results));
        let spread = spread(arms.len());
        heading(canvas, results, QUESTION, &[sample(results, spread), what])?;
        let at = |arm: &str, metric: &str| results.interval(arm, Window::Peak, metric).mean;
        let waits = |arm: &String| {
            let [half, most] = ["startup_s_p50", "startup_s_p95"].map(|m| short(at(arm, m)));
            let word = format!("half in {half} s, 95 % in {most} s");
            Entry { ink: ink(arm), name: arm_name(results, arm), word }
        };
        let stalls = |arm: &String| {
            let share = short(100.0 * at(arm, "stalled_sessions_share"));
            let word = format!("{share} % of viewings stall");
            Entry { ink: ink(arm), name: arm_name(results, arm), word }
        };
        let entries: Vec<Entry> = arms.iter().map(waits).collect();
        startup.draw(canvas, (LEFT, top), size, &[])?;
        legend(canvas, top, &entries)?;
        let below = top + size.1 + BETWEEN;
        let entries: Vec<Entry> = arms.iter().map(stalls).collect();
        stalled.draw(canvas, (LEFT, below), size, &[])?;
        legend(canvas, below, &entries)
    })
}

/// Of all viewings that began at peak.
fn quantiles(results: &Results, arm: &str, prefix: &str, factor: f64) -> Vec<Quantile> {
    let rows = results
        .qoe
        .iter()
        .filter(|of| of.arm == arm && of.row.window == Window::Peak && of.row.by == "all");
    curve(rows.filter_map(|of| {
        let name = of.row.metric.strip_prefix(prefix)?;
        Some((name, of.row.value? * factor))
    }))
}
