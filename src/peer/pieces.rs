//! Segments that are put together from pieces of several senders.
//!
//! Invariant: a piece is held, or some transfers bring it, or it can be asked for.

use smallvec::SmallVec;

use super::Slot;
use crate::units::{Bytes, Time};

/// Pieces of a segment, at most.
const MOST: u64 = 64;

/// What one transfer brings: pieces one after the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Run {
    slot: Slot,
    first: u8,
    count: u8,
}

impl Run {
    const fn bits(self) -> u64 {
        below(self.first + self.count) & !below(self.first)
    }
}

/// Ones below a bit.
const fn below(bit: u8) -> u64 {
    if bit as u64 >= MOST { u64::MAX } else { (1 << bit) - 1 }
}

/// A segment of which some pieces are held or on their way.
#[derive(Clone, Debug)]
pub(super) struct Open {
    pub(super) segment: u16,
    pub(super) size: Bytes,
    /// When its first piece was asked for.
    pub(super) since: Time,
    piece: u64,
    have: u64,
    runs: SmallVec<[Run; 3]>,
}

impl Open {
    /// Nothing held yet; pieces of `piece` bytes, or larger when there would be too many.
    pub(super) fn new(segment: u16, size: Bytes, piece: Bytes, now: Time) -> Self {
        let piece = piece.0.max(size.0.div_ceil(MOST)).max(1);
        Self { segment, size, since: now, piece, have: 0, runs: SmallVec::new() }
    }

    fn all(&self) -> u64 {
        below(self.size.0.div_ceil(self.piece) as u8)
    }

    fn asked(&self) -> u64 {
        self.runs.iter().fold(0, |bits, run| bits | run.bits())
    }

    /// Whether there is a piece that nobody was asked for.
    pub(super) fn has_free(&self) -> bool {
        self.all() & !(self.have | self.asked()) != 0
    }

    /// Whether every piece is held.
    pub(super) fn is_complete(&self) -> bool {
        self.have == self.all()
    }

    /// Whether nothing will be missing when the transfer in `slot` has come.
    pub(super) fn completes(&self, slot: Slot) -> bool {
        let own = self.runs.iter().find(|run| run.slot == slot);
        own.is_some_and(|own| self.have | own.bits() == self.all())
    }

    /// Whether nothing is on its way, and nothing or everything is held.
    pub(super) fn is_over(&self) -> bool {
        self.runs.is_empty() && (self.have == 0 || self.is_complete())
    }

    /// The first piece that nobody was asked for, or with `many` all from there on to the next that
    /// somebody was; as bytes from and to.
    pub(super) fn ask(&mut self, slot: Slot, many: bool) -> Option<(Bytes, Bytes)> {
        let free = self.all() & !(self.have | self.asked());
        if free == 0 {
            return None;
        }
        let first = free.trailing_zeros() as u8;
        let count = if many { (free >> first).trailing_ones() as u8 } else { 1 };
        Some(self.run(Run { slot, first, count }))
    }

    /// What the transfer in `of` brings, once more.
    pub(super) fn ask_again(&mut self, slot: Slot, of: Slot) -> Option<(Bytes, Bytes)> {
        let run = *self.runs.iter().find(|run| run.slot == of)?;
        Some(self.run(Run { slot, ..run }))
    }

    fn run(&mut self, run: Run) -> (Bytes, Bytes) {
        self.runs.push(run);
        self.bytes(run)
    }

    fn bytes(&self, run: Run) -> (Bytes, Bytes) {
        let at = |piece: u8| Bytes((u64::from(piece) * self.piece).min(self.size.0));
        (at(run.first), at(run.first + run.count))
    }

    /// Transfers that bring the same as the one in `slot`, itself included.
    pub(super) fn copies(&self, slot: Slot) -> u32 {
        let own = self.runs.iter().find(|run| run.slot == slot);
        own.map_or(0, |own| self.runs.iter().filter(|run| run.first == own.first).count() as u32)
    }

    /// The transfer in `slot` ended with `got` bytes, or with all when `None`; whole pieces are kept.
    /// What it was to bring.
    pub(super) fn end(&mut self, slot: Slot, got: Option<Bytes>) -> Bytes {
        let Some(at) = self.runs.iter().position(|run| run.slot == slot) else {
            return Bytes::ZERO;
        };
        let run = self.runs.swap_remove(at);
        let whole =
            got.map_or(run.count, |got| (got.0 / self.piece).min(u64::from(run.count)) as u8);
        self.have |= Run { count: whole, ..run }.bits();
        let (from, to) = self.bytes(run);
        to - from
    }

    /// A transfer that brings only what is held by now.
    pub(super) fn needless(&self) -> Option<Slot> {
        let run = self.runs.iter().find(|run| run.bits() & !self.have == 0)?;
        Some(run.slot)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    proptest! {
        /// Whatever ends how, pieces asked for cover what is missing, and all of them make a segment.
        #[test]
        fn pieces_make_a_segment(
            size in 1u64..5_000_000,
            piece in 1u64..1_000_000,
            steps in prop::collection::vec((0u8..8, 0u8..4, any::<bool>()), 0..200),
        ) {
            let mut open = Open::new(3, Bytes(size), Bytes(piece), Time(5));
            let mut running: BTreeMap<u8, (u64, u64)> = BTreeMap::new();
            let mut have = vec![false; size.div_ceil(open.piece) as usize];
            prop_assert!(have.len() <= 64 && open.is_over() && !open.is_complete());
            for (slot, kind, many) in steps {
                if let Some((from, to)) = running.remove(&slot) {
                    let got = if kind == 0 { (to - from) / 2 } else { to - from };
                    open.end(Slot(slot), (kind < 2).then_some(Bytes(got)));
                    let whole = from + if kind < 2 { got / open.piece * open.piece } else { to - from };
                    (from / open.piece..whole.div_ceil(open.piece))
                        .for_each(|at| have[at as usize] = true);
                } else if let Some((from, to)) = open.ask(Slot(slot), many) {
                    prop_assert!(from < to && to.0 <= size && from.0 % open.piece == 0);
                    let first = have[(from.0 / open.piece) as usize];
                    prop_assert!(!first, "it is held");
                    let twice = running.values().any(|other| other.0 < to.0 && from.0 < other.1);
                    prop_assert!(!twice, "it is on its way");
                    running.insert(slot, (from.0, to.0));
                } else {
                    prop_assert!(!open.has_free());
                }
                prop_assert_eq!(open.is_complete(), have.iter().all(|have| *have));
                let asked = running.values().map(|(from, to)| (to - from).div_ceil(open.piece));
                let missing = have.iter().filter(|have| !**have).count() as u64;
                prop_assert_eq!(open.has_free(), asked.sum::<u64>() < missing);
            }
        }
    }

    #[test]
    fn a_copy_is_needless_when_the_other_is_there() {
        let mut open = Open::new(0, Bytes(1_000), Bytes(400), Time::ZERO);
        assert_eq!(open.ask(Slot(0), false), Some((Bytes(0), Bytes(400))));
        assert_eq!(open.ask(Slot(1), true), Some((Bytes(400), Bytes(1_000))));
        assert_eq!(open.ask_again(Slot(2), Slot(1)), Some((Bytes(400), Bytes(1_000))));
        assert_eq!((open.copies(Slot(0)), open.copies(Slot(1)), open.copies(Slot(5))), (1, 2, 0));
        assert_eq!(open.needless(), None);
        open.end(Slot(2), None);
        assert_eq!(open.needless(), Some(Slot(1)));
        open.end(Slot(1), Some(Bytes(100)));
        assert!(open.needless().is_none() && !open.is_complete() && !open.has_free());
        open.end(Slot(0), None);
        assert!(open.is_complete());
    }
}
