//! p2p-media-loader 2.3 on a box whose cache outlives the viewing.
//!
//! Near the play position the CDN comes first; further ahead, what a neighbour has announced is
//! asked from neighbours, one transfer per connection; what no neighbour has or fetches is fetched
//! from the CDN at random times, so that on average one of them does it for all. Differences from
//! the source are listed in `docs/policies.md`.

use serde::{Deserialize, Serialize};

use super::RequestRules;
use crate::peer::scheduler::Rules;
use crate::peer::scheduler::late::{Late, Wait};
use crate::peer::scheduler::neighbours::{self, NeighbourChoice};
use crate::peer::scheduler::prefetch::Prefetch;
use crate::peer::scheduler::segment::{SegmentChoice, Sequential};
use crate::peer::scheduler::server::{First, Gate, Gates, RandomHttp, Window};
use crate::peer::scheduler::source::{SourceChoice, SpeedWeighted};
use crate::peer::upload::{FirstCome, UploadChoice};
use crate::units::Span;

/// Parameters of `hybrid` and its variants; defaults are those of p2p-media-loader 2.3.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct Hybrid {
    /// Within this of the play position the CDN comes first.
    pub high_demand: Span,
    /// Random CDN fetches reach this far.
    pub http_window: Span,
    /// Peers are asked this far ahead.
    pub p2p_window: Span,
    /// CDN transfers at once.
    pub http_parallel: u32,
    /// Peer transfers at once.
    pub p2p_parallel: u32,
    /// Give up a CDN transfer that brings no byte for this long.
    pub http_idle: Span,
    /// Give up a peer transfer that brings no byte for this long.
    pub p2p_idle: Span,
    /// Tries before a failure is remembered.
    pub retries: u32,
    /// How long it is remembered.
    pub failure_memory: Span,
}

impl Default for Hybrid {
    fn default() -> Self {
        let RequestRules {
            http_parallel,
            p2p_parallel,
            http_idle,
            p2p_idle,
            retries,
            failure_memory,
            ..
        } = RequestRules::default();
        Self {
            high_demand: Window::default().ahead,
            http_window: RandomHttp::default().window,
            p2p_window: Sequential::default().window,
            http_parallel,
            p2p_parallel,
            http_idle,
            p2p_idle,
            retries,
            failure_memory,
        }
    }
}

impl Hybrid {
    pub(super) fn rules(&self, first: First) -> Rules {
        let near = Gate::Window(Window { ahead: self.high_demand, first });
        let for_all = Gate::RandomHttp(RandomHttp { window: self.http_window });
        let &Self { http_parallel, p2p_parallel, http_idle, p2p_idle, retries, .. } = self;
        Rules {
            segment: SegmentChoice::Sequential(Sequential { window: self.p2p_window }),
            source: SourceChoice::SpeedWeighted(SpeedWeighted::default()),
            server: Gates::of(&[near, for_all]).expect("few enough"),
            late: Late::Wait(Wait::default()),
            prefetch: Prefetch::NOTHING,
            requests: RequestRules {
                http_parallel,
                p2p_parallel,
                http_idle,
                p2p_idle,
                retries,
                failure_memory: self.failure_memory,
                ..RequestRules::default()
            },
            upload: UploadChoice::FirstCome(FirstCome::default()),
            neighbours: NeighbourChoice::FirstCome(neighbours::FirstCome::default()),
        }
    }
}
