//! First in, first out: use does not matter.

use super::lane::Lane;
use super::{Entries, Order};

const HELD: u8 = 1;

/// What came in first goes first.
#[derive(Clone, Debug, Default)]
pub struct Fifo {
    entries: Entries,
    row: Lane,
}

impl Order for Fifo {
    fn with_entries(entries: usize) -> Self {
        Self { entries: Entries::new(entries), row: Lane::default() }
    }

    fn len(&self) -> usize {
        self.row.len()
    }

    fn contains(&self, entry: u32) -> bool {
        self.entries.marked(entry) == HELD
    }

    fn insert(&mut self, entry: u32) {
        self.entries.mark(entry, HELD);
        self.row.push(entry, &mut self.entries.places);
    }

    fn touch(&mut self, _: u32) {}

    fn victim(&mut self, pinned: impl Fn(u32) -> bool) -> Option<u32> {
        self.row.find(|entry| !pinned(entry))
    }

    fn remove(&mut self, entry: u32) {
        self.entries.mark(entry, 0);
        self.row.remove(self.entries.place(entry));
    }
}
