//! How much is simulated, and how it is summarised.

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
}

impl Default for Report {
    fn default() -> Self {
        Self { confidence: Share::from_ppm(950_000) }
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
