//! From the runs of an experiment to tables on disk, and back.
//!
//! Everything here is byte-stable: the same runs give the same files, on any machine. What may
//! differ (threads, times, memory) goes into `provenance.json` alone.

mod bootstrap;
mod comparison;
mod derived;
mod energy;
mod expectation;
mod folder;
mod json;
mod manifest;
mod offload;
mod plan;
mod read;
mod renew;
mod rows;
mod sweep;
mod units;
mod waste;
mod write;

pub use crate::scenario::metric as catalogue;
pub use comparison::{Compared, Verdict, between};
pub use derived::derive;
pub use expectation::{ExpectationRow, Outcome};
pub use folder::{Folder, FolderError, PARTIAL, sha256};
pub use json::json;
pub use manifest::{Manifest, Provenance, Setting};
pub use plan::{Plan, Point};
pub use read::{ReadError, read, version};
pub use renew::Renewal;
pub use rows::{ComparisonRow, EnergyRow, Of, OffloadRow, VerdictRow};
pub use sweep::{PointRow, SensitivityRow, Sweep, SweepManifest, SweepRow, point_name};
pub use units::{Keys, UnitKey, Units};
pub use write::{tables, write};

use crate::metrics::tables::RunTables;

pub use crate::metrics::statistics::{Interval, interval};
pub use crate::metrics::tables::{
    BillRow, BoundaryRow, CauseRow, HomeRow, HourRow, LedgerRow, LinkRow, LinkSeriesRow, MatrixRow,
    QoeRow, SeriesRow, StakeholderRow, SummaryRow, WasteRow, Window,
};

/// Version of the numbers: moves whenever the same scenario and seed give other results.
pub const RESULTS_VERSION: u32 = 5;

/// Everything that was run, before it is compared.
#[derive(Clone, Debug, PartialEq)]
pub struct Experiment {
    /// What was run.
    pub setting: Setting,
    /// The scenario file as it was given.
    pub scenario_text: String,
    /// The scenario with every default and override filled in.
    pub resolved_text: String,
    /// In order of arm (as in the setting), then replication.
    pub runs: Vec<Run>,
}

/// One arm in one replication.
#[derive(Clone, Debug, PartialEq)]
pub struct Run {
    /// Name of its arm.
    pub arm: String,
    /// Counts from 0; the same number shows all arms the same viewers.
    pub replication: u32,
    /// What it left.
    pub tables: RunTables,
}

/// The tables of an experiment, as its folder holds them.
#[derive(Clone, Debug, PartialEq)]
pub struct Results {
    /// What they belong to.
    pub manifest: Manifest,
    /// One row a value: arm, replication, window, metric.
    pub summary: Vec<Of<SummaryRow>>,
    /// Every arm against the baseline, paired by replication.
    pub comparison: Vec<ComparisonRow>,
    /// What stands behind each of its verdicts.
    pub verdicts: Vec<VerdictRow>,
    /// What the scenario expects, and what came of it.
    pub expectations: Vec<ExpectationRow>,
    /// Bins over the measured time.
    pub series: Vec<Of<SeriesRow>>,
    /// Peer bytes between providers.
    pub isp_matrix: Vec<Of<MatrixRow>>,
    /// Causes of CDN bytes, stalls and refusals.
    pub causes: Vec<Of<CauseRow>>,
    /// What viewers got.
    pub qoe: Vec<Of<QoeRow>>,
    /// What homes gave and got.
    pub ledger_home: Vec<Of<LedgerRow>>,
    /// What became of the bytes delivered.
    pub waste: Vec<Of<WasteRow>>,
    /// Every home; empty unless asked for.
    pub homes: Vec<Of<HomeRow>>,
    /// The same by hour.
    pub causes_by_hour: Vec<Of<HourRow>>,
    /// Links that homes share.
    pub links: Vec<Of<LinkRow>>,
    /// The same by bin.
    pub links_series: Vec<Of<LinkSeriesRow>>,
    /// What crosses each boundary towards homes.
    pub boundaries: Vec<Of<BoundaryRow>>,
    /// What is taken off each, against the baseline.
    pub offload: Vec<Of<OffloadRow>>,
    /// Who pays whom.
    pub bills: Vec<Of<BillRow>>,
    /// What each has in the end.
    pub stakeholders: Vec<Of<StakeholderRow>>,
    /// Energy against the baseline.
    pub energy: Vec<Of<EnergyRow>>,
}

impl Results {
    /// Value of `metric` in each replication of `arm`, by replication; missing values are left out.
    pub fn values(&self, arm: &str, window: Window, metric: &str) -> Vec<f64> {
        let runs = self.summary.iter().filter(|of| of.arm == arm).map(|of| &of.row);
        let rows = runs.filter(|row| row.window == window && row.metric == metric);
        rows.filter_map(|row| row.value).collect()
    }

    /// Mean over replications of `metric` in `arm`, with the interval of that mean.
    pub fn interval(&self, arm: &str, window: Window, metric: &str) -> Interval {
        interval(&self.values(arm, window, metric), self.manifest.setting.confidence)
    }
}
