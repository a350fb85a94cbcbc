//! When a segment is fetched, and from whom.
//!
//! A scheduler is made of rules for single decisions: which segment (`segment/`), from whom
//! (`source/`), when the CDN (`server/`), what about slow peers (`late/`), what of the next title
//! (`prefetch/`); `shell` asks them in turn.
//! A whole system is a set of rules under the name of its product (`presets/`), or [`Custom`].
//! `cdn-only` and `oracle` decide by themselves.

mod cdn_only;
pub mod late;
pub(in crate::peer) mod named;
pub mod neighbours;
mod oracle;
pub mod per_peer;
pub mod prefetch;
mod presets;
pub mod segment;
pub mod server;
pub(super) mod shell;
pub mod source;
pub mod trust;
pub mod unit;

pub use presets::{
    CdnOnly, Custom, Hybrid, Oracle, RequestRules, Scheduler, Spotify2010, Timecritical, WebTorrent,
};

use late::Late;
use neighbours::NeighbourChoice;
use per_peer::{Fixed, PerPeer};
use prefetch::{NextItem, Prefetch};
use segment::SegmentChoice;
use server::{Gate, Gates};
use source::SourceChoice;
use trust::{Points, Trust};

use super::upload::{FirstCome, UploadChoice};
use super::viewing::{Desk, Viewing};
use crate::units::{Bytes, Span};

/// Errors in a row after which a neighbour is left, of any kind.
pub(super) const RETRIES: u32 = 3;

/// What a scheduler comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::large_enum_variant, reason = "there are as few as kinds of device")]
pub enum Plan {
    /// Everything from the CDN.
    CdnOnly(CdnOnly),
    /// Neighbours by these rules.
    Peers(Rules),
    /// Every holder is known.
    Oracle(Oracle),
}

/// A rule for each decision.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rules {
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

impl Plan {
    /// Whether peers are met through the directory and asked over connections.
    pub const fn asks_peers(&self) -> bool {
        matches!(self, Self::Peers(_))
    }

    /// Whether a device whose buffer is short refuses to send.
    pub(super) fn stops_uploads(&self) -> bool {
        let Self::Peers(rules) = self else {
            return false;
        };
        rules.server.iter().any(|gate| matches!(gate, Gate::Panic(own) if own.stop_uploads))
    }

    /// What is fetched of the title that may be played next, and by which rules; `None` for nothing.
    pub(super) const fn prefetch(&self) -> Option<(&Rules, &NextItem)> {
        match self {
            Self::Peers(rules) => match rules.prefetch.next_item() {
                Some(own) => Some((rules, own)),
                None => None,
            },
            _ => None,
        }
    }

    /// Whether anything is fetched of what may be played next.
    pub const fn prefetches(&self) -> bool {
        self.prefetch().is_some()
    }

    /// Transfers at once, from the CDN and from peers.
    pub(super) const fn parallel(&self) -> (u32, u32) {
        match self {
            Self::CdnOnly(own) => (own.http_parallel, 0),
            Self::Peers(rules) => (rules.requests.http_parallel, rules.requests.p2p_parallel),
            Self::Oracle(own) => (own.http_parallel, own.p2p_parallel),
        }
    }

    /// Who gets an upload slot.
    pub const fn uploads(&self) -> &UploadChoice {
        match self {
            Self::Peers(rules) => &rules.upload,
            _ => &UploadChoice::FirstCome(FirstCome {}),
        }
    }

    /// How far ahead segments are fetched.
    pub(super) const fn window(&self) -> Span {
        match self {
            Self::CdnOnly(own) => own.ahead,
            Self::Peers(rules) => rules.segment.window(),
            Self::Oracle(own) => own.ahead,
        }
    }

    /// Bytes of a piece, for those who do not ask for whole segments.
    pub(super) const fn piece(&self) -> Option<Bytes> {
        match self {
            Self::Peers(rules) => rules.requests.unit.piece(),
            _ => None,
        }
    }

    /// How many requests to one peer are under way at once.
    pub(super) const fn per_peer(&self) -> &PerPeer {
        match self {
            Self::Peers(rules) => &rules.requests.per_peer,
            _ => &PerPeer::Fixed(Fixed { count: 1 }),
        }
    }

    /// Who is met, and who has to go.
    pub(super) const fn neighbours(&self) -> &NeighbourChoice {
        match self {
            Self::Peers(rules) => &rules.neighbours,
            _ => &NeighbourChoice::FirstCome(neighbours::FirstCome {}),
        }
    }

    /// How points are counted for and against neighbours, where they are.
    pub(super) const fn points(&self) -> Option<Points> {
        match self {
            Self::Peers(Rules {
                requests: RequestRules { trust: Trust::Points(own), .. }, ..
            }) => Some(*own),
            _ => None,
        }
    }

    /// Whether one peer is asked for more than one thing at once.
    pub const fn queues(&self) -> bool {
        !self.per_peer().is_one()
    }

    /// What is played within this is needed now; `None` when requests do not say how urgent they are.
    pub(super) const fn soon(&self) -> Option<Span> {
        match self.uploads() {
            UploadChoice::Urgency(own) => Some(own.soon),
            _ => None,
        }
    }

    /// Whether the CDN is asked at random times.
    pub(super) fn at_random(&self) -> bool {
        matches!(self, Self::Peers(rules) if rules.server.at_random().is_some())
    }

    /// Longest silence of a CDN and of a peer transfer.
    pub(super) const fn idle_limits(&self) -> (Span, Span) {
        match self {
            Self::CdnOnly(own) => (own.http_idle, own.http_idle),
            Self::Peers(Rules { requests, .. }) => (requests.http_idle, requests.p2p_idle),
            Self::Oracle(own) => (own.http_idle, own.p2p_idle),
        }
    }
}

/// Starts and ends transfers as the scheduler of this device wants.
pub(super) fn decide(viewing: &mut Viewing, desk: &mut Desk<'_>) {
    match &desk.config.plan {
        Plan::CdnOnly(own) => cdn_only::decide(own, viewing, desk),
        Plan::Peers(rules) => shell::decide(rules, viewing, desk),
        Plan::Oracle(own) => oracle::decide(own, viewing, desk),
    }
}
