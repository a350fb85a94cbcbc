//! WebTorrent: in order, or rarest first beyond what is played next, with hot swaps and the CDN as a
//! web seed.

use serde::{Deserialize, Serialize};

use super::RequestRules;
use crate::peer::scheduler::Rules;
use crate::peer::scheduler::late::{HotSwap, Late};
use crate::peer::scheduler::neighbours::{FirstCome, NeighbourChoice};
use crate::peer::scheduler::per_peer::{PerPeer, QueueTime};
use crate::peer::scheduler::prefetch::Prefetch;
use crate::peer::scheduler::segment::{Bands, SegmentChoice, Sequential};
use crate::peer::scheduler::server::{Gate, Gates, WebSeed};
use crate::peer::scheduler::source::{Random, SourceChoice};
use crate::peer::scheduler::unit::{Pieces, Unit};
use crate::peer::upload::{Choking, UploadChoice};
use crate::units::{BitRate, Bytes, Span};

/// Parameters of `webtorrent-sequential` and `webtorrent-rarest`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct WebTorrent {
    /// How far ahead segments are fetched.
    pub window: Span,
    /// What is played within this may be swapped, and `webtorrent-rarest` fetches it in order.
    pub critical: Span,
    /// Slower than this may be swapped.
    pub slow: BitRate,
    /// How much faster the other has to be.
    pub faster: u32,
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

impl Default for WebTorrent {
    fn default() -> Self {
        let HotSwap { slow, faster, critical } = HotSwap::default();
        Self {
            window: Sequential::default().window,
            critical,
            slow,
            faster,
            piece: Pieces::default().size,
            http_parallel: 1,
            p2p_parallel: 6,
            http_idle: Span::from_secs(30),
            p2p_idle: Span::from_secs(30),
        }
    }
}

impl WebTorrent {
    pub(super) fn rules(&self, in_order: bool) -> Rules {
        let &Self { window, critical, slow, faster, .. } = self;
        Rules {
            segment: if in_order {
                SegmentChoice::Sequential(Sequential { window })
            } else {
                SegmentChoice::Bands(Bands { window, high: critical, mid: 0 })
            },
            source: SourceChoice::Random(Random::default()),
            server: Gates::of(&[Gate::WebSeed(WebSeed::default())]).expect("few enough"),
            late: Late::HotSwap(HotSwap { slow, faster, critical }),
            prefetch: Prefetch::NOTHING,
            requests: RequestRules {
                http_parallel: self.http_parallel,
                p2p_parallel: self.p2p_parallel,
                http_idle: self.http_idle,
                p2p_idle: self.p2p_idle,
                unit: Unit::Pieces(Pieces { size: self.piece }),
                per_peer: PerPeer::QueueTime(QueueTime {
                    queue: Span::from_secs(1),
                    ..QueueTime::default()
                }),
                ..RequestRules::default()
            },
            upload: UploadChoice::Choking(Choking {
                slots: 10,
                round: Span::from_secs(10),
                optimistic: Span::from_secs(20),
                ..Choking::default()
            }),
            neighbours: NeighbourChoice::FirstCome(FirstCome::default()),
        }
    }
}
