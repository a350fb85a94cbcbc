//! What no neighbour has or fetches, at random times, with such a chance that on average one of them
//! does it for all (p2p-media-loader 2.3).

use serde::{Deserialize, Serialize};
use smallvec::SmallVec;

use super::super::RequestRules;
use super::super::shell::Reach;
use crate::peer::viewing::{Desk, Viewing};
use crate::peer::{CdnCause, Source};
use crate::units::Span;

/// The CDN at random times, for all neighbours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct RandomHttp {
    /// How far ahead.
    pub window: Span,
}

impl Default for RandomHttp {
    fn default() -> Self {
        Self { window: Span::from_secs(3000) }
    }
}

impl RandomHttp {
    /// Acts when its time has come, and says when it comes again.
    pub(in super::super) fn act(
        self,
        requests: &RequestRules,
        viewing: &mut Viewing,
        desk: &mut Desk<'_>,
        reach: &Reach,
    ) {
        if viewing.next_random > desk.now || viewing.neighbours.is_empty() {
            return;
        }
        if !reach.closed {
            self.fetch(requests, viewing, desk, reach);
        }
        let peers = viewing.neighbours.len() as u32;
        let second = Span::from_secs(1);
        let extra =
            u64::from(desk.around.below(1_000_000)) * u64::from(peers) * (second.0 / 1_000_000);
        viewing.next_random = desk.now + second + Span(extra);
    }

    fn fetch(self, own: &RequestRules, viewing: &mut Viewing, desk: &mut Desk<'_>, reach: &Reach) {
        let (group, most) = (viewing.neighbours.len() as u32 + 1, own.http_parallel);
        if viewing.requests.from_cdn() >= most {
            return;
        }
        viewing.listen(desk);
        let to = viewing.window(desk.config, self.window);
        let mut lacking = unannounced(own, viewing, desk, to, (most * group) as usize);
        // A draw without replacement in random order; each in turn with what is left of the
        // probability `count / group`.
        let mut left = lacking.len() as u32;
        while left > 0 && !lacking.is_empty() && viewing.requests.from_cdn() < most {
            let at = desk.around.below(lacking.len() as u32) as usize;
            let segment = lacking.swap_remove(at);
            let chosen = left >= group || desk.around.below(group) < left;
            if chosen && reach.leaves_room(viewing, desk, segment) {
                viewing.fetch(segment, Source::Cdn, CdnCause::Designated, desk);
            }
            left = left.saturating_sub(group);
        }
    }
}

/// The first `count` segments before `to` that we lack and have not given up, and that nobody known
/// has or fetches.
fn unannounced(
    own: &RequestRules,
    viewing: &mut Viewing,
    desk: &Desk<'_>,
    to: u16,
    count: usize,
) -> SmallVec<[u16; 32]> {
    let mine = desk.held;
    let (neighbours, requests) = (&viewing.neighbours, &mut viewing.requests);
    let told = || neighbours.iter().map(|neighbour| &neighbour.told);
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
        if !fetched
            && !requests.covers(segment)
            && !requests.given_up(segment, own.retries, own.failure_memory, desk.now)
        {
            lacking.push(segment);
        }
        segment += 1;
    }
    lacking
}
