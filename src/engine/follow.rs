//! What is told of the one home that an observer follows. Whoever follows nobody pays nothing: the
//! question is answered when the program is built.

use super::causes::Why;
use super::host::NONE;
use super::meter::Meter;
use super::observe::{Ending, Observer, Via};
use super::sharing::FlowId;
use super::{Engine, Input, Item, Output, Time};
use crate::peer::{Knows, Refusal, Slot, Waiting};
use crate::units::{BitRate, Bytes};

/// What happens to a home that is followed.
#[derive(Clone, Copy, Debug)]
pub enum Followed<'a> {
    /// Its peer heard something and decided; [`Self::Does`] follows for each thing it does.
    Decides {
        /// What it heard.
        input: Input<'a>,
        /// What it knew then; `None` when nobody watches any more.
        knows: Option<&'a Knows>,
        /// What it does.
        outputs: &'a [Output],
    },
    /// One thing it does.
    Does(&'a Output),
    /// What it asks for in this slot goes there.
    Asks {
        /// The name of the transfer.
        slot: Slot,
        /// From what kind of place.
        via: Via,
        /// For the CDN: why not from a peer, and why from that tier.
        why: Why,
    },
    /// Its picture stands still, and what it waits for comes in this slot.
    Waits {
        /// The name of the transfer.
        slot: Slot,
        /// How fast it comes now.
        rate: BitRate,
        /// What has come of it.
        got: Bytes,
    },
    /// Its box goes on or off.
    Power(bool),
    /// Another home asked it for a segment.
    Asked {
        /// Who.
        by: u32,
        /// Of what.
        item: Item,
        /// Which segment.
        segment: u16,
        /// Why it does not send, or stops sending.
        answer: Result<(), Refusal>,
    },
    /// It is done with sending a segment.
    Sent {
        /// To whom.
        to: u32,
        /// Of what.
        item: Item,
        /// Which segment.
        segment: u16,
        /// How that ended.
        ending: Ending,
        /// How much it sent.
        bytes: Bytes,
    },
}

impl<O: Observer, M: Meter> Engine<'_, O, M> {
    /// Whether somebody follows a home.
    #[inline]
    pub(super) fn is_followed(&self, home: u32) -> bool {
        self.watch.follows() == Some(home)
    }

    /// Tells of a home, when it is followed.
    #[inline]
    pub(super) fn follow(&mut self, home: u32, what: Followed<'_>) {
        if self.is_followed(home) {
            self.watch.followed(self.now, what);
        }
    }

    /// Tells what the peer of a home that is followed decided.
    #[cold]
    pub(super) fn follow_decision(&mut self, home: u32, input: Input<'_>, outputs: &[Output]) {
        let at = home as usize;
        let config = &self.configs[usize::from(self.homes[at].device)];
        let knows = self.peers[at].knows(config, self.now, outputs);
        let decides = Followed::Decides { input, knows: knows.as_ref(), outputs };
        self.watch.followed(self.now, decides);
    }

    /// Tells what the picture of a home that is followed waits for.
    #[cold]
    pub(super) fn follow_waiting(&mut self, home: u32, waiting: Waiting) {
        let Waiting::For(slot) = waiting else {
            return;
        };
        let transfer = self.slots(home)[usize::from(slot.0)];
        if transfer == NONE {
            return;
        }
        let flowing = self.transfers.get(transfer).flowing();
        let rate = if flowing { self.sharing.rate(FlowId(transfer)) / 1000 } else { 0 };
        let got = self.transfers.got(transfer, self.now, &self.sharing);
        self.watch.followed(self.now, Followed::Waits { slot, rate: BitRate(rate), got });
    }

    /// Settles the books at the observer's marks that lie before `next`; whether it wants no more.
    #[cold]
    pub(super) fn pass_marks(&mut self, next: Time) -> bool {
        loop {
            let mark = self.watch.mark();
            if mark >= next {
                return false;
            }
            self.now = self.now.max(mark);
            let alive: Vec<u32> = self.transfers.alive().collect();
            alive.into_iter().for_each(|transfer| self.report(transfer));
            if self.watch.marked(self.now) {
                return true;
            }
        }
    }
}
