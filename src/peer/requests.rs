//! Transfers under way: slots, idle time-outs, bytes kept from broken transfers, failures
//! remembered.

use alloc::boxed::Box;
use alloc::vec::Vec;

use smallvec::SmallVec;

use super::pieces::Open;
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

/// What a transfer brings, and how it ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Ended {
    pub(super) request: Request,
    /// Whether nothing of its segment is missing any more.
    pub(super) complete: bool,
    /// When the first of its segment was asked for.
    pub(super) since: Time,
    /// What it was to bring.
    pub(super) amount: Bytes,
    /// Whether its sender was at it, with none that was asked for earlier.
    pub(super) was_first: bool,
}

/// What is not there for most: remains of transfers that did not arrive, and pieces.
#[derive(Clone, Debug, Default)]
struct Broken {
    /// Leading bytes of segments whose transfer broke.
    partial: SmallVec<[(u16, Bytes); 2]>,
    /// Failed tries at the CDN: segment, how many, when the last.
    failed: SmallVec<[(u16, u32, Time); 2]>,
    /// Segments that a peer began to send, or was asked for, in vain.
    let_down: SmallVec<[u16; 2]>,
    /// Segments that are put together from pieces.
    open: SmallVec<[Open; 1]>,
}

impl Requests {
    /// Where those under way lie.
    pub(super) fn place(&self, each: &mut impl FnMut(*const u8, usize)) {
        each(self.running.as_ptr().cast(), size_of_val(&self.running[..]));
    }

    pub(super) fn all(&self) -> &[Request] {
        &self.running
    }

    fn open(&self, segment: u16) -> Option<&Open> {
        self.broken.as_ref()?.open.iter().find(|open| open.segment == segment)
    }

    /// Whether room is kept for a segment: it is under way, or pieces of it are held.
    pub(super) fn counts(&self, segment: u16) -> bool {
        self.of(segment).is_some() || self.open(segment).is_some()
    }

    /// Whether all of a segment is under way.
    pub(super) fn covers(&self, segment: u16) -> bool {
        match self.open(segment) {
            Some(open) => !open.has_free(),
            None => self.of(segment).is_some(),
        }
    }

    /// Whether the segment that the transfer in `slot` is of will be whole when it has come.
    pub(super) fn completes(&self, slot: Slot) -> bool {
        let request = self.running.iter().find(|request| request.slot == slot);
        let open = request.and_then(|request| self.open(request.segment));
        open.is_none_or(|open| open.completes(slot))
    }

    /// Bytes of the segments under way, what came of them included.
    pub(super) const fn coming(&self) -> Bytes {
        self.coming
    }

    pub(super) fn of(&self, segment: u16) -> Option<&Request> {
        self.running.iter().find(|request| request.segment == segment)
    }

    /// How many transfers bring the same as `request`, itself included.
    pub(super) fn copies(&self, request: &Request) -> u32 {
        match self.open(request.segment) {
            Some(open) => open.copies(request.slot),
            None => self.running.iter().filter(|r| r.segment == request.segment).count() as u32,
        }
    }

    /// A transfer of `segment` that is not needed any more once what a transfer brought has come.
    pub(super) fn needless(&self, segment: u16) -> Option<Slot> {
        match self.open(segment) {
            Some(open) => open.needless(),
            None => self.of(segment).map(|request| request.slot),
        }
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

    /// The slots used, one bit each.
    pub(super) fn slots(&self) -> u32 {
        self.running.iter().fold(0, |used, request| used | 1 << request.slot.0)
    }

    /// Whether the transfer in `slot` is one of these.
    pub(super) fn has(&self, slot: Slot) -> bool {
        self.running.iter().any(|request| request.slot == slot)
    }

    /// A free slot, beside those that another viewing has `taken`; `None` when all are used.
    fn free(&self, taken: u32) -> Option<Slot> {
        let used = self.slots() | taken;
        let slot = used.trailing_ones() as u8;
        (usize::from(slot) < Slot::COUNT).then_some(Slot(slot))
    }

    /// Starts a transfer of a segment that is not under way, or of a copy of it; `None` when all
    /// slots are used, those `taken` included. What came of it earlier is left out.
    pub(super) fn start(
        &mut self,
        (segment, size): (u16, Bytes),
        source: Source,
        (now, taken): (Time, u32),
    ) -> Option<Request> {
        let slot = self.free(taken)?;
        // What is beyond 4 GB comes again.
        let kept = self.take_partial(segment).unwrap_or(Bytes::ZERO);
        self.coming += size;
        Some(self.add(segment, slot, source, kept, now))
    }

    /// Starts a transfer of pieces of a segment: one from a peer, all that is left from the CDN, the
    /// same as `again` when that is given. `None` when all slots are used or all of it is under way.
    /// The first byte that is not wanted comes second.
    pub(super) fn start_piece(
        &mut self,
        (segment, size, piece): (u16, Bytes, Bytes),
        source: Source,
        again: Option<Slot>,
        (now, taken): (Time, u32),
    ) -> Option<(Request, Bytes)> {
        let slot = self.free(taken)?;
        let open = &mut self.broken.get_or_insert_default().open;
        let at = open.iter().position(|open| open.segment == segment).unwrap_or_else(|| {
            open.push(Open::new(segment, size, piece, now));
            self.coming += size;
            open.len() - 1
        });
        let (from, to) = match again {
            Some(of) => open[at].ask_again(slot, of)?,
            None => open[at].ask(slot, source == Source::Cdn)?,
        };
        Some((self.add(segment, slot, source, from, now), to))
    }

    fn add(&mut self, segment: u16, slot: Slot, source: Source, kept: Bytes, now: Time) -> Request {
        let kept = u32::try_from(kept.0).unwrap_or(u32::MAX);
        let from = match source {
            Source::Cdn => Request::CDN,
            Source::Peer(peer) => peer.0,
        };
        let request = Request { slot, segment, heard: 0, from, asked: now, kept };
        if self.running.len() == self.running.capacity() {
            self.running.reserve_exact(2);
        }
        self.running.push(request);
        request
    }

    /// Ends the transfer in `slot`, keeping `got` bytes of it when it did not arrive; `size_of` is
    /// what it was started with.
    pub(super) fn end(
        &mut self,
        slot: Slot,
        got: Option<Bytes>,
        size_of: impl FnOnce(u16) -> Bytes,
    ) -> Option<Ended> {
        let at = self.running.iter().position(|request| request.slot == slot)?;
        let was_first = self.is_first(at);
        let request = self.running.remove(at);
        if let Some(ended) = self.end_piece(&request, got) {
            return Some(Ended { was_first, ..ended });
        }
        let size = size_of(request.segment);
        self.coming -= size;
        let kept = request.from_byte() + got.unwrap_or_default();
        if got.is_some() && kept > Bytes::ZERO {
            self.broken.get_or_insert_default().partial.push((request.segment, kept));
        }
        let amount = size - request.from_byte();
        let complete = got.is_none();
        Some(Ended { request, complete, since: request.asked, amount, was_first })
    }

    /// Whether no transfer from the same peer was asked for before the one at `at`: a peer sends
    /// what one viewer asks for in order.
    fn is_first(&self, at: usize) -> bool {
        let from = self.running[at].from;
        !self.running[..at].iter().any(|request| request.from == from)
    }

    /// Whether a peer is at `request`, and nothing that was asked for earlier.
    pub(super) fn has_turn(&self, request: &Request) -> bool {
        let at = self.running.iter().position(|other| other.slot == request.slot);
        at.is_some_and(|at| self.is_first(at))
    }

    /// A peer begins with what it was asked for next.
    pub(super) fn turn(&mut self, peer: PeerId, now: Time) {
        if let Some(next) = self.running.iter_mut().find(|request| request.from == peer.0) {
            (next.asked, next.heard) = (now, 0);
        }
    }

    /// The same for a piece; `None` when it is not of one.
    fn end_piece(&mut self, request: &Request, got: Option<Bytes>) -> Option<Ended> {
        let open = &mut self.broken.as_mut()?.open;
        let at = open.iter().position(|open| open.segment == request.segment)?;
        let amount = open[at].end(request.slot, got);
        let (complete, since) = (open[at].is_complete(), open[at].since);
        if open[at].is_over() {
            self.coming -= open[at].size;
            open.swap_remove(at);
        }
        Some(Ended { request: *request, complete, since, amount, was_first: true })
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

    /// A transfer from `peer`.
    pub(super) fn to(&self, peer: PeerId) -> Option<Slot> {
        let of = |request: &&Request| request.source() == Source::Peer(peer);
        self.running.iter().find(of).map(|request| request.slot)
    }

    /// Forgets what is left of a broken transfer of `segment`.
    pub(super) fn forget_partial(&mut self, segment: u16) {
        self.take_partial(segment);
    }

    /// Forgets leftovers of all segments, with nothing under way.
    pub(super) fn forget_all(&mut self) {
        debug_assert!(self.running.is_empty(), "what is under way has been cancelled");
        (self.broken, self.coming) = (None, Bytes::ZERO);
    }

    /// Forgets leftovers of segments before `position`.
    pub(super) fn forget_before(&mut self, position: u16) {
        if let Some(broken) = &mut self.broken {
            broken.partial.retain(|(segment, _)| *segment >= position);
            broken.failed.retain(|(segment, _, _)| *segment >= position);
            broken.let_down.retain(|segment| *segment >= position);
            let running = &self.running;
            let coming = &mut self.coming;
            broken.open.retain(|open| {
                let kept = open.segment >= position
                    || running.iter().any(|request| request.segment == open.segment);
                if !kept {
                    *coming -= open.size;
                }
                kept
            });
            let nothing = broken.partial.is_empty() && broken.failed.is_empty();
            if nothing && broken.let_down.is_empty() && broken.open.is_empty() {
                self.broken = None;
            }
        }
    }

    /// Remembers that a peer failed with a segment.
    pub(super) fn note_let_down(&mut self, segment: u16) {
        let segments = &mut self.broken.get_or_insert_default().let_down;
        if !segments.contains(&segment) {
            segments.push(segment);
        }
    }

    /// Whether a peer failed with a segment.
    pub(super) fn is_let_down(&self, segment: u16) -> bool {
        self.broken.as_ref().is_some_and(|broken| broken.let_down.contains(&segment))
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

    /// The first transfer whose last byte, as `last` tells it, is older than its limit; those apart
    /// whose turn has not come, where they are sent `in_turn`.
    pub(super) fn idle(
        &mut self,
        now: Time,
        in_turn: bool,
        limit: impl Fn(Source) -> Span,
        last: impl Fn(Slot) -> Time,
    ) -> Option<Request> {
        for at in 0..self.running.len() {
            if in_turn && !self.is_served(at) {
                continue;
            }
            let request = &mut self.running[at];
            let limit = limit(request.source());
            // Most are known to have brought something within the limit, and need no look.
            if now.since(request.asked + request.heard()) < limit {
                continue;
            }
            let last = last(request.slot);
            request.hears(last);
            if now.since(last) >= limit {
                return Some(*request);
            }
        }
        None
    }

    /// Transfers that must bring something: all, but for those whose turn has not come where a peer
    /// sends what it is asked for `in_turn`.
    pub(super) fn due(&self, in_turn: bool) -> impl Iterator<Item = &Request> {
        let all = self.running.iter().enumerate();
        all.filter(move |(at, _)| !in_turn || self.is_served(*at)).map(|(_, request)| request)
    }

    /// Whether the transfer at `at` has its turn; those of the CDN all have.
    fn is_served(&self, at: usize) -> bool {
        self.running[at].is_from_cdn() || self.is_first(at)
    }
}

#[cfg(test)]
mod tests;
