//! S3-FIFO: three rows. A small one lets newcomers prove themselves, a main one keeps what did, and a
//! ghost remembers what was turned away: when it comes again, it goes to the main row at once.
//!
//! Yang et al., FIFO Queues are All You Need for Cache Eviction, SOSP 2023: the small row is a tenth
//! of what is held, here in bytes; the ghost is as long as the main row, in items.

use serde::{Deserialize, Serialize};

use super::book::{Book, Note, Stock};
use super::policy::Rule;
use crate::units::Share;

/// Uses since it came in, or since it was last passed over: up to three.
pub(super) const MOST_USES: u8 = 3;
/// So many uses are proof.
pub(super) const PROOF: u8 = 2;

/// In the small row; in the main one otherwise.
const SMALL: u8 = 1;

/// Parameters of `s3-fifo`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct S3Fifo {
    /// The small row is this part of all.
    pub small: Share,
}

impl S3Fifo {
    /// A tenth.
    pub const DEFAULT: Self = Self { small: Share::from_ppm(100_000) };

    /// Whether the small row, with `small` of `all` that is held, gives the next victim.
    pub(super) const fn takes_small(self, small: u64, all: u64) -> bool {
        small as u128 * 1_000_000 >= all as u128 * self.small.ppm() as u128
    }

    /// Ghosts that are remembered beside `all` items.
    pub(super) fn ghosts(self, all: usize) -> usize {
        let small = (all as u64 * u64::from(self.small.ppm()) / 1_000_000) as usize;
        (all - small).max(1)
    }
}

impl Default for S3Fifo {
    fn default() -> Self {
        Self::DEFAULT
    }
}

impl Rule for S3Fifo {
    fn name(&self) -> &'static str {
        "s3-fifo"
    }

    fn about(&self) -> &'static str {
        "S3-FIFO: newcomers prove themselves in a small row before they stay"
    }

    fn wrong(&self) -> Option<(&'static str, &'static str)> {
        let between = Share::ZERO < self.small && self.small < Share::ONE;
        (!between).then_some(("small", "above 0 and below 1"))
    }

    fn came(&self, book: &mut Book, at: usize) {
        let key = book.notes[at].key;
        let known = book.ghosts.iter().position(|ghost| *ghost == key);
        book.notes[at].mark = if known.is_some() { 0 } else { SMALL };
        if let Some(known) = known {
            book.ghosts.remove(known);
        }
    }

    fn used(&self, book: &mut Book, at: usize) {
        let uses = &mut book.notes[at].uses;
        *uses = (*uses + 1).min(u16::from(MOST_USES));
    }

    fn victim(&self, stock: &mut Stock<'_>) -> Option<usize> {
        // Every round moves an item out of the small row or takes one of its uses away.
        loop {
            let (mut small, mut all) = (0, 0);
            for note in &stock.book.notes {
                all += note.bytes.0;
                small += note.bytes.0 * u64::from(note.mark);
            }
            let row = u8::from(self.takes_small(small, all));
            let oldest = |mark: u8| {
                let of_row = |(at, note): (usize, &Note)| {
                    if note.mark == mark { Some((at, stock.free(note.key)?)) } else { None }
                };
                stock.book.notes.iter().enumerate().find_map(of_row)
            };
            let (at, first) = oldest(row).or_else(|| oldest(1 - row))?;
            let note = &mut stock.book.notes[at];
            if note.mark == SMALL {
                if note.uses < u16::from(PROOF) {
                    return Some(first);
                }
                (note.mark, note.uses) = (0, 0);
            } else {
                if note.uses == 0 {
                    return Some(first);
                }
                note.uses -= 1;
            }
            stock.book.renew(at);
        }
    }

    fn leaves(&self, book: &mut Book, at: usize) {
        if book.notes[at].mark != SMALL {
            return;
        }
        let longest = self.ghosts(book.notes.len());
        let gone = (book.ghosts.len() + 1).saturating_sub(longest);
        book.ghosts.drain(..gone);
        book.ghosts.push(book.notes[at].key);
    }
}
