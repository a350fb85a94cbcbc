//! What stands in homes, and when it is powered.

use serde::{Deserialize, Serialize};

use super::{SpanLaw, is_nothing};
use crate::peer::cache::{CachePolicy, Grain};
use crate::units::{BitRate, Bytes, Share};

/// A kind of device that plays, keeps and sends.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Device {
    /// Its share of homes; all add up to 1.
    pub share: Share,
    /// What is kept on disk.
    pub cache: Cache,
    /// Memory for segments around the play position, when they are not in the cache.
    #[serde(default = "default_memory")]
    pub memory: Bytes,
    /// What it gives.
    #[serde(default)]
    pub upload: Upload,
    /// Share of homes with this device whose box follows `[box]`; the others are on only while
    /// somebody watches.
    #[serde(default = "whole")]
    pub standby: Share,
    /// Share of homes with this device where it runs on battery.
    #[serde(default)]
    pub battery: Share,
    /// Share of homes with this device that send corrupt segments.
    #[serde(default, skip_serializing_if = "is_nothing")]
    pub pollutes: Share,
    /// How fast it verifies what peers send; at once when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hash_rate: Option<BitRate>,
}

/// What is kept on disk.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Cache {
    /// Never held more than this.
    pub size: Bytes,
    /// Which title gives way when it is full.
    #[serde(default)]
    pub policy: CachePolicy,
    /// What that title gives up.
    #[serde(default)]
    pub grain: Grain,
}

/// What a device gives to others.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct Upload {
    /// Share of homes with this device that give at all.
    pub permitted: Share,
    /// Transfers at once.
    pub slots: u32,
    /// Part of the line's upstream that may be used.
    pub share: Share,
    /// At most this for one transfer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cap: Option<BitRate>,
    /// Whether it gives over a metered line.
    pub metered: bool,
    /// Whether it gives on battery.
    pub on_battery: bool,
    /// Whether it gives while nobody watches.
    pub in_standby: bool,
    /// A request that would get less than this of the uplink is refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub least: Option<BitRate>,
    /// Most bytes from midnight to midnight.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub per_day: Option<Bytes>,
    /// Most bytes in a month.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub per_month: Option<Bytes>,
    /// Part of the month's bytes that is gone when the run begins.
    pub month_used: Share,
}

/// When boxes are powered without being watched: alternating on and off times.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct BoxOn {
    /// Length of a time on.
    pub on: SpanLaw,
    /// Length of a time off.
    pub off: SpanLaw,
}

impl BoxOn {
    /// Whether nothing is said.
    pub const fn is_empty(&self) -> bool {
        self.on.is_empty() && self.off.is_empty()
    }
}

impl Default for Upload {
    fn default() -> Self {
        Self {
            permitted: Share::ONE,
            slots: 4,
            share: Share::from_ppm(800_000),
            cap: None,
            metered: false,
            on_battery: false,
            in_standby: true,
            least: None,
            per_day: None,
            per_month: None,
            month_used: Share::ZERO,
        }
    }
}

const fn whole() -> Share {
    Share::ONE
}

const fn default_memory() -> Bytes {
    Bytes(256_000_000)
}
