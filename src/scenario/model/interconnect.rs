//! Ways into other networks: what they carry, whose business they are, what else crosses them.

use serde::{Deserialize, Serialize};

use super::Curve;
use crate::units::{BitRate, Price};

/// A way into other networks, both directions apart.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Interconnect {
    /// Capacity towards homes, per home served.
    pub down: BitRate,
    /// Capacity from homes, per home served.
    pub up: BitRate,
    /// What kind of business it is: who pays whom.
    #[serde(default)]
    pub class: Business,
    /// For each Mbit/s of the 95th percentile, by the month; nothing is billed when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub price: Option<Price>,
    /// What crosses it besides, and yields to nobody.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub background: Option<Background>,
}

/// Who pays for a way into other networks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Business {
    /// Nobody.
    SettlementFree,
    /// The service pays the provider.
    PaidPeering,
    /// The provider pays a carrier.
    #[default]
    Transit,
}

impl Business {
    /// Every class, in order.
    pub const ALL: [Self; 3] = [Self::SettlementFree, Self::PaidPeering, Self::Transit];

    /// As files and tables name it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::SettlementFree => "settlement-free",
            Self::PaidPeering => "paid-peering",
            Self::Transit => "transit",
        }
    }
}

/// Which of a provider's ways into other networks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
#[repr(u8)]
pub enum Way {
    /// `interconnect`: whatever has no way of its own.
    #[default]
    Interconnect = 0,
    /// `to_cdn`: exchange and origin.
    ToCdn = 1,
    /// `to_peers`: homes of the providers named in `peers`.
    ToPeers = 2,
}

impl Way {
    /// Every way, by number.
    pub const ALL: [Self; 3] = [Self::Interconnect, Self::ToCdn, Self::ToPeers];

    /// As files and tables name it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Interconnect => "interconnect",
            Self::ToCdn => "to_cdn",
            Self::ToPeers => "to_peers",
        }
    }
}

/// Traffic of others, over the day.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Background {
    /// Towards homes where the curve is 1, per home served.
    pub down: BitRate,
    /// From homes where the curve is 1, per home served.
    pub up: BitRate,
    /// Over the day; 1 all day when absent.
    #[serde(default, skip_serializing_if = "Curve::is_empty")]
    pub day: Curve,
}
