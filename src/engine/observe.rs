//! What the engine tells whoever watches a run.

use super::causes::Why;
use super::follow::Followed;
use crate::peer::{Item, Note, Refusal};
use crate::scenario::model::Way;
use crate::units::{BitRate, Bytes, Span, Time};
use crate::world::{Disturbance, Narrowed};

/// Where delivered bytes came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum Via {
    /// A home of the same provider at the same place.
    PeerPop = 0,
    /// Another home of the same provider.
    PeerIsp = 1,
    /// A home of another provider.
    PeerOther = 2,
    /// An appliance inside the provider.
    Appliance = 3,
    /// The exchange site.
    Exchange = 4,
    /// The origin.
    Origin = 5,
}

impl Via {
    /// Every source, by number.
    pub const ALL: [Self; 6] = [
        Self::PeerPop,
        Self::PeerIsp,
        Self::PeerOther,
        Self::Appliance,
        Self::Exchange,
        Self::Origin,
    ];

    /// Whether a peer sent it.
    pub const fn is_peer(self) -> bool {
        matches!(self, Self::PeerPop | Self::PeerIsp | Self::PeerOther)
    }

    /// Whether it came into the provider over an interconnect.
    pub const fn crosses_interconnect(self) -> bool {
        matches!(self, Self::PeerOther | Self::Exchange | Self::Origin)
    }
}

/// Bytes that reached a home since the last such report of the transfer.
#[derive(Clone, Copy, Debug)]
pub struct Delivery {
    /// Index of the receiving home.
    pub home: u32,
    /// From where.
    pub via: Via,
    /// Index of the sending home, for peers.
    pub from: Option<u32>,
    /// For the CDN: why not from a peer, and why from that tier.
    pub why: Why,
    /// Of what: the item watched, or one that may be next.
    pub item: Item,
    /// Of which segment of it.
    pub segment: u16,
    /// How many.
    pub bytes: Bytes,
}

/// A link that homes share.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SharedLink {
    /// Which.
    pub kind: LinkKind,
    /// Whether it carries towards homes; what servers send does.
    pub down: bool,
    /// With nothing else on it.
    pub capacity: BitRate,
}

/// What homes share.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LinkKind {
    /// Between a place and its provider's core.
    Aggregation {
        /// Index of the provider.
        isp: u8,
        /// Index of the place.
        place: u16,
    },
    /// Between a provider and other networks.
    Interconnect {
        /// Index of the provider.
        isp: u8,
        /// Which of its ways; one that it does not have has no capacity.
        way: Way,
    },
    /// What a provider's appliance sends; nothing where there is none.
    Appliance {
        /// Index of the provider.
        isp: u8,
    },
    /// What the exchange sends.
    Exchange,
    /// What the origin sends.
    Origin,
}

impl LinkKind {
    /// Whether an event narrows it.
    pub fn is_narrowed_by(self, event: &Disturbance) -> bool {
        match (event.narrowed, self) {
            (Narrowed::Way(narrowed), Self::Interconnect { isp, way }) => {
                isp == event.isp && way == narrowed
            }
            (Narrowed::Aggregation(at), Self::Aggregation { isp, place }) => {
                isp == event.isp && at.is_none_or(|at| at == place)
            }
            _ => false,
        }
    }

    /// Whether it is what servers send.
    pub const fn is_server(self) -> bool {
        matches!(self, Self::Appliance { .. } | Self::Exchange | Self::Origin)
    }
}

/// What a stalled player waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum StallCause {
    /// Nothing was asked for in time.
    NotRequested = 0,
    /// The request is under way, no byte has come.
    RoundTrip = 1,
    /// The home's own line is full.
    OwnLine = 2,
    /// The sending home's uplink is full, or its cap reached.
    PeerUplink = 3,
    /// The provider's aggregation is full.
    AggregationFull = 4,
    /// An interconnect is full.
    InterconnectFull = 5,
    /// A server's egress is full.
    CdnFull = 6,
    /// Slow start, or the rate that window, loss and round trip allow.
    PathRate = 7,
}

impl StallCause {
    /// Every cause, by number.
    pub const ALL: [Self; 8] = [
        Self::NotRequested,
        Self::RoundTrip,
        Self::OwnLine,
        Self::PeerUplink,
        Self::AggregationFull,
        Self::InterconnectFull,
        Self::CdnFull,
        Self::PathRate,
    ];

    /// As tables name it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::NotRequested => "not requested",
            Self::RoundTrip => "round trip",
            Self::OwnLine => "own line full",
            Self::PeerUplink => "peer uplink full",
            Self::AggregationFull => "aggregation full",
            Self::InterconnectFull => "interconnect full",
            Self::CdnFull => "CDN egress full",
            Self::PathRate => "path rate",
        }
    }
}

/// How a transfer ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum Ending {
    /// All bytes arrived.
    Done = 0,
    /// The receiver changed its mind.
    Cancelled = 1,
    /// Nothing came for too long.
    TimedOut = 2,
    /// The sender went away.
    PeerGone = 3,
    /// The sender said no.
    Refused = 4,
    /// What came is corrupt, and of no use.
    Corrupt = 5,
    /// Another transfer had brought the same first.
    Needless = 6,
}

/// A transfer that ended.
#[derive(Clone, Copy, Debug)]
pub struct Ended {
    /// Index of the receiving home.
    pub home: u32,
    /// Of what.
    pub item: Item,
    /// Of which segment of it.
    pub segment: u16,
    /// How.
    pub ending: Ending,
    /// What it brought, all in all.
    pub got: Bytes,
    /// When it was asked for.
    pub asked: Time,
    /// Whether the segment is whole now, and kept.
    pub whole: bool,
}

/// What a kind of device may do in a run, as its arm says.
#[derive(Clone, Copy, Debug, Default)]
pub struct Kit {
    /// What it keeps on disk at most; nothing when it keeps segments in memory alone.
    pub disk: Bytes,
}

/// A moment in the life of a viewing.
#[derive(Clone, Copy, Debug)]
pub enum Moment {
    /// Somebody pressed play.
    Pressed {
        /// What.
        item: Item,
        /// Whether no server but the origin has it.
        origin_only: bool,
    },
    /// What the player says; a stall with its cause.
    Player(Note, Option<StallCause>),
    /// After the end of a viewing: the device stays on, with what it has fetched ahead.
    Waits,
    /// Nobody has played that: it waits no longer.
    Closed,
}

/// Watches a run; what it does not take up is not heard. Calls come in order of time.
pub trait Observer {
    /// Before anything happens: what homes share, in the order of [`Observer::carried`].
    fn begins(&mut self, _links: &[SharedLink]) {}
    /// Just before a bin ends: bytes over each shared link since the beginning.
    fn carried(&mut self, _at: Time, _bytes: &[u64]) {}
    /// Bytes arrived, all of them in the bin that has not ended yet.
    fn delivered(&mut self, _at: Time, _delivery: Delivery) {}
    /// Before anything happens: what devices may do, by number.
    fn device(&mut self, _device: u8, _kit: Kit) {}
    /// Before anything happens: why a home never sends, if so.
    fn never_gives(&mut self, _home: u32, _why: Refusal) {}
    /// A transfer ended.
    fn transfer_ended(&mut self, _at: Time, _ended: Ended) {}
    /// What a transfer brought of a segment is corrupt: as if it had not come.
    fn corrupt(&mut self, _at: Time, _home: u32, _item: Item, _segment: u16, _bytes: Bytes) {}
    /// A neighbour was asked that had last told anything so long ago.
    fn asked(&mut self, _at: Time, _news: Span) {}
    /// All of a segment is at `home` now, of a title that no server but the origin has.
    fn obtained(&mut self, _at: Time, _home: u32, _item: Item, _segment: u16) {}
    /// A moment of a home's viewing; the size is that of a played segment, else zero.
    fn viewing(&mut self, _at: Time, _home: u32, _moment: Moment, _size: Bytes) {}
    /// An upload was refused.
    fn refused(&mut self, _at: Time, _why: Refusal) {}
    /// Control messages were sent.
    fn control(&mut self, _at: Time, _bytes: Bytes) {}
    /// What a home sends holds what it can receive so much below its rate, from now on; zero when it does
    /// not. Told again without a change.
    fn slowed(&mut self, _at: Time, _home: u32, _by: BitRate) {}
    /// What a home has on disk at the end.
    fn keeps(&mut self, _home: u32, _bytes: Bytes) {}
    /// A bin ended; homes that give and are on could have sent so much since the last one.
    fn bin(&mut self, _at: Time, _could_send: Bytes) {}
    /// Whose decisions it wants to hear of, in [`Self::followed`]: always the same home.
    #[inline]
    fn follows(&self) -> Option<u32> {
        None
    }
    /// Something happened to the home that it follows.
    fn followed(&mut self, _at: Time, _what: Followed<'_>) {}
    /// A time at which all delivered bytes are to be reported once everything up to it has happened;
    /// the next one after [`Self::marked`].
    #[inline]
    fn mark(&self) -> Time {
        Time::NEVER
    }
    /// The mark has come; true to stop.
    fn marked(&mut self, _at: Time) -> bool {
        false
    }
    /// Time passed, for progress; true to stop.
    fn checkpoint(&mut self, _at: Time, _events: u64) -> bool {
        false
    }
}
