//! CLOCK with one bit, as a row: what was used since it was last looked at gets another round.

use super::lane::Lane;
use super::{Entries, Order};

const HELD: u8 = 1;
const USED: u8 = 2;

/// First in first out with a second chance for what was used.
#[derive(Clone, Debug, Default)]
pub struct Clock {
    entries: Entries,
    row: Lane,
}

impl Order for Clock {
    fn with_entries(entries: usize) -> Self {
        Self { entries: Entries::new(entries), row: Lane::default() }
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
        while let Some(entry) = self.row.find(|entry| !pinned(entry)) {
            if self.entries.marked(entry) & USED == 0 {
                return Some(entry);
            }
            self.entries.mark(entry, HELD);
            self.row.remove(self.entries.place(entry));
            self.row.push(entry, &mut self.entries.places);
        }
        None
    }

    fn remove(&mut self, entry: u32) {
        self.entries.mark(entry, 0);
        self.row.remove(self.entries.place(entry));
    }
}
