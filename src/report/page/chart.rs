//! What the interactive chart shows: means over replications, thinned to what a screen can show.

use super::markup::in_script;
use crate::report::palette::of_arm;
use crate::report::series::{Bins, means};
use crate::results::Results;

/// Columns of `series.csv` that make one line, its name, and how it is scaled.
const LINES: [(&str, &[&str], Scaled); 6] = [
    ("from the origin", &["bytes_origin"], Scaled::Rate),
    ("over the interconnects", &["bytes_interconnect"], Scaled::Rate),
    ("from peers", &["bytes_peer_pop", "bytes_peer_isp", "bytes_peer_other"], Scaled::Rate),
    ("from own caches", &["bytes_own_cache"], Scaled::Rate),
    ("viewers", &["viewers"], Scaled::Count),
    ("viewers whose picture stands still", &["stalled_hours"], Scaled::Hours),
];

#[derive(Clone, Copy)]
enum Scaled {
    /// Bytes in the bin to Mbit/s.
    Rate,
    Count,
    /// Hours in the bin to how many at once.
    Hours,
}

/// Points of all lines of all arms, at most.
const POINTS: usize = 40_000;
/// Points of one line, at least and at most.
const OF_LINE: (usize, usize) = (24, 400);

/// The data of the chart, to stand in a script element.
pub(super) fn json(results: &Results) -> String {
    let setting = &results.manifest.setting;
    let bins = Bins::of(results);
    let lines = setting.arms.len().max(1) * LINES.len();
    let most = (POINTS / lines).clamp(OF_LINE.0, OF_LINE.1);
    let (_, group) = bins.thinned(most);
    let times: Vec<String> = (0..bins.count.div_ceil(group))
        .map(|point| {
            let first = point * group;
            let last = (first + group).min(bins.count);
            let middle = bins.from as f64 + (first + last) as f64 * bins.width as f64 / 2.0;
            format!("{middle}")
        })
        .collect();
    let mut metrics = Vec::new();
    for (name, columns, scaled) in LINES {
        let arms: Vec<Vec<f64>> = setting
            .arms
            .iter()
            .map(|arm| means(&line(results, &bins, arm, columns, scaled), group))
            .collect();
        if arms.iter().flatten().all(|value| *value == 0.0) {
            continue;
        }
        let unit = if matches!(scaled, Scaled::Rate) { "Mbit/s" } else { "" };
        let values: Vec<String> = arms.iter().map(|arm| list(arm.iter().map(rounded))).collect();
        let (name, unit) = (text(name), text(unit));
        let values = list(values.into_iter());
        metrics.push(format!("{{\"name\":{name},\"unit\":{unit},\"values\":{values}}}"));
    }
    let inks = setting.arms.iter().map(|arm| {
        let (colour, dash) = of_arm(setting, arm);
        let hex = format!("\"#{:02x}{:02x}{:02x}\"", colour.0, colour.1, colour.2);
        format!("[{hex},{}]", list(dash.iter().map(|on| format!("{on}"))))
    });
    let json = format!(
        "{{\"arms\":{},\"inks\":{},\"peak\":[{},{}],\"t\":{},\"metrics\":{}}}",
        list(setting.arms.iter().map(|arm| text(arm))),
        list(inks),
        setting.peak_t_s[0],
        setting.peak_t_s[1],
        list(times.into_iter()),
        list(metrics.into_iter()),
    );
    in_script(&json)
}

/// Bin by bin, mean over replications.
fn line(results: &Results, bins: &Bins, arm: &str, columns: &[&str], scaled: Scaled) -> Vec<f64> {
    let factor = match scaled {
        Scaled::Rate => 8e-6 / bins.width as f64,
        Scaled::Count => 1.0,
        Scaled::Hours => 3_600.0 / bins.width as f64,
    };
    let mut sum = vec![0.0; bins.count];
    for column in columns {
        for (sum, value) in sum.iter_mut().zip(bins.mean(results, arm, column)) {
            *sum += value * factor;
        }
    }
    sum
}

/// Five digits are more than a screen shows.
fn rounded(value: &f64) -> String {
    let short: f64 = format!("{value:.4e}").parse().unwrap_or(0.0);
    format!("{short}")
}

fn text(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

fn list(items: impl Iterator<Item = String>) -> String {
    format!("[{}]", items.collect::<Vec<_>>().join(","))
}
