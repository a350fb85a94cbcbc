//! The sorted end of the wheel: entries of the slot that is being emptied.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::blocks::{Bag, Blocks};

/// Up to so many entries are ranked by counting.
const RANKED: usize = 32;

/// A late entry that would push more than so many aside goes to the heap.
const FAR: usize = 64;

/// Entries in order, the earliest last.
#[derive(Debug, Default)]
pub(super) struct Leaf {
    sorted: Vec<u128>,
    /// Late entries of a leaf too long to move; mostly empty.
    late: BinaryHeap<Reverse<u128>>,
}

impl Leaf {
    #[inline]
    pub(super) fn pop(&mut self) -> Option<u128> {
        if !self.late.is_empty() {
            return self.pop_of_both();
        }
        self.sorted.pop()
    }

    #[cold]
    fn pop_of_both(&mut self) -> Option<u128> {
        match (self.sorted.last(), self.late.peek()) {
            (Some(sorted), Some(Reverse(late))) if sorted < late => self.sorted.pop(),
            _ => self.late.pop().map(|Reverse(late)| late),
        }
    }

    /// The entry `places` after the next, late ones in the heap apart.
    #[inline]
    pub(super) fn ahead(&self, places: usize) -> Option<u128> {
        let at = self.sorted.len().checked_sub(places.checked_add(1)?)?;
        self.sorted.get(at).copied()
    }

    /// An entry for the slot that is being emptied; false when the leaf is too long to move.
    #[inline]
    pub(super) fn insert(&mut self, entry: u128) -> bool {
        let from = self.sorted.len().saturating_sub(FAR);
        let at = from + self.sorted[from..].partition_point(|other| *other > entry);
        if at == from && from > 0 {
            self.late.push(Reverse(entry));
            return false;
        }
        self.sorted.insert(at, entry);
        true
    }

    /// Bytes taken from the system.
    pub(super) fn bytes(&self) -> usize {
        (self.sorted.capacity() + self.late.capacity()) * size_of::<u128>()
    }

    /// Takes everything out, the earliest last.
    pub(super) fn empty(&mut self) -> Vec<u128> {
        let mut all = std::mem::take(&mut self.sorted);
        all.extend(self.late.drain().map(|Reverse(late)| late));
        all.sort_unstable_by(|a, b| b.cmp(a));
        all
    }

    /// Puts back what was taken out.
    pub(super) fn restore(&mut self, all: Vec<u128>) {
        self.sorted = all;
    }

    /// Loads a slot 2^`shift` wide into the empty leaf: how many entries, and at how many different
    /// times as far as it matters (equal times of few entries are not looked for).
    #[inline]
    pub(super) fn load(&mut self, mut bag: Bag, blocks: &mut Blocks, shift: u32) -> (usize, usize) {
        debug_assert!(self.sorted.is_empty() && self.late.is_empty(), "the leaf is used up");
        while blocks.take_block(&mut bag, &mut self.sorted) {}
        let count = self.sorted.len();
        let times = if count > RANKED { self.sort() } else { self.rank(shift) };
        (count, times)
    }

    fn sort(&mut self) -> usize {
        self.sorted.sort_unstable_by(|a, b| b.cmp(a));
        1 + self.sorted.windows(2).filter(|pair| pair[0] >> 64 != pair[1] >> 64).count()
    }

    /// Sorts by counting for each how many come before: no branch to guess, and it vectorises.
    fn rank(&mut self, shift: u32) -> usize {
        const PLACE_BITS: u32 = RANKED.trailing_zeros();
        const TIME_BITS: u32 = 31 - PLACE_BITS;
        let count = self.sorted.len();
        let cut = shift.saturating_sub(TIME_BITS);
        let mask = (1u64 << (shift - cut)) - 1;
        let mut keys = [i32::MAX; RANKED];
        let mut entries = [0; RANKED];
        entries[..count].copy_from_slice(&self.sorted);
        for (place, (key, entry)) in keys.iter_mut().zip(&self.sorted).enumerate() {
            let time = ((entry >> 64) as u64 >> cut) & mask;
            *key = (time as i32) << PLACE_BITS | place as i32;
        }
        let lanes = count.next_multiple_of(8);
        for (key, entry) in keys.iter().zip(&entries[..count]) {
            let after: i32 = keys[..lanes].iter().map(|other| i32::from(other > key)).sum();
            let after = after as usize - (lanes - count);
            self.sorted[after] = *entry;
        }
        // Equal times, and times that differ below what was compared.
        for at in 1..count {
            let mut at = at;
            while at > 0 && self.sorted[at - 1] < self.sorted[at] {
                self.sorted.swap(at - 1, at);
                at -= 1;
            }
        }
        count
    }
}
