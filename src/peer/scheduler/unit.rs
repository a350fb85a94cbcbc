//! What one transfer brings.

use serde::{Deserialize, Serialize};

use super::named::choices;
use crate::units::Bytes;

choices! {
    /// What one transfer brings.
    pub enum Unit ("a unit of transfer") {
        Segment(Segment) = "segment", "a whole segment from one sender";
        Pieces(Pieces) = "pieces", "a piece of a segment, so that several send it at once";
    }
}

/// A whole segment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Segment {}

/// A piece of a segment from a peer; from the CDN all that is left of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct Pieces {
    /// Bytes of a piece; more when a segment had more than 64.
    pub size: Bytes,
}

impl Default for Pieces {
    fn default() -> Self {
        Self { size: Bytes(262_144) }
    }
}

impl Unit {
    /// Bytes of a piece; `None` for whole segments.
    pub(in crate::peer) const fn piece(&self) -> Option<Bytes> {
        match self {
            Self::Segment(_) => None,
            Self::Pieces(own) => Some(own.size),
        }
    }
}
