//! Transfers from the first request to the last byte, and the bytes on every link.
//!
//! Invariant: a transfer ends exactly once; what it moved is known to the byte at any time.

use super::observe::{Ending, Via};
use super::paths::Path;
use super::sharing::{FlowId, LinkId, MilliRate, Sharing};
use crate::peer::{CdnCause, Progress, Refusal, Slot};
use crate::units::{BitRate, Bytes, Span, Time};

/// Progress is counted in thousandths of a bit/s times nanoseconds: 10⁻¹² bit.
const UNITS_PER_BYTE: u128 = 8_000_000_000_000;

/// A transfer.
#[derive(Clone, Debug)]
pub(super) struct Transfer {
    /// The receiver.
    pub(super) home: u32,
    pub(super) slot: Slot,
    /// The sender, for peers.
    pub(super) from: Option<u32>,
    pub(super) via: Via,
    pub(super) cause: CdnCause,
    pub(super) segment: u16,
    /// Bytes wanted.
    pub(super) size: Bytes,
    /// Whether the sender's slot is taken.
    pub(super) serving: bool,
    /// Why the sender said no, while that is on its way.
    pub(super) refusal: Option<Refusal>,
    pub(super) path: Path,
    flow: Option<FlowId>,
    /// Changes whenever an announced arrival becomes wrong, and when the transfer ends.
    stamp: u32,
    /// When it was asked for.
    pub(super) asked: Time,
    /// Up to when `moved` is counted.
    since: Time,
    /// When the last byte came, as far as counted.
    last: Time,
    rate: MilliRate,
    moved: u128,
    /// Bytes already reported to the observer.
    reported: Bytes,
    /// When it is announced to arrive.
    due: Time,
    alive: bool,
}

/// All transfers under way.
#[derive(Debug, Default)]
pub(super) struct Transfers {
    all: Vec<Transfer>,
    free: Vec<u32>,
    /// Transfer of each flow.
    of_flow: Vec<u32>,
    /// Bytes over each link, as flows crossed them.
    pub(super) over: Vec<u64>,
    /// Ended transfers by [`Ending`].
    pub(super) ended: [u64; 5],
    pub(super) begun: u64,
}

/// What begins.
pub(super) struct Begin {
    pub(super) home: u32,
    pub(super) slot: Slot,
    pub(super) from: Option<u32>,
    pub(super) via: Via,
    pub(super) cause: CdnCause,
    pub(super) segment: u16,
    pub(super) size: Bytes,
    pub(super) path: Path,
}

impl Transfers {
    pub(super) fn new(links: usize) -> Self {
        Self { over: vec![0; links], ..Self::default() }
    }

    /// A transfer that is asked for; nothing flows yet.
    pub(super) fn ask(&mut self, now: Time, begin: Begin) -> u32 {
        let Begin { home, slot, from, via, cause, segment, size, path } = begin;
        let transfer = Transfer {
            home,
            slot,
            from,
            via,
            cause,
            segment,
            size,
            serving: false,
            refusal: None,
            path,
            flow: None,
            stamp: 0,
            asked: now,
            since: now,
            last: now,
            rate: 0,
            moved: 0,
            reported: Bytes::ZERO,
            due: Time::NEVER,
            alive: true,
        };
        self.begun += 1;
        match self.free.pop() {
            Some(at) => {
                let stamp = self.all[at as usize].stamp;
                self.all[at as usize] = Transfer { stamp, ..transfer };
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

    /// The transfer if it is still the one that `stamp` was given for.
    pub(super) fn current(&self, at: u32, stamp: u32) -> Option<&Transfer> {
        let transfer = &self.all[at as usize];
        (transfer.alive && transfer.stamp == stamp).then_some(transfer)
    }

    pub(super) fn stamp(&self, at: u32) -> u32 {
        self.all[at as usize].stamp
    }

    /// Marks the sender's slot as taken.
    pub(super) fn serve(&mut self, at: u32) {
        self.all[at as usize].serving = true;
    }

    /// Notes that the sender said no.
    pub(super) fn refuse(&mut self, at: u32, why: Refusal) {
        self.all[at as usize].refusal = Some(why);
    }

    /// Lets it flow.
    pub(super) fn flow(&mut self, at: u32, now: Time, cap: Option<BitRate>, sharing: &mut Sharing) {
        let transfer = &mut self.all[at as usize];
        let flow = sharing.start(&transfer.path, cap, 1);
        transfer.flow = Some(flow);
        transfer.since = now;
        transfer.last = now;
        let index = flow.0 as usize;
        if self.of_flow.len() <= index {
            self.of_flow.resize(index + 1, u32::MAX);
        }
        self.of_flow[index] = at;
    }

    pub(super) fn of_flow(&self, flow: FlowId) -> u32 {
        self.of_flow[flow.0 as usize]
    }

    /// Takes over a flow's new rate; the new stamp and arrival when an earlier announcement does
    /// not do. An announcement that has become too early stays and is renewed when it comes up.
    pub(super) fn rerate(&mut self, at: u32, now: Time, rate: MilliRate) -> Option<(Time, u32)> {
        let transfer = &mut self.all[at as usize];
        transfer.advance(now);
        transfer.rate = rate;
        let due = transfer.finish();
        if due >= transfer.due {
            return None;
        }
        transfer.due = due;
        transfer.stamp = transfer.stamp.wrapping_add(1);
        (due != Time::NEVER).then_some((due, transfer.stamp))
    }

    /// At an announced arrival: `None` when all is here, else the next announcement.
    pub(super) fn not_yet(&mut self, at: u32, now: Time) -> Option<(Time, u32)> {
        let transfer = &mut self.all[at as usize];
        transfer.advance(now);
        let due = transfer.finish();
        if due <= now {
            return None;
        }
        transfer.due = due;
        Some((due, transfer.stamp))
    }

    /// Bytes since the last report, put on every link crossed.
    pub(super) fn report(&mut self, at: u32, now: Time) -> Bytes {
        let transfer = &mut self.all[at as usize];
        transfer.advance(now);
        let new = transfer.got() - transfer.reported;
        transfer.reported += new;
        for link in &transfer.path {
            self.over[link.0 as usize] += new.0;
        }
        new
    }

    /// Ends a transfer; its flow too. Report it first.
    pub(super) fn end(&mut self, at: u32, ending: Ending, sharing: &mut Sharing) -> Bytes {
        let transfer = &mut self.all[at as usize];
        debug_assert!(transfer.alive, "a transfer ends once");
        transfer.alive = false;
        transfer.stamp = transfer.stamp.wrapping_add(1);
        if let Some(flow) = transfer.flow.take() {
            sharing.end(flow);
        }
        self.ended[ending as usize] += 1;
        self.free.push(at);
        transfer.got()
    }

    /// Transfers under way, by index.
    pub(super) fn alive(&self) -> impl Iterator<Item = u32> + '_ {
        let alive = self.all.iter().enumerate().filter(|(_, transfer)| transfer.alive);
        alive.map(|(at, _)| at as u32)
    }

    /// Bytes over a link.
    pub(super) fn bytes_over(&self, link: LinkId) -> u64 {
        self.over[link.0 as usize]
    }
}

impl Transfer {
    /// How far it is at `now`.
    pub(super) fn progress(&self, now: Time) -> Progress {
        let more = u128::from(self.rate) * u128::from(now.since(self.since).0);
        let got = Bytes(((self.moved + more) / UNITS_PER_BYTE) as u64).min(self.size);
        Progress { got, last: if self.rate > 0 { now } else { self.last } }
    }

    /// The flow, once bytes move.
    pub(super) const fn flowing(&self) -> Option<FlowId> {
        self.flow
    }

    fn advance(&mut self, now: Time) {
        let moved = u128::from(self.rate) * u128::from(now.since(self.since).0);
        self.moved = (self.moved + moved).min(u128::from(self.size.0) * UNITS_PER_BYTE);
        self.since = now;
        if self.rate > 0 {
            self.last = now;
        }
    }

    fn got(&self) -> Bytes {
        Bytes((self.moved / UNITS_PER_BYTE) as u64)
    }

    /// When the last byte arrives at this rate.
    fn finish(&self) -> Time {
        let left = u128::from(self.size.0) * UNITS_PER_BYTE - self.moved;
        if left == 0 {
            return self.since;
        }
        if self.rate == 0 {
            return Time::NEVER;
        }
        let span = left.div_ceil(u128::from(self.rate));
        self.since + Span(u64::try_from(span).unwrap_or(u64::MAX))
    }
}
