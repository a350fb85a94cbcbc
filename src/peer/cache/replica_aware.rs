//! Replica-aware: what many others hold for each who watches it goes first, as in PPLive, whose weight
//! was availability to demand (unverified: no text of it was read).
//!
//! A device learns the two counts when it asks the directory about the item it watches, and of no
//! other: they are as old as its last viewing of the item. What it never asked about counts as
//! without demand.

use serde::{Deserialize, Serialize};

use super::Swarm;
use super::book::{Book, Stock};
use super::policy::Rule;

/// Parameters of `replica-aware`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct ReplicaAware {
    /// While no more hold an item and somebody watches it, it goes only when nothing else is left.
    pub min_seed: u32,
}

impl ReplicaAware {
    /// Two copies: a choice, no source.
    pub const DEFAULT: Self = Self { min_seed: 2 };
    /// Bits of a score below the point.
    const POINT: u32 = 31;
}

impl Default for ReplicaAware {
    fn default() -> Self {
        Self::DEFAULT
    }
}

impl Rule for ReplicaAware {
    fn name(&self) -> &'static str {
        "replica-aware"
    }

    fn about(&self) -> &'static str {
        "what most others hold for each who watches it goes first, rare copies last"
    }

    fn wrong(&self) -> Option<(&'static str, &'static str)> {
        (self.min_seed > 1_000_000).then_some(("min_seed", "at most 1,000,000"))
    }

    fn came(&self, book: &mut Book, at: usize) {
        self.heard(book, at, Swarm::default());
    }

    fn grew(&self, book: &mut Book, at: usize) {
        book.renew(at);
    }

    fn used(&self, book: &mut Book, at: usize) {
        book.renew(at);
    }

    fn heard(&self, book: &mut Book, at: usize, swarm: Swarm) {
        let Swarm { holders, viewers } = swarm;
        let score = (u64::from(holders) << Self::POINT).checked_div(u64::from(viewers));
        let guarded = viewers > 0 && holders <= self.min_seed;
        // The highest score is worth least.
        let worth = score.map_or(0, |score| u64::MAX / 2 - score);
        book.notes[at].value = if guarded { u64::MAX } else { worth };
    }

    fn victim(&self, stock: &mut Stock<'_>) -> Option<usize> {
        Some(stock.least()?.0)
    }
}
