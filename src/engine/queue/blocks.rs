//! Storage of entries that wait: bags of any size in blocks of one row, taken from a free list.

/// Entries of a block. Power of two.
const BLOCK: usize = 64;

/// No block; the first block of the row is never given out.
const NONE: u32 = 0;

/// A bag of entries: one past the place of its last entry; 0 when empty.
pub(super) type Bag = u32;

/// An empty bag.
pub(super) const EMPTY: Bag = 0;

/// The blocks of all bags.
#[derive(Debug)]
pub(super) struct Blocks {
    entries: Vec<u128>,
    /// Of each block: the one before it in its bag, or in the free list.
    before: Vec<u32>,
    free: u32,
}

impl Blocks {
    pub(super) fn new() -> Self {
        Self { entries: vec![0; BLOCK], before: vec![NONE], free: NONE }
    }

    /// Puts an entry into a bag; true when the bag took a block for it, as its first entry does.
    #[inline]
    pub(super) fn put(&mut self, bag: &mut Bag, entry: u128) -> bool {
        let at = *bag as usize;
        if !at.is_multiple_of(BLOCK) {
            self.entries[at] = entry;
            *bag += 1;
            return false;
        }
        self.put_in_new_block(bag, entry);
        true
    }

    /// Bytes that were ever in use.
    #[cfg(test)]
    pub(super) const fn bytes(&self) -> usize {
        size_of::<u128>() * self.entries.len() + size_of::<u32>() * self.before.len()
    }

    fn put_in_new_block(&mut self, bag: &mut Bag, entry: u128) {
        let block = if self.free == NONE {
            self.entries.resize(self.entries.len() + BLOCK, 0);
            self.before.push(NONE);
            u32::try_from(self.before.len() - 1).expect("fewer than 2^32 blocks")
        } else {
            let block = self.free;
            self.free = self.before[block as usize];
            block
        };
        self.before[block as usize] = if *bag == EMPTY { NONE } else { last_block(*bag) };
        let first = u32::try_from(block as usize * BLOCK).expect("fewer than 2^32 places");
        self.entries[first as usize] = entry;
        *bag = first + 1;
    }

    /// Moves a part of a bag to the end of `out`; false when the bag is empty.
    #[inline]
    pub(super) fn take_block(&mut self, bag: &mut Bag, out: &mut Vec<u128>) -> bool {
        if *bag == EMPTY {
            return false;
        }
        let block = last_block(*bag);
        out.extend_from_slice(&self.entries[block as usize * BLOCK..*bag as usize]);
        let before = std::mem::replace(&mut self.before[block as usize], self.free);
        self.free = block;
        // The block before is full.
        *bag = if before == NONE { EMPTY } else { (before + 1) * BLOCK as u32 };
        true
    }
}

#[inline]
const fn last_block(bag: Bag) -> u32 {
    (bag - 1) / BLOCK as u32
}
