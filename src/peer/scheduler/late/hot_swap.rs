//! A segment that comes slowly is taken over by a peer that is much faster (WebTorrent).

use serde::{Deserialize, Serialize};

use super::{from_peers, hand_over};
use crate::peer::scheduler::Rules;
use crate::peer::viewing::{Desk, Viewing};
use crate::units::{BitRate, Span};

/// A transfer counts as measured after this.
const MEASURED: Span = Span::from_secs(1);

/// Taken over from a slow peer by one that is so many times faster.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct HotSwap {
    /// Slower than this is slow.
    pub slow: BitRate,
    /// How much faster the other has to be.
    pub faster: u32,
    /// Only what is played within this is swapped.
    pub critical: Span,
}

impl Default for HotSwap {
    /// 3 × 16 KiB/s, twice as fast; two segments of 4 s for its two pieces.
    fn default() -> Self {
        Self { slow: BitRate(3 * 16_384 * 8), faster: 2, critical: Span::from_secs(8) }
    }
}

impl HotSwap {
    pub(super) fn act(self, rules: &Rules, viewing: &mut Viewing, desk: &mut Desk<'_>) {
        const BIT_NS: u128 = 8_000_000_000;
        let critical = viewing.window(desk.config, self.critical);
        for request in from_peers(viewing) {
            if request.segment >= critical {
                return;
            }
            let spent = desk.now.since(request.asked);
            if spent < MEASURED {
                continue;
            }
            let got = u128::from(desk.around.got(request.slot).0);
            let rate = got * BIT_NS / u128::from(spent.0);
            if rate >= u128::from(self.slow.0) {
                continue;
            }
            viewing.listen(desk);
            let fast = rules.source.choose_other(viewing, desk, request.segment).filter(|peer| {
                let shown = viewing.neighbours.rate_of(*peer, desk.now);
                u128::from(shown.0) >= rate * u128::from(self.faster) && shown.0 > 0
            });
            if let Some(peer) = fast {
                hand_over(&request, peer, viewing, desk);
            }
        }
    }
}
