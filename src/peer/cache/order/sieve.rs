//! SIEVE: a hand walks from old to new and takes the first that was not used since it last came by;
//! nothing is moved.
//!
//! Zhang et al., SIEVE is Simpler than LRU, NSDI 2024.

use super::lane::{HOLE, Lane};
use super::{Entries, Order};

const HELD: u8 = 1;
const USED: u8 = 2;

/// Lazy promotion, quick demotion.
#[derive(Clone, Debug)]
pub struct Sieve {
    entries: Entries,
    row: Lane,
    /// Where the hand is; [`HOLE`] when it begins with the oldest.
    hand: u32,
}

impl Order for Sieve {
    fn with_entries(entries: usize) -> Self {
        Self { entries: Entries::new(entries), row: Lane::default(), hand: HOLE }
    }

    fn len(&self) -> usize {
        self.row.len()
    }

    fn contains(&self, entry: u32) -> bool {
        self.entries.marked(entry) != 0
    }

    fn insert(&mut self, entry: u32) {
        self.entries.mark(entry, HELD);
        self.row.push(entry, &mut self.entries.places);
    }

    fn touch(&mut self, entry: u32) {
        self.entries.mark(entry, HELD | USED);
    }

    fn victim(&mut self, pinned: impl Fn(u32) -> bool) -> Option<u32> {
        // Two rounds, from wherever the hand is: the first clears every bit.
        for _ in 0..=2 * self.len() {
            if self.hand == HOLE {
                self.hand = self.row.oldest()?;
            }
            let entry = self.hand;
            if !pinned(entry) {
                if self.entries.marked(entry) & USED == 0 {
                    return Some(entry);
                }
                self.entries.mark(entry, HELD);
            }
            self.advance();
        }
        None
    }

    fn remove(&mut self, entry: u32) {
        if self.hand == entry {
            self.advance();
        }
        self.entries.mark(entry, 0);
        self.row.remove(self.entries.place(entry));
    }
}

impl Sieve {
    fn advance(&mut self) {
        self.hand = self.row.newer(self.entries.place(self.hand), |_| true).unwrap_or(HOLE);
    }
}
