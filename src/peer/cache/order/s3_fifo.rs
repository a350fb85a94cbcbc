//! S3-FIFO: three rows. A small one lets newcomers prove themselves, a main one keeps what did, and a
//! ghost remembers what was turned away: when it comes again, it goes to the main row at once.
//!
//! Yang et al., FIFO Queues are All You Need for Cache Eviction, SOSP 2023: the small row is a tenth
//! of what is held, the ghost as long as the main row.

use super::lane::Lane;
use super::{Entries, Order};
use crate::peer::cache::s3_fifo::{MOST_USES, PROOF, S3Fifo as Params};

/// The bits that count uses.
const USES: u8 = MOST_USES;
const SMALL: u8 = 4;
const MAIN: u8 = 8;
const GHOST: u8 = 16;

/// Shared with the caches of peers.
const PARAMS: Params = Params::DEFAULT;

/// Three rows, first in first out each.
#[derive(Clone, Debug, Default)]
pub struct S3Fifo {
    entries: Entries,
    small: Lane,
    main: Lane,
    ghost: Lane,
}

impl Order for S3Fifo {
    fn with_entries(entries: usize) -> Self {
        Self { entries: Entries::new(entries), ..Self::default() }
    }

    fn len(&self) -> usize {
        self.small.len() + self.main.len()
    }

    fn contains(&self, entry: u32) -> bool {
        self.entries.marked(entry) & (SMALL | MAIN) != 0
    }

    fn insert(&mut self, entry: u32) {
        if self.entries.marked(entry) == GHOST {
            self.ghost.remove(self.entries.place(entry));
            self.entries.mark(entry, MAIN);
            self.main.push(entry, &mut self.entries.places);
        } else {
            self.entries.mark(entry, SMALL);
            self.small.push(entry, &mut self.entries.places);
        }
    }

    fn touch(&mut self, entry: u32) {
        let mark = self.entries.marked(entry);
        if mark & USES < USES {
            self.entries.mark(entry, mark + 1);
        }
    }

    fn victim(&mut self, pinned: impl Fn(u32) -> bool) -> Option<u32> {
        let free = |entry: u32| !pinned(entry);
        // Every round moves an entry out of the small row or takes one of its uses away.
        loop {
            let from_small = PARAMS.takes_small(self.small.len() as u64, self.len() as u64);
            let entry = if from_small {
                self.small.find(free).or_else(|| self.main.find(free))?
            } else {
                self.main.find(free).or_else(|| self.small.find(free))?
            };
            let mark = self.entries.marked(entry);
            let uses = mark & USES;
            if mark & SMALL != 0 {
                if uses < PROOF {
                    return Some(entry);
                }
                self.small.remove(self.entries.place(entry));
                self.entries.mark(entry, MAIN);
            } else {
                if uses == 0 {
                    return Some(entry);
                }
                self.main.remove(self.entries.place(entry));
                self.entries.mark(entry, mark - 1);
            }
            self.main.push(entry, &mut self.entries.places);
        }
    }

    fn remove(&mut self, entry: u32) {
        let place = self.entries.place(entry);
        let in_small = self.entries.marked(entry) & SMALL != 0;
        let row = if in_small { &mut self.small } else { &mut self.main };
        row.remove(place);
        self.entries.mark(entry, 0);
    }

    fn evict(&mut self, entry: u32) {
        let newcomer = self.entries.marked(entry) & SMALL != 0;
        let longest = PARAMS.ghosts(self.len());
        self.remove(entry);
        if !newcomer {
            return;
        }
        while self.ghost.len() >= longest
            && let Some(oldest) = self.ghost.oldest()
        {
            self.ghost.remove(self.entries.place(oldest));
            self.entries.mark(oldest, 0);
        }
        self.entries.mark(entry, GHOST);
        self.ghost.push(entry, &mut self.entries.places);
    }
}
