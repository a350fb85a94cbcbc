//! Storage of entries that wait: bags of any size in blocks of one row, taken from a free list.

/// Entries of a block, at least and at most; powers of two. Long blocks are read in a row, short ones
/// leave less unused.
const SHORT: usize = 16;
const LONG: usize = 64;

/// No block; the first block of the row is never given out.
const NONE: u32 = 0;

/// A bag of entries: one past the place of its last entry; 0 when empty.
pub(super) type Bag = u32;

/// An empty bag.
pub(super) const EMPTY: Bag = 0;

/// The blocks of all bags.
#[derive(Debug)]
pub(super) struct Blocks {
    /// Entries of a block, as a power of two.
    bits: u32,
    entries: Vec<u128>,
    /// Of each block: the one before it in its bag, or in the free list.
    before: Vec<u32>,
    free: u32,
}

impl Blocks {
    /// With room for about so many entries, which lie in up to `bags` bags; 0 when nothing is known.
    pub(super) fn with_room(entries: usize, bags: usize) -> Self {
        // Half a block of each bag is empty: a sixteenth of all is given for that.
        let block = if entries == 0 { LONG } else { (entries / bags / 8).next_power_of_two() };
        let block = block.clamp(SHORT, LONG);
        let blocks = 1 + entries.div_ceil(block) + if entries == 0 { 0 } else { bags / 2 };
        let mut new = Self {
            bits: block.ilog2(),
            entries: Vec::with_capacity(blocks * block),
            before: Vec::with_capacity(blocks),
            free: NONE,
        };
        new.entries.resize(block, 0);
        new.before.push(NONE);
        new
    }

    /// Puts an entry into a bag; true when the bag took a block for it, as its first entry does.
    #[inline]
    pub(super) fn put(&mut self, bag: &mut Bag, entry: u128) -> bool {
        let at = *bag as usize;
        if at & ((1 << self.bits) - 1) != 0 {
            self.entries[at] = entry;
            *bag += 1;
            return false;
        }
        self.put_in_new_block(bag, entry);
        true
    }

    /// Bytes taken from the system.
    pub(super) const fn bytes(&self) -> usize {
        size_of::<u128>() * self.entries.capacity() + size_of::<u32>() * self.before.capacity()
    }

    /// An eighth more room than is used: doubling would leave up to half of the memory unused.
    #[cold]
    fn grow(&mut self) {
        let blocks = self.before.len() / 8 + 1;
        self.before.reserve_exact(blocks);
        self.entries.reserve_exact(blocks << self.bits);
    }

    fn put_in_new_block(&mut self, bag: &mut Bag, entry: u128) {
        let block = if self.free == NONE {
            if self.before.len() == self.before.capacity() {
                self.grow();
            }
            self.entries.resize(self.entries.len() + (1 << self.bits), 0);
            self.before.push(NONE);
            u32::try_from(self.before.len() - 1).expect("fewer than 2^32 blocks")
        } else {
            let block = self.free;
            self.free = self.before[block as usize];
            block
        };
        self.before[block as usize] = if *bag == EMPTY { NONE } else { self.last_block(*bag) };
        let first = u32::try_from((block as usize) << self.bits).expect("fewer than 2^32 places");
        self.entries[first as usize] = entry;
        *bag = first + 1;
    }

    /// Moves a part of a bag to the end of `out`; false when the bag is empty.
    #[inline]
    pub(super) fn take_block(&mut self, bag: &mut Bag, out: &mut Vec<u128>) -> bool {
        if *bag == EMPTY {
            return false;
        }
        let block = self.last_block(*bag);
        out.extend_from_slice(&self.entries[(block as usize) << self.bits..*bag as usize]);
        let before = std::mem::replace(&mut self.before[block as usize], self.free);
        self.free = block;
        // The block before is full.
        *bag = if before == NONE { EMPTY } else { (before + 1) << self.bits };
        true
    }

    #[inline]
    const fn last_block(&self, bag: Bag) -> u32 {
        (bag - 1) >> self.bits
    }
}
