//! From when the buffer is short until it is long enough again: everything from the CDN.

use serde::{Deserialize, Serialize};

use super::{First, Open};
use crate::peer::viewing::{Desk, Viewing};
use crate::units::Span;

/// The CDN alone while the buffer is short, with hysteresis.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct Panic {
    /// It begins when less than this is buffered.
    pub below: Span,
    /// It ends when this is.
    pub until: Span,
    /// Whether requests of others are refused meanwhile.
    pub stop_uploads: bool,
}

impl Default for Panic {
    fn default() -> Self {
        Self { below: Span::from_secs(6), until: Span::from_secs(12), stop_uploads: false }
    }
}

impl Panic {
    /// A parameter that makes no sense, and what would.
    pub fn wrong(&self) -> Option<(&'static str, &'static str)> {
        (self.below > self.until).then_some(("below", "not above `until`"))
    }

    pub(super) fn open(self, viewing: &mut Viewing, desk: &Desk<'_>, open: &mut Open) {
        let buffered = viewing.buffered(desk);
        let ready = desk.gap >= viewing.end();
        viewing.panics =
            !ready && if viewing.panics { buffered < self.until } else { buffered < self.below };
        if viewing.panics {
            open.to(viewing.window(desk.config, self.until), First::Cdn);
        }
    }
}
