//! libtorrent's pieces with deadlines: in order while they are within the time that segments have
//! been taking, as asking for more only delays those; beyond, the rarest.

use serde::{Deserialize, Serialize};

use super::Field;
use crate::peer::viewing::{Desk, Viewing};
use crate::units::Span;

/// In order within mean + `deviations` deviations + `reserve` of the time segments take, then the
/// rarest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct TimeCritical {
    /// How far ahead.
    pub window: Span,
    /// Deviations of the time segments take within the horizon.
    pub deviations: u32,
    /// Added to the horizon.
    pub reserve: Span,
}

impl Default for TimeCritical {
    fn default() -> Self {
        Self { window: Span::from_secs(6000), deviations: 4, reserve: Span::from_secs(1) }
    }
}

impl TimeCritical {
    pub(super) fn pick(
        self,
        field: &Field,
        able: u128,
        viewing: &Viewing,
        desk: &Desk<'_>,
    ) -> Option<u16> {
        let horizon = viewing.pace.mean()
            + viewing.pace.deviation().times(u64::from(self.deviations))
            + self.reserve;
        let first = field.earliest(able)?;
        // The first is always within it.
        let due = viewing.player.plays_at(desk.config, desk.now, first);
        if first == desk.gap || due <= desk.now + horizon {
            return Some(first);
        }
        field.earliest(field.rarest(able))
    }
}
