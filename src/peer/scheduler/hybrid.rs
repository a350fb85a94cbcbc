//! p2p-media-loader 2.3 on a box whose cache outlives the viewing.
//!
//! Near the play position the CDN comes first; further ahead, what a neighbour has announced is
//! asked from neighbours, one transfer per connection; what no neighbour has or fetches is fetched
//! from the CDN at random times, so that on average one of them does it for all. Differences from
//! the source are listed in `docs/policies.md`.

use smallvec::SmallVec;

use super::super::viewing::{Desk, Introduced, Viewing};
use super::super::{CdnCause, Source};
use super::Hybrid;
use crate::units::{Bytes, Span};

pub(super) fn decide(own: &Hybrid, viewing: &mut Viewing, desk: &mut Desk<'_>) {
    let reach = Reach::now(own, viewing, desk);
    high_demand(own, viewing, desk, &reach);
    ahead(own, viewing, desk, &reach);
    if viewing.next_random <= desk.now {
        random_http(own, viewing, desk, &reach);
        let peers = viewing.neighbours.len() as u32;
        let second = Span::from_secs(1);
        let extra =
            u64::from(desk.around.below(1_000_000)) * u64::from(peers) * (second.0 / 1_000_000);
        viewing.next_random = desk.now + second + Span(extra);
    }
    let room = viewing.requests.from_peers() < own.p2p_parallel;
    viewing.poll = room
        && viewing.neighbours.iter().any(|neighbour| {
            neighbour.is_quiet() || desk.around.watches(neighbour.peer, viewing.item)
        });
}

/// Ends of windows in segments, after storage has had its say.
struct Reach {
    high: u16,
    /// The peer window.
    p2p: u16,
    /// Whether the CDN's is closed; it is looked at rarely.
    closed: bool,
    /// Room kept free for what is missing near the play position.
    reserve: Bytes,
}

impl Reach {
    /// With at most a tenth of the storage free the peer window shrinks to the CDN's; with at most
    /// a twentieth both close.
    fn now(own: &Hybrid, viewing: &Viewing, desk: &Desk<'_>) -> Self {
        let (free, whole) = viewing.room(desk);
        let (high, p2p) = viewing.windows();
        let reserve = missing(viewing, desk, high);
        if free.0 <= whole.0 / 20 {
            Self { high, p2p: high, closed: true, reserve }
        } else if free.0 <= whole.0 / 10 {
            let p2p = viewing.window(desk.config, own.http_window);
            Self { high, p2p, closed: false, reserve }
        } else {
            Self { high, p2p, closed: false, reserve }
        }
    }

    /// End of the window in which the CDN is asked at random.
    fn http(&self, own: &Hybrid, viewing: &Viewing, desk: &Desk<'_>) -> u16 {
        if self.closed { self.high } else { viewing.window(desk.config, own.http_window) }
    }

    /// Whether a segment further ahead may take room.
    fn leaves_room(&self, viewing: &Viewing, desk: &Desk<'_>, segment: u16) -> bool {
        viewing.room(desk).0 >= self.reserve + desk.around.size(viewing.item, segment)
    }
}

/// Bytes that are neither held nor under way before `to`.
fn missing(viewing: &Viewing, desk: &Desk<'_>, to: u16) -> Bytes {
    let held = desk.held;
    let mut bytes = Bytes::ZERO;
    let mut segment = desk.gap;
    while segment < to {
        if viewing.requests.of(segment).is_none() {
            bytes += desk.around.size(viewing.item, segment);
        }
        segment = held.next_gap(segment + 1);
    }
    bytes
}

fn high_demand(own: &Hybrid, viewing: &mut Viewing, desk: &mut Desk<'_>, reach: &Reach) {
    let mut segment = desk.gap;
    while segment < reach.high {
        // A later, smaller segment must not take the room that this one waits for.
        if !one_in_demand(own, viewing, desk, segment) {
            return;
        }
        segment = desk.held.next_gap(segment + 1);
    }
}

/// False when there was no room for `segment`.
fn one_in_demand(own: &Hybrid, viewing: &mut Viewing, desk: &mut Desk<'_>, segment: u16) -> bool {
    let running = viewing.requests.of(segment).copied();
    if running.is_some_and(|request| request.is_from_cdn())
        || viewing.requests.given_up(segment, own.retries, own.failure_memory, desk.now)
    {
        return true;
    }
    if viewing.requests.from_cdn() >= own.http_parallel
        && let Some(later) = viewing.requests.furthest(false, segment)
    {
        viewing.cancel(later, false, desk);
    }
    viewing.listen(desk);
    if viewing.requests.from_cdn() < own.http_parallel {
        let cause = if let Some(request) = running {
            viewing.cancel(request.slot, false, desk);
            CdnCause::DeadlineNear
        } else if viewing.requests.is_partial(segment) {
            CdnCause::PeerFailed
        } else {
            why_not_peers(viewing, segment)
        };
        return viewing.fetch(segment, Source::Cdn, cause, desk);
    }
    if running.is_none()
        && let Some(peer) = viewing.neighbours.holder(segment, desk.now, desk.around)
    {
        make_way(own, viewing, desk, segment);
        if viewing.requests.from_peers() < own.p2p_parallel {
            return viewing.fetch(segment, Source::Peer(peer), CdnCause::NoHolder, desk);
        }
    }
    true
}

/// Ends the peer transfer furthest ahead when all are taken and it is beyond `segment`.
fn make_way(own: &Hybrid, viewing: &mut Viewing, desk: &mut Desk<'_>, segment: u16) {
    if viewing.requests.from_peers() >= own.p2p_parallel
        && let Some(later) = viewing.requests.furthest(true, segment)
    {
        viewing.cancel(later, false, desk);
    }
}

/// Asks neighbours for what they have, earliest first, beyond the high-demand window.
fn ahead(own: &Hybrid, viewing: &mut Viewing, desk: &mut Desk<'_>, reach: &Reach) {
    let mut from = reach.high;
    while from < reach.p2p {
        // With all transfers taken, only what lies before the furthest of them can matter.
        let full = viewing.requests.from_peers() >= own.p2p_parallel;
        let to = if full { furthest_gap(viewing, desk, from, reach.p2p) } else { reach.p2p };
        if to <= from {
            return;
        }
        viewing.listen(desk);
        let Some(segment) = next_announced(viewing, desk, from, to) else {
            return;
        };
        if viewing.requests.of(segment).is_none() {
            make_way(own, viewing, desk, segment);
            if viewing.requests.from_peers() >= own.p2p_parallel
                || !reach.leaves_room(viewing, desk, segment)
            {
                return;
            }
            let holder = viewing.neighbours.holder(segment, desk.now, desk.around);
            let Some(peer) = holder else {
                return;
            };
            if !viewing.fetch(segment, Source::Peer(peer), CdnCause::NoHolder, desk) {
                return;
            }
        }
        from = segment + 1;
    }
}

/// The segment of the peer transfer furthest ahead when something before it is neither held nor
/// under way, else `from`.
fn furthest_gap(viewing: &Viewing, desk: &Desk<'_>, from: u16, to: u16) -> u16 {
    let held = desk.held;
    let peers = viewing.requests.all().iter().filter(|request| !request.is_from_cdn());
    let furthest = peers.map(|request| request.segment).max().unwrap_or(from).min(to);
    let mut segment = held.next_gap(from);
    while segment < furthest {
        if viewing.requests.of(segment).is_none() {
            return furthest;
        }
        segment = held.next_gap(segment + 1);
    }
    from
}

/// The earliest segment in the window that we lack and a free neighbour has announced.
fn next_announced(viewing: &Viewing, desk: &Desk<'_>, from: u16, to: u16) -> Option<u16> {
    let mine = desk.held;
    let mut earliest = None;
    for neighbour in viewing.neighbours.iter().filter(|neighbour| neighbour.free()) {
        let before = earliest.unwrap_or(to);
        earliest = neighbour.told.next_useful(mine, from, before).or(earliest);
    }
    earliest
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

/// Fetches for all what no neighbour has or fetches, with a chance such that one of them does.
fn random_http(own: &Hybrid, viewing: &mut Viewing, desk: &mut Desk<'_>, reach: &Reach) {
    let group = viewing.neighbours.len() as u32 + 1;
    if group == 1 || viewing.requests.from_cdn() >= own.http_parallel {
        return;
    }
    viewing.listen(desk);
    let wanted = (own.http_parallel * group) as usize;
    let mut lacking = unannounced(viewing, desk, reach.http(own, viewing, desk), wanted);
    // A draw without replacement in random order; each in turn with what is left of the
    // probability `count / group`.
    let mut left = lacking.len() as u32;
    while left > 0 && !lacking.is_empty() && viewing.requests.from_cdn() < own.http_parallel {
        let at = desk.around.below(lacking.len() as u32) as usize;
        let segment = lacking.swap_remove(at);
        let chosen = left >= group || desk.around.below(group) < left;
        if chosen && reach.leaves_room(viewing, desk, segment) {
            viewing.fetch(segment, Source::Cdn, CdnCause::Designated, desk);
        }
        left = left.saturating_sub(group);
    }
}

/// The first `count` segments before `to` that we lack and nobody known has or fetches.
fn unannounced(viewing: &Viewing, desk: &Desk<'_>, to: u16, count: usize) -> SmallVec<[u16; 32]> {
    let mine = desk.held;
    let told = || viewing.neighbours.iter().map(|neighbour| &neighbour.told);
    let mut lacking = SmallVec::new();
    let mut segment = desk.gap;
    while lacking.len() < count {
        segment = mine.next_gap(segment);
        if segment >= to {
            break;
        }
        if let Some(end) = told().find_map(|told| told.end_of_run(segment)) {
            segment = end;
            continue;
        }
        let fetched = told().any(|told| told.is_fetching(segment));
        if !fetched && viewing.requests.of(segment).is_none() {
            lacking.push(segment);
        }
        segment += 1;
    }
    lacking
}
