//! The tables of the page: means over replications with half their intervals, arms side by side.

use std::collections::BTreeMap;

use super::markup::{Cell, Table};
use crate::report::heading::arm_name;
use crate::report::quantity::{Quantity, short, signed};
use crate::results::catalogue::METRICS;
use crate::results::{ComparisonRow, Results, Verdict, Window, interval};

/// Rows by name, in the order in which names come: a value an arm, by replication.
struct ByArm<'a> {
    results: &'a Results,
    names: Vec<String>,
    places: BTreeMap<String, usize>,
    /// By name, then arm.
    values: Vec<Vec<Vec<f64>>>,
}

impl<'a> ByArm<'a> {
    const fn new(results: &'a Results) -> Self {
        Self { results, names: Vec::new(), places: BTreeMap::new(), values: Vec::new() }
    }

    fn add(&mut self, name: String, arm: &str, value: Option<f64>) {
        let arms = &self.results.manifest.setting.arms;
        let (Some(at), Some(value)) = (arms.iter().position(|known| known == arm), value) else {
            return;
        };
        let next = self.names.len();
        let place = *self.places.entry(name.clone()).or_insert(next);
        if place == next {
            self.names.push(name);
            self.values.push(vec![Vec::new(); arms.len()]);
        }
        self.values[place][at].push(value);
    }

    /// `None` when there is nothing in it but zeros.
    fn table(self, caption: &str, first: &str, factor: f64) -> Option<Table> {
        let setting = &self.results.manifest.setting;
        let mut rows = Vec::new();
        for (name, arms) in self.names.iter().zip(&self.values) {
            if arms.iter().flatten().all(|value| *value == 0.0) {
                continue;
            }
            let mut row = vec![Cell::text(name.clone())];
            row.extend(arms.iter().map(|values| mean(values, setting.confidence, factor)));
            rows.push(row);
        }
        let mut head = vec![first.to_owned()];
        head.extend(setting.arms.iter().map(|arm| arm_name(self.results, arm)));
        (!rows.is_empty()).then(|| Table { caption: caption.to_owned(), head, rows })
    }
}

/// A mean with half its interval.
fn mean(values: &[f64], confidence: f64, factor: f64) -> Cell {
    let got = interval(values, confidence);
    if got.n == 0 {
        return Cell::number("–", f64::NAN);
    }
    let (value, half) = (got.mean * factor, 0.5 * (got.high - got.low) * factor);
    let text = match half.is_finite() && half != 0.0 {
        true => {
            let text = short(value);
            // As many decimals as the mean has, unless nothing would be left.
            let decimals = text.split_once('.').map_or(0, |(_, rest)| rest.len());
            let like = format!("{half:.decimals$}");
            let shown = like.bytes().any(|b| b.is_ascii_digit() && b != b'0');
            format!("{text} ±{}", if shown { like } else { short(half) })
        }
        false => short(value),
    };
    Cell::number(text, value)
}

/// Every metric that has a value, by arm, in `window`.
pub(super) fn summary(results: &Results, window: Window) -> Option<Table> {
    let mut by = ByArm::new(results);
    for of in results.summary.iter().filter(|of| of.row.window == window) {
        let quantity = Quantity::of(&of.row.metric);
        let unit = match quantity.unit {
            "" => String::new(),
            unit => format!(", {unit}"),
        };
        let value = of.row.value.map(|value| value * quantity.factor);
        by.add(format!("{}{unit}", of.row.metric), &of.arm, value);
    }
    let when = window_name(results, window);
    let half = match results.manifest.setting.replications {
        1 => "",
        _ => ": mean, ± half its interval",
    };
    by.table(&format!("Every metric, {when}{half}"), "metric", 1.0)
}

fn window_name(results: &Results, window: Window) -> String {
    match window {
        Window::All => "all measured time".to_owned(),
        Window::Peak => crate::report::heading::at_peak(results),
    }
}

/// Every difference with its interval and what follows.
pub(super) fn comparison(results: &Results, window: Window) -> Option<Table> {
    let rows = results.comparison.iter().zip(&results.verdicts);
    let rows = rows.filter(|(row, _)| row.window == window && row.diff.is_some());
    let rows: Vec<Vec<Cell>> = rows.map(|(row, behind)| compared(row, &behind.verdict)).collect();
    let head = ["metric", "arm", "mean", "difference", "interval", "unit", "n", "p", "verdict"];
    let when = window_name(results, window);
    let baseline = &results.manifest.setting.baseline;
    (!rows.is_empty()).then(|| Table {
        caption: format!("Every arm against {baseline}, {when}, paired by replication"),
        head: head.map(str::to_owned).to_vec(),
        rows,
    })
}

fn compared(row: &ComparisonRow, words: &str) -> Vec<Cell> {
    let (own, difference) = (Quantity::of(&row.metric), Quantity::difference(&row.metric));
    let number = |value: Option<f64>, factor: f64, sign: bool| match value {
        Some(value) if sign => {
            let text = short(value * factor).replace('−', "-");
            Cell::number(signed(&text), value * factor)
        }
        Some(value) => Cell::number(short(value * factor), value * factor),
        None => Cell::number("–", f64::NAN),
    };
    let range = match (row.ci_low, row.ci_high) {
        (Some(low), Some(high)) => {
            let ends = [low, high].map(|end| short(end * difference.factor));
            Cell::number(format!("{} to {}", ends[0], ends[1]), high - low)
        }
        _ => Cell::number("–", f64::NAN),
    };
    let class = match row.verdict {
        Verdict::Better => "text better",
        Verdict::Worse => "text worse",
        _ => "text",
    };
    vec![
        Cell::text(row.metric.clone()),
        Cell::text(row.arm.clone()),
        number(row.mean, own.factor, false),
        number(row.diff, difference.factor, true),
        range,
        Cell::text(difference.unit),
        Cell::number(row.n.to_string(), row.n as f64),
        row.p.map_or(Cell::number("–", f64::NAN), |p| Cell::number(short(p), p)),
        Cell { text: words.to_owned(), value: None, class },
    ]
}

/// What the metrics mean that the summary has.
pub(super) fn meanings(results: &Results) -> Table {
    let known = |name: &str| results.summary.iter().any(|of| of.row.metric == name);
    let rows = METRICS.iter().filter(|metric| known(metric.name));
    let row = |metric: &crate::results::catalogue::Metric| {
        vec![Cell::text(metric.name), Cell::text(metric.meaning)]
    };
    Table {
        caption: "What the metrics mean".to_owned(),
        head: ["metric", "meaning"].map(str::to_owned).to_vec(),
        rows: rows.map(row).collect(),
    }
}

/// Causes at peak: what is explained, in its unit.
pub(super) fn causes(results: &Results) -> Vec<Table> {
    const WHAT: [(&str, &str, f64); 4] = [
        ("cdn_bytes", "Why bytes came from the CDN, GB", 1e-9),
        ("cdn_tier_bytes", "Why from that tier of the CDN, GB", 1e-9),
        ("stalled_s", "Why pictures stood still, s", 1.0),
        ("refused_uploads", "Why uploads were refused, uploads", 1.0),
    ];
    let table = |(what, name, factor): (&str, &str, f64)| {
        let mut by = ByArm::new(results);
        let rows = results.causes.iter().map(|of| (&of.arm, &of.row));
        for (arm, row) in rows.filter(|(_, r)| r.what == what && r.window == Window::Peak) {
            by.add(row.cause.to_string(), arm, row.value);
        }
        by.table(&format!("{name}, {}", window_name(results, Window::Peak)), "cause", factor)
    };
    WHAT.into_iter().filter_map(table).collect()
}

/// What became of bytes at peak, and what of it was for nothing by the byte saved.
pub(super) fn waste(results: &Results) -> Vec<Table> {
    let (mut bytes, mut shares) = (ByArm::new(results), ByArm::new(results));
    for of in results.waste.iter().filter(|of| of.row.window == Window::Peak) {
        bytes.add(of.row.kind.to_string(), &of.arm, Some(of.row.bytes as f64));
        shares.add(of.row.kind.to_string(), &of.arm, of.row.share_of_saved);
    }
    let when = window_name(results, Window::Peak);
    let bytes =
        bytes.table(&format!("What became of the bytes delivered, GB, {when}"), "kind", 1e-9);
    let name = format!("Wasted for what the CDN sent less, %, {when}");
    bytes.into_iter().chain(shares.table(&name, "kind", 100.0)).collect()
}

/// Offload by boundary, rates by link, and links that were nearly full.
pub(super) fn network(results: &Results) -> Vec<Table> {
    let (mut offload, mut rates, mut full) =
        (ByArm::new(results), ByArm::new(results), ByArm::new(results));
    for of in results.offload.iter().filter(|of| of.row.window == Window::Peak) {
        let name = format!("{}, {}", of.row.boundary, of.row.statistic);
        offload.add(name, &of.arm, of.row.offload);
    }
    for of in results.links.iter().filter(|of| of.row.window == Window::All) {
        let name = format!("{}, {}", of.row.link, of.row.direction);
        // There are hundreds of them.
        if of.row.kind != "aggregation" {
            rates.add(name.clone(), &of.arm, of.row.p95_window_mbps);
        }
        full.add(name, &of.arm, of.row.hours_above_90);
    }
    let when = window_name(results, Window::Peak);
    let offload = offload.table(&format!("Taken off each boundary, %, {when}"), "boundary", 100.0);
    let rates = rates.table(
        "95th percentile of what crosses each link but aggregations, Mbit/s, all measured time",
        "link",
        1.0,
    );
    let full = full.table("Hours above 90 % of a link's capacity", "link", 1.0);
    [offload, rates, full].into_iter().flatten().collect()
}

/// Who pays, and energy; empty without prices.
pub(super) fn money(results: &Results) -> Vec<Table> {
    let (mut net, mut bills, mut energy) =
        (ByArm::new(results), ByArm::new(results), ByArm::new(results));
    let mut currency = "";
    for of in &results.stakeholders {
        net.add(of.row.stakeholder.clone(), &of.arm, of.row.net);
        currency = &of.row.currency;
    }
    for of in &results.bills {
        let name = format!("{} to {}: {}", of.row.payer, of.row.payee, of.row.item);
        let link = if of.row.link.is_empty() { "" } else { ", " };
        bills.add(format!("{name}{link}{}", of.row.link), &of.arm, of.row.amount);
    }
    for of in results.energy.iter().filter(|of| of.row.window == Window::All) {
        energy.add(of.row.tier.to_string(), &of.arm, of.row.to_baseline);
    }
    let net = net.table(&format!("What each has in the end, {currency} in the month"), "who", 1.0);
    let bills = bills.table(&format!("Who pays whom, {currency} in the month"), "bill", 1.0);
    let energy = energy.table("Energy by the byte played, % of the baseline", "tier", 100.0);
    [net, bills, energy].into_iter().flatten().collect()
}

/// Stalls and start-up by class of viewings.
pub(super) fn classes(results: &Results) -> Vec<Table> {
    const OF: [(&str, &str, f64); 3] = [
        ("rebuffer_ratio", "Rebuffer ratio by class of viewings, %", 100.0),
        ("startup_s_p95", "Start-up by class of viewings, 95th percentile, s", 1.0),
        ("sessions", "Viewings by class", 1.0),
    ];
    let table = |(metric, name, factor): (&str, &str, f64)| {
        let mut by = ByArm::new(results);
        let rows = results.qoe.iter().filter(|of| of.row.metric == metric);
        for of in rows.filter(|of| of.row.window == Window::Peak) {
            by.add(format!("{}: {}", of.row.by, of.row.class), &of.arm, of.row.value);
        }
        by.table(&format!("{name}, {}", window_name(results, Window::Peak)), "class", factor)
    };
    OF.into_iter().filter_map(table).collect()
}

/// What homes gave, by class of homes.
pub(super) fn burden(results: &Results) -> Option<Table> {
    let mut by = ByArm::new(results);
    let rows = results.ledger_home.iter().filter(|of| of.row.window == Window::All);
    for of in rows.filter(|of| of.row.metric == "upload_gb_30_days" && of.row.stat == "p95") {
        by.add(format!("{}: {}", of.row.by, of.row.class), &of.arm, of.row.value);
    }
    by.table("Sent in thirty such days by class of homes, 95th percentile, GB", "class", 1.0)
}

/// An interval in words: 59.8 to 60.2 %.
pub(super) fn range(low: f64, high: f64, quantity: &Quantity) -> String {
    let ends = [low, high].map(|end| short(end * quantity.factor));
    // A number and its unit stay on one line.
    format!("{} to {}\u{a0}{}", ends[0], ends[1], quantity.unit)
}
