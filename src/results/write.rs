//! Tables to files.

use std::collections::BTreeMap;

use super::comparison::compare;
use super::derived::derive;
use super::folder::{Folder, FolderError, sha256};
use super::manifest::Manifest;
use super::rows::{Of, Row};
use super::{Experiment, RESULTS_VERSION, Results, energy, expectation, offload, waste};

impl Results {
    /// Compares and collects what the runs left.
    pub fn of(experiment: &Experiment) -> Self {
        let summary = derive(experiment);
        let (comparison, verdicts) = compare(&experiment.setting, &summary);
        Self {
            manifest: Manifest {
                results_version: RESULTS_VERSION,
                program_version: env!("CARGO_PKG_VERSION").to_owned(),
                scenario_sha256: sha256(experiment.resolved_text.as_bytes()),
                setting: experiment.setting.clone(),
                files: BTreeMap::new(),
            },
            comparison,
            verdicts,
            expectations: expectation::rows(&experiment.setting, &summary),
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

/// Puts the scenario and all tables into `folder`, their names after `prefix`; plots and
/// [`Folder::commit`] follow.
///
/// # Errors
/// When the system refuses.
pub fn write(
    experiment: &Experiment,
    results: &Results,
    folder: &mut Folder,
    prefix: &str,
) -> Result<(), FolderError> {
    let (given, resolved) = ("scenario.toml", "scenario.resolved.toml");
    folder.add(&format!("{prefix}{given}"), experiment.scenario_text.as_bytes())?;
    folder.add(&format!("{prefix}{resolved}"), experiment.resolved_text.as_bytes())?;
    for (name, text) in tables(results) {
        folder.add(&format!("{prefix}{name}"), &text)?;
    }
    Ok(())
}

/// Name and content of each table's file.
pub fn tables(results: &Results) -> Vec<(&'static str, Vec<u8>)> {
    let mut files = vec![
        table(&results.summary),
        table(&results.comparison),
        table(&results.verdicts),
        table(&results.series),
        table(&results.isp_matrix),
        table(&results.causes),
        table(&results.causes_by_hour),
        table(&results.links),
        table(&results.links_series),
        table(&results.boundaries),
        table(&results.offload),
        table(&results.bills),
        table(&results.stakeholders),
        table(&results.energy),
        table(&results.qoe),
        table(&results.ledger_home),
        table(&results.waste),
    ];
    if !results.expectations.is_empty() {
        files.push(table(&results.expectations));
    }
    // Long, and only there when it is asked for.
    if !results.homes.is_empty() {
        files.push(table(&results.homes));
    }
    files
}

/// Rows as CSV under their columns, which stand there even when there is no row, with the file's name.
pub(super) fn table<R: Row>(rows: &[R]) -> (&'static str, Vec<u8>) {
    let mut writer = csv::WriterBuilder::new().has_headers(false).from_writer(Vec::new());
    writer.write_record(R::COLUMNS.split(',')).expect("invariant: memory takes every record");
    for row in rows {
        writer.serialize(row).expect("invariant: rows are flat");
    }
    (R::FILE, writer.into_inner().expect("invariant: memory takes everything"))
}
