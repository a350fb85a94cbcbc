//! A segment that takes many times as long as segments do is taken over by another peer, and what
//! came of it is kept (rqbit).

use serde::{Deserialize, Serialize};

use super::{from_peers, hand_over};
use crate::peer::scheduler::Rules;
use crate::peer::viewing::{Desk, Viewing};
use crate::units::Span;

/// Taken over after so many times the mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct Steal {
    /// Times the mean after which any free holder takes over.
    pub patient: u32,
    /// The same when there is nothing else to ask peers for.
    pub idle: u32,
}

impl Default for Steal {
    fn default() -> Self {
        Self { patient: 10, idle: 3 }
    }
}

impl Steal {
    pub(super) fn act(self, rules: &Rules, viewing: &mut Viewing, desk: &mut Desk<'_>) {
        let mean = viewing.pace.mean();
        if mean == Span::ZERO {
            return;
        }
        for request in from_peers(viewing) {
            let idle = viewing.requests.from_peers() < rules.requests.p2p_parallel;
            let times = if idle { self.idle } else { self.patient };
            if desk.now.since(request.asked) < mean.times(u64::from(times)) {
                continue;
            }
            viewing.listen(desk);
            if let Some(peer) = rules.source.choose_other(viewing, desk, request.segment) {
                hand_over(&request, peer, viewing, desk);
            }
        }
    }
}
