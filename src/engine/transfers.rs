//! Transfers from the first request to the last byte, and the bytes on every link.
//!
//! Invariant: a transfer ends exactly once; what it moved is known to the byte at any time.

use super::ahead::near;
use super::causes::Why;
use super::connection::Carrier;
use super::host::NONE;
use super::observe::{Ending, Via};
use super::paths::Path;
use super::queue::FIELD;
use super::sharing::{Demand, FlowId, LinkId, Sharing, UNITS_PER_BYTE};
use crate::peer::{Class, Item, Refusal, Slot};
use crate::units::{BitRate, Bytes, Time};

/// How far a transfer is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum State {
    /// Over: another may have its place.
    Over,
    /// The request is under way, or a refusal, or what came is being verified.
    Asked,
    /// The sender comes to it when it is done with what the receiver asked for earlier.
    Queued,
    /// All of it is here, and being verified.
    Verifying,
    /// The first byte is under way.
    Answered,
    /// It crosses links, as the flow of its own number.
    Flowing,
}

/// A transfer: one cache line.
#[derive(Clone, Copy, Debug)]
#[repr(align(64))]
pub(super) struct Transfer {
    /// Bytes wanted.
    pub(super) size: Bytes,
    /// Bytes already reported to the observer.
    reported: Bytes,
    /// When it was asked for.
    pub(super) asked: Time,
    /// When it was asked for, or began to flow.
    pub(super) last: Time,
    /// The receiver.
    pub(super) home: u32,
    /// The sender, or [`NONE`].
    from: u32,
    /// Changes when the transfer ends.
    stamp: u32,
    title: u32,
    rung: u8,
    pub(super) slot: Slot,
    pub(super) segment: u16,
    pub(super) via: Via,
    pub(super) why: Why,
    /// Why the sender said no, while that is on its way.
    pub(super) refusal: Option<Refusal>,
    /// How urgent the request says it is.
    pub(super) class: Option<Class>,
    state: State,
    pub(super) carrier: Carrier,
}

const _: () = assert!(size_of::<Transfer>() == 64, "one cache line");

/// All transfers under way.
#[derive(Debug, Default)]
pub(super) struct Transfers {
    all: Vec<Transfer>,
    free: Vec<u32>,
    /// Bytes over each link, as flows crossed them.
    pub(super) over: Vec<u64>,
    /// Ended transfers by [`Ending`].
    pub(super) ended: [u64; 7],
    pub(super) begun: u64,
}

/// What begins.
#[derive(Clone, Copy)]
pub(super) struct Begin {
    pub(super) home: u32,
    pub(super) slot: Slot,
    pub(super) from: Option<u32>,
    pub(super) via: Via,
    pub(super) why: Why,
    pub(super) item: Item,
    pub(super) segment: u16,
    pub(super) size: Bytes,
    pub(super) class: Option<Class>,
}

impl Transfers {
    pub(super) fn new(links: usize) -> Self {
        Self { over: vec![0; links], ..Self::default() }
    }

    /// A transfer that is asked for; nothing flows yet.
    pub(super) fn ask(&mut self, now: Time, begin: Begin) -> u32 {
        let Begin { home, slot, from, via, why, item, segment, size, class } = begin;
        self.begun += 1;
        let at = self.free.pop();
        let transfer = Transfer {
            size,
            reported: Bytes::ZERO,
            asked: now,
            last: now,
            home,
            from: from.unwrap_or(NONE),
            stamp: at.map_or(0, |at| self.all[at as usize].stamp),
            title: item.title,
            rung: item.rung,
            slot,
            segment,
            via,
            why,
            refusal: None,
            class,
            state: State::Asked,
            carrier: Carrier::NEW,
        };
        match at {
            Some(at) => {
                self.all[at as usize] = transfer;
                at
            }
            None => {
                self.all.push(transfer);
                self.all.len() as u32 - 1
            }
        }
    }

    pub(super) fn get(&self, at: u32) -> &Transfer {
        &self.all[at as usize]
    }

    /// Asks for a transfer that will be needed soon.
    pub(super) fn ask_for(&self, at: u32) {
        near(&self.all[at as usize]);
    }

    /// The connection under a transfer.
    pub(super) fn carrier(&mut self, at: u32) -> &mut Carrier {
        &mut self.all[at as usize].carrier
    }

    /// The transfer if it is still the one that `stamp` was given for.
    pub(super) fn current(&self, at: u32, stamp: u32) -> Option<&Transfer> {
        let transfer = &self.all[at as usize];
        (transfer.alive() && transfer.stamp == stamp).then_some(transfer)
    }

    pub(super) fn stamp(&self, at: u32) -> u32 {
        self.all[at as usize].stamp
    }

    /// Marks the sender's slot as taken.
    pub(super) fn serve(&mut self, at: u32) {
        self.all[at as usize].state = State::Answered;
    }

    /// Notes that the sender said no.
    pub(super) fn refuse(&mut self, at: u32, why: Refusal) {
        let transfer = &mut self.all[at as usize];
        (transfer.refusal, transfer.state) = (Some(why), State::Asked);
    }

    /// Puts it behind what the same receiver asked the sender for earlier.
    pub(super) fn queue(&mut self, at: u32) {
        self.all[at as usize].state = State::Queued;
    }

    /// Lets the receiver verify what has come.
    pub(super) fn verify(&mut self, at: u32) {
        self.all[at as usize].state = State::Verifying;
    }

    /// Takes it from its sender, with what has come and was reported; it has not ended.
    pub(super) fn stop(&mut self, at: u32, now: Time, sharing: &mut Sharing) {
        let transfer = &mut self.all[at as usize];
        if transfer.flowing() {
            sharing.end(FlowId(at), now);
        }
        transfer.state = State::Asked;
        transfer.last = now;
    }

    /// Lets it flow over its links, held to a cap and with a weight.
    pub(super) fn flow(
        &mut self,
        at: u32,
        now: Time,
        path: &Path,
        (cap, weight): (Option<BitRate>, u32),
        sharing: &mut Sharing,
    ) {
        let transfer = &mut self.all[at as usize];
        let demand = Demand { size: transfer.size, cap, weight };
        sharing.start(FlowId(at), now, path, demand);
        transfer.state = State::Flowing;
        transfer.last = now;
    }

    /// What came by `now` and can be gone on from: nothing while it is being verified.
    pub(super) fn got(&self, at: u32, now: Time, sharing: &Sharing) -> Bytes {
        let transfer = &self.all[at as usize];
        if transfer.verifying() { Bytes::ZERO } else { transfer.got(FlowId(at), now, sharing) }
    }

    /// When the last byte came, or when it was asked for; who verifies waits for nobody.
    pub(super) fn last(&self, at: u32, now: Time, sharing: &Sharing) -> Time {
        let transfer = &self.all[at as usize];
        if transfer.verifying() {
            return now;
        }
        let last = if transfer.flowing() { sharing.last(FlowId(at), now) } else { None };
        last.unwrap_or(transfer.last)
    }

    /// Bytes of a flowing transfer since the last report, put on every link it crosses.
    pub(super) fn report(&mut self, at: u32, now: Time, path: &Path, sharing: &Sharing) -> Bytes {
        let transfer = &mut self.all[at as usize];
        let new = transfer.got(FlowId(at), now, sharing) - transfer.reported;
        transfer.reported += new;
        for link in path {
            self.over[link.0 as usize] += new.0;
        }
        new
    }

    /// Ends a transfer; its flow too. Report it first.
    pub(super) fn end(
        &mut self,
        at: u32,
        now: Time,
        ending: Ending,
        sharing: &mut Sharing,
    ) -> Bytes {
        let transfer = &mut self.all[at as usize];
        debug_assert!(transfer.alive(), "a transfer ends once");
        transfer.stamp = (transfer.stamp + 1) & FIELD;
        if transfer.flowing() {
            sharing.end(FlowId(at), now);
        }
        transfer.state = State::Over;
        self.ended[ending as usize] += 1;
        self.free.push(at);
        transfer.reported
    }

    /// Transfers under way, by index.
    pub(super) fn alive(&self) -> impl Iterator<Item = u32> + '_ {
        let alive = self.all.iter().enumerate().filter(|(_, transfer)| transfer.alive());
        alive.map(|(at, _)| at as u32)
    }

    /// Bytes over a link.
    pub(super) fn bytes_over(&self, link: LinkId) -> u64 {
        self.over[link.0 as usize]
    }
}

impl Transfer {
    /// The sender, for peers.
    pub(super) fn from(&self) -> Option<u32> {
        (self.from != NONE).then_some(self.from)
    }

    /// What it is a segment of.
    pub(super) const fn item(&self) -> Item {
        Item { title: self.title, rung: self.rung }
    }

    fn alive(&self) -> bool {
        self.state != State::Over
    }

    /// Whether the sender has said yes, so that its slot is taken.
    pub(super) fn answered(&self) -> bool {
        self.state >= State::Answered
    }

    /// Whether all of it is here, and being verified.
    pub(super) fn verifying(&self) -> bool {
        self.state == State::Verifying
    }

    /// Whether it waits for the sender to be done with earlier ones.
    pub(super) fn queued(&self) -> bool {
        self.state == State::Queued
    }

    /// Whether its bytes are on their way, or wait at the sender.
    pub(super) fn flowing(&self) -> bool {
        self.state == State::Flowing
    }

    fn got(&self, id: FlowId, now: Time, sharing: &Sharing) -> Bytes {
        if !self.flowing() {
            return self.reported;
        }
        let all = u128::from(self.size.0) * UNITS_PER_BYTE;
        Bytes(((all - sharing.left(id, now)) / UNITS_PER_BYTE) as u64)
    }
}
