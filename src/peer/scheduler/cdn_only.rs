//! Everything from the CDN, in order, up to a fixed time ahead: the floor against which offload is
//! measured. Its defaults are those of `hybrid` without neighbours, so that the two differ in peers
//! alone.

use super::super::viewing::{Desk, Viewing};
use super::super::{CdnCause, Source};
use super::CdnOnly;

pub(super) fn decide(own: &CdnOnly, viewing: &mut Viewing, desk: &mut Desk<'_>) {
    let until = viewing.far();
    let mut segment = desk.gap;
    while segment < until && viewing.requests.from_cdn() < own.http_parallel {
        let busy = viewing.requests.of(segment).is_some();
        let hopeless =
            viewing.requests.given_up(segment, own.retries, own.failure_memory, desk.now);
        if !busy && !hopeless && !viewing.fetch(segment, Source::Cdn, CdnCause::PeersOff, desk) {
            return;
        }
        segment = desk.held.next_gap(segment + 1);
    }
}
