//! What a device has: its disk, and memory for the item being watched.
//!
//! Segments go to disk when the disk is at least as large as memory; a device without a disk keeps
//! the watched item in memory, serves it from there, and forgets it when the viewing ends.
//! Invariants: neither part ever exceeds its quota; unplayed segments of the watched item stay.

use alloc::boxed::Box;
use alloc::vec::Vec;

use super::cache::{Cache, Pin, Rules};
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
        self.0 = self.of_others() | ((self.0 + 1) & (Self::OTHER - 1));
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

/// What a device has, to be looked at.
#[derive(Clone, Copy, Debug)]
pub struct Stored<'a> {
    pub(super) disk: &'a Cache,
    pub(super) memory: Option<&'a Cache>,
}

impl<'a> Stored<'a> {
    /// What is kept between viewings.
    pub const fn disk(self) -> &'a Cache {
        self.disk
    }

    /// Every item of which something is held, each once.
    pub fn items(self) -> impl Iterator<Item = Item> + 'a {
        let in_memory = self.memory.into_iter().flat_map(Cache::holdings);
        let beside = in_memory.filter(move |held| self.disk.get(held.item).is_none());
        self.disk.holdings().chain(beside).map(|held| held.item)
    }

    /// Bytes in memory.
    pub fn in_memory(self) -> Bytes {
        self.memory.map_or(Bytes::ZERO, Cache::bytes)
    }

    /// What is held of `item`; `None` when nothing is.
    pub fn get(self, item: Item) -> Option<Segments<'a>> {
        self.memory.and_then(|memory| memory.get(item)).or_else(|| self.disk.get(item))
    }
}

/// Disk and memory of one device, put together while they change: between two inputs a viewer has
/// the memory, and a device that sleeps has no room for one.
#[derive(Debug, Default)]
pub(super) struct Store {
    pub(super) disk: Cache,
    /// Of the item watched, while there is one.
    pub(super) memory: Option<Box<Cache>>,
    pub(super) changes: Changes,
}

impl Store {
    /// To be looked at.
    pub(super) fn stored(&self) -> Stored<'_> {
        Stored { disk: &self.disk, memory: self.memory.as_deref() }
    }

    /// What is held of `item`; `None` when nothing is.
    pub(super) fn get(&self, item: Item) -> Option<Segments<'_>> {
        self.stored().get(item)
    }

    /// Bytes that can be held ahead of the play position while nothing is being sent.
    pub(super) fn room(config: &Config) -> Bytes {
        if Self::on_disk(config) { config.disk } else { config.memory }
    }

    /// Whether segments go to disk.
    pub(super) fn on_disk(config: &Config) -> bool {
        config.cache.keeps() && config.disk >= config.memory
    }

    /// How the disk is kept.
    pub(super) const fn rules(config: &Config) -> Rules {
        Rules { policy: config.cache, grain: config.grain, quota: config.disk }
    }

    /// Bytes that stay because they are being sent, beside what is pinned.
    pub(super) fn sending(&self, pin: Pin, size_of: &dyn Fn(Item, u16) -> Bytes) -> Bytes {
        self.disk.sending(self.memory.as_deref(), Some(pin), size_of)
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
        if Self::on_disk(config) {
            let expected = self.disk.bytes() + size;
            let (rules, what) = (Self::rules(config), (item, segment, size));
            let kept = self.disk.insert(rules, what, pin, size_of, dropped);
            if self.disk.bytes() != expected {
                // Something else had to go.
                self.changes.other();
            }
            return kept;
        }
        let Some(pin) = pin else { return false };
        self.put_in_memory(config.memory, (item, segment, size), (pin, dropped), size_of)
    }

    fn put_in_memory(
        &mut self,
        quota: Bytes,
        (item, segment, size): (Item, u16, Bytes),
        (pin, dropped): (Pin, &mut Vec<Item>),
        size_of: &dyn Fn(Item, u16) -> Bytes,
    ) -> bool {
        let memory = self.memory.get_or_insert_default();
        if memory.get(item).is_some_and(|held| held.contains(segment)) {
            return true;
        }
        while memory.bytes() + size > quota {
            match memory.evict_played(pin, &self.disk, size_of, dropped) {
                Some(gone) if gone != item => self.changes.other(),
                Some(_) => {}
                None => return false,
            }
        }
        memory.add(item, segment, size);
        // Another has come in its place, so that the item stays.
        dropped.retain(|gone| *gone != item);
        true
    }

    /// Gives up what is on disk of `item`, but for what is being sent: nobody watches it again.
    pub(super) fn forget(
        &mut self,
        item: Item,
        size_of: &dyn Fn(Item, u16) -> Bytes,
        out: &mut Vec<Output>,
    ) {
        let mut dropped = Vec::new();
        self.disk.forget(item, size_of, &mut dropped);
        out.extend(dropped.into_iter().map(Output::Drops));
    }

    /// Empties memory, as at the end of a viewing. An upload under way has read what it sends.
    pub(super) fn forget_memory(&mut self, out: &mut Vec<Output>) {
        if let Some(memory) = self.memory.take() {
            out.extend(memory.holdings().map(|held| Output::Drops(held.item)));
        }
    }
}

#[cfg(test)]
mod tests;
