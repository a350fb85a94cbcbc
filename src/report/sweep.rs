//! A sweep in words and numbers, for a terminal.

use super::summary::{COLUMNS, shown};
use crate::results::catalogue::negligible;
use crate::results::{Sweep, SweepRow, Window};

/// Axes named under the table, for each column the one that moves it most.
const NAMED: [&str; 2] = ["offload_origin", "rebuffer_ratio"];

/// Every point with every arm at peak, and which axis moves most.
pub fn sweep_text(sweep: &Sweep) -> String {
    let manifest = &sweep.manifest;
    let n = manifest.replications;
    let mut out = format!(
        "{}\n{} points · seed {} · {n} replication{} · results v{} · peak\n\n",
        manifest.title,
        manifest.points,
        manifest.seed,
        if n == 1 { "" } else { "s" },
        manifest.results_version,
    );
    let mut head: Vec<String> = manifest.axes.clone();
    head.push("arm".to_owned());
    head.extend(COLUMNS.iter().map(|(heading, _, _)| (*heading).to_owned()));
    let mut lines = vec![head];
    let mut points: Vec<(&str, Vec<String>)> = Vec::new();
    for row in &sweep.points {
        match points.last_mut() {
            Some((name, levels)) if *name == row.point => levels.push(row.level.clone()),
            _ => points.push((&row.point, vec![row.level.clone()])),
        }
    }
    for (point, levels) in points {
        for arm in &manifest.arms {
            let mut line = levels.clone();
            line.push(arm.clone());
            for (_, metric, form) in COLUMNS {
                let of = |row: &&SweepRow| {
                    row.point == point
                        && row.arm == *arm
                        && row.window == Window::Peak
                        && row.metric == metric
                };
                let mean = sweep.rows.iter().find(of).and_then(|row| row.mean);
                line.push(mean.map_or_else(|| "–".to_owned(), |mean| shown(mean, form)));
            }
            lines.push(line);
        }
    }
    for line in aligned(&lines) {
        out.push_str(&line);
        out.push('\n');
    }
    out.push_str(&most(sweep));
    out
}

/// What moves the answer most, where more than one thing is varied.
fn most(sweep: &Sweep) -> String {
    if sweep.manifest.axes.len() < 2 {
        return String::new();
    }
    let mut out = String::from("\nWhat moves it most, at peak (sensitivity.csv has all):\n");
    for row in &sweep.sensitivity {
        let other = row.arm != sweep.manifest.baseline;
        if other && row.window == Window::Peak && NAMED.contains(&&*row.metric) {
            let spread = row.spread.unwrap_or(f64::NAN);
            let form = COLUMNS.iter().find(|(_, metric, _)| *metric == row.metric);
            let spread = form.map_or_else(String::new, |(_, _, form)| shown(spread, *form));
            out.push_str(&format!(
                "  {} {}: {}. {} by {spread} ({} to {})\n",
                row.arm, row.metric, row.rank, row.axis, row.lowest_level, row.highest_level
            ));
        }
    }
    out
}

/// Whether the answers at the largest size are those of the size before.
pub fn scale_text(sweep: &Sweep) -> String {
    let mut out = String::from("\nFrom the last size but one to the last, at peak:\n");
    let last: Vec<&str> = {
        let mut points: Vec<&str> = sweep.points.iter().map(|row| &*row.point).collect();
        points.dedup();
        points.split_off(points.len().saturating_sub(2))
    };
    let [before, after] = last[..] else {
        return String::new();
    };
    let mut lines = Vec::new();
    for arm in sweep.manifest.arms.iter().filter(|arm| **arm != sweep.manifest.baseline) {
        for (_, metric, form) in COLUMNS {
            let at = |point: &str| {
                let of = |row: &&SweepRow| {
                    let here = row.point == point && row.window == Window::Peak;
                    here && row.arm == *arm && row.metric == metric
                };
                sweep.rows.iter().find(of)
            };
            let (Some(old), Some(new)) = (at(before), at(after)) else { continue };
            let (Some(from), Some(to)) = (old.mean, new.mean) else { continue };
            let moved = (to - from).abs();
            let half =
                |row: &SweepRow| row.ci_high.zip(row.ci_low).map(|(high, low)| 0.5 * (high - low));
            let chance = half(old).zip(half(new)).map(|(old, new)| (old * old + new * new).sqrt());
            let small = negligible(metric, to);
            let words = match chance {
                _ if moved <= small => "converged".to_owned(),
                Some(chance) if moved <= chance => "moves within chance".to_owned(),
                _ => format!("still moving, by {}", shown(to - from, form)),
            };
            let cells = [arm.clone(), metric.to_owned(), shown(from, form), shown(to, form), words];
            lines.push(cells.to_vec());
        }
    }
    for line in aligned(&lines) {
        out.push_str("  ");
        out.push_str(&line);
        out.push('\n');
    }
    out
}

/// Columns of equal width, two spaces between.
pub(super) fn aligned(lines: &[Vec<String>]) -> Vec<String> {
    let columns = lines.iter().map(Vec::len).max().unwrap_or(0);
    let cell = |line: &[String], at: usize| line.get(at).map_or(0, |cell| cell.chars().count());
    let widest = |at: usize| lines.iter().map(|line| cell(line, at)).max().unwrap_or(0);
    let widths: Vec<usize> = (0..columns).map(widest).collect();
    let text = |line: &Vec<String>| {
        let cells = line.iter().zip(&widths);
        let padded = cells
            .map(|(cell, width)| format!("{cell}{}", " ".repeat(width + 2 - cell.chars().count())));
        padded.collect::<String>().trim_end().to_owned()
    };
    lines.iter().map(text).collect()
}
