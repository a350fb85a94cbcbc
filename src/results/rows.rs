//! Rows of the CSV files: field order is column order.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::comparison::Verdict;
use super::{Experiment, Run};
use crate::metrics::tables::{
    BillRow, BoundaryRow, CauseRow, HomeRow, HourRow, LedgerRow, LinkRow, LinkSeriesRow, MatrixRow,
    Name, QoeRow, RunTables, SeriesRow, StakeholderRow, SummaryRow, WasteRow, Window, number,
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

/// A row of `verdicts.csv`: what stands behind the same row of `comparison.csv`.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
pub struct VerdictRow {
    /// Name of the arm.
    pub arm: String,
    /// Name of the arm it is compared with.
    pub baseline: String,
    /// When.
    pub window: Window,
    /// What.
    pub metric: Name,
    /// Lower end of the bootstrap interval of `diff`.
    #[serde(with = "number")]
    pub boot_low: Option<f64>,
    /// Upper end of the bootstrap interval of `diff`.
    #[serde(with = "number")]
    pub boot_high: Option<f64>,
    /// The same for as many arms as are compared, by Holm's rule.
    #[serde(with = "number")]
    pub p_holm: Option<f64>,
    /// How many times as many replications a comparison without pairs would need for this interval.
    #[serde(with = "number")]
    pub pairing_gain: Option<f64>,
    /// The largest difference that nobody would act on.
    #[serde(with = "number")]
    pub negligible: Option<f64>,
    /// About how many more replications would decide it; empty where it is decided.
    pub more_needed: Option<u32>,
    /// What follows, in words.
    pub verdict: String,
}

impl VerdictRow {
    /// More replications than this are not counted.
    pub const MANY: u32 = 9_999;

    /// `verdict` in words.
    pub(super) fn words(&self, verdict: Verdict) -> String {
        match (verdict, self.negligible, self.more_needed) {
            (Verdict::NoDifference, Some(most), _) => format!("no difference larger than {most}"),
            (Verdict::Undecided, _, Some(Self::MANY)) => {
                format!("undecided, more than {} more needed", Self::MANY)
            }
            (Verdict::Undecided, _, Some(more)) => format!("undecided, about {more} more needed"),
            (verdict, ..) => verdict.to_string(),
        }
    }
}

/// A row of `offload.csv`.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
pub struct OffloadRow {
    /// When.
    pub window: Window,
    /// Of what, see `boundaries.csv`.
    pub boundary: Name,
    /// `mean`, `peak_bin` or `p95`.
    pub statistic: Name,
    /// 1 − arm / baseline, by the byte played; negative when peers add.
    #[serde(with = "number")]
    pub offload: Option<f64>,
}

/// A row of `energy.csv`.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
pub struct EnergyRow {
    /// When.
    pub window: Window,
    /// Where it goes, or `total`.
    pub tier: Name,
    /// By the byte played, to the same tier of the baseline.
    #[serde(with = "number")]
    pub to_baseline: Option<f64>,
    /// By the byte played, to all of the baseline.
    #[serde(with = "number")]
    pub of_baseline_total: Option<f64>,
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
    VerdictRow, "verdicts.csv",
        "arm,baseline,window,metric,boot_low,boot_high,p_holm,pairing_gain,negligible,more_needed,\
         verdict";
    Of<SeriesRow>, "series.csv", "arm,replication,t_s,metric,value";
    Of<MatrixRow>, "isp_matrix.csv", "arm,replication,window,from_isp,to_isp,bytes";
    Of<CauseRow>, "causes.csv", "arm,replication,window,what,cause,value";
    Of<QoeRow>, "qoe.csv", "arm,replication,window,by,class,metric,value,unit";
    Of<LedgerRow>, "ledger_home.csv", "arm,replication,window,by,class,metric,stat,value,unit";
    Of<WasteRow>, "waste.csv", "arm,replication,window,kind,bytes,share_of_saved";
    Of<HomeRow>, "homes.csv",
        "arm,replication,home,isp,place,line,device,gives,sessions,played_h,stalled_s,startup_s_max,\
         upload_gb,download_gb,metered_gb,written_gb,slowed_s";
    Of<HourRow>, "causes_by_hour.csv", "arm,replication,t_s,what,cause,value";
    Of<LinkRow>, "links.csv",
        "arm,replication,window,link,kind,class,isp,place,direction,capacity_mbps,bytes,mean_mbps,\
         peak_mbps,p95_window_mbps,fill_bytes,background_mbps,hours_above_90,\
         down_to_up";
    Of<LinkSeriesRow>, "links_series.csv",
        "arm,replication,t_s,link,direction,bytes,background_bytes";
    Of<BoundaryRow>, "boundaries.csv",
        "arm,replication,window,boundary,bytes,peak_mbps,p95_window_mbps";
    Of<OffloadRow>, "offload.csv", "arm,replication,window,boundary,statistic,offload";
    Of<BillRow>, "bills.csv",
        "arm,replication,payer,payee,item,link,quantity,unit,total_mbps,background_mbps,price,amount,\
         currency";
    Of<StakeholderRow>, "stakeholders.csv",
        "arm,replication,stakeholder,paid,received,net,currency";
    Of<EnergyRow>, "energy.csv", "arm,replication,window,tier,to_baseline,of_baseline_total";
}
