//! What a policy that does not go by use alone notes of the items of a device.

use alloc::vec::Vec;

use super::rows::Stays;
use crate::peer::segments::{Key, Row};
use crate::units::Bytes;

/// What is noted of an item.
#[derive(Clone, Copy, Debug)]
pub(super) struct Note {
    pub(super) key: Key,
    /// Viewings since it came in, as far as its policy counts.
    pub(super) uses: u16,
    /// A policy's own: which row it is in, or whether it was used.
    pub(super) mark: u8,
    /// Held of it.
    pub(super) bytes: Bytes,
    /// A policy's own: what it is worth.
    pub(super) value: u64,
}

/// The notes of one device.
#[derive(Clone, Debug, Default)]
pub(super) struct Book {
    /// In order of use or of arrival, as the policy wants.
    pub(super) notes: Vec<Note>,
    /// Names of items that left, oldest first.
    pub(super) ghosts: Vec<Key>,
    /// What the last victim was worth.
    pub(super) age: u64,
    /// Where the hand is.
    pub(super) hand: usize,
}

impl Book {
    /// The note of an item. The last is looked for most.
    pub(super) fn find(&self, key: Key) -> Option<usize> {
        self.notes.iter().rposition(|note| note.key == key)
    }

    /// Makes the note at `at` the last.
    pub(super) fn renew(&mut self, at: usize) {
        let note = self.notes[at];
        self.notes.copy_within(at + 1.., at);
        if let Some(last) = self.notes.last_mut() {
            *last = note;
        }
    }
}

/// Where room is to be made.
pub(super) struct Stock<'a> {
    /// What is held, items in order of use.
    pub(super) runs: &'a [Row],
    pub(super) stays: Stays<'a>,
    pub(super) book: &'a mut Book,
}

impl Stock<'_> {
    /// The first run of an item of which something may go. Victims are old: it is looked for from
    /// the least recently used on.
    pub(super) fn free(&self, key: Key) -> Option<usize> {
        let first = self.runs.iter().position(|row| row.key == key)?;
        let count = self.runs[first..].iter().take_while(|row| row.key == key).count();
        self.stays.frees(&self.runs[first..first + count]).then_some(first)
    }

    /// The first run of the item worth least of those that may go, the first noted among equals,
    /// and what it is worth.
    pub(super) fn least(&self) -> Option<(usize, u64)> {
        let notes = &self.book.notes;
        let (at, least) = notes.iter().enumerate().min_by_key(|(_, note)| note.value)?;
        // Nearly always it may go.
        if let Some(first) = self.free(least.key) {
            return Some((first, least.value));
        }
        let mut beyond = Some((least.value, at));
        loop {
            let mut best: Option<(u64, usize)> = None;
            for (at, note) in self.book.notes.iter().enumerate() {
                let worth = (note.value, at);
                if beyond.is_none_or(|tried| worth > tried) && best.is_none_or(|b| worth < b) {
                    best = Some(worth);
                }
            }
            let (value, at) = best?;
            if let Some(first) = self.free(self.book.notes[at].key) {
                return Some((first, value));
            }
            beyond = best;
        }
    }
}
