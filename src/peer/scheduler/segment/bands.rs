//! Three bands ahead of the play position: the near one in order, the middle and the rest rarest
//! first (Give-to-Get, Mol et al. 2008).

use serde::{Deserialize, Serialize};

use super::Field;
use crate::peer::viewing::{Desk, Viewing};
use crate::units::Span;

/// Near segments in order, then the rarest of the middle band, then the rarest of all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct Bands {
    /// How far ahead.
    pub window: Span,
    /// Length of the near band.
    pub high: Span,
    /// Length of the middle band in near bands.
    pub mid: u32,
}

impl Default for Bands {
    fn default() -> Self {
        Self { window: Span::from_secs(6000), high: Span::from_secs(10), mid: 4 }
    }
}

impl Bands {
    pub(super) fn pick(
        self,
        field: &Field,
        able: u128,
        viewing: &Viewing,
        desk: &Desk<'_>,
    ) -> Option<u16> {
        let high = viewing.window(desk.config, self.high);
        let near = field.before(able, high);
        if near != 0 {
            return field.earliest(near);
        }
        let both = self.high.times(1 + u64::from(self.mid));
        let middle = field.before(able, viewing.window(desk.config, both));
        field.earliest(field.rarest(if middle == 0 { able } else { middle }))
    }
}
