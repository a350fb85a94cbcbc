//! The holder that is expected to be done first: a round trip and the segment at the rate it has
//! shown (libtorrent's time-critical pieces, Spotify's least expected finish).

use core::cmp::Reverse;

use serde::{Deserialize, Serialize};
use smallvec::SmallVec;

use crate::peer::neighbours::Holder;
use crate::peer::{PeerId, Surroundings};
use crate::units::{BitRate, Bytes, Share, Span};

/// The holder expected to be done first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct LeastEta {
    /// Share of the holders, the slowest, that is left out; whole ones only.
    pub drop_slowest: Share,
    /// Nobody is asked while the holder chosen needs longer for what it has been asked for already; 0:
    /// however long.
    pub queue_cap: Span,
}

impl LeastEta {
    /// A parameter that makes no sense, and what would.
    pub fn wrong(&self) -> Option<(&'static str, &'static str)> {
        (self.drop_slowest == Share::ONE)
            .then_some(("drop_slowest", "below 1, so that somebody is left"))
    }

    pub(super) fn choose(
        self,
        holders: &[Holder],
        rates: &[BitRate],
        size: Bytes,
        around: &dyn Surroundings,
    ) -> Option<PeerId> {
        if let [only] = holders {
            return self.is_free(only, rates[0], size).then_some(only.peer);
        }
        let mut order: SmallVec<[usize; 16]> = (0..holders.len()).collect();
        order.sort_by_key(|at| Reverse(rates[*at]));
        let out = holders.len() * self.drop_slowest.ppm() as usize / 1_000_000;
        order.truncate(holders.len() - out);
        order.sort_unstable();
        let finish = |at: &usize| {
            // It sends what it has been asked for first.
            let all = Bytes(size.0.saturating_mul(u64::from(holders[*at].sending) + 1));
            (eta(all, rates[*at]) + around.round_trip(holders[*at].peer), holders[*at].peer)
        };
        let first = order.into_iter().min_by_key(finish);
        first.filter(|at| self.is_free(&holders[*at], rates[*at], size)).map(|at| holders[at].peer)
    }

    /// Whether a holder is done soon enough with what it has been asked for, of `size` each.
    fn is_free(self, holder: &Holder, rate: BitRate, size: Bytes) -> bool {
        let queue = Bytes(size.0.saturating_mul(u64::from(holder.sending)));
        holder.sending == 0 || self.queue_cap == Span::ZERO || eta(queue, rate) <= self.queue_cap
    }
}

/// How long `size` takes at `rate`; endless for a rate of nothing.
pub(in crate::peer::scheduler) fn eta(size: Bytes, rate: BitRate) -> Span {
    const BIT_NS: u128 = 8_000_000_000;
    let bits = u128::from(size.0) * BIT_NS;
    let span = bits.checked_div(u128::from(rate.0)).unwrap_or(u128::MAX);
    Span(u64::try_from(span).unwrap_or(u64::MAX / 4).min(u64::MAX / 4))
}
