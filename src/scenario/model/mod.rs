//! What a scenario says, as values: one struct per table of the file.
//!
//! Every quantity carries its unit in its type. A field with a default may be left out of the file;
//! `scenario.resolved.toml` shows it filled in. Meaning across fields is checked in `check`.

mod arm;
mod catalogue;
mod channel;
mod connection;
mod csv;
mod demand;
mod device;
mod event;
mod interconnect;
mod mesh;
mod network;
mod player;
mod prices;
mod run;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::units::Share;

pub use arm::Arm;
pub use catalogue::{Catalogue, Popularity, Release, Video};
pub use channel::Channel;
pub use connection::{Nat, Tcp};
pub use csv::Csv;
pub use demand::{AtHome, Bump, Curve, Demand, Pause, Seek, Sequence, SpanLaw, Zap};
pub use device::{BoxOn, BudgetOn, Cache, Device, Upload};
pub use event::{Squeezed, Throttled, TimedEvent, What};
pub use interconnect::{Background, Business, Interconnect, Way};
pub use mesh::{Among, Directory, Exchange, Mesh, Order, PathTime, Scope};
pub use network::{
    Cdn, Duplex, Fill, Isp, Line, Link, Network, Origin, Place, Sharing, Tariff, Tier, TurnAround,
};
pub use player::{Player, StartRung};
pub use prices::{EnergyUse, Month, Prices};
pub use run::{Expect, Part, Quantity, Report, Run, Window};

/// A whole scenario file.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Scenario {
    /// Version of this format: 1.
    pub schema: u32,
    /// One line for plots and reports.
    pub title: String,
    /// How much is simulated.
    pub run: Run,
    /// Tables that replace parts of this file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub csv: Option<Csv>,
    /// How links are shared and how far it is.
    #[serde(default)]
    pub network: Network,
    /// Where homes are: points of presence. Empty when `csv.places` names a table.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub place: Vec<Place>,
    /// Which places are connected. Empty when `csv.links` names a table.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub link: Vec<Link>,
    /// Kinds of access line, by name. Empty when `csv.homes` names a table.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub line: BTreeMap<String, Line>,
    /// Access providers.
    pub isp: Vec<Isp>,
    /// The content delivery network above the providers.
    pub cdn: Cdn,
    /// Kinds of device, by name; their shares add up to 1.
    pub device: BTreeMap<String, Device>,
    /// When boxes are powered. Empty when `csv.box_on` names a table.
    #[serde(rename = "box", default, skip_serializing_if = "BoxOn::is_empty")]
    pub box_on: BoxOn,
    /// When people are at home and awake. Empty when `csv.sessions` names a table.
    #[serde(default, skip_serializing_if = "AtHome::is_empty")]
    pub at_home: AtHome,
    /// When people start to watch, and for how long. Empty when `csv.sessions` names a table.
    #[serde(default, skip_serializing_if = "Demand::is_empty")]
    pub demand: Demand,
    /// What there is to watch.
    pub catalogue: Catalogue,
    /// What is watched while it is published.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub channel: Vec<Channel>,
    /// How it is encoded.
    pub video: Video,
    /// When play-out starts and resumes, and when viewers give up.
    #[serde(default)]
    pub player: Player,
    /// Who tells peers about each other.
    #[serde(default)]
    pub directory: Directory,
    /// How introductions become working connections.
    #[serde(default)]
    pub mesh: Mesh,
    /// What happens to the network at stated times.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub event: Vec<TimedEvent>,
    /// What things cost.
    #[serde(default, skip_serializing_if = "is_default")]
    pub prices: Prices,
    /// What moving bytes takes, in energy.
    #[serde(default, skip_serializing_if = "EnergyUse::is_empty")]
    pub energy: EnergyUse,
    /// What is compared, by name; exactly one is the baseline.
    pub arm: BTreeMap<String, Arm>,
    /// How results are summarised.
    #[serde(default)]
    pub report: Report,
    /// What `offpeak sweep` varies: for a dotted key its values, or for a name its levels, each of
    /// which sets several keys.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub sweep: BTreeMap<String, Vec<toml::Value>>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature serde asks for")]
const fn is_nothing(share: &Share) -> bool {
    share.ppm() == 0
}
#[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature serde asks for")]
const fn is_zero(value: &f64) -> bool {
    *value == 0.0
}
#[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature serde asks for")]
const fn is_false(value: &bool) -> bool {
    !*value
}
#[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature serde asks for")]
const fn is_zero_days(days: &u32) -> bool {
    *days == 0
}
fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}
