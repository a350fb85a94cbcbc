//! Greedy dual size frequency: an item is worth its viewings per byte held, plus what the last victim
//! was worth when it was last watched.
//!
//! Cherkasova, Improving WWW Proxies Performance with Greedy-Dual-Size-Frequency Caching Policy, 1998;
//! the cost of a miss is the same for every item, so that hits count and not bytes.

use super::book::{Book, Stock};
use super::policy::Rule;

/// A viewing of one byte is worth this: what a viewing per terabyte is worth is above zero.
const UNIT: u64 = 1 << 42;
/// Worth above this is counted from a new zero.
const HIGH: u64 = 1 << 62;

/// No parameters.
pub(super) struct Gdsf;

impl Gdsf {
    fn rate(book: &mut Book, at: usize) {
        let note = book.notes[at];
        let own = (u64::from(note.uses) + 1) * UNIT / note.bytes.0.max(1);
        book.notes[at].value = book.age + own;
        book.renew(at);
        if book.age > HIGH {
            let zero = core::mem::take(&mut book.age);
            for note in &mut book.notes {
                note.value = note.value.saturating_sub(zero);
            }
        }
    }
}

impl Rule for Gdsf {
    fn name(&self) -> &'static str {
        "gdsf"
    }

    fn about(&self) -> &'static str {
        "GDSF: what was watched least often for its bytes goes first, and old fame fades"
    }

    fn came(&self, book: &mut Book, at: usize) {
        Self::rate(book, at);
    }

    fn grew(&self, book: &mut Book, at: usize) {
        Self::rate(book, at);
    }

    fn used(&self, book: &mut Book, at: usize) {
        book.notes[at].uses = book.notes[at].uses.saturating_add(1);
        Self::rate(book, at);
    }

    fn victim(&self, stock: &mut Stock<'_>) -> Option<usize> {
        let (first, value) = stock.least()?;
        stock.book.age = stock.book.age.max(value);
        Some(first)
    }
}
