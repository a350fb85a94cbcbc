//! The first seconds of a viewing from the CDN, while peers are looked for (Spotify 2010).

use serde::{Deserialize, Serialize};

use super::{First, Open};
use crate::peer::viewing::{Desk, Viewing};
use crate::units::Span;

/// The first `head` of what is watched comes from the CDN.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct HeadFirst {
    /// How much.
    pub head: Span,
}

impl Default for HeadFirst {
    fn default() -> Self {
        Self { head: Span::from_secs(15) }
    }
}

impl HeadFirst {
    pub(super) fn open(self, viewing: &Viewing, desk: &Desk<'_>, open: &mut Open) {
        open.to(viewing.head(desk.config, self.head), First::Cdn);
    }
}
