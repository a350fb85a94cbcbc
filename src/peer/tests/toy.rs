//! A toy host's side of things: who holds what, and how transfers go.

use std::collections::BTreeMap;

use super::super::*;
use super::{ITEM, NEXT, SEGMENTS};
use crate::units::Span;

#[derive(Clone, Debug)]
pub(super) struct UnderWay {
    pub(super) item: Item,
    pub(super) segment: u16,
    pub(super) source: Source,
    pub(super) asked: Time,
    pub(super) from_byte: Bytes,
    pub(super) to_byte: Bytes,
}

impl UnderWay {
    pub(super) fn stuck(&self) -> bool {
        self.source == Source::Peer(PeerId(5))
    }
}

/// Everything around one peer: dice by counter, neighbours with fixed holdings, steady transfers.
#[derive(Clone, Debug)]
pub(super) struct Toy {
    pub(super) dice: u64,
    pub(super) now: Time,
    pub(super) sets: Vec<Vec<u16>>,
    pub(super) running: BTreeMap<u8, UnderWay>,
}

pub(super) fn size_of(_: Item, segment: u16) -> Bytes {
    Bytes(900_000 + u64::from(segment % 7) * 50_000)
}

impl Toy {
    pub(super) fn new(seed: u64) -> Self {
        let holdings = |peer: u64| {
            let all = 0..u64::from(SEGMENTS);
            let held = all.filter(|s| (s * 31 + peer * 17 + seed) % 5 < peer % 5);
            held.map(|segment| segment as u16).collect()
        };
        let sets = (0..6).map(holdings).collect();
        Self { dice: seed, now: Time::ZERO, sets, running: BTreeMap::new() }
    }

    pub(super) fn so_far(&self, slot: u8) -> Bytes {
        self.running.get(&slot).map_or(Bytes::ZERO, |transfer| {
            let most = transfer.to_byte - transfer.from_byte;
            BitRate(2_000_000).bytes_in(self.now.since(transfer.asked)).min(most)
        })
    }
}

impl Surroundings for Toy {
    fn watches(&self, neighbour: PeerId, _: Item) -> bool {
        neighbour.0.is_multiple_of(2)
    }

    fn below(&mut self, bound: u32) -> u32 {
        self.dice = self.dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        ((self.dice >> 33) % u64::from(bound)) as u32
    }
    fn hear(&self, neighbour: PeerId, item: Item, told: &mut Told) {
        assert!(item == ITEM || item == NEXT);
        let at = neighbour.0 as usize;
        told.renew([(0, SEGMENTS)].into_iter());
        (0..SEGMENTS).filter(|s| !self.sets[at].contains(s)).for_each(|s| told.lacks(s));
        told.fetches(at as u16 * 3);
    }
    fn distance(&self, peer: PeerId) -> u8 {
        (peer.0 % 3) as u8
    }
    fn round_trip(&self, neighbour: PeerId) -> Span {
        Span::from_millis(u64::from(neighbour.0) * 10)
    }
    fn got(&self, slot: Slot) -> Bytes {
        // Peer 5 is stuck: it never sends a byte.
        let stuck = self.running.get(&slot.0).is_some_and(UnderWay::stuck);
        if stuck { Bytes::ZERO } else { self.so_far(slot.0) }
    }
    fn last(&self, slot: Slot) -> Time {
        // Asked for within this very call: the host has not heard of it yet.
        match self.running.get(&slot.0) {
            Some(transfer) if transfer.stuck() => transfer.asked,
            _ => self.now,
        }
    }
    fn size(&self, item: Item, segment: u16) -> Bytes {
        size_of(item, segment)
    }
    fn free_holder(&self, _: Item, segment: u16, _: BitRate) -> Option<PeerId> {
        let holds = |peer: &u32| self.sets[*peer as usize].contains(&segment);
        (0..6).find(holds).map(PeerId)
    }
}
