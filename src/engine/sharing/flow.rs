//! A flow: its rate, what it has still to bring, and when it was said to end.

use super::{MilliRate, UNITS_PER_BYTE};
use crate::units::{Bytes, Span, Time};

/// No link in a flow's record.
pub(super) const NO_LINK: u32 = u32::MAX;

const ALIVE: u32 = 1;
const DIRTY: u32 = 2;
const ROUTED: u32 = 4;

/// What comes of an announced end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Arrival {
    /// All is here.
    Done,
    /// It has been slowed down since: announce it anew, for this time.
    Later(Time),
    /// Slowed down to nothing: it is announced when it moves again.
    Halted,
    /// Another announcement holds.
    Stale,
}

/// One cache line.
#[derive(Clone, Debug)]
#[repr(align(64))]
pub(super) struct Flow {
    /// What is left, in 10⁻¹² bit, at `since`.
    left: u128,
    pub(super) rate: MilliRate,
    pub(super) cap: MilliRate,
    /// Up to when `left` is counted: when the rate last changed; under `fifo`, when its turn comes.
    since: Time,
    /// When it is announced to end: the earliest announcement that still stands.
    due: Time,
    /// The narrow links it crosses.
    pub(super) links: [u32; 2],
    pub(super) weight: u32,
    flags: u32,
}

impl Default for Flow {
    fn default() -> Self {
        Self {
            left: 0,
            rate: 0,
            cap: 0,
            since: Time::ZERO,
            due: Time::NEVER,
            links: [NO_LINK; 2],
            weight: 1,
            flags: 0,
        }
    }
}

impl Flow {
    /// Begins anew in this record.
    #[inline]
    pub(super) fn begin(&mut self, now: Time, size: Bytes, cap: MilliRate, weight: u32) {
        *self = Self {
            left: u128::from(size.0) * UNITS_PER_BYTE,
            cap,
            since: now,
            weight,
            // One that ended in this instant is still on the list.
            flags: ALIVE | self.flags & DIRTY,
            ..Self::default()
        };
    }

    /// Adds a narrow link to its path.
    #[inline]
    pub(super) fn cross(&mut self, link: u32) {
        let free = self.links.iter_mut().find(|at| **at == NO_LINK);
        *free.expect("at most two narrow links") = link;
    }

    #[inline]
    pub(super) const fn alive(&self) -> bool {
        self.flags & ALIVE != 0
    }

    /// Whether it crosses wide links.
    #[inline]
    pub(super) const fn routed(&self) -> bool {
        self.flags & ROUTED != 0
    }

    pub(super) const fn set_routed(&mut self) {
        self.flags |= ROUTED;
    }

    /// Marks it as one whose rate may change; false when it was.
    #[inline]
    pub(super) const fn soil(&mut self) -> bool {
        let new = self.flags & DIRTY == 0;
        self.flags |= DIRTY;
        new
    }

    /// Takes the mark away; false when it ended meanwhile.
    #[inline]
    pub(super) const fn clean(&mut self) -> bool {
        self.flags &= !DIRTY;
        self.alive()
    }

    /// Ends it. The mark stays, as it is still on the list.
    #[inline]
    pub(super) const fn stop(&mut self) {
        self.flags &= DIRTY;
        self.rate = 0;
        self.links = [NO_LINK; 2];
        self.due = Time::NEVER;
    }

    /// When its last byte came; `None` while it waits for its turn.
    pub(super) fn last(&self, now: Time) -> Option<Time> {
        if self.rate == 0 { Some(self.since) } else { (now >= self.since).then_some(now) }
    }

    #[inline]
    pub(super) fn left_at(&self, now: Time) -> u128 {
        let moved = u128::from(self.rate) * u128::from(now.since(self.since).0);
        self.left.saturating_sub(moved)
    }

    /// Takes over a rate; its end when that comes before the announced one.
    #[inline]
    pub(super) fn rerate(&mut self, now: Time, rate: MilliRate) -> Option<Time> {
        if rate == self.rate && self.left != 0 {
            return None;
        }
        self.left = self.left_at(now);
        self.since = now;
        self.rate = rate;
        self.announce()
    }

    /// Its end when that comes before the announced one.
    #[inline]
    pub(super) fn announce(&mut self) -> Option<Time> {
        let end = self.finish();
        if end >= self.due {
            return None;
        }
        self.due = end;
        Some(end)
    }

    /// `fifo`: at `rate` from `from` on; when it ends.
    pub(super) fn reserve(&mut self, from: Time, rate: MilliRate) -> Time {
        self.rate = rate;
        self.since = from;
        if rate == 0 { from } else { self.finish() }
    }

    pub(super) fn arrives(&mut self, now: Time) -> Arrival {
        if self.due != now || !self.alive() {
            return Arrival::Stale;
        }
        let end = self.finish();
        if end <= now {
            return Arrival::Done;
        }
        self.due = end;
        if end == Time::NEVER { Arrival::Halted } else { Arrival::Later(end) }
    }

    /// When the last byte arrives at this rate.
    #[inline]
    fn finish(&self) -> Time {
        if self.left == 0 {
            return self.since;
        }
        if self.rate == 0 {
            return Time::NEVER;
        }
        // Most fit a machine word, which is divided several times faster.
        let span = match u64::try_from(self.left) {
            Ok(left) => left.div_ceil(self.rate),
            Err(_) => u64::try_from(self.left.div_ceil(u128::from(self.rate))).unwrap_or(u64::MAX),
        };
        self.since + Span(span)
    }
}
