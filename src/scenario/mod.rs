//! Text to values: reads, checks and resolves scenario files.
//!
//! Knows no time, randomness or network. Whatever comes in, what goes out is a [`Loaded`] that is
//! sound or [`Problems`] that name file, line and column; never a panic.

mod check;
mod csv;
pub mod metric;
pub mod model;
mod problem;
mod read;
mod resolve;
mod sets;
mod source;
pub mod sweep;
pub mod tables;

use std::io::Read as _;
use std::path::Path;

pub use model::Scenario;
pub use problem::{At, CODES, Problem, Problems, Severity};
pub use resolve::ArmPlan;
pub use tables::Tables;

use check::Checker;

/// A scenario is at most this long: what is longer is something else.
const MOST_BYTES: u64 = 16 << 20;

/// A sound scenario with all that belongs to it.
#[derive(Clone, Debug, PartialEq)]
pub struct Loaded {
    /// What the file says, `--set` applied; places, links and ladder of CSV tables filled in.
    pub scenario: Scenario,
    /// What its CSV tables say.
    pub tables: Tables,
    /// The file as given.
    pub text: String,
    /// The arms with their changes: the baseline first, then by name.
    pub arms: Vec<ArmPlan>,
    /// Legal, but somebody should know.
    pub warnings: Vec<Problem>,
}

/// Reads the scenario at `path` and the tables it names, with `sets` (dotted key, value) laid over
/// it. A value is TOML, or else a bare text.
///
/// # Errors
/// All that is wrong with it, in one go as far as possible.
pub fn load(path: &Path, sets: &[(String, String)]) -> Result<Loaded, Problems> {
    let name = path.display().to_string();
    let unreadable = |at, message: String| Problems(vec![Problem::error("S0106", at, message)]);
    let mut bytes = Vec::new();
    let read = std::fs::File::open(path)
        .and_then(|file| file.take(MOST_BYTES + 1).read_to_end(&mut bytes));
    if let Err(error) = read {
        return Err(unreadable(At::file(name), format!("cannot read the scenario: {error}")));
    }
    if bytes.len() as u64 > MOST_BYTES {
        let message = format!("longer than {} MiB: this is not a scenario", MOST_BYTES >> 20);
        return Err(unreadable(At::file(name), message));
    }
    match String::from_utf8(bytes) {
        Ok(text) => load_text(&text, path, sets),
        Err(error) => {
            let upto = error.utf8_error().valid_up_to();
            let good = String::from_utf8_lossy(&error.as_bytes()[..upto]).into_owned();
            let at = At::within(&name, &good, &(upto..upto));
            Err(unreadable(at, "this is not UTF-8 text".to_owned()))
        }
    }
}

/// As [`load`] for a text that is already here; `file` names it in messages, and its folder is where
/// `csv.folder` starts.
///
/// # Errors
/// All that is wrong with it, in one go as far as possible.
pub fn load_text(text: &str, file: &Path, sets: &[(String, String)]) -> Result<Loaded, Problems> {
    let name = file.display().to_string();
    let read = read::read(text, &name, sets);
    let Some(mut scenario) = read.scenario else {
        return Err(Problems(read.problems));
    };
    let mut check = Checker::new(&read.source, &read.index, &read.unread);
    check.found = read.problems;
    let base = file.parent().unwrap_or_else(|| Path::new(""));
    let tables = csv::load(&mut scenario, base, &mut check);
    let arms = resolve::arms(&scenario, &mut check);
    check::check(&scenario, &tables, &arms, &mut check);
    let (errors, warnings): (Vec<_>, Vec<_>) =
        check.found.into_iter().partition(|problem| problem.severity == Severity::Error);
    if !errors.is_empty() {
        return Err(Problems(errors));
    }
    Ok(Loaded { scenario, tables, text: text.to_owned(), arms, warnings })
}

impl Loaded {
    /// The scenario as TOML with all defaults filled in and `--set` applied. Read from the same
    /// folder it gives the same scenario again.
    pub fn resolved(&self) -> String {
        resolve::resolved(&self.scenario)
    }
}

#[cfg(test)]
mod tests;
