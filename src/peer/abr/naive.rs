//! What a player measures that does not know of a loader in between.

use serde::{Deserialize, Serialize};

use crate::units::Span;

/// Bytes of a segment over the time from wanting it to having it. What the loader had already took no
/// time at all, and counts as `least`: the player takes its own disk for its line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct Naive {
    /// No segment takes less (hls.js, `minDelayMs_`).
    pub least: Span,
}

impl Default for Naive {
    fn default() -> Self {
        Self { least: Span::from_millis(50) }
    }
}
