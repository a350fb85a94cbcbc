//! Reasons, as tables name them: why the CDN brings a segment, why an upload is refused.

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
