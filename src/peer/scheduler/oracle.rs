//! Knows every holder and its free uplink, at once and at no cost: a reference, which another
//! policy may beat. In order; each segment comes from a peer that can make its deadline alone, the one
//! that is of least use to others, else from the CDN when play-out is near or the picture stands
//! still.

use super::super::player::State;
use super::super::viewing::{Desk, Viewing};
use super::super::{CdnCause, Source, Stop};
use super::Oracle;
use crate::units::{BitRate, Bytes, Span};

/// Bits per byte times nanoseconds per second.
const BIT_NS: u128 = 8_000_000_000;

pub(super) fn decide(own: &Oracle, viewing: &mut Viewing, desk: &mut Desk<'_>) {
    // Before the first picture and while it stands still only the CDN is asked, for what is needed
    // to play: nothing may compete with it.
    let waits = match viewing.player.state {
        State::Starting { .. } | State::Seeking { .. } => Some(desk.config.start_after),
        State::Stalled { .. } => Some(desk.config.resume_after),
        State::Playing { .. } | State::Paused { .. } => None,
    };
    let until = waits.map_or(viewing.far(), |needed| viewing.window(desk.config, needed));
    let mut segment = desk.gap;
    while segment < until {
        if viewing.requests.of(segment).is_none() {
            ask(own, viewing, desk, segment, waits.is_some());
        } else {
            rescue(own, viewing, desk, segment);
        }
        segment = desk.held.next_gap(segment + 1);
    }
}

fn ask(own: &Oracle, viewing: &mut Viewing, desk: &mut Desk<'_>, segment: u16, waits: bool) {
    let left = viewing.player.plays_at(desk.config, desk.now, segment).since(desk.now);
    let size = desk.around.size(viewing.item, segment);
    let near = left < own.high_demand;
    let mut cause = if waits { CdnCause::DeadlineNear } else { CdnCause::HolderBusy };
    if !waits && viewing.requests.from_peers() < own.p2p_parallel {
        match desk.around.free_holder(viewing.item, segment, needed(size, left)) {
            Some(peer) => {
                viewing.fetch(segment, Source::Peer(peer), CdnCause::NoHolder, desk);
                return;
            }
            None => cause = CdnCause::NoHolder,
        }
    }
    if (near || waits) && viewing.requests.from_cdn() < own.http_parallel {
        viewing.fetch(segment, Source::Cdn, cause, desk);
    }
}

/// Moves a peer transfer to the CDN when it will not be in time.
fn rescue(own: &Oracle, viewing: &mut Viewing, desk: &mut Desk<'_>, segment: u16) {
    let Some(request) = viewing.requests.of(segment).copied() else {
        return;
    };
    let left = viewing.player.plays_at(desk.config, desk.now, segment).since(desk.now);
    let full = viewing.requests.from_cdn() >= own.http_parallel;
    if request.is_from_cdn() || full || left >= own.high_demand {
        return;
    }
    let got = desk.around.got(request.slot);
    let size = desk.around.size(viewing.item, segment) - request.from_byte();
    let spent = u128::from(desk.now.since(request.asked).0);
    let late = u128::from((size - got).0) * spent > u128::from(got.0) * u128::from(left.0);
    if late && desk.now.since(request.asked) >= Span::from_secs(1) {
        viewing.cancel(request.slot, Stop::Unwanted, desk);
        viewing.fetch(segment, Source::Cdn, CdnCause::PeerFailed, desk);
    }
}

/// The rate at which `size` arrives within `left`, with a tenth in reserve.
const fn needed(size: Bytes, left: Span) -> BitRate {
    let span = left.0 as u128 + 1;
    let rate = size.0 as u128 * BIT_NS * 11 / (10 * span);
    BitRate(if rate > u64::MAX as u128 { u64::MAX } else { rate as u64 })
}
