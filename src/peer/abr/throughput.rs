//! By the rate that the line has shown (dash.js, `ThroughputRule`; Sabre, `ThroughputRule`).

use serde::{Deserialize, Serialize};

use super::{Look, sustainable};
use crate::units::{Share, Span};

/// The highest rung within `safety` of the lesser of two exponential means of the rate shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct Throughput {
    /// The part of the rate shown that is used.
    pub safety: Share,
    /// Half-life of the faster mean, in time of loading.
    pub fast: Span,
    /// Half-life of the slower mean.
    pub slow: Span,
}

impl Throughput {
    pub(super) const SAFETY: Share = Share::from_ppm(900_000);
    pub(super) const FAST: Span = Span::from_secs(3);
    pub(super) const SLOW: Span = Span::from_secs(8);
}

impl Default for Throughput {
    fn default() -> Self {
        Self { safety: Self::SAFETY, fast: Self::FAST, slow: Self::SLOW }
    }
}

impl Throughput {
    pub(super) fn choose(self, look: &Look<'_>) -> u8 {
        sustainable(look, self.safety).unwrap_or(look.current)
    }
}
