//! What a device keeps on disk: admission and eviction.
//!
//! Invariants: never more bytes than the quota; what is evicted was held and belongs neither to the
//! pinned item's unplayed part nor to what was just stored.

mod lru;
pub mod order;

use alloc::boxed::Box;
use alloc::vec::Vec;

use serde::{Deserialize, Serialize};

use super::Item;
use super::segments::{Key, Placed, Row, Segments, place};
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
#[derive(Clone, Copy, Debug)]
pub struct Holding<'a> {
    /// Which item.
    pub item: Item,
    /// Which segments: at least one.
    pub segments: Segments<'a>,
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
    /// Those of an item side by side and rising; items in order of use, least recently used first.
    /// Without slack: most devices sleep.
    rows: Box<[Row]>,
    bytes: Bytes,
}

impl Cache {
    /// Where the most recently used lies.
    pub(super) fn place(&self, each: &mut impl FnMut(*const u8, usize)) {
        let last = &self.rows[self.rows.len().saturating_sub(4)..];
        each(last.as_ptr().cast(), size_of_val(last));
    }

    /// Bytes held.
    pub const fn bytes(&self) -> Bytes {
        self.bytes
    }

    /// Everything held, least recently used first.
    pub fn holdings(&self) -> impl Iterator<Item = Holding<'_>> {
        let of_items = self.rows.chunk_by(|a, b| a.key == b.key);
        of_items.map(|rows| Holding { item: rows[0].key.item(), segments: Segments(rows) })
    }

    /// What is held of `item`; `None` when nothing is.
    pub fn get(&self, item: Item) -> Option<Segments<'_>> {
        let (from, to) = self.find(Key::of(item))?;
        Some(Segments(&self.rows[from..to]))
    }

    /// Marks `item` as used now; what is held of it, if anything, becomes the last.
    pub fn touch(&mut self, item: Item) -> Option<Segments<'_>> {
        let (from, to) = self.find(Key::of(item))?;
        self.rows[from..].rotate_left(to - from);
        let first = self.rows.len() - (to - from);
        Some(Segments(&self.rows[first..]))
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
                CachePolicy::Lru => lru::victim(&self.rows, pin),
            };
            let at = victim.expect("what is not pinned can go");
            self.evict_first(at, size_of, dropped);
        }
        self.add(item, segment, size);
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
        if from >= to {
            return;
        }
        let (mut sum, mut largest) = (Bytes::ZERO, Bytes::ZERO);
        for size in (from..to).map(|segment| size_of(item, segment)) {
            sum += size;
            largest = largest.max(size);
        }
        // What is held already, or larger than all there is, makes singles of it.
        let key = Key::of(item);
        if largest > quota || self.find(key).is_some() {
            for segment in from..to {
                let what = (item, segment, size_of(item, segment));
                self.insert(policy, quota, what, None, size_of, dropped);
            }
            return;
        }
        self.change(1, |rows| rows.push(Row { key, from, to }));
        self.bytes += sum;
        while self.bytes > quota {
            let victim = match policy {
                CachePolicy::Lru => lru::victim(&self.rows, None),
            };
            self.evict_first(victim.expect("nothing is pinned"), size_of, dropped);
        }
    }

    /// Adds a segment that is not held, of the item that is the last from now on.
    pub(super) fn add(&mut self, item: Item, segment: u16, size: Bytes) {
        let key = Key::of(item);
        let held = self.touch(item).map_or(0, |held| held.0.len());
        let first = self.rows.len() - held;
        match place(&self.rows[first..], segment) {
            Placed::Held => return,
            Placed::After(at) => self.rows[first + at].to += 1,
            Placed::Before(at) => self.rows[first + at].from -= 1,
            Placed::Between(at) => {
                let at = first + at;
                self.rows[at].to = self.rows[at + 1].to;
                self.change(0, |rows| {
                    rows.remove(at + 1);
                });
            }
            Placed::Alone(at) => {
                let row = Row { key, from: segment, to: segment + 1 };
                self.change(1, |rows| rows.insert(first + at, row));
            }
        }
        self.bytes += size;
    }

    /// Gives up the first segment of a run, which is its item's first.
    pub(super) fn evict_first(
        &mut self,
        at: usize,
        size_of: &dyn Fn(Item, u16) -> Bytes,
        dropped: &mut Vec<Item>,
    ) {
        let Row { key, from, to } = self.rows[at];
        let item = key.item();
        self.bytes -= size_of(item, from);
        self.rows[at].from += 1;
        if from + 1 == to {
            if self.rows.get(at + 1).is_none_or(|next| next.key != key) {
                dropped.push(item);
            }
            self.change(0, |rows| {
                rows.remove(at);
            });
        }
    }

    /// Where the runs of an item begin and end. The last used is looked for most.
    fn find(&self, key: Key) -> Option<(usize, usize)> {
        let last = self.rows.iter().rposition(|row| row.key == key)?;
        let others = self.rows[..last].iter().rposition(|row| row.key != key);
        Some((others.map_or(0, |at| at + 1), last + 1))
    }

    /// Changes the number of runs, which may become so many more.
    fn change(&mut self, more: usize, change: impl FnOnce(&mut Vec<Row>)) {
        let mut rows = core::mem::take(&mut self.rows).into_vec();
        rows.reserve_exact(more);
        change(&mut rows);
        self.rows = rows.into_boxed_slice();
    }
}

/// Whether the earliest segment of a run may go.
fn evictable(row: &Row, pin: Option<Pin>) -> bool {
    pin.is_none_or(|pin| Key::of(pin.item) != row.key || row.from < pin.from)
}

#[cfg(test)]
mod tests;
