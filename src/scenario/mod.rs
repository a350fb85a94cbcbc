//! Text to values: reads, checks and resolves scenario files.
//!
//! Knows no time, randomness or network. Whatever comes in, what goes out is a [`Loaded`] that is
//! sound or [`Problems`] that name file, line and column; never a panic.

mod check;
mod csv;
mod extends;
pub mod knobs;
mod library;
mod merge;
pub mod metric;
pub mod model;
mod problem;
mod read;
mod resolve;
pub mod schema;
mod sets;
mod source;
pub mod sweep;
pub mod tables;

use std::path::{Path, PathBuf};

pub use library::Library;
pub use model::Scenario;
pub use problem::{At, CODES, Problem, Problems, Severity, nearest};
pub use resolve::ArmPlan;
pub use tables::Tables;

use check::Checker;
use library::{Origin, read_file};

/// A sound scenario with all that belongs to it.
#[derive(Clone, Debug, PartialEq)]
pub struct Loaded {
    /// What the file and its bases say, `--set` applied; places, links and ladder of CSV tables filled in.
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

impl Library<'_> {
    /// Reads the scenario at `path`, its bases and the tables it names, with `sets` (dotted key, value)
    /// laid over it. A value is TOML, or else a bare text.
    ///
    /// # Errors
    /// All that is wrong with it, in one go as far as possible.
    pub fn load(self, path: &Path, sets: &[(String, String)]) -> Result<Loaded, Problems> {
        let absent = |error| {
            let at = At::file(path.display().to_string());
            Problem::error("S0106", at, format!("cannot read the scenario: {error}"))
        };
        let text = read_file(path, absent)?;
        self.load_text(&text, path, sets)
    }

    /// As [`Library::load`] for a text that is already here; `file` names it in messages, and its folder
    /// is where `csv.folder` and paths of bases start.
    ///
    /// # Errors
    /// All that is wrong with it, in one go as far as possible.
    pub fn load_text(
        self,
        text: &str,
        file: &Path,
        sets: &[(String, String)],
    ) -> Result<Loaded, Problems> {
        self.load_origin(text, Origin::File(file.to_owned()), sets)
    }

    /// As [`Library::load`] for the scenario of the library called `name`; `None` when there is none.
    ///
    /// # Errors
    /// All that is wrong with it, in one go as far as possible.
    pub fn load_named(
        self,
        name: &str,
        sets: &[(String, String)],
    ) -> Option<Result<Loaded, Problems>> {
        Some(self.load_origin(self.text(name)?, Origin::Name(name.to_owned()), sets))
    }

    fn load_origin(
        self,
        text: &str,
        origin: Origin,
        sets: &[(String, String)],
    ) -> Result<Loaded, Problems> {
        let base = match &origin {
            Origin::File(file) => file.parent().map(Path::to_owned).unwrap_or_default(),
            Origin::Name(_) => PathBuf::new(),
        };
        let read = read::read(text, origin, self, sets);
        let Some(mut scenario) = read.scenario else {
            return Err(Problems(read.problems));
        };
        let mut check = Checker::new(&read.source, &read.index, &read.unread);
        check.found = read.problems;
        let tables = csv::load(&mut scenario, &base, &mut check);
        let arms = resolve::arms(&scenario, &mut check);
        check::check(&scenario, &tables, &arms, &mut check);
        let (errors, warnings): (Vec<_>, Vec<_>) =
            check.found.into_iter().partition(|problem| problem.severity == Severity::Error);
        if !errors.is_empty() {
            return Err(Problems(errors));
        }
        Ok(Loaded { scenario, tables, text: text.to_owned(), arms, warnings })
    }
}

/// [`Library::load`] where there is no library.
///
/// # Errors
/// All that is wrong with it, in one go as far as possible.
pub fn load(path: &Path, sets: &[(String, String)]) -> Result<Loaded, Problems> {
    Library::default().load(path, sets)
}

/// [`Library::load_text`] where there is no library.
///
/// # Errors
/// All that is wrong with it, in one go as far as possible.
pub fn load_text(text: &str, file: &Path, sets: &[(String, String)]) -> Result<Loaded, Problems> {
    Library::default().load_text(text, file, sets)
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
