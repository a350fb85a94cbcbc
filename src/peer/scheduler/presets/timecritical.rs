//! libtorrent's pieces with deadlines, with the CDN as a web seed.
//!
//! In order within a horizon of the mean time that segments take, four deviations and a second, from
//! the peer that is expected to be done first, the slowest tenth left out; further copies of what is
//! late; beyond the horizon rarest first.

use serde::{Deserialize, Serialize};

use super::RequestRules;
use crate::peer::scheduler::Rules;
use crate::peer::scheduler::late::{Copies, Late};
use crate::peer::scheduler::neighbours::{FirstCome, NeighbourChoice};
use crate::peer::scheduler::per_peer::{PerPeer, QueueTime};
use crate::peer::scheduler::prefetch::Prefetch;
use crate::peer::scheduler::segment::{SegmentChoice, TimeCritical};
use crate::peer::scheduler::server::{Gate, Gates, WebSeed};
use crate::peer::scheduler::source::{LeastEta, SourceChoice};
use crate::peer::scheduler::trust::{Points, Trust};
use crate::peer::scheduler::unit::{Pieces, Unit};
use crate::peer::upload::{Choking, UploadChoice};
use crate::units::{Bytes, Share, Span};

/// Parameters of `timecritical`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct Timecritical {
    /// How far ahead segments have deadlines or are fetched at all.
    pub window: Span,
    /// Deviations of the time segments take within the horizon.
    pub deviations: u32,
    /// Added to the horizon.
    pub reserve: Span,
    /// Share of the peers, the slowest, that gets none of them.
    pub drop_slowest: Share,
    /// No peer is asked while the one chosen needs longer for what it has been asked for already.
    pub queue_cap: Span,
    /// Most peers that send the same segment at once.
    pub copies: u32,
    /// Bytes of a piece: one transfer from a peer brings one.
    pub piece: Bytes,
    /// Web seed transfers at once.
    pub http_parallel: u32,
    /// Peer transfers at once.
    pub p2p_parallel: u32,
    /// Give up a web seed transfer that brings no byte for this long.
    pub http_idle: Span,
    /// Give up a peer transfer that brings no byte for this long.
    pub p2p_idle: Span,
}

impl Default for Timecritical {
    fn default() -> Self {
        let TimeCritical { window, deviations, reserve } = TimeCritical::default();
        Self {
            window,
            deviations,
            reserve,
            drop_slowest: Share::from_ppm(100_000),
            queue_cap: Span::from_secs(2),
            copies: Copies::default().copies,
            piece: Pieces::default().size,
            http_parallel: 1,
            p2p_parallel: 6,
            http_idle: Span::from_secs(20),
            p2p_idle: Span::from_secs(20),
        }
    }
}

impl Timecritical {
    /// A parameter that makes no sense, and what would.
    pub fn wrong(&self) -> Option<(&'static str, &'static str)> {
        (self.drop_slowest == Share::ONE)
            .then_some(("drop_slowest", "below 1, so that somebody is left"))
    }

    pub(super) fn rules(&self) -> Rules {
        let &Self { window, deviations, reserve, .. } = self;
        Rules {
            segment: SegmentChoice::TimeCritical(TimeCritical { window, deviations, reserve }),
            source: SourceChoice::LeastEta(LeastEta {
                drop_slowest: self.drop_slowest,
                queue_cap: self.queue_cap,
            }),
            server: Gates::of(&[Gate::WebSeed(WebSeed::default())]).expect("few enough"),
            late: Late::Copies(Copies { copies: self.copies }),
            prefetch: Prefetch::NOTHING,
            requests: RequestRules {
                http_parallel: self.http_parallel,
                p2p_parallel: self.p2p_parallel,
                http_idle: self.http_idle,
                p2p_idle: self.p2p_idle,
                unit: Unit::Pieces(Pieces { size: self.piece }),
                per_peer: PerPeer::QueueTime(QueueTime::default()),
                trust: Trust::Points(Points::default()),
                ..RequestRules::default()
            },
            upload: UploadChoice::Choking(Choking::default()),
            neighbours: NeighbourChoice::FirstCome(FirstCome::default()),
        }
    }
}
