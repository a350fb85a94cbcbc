//! Rows of the CSV files: field order is column order.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::comparison::Verdict;
use super::{Experiment, Run};
use crate::metrics::tables::{
    CauseRow, HomeRow, LedgerRow, MatrixRow, Name, QoeRow, RunTables, SeriesRow, SummaryRow,
    WasteRow, Window, number,
};

/// What a file holds line by line.
pub(super) trait Row: Serialize + DeserializeOwned {
    /// Name of the file.
    const FILE: &'static str;
    /// Its first line.
    const COLUMNS: &'static str;
}

/// A row with the run that left it.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
pub struct Of<R> {
    /// Name of the arm.
    pub arm: String,
    /// Counts from 0.
    pub replication: u32,
    /// What the run says.
    pub row: R,
}

impl<R: Clone> Of<R> {
    /// One table of all runs, in their order.
    pub(super) fn all(experiment: &Experiment, table: impl Fn(&RunTables) -> &[R]) -> Vec<Self> {
        let of = |run: &Run| {
            let tag = |row: &R| Self {
                arm: run.arm.clone(),
                replication: run.replication,
                row: row.clone(),
            };
            table(&run.tables).iter().map(tag).collect::<Vec<Self>>()
        };
        experiment.runs.iter().flat_map(of).collect()
    }
}

/// A row of `comparison.csv`.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
pub struct ComparisonRow {
    /// Name of the arm.
    pub arm: String,
    /// Name of the arm it is compared with.
    pub baseline: String,
    /// When.
    pub window: Window,
    /// What.
    pub metric: Name,
    /// Mean of the arm over replications.
    #[serde(with = "number")]
    pub mean: Option<f64>,
    /// Mean of the paired differences, arm − baseline.
    #[serde(with = "number")]
    pub diff: Option<f64>,
    /// Lower end of the interval of `diff`.
    #[serde(with = "number")]
    pub ci_low: Option<f64>,
    /// Upper end of the interval of `diff`.
    #[serde(with = "number")]
    pub ci_high: Option<f64>,
    /// Replications in which both have a value.
    pub n: usize,
    /// Two-sided p value of the paired t test.
    #[serde(with = "number")]
    pub p: Option<f64>,
    /// What follows.
    pub verdict: Verdict,
}

macro_rules! files {
    ($($row:ty, $file:literal, $columns:literal;)*) => {
        $(impl Row for $row {
            const FILE: &'static str = $file;
            const COLUMNS: &'static str = $columns;
        })*
    };
}

files! {
    Of<SummaryRow>, "summary.csv", "arm,replication,window,metric,value,unit";
    ComparisonRow, "comparison.csv",
        "arm,baseline,window,metric,mean,diff,ci_low,ci_high,n,p,verdict";
    Of<SeriesRow>, "series.csv", "arm,replication,t_s,metric,value";
    Of<MatrixRow>, "isp_matrix.csv", "arm,replication,window,from_isp,to_isp,bytes";
    Of<CauseRow>, "causes.csv", "arm,replication,window,what,cause,value";
    Of<QoeRow>, "qoe.csv", "arm,replication,window,by,class,metric,value,unit";
    Of<LedgerRow>, "ledger_home.csv", "arm,replication,window,by,class,metric,stat,value,unit";
    Of<WasteRow>, "waste.csv", "arm,replication,window,kind,bytes,share_of_saved";
    Of<HomeRow>, "homes.csv",
        "arm,replication,home,isp,place,line,device,gives,sessions,played_h,stalled_s,startup_s_max,\
         upload_gb,download_gb,metered_gb,written_gb,slowed_s";
}
