//! A late segment is asked from further peers as well; the first that is done counts, the others are
//! waste (libtorrent's time-critical pieces).

use serde::{Deserialize, Serialize};

use super::{Request, from_peers};
use crate::peer::Source;
use crate::peer::scheduler::Rules;
use crate::peer::viewing::{Desk, Viewing};
use crate::units::Span;

/// One more copy for each time that segments take, half a deviation included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct Copies {
    /// Most peers that send the same segment at once.
    pub copies: u32,
}

impl Default for Copies {
    fn default() -> Self {
        Self { copies: 3 }
    }
}

impl Copies {
    pub(super) fn act(self, rules: &Rules, viewing: &mut Viewing, desk: &mut Desk<'_>) {
        let usual = viewing.pace.mean() + Span(viewing.pace.deviation().0 / 2);
        if usual == Span::ZERO {
            return;
        }
        // Most of the time there is nobody to ask, or nothing that is late.
        let full = |viewing: &Viewing| viewing.requests.from_peers() >= rules.requests.p2p_parallel;
        let late = |request: &Request| desk.now.since(request.asked) >= usual;
        if full(viewing) || !viewing.requests.all().iter().any(late) {
            return;
        }
        for request in from_peers(viewing) {
            if full(viewing) {
                return;
            }
            let extra = desk.now.since(request.asked).0 / usual.0;
            let running = viewing.requests.copies(&request);
            let allowed = extra.min(u64::from(self.copies) - 1) as u32 + 1;
            if running >= allowed {
                continue;
            }
            viewing.listen(desk);
            if let Some(peer) = rules.source.choose_other(viewing, desk, request.segment) {
                viewing.fetch_again(&request, Source::Peer(peer), desk);
            }
        }
    }
}
