//! The answer in words and numbers, for a terminal.

use super::axis::{clock, grouped, percent};
use super::sweep::aligned;
use crate::results::{Results, Verdict, Window};

/// How a value is shown.
#[derive(Clone, Copy)]
pub(super) enum Form {
    /// As per cent with so many decimals.
    Percent(usize),
    /// With so many decimals and a unit.
    Plain(usize, &'static str),
}

/// The metrics that are asked for most: heading, metric, form.
pub(super) const COLUMNS: [(&str, &str, Form); 6] = [
    ("off origin", "offload_origin", Form::Percent(1)),
    ("off interconnect", "offload_interconnect", Form::Percent(1)),
    ("from peers", "p2p_share", Form::Percent(1)),
    ("rebuffering", "rebuffer_ratio", Form::Percent(2)),
    ("startup p95", "startup_s_p95", Form::Plain(2, "s")),
    ("upload p95/home", "upload_gb_p95", Form::Plain(2, "GB")),
];

/// The summary for people: what was run, a table per window, and the answer in plain words.
pub fn text(results: &Results) -> String {
    let setting = &results.manifest.setting;
    let n = setting.replications;
    let mut out = format!(
        "{}\n{} homes · seed {} · {n} replication{} · results v{}\n",
        setting.title,
        grouped(u64::from(setting.homes)),
        setting.seed,
        if n == 1 { "" } else { "s" },
        results.manifest.results_version,
    );
    let [from, to] = setting.peak_t_s.map(clock);
    let [begin, end] = setting.measured_t_s;
    let measured = match end.saturating_sub(begin) {
        span if span > 86_400 => format!("{} h", span / 3_600),
        _ => format!("{}–{}", clock(begin), clock(end)),
    };
    for expectation in &results.expectations {
        out.push_str(&expectation.words());
        out.push('\n');
    }
    let mut notes = Notes::default();
    for (window, name) in
        [(Window::Peak, format!("peak {from}–{to}")), (Window::All, format!("all {measured}"))]
    {
        out.push('\n');
        out.push_str(&table(results, window, &name, &mut notes));
    }
    if n > 1 {
        let percent = setting.confidence * 100.0;
        out.push_str(&format!("± {percent:.0} % interval over replications"));
        if notes.worse {
            out.push_str("; ▲ worse than the baseline, beyond chance");
        }
        out.push('\n');
    } else {
        out.push_str(
            "One replication: no intervals. Use --reps 5 or more to see what is chance.\n",
        );
    }
    out.push('\n');
    for arm in setting.arms.iter().filter(|arm| **arm != setting.baseline) {
        out.push_str(&sentence(results, arm));
        out.push('\n');
    }
    out
}

#[derive(Default)]
struct Notes {
    worse: bool,
}

fn table(results: &Results, window: Window, name: &str, notes: &mut Notes) -> String {
    let setting = &results.manifest.setting;
    let mut lines = vec![vec![name.to_owned()]];
    lines[0].extend(COLUMNS.iter().map(|(heading, _, _)| (*heading).to_owned()));
    for arm in &setting.arms {
        let mut line = vec![arm.clone()];
        if *arm == setting.baseline {
            line[0].push_str(" (base)");
        }
        for (_, metric, form) in COLUMNS {
            let mut cell = cell(results, arm, window, metric, form);
            if verdict(results, arm, window, metric) == Some(Verdict::Worse)
                && metric != "upload_gb_p95"
            {
                cell.push_str(" ▲");
                notes.worse = true;
            }
            line.push(cell);
        }
        lines.push(line);
    }
    let mut out = aligned(&lines).join("\n");
    out.push('\n');
    out
}

/// Mean and half its interval as text.
pub(super) fn cell(
    results: &Results,
    arm: &str,
    window: Window,
    metric: &str,
    form: Form,
) -> String {
    let got = results.interval(arm, window, metric);
    if got.n == 0 {
        return "–".to_owned();
    }
    let half = 0.5 * (got.high - got.low);
    let by_comparison = arm == results.manifest.setting.baseline && metric.starts_with("offload");
    if half.is_finite() && !by_comparison {
        match form {
            Form::Percent(digits) => {
                format!("{} ±{:.digits$}", shown(got.mean, form), half * 100.0)
            }
            Form::Plain(digits, _) => format!("{} ±{half:.digits$}", shown(got.mean, form)),
        }
    } else {
        shown(got.mean, form)
    }
}

pub(super) fn shown(value: f64, form: Form) -> String {
    match form {
        Form::Percent(digits) => percent(value, digits),
        Form::Plain(digits, unit) => format!("{value:.digits$} {unit}"),
    }
}

fn verdict(results: &Results, arm: &str, window: Window, metric: &str) -> Option<Verdict> {
    let of = |row: &&crate::results::ComparisonRow| {
        row.arm == arm && row.window == window && row.metric == metric
    };
    results.comparison.iter().find(of).map(|row| row.verdict)
}

/// What happened in `arm` at peak, in words.
pub(super) fn sentence(results: &Results, arm: &str) -> String {
    let setting = &results.manifest.setting;
    let at = |arm: &str, metric: &str| results.interval(arm, Window::Peak, metric).mean;
    let [from, to] = setting.peak_t_s.map(clock);
    let ratio = |arm: &str| match at(arm, "rebuffer_ratio") {
        value if value.is_finite() => shown(value, Form::Percent(2)),
        _ => "unknown".to_owned(),
    };
    let decided = match verdict(results, arm, Window::Peak, "rebuffer_ratio") {
        Some(Verdict::Better) => " (better)",
        Some(Verdict::Worse) => " (worse)",
        Some(Verdict::Same) => " (the same)",
        Some(Verdict::NoDifference) => " (no difference)",
        Some(Verdict::Undecided) => " (within chance)",
        _ => "",
    };
    let origin = effect(at(arm, "offload_origin"), "the origin");
    let interconnect = effect(at(arm, "offload_interconnect"), "the interconnects");
    let also = match interconnect.strip_prefix("taken ") {
        Some(part) if origin.starts_with("taken ") => part,
        _ => &interconnect,
    };
    // An arm without peers differs in something else.
    let without = at(arm, "p2p_share") == 0.0;
    let who = if without { arm.to_owned() } else { format!("Peers ({arm})") };
    format!(
        "{who} would have {origin} and {also} at peak ({from}–{to}); rebuffering {} → \
         {}{decided}.",
        ratio(&setting.baseline),
        ratio(arm),
    )
}

/// What an offload did to `place`.
fn effect(offload: f64, place: &str) -> String {
    if offload.is_nan() {
        format!("had an unknown effect on {place}")
    } else if offload < 0.0 {
        format!("added {} to {place}", percent(-offload, 1))
    } else {
        format!("taken {} off {place}", percent(offload, 1))
    }
}
