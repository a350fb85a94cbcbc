//! The summary for programs.

use serde_json::{Map, Value, json as object};

use super::Results;
use crate::metrics::tables::Window;

/// The summary for programs: setting, and for each window and arm every metric with mean, interval
/// of the mean and, against the baseline, the paired comparison. Missing values are `null`.
pub fn json(results: &Results) -> Value {
    let setting = &results.manifest.setting;
    let mut windows = Map::new();
    for window in Window::ALL {
        let mut arms = Map::new();
        for arm in &setting.arms {
            arms.insert(arm.clone(), metrics(results, arm, window));
        }
        windows.insert(window.name().to_owned(), Value::Object(arms));
    }
    object!({
        "title": setting.title,
        "homes": setting.homes,
        "seed": setting.seed,
        "replications": setting.replications,
        "baseline": setting.baseline,
        "confidence": setting.confidence,
        "results_version": results.manifest.results_version,
        "scenario_sha256": results.manifest.scenario_sha256,
        "expectations": results.expectations,
        "windows": windows,
    })
}

fn metrics(results: &Results, arm: &str, window: Window) -> Value {
    let mut metrics = Map::new();
    let own = results.summary.iter().filter(|of| of.arm == arm && of.row.window == window);
    for row in own.map(|of| &of.row) {
        if metrics.contains_key(&*row.metric) {
            continue;
        }
        let got = results.interval(arm, window, &row.metric);
        let mut entry = object!({
            "mean": got.mean, "ci_low": got.low, "ci_high": got.high, "n": got.n, "unit": row.unit,
        });
        let compared = results.comparison.iter().zip(&results.verdicts).find(|(other, _)| {
            other.arm == arm && other.window == window && other.metric == row.metric
        });
        if let Some((other, behind)) = compared {
            entry["against_baseline"] = object!({
                "diff": other.diff, "ci_low": other.ci_low, "ci_high": other.ci_high,
                "n": other.n, "p": other.p, "p_holm": behind.p_holm, "verdict": other.verdict,
                "boot_low": behind.boot_low, "boot_high": behind.boot_high, "words": behind.verdict,
            });
        }
        metrics.insert(row.metric.clone().into_owned(), entry);
    }
    Value::Object(metrics)
}
