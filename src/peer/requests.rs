//! Transfers under way: slots, idle time-outs, bytes kept from broken transfers, failures
//! remembered.

use alloc::boxed::Box;
use alloc::vec::Vec;

use smallvec::SmallVec;

use super::{PeerId, Slot, Source};
use crate::units::{Bytes, Span, Time};

/// A transfer under way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Request {
    pub(super) asked: Time,
    /// How long after it was asked for bytes are known to have come, in 2²⁰ ns.
    heard: u32,
    /// The peer that sends, or [`Self::CDN`].
    from: u32,
    /// Leading bytes that came earlier.
    kept: u32,
    pub(super) segment: u16,
    pub(super) slot: Slot,
}

/// There are up to eight a viewer.
const _: () = assert!(size_of::<Request>() == 24, "a request is small");

impl Request {
    /// No peer: peers are dense from 0.
    const CDN: u32 = u32::MAX;

    pub(super) const fn source(&self) -> Source {
        if self.is_from_cdn() { Source::Cdn } else { Source::Peer(PeerId(self.from)) }
    }

    pub(super) const fn is_from_cdn(&self) -> bool {
        self.from == Self::CDN
    }

    /// First byte wanted.
    pub(super) const fn from_byte(&self) -> Bytes {
        Bytes(self.kept as u64)
    }

    /// Bytes came then or later.
    const fn heard(&self) -> Span {
        Span((self.heard as u64) << 20)
    }

    fn hears(&mut self, last: Time) {
        self.heard = u32::try_from(last.since(self.asked).0 >> 20).unwrap_or(u32::MAX);
    }
}

/// All transfers of one viewing.
#[derive(Clone, Debug, Default)]
pub(super) struct Requests {
    running: Vec<Request>,
    /// Bytes of the segments under way.
    coming: Bytes,
    /// Rare enough to be elsewhere.
    broken: Option<Box<Broken>>,
}

/// What is remembered of transfers that did not arrive.
#[derive(Clone, Debug, Default)]
struct Broken {
    /// Leading bytes of segments whose transfer broke.
    partial: SmallVec<[(u16, Bytes); 2]>,
    /// Failed tries at the CDN: segment, how many, when the last.
    failed: SmallVec<[(u16, u32, Time); 2]>,
}

impl Requests {
    /// Where those under way lie.
    pub(super) fn place(&self, each: &mut impl FnMut(*const u8, usize)) {
        each(self.running.as_ptr().cast(), size_of_val(&self.running[..]));
    }

    pub(super) fn all(&self) -> &[Request] {
        &self.running
    }

    /// Bytes of the segments under way, what came of them included.
    pub(super) const fn coming(&self) -> Bytes {
        self.coming
    }

    pub(super) fn of(&self, segment: u16) -> Option<&Request> {
        self.running.iter().find(|request| request.segment == segment)
    }

    /// How many transfers of a segment are under way.
    pub(super) fn count(&self, segment: u16) -> u32 {
        self.running.iter().filter(|request| request.segment == segment).count() as u32
    }

    pub(super) fn from_cdn(&self) -> u32 {
        self.running.iter().filter(|request| request.is_from_cdn()).count() as u32
    }

    pub(super) fn from_peers(&self) -> u32 {
        self.running.len() as u32 - self.from_cdn()
    }

    /// The transfer furthest ahead that comes from peers (or from the CDN), beyond `segment`.
    pub(super) fn furthest(&self, peers: bool, segment: u16) -> Option<Slot> {
        let beyond = self
            .running
            .iter()
            .filter(|request| request.segment > segment && request.is_from_cdn() != peers);
        beyond.max_by_key(|request| request.segment).map(|request| request.slot)
    }

    /// Takes a free slot; `None` when all are used.
    pub(super) fn start(
        &mut self,
        (segment, size): (u16, Bytes),
        source: Source,
        now: Time,
    ) -> Option<Request> {
        let used = self.running.iter().fold(0u32, |used, request| used | 1 << request.slot.0);
        let slot = Slot(used.trailing_ones() as u8);
        if usize::from(slot.0) >= Slot::COUNT {
            return None;
        }
        // What is beyond 4 GB comes again.
        let kept = self.take_partial(segment).unwrap_or(Bytes::ZERO).0;
        let kept = u32::try_from(kept).unwrap_or(u32::MAX);
        let from = match source {
            Source::Cdn => Request::CDN,
            Source::Peer(peer) => peer.0,
        };
        let request = Request { slot, segment, heard: 0, from, asked: now, kept };
        self.coming += size;
        if self.running.len() == self.running.capacity() {
            self.running.reserve_exact(2);
        }
        self.running.push(request);
        Some(request)
    }

    /// Ends the transfer in `slot`, keeping `got` bytes of it when it did not arrive; `size_of` is
    /// what it was started with.
    pub(super) fn end(
        &mut self,
        slot: Slot,
        got: Option<Bytes>,
        size_of: impl FnOnce(u16) -> Bytes,
    ) -> Option<Request> {
        let at = self.running.iter().position(|request| request.slot == slot)?;
        let request = self.running.remove(at);
        self.coming -= size_of(request.segment);
        let kept = request.from_byte() + got.unwrap_or_default();
        if got.is_some() && kept > Bytes::ZERO {
            self.broken.get_or_insert_default().partial.push((request.segment, kept));
        }
        Some(request)
    }

    /// Whether bytes of `segment` are left from a broken transfer.
    pub(super) fn is_partial(&self, segment: u16) -> bool {
        let broken = self.broken.as_ref();
        broken.is_some_and(|broken| broken.partial.iter().any(|(partial, _)| *partial == segment))
    }

    fn take_partial(&mut self, segment: u16) -> Option<Bytes> {
        let partial = &mut self.broken.as_mut()?.partial;
        let at = partial.iter().position(|(partial, _)| *partial == segment)?;
        Some(partial.swap_remove(at).1)
    }

    /// Forgets leftovers of segments before `position`.
    pub(super) fn forget_before(&mut self, position: u16) {
        if let Some(broken) = &mut self.broken {
            broken.partial.retain(|(segment, _)| *segment >= position);
            broken.failed.retain(|(segment, _, _)| *segment >= position);
            if broken.partial.is_empty() && broken.failed.is_empty() {
                self.broken = None;
            }
        }
    }

    /// Remembers a failed try at the CDN.
    pub(super) fn note_failure(&mut self, segment: u16, now: Time) {
        let failed = &mut self.broken.get_or_insert_default().failed;
        match failed.iter_mut().find(|(failed, _, _)| *failed == segment) {
            Some((_, count, when)) => {
                *count += 1;
                *when = now;
            }
            None => failed.push((segment, 1, now)),
        }
    }

    /// Whether `segment` failed at the CDN at least `retries` times, the last within `memory`; when
    /// that is over, all its failures are forgotten.
    pub(super) fn given_up(&mut self, segment: u16, retries: u32, memory: Span, now: Time) -> bool {
        let Some(broken) = &mut self.broken else {
            return false;
        };
        broken.failed.retain(|(failed, _, when)| *failed != segment || now.since(*when) <= memory);
        broken.failed.iter().any(|&(failed, count, _)| failed == segment && count >= retries)
    }

    /// The first transfer whose last byte, as `last` tells it, is older than its limit.
    pub(super) fn idle(
        &mut self,
        now: Time,
        limit: impl Fn(Source) -> Span,
        last: impl Fn(Slot) -> Time,
    ) -> Option<Request> {
        let idle = |request: &mut Request| {
            let limit = limit(request.source());
            // Most are known to have brought something within the limit, and need no look.
            if now.since(request.asked + request.heard()) < limit {
                return false;
            }
            let last = last(request.slot);
            request.hears(last);
            now.since(last) >= limit
        };
        let at = self.running.iter_mut().position(idle)?;
        Some(self.running[at])
    }
}

#[cfg(test)]
mod tests;
