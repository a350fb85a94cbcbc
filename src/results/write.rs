//! Tables to files.

use std::collections::BTreeMap;

use serde::Serialize;

use super::comparison::compare;
use super::derived::derive;
use super::folder::{Folder, FolderError, sha256};
use super::manifest::Manifest;
use super::rows::{CauseRow, MatrixRow, SeriesRow, finite};
use super::{Experiment, RESULTS_VERSION, Results};

impl Results {
    /// Compares and collects what the runs left.
    pub fn of(experiment: &Experiment) -> Self {
        let summary = derive(experiment);
        let mut results = Self {
            manifest: Manifest {
                results_version: RESULTS_VERSION,
                program_version: env!("CARGO_PKG_VERSION").to_owned(),
                scenario_sha256: sha256(experiment.resolved_text.as_bytes()),
                setting: experiment.setting.clone(),
                files: BTreeMap::new(),
            },
            comparison: compare(&experiment.setting, &summary),
            summary,
            series: Vec::new(),
            isp_matrix: Vec::new(),
            causes: Vec::new(),
        };
        for run in &experiment.runs {
            let (arm, replication) = (&run.arm, run.replication);
            results.series.extend(run.tables.series.iter().map(|row| SeriesRow {
                arm: arm.clone(),
                replication,
                t_s: row.t_s,
                metric: row.metric.to_owned(),
                value: finite(row.value),
            }));
            results.isp_matrix.extend(run.tables.isp_matrix.iter().map(|row| MatrixRow {
                arm: arm.clone(),
                replication,
                window: row.window,
                from_isp: row.from_isp.clone(),
                to_isp: row.to_isp.clone(),
                bytes: row.bytes,
            }));
            results.causes.extend(run.tables.causes.iter().map(|row| CauseRow {
                arm: arm.clone(),
                replication,
                window: row.window,
                what: row.what.to_owned(),
                cause: row.cause.to_owned(),
                value: finite(row.value),
            }));
        }
        results
    }
}

/// Puts the scenario and all tables into `folder`; plots and [`Folder::commit`] follow.
///
/// # Errors
/// When the system refuses.
pub fn write(
    experiment: &Experiment,
    results: &Results,
    folder: &mut Folder,
) -> Result<(), FolderError> {
    folder.add("scenario.toml", experiment.scenario_text.as_bytes())?;
    folder.add("scenario.resolved.toml", experiment.resolved_text.as_bytes())?;
    folder.add("summary.csv", &table(SUMMARY, &results.summary))?;
    folder.add("comparison.csv", &table(COMPARISON, &results.comparison))?;
    folder.add("series.csv", &table(SERIES, &results.series))?;
    folder.add("isp_matrix.csv", &table(ISP_MATRIX, &results.isp_matrix))?;
    folder.add("causes.csv", &table(CAUSES, &results.causes))
}

const SUMMARY: &str = "arm,replication,window,metric,value,unit";
const COMPARISON: &str = "arm,baseline,window,metric,mean,diff,ci_low,ci_high,n,p,verdict";
const SERIES: &str = "arm,replication,t_s,metric,value";
const ISP_MATRIX: &str = "arm,replication,window,from_isp,to_isp,bytes";
const CAUSES: &str = "arm,replication,window,what,cause,value";

/// Rows as CSV under `columns`, which stand there even when there is no row.
fn table<T: Serialize>(columns: &str, rows: &[T]) -> Vec<u8> {
    let mut writer = csv::WriterBuilder::new().has_headers(false).from_writer(Vec::new());
    writer.write_record(columns.split(',')).expect("invariant: memory takes every record");
    for row in rows {
        writer.serialize(row).expect("invariant: rows are flat");
    }
    writer.into_inner().expect("invariant: memory takes everything")
}
