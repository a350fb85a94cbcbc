//! Two result folders side by side, for a terminal.

use super::sweep::aligned;
use crate::results::{ComparisonRow, Verdict, VerdictRow};

/// What differs: one line a metric; what is the same in every replication is counted alone.
pub fn changes(rows: &[(ComparisonRow, VerdictRow)]) -> String {
    let head = ["arm", "window", "metric", "before", "after", "difference", "", "verdict"];
    let mut lines = vec![head.map(str::to_owned).to_vec()];
    let mut same = 0;
    for (row, behind) in rows {
        if row.verdict == Verdict::Same || row.n == 0 {
            same += 1;
            continue;
        }
        let before = row.mean.zip(row.diff).map(|(mean, diff)| mean - diff);
        let interval = match (row.ci_low, row.ci_high) {
            (Some(low), Some(high)) => format!("{} … {}", short(Some(low)), short(Some(high))),
            _ => String::new(),
        };
        lines.push(vec![
            row.arm.clone(),
            row.window.name().to_owned(),
            row.metric.to_string(),
            short(before),
            short(row.mean),
            short(row.diff),
            interval,
            behind.verdict.clone(),
        ]);
    }
    let mut out = String::new();
    if lines.len() > 1 {
        for line in aligned(&lines) {
            out.push_str(&line);
            out.push('\n');
        }
    }
    out.push_str(&format!("{same} of {} values are the same in every replication\n", rows.len()));
    out
}

/// Four significant digits.
fn short(value: Option<f64>) -> String {
    let Some(value) = value else {
        return "–".to_owned();
    };
    let size = value.abs();
    match size {
        _ if size == 0.0 => "0".to_owned(),
        1e5.. => format!("{value:.3e}"),
        100.0.. => format!("{value:.1}"),
        1.0.. => format!("{value:.3}"),
        1e-4.. => format!("{value:.5}"),
        _ => format!("{value:.2e}"),
    }
}
