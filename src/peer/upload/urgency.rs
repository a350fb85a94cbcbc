//! Spotify's client of 2010, by accounts of its paper: a few uploads at once, and what somebody needs
//! to play now goes before what others will need later.

use alloc::vec::Vec;

use serde::{Deserialize, Serialize};

use super::{Askers, Displaced};
use crate::peer::{Class, PeerId, Refusal, Slot, Wanted};
use crate::units::Span;

/// A request of a more urgent class takes the slot of the least urgent one, the latest of equals.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct Urgency {
    /// Uploads at once, if the owner allows as many.
    pub slots: u32,
    /// What is played within this is asked for as needed now.
    pub soon: Span,
}

impl Default for Urgency {
    fn default() -> Self {
        Self { slots: 4, soon: Span::from_secs(15) }
    }
}

/// Uploads under way, in the order in which they began.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Running(Vec<(PeerId, Slot, Class)>);

impl Running {
    pub(super) const NEW: Self = Self(Vec::new());

    pub(super) const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn begins(&mut self, wanted: &Wanted, displaced: Displaced) {
        if let Some(gone) = displaced {
            self.ended(gone);
        }
        self.0.push((wanted.from, wanted.slot, wanted.class.unwrap_or(Class::Rest)));
    }

    pub(super) fn ended(&mut self, (peer, slot): (PeerId, Slot)) {
        self.0.retain(|(asker, name, _)| (*asker, *name) != (peer, slot));
    }

    /// The least urgent, the latest of equals.
    fn last(&self) -> Option<(PeerId, Slot, Class)> {
        self.0.iter().copied().max_by_key(|(.., class)| *class)
    }
}

impl Urgency {
    pub(super) fn place(
        self,
        (slots, taken): (u32, u32),
        wanted: &Wanted,
        askers: &Askers,
    ) -> Result<Displaced, Refusal> {
        if taken < slots.min(self.slots) {
            return Ok(None);
        }
        let class = wanted.class.unwrap_or(Class::Rest);
        let last = match askers {
            Askers::Urgent(running) => running.last(),
            _ => None,
        };
        let less = last.filter(|(.., other)| *other > class && slots > 0);
        less.map(|(peer, slot, _)| Some((peer, slot))).ok_or(Refusal::Busy)
    }
}
