//! Rules put together in the scenario.

use serde::{Deserialize, Serialize};

use crate::peer::scheduler::Rules;
use crate::peer::scheduler::late::{Late, Wait};
use crate::peer::scheduler::neighbours::{self, NeighbourChoice};
use crate::peer::scheduler::per_peer::{Fixed, PerPeer};
use crate::peer::scheduler::prefetch::Prefetch;
use crate::peer::scheduler::segment::{SegmentChoice, Sequential};
use crate::peer::scheduler::server::{Gate, Gates, Window};
use crate::peer::scheduler::source::{SourceChoice, SpeedWeighted};
use crate::peer::scheduler::trust::{Errors, Trust};
use crate::peer::scheduler::unit::{Segment, Unit};
use crate::peer::upload::{FirstCome, UploadChoice};
use crate::units::Span;

/// A rule for each decision. What is left out is `hybrid`'s, without its random fetches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct Custom {
    /// Which segment is asked from peers next.
    pub segment: SegmentChoice,
    /// From whom.
    pub source: SourceChoice,
    /// When the CDN is asked.
    pub server: Gates,
    /// What is done about slow peers.
    pub late: Late,
    /// What is fetched of the title that may be played next.
    pub prefetch: Prefetch,
    /// How requests are made and given up.
    pub requests: RequestRules,
    /// Who gets an upload slot.
    pub upload: UploadChoice,
    /// Who is met, and who has to go.
    pub neighbours: NeighbourChoice,
}

impl Default for Custom {
    fn default() -> Self {
        Self {
            segment: SegmentChoice::Sequential(Sequential::default()),
            source: SourceChoice::SpeedWeighted(SpeedWeighted::default()),
            server: Gates::of(&[Gate::Window(Window::default())]).expect("one is few enough"),
            late: Late::Wait(Wait::default()),
            prefetch: Prefetch::NOTHING,
            requests: RequestRules::default(),
            upload: UploadChoice::FirstCome(FirstCome::default()),
            neighbours: NeighbourChoice::FirstCome(neighbours::FirstCome::default()),
        }
    }
}

impl Custom {
    pub(super) const fn rules(&self) -> Rules {
        let Self { segment, source, server, late, prefetch, requests, upload, neighbours } = *self;
        Rules { segment, source, server, late, prefetch, requests, upload, neighbours }
    }
}

/// How requests are made and given up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct RequestRules {
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
    /// What one transfer brings.
    pub unit: Unit,
    /// How many requests to one peer are under way at once.
    pub per_peer: PerPeer,
    /// What becomes of a neighbour that sends corrupt segments.
    pub trust: Trust,
}

impl Default for RequestRules {
    /// Those of p2p-media-loader 2.3.
    fn default() -> Self {
        Self {
            http_parallel: 2,
            p2p_parallel: 3,
            http_idle: Span::from_secs(3),
            p2p_idle: Span::from_secs(2),
            retries: 3,
            failure_memory: Span::from_secs(60),
            unit: Unit::Segment(Segment::default()),
            per_peer: PerPeer::Fixed(Fixed::default()),
            trust: Trust::Errors(Errors::default()),
        }
    }
}
