//! The choice from a table in place of connections: for hosts that count time in slots, as models of
//! exchange do. The rules are the same functions that a viewer's scheduler asks.

use alloc::vec::Vec;

use super::{Field, SegmentChoice};
use crate::peer::player::State;
use crate::peer::scheduler::{CdnOnly, Plan};
use crate::peer::viewing::{Beside, Desk, Viewing};
use crate::peer::{Config, Item, Output, PeerId, Play, Slot, Store, Surroundings, Told};
use crate::units::{BitRate, Bytes, Span, Time};

/// What a rule chooses from. Bit i and place i stand for the segment i after the one played now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    /// Missing.
    pub wanted: u128,
    /// Held by who is met, without a record of how fast it is.
    pub offered: u128,
    /// How many hold each; only their order counts.
    pub holders: [u8; Self::WIDTH],
}

impl Table {
    /// Places.
    pub const WIDTH: usize = Field::WIDTH;
}

impl SegmentChoice {
    /// The place that the rule picks for a viewer whose segments play for `segment` each; `None` when
    /// it picks none. `below` throws a die: 0 to its argument, which is not among them.
    pub fn pick_from(
        &self,
        table: &Table,
        segment: Span,
        below: &mut dyn FnMut(u32) -> u32,
    ) -> Option<u16> {
        let config = Config::plain(Plan::CdnOnly(CdnOnly::default()), segment);
        let mut viewing = Viewing::new(&config, Time::ZERO, Play::all(ITEM, u16::MAX));
        viewing.player.state = State::Playing { until: Time::ZERO + segment };
        viewing.neighbours.add(PeerId(0));
        let runs = runs(table.offered);
        viewing.neighbours.iter_mut().for_each(|met| met.told.renew(runs.iter().copied()));
        let (store, mut out) = (Store::default(), Vec::<Output>::new());
        let mut dice = Dice { below };
        let at = (&config, Time::ZERO);
        let mut desk = Desk::new(&viewing, at, &store, Beside::default(), &mut dice, &mut out);
        let field = Field::of(table.wanted, table.offered, &table.holders);
        self.pick(&field, field.offered(), &viewing, &mut desk)
    }
}

const ITEM: Item = Item { title: 0, rung: 0 };

/// Runs of ones.
fn runs(mut bits: u128) -> Vec<(u16, u16)> {
    let mut runs = Vec::new();
    while bits != 0 {
        let from = bits.trailing_zeros();
        let to = from + (bits >> from).trailing_ones();
        runs.push((from as u16, to as u16));
        bits = if to < u128::BITS { bits >> to << to } else { 0 };
    }
    runs
}

/// Dice and nothing else.
struct Dice<'d> {
    below: &'d mut dyn FnMut(u32) -> u32,
}

impl Surroundings for Dice<'_> {
    fn below(&mut self, bound: u32) -> u32 {
        (self.below)(bound)
    }

    fn hear(&self, _: PeerId, _: Item, _: &mut Told) {}

    fn watches(&self, _: PeerId, _: Item) -> bool {
        false
    }

    fn distance(&self, _: PeerId) -> u8 {
        0
    }

    fn round_trip(&self, _: PeerId) -> Span {
        Span::ZERO
    }

    fn got(&self, _: Slot) -> Bytes {
        Bytes::ZERO
    }

    fn last(&self, _: Slot) -> Time {
        Time::ZERO
    }

    fn size(&self, _: Item, _: u16) -> Bytes {
        Bytes::ZERO
    }

    fn free_holder(&self, _: Item, _: u16, _: BitRate) -> Option<PeerId> {
        None
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::peer::scheduler::segment::{Bands, Edf, Rarest, Sequential, TimeCritical};

    /// What a rule should pick, by trying all places.
    fn naive(able: &[u16], holders: &[u8], near: u16, both: u16) -> Option<u16> {
        let rarest = |from: u16, to: u16| {
            let there = able.iter().copied().filter(|at| (from..to).contains(at));
            there.min_by_key(|at| (holders[usize::from(*at)], *at))
        };
        let first = able.iter().copied().find(|at| *at < near);
        first.or_else(|| rarest(near, both)).or_else(|| rarest(both, 128))
    }

    proptest! {
        #[test]
        fn rules_pick_what_they_say(
            wanted in any::<u128>(),
            offered in any::<u128>(),
            holders in prop::collection::vec(0u8..6, 128),
            high in 0u16..40,
        ) {
            let able: Vec<u16> =
                (0..128).filter(|at| (wanted & offered) >> at & 1 == 1).collect();
            let table = Table { wanted, offered, holders: holders.clone().try_into().unwrap() };
            let pick = |rule: SegmentChoice| {
                rule.pick_from(&table, Span::from_secs(1), &mut |_| unreachable!("no die"))
            };
            let first = able.first().copied();
            prop_assert_eq!(pick(SegmentChoice::Sequential(Sequential::default())), first);
            prop_assert_eq!(pick(SegmentChoice::Edf(Edf::default())), first);
            prop_assert_eq!(
                pick(SegmentChoice::Rarest(Rarest::default())),
                naive(&able, &holders, 0, 0)
            );
            let bands = Bands { high: Span::from_secs(u64::from(high)), mid: 2, ..Bands::default() };
            prop_assert_eq!(pick(SegmentChoice::Bands(bands)), naive(&able, &holders, high, 3 * high));
            // Its horizon without any record is the reserve of a second.
            let first = first.filter(|at| *at < 2).or_else(|| naive(&able, &holders, 0, 0));
            prop_assert_eq!(pick(SegmentChoice::TimeCritical(TimeCritical::default())), first);
        }
    }

    #[test]
    fn ties_go_by_the_die_when_asked_to() {
        let rule = SegmentChoice::Rarest(Rarest { ties_by_chance: true, ..Rarest::default() });
        let mut holders = [3; Table::WIDTH];
        holders[9] = 2;
        holders[40] = 2;
        let table = Table { wanted: u128::MAX, offered: u128::MAX, holders };
        for (shows, place) in [(0, 9), (1, 40)] {
            let mut die = |bound| {
                assert_eq!(bound, 2);
                shows
            };
            assert_eq!(rule.pick_from(&table, Span::from_secs(1), &mut die), Some(place));
        }
    }
}
