//! Entries in a row, oldest first, in a ring with holes: what leaves from the middle leaves a hole,
//! and holes are closed when the ring is full. Reads and writes at both ends are in sequence, so a
//! row of a million costs little more than one of a hundred.

use alloc::vec::Vec;

/// No entry.
pub(super) const HOLE: u32 = u32::MAX;

/// Slots of the smallest ring.
const LEAST: usize = 4;

/// The row. Places count up and wrap; a place's slot is its remainder by the length of the ring,
/// which is a power of two.
#[derive(Clone, Debug, Default)]
pub(super) struct Lane {
    slots: Vec<u32>,
    front: u32,
    end: u32,
    held: u32,
}

impl Lane {
    /// Entries in the row.
    pub(super) const fn len(&self) -> usize {
        self.held as usize
    }

    /// Appends `entry` as the newest and notes its place in `places`, as for all that move.
    pub(super) fn push(&mut self, entry: u32, places: &mut [u32]) {
        if self.end.wrapping_sub(self.front) as usize == self.slots.len() {
            self.make_room(places);
        }
        let slot = self.slot(self.end);
        self.slots[slot] = entry;
        places[entry as usize] = self.end;
        self.end = self.end.wrapping_add(1);
        self.held += 1;
    }

    /// Takes out what is at `place`.
    pub(super) fn remove(&mut self, place: u32) {
        let slot = self.slot(place);
        debug_assert!(self.slots[slot] != HOLE, "a place is emptied once");
        self.slots[slot] = HOLE;
        self.held -= 1;
    }

    /// The oldest that is `wanted`.
    pub(super) fn find(&mut self, wanted: impl Fn(u32) -> bool) -> Option<u32> {
        while self.front != self.end && self.slots[self.slot(self.front)] == HOLE {
            self.front = self.front.wrapping_add(1);
        }
        self.newer(self.front.wrapping_sub(1), wanted)
    }

    /// The oldest.
    pub(super) fn oldest(&mut self) -> Option<u32> {
        self.find(|_| true)
    }

    /// The next `wanted` one, newer than what is, or was, at `place`.
    pub(super) fn newer(&self, place: u32, wanted: impl Fn(u32) -> bool) -> Option<u32> {
        let mut at = place.wrapping_add(1);
        while at != self.end {
            let entry = self.slots[self.slot(at)];
            if entry != HOLE && wanted(entry) {
                return Some(entry);
            }
            at = at.wrapping_add(1);
        }
        None
    }

    const fn slot(&self, place: u32) -> usize {
        place as usize & (self.slots.len() - 1)
    }

    /// Doubles a ring that is more than half full, closes the holes of another.
    fn make_room(&mut self, places: &mut [u32]) {
        if 2 * self.len() >= self.slots.len() {
            let mut wider = Vec::with_capacity((2 * self.slots.len()).max(LEAST));
            let mut place = self.front;
            while place != self.end {
                let entry = self.slots[self.slot(place)];
                if entry != HOLE {
                    places[entry as usize] = wider.len() as u32;
                    wider.push(entry);
                }
                place = place.wrapping_add(1);
            }
            wider.resize(wider.capacity().next_power_of_two(), HOLE);
            (self.slots, self.front, self.end) = (wider, 0, self.held);
            return;
        }
        let (mut to, mut place) = (self.front, self.front);
        while place != self.end {
            let entry = self.slots[self.slot(place)];
            if entry != HOLE {
                let slot = self.slot(to);
                self.slots[slot] = entry;
                places[entry as usize] = to;
                to = to.wrapping_add(1);
            }
            place = place.wrapping_add(1);
        }
        self.end = to;
    }
}
