//! Transfers of viewers by slot. A home has a seat while it watches, so that others need no room.

use super::host::NONE;
use crate::peer::Slot;

/// The transfer in each slot of a viewer.
pub(super) type Slots = [u32; Slot::COUNT];

const EMPTY: Slots = [NONE; Slot::COUNT];

/// The seats. A home's is named by a number that it keeps, [`NONE`] while it has none.
#[derive(Debug, Default)]
pub(super) struct Seats {
    all: Vec<Slots>,
    /// What is watched from each, as numbered in the world.
    intents: Vec<u32>,
    free: Vec<u32>,
}

impl Seats {
    /// Gives an empty seat to watch an intent.
    pub(super) fn take(&mut self, intent: u32) -> u32 {
        let seat = self.free.pop().unwrap_or_else(|| {
            self.all.push(EMPTY);
            self.intents.push(intent);
            self.all.len() as u32 - 1
        });
        self.intents[seat as usize] = intent;
        seat
    }

    /// Another intent is watched from a seat.
    pub(super) fn go_on(&mut self, seat: u32, intent: u32) {
        self.intents[seat as usize] = intent;
    }

    /// The intent that is watched from a seat.
    pub(super) fn intent(&self, seat: u32) -> u32 {
        self.intents[seat as usize]
    }

    /// Takes back a seat whose transfers have all ended.
    pub(super) fn give_back(&mut self, seat: u32) {
        debug_assert_eq!(*self.slots(seat), EMPTY, "transfers end before their viewing");
        self.free.push(seat);
    }

    /// The transfers of a seat; none of nobody.
    pub(super) fn slots(&self, seat: u32) -> &Slots {
        self.all.get(seat as usize).unwrap_or(&EMPTY)
    }

    /// Puts a transfer, or [`NONE`], into a slot.
    pub(super) fn set(&mut self, seat: u32, slot: Slot, transfer: u32) {
        self.all[seat as usize][usize::from(slot.0)] = transfer;
    }
}
