//! The floor.

use serde::{Deserialize, Serialize};

use crate::units::Span;

/// Parameters of `cdn-only`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct CdnOnly {
    /// Fetch up to this far ahead of the play position.
    pub ahead: Span,
    /// Transfers at once.
    pub http_parallel: u32,
    /// Give up a transfer that brings no byte for this long.
    pub http_idle: Span,
    /// Tries before a failure is remembered.
    pub retries: u32,
    /// How long it is remembered.
    pub failure_memory: Span,
}

impl Default for CdnOnly {
    fn default() -> Self {
        Self {
            ahead: Span::from_secs(15),
            http_parallel: 2,
            http_idle: Span::from_secs(3),
            retries: 3,
            failure_memory: Span::from_secs(60),
        }
    }
}
