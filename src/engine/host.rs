//! A home's peer in the simulator: what it sees while it decides.

use super::budgets::Budgets;
use super::directory::Directory;
use super::homes::Home;
use super::mesh::End;
use super::paths::Paths;
use super::seats::{Seats, Slots};
use super::sharing::Sharing;
use super::transfers::Transfers;
use crate::peer::abr::Ladder;
use crate::peer::{Act, Action, Changes, Config, Item, Peer, PeerId, Slot, Surroundings, Told};
use crate::rng::{Draw, Site};
use crate::units::{BitRate, Bytes, Span, Time};
use crate::world::{Does, World};

/// No transfer in a slot.
pub(super) const NONE: u32 = u32::MAX;

/// Bytes of the engine's row of a home beside its peer.
pub const BYTES_OF_HOME: usize = size_of::<Home>();
/// Bytes of one end of a connection between homes.
pub const BYTES_OF_END: usize = size_of::<End>();

/// What the others look at first, many in a row: an eighth of a cache line for each peer.
#[derive(Clone, Copy, Debug)]
pub(super) struct Probe {
    /// The item watched, or [`Self::NOTHING`].
    watching: u32,
    changes: Changes,
}

impl Probe {
    /// No item: ladders have fewer rungs.
    const NOTHING: u32 = u32::MAX;

    pub(super) fn of(peer: &Peer) -> Self {
        let watching = peer.watching().map_or(Self::NOTHING, Self::number);
        Self { watching, changes: peer.changes() }
    }

    const fn number(item: Item) -> u32 {
        item.title << 8 | item.rung as u32
    }

    const fn watches(self, item: Item) -> bool {
        self.watching == Self::number(item)
    }

    /// Changes whenever there is news of `item`.
    const fn mark(self, item: Item) -> u32 {
        if self.watches(item) { self.changes.of_watched() } else { self.changes.of_others() }
    }
}

impl Default for Probe {
    fn default() -> Self {
        Self { watching: Self::NOTHING, changes: Changes::default() }
    }
}

/// What one more upload would get of a home's uplink.
pub(super) fn one_more(sharing: &Sharing, home: u32, uploading: u32) -> BitRate {
    BitRate(sharing.capacity(Paths::up(home)) / 1000 / (u64::from(uploading) + 1))
}

/// What one peer can look at.
pub(super) struct View<'a> {
    pub(super) world: &'a World,
    pub(super) peers: &'a [Peer],
    pub(super) homes: &'a [Home],
    pub(super) configs: &'a [Config],
    pub(super) transfers: &'a Transfers,
    pub(super) sharing: &'a Sharing,
    pub(super) directory: &'a Directory,
    pub(super) budgets: &'a Budgets,
    pub(super) slots: &'a Slots,
    pub(super) seats: &'a Seats,
    pub(super) ladder: &'a Ladder,
    pub(super) draw: &'a Draw,
    /// Draws of this home's policy so far.
    pub(super) drawn: u32,
    pub(super) home: u32,
    pub(super) now: Time,
}

impl Surroundings for View<'_> {
    fn below(&mut self, bound: u32) -> u32 {
        self.drawn += 1;
        self.draw.at(Site::Policy, self.home, self.drawn).below(bound)
    }

    fn hear(&self, neighbour: PeerId, item: Item, told: &mut Told) {
        let at = neighbour.0 as usize;
        let row = &self.homes[at];
        let mark = row.probe.mark(item);
        if mark != told.mark || told.is_due(self.now) {
            if row.able {
                let delay = self.homes[self.home as usize].delay(self.world, row);
                self.peers[at].announce(item, self.now, delay, told);
            } else {
                told.renew(std::iter::empty());
            }
            told.mark = mark;
        }
    }

    fn watches(&self, neighbour: PeerId, item: Item) -> bool {
        self.homes[neighbour.0 as usize].probe.watches(item)
    }

    fn distance(&self, peer: PeerId) -> u8 {
        self.homes[self.home as usize].cost(self.world, &self.homes[peer.0 as usize])
    }

    fn round_trip(&self, neighbour: PeerId) -> Span {
        let other = &self.homes[neighbour.0 as usize];
        self.homes[self.home as usize].delay(self.world, other).times(2)
    }

    fn got(&self, slot: Slot) -> Bytes {
        match self.slots[usize::from(slot.0)] {
            NONE => Bytes::ZERO,
            transfer => self.transfers.got(transfer, self.now, self.sharing),
        }
    }

    fn last(&self, slot: Slot) -> Time {
        match self.slots[usize::from(slot.0)] {
            NONE => self.now,
            transfer => self.transfers.last(transfer, self.now, self.sharing),
        }
    }

    fn size(&self, item: Item, segment: u16) -> Bytes {
        self.world.catalogue.size(item.title, item.rung, segment)
    }

    fn ladder(&self) -> &Ladder {
        self.ladder
    }

    fn action(&self, number: u16) -> Option<Action> {
        if self.world.actions.is_empty() {
            return None;
        }
        let intent = self.seats.intent(self.homes[self.home as usize].seat);
        let action = self.world.actions[intent as usize].get(usize::from(number))?;
        let act = match action.does {
            Does::Pause(length) => Act::Pause(length),
            Does::Seek(to) => Act::Seek(to),
        };
        Some(Action { after: action.after, act })
    }

    fn free_holder(&self, item: Item, segment: u16, rate: BitRate) -> Option<PeerId> {
        let mut best: Option<(u8, u16, std::cmp::Reverse<u64>, u32)> = None;
        for home in self.directory.truth(item) {
            let at = home as usize;
            // What costs least to look at comes first; the store is furthest away.
            let row = &self.homes[at];
            let own = &self.homes[self.home as usize];
            let unknown = home == self.home || !own.within(self.directory.scope(), row);
            if unknown || !row.permitted() || !self.directory.is_online(home) {
                continue;
            }
            let class = own.cost(self.world, row);
            if best.is_some_and(|(nearest, ..)| class > nearest) {
                continue;
            }
            let (used, capacity) = self.sharing.load(Paths::up(home));
            let spare = capacity - used;
            if spare / 1000 < rate.0 {
                continue;
            }
            let peer = &self.peers[at];
            let config = &self.configs[usize::from(row.device)];
            let standby = peer.watching().is_none() && !config.upload_in_standby;
            if peer.uploading() >= config.upload_slots
                || standby
                || one_more(self.sharing, home, peer.uploading()) < config.upload_least
                || self.budgets.left(home, self.now) < self.size(item, segment)
            {
                continue;
            }
            let Some(end) = peer.store().get(item).and_then(|held| held.end_of_run(segment)) else {
                continue;
            };
            // Who holds much beyond serves viewers further ahead, who have fewer to choose from.
            let offer = (class, end, std::cmp::Reverse(spare), home);
            if best.is_none_or(|best| offer < best) {
                best = Some(offer);
            }
        }
        best.map(|(.., home)| PeerId(home))
    }
}
