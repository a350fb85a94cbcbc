//! What the page says in words: the answer, how it was found, and how to find it again.

use super::markup::{Cell, Table, escape};
use super::tables::range;
use crate::report::heading::{arm_name, at_peak, confidence};
use crate::report::quantity::Quantity;
use crate::report::summary::{COLUMNS, cell, sentence};
use crate::results::{Outcome, Results, Verdict, Window};

/// With fewer replications the interval rests on hope.
const ENOUGH: u32 = 5;

/// A sentence an arm, with its intervals and verdicts.
pub(super) fn html(results: &Results) -> String {
    let setting = &results.manifest.setting;
    let mut out = String::new();
    for expectation in &results.expectations {
        let class = if expectation.outcome == Outcome::Met { "met" } else { "unmet" };
        let words = escape(&expectation.words());
        out.push_str(&format!("<p class=\"detail {class}\">{words}</p>\n"));
    }
    let others: Vec<&String> =
        setting.arms.iter().filter(|arm| **arm != setting.baseline).collect();
    if others.is_empty() {
        out.push_str("<p>There is one arm alone: nothing to compare.</p>\n");
    }
    for arm in others {
        let verdict = escape(&sentence(results, arm));
        out.push_str(&format!("<p class=\"verdict\">{verdict}</p>\n"));
        let details = details(results, arm);
        if !details.is_empty() {
            let details = escape(&details);
            out.push_str(&format!("<p class=\"detail\">{details}</p>\n"));
        }
    }
    out.push_str(&warning(setting.replications));
    out
}

/// How sure the three figures of the sentence are.
fn details(results: &Results, arm: &str) -> String {
    const OF: [(&str, &str); 3] = [
        ("offload_origin", "off the origin"),
        ("offload_interconnect", "off the interconnects"),
        ("rebuffer_ratio", "rebuffering, difference"),
    ];
    let mut parts = Vec::new();
    for (metric, name) in OF {
        let of = |row: &&crate::results::ComparisonRow| {
            row.arm == arm && row.window == Window::Peak && row.metric == metric
        };
        let mut all = results.comparison.iter().zip(&results.verdicts);
        let Some((row, behind)) = all.find(|(row, _)| of(row)) else { continue };
        if let (Some(low), Some(high)) = (row.ci_low, row.ci_high) {
            let quantity = if metric == "rebuffer_ratio" {
                Quantity::difference(metric)
            } else {
                Quantity::of(metric)
            };
            parts.push(format!("{name} {} ({})", range(low, high, &quantity), behind.verdict));
        }
    }
    match parts.is_empty() {
        true => String::new(),
        false => format!("{}: {}.", confidence(results), parts.join("; ")),
    }
}

fn warning(replications: u32) -> String {
    let text = match replications {
        1 => {
            "One replication: no intervals, and no telling what is chance. Run it with --reps 5 or \
              more."
                .to_owned()
        }
        n if n < ENOUGH => format!(
            "{n} replications: fewer than {ENOUGH}. Intervals are there, but they rest on few values; \
             run it with --reps {ENOUGH} or more before it is quoted."
        ),
        _ => return String::new(),
    };
    format!("<p class=\"warning\">{}</p>\n", escape(&text))
}

/// The table of the terminal: the most asked metrics by arm.
pub(super) fn summary(results: &Results, window: Window) -> Table {
    let setting = &results.manifest.setting;
    let mut rows = Vec::new();
    for arm in &setting.arms {
        let mut row = vec![Cell::text(arm_name(results, arm))];
        for (_, metric, form) in COLUMNS {
            let of = |row: &&crate::results::ComparisonRow| {
                row.arm == *arm && row.window == window && row.metric == metric
            };
            let class = match results.comparison.iter().find(of).map(|row| &row.verdict) {
                Some(Verdict::Better) => "better",
                Some(Verdict::Worse) => "worse",
                _ => "",
            };
            let mut text = cell(results, arm, window, metric, form);
            match class {
                "better" => text.push_str(" ✓"),
                "worse" => text.push_str(" ▲"),
                _ => {}
            }
            let value = results.interval(arm, window, metric).mean;
            row.push(Cell { class, ..Cell::number(text, value) });
        }
        rows.push(row);
    }
    let when = match window {
        Window::Peak => at_peak(results),
        Window::All => "all measured time".to_owned(),
    };
    let signs = match setting.replications {
        1 => "",
        _ => "; ± half the interval; ✓ better than the baseline, ▲ worse, beyond chance",
    };
    let mut head = vec!["arm".to_owned()];
    head.extend(COLUMNS.iter().map(|(name, ..)| (*name).to_owned()));
    Table { caption: format!("Summary, {when}{signs}"), head, rows }
}

/// What was done, in short.
pub(super) fn method(results: &Results) -> String {
    let setting = &results.manifest.setting;
    let n = setting.replications;
    let text = [
        format!(
            "Every arm is played in the same {n} drawn worlds: the same homes, viewers and titles. \
             Differences are taken world by world against {} and their mean has a {} by Student's t.",
            setting.baseline,
            confidence(results)
        ),
        "Offload is counted by the byte played, so that a viewer who leaves or sees less saves \
         nothing. A stall is counted after the first picture; waiting for it is start-up."
            .to_owned(),
        "The homes of a scenario are a sample: their swarms are as small as they are, and offload is \
         lower than that of a service of millions."
            .to_owned(),
    ];
    text.iter().map(|text| format!("<p>{}</p>\n", escape(text))).collect()
}

/// The command that leads to the same tables.
pub(in crate::report) fn command(results: &Results) -> String {
    let setting = &results.manifest.setting;
    let mut command = "offpeak run scenario.resolved.toml".to_owned();
    for arm in setting.arms.iter().filter(|arm| **arm != setting.baseline) {
        command.push_str(&format!(" --arm {}", quoted(arm)));
    }
    command.push_str(" --out again");
    command
}

/// The command that leads to the same tables, and what they are known by.
pub(super) fn again(results: &Results) -> String {
    let (manifest, setting) = (&results.manifest, &results.manifest.setting);
    let command = command(results);
    let mut out = format!(
        "<p>In this folder; the tables come out the same, byte for byte. A scenario that reads \
         tables of its own (<code>csv</code>) needs them beside it.</p>\n<pre><code>{}</code></pre>\n<dl>\n",
        escape(&command)
    );
    let facts = [
        ("seed", setting.seed.to_string()),
        ("replications", setting.replications.to_string()),
        ("homes", setting.homes.to_string()),
        ("results version", manifest.results_version.to_string()),
        ("program version", manifest.program_version.clone()),
        ("SHA-256 of scenario.resolved.toml", manifest.scenario_sha256.clone()),
    ];
    for (name, value) in &facts {
        out.push_str(&format!("<dt>{name}</dt><dd><code>{}</code></dd>\n", escape(value)));
    }
    out.push_str("</dl>\n<details>\n<summary>SHA-256 of every table</summary>\n<dl>\n");
    // What is drawn cannot name itself.
    let tables =
        manifest.files.iter().filter(|(name, _)| name.ends_with(".csv") || name.ends_with(".toml"));
    for (name, digest) in tables {
        let (name, digest) = (escape(name), escape(digest));
        out.push_str(&format!("<dt>{name}</dt><dd><code>{digest}</code></dd>\n"));
    }
    out.push_str("</dl>\n</details>\n");
    out
}

/// `word` as a shell reads it back.
fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', "'\\''"))
}
