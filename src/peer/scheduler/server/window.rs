//! Within a time of the play position.

use serde::{Deserialize, Serialize};

use super::Open;
use crate::peer::viewing::{Desk, Viewing};
use crate::units::Span;

/// Who is asked first where both may be.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum First {
    /// The CDN; a peer while all its transfers are taken.
    #[default]
    Cdn,
    /// A peer that has it; the CDN when there is none, or when one has failed with it.
    Peers,
}

/// The CDN is asked within this of the play position.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct Window {
    /// How far ahead.
    pub ahead: Span,
    /// Who comes first there.
    pub first: First,
}

impl Default for Window {
    fn default() -> Self {
        Self { ahead: Span::from_secs(15), first: First::Cdn }
    }
}

impl Window {
    pub(super) fn open(self, viewing: &Viewing, desk: &Desk<'_>, open: &mut Open) {
        open.to(viewing.window(desk.config, self.ahead), self.first);
    }
}
