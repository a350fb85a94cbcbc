//! What to do about a peer that is slow with a segment. A file per rule.

mod copies;
mod hot_swap;
mod steal;

pub use copies::Copies;
pub use hot_swap::HotSwap;
pub use steal::Steal;

use serde::{Deserialize, Serialize};

use super::super::requests::Request;
use super::super::viewing::{Desk, Viewing};
use super::super::{CdnCause, Source, Stop};
use super::Rules;
use super::named::choices;
use crate::peer::PeerId;

choices! {
    /// What to do about a peer that is slow with a segment.
    pub enum Late ("a rule for slow transfers") {
        Wait(Wait) = "wait", "nothing, until it is silent for too long";
        Steal(Steal) = "steal", "another peer goes on with it when it takes many times as long as others";
        HotSwap(HotSwap) = "hot-swap", "another peer goes on with it when that one is twice as fast";
        Copies(Copies) = "copies", "other peers send it too, the first to be done counts";
    }
}

/// Nothing is done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Wait {}

impl Late {
    /// Acts on transfers from peers, earliest segment first.
    pub(super) fn act(&self, rules: &Rules, viewing: &mut Viewing, desk: &mut Desk<'_>) {
        match self {
            Self::Wait(_) => {}
            Self::Steal(own) => own.act(rules, viewing, desk),
            Self::HotSwap(own) => own.act(rules, viewing, desk),
            Self::Copies(own) => own.act(rules, viewing, desk),
        }
    }
}

/// Transfers that peers are at, by segment.
fn from_peers(viewing: &Viewing) -> smallvec::SmallVec<[Request; 8]> {
    let all = viewing.requests.all().iter().copied();
    let mut running: smallvec::SmallVec<[Request; 8]> =
        all.filter(|r| !r.is_from_cdn() && viewing.requests.has_turn(r)).collect();
    running.sort_by_key(|request| (request.segment, request.slot));
    running
}

/// Lets `peer` go on where `request` is now.
fn hand_over(request: &Request, peer: PeerId, viewing: &mut Viewing, desk: &mut Desk<'_>) {
    viewing.cancel(request.slot, Stop::Unwanted, desk);
    viewing.fetch(request.segment, Source::Peer(peer), CdnCause::NoHolder, desk);
}
