//! The rows of one run (one arm, one replication), before they are compared.
//!
//! A row is what a line of its file holds after arm and replication: field order is column order.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

/// A name in a table.
pub type Name = Cow<'static, str>;

/// When a row counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Window {
    /// All measured time.
    All,
    /// The scenario's peak.
    Peak,
}

/// Everything one run leaves.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize)]
pub struct RunTables {
    /// One value a row, in a fixed order of (window, metric), the same for every run of a scenario.
    pub summary: Vec<SummaryRow>,
    /// Bins of the measured time.
    pub series: Vec<SeriesRow>,
    /// Bytes between providers.
    pub isp_matrix: Vec<MatrixRow>,
    /// Why.
    pub causes: Vec<CauseRow>,
    /// What viewers got.
    pub qoe: Vec<QoeRow>,
    /// What homes gave and got.
    pub ledger_home: Vec<LedgerRow>,
    /// What became of the bytes delivered.
    pub waste: Vec<WasteRow>,
    /// Every home; empty unless asked for.
    pub homes: Vec<HomeRow>,
    /// The same of measured time by hour; what did not happen has no row.
    pub causes_by_hour: Vec<HourRow>,
    /// Links that homes share.
    pub links: Vec<LinkRow>,
    /// The same by bin.
    pub links_series: Vec<LinkSeriesRow>,
    /// What crosses each boundary towards homes.
    pub boundaries: Vec<BoundaryRow>,
    /// Who pays whom.
    pub bills: Vec<BillRow>,
    /// What each has more or less in the end.
    pub stakeholders: Vec<StakeholderRow>,
    /// Energy by where it goes, in J; shown as ratios alone.
    pub energy: Vec<(Window, Name, f64)>,
    /// Events handled, transfers ended, for progress and provenance.
    pub events: u64,
    /// Transfers that ended, however.
    pub transfers: u64,
}

/// A row of `summary.csv`.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
pub struct SummaryRow {
    /// When.
    pub window: Window,
    /// Name, ending in its unit where it has one.
    pub metric: Name,
    /// An empty field where there is nothing to say (a median of no viewings).
    #[serde(with = "number")]
    pub value: Option<f64>,
    /// Its unit, "1" for a ratio or a count.
    pub unit: Name,
}

/// A row of `series.csv`.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
pub struct SeriesRow {
    /// Seconds since local midnight of the first day at which the bin begins.
    pub t_s: u64,
    /// `bytes_origin`, …, `viewers`, `played_hours`, `stalled_hours`.
    pub metric: Name,
    /// Of the bin.
    #[serde(with = "number")]
    pub value: Option<f64>,
}

/// A row of `isp_matrix.csv`: peer bytes between providers.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
pub struct MatrixRow {
    /// When.
    pub window: Window,
    /// Sending provider.
    pub from_isp: String,
    /// Receiving provider.
    pub to_isp: String,
    /// How much.
    pub bytes: u64,
}

/// A row of `causes.csv`.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
pub struct CauseRow {
    /// When.
    pub window: Window,
    /// What is explained: `cdn_bytes`, `cdn_tier_bytes`, `stalled_s`, `refused_uploads`.
    pub what: Name,
    /// Why.
    pub cause: Name,
    /// How much.
    #[serde(with = "number")]
    pub value: Option<f64>,
}

/// A row of `qoe.csv`.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
pub struct QoeRow {
    /// When the viewings began.
    pub window: Window,
    /// How viewings are classed: `all`, `isp`, `line`, `device`, `rank`, `hour`.
    pub by: Name,
    /// Which class.
    pub class: String,
    /// What.
    pub metric: Name,
    /// How much.
    #[serde(with = "number")]
    pub value: Option<f64>,
    /// Its unit, "1" for a ratio or a count.
    pub unit: Name,
}

/// A row of `ledger_home.csv`.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
pub struct LedgerRow {
    /// When.
    pub window: Window,
    /// How homes are classed: `all`, `isp`, `line`, `device`.
    pub by: Name,
    /// Which class.
    pub class: String,
    /// What.
    pub metric: Name,
    /// Of the homes of the class: `mean`, `p50`, `p95`, `p99`, `max`, `sum`; or `index`.
    pub stat: Name,
    /// How much.
    #[serde(with = "number")]
    pub value: Option<f64>,
    /// Its unit, "1" for a ratio.
    pub unit: Name,
}

/// A row of `waste.csv`.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
pub struct WasteRow {
    /// When.
    pub window: Window,
    /// What became of them.
    pub kind: Name,
    /// How many.
    pub bytes: u64,
    /// As a share of the bytes that the CDN sent less than in the baseline; no run knows that by itself.
    #[serde(with = "number")]
    pub share_of_saved: Option<f64>,
}

/// A row of `homes.csv`: a home in the measured time.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
pub struct HomeRow {
    /// Its number.
    pub home: u32,
    /// Its provider.
    pub isp: String,
    /// Its place.
    pub place: String,
    /// Its kind of line.
    pub line: String,
    /// Its device.
    pub device: String,
    /// `yes`, or why it never sends.
    pub gives: Name,
    /// Viewings begun.
    pub sessions: u32,
    /// Played in these.
    #[serde(with = "number")]
    pub played_h: Option<f64>,
    /// Stalled in these.
    #[serde(with = "number")]
    pub stalled_s: Option<f64>,
    /// The longest wait for a first picture that came.
    #[serde(with = "number")]
    pub startup_s_max: Option<f64>,
    /// Sent.
    #[serde(with = "number")]
    pub upload_gb: Option<f64>,
    /// Received.
    #[serde(with = "number")]
    pub download_gb: Option<f64>,
    /// Both, over a metered line.
    #[serde(with = "number")]
    pub metered_gb: Option<f64>,
    /// Written to disk.
    #[serde(with = "number")]
    pub written_gb: Option<f64>,
    /// Watched while what it sent held what it could receive.
    #[serde(with = "number")]
    pub slowed_s: Option<f64>,
}

/// A row of `causes_by_hour.csv`.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
pub struct HourRow {
    /// Seconds since local midnight of the first day at which the hour begins.
    pub t_s: u64,
    /// What is explained, as in [`CauseRow`].
    pub what: Name,
    /// Why.
    pub cause: Name,
    /// How much, of the bins that begin in this hour.
    #[serde(with = "number")]
    pub value: Option<f64>,
}

/// A row of `links.csv`: a link that homes share, in one direction.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
pub struct LinkRow {
    /// When.
    pub window: Window,
    /// Its name.
    pub link: String,
    /// `aggregation`, `interconnect`, `to_cdn`, `to_peers`, `appliance`, `exchange`, `origin`.
    pub kind: Name,
    /// `embedded`, `settlement-free`, `paid-peering`, `transit`; empty inside a provider and for sites.
    pub class: Name,
    /// Whose; empty for sites.
    pub isp: String,
    /// Where; empty but for aggregations.
    pub place: String,
    /// `down` towards homes, or `up`.
    pub direction: Name,
    /// When nothing else crosses it.
    #[serde(with = "number")]
    pub capacity_mbps: Option<f64>,
    /// In the window.
    pub bytes: u64,
    /// Over the window.
    #[serde(with = "number")]
    pub mean_mbps: Option<f64>,
    /// In the bin with most.
    #[serde(with = "number")]
    pub peak_mbps: Option<f64>,
    /// 95th percentile of five-minute means (of bins where these are wider), within the window.
    #[serde(with = "number")]
    pub p95_window_mbps: Option<f64>,
    /// Copied to an appliance over it, no part of `bytes`.
    pub fill_bytes: u64,
    /// What others send over it, mean over the window.
    #[serde(with = "number")]
    pub background_mbps: Option<f64>,
    /// Time of bins in which it is used above 90 % of what events leave of its capacity, with fill and
    /// background.
    #[serde(with = "number")]
    pub hours_above_90: Option<f64>,
    /// What crosses it towards homes by what crosses it the other way, with fill and background; the
    /// same in both rows, empty where nothing goes the other way, and for sites.
    #[serde(with = "number")]
    pub down_to_up: Option<f64>,
}

/// A row of `links_series.csv`.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
pub struct LinkSeriesRow {
    /// Seconds since local midnight of the first day at which the bin begins.
    pub t_s: u64,
    /// Its name.
    pub link: String,
    /// `down` towards homes, or `up`.
    pub direction: Name,
    /// In the bin.
    pub bytes: u64,
    /// What others send over it.
    pub background_bytes: u64,
}

/// A row of `boundaries.csv`: what crosses a boundary towards homes.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
pub struct BoundaryRow {
    /// When.
    pub window: Window,
    /// Which.
    pub boundary: Name,
    /// In the window.
    pub bytes: u64,
    /// In the bin of the window with most.
    #[serde(with = "number")]
    pub peak_mbps: Option<f64>,
    /// 95th percentile of five-minute means, within the window.
    #[serde(with = "number")]
    pub p95_window_mbps: Option<f64>,
}

/// A row of `bills.csv`.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
pub struct BillRow {
    /// Who pays.
    pub payer: String,
    /// Whom.
    pub payee: String,
    /// For what.
    pub item: Name,
    /// Over which link, where it is for one.
    pub link: String,
    /// How much, in the month; without a month, in the measured time.
    #[serde(with = "number")]
    pub quantity: Option<f64>,
    /// Unit of the quantity.
    pub unit: Name,
    /// What is billed for the link as a whole, background included, in Mbit/s.
    #[serde(with = "number")]
    pub total_mbps: Option<f64>,
    /// What would be billed for background alone.
    #[serde(with = "number")]
    pub background_mbps: Option<f64>,
    /// For one unit; empty when it has none.
    #[serde(with = "number")]
    pub price: Option<f64>,
    /// To be paid; empty without a price or a month.
    #[serde(with = "number")]
    pub amount: Option<f64>,
    /// Of price and amount.
    pub currency: String,
}

/// A row of `stakeholders.csv`.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
pub struct StakeholderRow {
    /// `service`, `cdn`, `isp:NAME`, `homes`, `carriers`, `power`.
    pub stakeholder: String,
    /// In the month.
    #[serde(with = "number")]
    pub paid: Option<f64>,
    /// In the month.
    #[serde(with = "number")]
    pub received: Option<f64>,
    /// Received less paid; over all stakeholders they add up to 0.
    #[serde(with = "number")]
    pub net: Option<f64>,
    /// Of all three.
    pub currency: String,
}

impl Window {
    /// Every window, in the order of tables.
    pub const ALL: [Self; 2] = [Self::All, Self::Peak];

    /// As the tables name it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Peak => "peak",
        }
    }
}

/// A finite value, or nothing.
pub fn finite(value: f64) -> Option<f64> {
    value.is_finite().then_some(value)
}

/// A number in the shortest form that reads back the same, without an exponent (so that whole
/// numbers look whole), or an empty field.
pub(crate) mod number {
    use serde::{Deserialize, Deserializer, Serializer, de};

    #[expect(clippy::ref_option, reason = "the signature serde asks for")]
    pub(crate) fn serialize<S: Serializer>(value: &Option<f64>, to: S) -> Result<S::Ok, S::Error> {
        match value {
            // Adding 0 turns −0 into 0.
            Some(value) => to.collect_str(&(value + 0.0)),
            None => to.serialize_str(""),
        }
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Option<f64>, D::Error> {
        let text = String::deserialize(from)?;
        if text.is_empty() {
            return Ok(None);
        }
        let value = text.parse().ok().filter(|value: &f64| value.is_finite());
        value.map(Some).ok_or_else(|| de::Error::custom(format_args!("\"{text}\" is no number")))
    }
}
