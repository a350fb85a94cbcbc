//! The rows of one run (one arm, one replication), before they are compared.

use std::borrow::Cow;

/// When a row counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Window {
    /// All measured time.
    All,
    /// The scenario's peak.
    Peak,
}

/// Everything one run leaves.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RunTables {
    /// One value a row, in a fixed order of (window, metric), the same for every run of a scenario.
    pub summary: Vec<SummaryRow>,
    /// 5-minute bins of the measured time.
    pub series: Vec<SeriesRow>,
    /// Bytes between providers.
    pub isp_matrix: Vec<MatrixRow>,
    /// Why.
    pub causes: Vec<CauseRow>,
    /// Events handled, transfers ended, for progress and provenance.
    pub events: u64,
    /// Transfers that ended, however.
    pub transfers: u64,
}

/// A row of `summary.csv` without arm and replication.
#[derive(Clone, Debug, PartialEq)]
pub struct SummaryRow {
    /// When.
    pub window: Window,
    /// Name, ending in its unit where it has one.
    pub metric: Cow<'static, str>,
    /// NaN where there is nothing to say (a median of no viewings); written as an empty field.
    pub value: f64,
    /// Its unit, "1" for a ratio.
    pub unit: &'static str,
}

/// A row of `series.csv` without arm and replication.
#[derive(Clone, Debug, PartialEq)]
pub struct SeriesRow {
    /// Seconds since local midnight of the first day at which the bin begins.
    pub t_s: u64,
    /// `bytes_origin`, …, `viewers`, `played_hours`, `stalled_hours`.
    pub metric: &'static str,
    /// Of the bin.
    pub value: f64,
}

/// A row of `isp_matrix.csv` without arm and replication: peer bytes between providers.
#[derive(Clone, Debug, PartialEq)]
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

/// A row of `causes.csv` without arm and replication.
#[derive(Clone, Debug, PartialEq)]
pub struct CauseRow {
    /// When.
    pub window: Window,
    /// What is explained: `cdn_bytes`, `stalled_s`, `refused_uploads`.
    pub what: &'static str,
    /// Why.
    pub cause: &'static str,
    /// How much.
    pub value: f64,
}

impl Window {
    /// As the tables name it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Peak => "peak",
        }
    }
}
