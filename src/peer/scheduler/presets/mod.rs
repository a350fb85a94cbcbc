//! Whole systems by the names of their products or papers, each a set of rules with its published
//! parameters. A file per system.

mod cdn_only;
mod custom;
mod hybrid;
mod oracle;
mod spotify_2010;
mod timecritical;
mod webtorrent;

pub use cdn_only::CdnOnly;
pub use custom::{Custom, RequestRules};
pub use hybrid::Hybrid;
pub use oracle::Oracle;
pub use spotify_2010::Spotify2010;
pub use timecritical::Timecritical;
pub use webtorrent::WebTorrent;

use super::Plan;
use super::named::choices;

choices! {
    /// How segments are fetched: a whole system, or rules put together.
    #[expect(clippy::large_enum_variant, reason = "there are as few as arms")]
    pub enum Scheduler ("a scheduler") {
        CdnOnly(CdnOnly) = "cdn-only", "everything from the CDN, in order; the baseline";
        Hybrid(Hybrid) = "hybrid", "p2p-media-loader 2.3: CDN within 15 s of the play position, peers further ahead";
        HybridPage(Hybrid) = "hybrid-page", "the same in a web page: memory alone, gone with the page";
        HybridPeersFirst(Hybrid) = "hybrid-peers-first", "the same, but near the play position the CDN brings only what no peer has";
        Timecritical(Timecritical) = "timecritical", "libtorrent's pieces with deadlines, the CDN as a web seed";
        WebTorrentSequential(WebTorrent) = "webtorrent-sequential", "WebTorrent in order, with hot swaps, the CDN as a web seed";
        WebTorrentRarest(WebTorrent) = "webtorrent-rarest", "WebTorrent's rarest first beyond what is played next, with hot swaps";
        Spotify2010(Spotify2010) = "spotify-2010", "Spotify's client of 2010: head from the server, then peers, the server when the buffer is short";
        Oracle(Oracle) = "oracle", "knows every holder and its free uplink at no cost; a reference";
        Custom(Custom) = "custom", "a rule for each decision, put together in the scenario";
    }
}

impl Scheduler {
    /// What it comes to.
    pub fn plan(&self) -> Plan {
        use super::server::First;
        match self {
            Self::CdnOnly(own) => Plan::CdnOnly(*own),
            Self::Hybrid(own) | Self::HybridPage(own) => Plan::Peers(own.rules(First::Cdn)),
            Self::HybridPeersFirst(own) => Plan::Peers(own.rules(First::Peers)),
            Self::Timecritical(own) => Plan::Peers(own.rules()),
            Self::WebTorrentSequential(own) => Plan::Peers(own.rules(true)),
            Self::WebTorrentRarest(own) => Plan::Peers(own.rules(false)),
            Self::Spotify2010(own) => Plan::Peers(own.rules()),
            Self::Oracle(own) => Plan::Oracle(*own),
            Self::Custom(own) => Plan::Peers(own.rules()),
        }
    }

    /// Whether a device keeps what it fetched when the viewing is over.
    pub const fn keeps(&self) -> bool {
        !matches!(self, Self::HybridPage(_))
    }
}
