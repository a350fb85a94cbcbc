//! Least frequently used with dynamic ageing (LFU-DA): an item is worth the number of its viewings
//! plus what the last victim was worth when it was last watched, so that old fame fades.
//!
//! Arlitt et al., Evaluating Content Management Techniques for Web Proxy Caches, 1999.

use serde::{Deserialize, Serialize};

use super::book::{Book, Stock};
use super::policy::Rule;

/// Parameters of `lfu`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct Lfu {
    /// Whether what was watched often long ago loses to what is watched now.
    pub ageing: bool,
}

impl Lfu {
    /// With ageing.
    pub const DEFAULT: Self = Self { ageing: true };

    fn rate(book: &mut Book, at: usize) {
        book.notes[at].value = book.age + u64::from(book.notes[at].uses) + 1;
        book.renew(at);
    }
}

impl Default for Lfu {
    fn default() -> Self {
        Self::DEFAULT
    }
}

impl Rule for Lfu {
    fn name(&self) -> &'static str {
        "lfu"
    }

    fn about(&self) -> &'static str {
        "LFU with dynamic ageing: what was watched least often goes first, and old fame fades"
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
        if self.ageing {
            stock.book.age = stock.book.age.max(value);
        }
        Some(first)
    }
}
