//! Units of work that are done, on disk: one file each, under a name that says what went in.
//!
//! A file appears whole or not at all, so whoever kills the program loses what was being played and
//! nothing else. What went in is the scenario as its arm plays it, so that parts of a sweep can be
//! played anywhere and put together.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::RESULTS_VERSION;
use super::folder::{FolderError, at, sha256, store};
use crate::metrics::tables::RunTables;
use crate::scenario::{Loaded, Scenario};

/// What a unit of work depends on, as a SHA-256 in hexadecimal.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize)]
pub struct UnitKey(String);

/// Keys of the units of a scenario.
#[derive(Debug)]
pub struct Keys<'a> {
    loaded: &'a Loaded,
    /// Of what its CSV tables say.
    tables: String,
}

impl<'a> Keys<'a> {
    /// Those of `loaded`.
    pub fn new(loaded: &'a Loaded) -> Self {
        Self { loaded, tables: sha256(format!("{:?}", loaded.tables).as_bytes()) }
    }

    /// Keys of the arm called `arm` in replications 0, 1, …: with the same key the same tables come
    /// out.
    pub fn of(&self, arm: &str, replications: u32, per_home: bool) -> Vec<UnitKey> {
        let mut scenario: Scenario = self.loaded.scenario.clone();
        // What neither world nor arm depends on.
        scenario.title = String::new();
        scenario.run.replications = 1;
        scenario.report = crate::scenario::model::Report::default();
        scenario.sweep.clear();
        scenario.arm.retain(|name, _| name == arm);
        scenario.arm.values_mut().for_each(|arm| arm.baseline = false);
        let text = toml::to_string(&scenario).expect("invariant: whatever was read can be written");
        let part = sha256(format!("{RESULTS_VERSION} {per_home} {arm}\n{text}").as_bytes());
        let key = |replication| {
            UnitKey(sha256(format!("{part} {} {replication}", self.tables).as_bytes()))
        };
        (0..replications).map(key).collect()
    }
}

/// The units of a folder that is unfinished, or of a part of a sweep.
#[derive(Clone, Debug)]
pub struct Units {
    folder: PathBuf,
}

impl Units {
    /// Those below `parent`.
    pub fn within(parent: &Path) -> Self {
        Self { folder: parent.join("units") }
    }

    fn path(&self, key: &UnitKey, ending: &str) -> PathBuf {
        self.folder.join(format!("{}.{ending}", key.0))
    }

    /// Whether there is any.
    pub fn any(&self) -> bool {
        fs::read_dir(&self.folder).is_ok_and(|mut files| files.next().is_some())
    }

    /// Whether this one is done.
    pub fn has(&self, key: &UnitKey) -> bool {
        self.path(key, "json").is_file()
    }

    /// Whether anything is there of this one, done or failed.
    pub fn knows(&self, key: &UnitKey) -> bool {
        self.has(key) || self.path(key, "failed").is_file()
    }

    /// What this one left; nothing when it is not there, or not as it was written.
    pub fn get(&self, key: &UnitKey) -> Option<RunTables> {
        let text = fs::read_to_string(self.path(key, "json")).ok()?;
        let (digest, body) = text.split_once('\n')?;
        let whole = sha256(body.as_bytes()) == digest;
        serde_json::from_str(body).ok().filter(|_| whole)
    }

    /// Keeps what a unit left.
    ///
    /// # Errors
    /// When the system refuses.
    pub fn put(&self, key: &UnitKey, tables: &RunTables) -> Result<(), FolderError> {
        let body = serde_json::to_string(tables).expect("invariant: tables are plain data");
        self.file(key, "json", &format!("{}\n{body}", sha256(body.as_bytes())))
    }

    /// Copies a unit that is done from elsewhere.
    ///
    /// # Errors
    /// When the system refuses.
    pub fn copy(&self, key: &UnitKey, from: &Self) -> Result<(), FolderError> {
        let path = from.path(key, "json");
        let text = fs::read_to_string(&path).map_err(at(&path))?;
        self.file(key, "json", &text)
    }

    /// How this one has failed so far.
    pub fn failures(&self, key: &UnitKey) -> Vec<String> {
        let text = fs::read_to_string(self.path(key, "failed")).unwrap_or_default();
        serde_json::from_str(&text).unwrap_or_default()
    }

    /// Whether there is no use in trying it again: it failed twice in the same way.
    pub fn given_up(&self, key: &UnitKey) -> bool {
        matches!(&*self.failures(key), [.., one, other] if one == other)
    }

    /// Keeps how a unit failed.
    ///
    /// # Errors
    /// When the system refuses.
    pub fn fail(&self, key: &UnitKey, why: &str) -> Result<(), FolderError> {
        let mut all = self.failures(key);
        all.push(why.to_owned());
        let text = serde_json::to_string(&all).expect("invariant: texts are plain data");
        self.file(key, "failed", &text)
    }

    /// Takes away a unit whose file is not as it was written.
    ///
    /// # Errors
    /// When the system refuses.
    pub fn forget(&self, key: &UnitKey) -> Result<(), FolderError> {
        let path = self.path(key, "json");
        match fs::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(at(&path)(error)),
            _ => Ok(()),
        }
    }

    /// Written under another name and renamed, so that it is never seen half written.
    fn file(&self, key: &UnitKey, ending: &str, text: &str) -> Result<(), FolderError> {
        fs::create_dir_all(&self.folder).map_err(at(&self.folder))?;
        let (path, new) = (self.path(key, ending), self.path(key, "new"));
        // Left by a program that was killed while it wrote.
        if new.exists() {
            fs::remove_file(&new).map_err(at(&new))?;
        }
        let written = store(&new, text.as_bytes());
        if written.is_err() {
            // The disk may be full: leave it what there is.
            drop(fs::remove_file(&new));
        }
        written?;
        fs::rename(&new, &path).map_err(at(&path))
    }
}
