//! Earliest deadline first, among what can still be in time.

use serde::{Deserialize, Serialize};

use super::super::source::eta;
use super::Field;
use crate::peer::viewing::{Desk, Viewing};
use crate::units::Span;

/// The earliest segment that some free neighbour can send before it is played.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct Edf {
    /// How far ahead.
    pub window: Span,
    /// How much too late is not yet too late.
    pub grace: Span,
}

impl Default for Edf {
    fn default() -> Self {
        Self { window: Span::from_secs(120), grace: Span::ZERO }
    }
}

impl Edf {
    pub(super) fn pick(
        self,
        field: &Field,
        able: u128,
        viewing: &Viewing,
        desk: &Desk<'_>,
    ) -> Option<u16> {
        let mut left = able;
        while let Some(segment) = field.earliest(left) {
            let due = viewing.player.plays_at(desk.config, desk.now, segment) + self.grace;
            let slack = due.since(desk.now);
            let holders = viewing.neighbours.holders(segment);
            let rates = viewing.neighbours.rates(&holders, desk.now);
            let size = desk.around.size(viewing.item, segment);
            let in_time = holders.iter().zip(rates).any(|(holder, rate)| {
                // Who has shown nothing yet is given the chance to.
                rate.0 == 0 || eta(size, rate) + desk.around.round_trip(holder.peer) <= slack
            });
            if in_time {
                return Some(segment);
            }
            left &= left - 1;
        }
        None
    }
}
