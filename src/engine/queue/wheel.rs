//! A hierarchical wheel of buckets with a sorted leaf.
//!
//! Level 0 has slots 2^`shift` ns wide, each level above slots 1,024 times as wide. An entry waits at
//! the lowest level at which its slot is not the current one; a slot that becomes current is spread
//! over the levels below; a slot of level 0 is sorted and becomes the leaf. So every entry moves two
//! or three times, whatever their number.
//!
//! Invariants: entries come out in order of (time, key), as from a heap. The width of the slots
//! follows from what was put in and taken out before: never from a clock.

use super::blocks::{Bag, Blocks, EMPTY};
use super::leaf::Leaf;
use super::tuning::Tuning;

const BITS: u32 = 10;
const SLOTS: usize = 1 << BITS;
/// Enough for 64 bits at the narrowest.
const LEVELS: usize = 7;
const WORDS: usize = SLOTS / 64;

/// Pending entries (time, key), taken out in this order.
#[derive(Debug)]
pub struct Wheel {
    leaf: Leaf,
    /// Width of a slot of level 0, as a power of two of nanoseconds.
    shift: u32,
    /// Where the slot in the leaf begins.
    cursor: u64,
    len: usize,
    bags: Box<[Bag]>,
    blocks: Blocks,
    /// Per level: slots that hold something, and words of that with a bit set.
    occupied: [[u64; WORDS]; LEVELS],
    words: [u32; LEVELS],
    tuning: Tuning,
    /// Used while a slot moves.
    moving: Vec<u128>,
    /// The time of the entry taken out last, where that is checked.
    last: u64,
}

impl Default for Wheel {
    fn default() -> Self {
        Self::new()
    }
}

impl Wheel {
    /// An empty wheel at time 0.
    pub fn new() -> Self {
        Self::with_room(0)
    }

    /// An empty wheel at time 0, with room for about so many entries.
    pub fn with_room(entries: usize) -> Self {
        Self {
            leaf: Leaf::default(),
            shift: Tuning::FIRST_SHIFT,
            cursor: 0,
            len: 0,
            bags: vec![EMPTY; LEVELS * SLOTS].into(),
            blocks: Blocks::with_room(entries, 2 * SLOTS),
            occupied: [[0; WORDS]; LEVELS],
            words: [0; LEVELS],
            tuning: Tuning::default(),
            moving: Vec::new(),
            last: 0,
        }
    }

    /// Pending entries.
    #[inline]
    pub const fn len(&self) -> usize {
        self.len
    }

    /// Whether nothing is pending.
    #[inline]
    pub const fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Adds an entry; its time is not before that of the entry taken out last.
    #[inline]
    pub fn push(&mut self, time: u64, key: u64) {
        debug_assert!(time >= self.last, "an entry in the past");
        self.len += 1;
        let entry = u128::from(time) << 64 | u128::from(key);
        if time >> self.shift <= self.cursor >> self.shift {
            if !self.leaf.insert(entry) {
                self.crowded();
            }
        } else {
            self.wait(entry);
        }
    }

    /// Takes the earliest entry; among those of one time, that of the smallest key.
    #[inline]
    pub fn pop(&mut self) -> Option<(u64, u64)> {
        let entry = match self.leaf.pop() {
            Some(entry) => entry,
            None => self.refill()?,
        };
        self.len -= 1;
        if cfg!(debug_assertions) {
            self.last = (entry >> 64) as u64;
        }
        Some(((entry >> 64) as u64, entry as u64))
    }

    /// The entry `places` after the next one, when it is known without looking for it: a hint at what
    /// to fetch from memory. What is put in meanwhile may come before it.
    #[inline]
    pub fn ahead(&self, places: usize) -> Option<(u64, u64)> {
        let entry = self.leaf.ahead(places)?;
        Some(((entry >> 64) as u64, entry as u64))
    }

    /// Bytes taken from the system.
    pub fn bytes(&self) -> usize {
        let moving = self.moving.capacity() * size_of::<u128>();
        size_of_val(&*self.bags) + self.blocks.bytes() + self.leaf.bytes() + moving
    }

    /// Width of a slot now, as a power of two of nanoseconds.
    pub const fn shift(&self) -> u32 {
        self.shift
    }

    /// Puts an entry into its slot.
    #[inline]
    fn wait(&mut self, entry: u128) {
        let time = (entry >> 64) as u64;
        let differs = (time ^ self.cursor) >> self.shift;
        let level = (63 - (differs | 1).leading_zeros()) / BITS;
        let slot = (time >> (self.shift + level * BITS)) as usize % SLOTS;
        let level = level as usize;
        if self.blocks.put(&mut self.bags[level * SLOTS + slot], entry) {
            self.occupied[level][slot / 64] |= 1 << (slot % 64);
            self.words[level] |= 1 << (slot / 64);
        }
    }

    /// Loads the used-up leaf and takes its first entry.
    #[inline(never)]
    fn refill(&mut self) -> Option<u128> {
        if self.len == 0 {
            return None;
        }
        if let Some(shift) = self.tuning.wanted(self.shift, self.len) {
            self.rebuild(shift);
        }
        self.advance();
        self.leaf.pop()
    }

    /// Loads the leaf with the next slot.
    fn advance(&mut self) {
        loop {
            let (level, slot) = self.next_slot();
            let width = self.shift + level as u32 * BITS;
            let above = width + BITS;
            let start = if above < 64 { self.cursor >> above << above } else { 0 };
            self.cursor = start | (slot as u64) << width;
            if level == 0 {
                let bag = self.vacate(level, slot);
                let (count, times) = self.leaf.load(bag, &mut self.blocks, self.shift);
                self.tuning.loaded(count, times);
                return;
            }
            let bag = self.vacate(level, slot);
            self.spread(bag);
        }
    }

    /// The earliest slot that holds something.
    fn next_slot(&self) -> (usize, usize) {
        for level in 0..LEVELS {
            let width = self.shift + level as u32 * BITS;
            if self.words[level] == 0 || width >= 64 {
                continue;
            }
            let from = (self.cursor >> width) as usize % SLOTS;
            let word = from / 64;
            let rest = self.occupied[level][word] & (u64::MAX << (from % 64));
            if rest != 0 {
                return (level, word * 64 + rest.trailing_zeros() as usize);
            }
            let later = self.words[level] & (u32::MAX << word << 1);
            if later != 0 {
                let word = later.trailing_zeros() as usize;
                let bits = self.occupied[level][word];
                return (level, word * 64 + bits.trailing_zeros() as usize);
            }
        }
        unreachable!("what is pending is in a slot at or after the current one")
    }

    /// Takes the bag of a slot.
    fn vacate(&mut self, level: usize, slot: usize) -> Bag {
        let bits = &mut self.occupied[level][slot / 64];
        *bits &= !(1 << (slot % 64));
        if *bits == 0 {
            self.words[level] &= !(1 << (slot / 64));
        }
        std::mem::replace(&mut self.bags[level * SLOTS + slot], EMPTY)
    }

    /// Puts what is in a bag where it belongs now.
    fn spread(&mut self, mut bag: Bag) {
        let mut moving = std::mem::take(&mut self.moving);
        while self.blocks.take_block(&mut bag, &mut moving) {
            for entry in moving.drain(..) {
                self.wait(entry);
            }
        }
        self.moving = moving;
    }

    /// Much more comes for the slot in the leaf than when its width was found.
    #[cold]
    fn crowded(&mut self) {
        if !self.tuning.crowded(self.len) {
            return;
        }
        let all = self.leaf.empty();
        let time = |entry: &u128| (entry >> 64) as u64;
        let (next, soon) = (all.len() - 1, all.len() - all.len() / 4);
        let span = time(&all[soon]) - time(&all[next]);
        let shift = Tuning::shift_for(span, (next - soon) as u64).min(self.shift);
        if shift == self.shift {
            self.leaf.restore(all);
            return;
        }
        self.cursor = time(&all[next]);
        self.rebuild(shift);
        all.into_iter().for_each(|entry| self.wait(entry));
        // What goes to the slot of the cursor from now on goes to the leaf.
        self.advance();
    }

    /// Sorts everything into slots of another width.
    #[cold]
    fn rebuild(&mut self, shift: u32) {
        let bags = std::mem::replace(&mut self.bags, vec![EMPTY; LEVELS * SLOTS].into());
        self.occupied = [[0; WORDS]; LEVELS];
        self.words = [0; LEVELS];
        self.shift = shift;
        for bag in bags {
            self.spread(bag);
        }
    }
}

#[cfg(test)]
mod tests;
