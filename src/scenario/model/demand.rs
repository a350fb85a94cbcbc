//! When people are there, when they watch, and for how long.

use serde::{Deserialize, Serialize};

use super::{is_nothing, is_zero};
use crate::units::{Share, Span, TimeOfDay};

/// When people are at home and awake.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct AtHome {
    /// Share of homes with somebody present, over the day. Empty with `csv.demand`.
    #[serde(default, skip_serializing_if = "Curve::is_empty")]
    pub present: Curve,
    /// Mean length of a presence; it ends the viewing. Zero with `csv.sessions`.
    #[serde(default)]
    pub spell: Span,
}

/// When people start to watch, and for how long.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Demand {
    /// Mean viewings a home starts per day. Zero with `csv.demand`, where the rate follows from
    /// `service_share`, the table and the mean of `length`.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub sessions_per_home_day: f64,
    /// Relative rate of starts over the day; only its shape counts. Empty with `csv.demand`.
    #[serde(default, skip_serializing_if = "Curve::is_empty")]
    pub starts: Curve,
    /// Spread of viewing between homes: standard deviation of the logarithm of their rates.
    #[serde(default)]
    pub spread: f64,
    /// How long people watch, cut by the title's end and by leaving. Empty with `csv.watching`.
    #[serde(default, skip_serializing_if = "SpanLaw::is_empty")]
    pub length: SpanLaw,
    /// Share of viewings that return to a title the home has watched before.
    #[serde(default)]
    pub rewatch: Share,
    /// Lists whose parts are played one after the other; nothing is when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sequence: Option<Sequence>,
    /// With `csv.demand`: share of households watching television that watch this service.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service_share: Option<Share>,
    /// Share of viewings that turn to a channel, while one is on air.
    #[serde(default, skip_serializing_if = "is_nothing")]
    pub live: Share,
    /// Pauses.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pause: Option<Pause>,
    /// Jumps within a title.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seek: Option<Seek>,
    /// Short viewings, one after the other.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub zap: Option<Zap>,
}

/// Lists whose parts are played one after the other: episodes, tracks.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Sequence {
    /// Share of viewings that are part of a list, so that the client knows what comes next.
    #[serde(default = "all")]
    pub known: Share,
    /// Share of these after which the viewer goes on to that, unless the home is left before.
    pub followed: Share,
    /// Time from the end of one to the beginning of the next.
    #[serde(default = "countdown")]
    pub pause: Span,
}

const fn all() -> Share {
    Share::ONE
}

const fn countdown() -> Span {
    Span::from_secs(5)
}

/// How often people let the picture stand, and for how long.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Pause {
    /// Pauses per hour of watching.
    pub per_hour: f64,
    /// How long one takes.
    pub length: SpanLaw,
}

/// How often people go elsewhere in a title, and how far.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Seek {
    /// Seeks per hour of watching.
    pub per_hour: f64,
    /// How far one goes, in playing time.
    pub length: SpanLaw,
    /// Share that goes forward; the others go back.
    #[serde(default = "whole")]
    pub forward: Share,
}

/// Viewings that are given up for another at once.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Zap {
    /// Share of viewings that are.
    pub share: Share,
    /// How long one lasts.
    pub length: SpanLaw,
}

const fn whole() -> Share {
    Share::ONE
}

/// A smooth curve over the day: `floor` plus bell-shaped bumps, the day closed into a ring.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Curve {
    /// Its lowest value.
    pub floor: f64,
    /// What is added: `height × exp(−½ ((t − at) / width)²)`.
    #[serde(default)]
    pub bumps: Vec<Bump>,
}

/// One bump of a [`Curve`].
#[derive(Clone, Copy, Debug, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Bump {
    /// Its middle.
    pub at: TimeOfDay,
    /// Its standard deviation.
    pub width: Span,
    /// Its height.
    pub height: f64,
}

/// A law for lengths of time.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum SpanLaw {
    /// Always the same.
    Constant(Span),
    /// Without memory.
    Exponential {
        /// Mean.
        mean: Span,
    },
    /// Normal in the logarithm.
    Lognormal {
        /// Half are shorter.
        median: Span,
        /// Mean, above the median.
        mean: Span,
    },
    /// Weibull.
    Weibull {
        /// Shape; 1 is exponential.
        shape: f64,
        /// Mean.
        mean: Span,
    },
    /// Quantiles at equal steps from 0 to 100 %, linear in between.
    Quantiles(Vec<Span>),
}

impl AtHome {
    /// Whether nothing is said.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

impl Demand {
    /// Whether nothing is said.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

impl SpanLaw {
    /// Whether nothing is said: no quantiles at all. What a left out law becomes.
    pub const fn is_empty(&self) -> bool {
        matches!(self, Self::Quantiles(quantiles) if quantiles.is_empty())
    }
}

impl Default for SpanLaw {
    /// Nothing said.
    fn default() -> Self {
        Self::Quantiles(Vec::new())
    }
}

impl Curve {
    /// Whether it is zero all day. What a left out curve becomes.
    pub fn is_empty(&self) -> bool {
        self.floor == 0.0 && self.bumps.is_empty()
    }
}
