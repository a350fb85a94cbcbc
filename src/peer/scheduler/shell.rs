//! The order in which the rules of a scheduler are asked, the same for all that use peers: what the
//! CDN is to bring now, what neighbours can bring next, what the CDN brings for all, what is late.

use super::super::neighbours::Neighbour;
use super::super::viewing::{Desk, Introduced, Viewing};
use super::super::{CdnCause, Source, Stop};
use super::Rules;
use super::segment::Field;
use super::server::Open;
use crate::units::{Bytes, Span};

pub(super) fn decide(rules: &Rules, viewing: &mut Viewing, desk: &mut Desk<'_>) {
    let reach = Reach::now(rules, viewing, desk);
    fetch_ahead(rules, viewing, desk, &reach);
    if reach.gate.seeds {
        from_web_seed(rules, viewing, desk, &reach);
    }
    if let Some(own) = rules.server.at_random() {
        own.act(&rules.requests, viewing, desk, &reach);
    }
    rules.late.act(rules, viewing, desk);
    look_again(rules, viewing, desk);
}

/// Near the play position as the gate of the CDN says, further ahead from neighbours.
pub(super) fn fetch_ahead(
    rules: &Rules,
    viewing: &mut Viewing,
    desk: &mut Desk<'_>,
    reach: &Reach,
) {
    near(rules, viewing, desk, reach);
    if rules.segment.in_order() {
        in_order(rules, viewing, desk, reach);
    } else {
        picked(rules, viewing, desk, reach);
    }
}

/// Sees to it that neighbours are looked at again soon when that may bring something.
pub(super) fn look_again(rules: &Rules, viewing: &mut Viewing, desk: &Desk<'_>) {
    let room = viewing.requests.from_peers() < rules.requests.p2p_parallel;
    viewing.poll = room
        && viewing.neighbours.iter().any(|neighbour| {
            neighbour.is_quiet() || desk.around.watches(neighbour.peer, viewing.item)
        });
}

/// Ends of windows in segments, after storage has had its say.
pub(super) struct Reach {
    pub(super) gate: Open,
    /// The peer window.
    p2p: u16,
    /// Whether nothing is fetched from the CDN at random times.
    pub(super) closed: bool,
    /// Room kept free for what is missing near the play position.
    reserve: Bytes,
}

impl Reach {
    /// With at most a tenth of the storage free the peer window shrinks to the CDN's and nothing is
    /// fetched at random; with at most a twentieth the peer window closes, too.
    fn now(rules: &Rules, viewing: &mut Viewing, desk: &Desk<'_>) -> Self {
        let (free, whole) = viewing.room(desk);
        let gate = rules.server.open(viewing, desk);
        let reserve = missing(viewing, desk, gate.end());
        let closed = free.0 <= whole.0 / 10;
        let p2p = if free.0 <= whole.0 / 20 {
            gate.end()
        } else if closed {
            let at_random = rules.server.at_random().map(|own| own.window);
            at_random.map_or(gate.end(), |window| viewing.window(desk.config, window))
        } else {
            viewing.far()
        };
        Self { gate, p2p, closed, reserve }
    }

    /// So far and no further, whatever is free.
    pub(super) const fn ahead(gate: Open, p2p: u16) -> Self {
        Self { gate, p2p, closed: true, reserve: Bytes::ZERO }
    }

    /// Whether a segment further ahead may take room.
    pub(super) fn leaves_room(&self, viewing: &Viewing, desk: &Desk<'_>, segment: u16) -> bool {
        viewing.room(desk).0 >= self.reserve + desk.around.size(viewing.item, segment)
    }
}

/// Bytes that are neither held nor under way before `to`.
pub(in crate::peer) fn missing(viewing: &Viewing, desk: &Desk<'_>, to: u16) -> Bytes {
    let held = desk.held;
    let mut bytes = Bytes::ZERO;
    let mut segment = desk.gap;
    while segment < to {
        if !viewing.requests.counts(segment) {
            bytes += desk.around.size(viewing.item, segment);
        }
        segment = held.next_gap(segment + 1);
    }
    bytes
}

// ------------------------------------------------------------- near the play position

fn near(rules: &Rules, viewing: &mut Viewing, desk: &mut Desk<'_>, reach: &Reach) {
    let mut segment = desk.gap;
    while segment < reach.gate.end() {
        let before = viewing.requests.all().len();
        // A later, smaller segment must not take the room that this one waits for.
        let cdn = segment < reach.gate.cdn_first || viewing.requests.is_let_down(segment);
        let room = if cdn {
            cdn_first(rules, viewing, desk, segment)
        } else {
            peers_first(rules, viewing, desk, segment, reach.gate.wait)
        };
        if !room {
            return;
        }
        // Other neighbours may bring other pieces of it.
        if viewing.requests.covers(segment) || viewing.requests.all().len() <= before {
            segment = desk.held.next_gap(segment + 1);
        }
    }
}

fn given_up(rules: &Rules, viewing: &mut Viewing, desk: &Desk<'_>, segment: u16) -> bool {
    let own = &rules.requests;
    viewing.requests.given_up(segment, own.retries, own.failure_memory, desk.now)
}

/// False when there was no room for `segment`.
fn cdn_first(rules: &Rules, viewing: &mut Viewing, desk: &mut Desk<'_>, segment: u16) -> bool {
    let running = viewing.requests.of(segment).copied();
    if running.is_some_and(|request| request.is_from_cdn()) {
        return true;
    }
    let able = !given_up(rules, viewing, desk, segment);
    if able
        && viewing.requests.from_cdn() >= rules.requests.http_parallel
        && let Some(later) = viewing.requests.furthest(false, segment)
    {
        viewing.cancel(later, Stop::Unwanted, desk);
    }
    viewing.listen(desk);
    if able && viewing.requests.from_cdn() < rules.requests.http_parallel {
        let cause = if running.is_some() {
            while let Some(request) = viewing.requests.of(segment).copied() {
                viewing.cancel(request.slot, Stop::Unwanted, desk);
            }
            CdnCause::DeadlineNear
        } else if viewing.requests.is_partial(segment) {
            CdnCause::PeerFailed
        } else {
            why_not_peers(viewing, segment)
        };
        return viewing.fetch(segment, Source::Cdn, cause, desk);
    }
    if viewing.requests.covers(segment) {
        return true;
    }
    free_holder(rules, viewing, desk, segment);
    from_peer(rules, viewing, desk, segment).unwrap_or(true)
}

/// False when there was no room for `segment`.
fn peers_first(
    rules: &Rules,
    viewing: &mut Viewing,
    desk: &mut Desk<'_>,
    segment: u16,
    wait: Span,
) -> bool {
    if viewing.requests.covers(segment) {
        return true;
    }
    viewing.listen(desk);
    if let Some(room) = from_peer(rules, viewing, desk, segment) {
        return room;
    }
    let due = viewing.player.plays_at(desk.config, desk.now, segment);
    let fetched = || viewing.neighbours.iter().any(|known| known.told.is_fetching(segment));
    let waits = due > desk.now + wait && wait > Span::ZERO && fetched();
    let full = viewing.requests.from_cdn() >= rules.requests.http_parallel;
    if waits || full || given_up(rules, viewing, desk, segment) {
        return true;
    }
    let partial = viewing.requests.is_partial(segment);
    let cause = if partial { CdnCause::PeerFailed } else { why_not_peers(viewing, segment) };
    viewing.fetch(segment, Source::Cdn, cause, desk)
}

/// Asks a holder, if need be in place of what is furthest ahead; whether there was room, `None` when
/// nobody could be asked.
fn from_peer(
    rules: &Rules,
    viewing: &mut Viewing,
    desk: &mut Desk<'_>,
    segment: u16,
) -> Option<bool> {
    let peer = rules.source.choose(viewing, desk, segment)?;
    make_way(rules, viewing, desk, segment);
    (viewing.requests.from_peers() < rules.requests.p2p_parallel)
        .then(|| viewing.fetch(segment, Source::Peer(peer), CdnCause::NoHolder, desk))
}

/// Ends the peer transfer furthest ahead when all are taken, it is beyond `segment`, and its sender
/// has that.
fn free_holder(rules: &Rules, viewing: &mut Viewing, desk: &mut Desk<'_>, segment: u16) {
    if viewing.requests.from_peers() < rules.requests.p2p_parallel {
        return;
    }
    let peers = viewing.requests.all().iter().filter(|request| !request.is_from_cdn());
    let last = peers.max_by_key(|request| request.segment).filter(|last| last.segment > segment);
    let Some((slot, sender)) = last.map(|last| (last.slot, last.source())) else {
        return;
    };
    let has = |known: &Neighbour| Source::Peer(known.peer) == sender && known.told.has(segment);
    if viewing.neighbours.iter().any(has) {
        viewing.cancel(slot, Stop::Unwanted, desk);
    }
}

/// Ends the peer transfer furthest ahead when all are taken and it is beyond `segment`.
fn make_way(rules: &Rules, viewing: &mut Viewing, desk: &mut Desk<'_>, segment: u16) {
    if viewing.requests.from_peers() >= rules.requests.p2p_parallel
        && let Some(later) = viewing.requests.furthest(true, segment)
    {
        viewing.cancel(later, Stop::Unwanted, desk);
    }
}

/// Why the CDN gets a segment near the play position.
fn why_not_peers(viewing: &Viewing, segment: u16) -> CdnCause {
    if viewing.neighbours.is_empty() {
        return match viewing.introduced {
            Introduced::NotYet => CdnCause::NotIntroduced,
            Introduced::Nobody => CdnCause::NoHolder,
            Introduced::Some => CdnCause::NotConnected,
        };
    }
    let mut cause = CdnCause::NoHolder;
    for neighbour in viewing.neighbours.iter() {
        let told = &neighbour.told;
        if told.has(segment) {
            if neighbour.free() {
                return CdnCause::DeadlineNear;
            }
            cause = CdnCause::HolderBusy;
        } else if cause == CdnCause::NoHolder && told.is_fetching(segment) {
            cause = CdnCause::NotYetAnnounced;
        }
    }
    cause
}

// ------------------------------------------------------------- further ahead

/// Asks neighbours for what they have, earliest first, while transfers are free.
fn in_order(rules: &Rules, viewing: &mut Viewing, desk: &mut Desk<'_>, reach: &Reach) {
    let mut from = reach.gate.end().max(desk.gap);
    while from < reach.p2p && viewing.requests.from_peers() < rules.requests.p2p_parallel {
        viewing.listen(desk);
        let Some(segment) = next_announced(viewing, desk, from, reach.p2p) else {
            return;
        };
        if !viewing.requests.covers(segment) {
            let room =
                viewing.requests.counts(segment) || reach.leaves_room(viewing, desk, segment);
            if !room {
                return;
            }
            let Some(peer) = rules.source.choose(viewing, desk, segment) else {
                return;
            };
            if !viewing.fetch(segment, Source::Peer(peer), CdnCause::NoHolder, desk) {
                return;
            }
        }
        // Other neighbours may bring other pieces of it.
        from = segment + u16::from(viewing.requests.covers(segment));
    }
}

/// The earliest segment in the window that we lack and a free neighbour has announced.
fn next_announced(viewing: &Viewing, desk: &Desk<'_>, from: u16, to: u16) -> Option<u16> {
    let mine = desk.held;
    // What is covered already need not be found; nobody has anything earlier than the first gap.
    let mut first = mine.next_gap(from);
    while viewing.requests.covers(first) {
        first = mine.next_gap(first + 1);
    }
    if first >= to {
        return None;
    }
    let mut earliest = to;
    for neighbour in viewing.neighbours.iter().filter(|neighbour| neighbour.free()) {
        if let Some(earlier) = neighbour.told.next_useful(mine, first, earliest) {
            earliest = earlier;
            if earliest == first {
                break;
            }
        }
    }
    (earliest < to).then_some(earliest)
}

/// Asks neighbours for what the rule for segments picks, while transfers are free.
fn picked(rules: &Rules, viewing: &mut Viewing, desk: &mut Desk<'_>, reach: &Reach) {
    while viewing.requests.from_peers() < rules.requests.p2p_parallel {
        viewing.listen(desk);
        let field = Field::look(viewing, desk, reach.gate.end().max(desk.gap), reach.p2p);
        let able = field.offered();
        let Some(segment) = rules.segment.pick(&field, able, viewing, desk) else {
            return;
        };
        let Some(peer) = rules.source.choose(viewing, desk, segment) else {
            return;
        };
        let room = viewing.requests.counts(segment) || reach.leaves_room(viewing, desk, segment);
        if !room || !viewing.fetch(segment, Source::Peer(peer), CdnCause::NoHolder, desk) {
            return;
        }
    }
}

/// Lets the CDN bring what the rule for segments picks, while its transfers are free.
fn from_web_seed(rules: &Rules, viewing: &mut Viewing, desk: &mut Desk<'_>, reach: &Reach) {
    while viewing.requests.from_cdn() < rules.requests.http_parallel {
        viewing.listen(desk);
        let field = Field::look(viewing, desk, desk.gap, reach.p2p);
        let Some(segment) = rules.segment.pick_for_server(&field, viewing, desk) else {
            return;
        };
        if given_up(rules, viewing, desk, segment)
            || !viewing.fetch(segment, Source::Cdn, CdnCause::WebSeed, desk)
        {
            return;
        }
    }
}
