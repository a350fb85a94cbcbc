//! Rarest first within a window of the play position.

use serde::{Deserialize, Serialize};

use super::Field;
use crate::peer::viewing::Desk;
use crate::units::Span;

/// The segment that fewest neighbours have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct Rarest {
    /// How far ahead.
    pub window: Span,
    /// Whether chance decides between equals, else the earlier goes first.
    pub ties_by_chance: bool,
}

impl Default for Rarest {
    fn default() -> Self {
        Self { window: Span::from_secs(120), ties_by_chance: false }
    }
}

impl Rarest {
    pub(super) fn pick(self, field: &Field, able: u128, desk: &mut Desk<'_>) -> Option<u16> {
        let rarest = field.rarest(able);
        let equals = rarest.count_ones();
        if self.ties_by_chance && equals > 1 {
            return field.nth(rarest, desk.around.below(equals));
        }
        field.earliest(rarest)
    }
}
