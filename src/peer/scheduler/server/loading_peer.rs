//! What a neighbour is fetching from the CDN is waited for, so that one fetches for many
//! (p2p-media-loader announces what is being fetched beside what is held).

use serde::{Deserialize, Serialize};

use crate::units::Span;

/// Within a window where peers come first, a segment that a neighbour fetches is left to it until it
/// is needed within `until`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct WaitForLoadingPeer {
    /// When waiting ends, before play-out.
    pub until: Span,
}

impl Default for WaitForLoadingPeer {
    fn default() -> Self {
        Self { until: Span::from_secs(6) }
    }
}
