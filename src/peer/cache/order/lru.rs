//! Least recently used.

use super::lane::Lane;
use super::{Entries, Order};

const HELD: u8 = 1;

/// What was used longest ago goes first.
#[derive(Clone, Debug, Default)]
pub struct Lru {
    entries: Entries,
    /// Least recently used first.
    row: Lane,
}

impl Order for Lru {
    fn with_entries(entries: usize) -> Self {
        Self { entries: Entries::new(entries), row: Lane::default() }
    }

    fn len(&self) -> usize {
        self.row.len()
    }

    fn contains(&self, entry: u32) -> bool {
        self.entries.marked(entry) == HELD
    }

    fn look(&self, entry: u32) -> u32 {
        let place = self.entries.places.get(entry as usize);
        place.map_or(0, |place| place ^ u32::from(self.entries.marked(entry)))
    }

    fn insert(&mut self, entry: u32) {
        self.entries.mark(entry, HELD);
        self.row.push(entry, &mut self.entries.places);
    }

    fn touch(&mut self, entry: u32) {
        self.row.remove(self.entries.place(entry));
        self.row.push(entry, &mut self.entries.places);
    }

    fn victim(&mut self, pinned: impl Fn(u32) -> bool) -> Option<u32> {
        self.row.find(|entry| !pinned(entry))
    }

    fn remove(&mut self, entry: u32) {
        self.entries.mark(entry, 0);
        self.row.remove(self.entries.place(entry));
    }
}
