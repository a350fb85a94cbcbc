//! What passes between a peer and its host.

use super::abr::{Adapt, Ladder, no_ladder};
use super::cache::{CachePolicy, Grain, Swarm};
use super::causes::{CdnCause, Refusal};
use super::scheduler::Plan;
use super::store::Store;
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
    /// Those that exist.
    pub edge: Edge,
    /// The viewer leaves when the first picture takes longer.
    pub patience: Span,
    /// The viewer leaves when stalls add up to more.
    pub stall_patience: Span,
    /// What comes next in the list that this is part of, as far as the client knows; whether the
    /// viewer goes on to it, nobody does.
    pub next: Option<Next>,
}

impl Play {
    /// All of an item on demand, for a viewer who waits for ever.
    pub const fn all(item: Item, segments: u16) -> Self {
        let (patience, stall_patience) = (Span(u64::MAX), Span(u64::MAX));
        let (from, until) = (0, segments);
        Self {
            item,
            from,
            until,
            segments,
            edge: Edge::Whole,
            patience,
            stall_patience,
            next: None,
        }
    }
}

/// What may be played next, from its beginning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Next {
    /// What.
    pub item: Item,
    /// Segments of the title.
    pub segments: u16,
}

/// How far a title exists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Edge {
    /// On demand: all of it.
    Whole,
    /// Live: one more with each segment's time.
    Live {
        /// Segments that exist.
        published: u16,
        /// When the next one does.
        next: Time,
    },
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
    /// How the player adapts.
    pub adapt: Adapt,
}

/// Something that a viewer does while watching.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Action {
    /// How many segments of the viewing have been played by then: at least 1.
    pub after: u16,
    /// What.
    pub act: Act,
}

/// What a viewer can do while watching.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
    /// Lets the picture stand for so long.
    Pause(Span),
    /// Goes on at this segment, for as long as was wanted.
    Seek(u16),
}

impl Config {
    /// What is kept on disk at most; nothing when segments go to memory alone.
    pub fn keeps(&self) -> Bytes {
        if Store::on_disk(self) { self.disk } else { Bytes::ZERO }
    }

    /// A device with this plan and segments of this length that keeps and gives nothing, connects to
    /// one other and starts and resumes with one segment: to be changed from there.
    pub fn plain(plan: Plan, segment: Span) -> Self {
        Self {
            plan,
            clock: TimeOfDay(Span::ZERO),
            segment,
            start_after: segment,
            resume_after: segment,
            cache: CachePolicy::default(),
            grain: Grain::default(),
            disk: Bytes::ZERO,
            memory: Bytes::ZERO,
            upload_slots: 0,
            upload_in_standby: false,
            upload_least: BitRate::ZERO,
            links: 1,
            refresh: Span::DAY,
            adapt: Adapt::default(),
        }
    }
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
    /// The viewer goes on to an item at once: [`Self::Play`] of it comes next.
    Switch(Item),
    /// The directory's answer, and how many hold and watch the item.
    Candidates(&'a [PeerId], Swarm),
    /// The same for what may be played next.
    CandidatesAhead(&'a [PeerId], Swarm),
    /// A neighbour names others that watch the item.
    Named(&'a [PeerId]),
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

/// Why a receiver ends a transfer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stop {
    /// It wants something else.
    Unwanted,
    /// It brought nothing for too long.
    TimedOut,
    /// Another has brought the same.
    Needless,
}

/// What the host has to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Output {
    /// Start a transfer.
    Fetch {
        /// Its name until it ends.
        slot: Slot,
        /// Of what: the item watched, or the one that may be next.
        item: Item,
        /// Which segment of it.
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
        /// Why.
        why: Stop,
    },
    /// Ask who has the item watched.
    AskDirectory,
    /// Ask who has the item that may be next.
    AskAhead,
    /// Connect to a candidate.
    Dial(PeerId),
    /// The same for the item that may be next.
    DialAhead(PeerId),
    /// Close a connection.
    Hangup(PeerId),
    /// The first segment of an item is held now.
    Holds(Item),
    /// The last segment of an item is gone.
    Drops(Item),
    /// From now on this is the item watched, of the same title. Transfers of the one before are cancelled
    /// and its neighbours left; answers and dials under way are of no use.
    ChangesRung(Item),
    /// Nobody has gone on to what was fetched ahead after the last viewing, and it is given up.
    Closed,
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
        /// At which rung.
        rung: u8,
        /// Whether it was held when the viewing began, or had been played in it before.
        own: bool,
    },
    /// A pause is over, or cut short by the end.
    Paused {
        /// How long it took.
        paused: Span,
    },
    /// The picture is back after a seek, or the viewer left before that.
    Sought {
        /// Where it goes on.
        to: u16,
        /// How long it took.
        waited: Span,
        /// Whether there was a picture.
        shown: bool,
    },
    /// The viewing is over.
    Ended {
        /// Whether there was a first picture.
        started: bool,
        /// A stall that had not ended.
        stalled: Span,
        /// Whether all that was meant to be seen was seen.
        complete: bool,
        /// Whether the viewer had had enough of waiting.
        gave_up: bool,
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

/// What a peer can look at while it decides: delivered messages, its own transfers, dice.
pub trait Surroundings {
    /// Uniform in 0..`bound`.
    fn below(&mut self, bound: u32) -> u32;
    /// Brings what `neighbour` has told us about `item` up to what is delivered by now.
    fn hear(&self, neighbour: PeerId, item: Item, told: &mut Told);
    /// Whether `neighbour` watches `item` itself, so that it will have more.
    fn watches(&self, neighbour: PeerId, item: Item) -> bool;
    /// How far away a peer's line is: 0 same provider and place, 1 same provider, 2 another, 3 another
    /// where a third provider is known to carry what they exchange.
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
    /// The rungs of every title, from the manifest.
    fn ladder(&self) -> &Ladder {
        no_ladder()
    }
    /// What the viewer does, by number from 0 and in order of `after`; the player knows it, the scheduler
    /// does not.
    fn action(&self, _number: u16) -> Option<Action> {
        None
    }
}
