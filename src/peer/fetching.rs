//! Transfers of a viewing: how they start and end, and what becomes of what they brought.

use alloc::vec::Vec;

use super::cache::Pin;
use super::requests::{Ended, Request};
use super::scheduler;
use super::viewing::{Desk, Viewing};
use super::{
    CdnCause, Class, Config, End, Output, Refusal, Slot, Source, Stop, Store, Surroundings,
};
use crate::units::{Bytes, Time};

impl Viewing {
    // ------------------------------------------------------- for schedulers

    /// Starts a transfer when a slot and room are free.
    pub(super) fn fetch(
        &mut self,
        segment: u16,
        from: Source,
        cause: CdnCause,
        desk: &mut Desk<'_>,
    ) -> bool {
        self.begin(segment, (from, cause), None, desk)
    }

    /// Asks another peer for what `request` brings.
    pub(super) fn fetch_again(&mut self, request: &Request, from: Source, desk: &mut Desk<'_>) {
        self.begin(request.segment, (from, CdnCause::NoHolder), Some(request.slot), desk);
    }

    fn begin(
        &mut self,
        segment: u16,
        (from, cause): (Source, CdnCause),
        again: Option<Slot>,
        desk: &mut Desk<'_>,
    ) -> bool {
        let size = desk.around.size(self.item, segment);
        let piece = desk.config.plan.piece();
        let counted = piece.is_some() && self.requests.counts(segment);
        if self.next.is_some() {
            self.outrank(from, if counted { Bytes::ZERO } else { size }, desk);
        }
        if !counted && self.room(desk).0 < size {
            return false;
        }
        let now = (desk.now, desk.beside.slots);
        let begun = match piece {
            Some(piece) => self.requests.start_piece((segment, size, piece), from, again, now),
            None => self.requests.start((segment, size), from, now).map(|new| (new, size)),
        };
        let Some((request, to_byte)) = begun else {
            return false;
        };
        let (slot, from_byte) = (request.slot, request.from_byte());
        let (mut class, mut news) = (None, None);
        if let Source::Peer(peer) = from {
            let rate = || self.neighbours.rate_of(peer, desk.now);
            let most = desk.config.plan.per_peer().most(to_byte - from_byte, rate);
            self.neighbours.begins(peer, most);
            news = self.neighbours.news(peer, desk.now);
            class = desk.config.plan.soon().map(|soon| {
                let near = segment < self.window(desk.config, soon);
                match (near, desk.is_ahead()) {
                    (true, false) => Class::Now,
                    (true, true) => Class::Next,
                    _ => Class::Rest,
                }
            });
        }
        desk.changes.watched();
        self.counts_anew(slot);
        desk.out.push(Output::Fetch {
            slot,
            item: self.item,
            segment,
            from,
            from_byte,
            to_byte,
            cause,
            class,
            news,
        });
        true
    }

    /// What follows from the end of a transfer: its sender begins with the next.
    pub(super) fn turn(&mut self, config: &Config, ended: &Ended, now: Time) {
        if let Source::Peer(peer) = ended.request.source()
            && ended.was_first
            && !config.plan.per_peer().is_one()
        {
            self.requests.turn(peer, now);
        }
    }

    /// Ends a transfer, keeping its bytes.
    pub(super) fn cancel(&mut self, slot: Slot, why: Stop, desk: &mut Desk<'_>) {
        let got = desk.around.got(slot);
        let size_of = |segment| desk.around.size(self.item, segment);
        let Some(ended) = self.requests.end(slot, Some(got), size_of) else {
            return;
        };
        let request = ended.request;
        self.turn(desk.config, &ended, desk.now);
        desk.changes.watched();
        if let Source::Peer(peer) = request.source() {
            self.neighbours.cancelled(peer);
        }
        desk.out.push(Output::Cancel { slot, why });
    }

    // ------------------------------------------------------- what comes of them

    /// All bytes of a transfer are here.
    pub(super) fn arrived(
        &mut self,
        slot: Slot,
        pin: Pin,
        (config, now): (&Config, Time),
        store: &mut Store,
        around: &dyn Surroundings,
        out: &mut Vec<Output>,
    ) {
        let item = self.item;
        let ended = self.requests.end(slot, None, |segment| around.size(item, segment));
        let Some(ended) = ended else {
            return;
        };
        let Ended { request, complete, since, amount, .. } = ended;
        self.turn(config, &ended, now);
        self.counted(slot, amount, request.is_from_cdn());
        let segment = request.segment;
        let size = around.size(item, segment);
        if let Source::Peer(peer) = request.source() {
            self.neighbours.delivered(peer, now, amount, now.since(request.asked));
            if let Some(points) = config.plan.points() {
                self.neighbours.count(peer, points, true);
            }
            if complete {
                self.pace.add(now.since(since));
            }
        }
        self.drop_needless((segment, size), (config, now), out);
        if !complete {
            store.changes.watched();
            return;
        }
        let first = store.get(item).is_none();
        let mut dropped = Vec::new();
        let size_of = |item, segment| around.size(item, segment);
        let kept = store.put(config, (item, segment, size), Some(pin), &size_of, &mut dropped);
        debug_assert!(kept, "room was left for what was asked for");
        if kept {
            self.ahead += size;
            self.news.add(now, segment, request.is_from_cdn());
            if first {
                out.push(Output::Holds(item));
            }
        }
        out.extend(dropped.into_iter().map(Output::Drops));
    }

    /// Ends the other transfers of what has come.
    fn drop_needless(
        &mut self,
        (segment, size): (u16, Bytes),
        (config, now): (&Config, Time),
        out: &mut Vec<Output>,
    ) {
        while let Some(slot) = self.requests.needless(segment) {
            let Some(ended) = self.requests.end(slot, None, |_| size) else {
                return;
            };
            let request = ended.request;
            self.turn(config, &ended, now);
            if let Source::Peer(peer) = request.source() {
                self.neighbours.cancelled(peer);
            }
            out.push(Output::Cancel { slot, why: Stop::Needless });
        }
    }

    /// After a transfer ended early; its bytes are kept by now.
    pub(super) fn failed(
        &mut self,
        request: &Request,
        why: End,
        (config, now): (&Config, Time),
        around: &dyn Surroundings,
        out: &mut Vec<Output>,
    ) {
        if why == End::Corrupt {
            self.requests.forget_partial(request.segment);
        }
        let Source::Peer(peer) = request.source() else {
            // A server is never to blame for what is corrupt.
            if why != End::Corrupt {
                self.requests.note_failure(request.segment, now);
            }
            return;
        };
        match why {
            End::Refused(Refusal::Choked) => {
                self.neighbours.cancelled(peer);
                self.neighbours.choked(peer, true);
                return;
            }
            End::Refused(Refusal::Displaced) => {
                self.requests.note_let_down(request.segment);
                self.neighbours.put_off(peer, now);
                return;
            }
            End::Corrupt => {
                if let Some(points) = config.plan.points() {
                    self.requests.note_let_down(request.segment);
                    self.neighbours.cancelled(peer);
                    if self.neighbours.count(peer, points, false) {
                        self.hang_up(peer, (config, now), around, out);
                    }
                    return;
                }
            }
            _ => {}
        }
        self.requests.note_let_down(request.segment);
        let Some(errors) = self.neighbours.failed(peer, now) else {
            return;
        };
        let useless = matches!(why, End::Refused(why) if why.lasts());
        if useless || errors > scheduler::RETRIES {
            self.hang_up(peer, (config, now), around, out);
        }
    }

    /// Gives up transfers that bring nothing.
    pub(super) fn drop_idle(&mut self, desk: &mut Desk<'_>) {
        let limits = desk.config.plan.idle_limits();
        let limit = |source| {
            if source == Source::Cdn { limits.0 } else { limits.1 }
        };
        let in_turn = !desk.config.plan.per_peer().is_one();
        while let Some(request) =
            self.requests.idle(desk.now, in_turn, limit, |slot| desk.around.last(slot))
        {
            let got = desk.around.got(request.slot);
            let size_of = |segment| desk.around.size(self.item, segment);
            if let Some(ended) = self.requests.end(request.slot, Some(got), size_of) {
                self.turn(desk.config, &ended, desk.now);
            }
            desk.changes.watched();
            desk.out.push(Output::Cancel { slot: request.slot, why: Stop::TimedOut });
            let at = (desk.config, desk.now);
            self.failed(&request, End::PeerGone, at, desk.around, desk.out);
        }
    }
}
