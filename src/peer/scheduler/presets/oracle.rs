//! The reference that knows everything.

use serde::{Deserialize, Serialize};

use crate::units::Span;

/// Parameters of `oracle`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct Oracle {
    /// Fetch up to this far ahead of the play position.
    pub ahead: Span,
    /// Within this of the play position the CDN is asked when no uplink is free.
    pub high_demand: Span,
    /// CDN transfers at once.
    pub http_parallel: u32,
    /// Peer transfers at once.
    pub p2p_parallel: u32,
    /// Give up a CDN transfer that brings no byte for this long.
    pub http_idle: Span,
    /// Give up a peer transfer that brings no byte for this long.
    pub p2p_idle: Span,
}

impl Default for Oracle {
    fn default() -> Self {
        Self {
            ahead: Span::from_secs(60),
            high_demand: Span::from_secs(15),
            http_parallel: 2,
            p2p_parallel: 3,
            http_idle: Span::from_secs(3),
            p2p_idle: Span::from_secs(2),
        }
    }
}
