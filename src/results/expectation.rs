//! What must come out: each bound of the scenario with what came of it.

use serde::{Deserialize, Serialize};

use super::manifest::Setting;
use super::rows::{Of, Row};
use crate::metrics::statistics::interval;
use crate::metrics::tables::{SummaryRow, Window, finite, number};
use crate::scenario::model::{Expect, Part, Quantity};

/// What came of an expectation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// The bound is kept, as surely as was asked.
    Met,
    /// It is broken, as surely as was asked.
    Broken,
    /// Neither can be said with these replications, so it is not met.
    Undecided,
}

/// A row of `expectations.csv`.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
pub struct ExpectationRow {
    /// Name of the arm.
    pub arm: String,
    /// When.
    pub window: Window,
    /// What.
    pub metric: String,
    /// `value`, `difference`, `relative-difference`.
    pub of: Quantity,
    /// `at_most` or `at_least`.
    pub bound: String,
    /// The bound.
    #[serde(with = "number")]
    pub limit: Option<f64>,
    /// How sure it must be, 0 to 1.
    #[serde(with = "number")]
    pub confidence: Option<f64>,
    /// What came out, mean over replications.
    #[serde(with = "number")]
    pub mean: Option<f64>,
    /// As surely as asked it is no less than this …
    #[serde(with = "number")]
    pub low: Option<f64>,
    /// … and, each by itself, no more than this.
    #[serde(with = "number")]
    pub high: Option<f64>,
    /// Replications.
    pub n: usize,
    /// What came of it.
    pub outcome: Outcome,
}

impl Row for ExpectationRow {
    const FILE: &'static str = "expectations.csv";
    const COLUMNS: &'static str =
        "arm,window,metric,of,bound,limit,confidence,mean,low,high,n,outcome";
}

/// The rows of `expectations.csv`; what was not played is not decided.
pub(super) fn rows(setting: &Setting, summary: &[Of<SummaryRow>]) -> Vec<ExpectationRow> {
    setting.expect.iter().map(|expect| row(setting, summary, expect)).collect()
}

fn row(setting: &Setting, summary: &[Of<SummaryRow>], expect: &Expect) -> ExpectationRow {
    let window = match expect.window {
        Part::Peak => Window::Peak,
        Part::All => Window::All,
    };
    let of_arm = |arm: &str| -> Vec<(u32, f64)> {
        let rows = summary.iter().filter(|of| {
            of.arm == arm && of.row.window == window && of.row.metric == expect.metric
        });
        rows.filter_map(|of| Some((of.replication, of.row.value?))).collect()
    };
    let (own, base) = (of_arm(&expect.arm), of_arm(&setting.baseline));
    let value = |(replication, value): &(u32, f64)| {
        let base = || base.iter().find(|(other, _)| other == replication).map(|(_, base)| *base);
        match expect.of {
            Quantity::Value => Some(*value),
            Quantity::Difference => Some(value - base()?),
            Quantity::RelativeDifference => finite((value - base()?) / base()?.abs()),
        }
    };
    // One replication without the quantity, such as a part of nothing, leaves nothing to say of all.
    let values: Option<Vec<f64>> = own.iter().map(value).collect();
    let values = values.unwrap_or_default();
    let confidence = expect.confidence.map_or(setting.confidence, |share| share.as_f64());
    // One side of an interval with twice the tail is as sure as was asked.
    let got = interval(&values, 2.0 * confidence - 1.0);
    let (bound, limit) = match (expect.at_most, expect.at_least) {
        (Some(limit), _) => ("at_most", limit),
        (None, limit) => ("at_least", limit.unwrap_or(f64::NAN)),
    };
    let (kept, broken) = if bound == "at_most" {
        (got.high <= limit, got.low > limit)
    } else {
        (got.low >= limit, got.high < limit)
    };
    ExpectationRow {
        arm: expect.arm.clone(),
        window,
        metric: expect.metric.clone(),
        of: expect.of,
        bound: bound.to_owned(),
        limit: finite(limit),
        confidence: finite(confidence),
        mean: finite(got.mean),
        low: finite(got.low),
        high: finite(got.high),
        n: got.n,
        outcome: match (kept, broken) {
            (true, _) => Outcome::Met,
            (_, true) => Outcome::Broken,
            _ => Outcome::Undecided,
        },
    }
}

impl ExpectationRow {
    /// In words, for people: what was asked, what came out.
    pub fn words(&self) -> String {
        let what = match self.of {
            Quantity::Value => "",
            Quantity::Difference => " less the baseline's",
            Quantity::RelativeDifference => " less the baseline's, by that",
        };
        let shown =
            |value: Option<f64>| value.map_or_else(|| "unknown".to_owned(), |v| format!("{v:.5}"));
        let (bound, surely) = match &*self.bound {
            "at_most" => ("at most", format!("at most {}", shown(self.high))),
            _ => ("at least", format!("at least {}", shown(self.low))),
        };
        let head = match self.outcome {
            Outcome::Met => "met",
            Outcome::Broken => "BROKEN",
            Outcome::Undecided => "UNDECIDED, so not met",
        };
        let sure = self.confidence.unwrap_or(0.0) * 100.0;
        let said = if self.n < 2 {
            "one replication has no interval".to_owned()
        } else {
            format!("surely {surely}, at {sure:.0} %, n = {}", self.n)
        };
        format!(
            "{head}: {}{what} of {} ({}) {bound} {}: {} ({said})",
            self.metric,
            self.arm,
            self.window.name(),
            self.limit.unwrap_or(f64::NAN),
            shown(self.mean),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Of an arm that has so much more than a baseline of 1, 2, …
    fn outcome(values: &[f64], expect: Expect) -> Outcome {
        let base = (1..).map(f64::from);
        let pairs: Vec<(f64, f64)> =
            base.zip(values).map(|(base, value)| (base, base + value)).collect();
        outcome_of(&pairs, expect)
    }

    /// Of these values of baseline and arm.
    fn outcome_of(pairs: &[(f64, f64)], expect: Expect) -> Outcome {
        let arms = vec!["base".to_owned(), "arm".to_owned()];
        let setting = Setting {
            arms,
            baseline: "base".into(),
            expect: vec![expect],
            ..Setting::of_confidence(0.95)
        };
        let row = |arm: &str, at: usize, value: f64| Of {
            arm: arm.to_owned(),
            replication: at as u32,
            row: SummaryRow {
                window: Window::Peak,
                metric: "rebuffer_ratio".into(),
                value: finite(value),
                unit: "1".into(),
            },
        };
        let all = pairs.iter().enumerate();
        let all = all.flat_map(|(at, (base, arm))| [row("base", at, *base), row("arm", at, *arm)]);
        rows(&setting, &all.collect::<Vec<_>>())[0].outcome
    }

    fn bound(of: Quantity, at_most: Option<f64>, at_least: Option<f64>) -> Expect {
        let (metric, arm) = ("rebuffer_ratio".to_owned(), "arm".to_owned());
        Expect { metric, arm, window: Part::Peak, of, at_most, at_least, confidence: None }
    }

    #[test]
    fn a_bound_is_kept_broken_or_neither() {
        let values = [0.1, 0.2, 0.1, 0.2, 0.15];
        let paired = |limit| outcome(&values, bound(Quantity::Difference, Some(limit), None));
        // One-sided at 95 %: 0.15 ± 2.132 · 0.05 / √5.
        assert_eq!(paired(0.198), Outcome::Met);
        assert_eq!(paired(0.197), Outcome::Undecided);
        assert_eq!(paired(0.103), Outcome::Undecided);
        assert_eq!(paired(0.102), Outcome::Broken);
        let least = |limit| outcome(&values, bound(Quantity::Difference, None, Some(limit)));
        assert_eq!(least(0.102), Outcome::Met);
        assert_eq!(least(0.2), Outcome::Broken);
        let plain = outcome(&values, bound(Quantity::Value, Some(0.198), None));
        assert_ne!(plain, Outcome::Met, "the values themselves are 1 and more");
        let by_baseline = outcome(&values, bound(Quantity::RelativeDifference, Some(0.11), None));
        assert_eq!(by_baseline, Outcome::Met, "a tenth of 1, less of more");
        let of_nothing = [(0.0, 1.0), (1.0, 1.0), (1.0, 1.0), (1.0, 1.0), (1.0, 1.0)];
        let holes = bound(Quantity::RelativeDifference, Some(0.5), None);
        assert_eq!(outcome_of(&of_nothing, holes), Outcome::Undecided, "a part of nothing");
        let alone = outcome(&[0.0], bound(Quantity::Difference, Some(1.0), None));
        assert_eq!(alone, Outcome::Undecided, "one replication has no interval");
    }
}
