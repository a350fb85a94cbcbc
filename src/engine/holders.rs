//! How many hold each item, in truth: counts that change when a holding begins or ends and when a box
//! goes on or off, so that a look at them costs nothing.

use super::causes::FetchCause;
use super::directory::Sight;
use super::meter::Meter;
use super::observe::Observer;
use super::{Engine, Item, Output};
use crate::peer::{CdnCause, PeerId, Refusal};
use crate::world::World;

/// Holders looked at before the segment counts as held by nobody.
const LOOKS: usize = 8;

/// Who holds an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Row {
    /// Homes that give, and those of them that are on.
    giving: u32,
    on: u32,
    /// Homes that do not: not permitted, metered, on battery.
    never: [u32; 3],
    /// The only home that has ever held it, [`Row::NOBODY`] or [`Row::SEVERAL`].
    ever: u32,
}

impl Row {
    const NOBODY: u32 = u32::MAX;
    const SEVERAL: u32 = u32::MAX - 1;
    const NEW: Self = Self { giving: 0, on: 0, never: [0; 3], ever: Self::NOBODY };

    /// What is to be counted for a home.
    fn count(&mut self, never: Option<Refusal>) -> &mut u32 {
        match never {
            None => &mut self.giving,
            Some(Refusal::Metered) => &mut self.never[1],
            Some(Refusal::Battery) => &mut self.never[2],
            Some(_) => &mut self.never[0],
        }
    }

    /// Why nobody serves it, when no holder beside the asker is on; `asker` is not counted here.
    fn nobody_on(&self, asker: u32) -> FetchCause {
        if self.giving > 0 {
            return FetchCause::HolderOffline;
        }
        let [optout, metered, battery] = self.never;
        let most = optout.max(metered).max(battery);
        match self.ever {
            _ if most == 0 => {}
            _ if optout == most => return FetchCause::OptOut,
            _ if metered == most => return FetchCause::Metered,
            _ => return FetchCause::Battery,
        }
        if self.ever == Self::NOBODY || self.ever == asker {
            return FetchCause::NoHolder;
        }
        FetchCause::Evicted
    }
}

/// A home, as it is counted.
#[derive(Clone, Copy, Debug)]
pub(super) struct Counted {
    pub(super) home: u32,
    /// Why it never gives.
    pub(super) never: Option<Refusal>,
    /// Whether its box is on.
    pub(super) on: bool,
}

/// The counts of all items.
#[derive(Debug)]
pub(super) struct Holders {
    rungs: usize,
    rows: Vec<Row>,
}

impl Holders {
    pub(super) fn new(world: &World) -> Self {
        let rungs = world.catalogue.ladder.len();
        Self { rungs, rows: vec![Row::NEW; world.catalogue.titles() * rungs] }
    }

    fn row(&mut self, item: Item) -> &mut Row {
        &mut self.rows[item.title as usize * self.rungs + usize::from(item.rung)]
    }

    /// A home has the first segment of an item.
    pub(super) fn begins(&mut self, item: Item, Counted { home, never, on }: Counted) {
        let row = self.row(item);
        *row.count(never) += 1;
        row.on += u32::from(never.is_none() && on);
        row.ever = match row.ever {
            Row::NOBODY => home,
            known if known == home => home,
            _ => Row::SEVERAL,
        };
    }

    /// A home has lost the last segment of an item.
    pub(super) fn ends(&mut self, item: Item, Counted { never, on, .. }: Counted) {
        let row = self.row(item);
        *row.count(never) -= 1;
        row.on -= u32::from(never.is_none() && on);
    }

    /// The box of a home that gives and holds an item goes on or off.
    fn power(&mut self, item: Item, on: bool) {
        let row = self.row(item);
        row.on = if on { row.on + 1 } else { row.on - 1 };
    }

    /// The counts without `asker`, who is on and holds it or not.
    fn without(&self, item: Item, asker: Counted, holds: bool) -> Row {
        let mut row = self.rows[item.title as usize * self.rungs + usize::from(item.rung)];
        if holds {
            *row.count(asker.never) -= 1;
            row.on -= u32::from(asker.never.is_none() && asker.on);
        }
        row
    }
}

impl<O: Observer, M: Meter> Engine<'_, O, M> {
    fn counted(&self, home: u32) -> Counted {
        let never = self.homes[home as usize].never;
        Counted { home, never, on: self.directory.is_online(home) }
    }

    /// Counts what a home begins to hold and gives up; before anything else follows from it, as its
    /// box may go off.
    #[inline]
    pub(super) fn count_holdings(&mut self, home: u32, outputs: &[Output]) {
        for output in outputs {
            match *output {
                Output::Holds(item) => self.holders.begins(item, self.counted(home)),
                Output::Drops(item) => self.holders.ends(item, self.counted(home)),
                _ => {}
            }
        }
    }

    /// Counts that a box went on or off.
    pub(super) fn count_power(&mut self, home: u32, on: bool) {
        if self.homes[home as usize].permitted() {
            for item in self.peers[home as usize].store().items() {
                self.holders.power(item, on);
            }
        }
    }

    /// Why a home fetches a segment from the CDN: what it knows, unless it knows of nobody who has it.
    /// Then it is what was true, as far as [`LOOKS`] holders tell, from a place on that depends on who
    /// asks.
    pub(super) fn why_cdn(
        &self,
        home: u32,
        (item, segment): (Item, u16),
        said: CdnCause,
    ) -> FetchCause {
        let doubtful =
            matches!(said, CdnCause::NoHolder | CdnCause::NotIntroduced | CdnCause::NotConnected);
        if !doubtful {
            return said.into();
        }
        let asker = self.counted(home);
        let holds = self.peers[home as usize].store().get(item).is_some();
        let others = self.holders.without(item, asker, holds);
        if others.on == 0 {
            return others.nobody_on(home);
        }
        let has = |holder: u32| {
            let held = self.peers[holder as usize].store().get(item);
            held.is_some_and(|held| held.contains(segment))
        };
        let mut off = false;
        for holder in self.directory.some(item, home, LOOKS) {
            let on = self.directory.is_online(holder);
            if (on || !off) && has(holder) {
                if on {
                    return self.why_not(home, holder, item, said);
                }
                off = true;
            }
        }
        if off { FetchCause::HolderOffline } else { FetchCause::NoHolder }
    }

    /// Why a home does not ask a holder that is on.
    fn why_not(&self, home: u32, holder: u32, item: Item, said: CdnCause) -> FetchCause {
        let config = &self.configs[usize::from(self.homes[home as usize].device)];
        if !config.plan.asks_peers() {
            // The oracle has seen it, and found no room.
            return FetchCause::HolderBusy;
        }
        let peer = &self.peers[home as usize];
        if peer.is_neighbour(PeerId(holder)) {
            return FetchCause::NotYetAnnounced;
        }
        match (self.directory.sight(item, holder, self.now), said) {
            (Sight::NotYet, _) => FetchCause::TrackerStale,
            (_, CdnCause::NotIntroduced) => FetchCause::NotIntroduced,
            (_, CdnCause::NotConnected) | (Sight::AmongAll, _) => FetchCause::NotConnected,
            _ if peer.dials(PeerId(holder)) => FetchCause::NotConnected,
            _ => FetchCause::NotIntroduced,
        }
    }

    /// Whether the counts are those of the stores.
    #[cfg(test)]
    pub(super) fn check_holders(&self) {
        let mut fresh =
            Holders { rungs: self.holders.rungs, rows: vec![Row::NEW; self.holders.rows.len()] };
        for home in 0..self.homes.len() as u32 {
            for item in self.peers[home as usize].store().items() {
                fresh.begins(item, self.counted(home));
            }
        }
        for (at, (kept, counted)) in self.holders.rows.iter().zip(&fresh.rows).enumerate() {
            let ever = kept.ever;
            assert_eq!(*kept, Row { ever, ..*counted }, "item {at} at {:?}", self.now);
        }
    }
}
