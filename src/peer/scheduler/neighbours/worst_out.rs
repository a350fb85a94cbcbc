//! Who gave least over a while makes way for somebody new.

use serde::{Deserialize, Serialize};

use crate::units::Span;

/// Once a period, with all connections taken and a candidate there: the neighbour of that long which
/// gave least and is not at it goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct WorstOut {
    /// How long neighbours are watched. A choice.
    pub period: Span,
}

impl Default for WorstOut {
    fn default() -> Self {
        Self { period: Span::from_secs(60) }
    }
}
