//! SIEVE: a hand walks from old to new and takes the first item that was not watched since it last
//! came by; nothing is moved.
//!
//! Zhang et al., SIEVE is Simpler than LRU, NSDI 2024.

use super::book::{Book, Stock};
use super::policy::Rule;

const USED: u8 = 1;

/// No parameters.
pub(super) struct Sieve;

impl Rule for Sieve {
    fn name(&self) -> &'static str {
        "sieve"
    }

    fn about(&self) -> &'static str {
        "SIEVE: a hand takes the oldest that was not watched again since it last came by"
    }

    fn used(&self, book: &mut Book, at: usize) {
        book.notes[at].mark = USED;
    }

    fn victim(&self, stock: &mut Stock<'_>) -> Option<usize> {
        // Two rounds, from wherever the hand is: the first takes every mark away.
        for _ in 0..2 * stock.book.notes.len() {
            let note = stock.book.notes[stock.book.hand];
            if let Some(first) = stock.free(note.key) {
                if note.mark != USED {
                    return Some(first);
                }
                stock.book.notes[stock.book.hand].mark = 0;
            }
            stock.book.hand = (stock.book.hand + 1) % stock.book.notes.len();
        }
        None
    }

    fn leaves(&self, book: &mut Book, at: usize) {
        if at < book.hand {
            book.hand -= 1;
        } else if at == book.hand && at + 1 == book.notes.len() {
            book.hand = 0;
        }
    }
}
