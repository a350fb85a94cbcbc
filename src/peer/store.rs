//! What a device has: its disk, and memory for the item being watched.
//!
//! Segments go to disk when the disk is at least as large as memory; a device without a disk keeps
//! the watched item in memory, serves it from there, and forgets it when the viewing ends.
//! Invariants: neither part ever exceeds its quota; unplayed segments of the watched item stay.

use alloc::vec::Vec;

use super::cache::{Cache, Pin};
use super::segments::SegmentSet;
use super::{Config, Item, Output};
use crate::units::Bytes;

/// How often what a device can tell has changed, for hosts that look only when it has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Changes {
    /// Of the item watched: what is held, and what is being fetched from the CDN.
    pub watched: u32,
    /// Of any other, and which item is watched.
    pub other: u32,
}

/// Disk and memory of one device.
#[derive(Clone, Debug, Default)]
pub struct Store {
    disk: Cache,
    memory: Option<(Item, SegmentSet)>,
    in_memory: Bytes,
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
    pub const fn in_memory(&self) -> Bytes {
        self.in_memory
    }

    /// What is held of `item`.
    pub fn get(&self, item: Item) -> Option<&SegmentSet> {
        match &self.memory {
            Some((held, segments)) if *held == item => Some(segments),
            _ => self.disk.get(item),
        }
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
        self.changes.watched += 1;
        if config.disk >= config.memory {
            let expected = self.disk.bytes() + size;
            let (policy, quota, what) = (config.cache, config.disk, (item, segment, size));
            let kept = self.disk.insert(policy, quota, what, pin, size_of, dropped);
            if self.disk.bytes() != expected {
                // Something else had to go.
                self.changes.other += 1;
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
        let (_, held) = self.memory.get_or_insert_with(|| (item, SegmentSet::new()));
        if held.contains(segment) {
            return true;
        }
        while self.in_memory + size > quota {
            let Some(first) = held.first().filter(|first| *first < played_until) else {
                return false;
            };
            held.remove(first);
            self.in_memory -= size_of(item, first);
        }
        held.insert(segment);
        self.in_memory += size;
        true
    }

    /// Empties memory, as at the end of a viewing.
    pub(super) fn forget_memory(&mut self, out: &mut Vec<Output>) {
        if let Some((item, held)) = self.memory.take() {
            self.in_memory = Bytes::ZERO;
            if !held.is_empty() {
                out.push(Output::Drops(item));
            }
        }
    }
}

#[cfg(test)]
mod tests;
