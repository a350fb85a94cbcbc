//! Places, providers and servers, and how links are shared.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Interconnect, Nat, Tcp, Way, Window, is_false, is_nothing};
use crate::units::{BitRate, Bytes, Share, Span, TimeOfDay};

/// How links are shared and how far it is.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct Network {
    /// How flows share a link.
    pub sharing: Sharing,
    /// How far below its capacity a full link shared by many homes may be used before all of its
    /// flows hear of a change; 0: they hear of every one.
    pub slack: Share,
    /// Path delay between places as a multiple of the straight-line delay of light in glass.
    pub fibre_factor: f64,
    /// Speed of light in glass: delay per kilometre.
    pub delay_per_km: Span,
    /// What connections cost.
    pub tcp: Tcp,
    /// Chance that what a peer sends comes out corrupt, by transfer.
    #[serde(skip_serializing_if = "is_nothing")]
    pub corrupt: Share,
}

/// How flows share a link.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Sharing {
    /// Exact weighted max-min fairness with per-flow caps.
    #[default]
    MaxMin,
    /// The least of the equal shares of the links crossed; what a flow leaves goes to nobody.
    Split,
    /// Uplinks serve whole transfers one after another; nothing else is shared.
    Fifo,
}

/// A point of presence and the people around it.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Place {
    /// Its name, used by `[[link]]`.
    pub name: String,
    /// Degrees north.
    pub lat: f64,
    /// Degrees east.
    pub lon: f64,
    /// People around it; homes are spread in proportion.
    pub population: u64,
}

/// A connection between two places, for delay.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Link {
    /// One end.
    pub a: String,
    /// The other end.
    pub b: String,
    /// Straight-line length in kilometres.
    pub km: f64,
}

/// A kind of access line: quantiles at equal steps from 0 to 100 %, linear in between.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Line {
    /// Towards the home. The same draw picks `down` and `up`, as a better line is better both ways.
    pub down: Vec<BitRate>,
    /// From the home.
    pub up: Vec<BitRate>,
    /// Round-trip time from the home to its place, drawn independently.
    pub rtt: Vec<Span>,
    /// Whether its bytes are counted and paid for.
    #[serde(default, skip_serializing_if = "is_false")]
    pub metered: bool,
    /// Bytes of a month, both ways, that its price includes; on a metered line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub allowance: Option<Bytes>,
}

impl Line {
    /// What a home pays for on it.
    pub const fn tariff(&self) -> Tariff {
        Tariff { metered: self.metered, allowance: self.allowance }
    }
}

/// What a home pays for on its line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tariff {
    /// Whether bytes are counted and paid for.
    pub metered: bool,
    /// Bytes of a month, both ways, that the price includes.
    pub allowance: Option<Bytes>,
}

/// An access provider.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Isp {
    /// Its name.
    pub name: String,
    /// Its share of homes, 0 when left out; all add up to 1. Left out with `csv.homes`, whose rows
    /// say it.
    #[serde(default, skip_serializing_if = "is_nothing")]
    pub market_share: Share,
    /// Which kinds of `[line]` its homes have; shares add up to 1. Not needed with `csv.homes`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub lines: BTreeMap<String, Share>,
    /// Download rate during the evening as a part of the daily one, measured; it stands for the
    /// provider's own congestion during `evening`. Use it or `aggregation` contention for the same
    /// bottleneck, never both. Left out with `csv.homes`, which has an evening rate of its own.
    #[serde(default = "whole")]
    pub evening_factor: Share,
    /// When `evening_factor` holds.
    #[serde(default = "eight_to_ten")]
    pub evening: Window,
    /// Where traffic between neighbours turns around.
    #[serde(default)]
    pub turn_around: TurnAround,
    /// Capacity between homes of a place and the provider's core, per home served.
    pub aggregation: Duplex,
    /// Towards other networks, for whatever has no way of its own.
    pub interconnect: Interconnect,
    /// Towards exchange and origin, when they have a way of their own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to_cdn: Option<Interconnect>,
    /// Towards the homes of `peers`, when they have a way of their own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to_peers: Option<Interconnect>,
    /// Other providers with which it exchanges traffic without a third; holds both ways.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub peers: Vec<String>,
    /// What stands between its homes and the network; every home is open when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nat: Option<Nat>,
    /// Share of its homes that can send to others at all.
    #[serde(default = "whole")]
    pub able: Share,
    /// A CDN appliance inside this provider.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub appliance: Option<Tier>,
    /// When what is new is copied to it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fill: Option<Fill>,
}

/// When what is new is copied to an appliance, over the way that the CDN's bytes take.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Fill {
    /// How fast, per home served.
    pub rate: BitRate,
    /// When, every day; what is not there by the end is left out.
    pub window: Window,
}

/// Where traffic between two homes of one place turns around.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum TurnAround {
    /// In the place itself: the aggregation is not used.
    Place,
    /// At the core: neighbours cross the aggregation up and down.
    #[default]
    Core,
}

/// A capacity in each direction, per home served.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Duplex {
    /// Towards homes.
    pub down: BitRate,
    /// From homes.
    pub up: BitRate,
}

/// One tier of servers.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Tier {
    /// What it can send, per home it serves.
    pub egress: BitRate,
    /// The titles it holds: this share of the catalogue, the most popular first.
    pub holds: Share,
    /// Round-trip time beyond the home's own line.
    pub rtt: Span,
}

/// The content delivery network above the providers. What a tier does not hold, or cannot send
/// because its egress is full, the next one sends.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Cdn {
    /// Where networks meet; reached over the interconnect.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exchange: Option<Tier>,
    /// Holds everything; reached over the interconnect.
    pub origin: Origin,
}

/// The last tier; it holds everything.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Origin {
    /// What it can send, per home.
    pub egress: BitRate,
    /// Round-trip time beyond the home's own line.
    pub rtt: Span,
}

impl Default for Network {
    fn default() -> Self {
        Self {
            sharing: Sharing::MaxMin,
            slack: Share::from_ppm(20_000),
            fibre_factor: 1.9,
            delay_per_km: Span(5_000),
            tcp: Tcp::default(),
            corrupt: Share::ZERO,
        }
    }
}

const fn whole() -> Share {
    Share::ONE
}

const fn eight_to_ten() -> Window {
    Window {
        from: TimeOfDay(Span::from_secs(20 * 3600)),
        to: TimeOfDay(Span::from_secs(22 * 3600)),
    }
}

impl Isp {
    /// The way that traffic with exchange and origin takes.
    pub const fn way_to_cdn(&self) -> Way {
        if self.to_cdn.is_some() { Way::ToCdn } else { Way::Interconnect }
    }

    /// The way that traffic with homes of its peers takes.
    pub const fn way_to_peers(&self) -> Way {
        if self.to_peers.is_some() { Way::ToPeers } else { Way::Interconnect }
    }

    /// Its ways into other networks: each where it has one of its own.
    pub const fn ways(&self) -> [Option<&Interconnect>; 3] {
        [Some(&self.interconnect), self.to_cdn.as_ref(), self.to_peers.as_ref()]
    }
}
