//! Files back to tables, so that a report can be drawn again without a simulation.

use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

use super::rows::{Of, Row};
use super::{ExpectationRow, HomeRow, Manifest, RESULTS_VERSION, Results};

/// Why a result folder could not be read.
#[derive(Debug)]
pub struct ReadError {
    /// Which file.
    pub path: PathBuf,
    /// What is wrong with it.
    pub reason: String,
}

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "cannot read {}: {}", self.path.display(), self.reason)
    }
}

impl std::error::Error for ReadError {}

/// Results version of the folder `dir`, if it says one.
pub fn version(dir: &Path) -> Option<u32> {
    let text = fs::read_to_string(dir.join("manifest.json")).ok()?;
    let object: serde_json::Value = serde_json::from_str(&text).ok()?;
    object["results_version"].as_u64()?.try_into().ok()
}

/// The tables of the result folder `dir`.
///
/// # Errors
/// When a file is missing or not as [`super::write`] left it, or the numbers are of another version.
pub fn read(dir: &Path) -> Result<Results, ReadError> {
    let path = dir.join("manifest.json");
    let text = fs::read_to_string(&path).map_err(|error| wrong(&path, &error))?;
    let object: serde_json::Value =
        serde_json::from_str(&text).map_err(|error| wrong(&path, &error))?;
    // Before the rest, as another version may have other fields and columns.
    let version = &object["results_version"];
    if *version != RESULTS_VERSION {
        let reason = format!(
            "it has results of version {version}, and this program reads version {RESULTS_VERSION}: \
             run {} again, or use the program that wrote it",
            dir.join("scenario.resolved.toml").display()
        );
        return Err(wrong(&path, &reason));
    }
    if object.get("axes").is_some() {
        let reason = "this is a sweep: name one of its points, DIR/points/N";
        return Err(wrong(&path, &reason));
    }
    let manifest: Manifest =
        serde_json::from_value(object).map_err(|error| wrong(&path, &error))?;
    let has = |file: &str| manifest.files.contains_key(file);
    let has_homes = has(<Of<HomeRow>>::FILE);
    let has_expectations = has(ExpectationRow::FILE);
    Ok(Results {
        manifest,
        summary: table(dir)?,
        comparison: table(dir)?,
        verdicts: table(dir)?,
        expectations: if has_expectations { table(dir)? } else { Vec::new() },
        series: table(dir)?,
        isp_matrix: table(dir)?,
        causes: table(dir)?,
        qoe: table(dir)?,
        ledger_home: table(dir)?,
        waste: table(dir)?,
        homes: if has_homes { table(dir)? } else { Vec::new() },
        causes_by_hour: table(dir)?,
        links: table(dir)?,
        links_series: table(dir)?,
        boundaries: table(dir)?,
        offload: table(dir)?,
        bills: table(dir)?,
        stakeholders: table(dir)?,
        energy: table(dir)?,
    })
}

/// Rows are read by place, so the columns must be those that are written.
fn table<R: Row>(dir: &Path) -> Result<Vec<R>, ReadError> {
    let path = dir.join(R::FILE);
    let mut reader = csv::Reader::from_path(&path).map_err(|error| wrong(&path, &error))?;
    let columns = reader.headers().map_err(|error| wrong(&path, &error))?;
    if !columns.iter().eq(R::COLUMNS.split(',')) {
        return Err(wrong(&path, &format_args!("its columns are not {}", R::COLUMNS)));
    }
    let rows = reader.records().map(|record| record?.deserialize(None));
    let rows: Result<Vec<R>, csv::Error> = rows.collect();
    rows.map_err(|error| wrong(&path, &error))
}

fn wrong(path: &Path, reason: &dyn fmt::Display) -> ReadError {
    ReadError { path: path.to_owned(), reason: reason.to_string() }
}
