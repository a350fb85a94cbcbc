//! What a device has: its disk, and memory for the item being watched.
//!
//! Segments go to disk when the disk is at least as large as memory; a device without a disk keeps
//! the watched item in memory, serves it from there, and forgets it when the viewing ends.
//! Invariants: neither part ever exceeds its quota; unplayed segments of the watched item stay.

use alloc::boxed::Box;
use alloc::vec::Vec;

use super::cache::{Cache, Pin};
use super::segments::Segments;
use super::{Config, Item, Output};
use crate::units::Bytes;

/// How often what a device can tell has changed, for hosts that look only when it has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Changes(u32);

impl Changes {
    /// Below are changes of the item watched: what is held of it, and what is being fetched from
    /// the CDN. Above are all others, and which item is watched.
    const OTHER: u32 = 1 << 20;

    pub(super) const fn watched(&mut self) {
        self.0 = self.of_others() | (self.0 + 1) % Self::OTHER;
    }

    pub(super) const fn other(&mut self) {
        self.0 = self.0.wrapping_add(Self::OTHER);
    }

    /// Another one whenever there is news of the item watched; the same again only after a million
    /// changes.
    pub const fn of_watched(self) -> u32 {
        self.0
    }

    /// Another one whenever there is news of any other item; the same again only after four
    /// thousand changes.
    pub const fn of_others(self) -> u32 {
        self.0 & !(Self::OTHER - 1)
    }
}

/// Disk and memory of one device.
#[derive(Clone, Debug, Default)]
pub struct Store {
    disk: Cache,
    /// Of the item watched, while there is one.
    memory: Option<Box<Cache>>,
    pub(super) changes: Changes,
}

impl Store {
    /// How often what can be told has changed.
    pub(super) const fn changes(&self) -> Changes {
        self.changes
    }

    /// What is kept between viewings.
    pub const fn disk(&self) -> &Cache {
        &self.disk
    }

    /// Bytes in memory.
    pub fn in_memory(&self) -> Bytes {
        self.memory.as_ref().map_or(Bytes::ZERO, |memory| memory.bytes())
    }

    /// What is held of `item`; `None` when nothing is.
    pub fn get(&self, item: Item) -> Option<Segments<'_>> {
        let memory = self.memory.as_ref();
        memory.and_then(|memory| memory.get(item)).or_else(|| self.disk.get(item))
    }

    /// Bytes that can be held ahead of the play position.
    pub(super) fn room(config: &Config) -> Bytes {
        config.disk.max(config.memory)
    }

    /// Marks `item` as used.
    pub(super) fn touch(&mut self, item: Item) {
        self.disk.touch(item);
    }

    /// Stores a segment; see [`Cache::insert`].
    pub(super) fn put(
        &mut self,
        config: &Config,
        (item, segment, size): (Item, u16, Bytes),
        pin: Option<Pin>,
        size_of: &dyn Fn(Item, u16) -> Bytes,
        dropped: &mut Vec<Item>,
    ) -> bool {
        self.changes.watched();
        if config.disk >= config.memory {
            let expected = self.disk.bytes() + size;
            let (policy, quota, what) = (config.cache, config.disk, (item, segment, size));
            let kept = self.disk.insert(policy, quota, what, pin, size_of, dropped);
            if self.disk.bytes() != expected {
                // Something else had to go.
                self.changes.other();
            }
            return kept;
        }
        let Some(pin) = pin else { return false };
        self.put_in_memory(config.memory, (item, segment, size), pin.from, size_of)
    }

    /// Stores `from..to` on disk as if watched before the beginning; see [`Cache::insert_run`].
    pub(super) fn remember(
        &mut self,
        config: &Config,
        run: (Item, u16, u16),
        size_of: &dyn Fn(Item, u16) -> Bytes,
        dropped: &mut Vec<Item>,
    ) {
        if config.disk >= config.memory {
            self.disk.insert_run(config.cache, config.disk, run, size_of, dropped);
        }
    }

    fn put_in_memory(
        &mut self,
        quota: Bytes,
        (item, segment, size): (Item, u16, Bytes),
        played_until: u16,
        size_of: &dyn Fn(Item, u16) -> Bytes,
    ) -> bool {
        let memory = self.memory.get_or_insert_default();
        let first = |memory: &Cache| memory.get(item).and_then(Segments::first);
        if memory.get(item).is_some_and(|held| held.contains(segment)) {
            return true;
        }
        while memory.bytes() + size > quota {
            if first(memory).is_none_or(|first| first >= played_until) {
                return false;
            }
            // Another comes in its place, so that the item stays.
            memory.evict_first(0, size_of, &mut Vec::new());
        }
        memory.add(item, segment, size);
        true
    }

    /// Empties memory, as at the end of a viewing.
    pub(super) fn forget_memory(&mut self, out: &mut Vec<Output>) {
        if let Some(memory) = self.memory.take() {
            out.extend(memory.holdings().map(|held| Output::Drops(held.item)));
        }
    }
}

#[cfg(test)]
mod tests;
