//! Every arm against the baseline, paired by replication.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use super::catalogue::{Direction, direction};
use super::manifest::Setting;
use super::rows::{ComparisonRow, Of};
use crate::metrics::statistics::{interval, mean};
use crate::metrics::tables::{SummaryRow, Window, finite};

/// What a comparison says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The interval excludes 0, on the good side.
    Better,
    /// The interval excludes 0, on the bad side.
    Worse,
    /// The interval is above 0, and neither way is better.
    Higher,
    /// The interval is below 0, and neither way is better.
    Lower,
    /// The interval includes 0.
    Undecided,
    /// One replication says nothing about others.
    UndecidedAlone,
    /// No replication differs at all.
    Same,
}

const NAMES: [(Verdict, &str); 7] = [
    (Verdict::Better, "better"),
    (Verdict::Worse, "worse"),
    (Verdict::Higher, "higher"),
    (Verdict::Lower, "lower"),
    (Verdict::Undecided, "undecided"),
    (Verdict::UndecidedAlone, "undecided (n = 1)"),
    (Verdict::Same, "same"),
];

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = NAMES.iter().find(|(verdict, _)| verdict == self);
        f.write_str(name.expect("invariant: every verdict is named").1)
    }
}

impl FromStr for Verdict {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        let found = NAMES.iter().find(|(_, name)| *name == text);
        found.map(|(verdict, _)| *verdict).ok_or_else(|| format!("\"{text}\" is no verdict"))
    }
}

impl Serialize for Verdict {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Verdict {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        String::deserialize(from)?.parse().map_err(de::Error::custom)
    }
}

/// Values by replication, addressed by arm, window and metric.
type Cells<'a> = BTreeMap<(&'a str, Window, &'a str), BTreeMap<u32, f64>>;

/// The rows of `comparison.csv`: arms in the setting's order, windows and metrics in the summary's.
pub(super) fn compare(setting: &Setting, summary: &[Of<SummaryRow>]) -> Vec<ComparisonRow> {
    let mut cells: Cells<'_> = BTreeMap::new();
    let mut order: Vec<(Window, &str)> = Vec::new();
    let mut seen = std::collections::BTreeSet::new();
    for Of { arm, replication, row } in summary {
        let key = (row.window, &*row.metric);
        if seen.insert(key) {
            order.push(key);
        }
        if let Some(value) = row.value {
            let cell = cells.entry((arm, row.window, &*row.metric)).or_default();
            cell.insert(*replication, value);
        }
    }
    let others = setting.arms.iter().filter(|arm| **arm != setting.baseline);
    let mut rows = Vec::new();
    for arm in others {
        for &(window, metric) in &order {
            let own = cell(&cells, (arm, window, metric));
            let base = cell(&cells, (&setting.baseline, window, metric));
            rows.push(row(setting, arm, (window, metric), own, base));
        }
    }
    rows
}

fn cell<'c>(cells: &'c Cells<'c>, key: (&'c str, Window, &'c str)) -> &'c BTreeMap<u32, f64> {
    const EMPTY: &BTreeMap<u32, f64> = &BTreeMap::new();
    cells.get(&key).unwrap_or(EMPTY)
}

fn row(
    setting: &Setting,
    arm: &str,
    (window, metric): (Window, &str),
    own: &BTreeMap<u32, f64>,
    base: &BTreeMap<u32, f64>,
) -> ComparisonRow {
    let paired = |(replication, value): (&u32, &f64)| base.get(replication).map(|b| value - b);
    let diffs: Vec<f64> = own.iter().filter_map(paired).collect();
    let values: Vec<f64> = own.values().copied().collect();
    let paired = interval(&diffs, setting.confidence);
    ComparisonRow {
        arm: arm.to_owned(),
        baseline: setting.baseline.clone(),
        window,
        metric: metric.to_owned().into(),
        mean: finite(mean(&values)),
        diff: finite(paired.mean),
        ci_low: finite(paired.low),
        ci_high: finite(paired.high),
        n: paired.n,
        p: finite(paired.p),
        verdict: verdict(&diffs, paired.low, paired.high, direction(metric)),
    }
}

fn verdict(diffs: &[f64], low: f64, high: f64, better: Direction) -> Verdict {
    if diffs.len() == 1 {
        return Verdict::UndecidedAlone;
    }
    let (above, below) = (low > 0.0, high < 0.0);
    match better {
        _ if !diffs.is_empty() && diffs.iter().all(|diff| *diff == 0.0) => Verdict::Same,
        _ if !above && !below => Verdict::Undecided,
        Direction::Neither if above => Verdict::Higher,
        Direction::Neither => Verdict::Lower,
        Direction::Higher if above => Verdict::Better,
        Direction::Lower if below => Verdict::Better,
        Direction::Higher | Direction::Lower => Verdict::Worse,
    }
}
