//! Spotify's client of 2010 (Kreitz, Niemelä): the head from the server while peers are looked for;
//! then the most urgent from the peer expected to be done first; the server within 15 s for what no
//! peer can send, and alone while the buffer is nearly empty. Of the next track peers are looked for
//! 30 s before the present one ends, and the server is asked 10 s before.

use serde::{Deserialize, Serialize};

use super::RequestRules;
use crate::peer::scheduler::Rules;
use crate::peer::scheduler::late::{Late, Wait};
use crate::peer::scheduler::neighbours::{FirstCome, NeighbourChoice};
use crate::peer::scheduler::prefetch::{NextItem, Prefetch};
use crate::peer::scheduler::segment::{SegmentChoice, Sequential};
use crate::peer::scheduler::server::{First, Gate, Gates, HeadFirst, Panic, Window};
use crate::peer::scheduler::source::{LeastEta, SourceChoice};
use crate::peer::upload::{UploadChoice, Urgency};
use crate::units::Span;

/// Parameters of `spotify-2010`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct Spotify2010 {
    /// So much of a viewing's beginning comes from the server.
    pub head: Span,
    /// The server is never further ahead than this when peers could send.
    pub throttle: Span,
    /// The server alone when less than this is buffered.
    pub panic_below: Span,
    /// And until this is.
    pub panic_until: Span,
    /// Peers are asked this far ahead.
    pub window: Span,
    /// So long before the end of a track peers are looked for that have the next one.
    pub peers_before: Span,
    /// So long before it the server is asked for the head of the next, where no peer has it.
    pub cdn_before: Span,
    /// Server transfers at once.
    pub http_parallel: u32,
    /// Peer transfers at once.
    pub p2p_parallel: u32,
}

impl Default for Spotify2010 {
    fn default() -> Self {
        Self {
            head: HeadFirst::default().head,
            throttle: Span::from_secs(15),
            panic_below: Span::from_secs(3),
            panic_until: Span::from_secs(15),
            window: Sequential::default().window,
            peers_before: NextItem::default().peers_before,
            cdn_before: NextItem::default().cdn_before,
            http_parallel: 2,
            p2p_parallel: 4,
        }
    }
}

impl Spotify2010 {
    /// A parameter that makes no sense, and what would.
    pub fn wrong(&self) -> Option<(&'static str, &'static str)> {
        if self.panic_below > self.panic_until {
            return Some(("panic_below", "not above `panic_until`"));
        }
        (self.cdn_before > self.peers_before).then_some(("cdn_before", "not above `peers_before`"))
    }

    pub(super) fn rules(&self) -> Rules {
        let gates = [
            Gate::HeadFirst(HeadFirst { head: self.head }),
            Gate::Panic(Panic {
                below: self.panic_below,
                until: self.panic_until,
                stop_uploads: true,
            }),
            Gate::Window(Window { ahead: self.throttle, first: First::Peers }),
        ];
        Rules {
            segment: SegmentChoice::Sequential(Sequential { window: self.window }),
            source: SourceChoice::LeastEta(LeastEta::default()),
            server: Gates::of(&gates).expect("few enough"),
            late: Late::Wait(Wait::default()),
            prefetch: Prefetch::NextItem(NextItem {
                peers_before: self.peers_before,
                cdn_before: self.cdn_before,
                p2p_window: self.window,
                http_window: self.head,
            }),
            requests: RequestRules {
                http_parallel: self.http_parallel,
                p2p_parallel: self.p2p_parallel,
                ..RequestRules::default()
            },
            upload: UploadChoice::Urgency(Urgency::default()),
            neighbours: NeighbourChoice::FirstCome(FirstCome::default()),
        }
    }
}
