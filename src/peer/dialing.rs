//! Dials under way. Most of the time there are none, and they take a word.

use alloc::boxed::Box;

use smallvec::SmallVec;

use super::PeerId;

/// Dials under way of one viewing.
#[derive(Clone, Debug, Default)]
pub(super) struct Dialing(Option<Box<SmallVec<[PeerId; 8]>>>);

impl Dialing {
    /// How many.
    pub(super) fn len(&self) -> usize {
        self.0.as_ref().map_or(0, |dialed| dialed.len())
    }

    /// Whether `peer` is being dialed.
    pub(super) fn contains(&self, peer: PeerId) -> bool {
        self.0.as_ref().is_some_and(|dialed| dialed.contains(&peer))
    }

    /// Begins to dial.
    pub(super) fn begin(&mut self, peer: PeerId) {
        self.0.get_or_insert_default().push(peer);
    }

    /// A dial came to its end.
    pub(super) fn ended(&mut self, peer: PeerId) {
        let Some(dialed) = &mut self.0 else {
            return;
        };
        dialed.retain(|other| *other != peer);
        if dialed.is_empty() {
            self.0 = None;
        }
    }
}
