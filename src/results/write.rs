//! Tables to files.

use std::collections::BTreeMap;

use super::comparison::compare;
use super::derived::derive;
use super::folder::{Folder, FolderError, sha256};
use super::manifest::Manifest;
use super::rows::{Of, Row};
use super::{Experiment, RESULTS_VERSION, Results, energy, offload, waste};

impl Results {
    /// Compares and collects what the runs left.
    pub fn of(experiment: &Experiment) -> Self {
        let summary = derive(experiment);
        Self {
            manifest: Manifest {
                results_version: RESULTS_VERSION,
                program_version: env!("CARGO_PKG_VERSION").to_owned(),
                scenario_sha256: sha256(experiment.resolved_text.as_bytes()),
                setting: experiment.setting.clone(),
                files: BTreeMap::new(),
            },
            comparison: compare(&experiment.setting, &summary),
            summary,
            series: Of::all(experiment, |tables| &tables.series),
            isp_matrix: Of::all(experiment, |tables| &tables.isp_matrix),
            causes: Of::all(experiment, |tables| &tables.causes),
            qoe: Of::all(experiment, |tables| &tables.qoe),
            ledger_home: Of::all(experiment, |tables| &tables.ledger_home),
            waste: waste::rows(experiment),
            homes: Of::all(experiment, |tables| &tables.homes),
            causes_by_hour: Of::all(experiment, |tables| &tables.causes_by_hour),
            links: Of::all(experiment, |tables| &tables.links),
            links_series: Of::all(experiment, |tables| &tables.links_series),
            boundaries: Of::all(experiment, |tables| &tables.boundaries),
            offload: offload::rows(experiment),
            bills: Of::all(experiment, |tables| &tables.bills),
            stakeholders: Of::all(experiment, |tables| &tables.stakeholders),
            energy: energy::rows(experiment),
        }
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
    table(&results.summary, folder)?;
    table(&results.comparison, folder)?;
    table(&results.series, folder)?;
    table(&results.isp_matrix, folder)?;
    table(&results.causes, folder)?;
    table(&results.causes_by_hour, folder)?;
    table(&results.links, folder)?;
    table(&results.links_series, folder)?;
    table(&results.boundaries, folder)?;
    table(&results.offload, folder)?;
    table(&results.bills, folder)?;
    table(&results.stakeholders, folder)?;
    table(&results.energy, folder)?;
    table(&results.qoe, folder)?;
    table(&results.ledger_home, folder)?;
    table(&results.waste, folder)?;
    // Long, and only there when it is asked for.
    if results.homes.is_empty() { Ok(()) } else { table(&results.homes, folder) }
}

/// Rows as CSV under their columns, which stand there even when there is no row.
fn table<R: Row>(rows: &[R], folder: &mut Folder) -> Result<(), FolderError> {
    let mut writer = csv::WriterBuilder::new().has_headers(false).from_writer(Vec::new());
    writer.write_record(R::COLUMNS.split(',')).expect("invariant: memory takes every record");
    for row in rows {
        writer.serialize(row).expect("invariant: rows are flat");
    }
    folder.add(R::FILE, &writer.into_inner().expect("invariant: memory takes everything"))
}
