//! In order of play-out (p2p-media-loader beyond its high-demand window, and most web players).

use serde::{Deserialize, Serialize};

use crate::units::Span;

/// The earliest that a free neighbour has announced.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct Sequential {
    /// How far ahead.
    pub window: Span,
}

impl Default for Sequential {
    fn default() -> Self {
        Self { window: Span::from_secs(6000) }
    }
}
