//! What a device keeps on disk: admission and eviction.
//!
//! Invariants: never more bytes than the quota; what is evicted was held and belongs neither to the
//! pinned item's unplayed part nor to what was just stored.

mod lru;
pub mod order;

use alloc::vec::Vec;

use serde::{Deserialize, Serialize};

use super::Item;
use super::segments::SegmentSet;
use crate::units::Bytes;

/// What goes when a cache is full.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum CachePolicy {
    /// Least recently used title first, its earliest segment first.
    #[default]
    Lru,
}

impl CachePolicy {
    /// Every policy.
    pub const ALL: [Self; 1] = [Self::Lru];

    /// As a scenario names it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Lru => "lru",
        }
    }

    /// One line for `offpeak list policies`.
    pub const fn about(self) -> &'static str {
        match self {
            Self::Lru => "evicts from the least recently used title, its earliest segment first",
        }
    }
}

/// What is held of one item.
#[derive(Clone, Debug)]
pub struct Holding {
    /// Which item.
    pub item: Item,
    /// Which segments.
    pub segments: SegmentSet,
}

/// What stays untouched while an item is played: its segments from here on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pin {
    /// The item that is played.
    pub item: Item,
    /// The segment at the play position.
    pub from: u16,
    /// Bytes held of the item from there on.
    pub bytes: Bytes,
}

/// A store of segments with a quota in bytes.
#[derive(Clone, Debug, Default)]
pub struct Cache {
    /// In order of use: least recently used first.
    holdings: Vec<Holding>,
    bytes: Bytes,
}

impl Cache {
    /// Bytes held.
    pub const fn bytes(&self) -> Bytes {
        self.bytes
    }

    /// Everything held, least recently used first.
    pub fn holdings(&self) -> &[Holding] {
        &self.holdings
    }

    /// What is held of `item`.
    pub fn get(&self, item: Item) -> Option<&SegmentSet> {
        self.holdings.iter().rfind(|held| held.item == item).map(|held| &held.segments)
    }

    /// Marks `item` as used now; what is held of it, if anything, becomes the last.
    pub fn touch(&mut self, item: Item) -> Option<&mut SegmentSet> {
        let at = self.holdings.iter().rposition(|held| held.item == item)?;
        self.holdings[at..].rotate_left(1);
        self.holdings.last_mut().map(|held| &mut held.segments)
    }

    /// Stores one segment of `size` bytes and evicts until `quota` holds. Items that lost their last
    /// segment are appended to `dropped`. False, with nothing changed, when it cannot fit: larger
    /// than the quota, or all the rest is pinned.
    pub fn insert(
        &mut self,
        policy: CachePolicy,
        quota: Bytes,
        (item, segment, size): (Item, u16, Bytes),
        pin: Option<Pin>,
        size_of: &dyn Fn(Item, u16) -> Bytes,
        dropped: &mut Vec<Item>,
    ) -> bool {
        if self.get(item).is_some_and(|held| held.contains(segment)) {
            return true;
        }
        let pinned = pin.map_or(Bytes::ZERO, |pin| pin.bytes);
        if pinned + size > quota {
            return false;
        }
        while self.bytes + size > quota {
            let victim = match policy {
                CachePolicy::Lru => lru::victim(&self.holdings, pin),
            };
            let at = victim.expect("what is not pinned can go");
            self.evict_first(at, size_of, dropped);
        }
        if let Some(segments) = self.touch(item) {
            segments.insert(segment);
        } else {
            let mut segments = SegmentSet::new();
            segments.insert(segment);
            self.holdings.push(Holding { item, segments });
        }
        self.bytes += size;
        debug_assert!(self.bytes <= quota);
        true
    }

    /// Stores `from..to` of an item as [`Self::insert`] would one after the other with nothing pinned.
    pub fn insert_run(
        &mut self,
        policy: CachePolicy,
        quota: Bytes,
        (item, from, to): (Item, u16, u16),
        size_of: &dyn Fn(Item, u16) -> Bytes,
        dropped: &mut Vec<Item>,
    ) {
        // What is held already, or larger than all there is, makes singles of it.
        let held = self.get(item).is_some();
        let sizes = || (from..to).map(|segment| size_of(item, segment));
        if held || sizes().any(|size| size > quota) {
            for segment in from..to {
                let what = (item, segment, size_of(item, segment));
                self.insert(policy, quota, what, None, size_of, dropped);
            }
            return;
        }
        if from >= to {
            return;
        }
        let mut segments = SegmentSet::new();
        segments.insert_run(from, to);
        self.holdings.push(Holding { item, segments });
        self.bytes += sizes().sum();
        while self.bytes > quota {
            let victim = match policy {
                CachePolicy::Lru => lru::victim(&self.holdings, None),
            };
            self.evict_first(victim.expect("nothing is pinned"), size_of, dropped);
        }
    }

    fn evict_first(
        &mut self,
        at: usize,
        size_of: &dyn Fn(Item, u16) -> Bytes,
        dropped: &mut Vec<Item>,
    ) {
        let held = &mut self.holdings[at];
        let segment = held.segments.first().expect("holdings are not empty");
        held.segments.remove(segment);
        self.bytes -= size_of(held.item, segment);
        if held.segments.is_empty() {
            dropped.push(held.item);
            self.holdings.remove(at);
        }
    }
}

/// Whether the earliest segment of `held` may go.
fn evictable(held: &Holding, pin: Option<Pin>) -> bool {
    pin.is_none_or(|pin| {
        pin.item != held.item || held.segments.first().is_some_and(|first| first < pin.from)
    })
}

#[cfg(test)]
mod tests;
