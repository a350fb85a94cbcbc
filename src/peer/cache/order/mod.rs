//! In which order entries of a full store go: first in first out, least recently used, CLOCK, SIEVE,
//! S3-FIFO, least frequently used.
//!
//! Entries are small numbers that the store gives out. An order knows no sizes: the store asks for a
//! victim, takes from it what it needs and says what left. Nothing is hashed and, once tables have
//! grown to the number of entries, nothing is allocated.
//!
//! Invariants: a victim is held and not pinned; asked again without a change in between, the answer
//! is the same.

mod clock;
mod fifo;
mod lane;
mod lfu;
mod lru;
mod s3_fifo;
mod sieve;

use alloc::vec::Vec;

pub use clock::Clock;
pub use fifo::Fifo;
pub use lfu::Lfu;
pub use lru::Lru;
pub use s3_fifo::S3Fifo;
pub use sieve::Sieve;

/// An order of eviction over entries 0, 1, 2, …, each held or not.
pub trait Order {
    /// With nothing held, and tables for entries below `entries`; they grow when a larger one comes.
    fn with_entries(entries: usize) -> Self;

    /// Entries held.
    fn len(&self) -> usize;

    /// Whether nothing is held.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether `entry` is held.
    fn contains(&self, entry: u32) -> bool;

    /// Reads what a request for `entry` will read first. For a caller that knows requests ahead: the
    /// memory is then near when they come.
    fn look(&self, entry: u32) -> u32 {
        u32::from(self.contains(entry))
    }

    /// `entry`, not held so far, came in.
    fn insert(&mut self, entry: u32);

    /// `entry`, which is held, was used.
    fn touch(&mut self, entry: u32);

    /// What goes next among entries that are not `pinned`; `None` when there is none. It stays until
    /// it is [evicted](Self::evict).
    fn victim(&mut self, pinned: impl Fn(u32) -> bool) -> Option<u32>;

    /// `entry`, which is held, was taken away for a reason of its own: nothing of it is remembered.
    fn remove(&mut self, entry: u32);

    /// `entry`, which is held, left because there was no room.
    fn evict(&mut self, entry: u32) {
        self.remove(entry);
    }
}

/// What an order knows of every entry.
#[derive(Clone, Debug, Default)]
struct Entries {
    /// Place in its lane; without meaning for what is in none.
    places: Vec<u32>,
    /// What the policy notes; 0 for what it does not know.
    marks: Vec<u8>,
}

impl Entries {
    fn new(entries: usize) -> Self {
        Self { places: alloc::vec![0; entries], marks: alloc::vec![0; entries] }
    }

    /// Notes `mark` of `entry`, which may be a new one.
    fn mark(&mut self, entry: u32, mark: u8) {
        let at = entry as usize;
        if at >= self.marks.len() {
            self.marks.resize(at + 1, 0);
            self.places.resize(at + 1, 0);
        }
        self.marks[at] = mark;
    }

    /// What is noted of `entry`; 0 when it was never heard of.
    fn marked(&self, entry: u32) -> u8 {
        self.marks.get(entry as usize).copied().unwrap_or(0)
    }

    fn place(&self, entry: u32) -> u32 {
        self.places[entry as usize]
    }
}

#[cfg(test)]
mod tests;
