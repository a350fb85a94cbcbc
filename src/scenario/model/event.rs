//! What happens to the network at a stated time.

use serde::{Deserialize, Serialize};

use super::{Way, is_zero_days};
use crate::units::{Share, Span, TimeOfDay};

/// Something that happens to the network at a stated time, the same for every arm.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct TimedEvent {
    /// When it begins.
    pub at: TimeOfDay,
    /// On which day: 0 is the day of `run.start`.
    #[serde(default, skip_serializing_if = "is_zero_days")]
    pub day: u32,
    /// How long it lasts.
    pub lasts: Span,
    /// What happens.
    pub what: What,
}

/// What happens. Where several events meet, each takes its part of what the others leave.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum What {
    /// A provider's way into other networks is throttled.
    Interconnect(Throttled),
    /// What is between a provider's places and its core is throttled, at all places or at one.
    Aggregation(Squeezed),
}

/// A way into other networks that carries less.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Throttled {
    /// Whose.
    pub isp: String,
    /// Which of its ways.
    #[serde(default)]
    pub way: Way,
    /// What is left of its capacity, both directions.
    pub keeps: Share,
}

/// Aggregations that carry less.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Squeezed {
    /// Whose.
    pub isp: String,
    /// At which place; at all when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<String>,
    /// What is left of the capacity, both directions.
    pub keeps: Share,
}
