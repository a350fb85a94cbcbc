//! How much is simulated, and how it is summarised.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::units::{Share, Span, TimeOfDay};

/// How much is simulated.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Run {
    /// Homes that exist; how many watch follows from demand. With `csv.sessions` all of the table when
    /// left out, else the first so many.
    #[serde(default, skip_serializing_if = "is_none")]
    pub homes: u32,
    /// Local time at which the simulation begins.
    pub start: TimeOfDay,
    /// Simulated first, not measured.
    pub warm_up: Span,
    /// Measured after the warm-up.
    pub length: Span,
    /// The window called `peak`, within the measured time.
    pub peak: Window,
    /// Viewing before the start that fills caches by the steady-state draw: days of each home's
    /// own past intents put through its cache without a network.
    #[serde(default)]
    pub history: Span,
    /// Chance enters only through this number.
    #[serde(default = "one")]
    pub seed: u64,
    /// Independent repetitions of every arm; repetition k shows all arms the same viewers.
    #[serde(default = "one_u32")]
    pub replications: u32,
    /// Width of a bin in `series.csv`; divides warm-up and length.
    #[serde(default = "five_minutes")]
    pub bin: Span,
}

/// From one time of day to another, the second later on the same day.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Window {
    /// Begins at.
    pub from: TimeOfDay,
    /// Ends before.
    pub to: TimeOfDay,
}

/// How results are summarised.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct Report {
    /// Confidence of intervals.
    pub confidence: Share,
    /// By metric, the largest difference that nobody would act on.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub negligible: BTreeMap<String, f64>,
    /// What must come out.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub expect: Vec<Expect>,
}

/// A bound that a metric must keep, else the program ends with exit code 4.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Expect {
    /// Which metric.
    pub metric: String,
    /// In which arm.
    pub arm: String,
    /// In which window.
    #[serde(default)]
    pub window: Part,
    /// Of what.
    #[serde(default)]
    pub of: Quantity,
    /// It must be this or less …
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_most: Option<f64>,
    /// … or this or more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_least: Option<f64>,
    /// How sure that must be; `report.confidence` when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confidence: Option<Share>,
}

/// A part of the measured time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Part {
    /// The scenario's peak.
    #[default]
    Peak,
    /// All of it.
    All,
}

/// What a bound is on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Quantity {
    /// The metric itself.
    #[default]
    Value,
    /// The arm less the baseline, paired.
    Difference,
    /// That, by the baseline.
    RelativeDifference,
}

impl Default for Report {
    fn default() -> Self {
        let confidence = Share::from_ppm(950_000);
        Self { confidence, negligible: BTreeMap::new(), expect: Vec::new() }
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature serde asks for")]
const fn is_none(count: &u32) -> bool {
    *count == 0
}

const fn one() -> u64 {
    1
}

const fn one_u32() -> u32 {
    1
}

const fn five_minutes() -> Span {
    Span::from_secs(300)
}
