//! What a rule for uploads remembers of those who ask a device. Kept by the host beside the device, as
//! most have nothing to remember.

use super::Displaced;
use super::{choking, urgency};
use crate::peer::{PeerId, Slot, Wanted};

/// Who asks a device.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Askers {
    /// Nothing needs to be known.
    #[default]
    Unknown,
    /// Those who ask, with who is unchoked.
    Choked(choking::Queue),
    /// What is being sent, by urgency.
    Urgent(urgency::Running),
}

impl Askers {
    /// Whether nothing is known of anybody.
    pub const fn is_empty(&self) -> bool {
        match self {
            Self::Unknown => true,
            Self::Choked(queue) => queue.is_empty(),
            Self::Urgent(running) => running.is_empty(),
        }
    }

    /// Whether somebody waits for the next round.
    pub fn anybody_waits(&self) -> bool {
        matches!(self, Self::Choked(queue) if queue.anybody_waits())
    }

    /// Whether `peer` is choked: who has not asked is not.
    pub fn is_choked(&self, peer: PeerId) -> bool {
        matches!(self, Self::Choked(queue) if queue.is_choked(peer))
    }

    /// `peer` wants nothing more, or is gone; whether that made room for another.
    pub fn leaves(&mut self, peer: PeerId) -> bool {
        match self {
            Self::Choked(queue) => queue.leaves(peer),
            _ => false,
        }
    }

    pub(super) fn begins(&mut self, wanted: &Wanted, displaced: Displaced) {
        match self {
            Self::Unknown => {}
            Self::Choked(queue) => queue.begins(wanted.from),
            Self::Urgent(running) => running.begins(wanted, displaced),
        }
    }

    /// An upload ended, by its name at the one who asked.
    pub(in crate::peer) fn ended(&mut self, (peer, slot): (PeerId, Slot)) {
        match self {
            Self::Unknown => {}
            Self::Choked(queue) => queue.ended(peer),
            Self::Urgent(running) => running.ended((peer, slot)),
        }
    }
}
