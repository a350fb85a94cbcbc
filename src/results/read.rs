//! Files back to tables, so that a report can be drawn again without a simulation.

use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

use serde::de::DeserializeOwned;

use super::Results;

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

/// The tables of the result folder `dir`.
///
/// # Errors
/// When a file is missing or not as [`super::write`] left it.
pub fn read(dir: &Path) -> Result<Results, ReadError> {
    let path = dir.join("manifest.json");
    let text = fs::read_to_string(&path).map_err(|error| wrong(&path, &error))?;
    let manifest = serde_json::from_str(&text).map_err(|error| wrong(&path, &error))?;
    Ok(Results {
        manifest,
        summary: table(dir, "summary.csv")?,
        comparison: table(dir, "comparison.csv")?,
        series: table(dir, "series.csv")?,
        isp_matrix: table(dir, "isp_matrix.csv")?,
        causes: table(dir, "causes.csv")?,
    })
}

fn table<T: DeserializeOwned>(dir: &Path, name: &str) -> Result<Vec<T>, ReadError> {
    let path = dir.join(name);
    let mut reader = csv::Reader::from_path(&path).map_err(|error| wrong(&path, &error))?;
    let rows: Result<Vec<T>, csv::Error> = reader.deserialize().collect();
    rows.map_err(|error| wrong(&path, &error))
}

fn wrong(path: &Path, reason: &dyn fmt::Display) -> ReadError {
    ReadError { path: path.to_owned(), reason: reason.to_string() }
}
