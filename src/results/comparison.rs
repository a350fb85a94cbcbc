//! Every arm against the baseline, paired by replication.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use super::Results;
use super::bootstrap::bootstrap;
use super::catalogue::{Direction, direction, negligible};
use super::manifest::Setting;
use super::rows::{ComparisonRow, Of, VerdictRow};
use crate::metrics::statistics::{interval, mean, sample_sd, t_quantile};
use crate::metrics::tables::{SummaryRow, Window, finite};

/// What a comparison says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Beyond chance, on the good side.
    Better,
    /// Beyond chance, on the bad side.
    Worse,
    /// Above 0 beyond chance, and neither way is better.
    Higher,
    /// Below 0 beyond chance, and neither way is better.
    Lower,
    /// The interval is within what nobody would act on.
    NoDifference,
    /// Nothing of that can be said.
    Undecided,
    /// One replication says nothing about others.
    UndecidedAlone,
    /// No replication differs at all.
    Same,
}

const NAMES: [(Verdict, &str); 8] = [
    (Verdict::Better, "better"),
    (Verdict::Worse, "worse"),
    (Verdict::Higher, "higher"),
    (Verdict::Lower, "lower"),
    (Verdict::NoDifference, "no difference"),
    (Verdict::Undecided, "undecided"),
    (Verdict::UndecidedAlone, "undecided (n = 1)"),
    (Verdict::Same, "same"),
];

impl Verdict {
    /// Whether something differs beyond chance.
    pub const fn differs(self) -> bool {
        matches!(self, Self::Better | Self::Worse | Self::Higher | Self::Lower)
    }
}

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

/// Rows of `comparison.csv`, and behind each a row of `verdicts.csv`.
pub type Compared = (Vec<ComparisonRow>, Vec<VerdictRow>);

/// Values by replication, addressed by arm, window and metric.
type Cells<'a> = BTreeMap<(&'a str, Window, &'a str), BTreeMap<u32, f64>>;

/// The rows of `comparison.csv` and those of `verdicts.csv`: arms in the setting's order, windows and
/// metrics in the summary's.
pub(super) fn compare(setting: &Setting, summary: &[Of<SummaryRow>]) -> Compared {
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
    let others: Vec<&String> =
        setting.arms.iter().filter(|arm| **arm != setting.baseline).collect();
    let (mut rows, mut verdicts) = (Vec::new(), Vec::new());
    for (place, arm) in others.iter().enumerate() {
        for (number, &(window, metric)) in order.iter().enumerate() {
            let own = cell(&cells, (arm, window, metric));
            let base = cell(&cells, (&setting.baseline, window, metric));
            let address = (place as u32, number as u32);
            let (row, verdict) = row(setting, arm, (window, metric), (own, base), address);
            rows.push(row);
            verdicts.push(verdict);
        }
    }
    holm(&rows, &mut verdicts, order.len());
    for (row, verdict) in rows.iter_mut().zip(&mut verdicts) {
        judge(row, verdict, setting.confidence);
        verdict.verdict = verdict.words(row.verdict);
    }
    (rows, verdicts)
}

/// The arm `arm` of `new` against that of `old`, paired by replication.
pub fn between(old: &Results, new: &Results, arm: &str) -> Compared {
    // No arm is called so: names are keys of a scenario file.
    const OLD: &str = "\0old";
    let setting = &new.manifest.setting;
    let arms = vec![OLD.to_owned(), arm.to_owned()];
    let setting = Setting { arms, baseline: OLD.to_owned(), ..setting.clone() };
    let of_arm = |results: &Results, name: &str| -> Vec<Of<SummaryRow>> {
        let own = results.summary.iter().filter(|of| of.arm == arm);
        own.map(|of| Of { arm: name.to_owned(), ..of.clone() }).collect()
    };
    let (mut rows, mut verdicts) =
        compare(&setting, &[of_arm(new, arm), of_arm(old, OLD)].concat());
    rows.iter_mut().for_each(|row| row.baseline = arm.to_owned());
    verdicts.iter_mut().for_each(|row| row.baseline = arm.to_owned());
    (rows, verdicts)
}

fn cell<'c>(cells: &'c Cells<'c>, key: (&'c str, Window, &'c str)) -> &'c BTreeMap<u32, f64> {
    const EMPTY: &BTreeMap<u32, f64> = &BTreeMap::new();
    cells.get(&key).unwrap_or(EMPTY)
}

/// A row without p for many arms and without verdict.
fn row(
    setting: &Setting,
    arm: &str,
    (window, metric): (Window, &str),
    (own, base): (&BTreeMap<u32, f64>, &BTreeMap<u32, f64>),
    address: (u32, u32),
) -> (ComparisonRow, VerdictRow) {
    let both = |(replication, value): (&u32, &f64)| Some((*value, *base.get(replication)?));
    let pairs: Vec<(f64, f64)> = own.iter().filter_map(both).collect();
    let diffs: Vec<f64> = pairs.iter().map(|(own, base)| own - base).collect();
    let (values, bases): (Vec<f64>, Vec<f64>) = pairs.into_iter().unzip();
    let all: Vec<f64> = own.values().copied().collect();
    let paired = interval(&diffs, setting.confidence);
    let [low, high] = bootstrap(&diffs, setting.confidence, address);
    let said = setting.negligible.get(metric).copied();
    let verdict = VerdictRow {
        arm: arm.to_owned(),
        baseline: setting.baseline.clone(),
        window,
        metric: metric.to_owned().into(),
        boot_low: finite(low),
        boot_high: finite(high),
        p_holm: None,
        pairing_gain: finite(gain(&values, &bases, &diffs)),
        negligible: said.or_else(|| finite(negligible(metric, mean(&bases)))),
        more_needed: None,
        verdict: String::new(),
    };
    let row = ComparisonRow {
        arm: arm.to_owned(),
        baseline: setting.baseline.clone(),
        window,
        metric: metric.to_owned().into(),
        mean: finite(mean(&all)),
        diff: finite(paired.mean),
        ci_low: finite(paired.low),
        ci_high: finite(paired.high),
        n: paired.n,
        p: finite(paired.p),
        verdict: if diffs.len() == 1 {
            Verdict::UndecidedAlone
        } else if !diffs.is_empty() && diffs.iter().all(|diff| *diff == 0.0) {
            Verdict::Same
        } else {
            Verdict::Undecided
        },
    };
    (row, verdict)
}

/// Variance of a difference of independent means, by that of paired ones.
fn gain(own: &[f64], base: &[f64], diffs: &[f64]) -> f64 {
    let variance = |values: &[f64]| sample_sd(values) * sample_sd(values);
    (variance(own) + variance(base)) / variance(diffs)
}

/// Raises p for the number of arms: for each metric and window, by Holm's rule.
fn holm(rows: &[ComparisonRow], verdicts: &mut [VerdictRow], metrics: usize) {
    for metric in 0..metrics {
        let places = (metric..rows.len()).step_by(metrics);
        let mut tests: Vec<(f64, usize)> =
            places.filter_map(|at| Some((rows[at].p?, at))).collect();
        tests.sort_by(|a, b| a.0.total_cmp(&b.0));
        let (count, mut most) = (tests.len(), 0.0_f64);
        for (rank, (p, at)) in tests.into_iter().enumerate() {
            most = most.max((p * (count - rank) as f64).min(1.0));
            verdicts[at].p_holm = Some(most);
        }
    }
}

/// Decides what the interval and p leave open.
fn judge(row: &mut ComparisonRow, behind: &mut VerdictRow, confidence: f64) {
    let (Verdict::Undecided, Some(low), Some(high)) = (row.verdict, row.ci_low, row.ci_high) else {
        return;
    };
    let beyond_chance = behind.p_holm.is_some_and(|p| p < 1.0 - confidence);
    if beyond_chance {
        let above = low + high > 0.0;
        row.verdict = match direction(&row.metric) {
            Direction::Neither if above => Verdict::Higher,
            Direction::Neither => Verdict::Lower,
            Direction::Higher if above => Verdict::Better,
            Direction::Lower if !above => Verdict::Better,
            Direction::Higher | Direction::Lower => Verdict::Worse,
        };
        return;
    }
    let negligible = behind.negligible.unwrap_or(0.0);
    if low.abs().max(high.abs()) <= negligible {
        row.verdict = Verdict::NoDifference;
        return;
    }
    // Enough to tell the difference seen from 0, or, where that is negligible, to say so.
    let half = 0.5 * (high - low);
    let diff = (0.5 * (high + low)).abs();
    behind.more_needed = if diff > negligible {
        // As sure as Holm's rule asks of this arm.
        let raised = row.p.zip(behind.p_holm).map_or(1.0, |(p, holm)| p / holm);
        more((half, confidence), (diff, 1.0 - (1.0 - confidence) * raised), row.n)
    } else {
        more((half, confidence), (negligible - diff, confidence), row.n)
    };
}

/// Replications to add to `n` for half an interval of `wanted` instead of `half`, each with its
/// confidence.
fn more((half, now): (f64, f64), (wanted, confidence): (f64, f64), n: usize) -> Option<u32> {
    let freedom = |n: usize| (n - 1) as f64;
    let scale = half * libm::sqrt(n as f64) / t_quantile(now, freedom(n));
    let enough =
        |n: usize| t_quantile(confidence, freedom(n)) * scale <= wanted * libm::sqrt(n as f64);
    let most = VerdictRow::MANY as usize;
    if !enough(n + most) {
        return Some(VerdictRow::MANY);
    }
    let (mut low, mut high) = (0, most);
    while high - low > 1 {
        let middle = low.midpoint(high);
        if enough(n + middle) { high = middle } else { low = middle }
    }
    Some(high as u32)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// A comparison of arms with these values against a baseline with these.
    fn compared(base: &[f64], arms: &[Vec<f64>]) -> Compared {
        let names: Vec<String> = (0..=arms.len()).map(|at| at.to_string()).collect();
        let setting = Setting { arms: names, baseline: "0".into(), ..Setting::of_confidence(0.95) };
        let all = std::iter::once(base).chain(arms.iter().map(|arm| &arm[..])).enumerate();
        let row = |value: f64| SummaryRow {
            window: Window::Peak,
            metric: "rebuffer_ratio".into(),
            value: finite(value),
            unit: "1".into(),
        };
        let rows = all.flat_map(|(arm, values)| {
            let of = move |(at, value): (usize, &f64)| Of {
                arm: arm.to_string(),
                replication: at as u32,
                row: row(*value),
            };
            values.iter().enumerate().map(of).collect::<Vec<_>>()
        });
        compare(&setting, &rows.collect::<Vec<_>>())
    }

    fn verdict(base: &[f64], arm: &[f64]) -> VerdictRow {
        compared(base, &[arm.to_vec()]).1.remove(0)
    }

    #[test]
    fn verdicts_in_words() {
        let base = [0.10, 0.20, 0.30, 0.40, 0.50];
        let with = |differences: [f64; 5]| {
            let arm: Vec<f64> = base.iter().zip(differences).map(|(base, by)| base + by).collect();
            verdict(&base, &arm)
        };
        assert_eq!(with([0.02, 0.03, 0.02, 0.03, 0.02]).verdict, "worse");
        assert_eq!(with([-0.02, -0.03, -0.02, -0.03, -0.02]).verdict, "better");
        let alike = with([0.001, -0.001, 0.002, -0.002, 0.0]);
        assert_eq!(alike.verdict, "no difference larger than 0.01");
        assert!(alike.pairing_gain.unwrap() > 1_000.0, "pairs take out what replications share");
        let open = with([0.05, -0.02, 0.04, -0.01, 0.0]);
        assert!(open.verdict.starts_with("undecided, about "), "{}", open.verdict);
    }

    #[test]
    fn so_many_more_decide_it() {
        // Half an interval of 1 with five: with n it is t(n − 1) / t(4) · √(5 / n).
        for wanted in [0.9, 0.5, 0.1] {
            let more = more((1.0, 0.95), (wanted, 0.95), 5).expect("a number") as usize;
            let half = |n: usize| {
                let t = |n: usize| t_quantile(0.95, (n - 1) as f64);
                t(n) / t(5) * libm::sqrt(5.0 / n as f64)
            };
            assert!(half(5 + more) <= wanted && half(4 + more) > wanted, "{wanted}: {more}");
        }
        assert_eq!(more((1.0, 0.95), (1e-9, 0.95), 5), Some(VerdictRow::MANY));
    }

    proptest! {
        /// Holm's p: never below the plain one, in the same order, the plain one for a single arm, and at
        /// most as many times as there are arms.
        #[test]
        fn many_arms_make_verdicts_harder(
            base in proptest::collection::vec(0.0..1.0_f64, 4),
            arms in proptest::collection::vec(proptest::collection::vec(0.0..1.0_f64, 4), 1..6),
        ) {
            let (rows, behind) = compared(&base, &arms);
            let both = rows.iter().zip(&behind);
            let mut pairs: Vec<(f64, f64)> =
                both.map(|(row, behind)| (row.p.unwrap(), behind.p_holm.unwrap())).collect();
            pairs.sort_by(|a, b| a.0.total_cmp(&b.0));
            for (p, holm) in &pairs {
                prop_assert!(holm >= p && *holm <= (p * arms.len() as f64).min(1.0).max(*p));
            }
            prop_assert!(pairs.windows(2).all(|two| two[0].1 <= two[1].1));
            if arms.len() == 1 {
                prop_assert!((pairs[0].0 - pairs[0].1).abs() < 1e-15);
            }
        }
    }
}
