//! What most viewings do without: a media buffer of the player's own, and what the viewer does.

use alloc::vec::Vec;

use super::abr::Buffer;
use super::{Action, Item, Store, Surroundings};
use crate::units::Time;

/// Kept elsewhere for viewings that adapt, or in which something is done.
#[derive(Clone, Debug)]
pub(super) struct Apart {
    /// When the player adapts.
    pub(super) buffer: Option<Buffer>,
    /// Segments played so far.
    pub(super) played: u16,
    /// What is done next, and how much has been done.
    pub(super) next: Option<Action>,
    done: u16,
    /// When the pause under way began.
    pub(super) paused: Time,
    /// Rung and run of what was held when the viewing began, or has been played since.
    own: Vec<(u8, u16, u16)>,
    /// Whether the item is another since its order of use was noted.
    pub(super) switched: bool,
}

impl Apart {
    /// For a viewing of an item, of which these runs are the home's own, with what is held of it at other
    /// rungs.
    pub(super) fn new(
        buffer: Option<Buffer>,
        (item, runs): (Item, &[(u16, u16)]),
        store: &Store,
        around: &dyn Surroundings,
    ) -> Self {
        let mut own: Vec<_> = runs.iter().map(|(from, to)| (item.rung, *from, *to)).collect();
        let rungs = 0..=around.ladder().top().max(item.rung);
        for rung in rungs.filter(|rung| *rung != item.rung) {
            let held = store.get(Item { rung, ..item }).unwrap_or_default();
            own.extend(held.ranges().map(|(from, to)| (rung, from, to)));
        }
        let (next, paused) = (around.action(0), Time::ZERO);
        Self { buffer, played: 0, next, done: 0, paused, own, switched: false }
    }

    /// What is done now that another segment was played, if anything.
    pub(super) fn act(&mut self, around: &dyn Surroundings) -> Option<Action> {
        let due = self.next.filter(|next| next.after <= self.played)?;
        self.done += 1;
        self.next = around.action(self.done);
        Some(due)
    }

    /// A segment was played at `rung`; whether it was the home's own by then.
    pub(super) fn plays(&mut self, rung: u8, segment: u16) -> bool {
        self.played = self.played.saturating_add(1);
        let holds = |run: &(u8, u16, u16)| run.0 == rung && run.1 <= segment && segment < run.2;
        if self.own.iter().any(holds) {
            return true;
        }
        match self.own.iter_mut().find(|run| run.0 == rung && run.2 == segment) {
            Some((_, _, to)) => *to += 1,
            None => self.own.push((rung, segment, segment + 1)),
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    proptest! {
        /// Against a set of what was held or played.
        #[test]
        fn knows_what_was_played_before(all in prop::collection::vec((0u8..2, 0u16..12), 0..60)) {
            let held = [(0, 3, 6), (1, 0, 2)];
            let mut apart = Apart {
                buffer: None,
                played: 0,
                next: None,
                done: 0,
                paused: Time::ZERO,
                own: held.to_vec(),
                switched: false,
            };
            let runs = held.iter().flat_map(|(rung, from, to)| (*from..*to).map(|at| (*rung, at)));
            let mut known: BTreeSet<(u8, u16)> = runs.collect();
            for (rung, segment) in all {
                prop_assert_eq!(apart.plays(rung, segment), !known.insert((rung, segment)));
            }
        }
    }
}
