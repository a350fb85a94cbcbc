//! What there is to watch, and how it is encoded.

use serde::{Deserialize, Serialize};

use super::SpanLaw;
use crate::units::{BitRate, Share, Span};

/// What there is to watch.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Catalogue {
    /// Number of titles.
    pub titles: u32,
    /// How viewings spread over titles; `None` only with `csv.titles`, whose views are the weights.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub popularity: Option<Popularity>,
    /// What a new title gains.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub release: Option<Release>,
    /// Running time of a title. Empty with `csv.titles`.
    #[serde(default, skip_serializing_if = "SpanLaw::is_empty")]
    pub runtime: SpanLaw,
}

/// How viewings spread over titles, before releases.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Popularity {
    /// Rank k weighs `(k + q)^−s`; q = 0 is Zipf's law.
    ZipfMandelbrot {
        /// Exponent.
        s: f64,
        /// Flattening of the head.
        q: f64,
    },
}

/// What a new title gains: a title released `age` ago weighs `1 + boost × 2^(−age / half_life)`
/// times its base weight.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Release {
    /// New titles a week; they take random ranks.
    pub per_week: f64,
    /// Gain at release.
    pub boost: f64,
    /// Time in which the gain halves.
    pub half_life: Span,
}

/// How titles are encoded.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Video {
    /// Playing time of a segment.
    pub segment: Span,
    /// Rates of the rungs, rising. Filled from `csv.segments` when that names a table.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ladder: Vec<BitRate>,
    /// Spread of segment sizes around their rung: coefficient of variation. Zero with
    /// `csv.segments`.
    #[serde(default)]
    pub size_spread: f64,
    /// A viewing plays the highest rung within this part of the evening download rate, the same in
    /// every arm.
    pub headroom: Share,
}
