//! What passes between a peer and its host.

use super::cache::{CachePolicy, Grain, Swarm};
use super::scheduler::Plan;
use super::told::Told;
use crate::units::{BitRate, Bytes, Span, Time, TimeOfDay};

/// Who: dense from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PeerId(pub u32);

/// What is exchanged: one rendition of one title.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Item {
    /// Index of the title, below [`Self::TITLES`].
    pub title: u32,
    /// Index of the rung.
    pub rung: u8,
}

impl Item {
    /// Titles there can be.
    pub const TITLES: u32 = 1 << 24;
}

/// Names a transfer among those of one viewer: 0 to 7.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Slot(pub u8);

impl Slot {
    /// Transfers a viewer can have at once.
    pub const COUNT: usize = 8;
}

/// Where a segment comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// The content delivery network; which of its servers is not the client's choice.
    Cdn,
    /// Another peer.
    Peer(PeerId),
}

/// A viewing to begin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Play {
    /// What.
    pub item: Item,
    /// First segment.
    pub from: u16,
    /// The viewer leaves before this one. The player knows it, the scheduler does not.
    pub until: u16,
    /// Segments of the title.
    pub segments: u16,
    /// The viewer leaves when the first picture takes longer.
    pub patience: Span,
    /// The viewer leaves when stalls add up to more.
    pub stall_patience: Span,
}

/// How a peer is set: the same for all devices of a kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Config {
    /// When a segment is fetched, and from whom.
    pub plan: Plan,
    /// The time of day at time zero.
    pub clock: TimeOfDay,
    /// Playing time of a segment.
    pub segment: Span,
    /// Media needed before the first picture.
    pub start_after: Span,
    /// Media needed to resume.
    pub resume_after: Span,
    /// Which title gives way when the disk is full.
    pub cache: CachePolicy,
    /// What it gives up.
    pub grain: Grain,
    /// Quota on disk.
    pub disk: Bytes,
    /// Room in memory, used when it is larger than the disk.
    pub memory: Bytes,
    /// Uploads at once.
    pub upload_slots: u32,
    /// Whether it gives while nobody watches.
    pub upload_in_standby: bool,
    /// A request that would get less of the uplink is refused.
    pub upload_least: BitRate,
    /// Connections at once.
    pub links: u32,
    /// Time between two questions to the directory.
    pub refresh: Span,
}

/// What a home can give at this moment, as its host knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Giving {
    /// Why it never does.
    pub never: Option<Refusal>,
    /// What one more upload would get of the uplink.
    pub rate: BitRate,
    /// What its budgets leave.
    pub left: Bytes,
}

impl Giving {
    /// Without any limit but the device's own.
    pub const FREELY: Self = Self { never: None, rate: BitRate(u64::MAX), left: Bytes(u64::MAX) };
}

/// How urgent a request is, as it says itself; the more urgent the less.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum Class {
    /// Needed to play now.
    Now = 1,
    /// The beginning of what is watched next.
    Next = 2,
    /// Everything else.
    Rest = 3,
}

/// What a neighbour asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// Who asks, what it calls the transfer, and when that reached us.
    pub from: PeerId,
    /// See `from`.
    pub slot: Slot,
    /// See `from`.
    pub now: Time,
    /// How urgent it is, if it says so.
    pub class: Option<Class>,
    /// Of which item.
    pub item: Item,
    /// Which segment.
    pub segment: u16,
    /// How much of it.
    pub bytes: Bytes,
}

/// What happened.
#[derive(Clone, Copy, Debug)]
pub enum Input<'a> {
    /// Somebody presses play.
    Play(Play),
    /// The viewer leaves.
    Leave,
    /// The directory's answer, and how many hold and watch the item.
    Candidates(&'a [PeerId], Swarm),
    /// A dial succeeded, or another peer's dial to us.
    Linked(PeerId),
    /// A dial failed.
    DialFailed(PeerId),
    /// The connection is gone.
    Unlinked(PeerId),
    /// A neighbour will not serve us until it says otherwise.
    Choked(PeerId),
    /// It will.
    Unchoked(PeerId),
    /// All bytes of a transfer are here.
    Arrived(Slot),
    /// A transfer ended early; its bytes so far are counted.
    Failed {
        /// Which.
        slot: Slot,
        /// Why.
        why: End,
        /// What came, this transfer alone.
        got: Bytes,
    },
    /// The time asked for has come.
    Wake,
}

/// Why a transfer ended early.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// The peer said no.
    Refused(Refusal),
    /// The peer went away.
    PeerGone,
    /// What came is not what it should be; nothing of it is kept.
    Corrupt,
}

/// Why an upload is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum Refusal {
    /// Not held any more.
    Absent = 0,
    /// All slots taken.
    Busy = 1,
    /// Its owner does not give.
    NotPermitted = 2,
    /// The line is metered.
    Metered = 3,
    /// It runs on battery.
    Battery = 4,
    /// Nobody watches, and it gives only then.
    Standby = 5,
    /// Its own picture may stop.
    OwnPlayback = 6,
    /// Too little of the uplink would be left for it.
    UplinkFull = 7,
    /// The day's or month's bytes are sent.
    Budget = 8,
    /// It cannot be kept while it is sent.
    Storage = 9,
    /// Others have the slots until the next round of decisions.
    Choked = 10,
    /// Somebody who needed it sooner has the slot now.
    Displaced = 11,
}

/// What the host has to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Output {
    /// Start a transfer.
    Fetch {
        /// Its name until it ends.
        slot: Slot,
        /// Which segment of the item watched.
        segment: u16,
        /// From where.
        from: Source,
        /// First byte wanted; what lies before came earlier.
        from_byte: Bytes,
        /// First byte not wanted: the size of the segment, or the end of a piece.
        to_byte: Bytes,
        /// For the CDN: why not a peer.
        cause: CdnCause,
        /// For a peer: how urgent, if the request says so.
        class: Option<Class>,
        /// For a neighbour: how long ago it last told us anything.
        news: Option<Span>,
    },
    /// End a transfer.
    Cancel {
        /// Which.
        slot: Slot,
        /// Whether it brought nothing for too long.
        timed_out: bool,
    },
    /// Ask who has the item watched.
    AskDirectory,
    /// Connect to a candidate.
    Dial(PeerId),
    /// Close a connection.
    Hangup(PeerId),
    /// The first segment of an item is held now.
    Holds(Item),
    /// The last segment of an item is gone.
    Drops(Item),
    /// Something worth counting.
    Note(Note),
}

/// Something worth counting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Note {
    /// The first picture.
    Started,
    /// The picture stands still.
    Stalled(Waiting),
    /// It moves again after `waited`.
    Resumed {
        /// How long it stood.
        waited: Span,
    },
    /// A segment was played to its end.
    Played {
        /// Which.
        segment: u16,
        /// Whether it was held when the viewing began.
        own: bool,
    },
    /// The viewing is over.
    Ended {
        /// Whether there was a first picture.
        started: bool,
        /// A stall that had not ended.
        stalled: Span,
        /// Whether all that was meant to be seen was seen.
        complete: bool,
    },
}

/// What the player waits for when it stalls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Waiting {
    /// A transfer under way.
    For(Slot),
    /// Nothing was asked.
    NotRequested,
}

/// Why a segment comes from the CDN.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum CdnCause {
    /// This scheduler never asks peers.
    PeersOff = 0,
    /// The directory has not answered yet.
    NotIntroduced = 1,
    /// Introduced to peers, connected to none.
    NotConnected = 2,
    /// Nobody known has it.
    NoHolder = 3,
    /// A neighbour fetches it from the CDN and has not announced it yet.
    NotYetAnnounced = 4,
    /// Those who have it are sending or have just refused.
    HolderBusy = 5,
    /// A neighbour has it, but play-out is too near.
    DeadlineNear = 6,
    /// A peer began and did not finish.
    PeerFailed = 7,
    /// Fetched by chance on behalf of the neighbours, who lack it too.
    Designated = 8,
    /// The CDN counts as one of the peers.
    WebSeed = 9,
}

impl CdnCause {
    /// Every cause, by number.
    pub const ALL: [Self; 10] = [
        Self::PeersOff,
        Self::NotIntroduced,
        Self::NotConnected,
        Self::NoHolder,
        Self::NotYetAnnounced,
        Self::HolderBusy,
        Self::DeadlineNear,
        Self::PeerFailed,
        Self::Designated,
        Self::WebSeed,
    ];

    /// As tables name it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::PeersOff => "peers off",
            Self::NotIntroduced => "not introduced",
            Self::NotConnected => "not connected",
            Self::NoHolder => "no holder",
            Self::NotYetAnnounced => "not yet announced",
            Self::HolderBusy => "holder busy",
            Self::DeadlineNear => "deadline too near",
            Self::PeerFailed => "peer failed",
            Self::Designated => "designated fetcher",
            Self::WebSeed => "web seed",
        }
    }
}

impl Refusal {
    /// Every reason, by number.
    pub const ALL: [Self; 12] = [
        Self::Absent,
        Self::Busy,
        Self::NotPermitted,
        Self::Metered,
        Self::Battery,
        Self::Standby,
        Self::OwnPlayback,
        Self::UplinkFull,
        Self::Budget,
        Self::Storage,
        Self::Choked,
        Self::Displaced,
    ];

    /// Whether asking again is of no use.
    pub(super) const fn lasts(self) -> bool {
        matches!(
            self,
            Self::NotPermitted | Self::Metered | Self::Battery | Self::Standby | Self::Budget
        )
    }

    /// As tables name it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Absent => "not held",
            Self::Busy => "slots taken",
            Self::NotPermitted => "not permitted",
            Self::Metered => "metered",
            Self::Battery => "battery",
            Self::Standby => "standby",
            Self::OwnPlayback => "own playback",
            Self::UplinkFull => "uplink full",
            Self::Budget => "budget",
            Self::Storage => "storage",
            Self::Choked => "choked",
            Self::Displaced => "displaced",
        }
    }
}

/// What a peer can look at while it decides: delivered messages, its own transfers, dice.
pub trait Surroundings {
    /// Uniform in 0..`bound`.
    fn below(&mut self, bound: u32) -> u32;
    /// Brings what `neighbour` has told us about `item` up to what is delivered by now.
    fn hear(&self, neighbour: PeerId, item: Item, told: &mut Told);
    /// Whether `neighbour` watches `item` itself, so that it will have more.
    fn watches(&self, neighbour: PeerId, item: Item) -> bool;
    /// How far away a peer's line is: 0 same provider and place, 1 same provider, 2 another.
    fn distance(&self, peer: PeerId) -> u8;
    /// How long a message to a neighbour and its answer take.
    fn round_trip(&self, neighbour: PeerId) -> Span;
    /// What came of our transfer, this one alone.
    fn got(&self, slot: Slot) -> Bytes;
    /// When the last byte of our transfer came, or when it was asked for.
    fn last(&self, slot: Slot) -> Time;
    /// Bytes of a segment, from the manifest.
    fn size(&self, item: Item, segment: u16) -> Bytes;
    /// For `oracle` alone: a peer that holds the segment, with at least `rate` of its uplink and an
    /// upload slot free; nearest first, then the one that holds least beyond the segment, as the
    /// fewest others can use it, then the one with the most uplink free.
    fn free_holder(&self, item: Item, segment: u16, rate: BitRate) -> Option<PeerId>;
}
