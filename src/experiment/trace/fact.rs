//! What a trace tells: one fact a line.

use serde::Serialize;

/// A fact and its time.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Line {
    /// Nanoseconds since local midnight of the first day.
    pub t_ns: u64,
    /// What.
    #[serde(flatten)]
    pub fact: Fact,
}

/// Where a transfer comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Origin {
    /// `same place`, `same provider` or `another provider` for homes; `appliance`, `exchange` or `origin`.
    pub via: &'static str,
    /// The sending home.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub home: Option<u32>,
}

/// A title and its place in the order of popularity, from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Title {
    /// Its number.
    pub title: u32,
    /// Its rank.
    pub rank: u32,
    /// The rung.
    pub rung: u8,
}

/// A transfer under way.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct UnderWay {
    /// Of which segment.
    pub segment: u16,
    /// From where.
    pub from: Origin,
    /// How long ago it was asked for.
    pub asked_s: f64,
}

/// A segment that is lacked, and what neighbours have told of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Lacks {
    /// Which.
    pub segment: u16,
    /// How many neighbours announced it, how many of these can be asked now.
    pub announced: u32,
    /// See `announced`.
    pub free: u32,
    /// How many are fetching it from the CDN.
    pub fetching: u32,
}

/// Who the home is.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Head {
    /// Its number.
    pub home: u32,
    /// The arm, the replication and the seed.
    pub arm: String,
    /// See `arm`.
    pub replication: u32,
    /// See `arm`.
    pub seed: u64,
    /// Its provider, place and device, by name.
    pub isp: String,
    /// See `isp`.
    pub place: String,
    /// See `isp`.
    pub device: String,
    /// Its line, in bit/s.
    pub down_bps: u64,
    /// The same in its provider's evening.
    pub down_evening_bps: u64,
    /// See `down_bps`.
    pub up_bps: u64,
    /// The rung that it plays unless its player adapts, and its rate in bit/s.
    pub rung: u8,
    /// See `rung`.
    pub rung_bps: u64,
    /// Whether its line is metered, its device on battery.
    pub metered: bool,
    /// See `metered`.
    pub battery: bool,
    /// Why it never gives.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub never_gives: Option<&'static str>,
}

/// What an interval adds up to.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Sums {
    /// Segments played to their end within it, in seconds.
    pub played_s: f64,
    /// Time within it in which the picture stood still.
    pub stalled_s: f64,
    /// How many stalls began in it.
    pub stalls: u64,
    /// Bytes that came within it, by where they came from.
    pub bytes: Vec<(&'static str, u64)>,
    /// Bytes sent to others within it.
    pub sent: u64,
    /// Requests of others that were refused, and uploads broken off.
    pub refused: u64,
}

/// What happened, what it knew, what it decided, what its player did, what it did for others.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "fact", rename_all = "snake_case")]
pub enum Fact {
    /// The home.
    Home(Head),
    /// How it was when the interval began.
    Before {
        /// Whether its box was on.
        on: bool,
        /// What it watched.
        watches: Option<Title>,
        /// For how long the picture had been standing still.
        stalled_s: Option<f64>,
        /// What was under way.
        under_way: Vec<UnderWay>,
    },
    /// Its box goes on or off.
    Power {
        /// On.
        on: bool,
    },
    /// Somebody pressed play.
    Pressed {
        /// On what.
        what: Title,
        /// From which segment on, of how many.
        from: u16,
        /// See `from`.
        segments: u16,
    },
    /// The viewer leaves.
    Leaves,
    /// A segment, or what was asked of it, is here.
    Arrived {
        /// Which; of what may be played next when `ahead`.
        segment: u16,
        /// See `segment`.
        ahead: bool,
        /// From where.
        from: Origin,
        /// How much was asked for.
        bytes: u64,
        /// How long it took.
        took_s: f64,
    },
    /// A transfer ended early.
    Failed {
        /// Of which segment.
        segment: u16,
        /// From where.
        from: Origin,
        /// Why.
        why: &'static str,
        /// What had come.
        bytes: u64,
    },
    /// Somebody named others.
    Named {
        /// Whether a neighbour did, not the directory.
        by_neighbour: bool,
        /// Whether it is for what may be played next.
        ahead: bool,
        /// Whom.
        homes: Vec<u32>,
        /// How many hold and watch the item, as the directory says.
        holders: Option<u32>,
        /// See `holders`.
        viewers: Option<u32>,
    },
    /// A connection came about.
    Connected {
        /// With whom.
        home: u32,
    },
    /// A dial failed.
    NotConnected {
        /// With whom.
        home: u32,
    },
    /// A neighbour is gone.
    Gone {
        /// Which.
        home: u32,
    },
    /// A neighbour says that it does not serve it, or does again.
    Choke {
        /// Which.
        home: u32,
        /// Not any more.
        choked: bool,
    },
    /// What it knew when it decided.
    Knew {
        /// The segment that is played or waited for.
        position: u16,
        /// Whether the picture moved.
        playing: bool,
        /// How long it could go on.
        buffered_s: f64,
        /// Neighbours, and how many could be asked.
        neighbours: u32,
        /// See `neighbours`.
        free: u32,
        /// Dials under way.
        dialing: u32,
        /// The next segments lacked.
        lacks: Vec<Lacks>,
        /// Transfers under way before it decided.
        under_way: Vec<UnderWay>,
    },
    /// It asks for a segment, or for a part.
    Fetches {
        /// Which.
        segment: u16,
        /// Whether it may be played next.
        ahead: bool,
        /// From where.
        from: Origin,
        /// How much.
        bytes: u64,
        /// For the CDN: why not from a peer.
        why: Option<&'static str>,
        /// What it knew itself, where that is less.
        knew: Option<&'static str>,
        /// Why from no nearer tier.
        tier: Option<&'static str>,
    },
    /// It ends a transfer.
    Cancels {
        /// Of which segment.
        segment: u16,
        /// From where.
        from: Origin,
        /// Because nothing came for too long.
        timed_out: bool,
    },
    /// It asks the directory.
    AsksDirectory {
        /// Who has what may be played next.
        ahead: bool,
    },
    /// It dials.
    Dials {
        /// Whom.
        homes: Vec<u32>,
    },
    /// It closes a connection.
    HangsUp {
        /// With whom.
        home: u32,
    },
    /// It has the first segment of an item, and is listed if it gives.
    Holds(Title),
    /// It has lost the last.
    Drops(Title),
    /// From now on it fetches another rung.
    ChangesRung {
        /// Which.
        to: u8,
    },
    /// It gives up what it fetched ahead after the last viewing.
    GivesUpNext,
    /// The first picture.
    Started {
        /// After pressing play.
        after_s: f64,
    },
    /// The picture stands still.
    Stalls {
        /// The segment that is missing.
        segment: u16,
        /// What it waits for, and how fast that comes in bit/s, and what has come of it.
        waits_for: Option<(UnderWay, u64, u64)>,
        /// Why it is late.
        why: &'static str,
    },
    /// It moves again.
    Resumed {
        /// How long it stood.
        after_s: f64,
    },
    /// A pause is over.
    Paused {
        /// How long it took.
        for_s: f64,
    },
    /// The picture is back after a seek, or the viewer left before that.
    Sought {
        /// Where it goes on.
        to: u16,
        /// How long it took.
        after_s: f64,
        /// Whether there was a picture.
        shown: bool,
    },
    /// The viewing is over.
    Ended {
        /// Whether there was a first picture.
        started: bool,
        /// Whether all was seen.
        complete: bool,
        /// How long the picture had been standing still at the end.
        stalled_s: f64,
    },
    /// It sends to another home.
    Serves {
        /// To whom.
        to: u32,
        /// Of what.
        what: Title,
        /// Which segment.
        segment: u16,
    },
    /// It refuses, or breaks off.
    Refuses {
        /// Whom.
        to: u32,
        /// Of what.
        what: Title,
        /// Which segment.
        segment: u16,
        /// Why.
        why: &'static str,
    },
    /// It is done with sending.
    Sent {
        /// To whom.
        to: u32,
        /// Which segment.
        segment: u16,
        /// How much.
        bytes: u64,
        /// How that ended.
        ending: &'static str,
    },
    /// What the interval adds up to.
    Sums(Sums),
}
