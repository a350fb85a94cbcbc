//! Why bytes come from the CDN, and from which of its tiers: what the peer could know, refined by what
//! was true.

use crate::peer::CdnCause;

macro_rules! causes {
    ($(#[$of:meta])* $name:ident: $($(#[$doc:meta])* $variant:ident = $text:literal,)*) => {
        $(#[$of])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        #[repr(u8)]
        pub enum $name {
            $($(#[$doc])* $variant,)*
        }

        impl $name {
            /// Every cause, by number.
            pub const ALL: [Self; [$(Self::$variant),*].len()] = [$(Self::$variant),*];

            /// As tables name it.
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $text,)*
                }
            }
        }
    };
}

causes! {
    /// Why a byte came from the CDN that a peer could have served.
    FetchCause:
    /// This scheduler never asks peers.
    PeersOff = "peers off",
    /// A home that is on has it, but was not named.
    NotIntroduced = "not introduced",
    /// It was named, but there is no connection.
    NotConnected = "not connected",
    /// Nobody else had it.
    NoHolder = "no holder",
    /// A neighbour has it, or fetches it, and has not announced it yet.
    NotYetAnnounced = "not yet announced",
    /// Those who have it are sending or have just refused.
    HolderBusy = "holder busy",
    /// A neighbour has it, but play-out is too near.
    DeadlineNear = "deadline too near",
    /// A peer began and did not finish.
    PeerFailed = "peer failed",
    /// Fetched by chance on behalf of the neighbours, who lack it too.
    Designated = "designated fetcher",
    /// The CDN counts as one of the peers.
    WebSeed = "web seed",
    /// Others had it and gave it up.
    Evicted = "evicted",
    /// The boxes of all who have it and give are off.
    HolderOffline = "holder offline",
    /// Only homes have it that do not give …
    OptOut = "opt-out",
    /// … as their line is metered …
    Metered = "metered",
    /// … or as they run on battery.
    Battery = "battery",
    /// A home that is on has it, and the directory does not show it yet.
    TrackerStale = "tracker stale",
}

causes! {
    /// Why a byte of the CDN came from the tier that it came from.
    TierCause:
    /// The nearest that holds the title.
    Nearest = "nearest that holds it",
    /// An appliance holds it, and is full.
    ApplianceFull = "appliance full",
    /// The exchange holds it, and is full; so is the appliance, if one holds it.
    ExchangeFull = "exchange full",
}

impl From<CdnCause> for FetchCause {
    fn from(said: CdnCause) -> Self {
        match said {
            CdnCause::PeersOff => Self::PeersOff,
            CdnCause::NotIntroduced => Self::NotIntroduced,
            CdnCause::NotConnected => Self::NotConnected,
            CdnCause::NoHolder => Self::NoHolder,
            CdnCause::NotYetAnnounced => Self::NotYetAnnounced,
            CdnCause::HolderBusy => Self::HolderBusy,
            CdnCause::DeadlineNear => Self::DeadlineNear,
            CdnCause::PeerFailed => Self::PeerFailed,
            CdnCause::Designated => Self::Designated,
            CdnCause::WebSeed => Self::WebSeed,
        }
    }
}

/// Both.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Why {
    /// For the CDN: why not from a peer.
    pub cause: FetchCause,
    /// For the CDN: why from that tier.
    pub tier: TierCause,
}

impl Why {
    /// Of what comes from a peer, and needs no cause.
    pub const NONE: Self = Self { cause: FetchCause::NoHolder, tier: TierCause::Nearest };
}
