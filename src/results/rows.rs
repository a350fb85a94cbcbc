//! Rows of the CSV files: field order is column order.

use serde::{Deserialize, Serialize};

use super::comparison::Verdict;
use crate::metrics::tables::Window;

/// A row of `summary.csv`.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
pub struct SummaryRow {
    /// Name of the arm.
    pub arm: String,
    /// Counts from 0.
    pub replication: u32,
    /// When.
    #[serde(with = "window")]
    pub window: Window,
    /// What.
    pub metric: String,
    /// `None`, an empty field, where there is nothing to say.
    #[serde(with = "number")]
    pub value: Option<f64>,
    /// Unit of the value, "1" for ratios and counts.
    pub unit: String,
}

/// A row of `comparison.csv`.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
pub struct ComparisonRow {
    /// Name of the arm.
    pub arm: String,
    /// Name of the arm it is compared with.
    pub baseline: String,
    /// When.
    #[serde(with = "window")]
    pub window: Window,
    /// What.
    pub metric: String,
    /// Mean of the arm over replications.
    #[serde(with = "number")]
    pub mean: Option<f64>,
    /// Mean of the paired differences, arm − baseline.
    #[serde(with = "number")]
    pub diff: Option<f64>,
    /// Lower end of the interval of `diff`.
    #[serde(with = "number")]
    pub ci_low: Option<f64>,
    /// Upper end of the interval of `diff`.
    #[serde(with = "number")]
    pub ci_high: Option<f64>,
    /// Replications in which both have a value.
    pub n: usize,
    /// Two-sided p value of the paired t test.
    #[serde(with = "number")]
    pub p: Option<f64>,
    /// What follows.
    pub verdict: Verdict,
}

/// A row of `series.csv`.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
pub struct SeriesRow {
    /// Name of the arm.
    pub arm: String,
    /// Counts from 0.
    pub replication: u32,
    /// Seconds since local midnight of the first day at which the bin begins.
    pub t_s: u64,
    /// What.
    pub metric: String,
    /// Of the bin.
    #[serde(with = "number")]
    pub value: Option<f64>,
}

/// A row of `isp_matrix.csv`.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
pub struct MatrixRow {
    /// Name of the arm.
    pub arm: String,
    /// Counts from 0.
    pub replication: u32,
    /// When.
    #[serde(with = "window")]
    pub window: Window,
    /// Sending provider.
    pub from_isp: String,
    /// Receiving provider.
    pub to_isp: String,
    /// How much.
    pub bytes: u64,
}

/// A row of `causes.csv`.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
pub struct CauseRow {
    /// Name of the arm.
    pub arm: String,
    /// Counts from 0.
    pub replication: u32,
    /// When.
    #[serde(with = "window")]
    pub window: Window,
    /// What is explained.
    pub what: String,
    /// Why.
    pub cause: String,
    /// How much.
    #[serde(with = "number")]
    pub value: Option<f64>,
}

/// A finite value, or nothing.
pub(super) fn finite(value: f64) -> Option<f64> {
    value.is_finite().then_some(value)
}

/// A window by its name.
mod window {
    use serde::{Deserialize, Deserializer, Serializer, de};

    use crate::metrics::tables::Window;

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature serde asks for")]
    pub(super) fn serialize<S: Serializer>(value: &Window, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(value.name())
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Window, D::Error> {
        let name = String::deserialize(from)?;
        [Window::All, Window::Peak]
            .into_iter()
            .find(|window| window.name() == name)
            .ok_or_else(|| de::Error::custom(format_args!("\"{name}\" is no window")))
    }
}

/// A number in the shortest form that reads back the same, without an exponent (so that whole
/// numbers look whole), or an empty field.
mod number {
    use serde::{Deserialize, Deserializer, Serializer, de};

    #[expect(clippy::ref_option, reason = "the signature serde asks for")]
    pub(super) fn serialize<S: Serializer>(value: &Option<f64>, to: S) -> Result<S::Ok, S::Error> {
        match value {
            // Adding 0 turns −0 into 0.
            Some(value) => to.collect_str(&(value + 0.0)),
            None => to.serialize_str(""),
        }
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Option<f64>, D::Error> {
        let text = String::deserialize(from)?;
        if text.is_empty() {
            return Ok(None);
        }
        let value = text.parse().ok().filter(|value: &f64| value.is_finite());
        value.map(Some).ok_or_else(|| de::Error::custom(format_args!("\"{text}\" is no number")))
    }
}
