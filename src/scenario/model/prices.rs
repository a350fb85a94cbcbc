//! What things cost.

use serde::{Deserialize, Serialize};

use crate::units::{Energy, Price};

/// What things cost, besides interconnects. All in one currency; what has no price is not billed.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct Prices {
    /// How a month comes from the measured time. Without one nothing is billed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub month: Option<Month>,
    /// What the service pays the CDN, by the GB that an appliance sends.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub appliance: Option<Price>,
    /// The same for the exchange.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exchange: Option<Price>,
    /// The same for the origin.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub origin: Option<Price>,
    /// What the service pays homes, by the GB that they send.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reward: Option<Price>,
    /// What homes pay their provider for the GB that they send over metered lines.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub metered: Option<Price>,
    /// What the service pays the provider instead, so that homes pay nothing for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub zero_rating: Option<Price>,
    /// What homes pay for the electricity that sending takes, at `energy.home_up`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub electricity: Option<Price>,
}

/// How a month comes from the measured time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Month {
    /// The measured time is one: 28 days or more.
    Simulated,
    /// The measured time is repeated until 30 days are full; hours of a day that are not measured have
    /// background alone.
    Tiled,
}

/// What moving bytes takes, in energy, by where they pass. Sets that were published differ a
/// hundredfold, so results are shown as ratios between arms alone.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct EnergyUse {
    /// A server of the CDN, wherever it stands.
    pub server: Energy,
    /// Between the origin or the exchange and the provider, and between providers.
    pub interconnect: Energy,
    /// From a provider's core to the place, or from there to the core.
    pub aggregation: Energy,
    /// A home's line, either way.
    pub line: Energy,
    /// What a home's devices take more when they send.
    pub home_up: Energy,
    /// What a home's devices take more when they receive.
    pub home_down: Energy,
}

impl EnergyUse {
    /// Whether nothing is said.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}
