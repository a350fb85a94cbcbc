//! What is watched while it is published.

use serde::{Deserialize, Serialize};

use super::Window;
use crate::units::Span;

/// A live channel. Its ladder and segments are those of `[video]`.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Channel {
    /// As `csv.sessions` names it.
    pub name: String,
    /// When it is on air each day; always when left out. A day's broadcast is one programme.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on_air: Option<Window>,
    /// How often it is taken by those who turn to live television, among channels on air.
    #[serde(default = "one")]
    pub weight: f64,
    /// From the end of a segment at the camera until it can be fetched.
    #[serde(default)]
    pub encode_delay: Span,
}

const fn one() -> f64 {
    1.0
}
