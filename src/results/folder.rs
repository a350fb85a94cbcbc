//! A folder that appears whole or not at all.
//!
//! Beside the target, `NAME.partial` holds what is unfinished: the units of work that are done, which
//! stay when the program ends early, and the files of the folder to be. Its rename at the end is the
//! only moment at which the target changes. A lock on a file in it refuses a second program that wants
//! the same name, and goes with the process that holds it.

use std::collections::BTreeMap;
use std::fmt;
use std::fs::{self, File, TryLockError};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::manifest::{Manifest, Provenance};
use super::plan::Plan;
use super::sweep::SweepManifest;
use super::units::Units;

/// Ending of the name under which a folder is unfinished.
pub const PARTIAL: &str = ".partial";

/// A folder being filled; dropped without [`Folder::commit`], it leaves nothing behind but units that
/// are done.
#[derive(Debug)]
pub struct Folder {
    target: PathBuf,
    partial: PathBuf,
    /// The folder to be, inside it.
    stage: PathBuf,
    /// Held while this lives.
    lock: Option<File>,
    /// Parents that did not exist, outermost first.
    made: Vec<PathBuf>,
    digests: BTreeMap<String, String>,
    done: bool,
}

/// Why a folder could not be written.
#[derive(Debug)]
pub enum FolderError {
    /// Something is there already.
    Exists(PathBuf),
    /// Another program is writing it.
    Busy(PathBuf),
    /// Unfinished work of another command is kept under the name.
    Others {
        /// The folder that was asked for.
        target: PathBuf,
        /// Where that work is.
        partial: PathBuf,
    },
    /// The path ends in no name, such as `..`.
    NoName(PathBuf),
    /// The system refused: permission, disk full, …
    Io {
        /// What was being written.
        path: PathBuf,
        /// What the system said.
        error: io::Error,
    },
}

impl fmt::Display for FolderError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exists(path) => write!(
                f,
                "{} exists and is left alone: choose another --out, or move it away",
                path.display()
            ),
            Self::Busy(target) => {
                write!(f, "another run is writing {}: choose another --out", target.display())
            }
            Self::Others { target, partial } => write!(
                f,
                "{} holds unfinished runs of another scenario or seed than {} would: choose another \
                 --out, finish that one, or remove it",
                partial.display(),
                target.display()
            ),
            Self::NoName(path) => {
                write!(f, "{} names no folder: choose another --out", path.display())
            }
            Self::Io { path, error } => write!(
                f,
                "cannot write {}: {error}; nothing is left under the final name",
                path.display()
            ),
        }
    }
}

impl std::error::Error for FolderError {}

impl Folder {
    /// Takes the name `target`, which must not exist or be an empty folder, and checks that files
    /// can be written there. Parents are made.
    ///
    /// # Errors
    /// When something is there, another program has claimed it, or the system refuses.
    pub fn claim(target: &Path) -> Result<Self, FolderError> {
        let name = target.file_name().ok_or_else(|| FolderError::NoName(target.to_owned()))?;
        if !vacant(target) {
            return Err(FolderError::Exists(target.to_owned()));
        }
        let mut unfinished = name.to_owned();
        unfinished.push(PARTIAL);
        let partial = target.with_file_name(unfinished);
        let mut folder = Self {
            target: target.to_owned(),
            stage: partial.join("folder"),
            partial,
            lock: None,
            made: Vec::new(),
            digests: BTreeMap::new(),
            done: false,
        };
        let result = folder.make();
        if result.is_err() {
            // What is there is not ours, unless we made it.
            folder.done = true;
            drop(fs::remove_dir(&folder.partial));
            folder.remove_parents();
        }
        result?;
        // A folder can be made where no file can: try one.
        let probe = folder.partial.join(".probe");
        // Left by a program that was killed, or by a full disk.
        drop(fs::remove_file(&probe));
        store(&probe, b"offpeak")?;
        fs::remove_file(&probe).map_err(at(&probe))?;
        Ok(folder)
    }

    fn make(&mut self) -> Result<(), FolderError> {
        let parent = self.target.parent().unwrap_or(Path::new(""));
        let missing =
            parent.ancestors().take_while(|path| !path.as_os_str().is_empty() && !path.exists());
        let missing: Vec<PathBuf> = missing.map(Path::to_owned).collect();
        for path in missing.into_iter().rev() {
            match fs::create_dir(&path) {
                Ok(()) => self.made.push(path),
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(at(&path)(error)),
            }
        }
        match fs::create_dir(&self.partial) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => {
                return Err(at(&self.partial)(error));
            }
            _ => {}
        }
        let path = self.partial.join("lock");
        let lock = File::options().create(true).truncate(false).write(true).open(&path);
        let lock = lock.map_err(at(&path))?;
        match lock.try_lock() {
            Ok(()) => self.lock = Some(lock),
            Err(TryLockError::WouldBlock) => return Err(FolderError::Busy(self.target.clone())),
            Err(TryLockError::Error(error)) => return Err(at(&path)(error)),
        }
        // Left by a program that was killed while it wrote.
        if self.stage.exists() {
            fs::remove_dir_all(&self.stage).map_err(at(&self.stage))?;
        }
        fs::create_dir(&self.stage).map_err(at(&self.stage))
    }

    /// Where units of work are kept until the folder is whole.
    pub fn units(&self) -> Units {
        Units::within(&self.partial)
    }

    /// Where what is unfinished lies.
    pub fn partial(&self) -> &Path {
        &self.partial
    }

    /// Where the result will be.
    pub fn target(&self) -> &Path {
        &self.target
    }

    /// Writes a file that is the same on every platform; its digest goes into the manifest. `name`
    /// is relative, with `/`.
    ///
    /// # Errors
    /// When the system refuses.
    pub fn add(&mut self, name: &str, content: &[u8]) -> Result<(), FolderError> {
        self.add_unlisted(name, content)?;
        self.digests.insert(name.to_owned(), sha256(content));
        Ok(())
    }

    /// Writes a file that may differ between platforms or runs.
    ///
    /// # Errors
    /// When the system refuses.
    pub fn add_unlisted(&self, name: &str, content: &[u8]) -> Result<(), FolderError> {
        let path = self.stage.join(name);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent).map_err(at(parent))?;
        }
        store(&path, content)
    }

    /// Writes manifest (with the digests of all files added) and provenance, and gives the folder
    /// its name.
    ///
    /// # Errors
    /// When the system refuses, or the name was taken meanwhile.
    pub fn commit(
        mut self,
        manifest: &Manifest,
        provenance: &Provenance,
    ) -> Result<PathBuf, FolderError> {
        let mut manifest = manifest.clone();
        manifest.files = std::mem::take(&mut self.digests);
        self.add_unlisted("manifest.json", json(&manifest).as_bytes())?;
        self.add_unlisted("provenance.json", json(provenance).as_bytes())?;
        self.publish()
    }

    /// Gives the folder its name as it is.
    ///
    /// # Errors
    /// When the system refuses, or the name was taken meanwhile.
    pub fn publish(mut self) -> Result<PathBuf, FolderError> {
        if !vacant(&self.target) {
            return Err(FolderError::Exists(self.target.clone()));
        }
        // An empty folder may stand there; not every system renames over one.
        if self.target.is_dir() {
            fs::remove_dir(&self.target).map_err(at(&self.target))?;
        }
        fs::rename(&self.stage, &self.target).map_err(at(&self.target))?;
        self.done = true;
        self.lock = None;
        // What is left is of no use any more; the result is there all the same.
        drop(fs::remove_dir_all(&self.partial));
        Ok(self.target.clone())
    }

    /// As [`Self::commit`], for a sweep.
    ///
    /// # Errors
    /// When the system refuses, or the name was taken meanwhile.
    pub fn commit_sweep(
        mut self,
        manifest: &SweepManifest,
        provenance: &Provenance,
    ) -> Result<PathBuf, FolderError> {
        let mut manifest = manifest.clone();
        manifest.files = std::mem::take(&mut self.digests);
        self.add_unlisted("manifest.json", json(&manifest).as_bytes())?;
        self.add_unlisted("provenance.json", json(provenance).as_bytes())?;
        self.publish()
    }

    /// Writes the manifest of a point of a sweep, whose files were added after `prefix`.
    ///
    /// # Errors
    /// When the system refuses.
    pub fn add_manifest(&mut self, prefix: &str, manifest: &Manifest) -> Result<(), FolderError> {
        let manifest = Manifest { files: self.digests(prefix), ..manifest.clone() };
        self.add(&format!("{prefix}manifest.json"), json(&manifest).as_bytes())
    }

    /// SHA-256 of the files added whose names begin with `prefix`, by the rest of the name.
    pub fn digests(&self, prefix: &str) -> BTreeMap<String, String> {
        let own = self.digests.iter().filter_map(|(name, digest)| {
            Some((name.strip_prefix(prefix)?.to_owned(), digest.clone()))
        });
        own.collect()
    }

    /// Says in the unfinished folder what is to be played.
    ///
    /// # Errors
    /// When the system refuses, or what is there belongs to none of it.
    pub fn keep_plan(&self, plan: &Plan) -> Result<(), FolderError> {
        let units = self.units();
        if units.any() && plan.units().iter().all(|(key, ..)| !units.knows(key)) {
            let (target, partial) = (self.target.clone(), self.partial.clone());
            return Err(FolderError::Others { target, partial });
        }
        let (path, new) = (self.partial.join(Plan::FILE), self.partial.join(".plan"));
        drop(fs::remove_file(&new));
        store(&new, json(plan).as_bytes())?;
        fs::rename(&new, &path).map_err(at(&path))
    }

    /// Writes the plan of a part of a sweep.
    ///
    /// # Errors
    /// When the system refuses.
    pub fn add_plan(&mut self, plan: &Plan) -> Result<(), FolderError> {
        self.add_unlisted(Plan::FILE, json(plan).as_bytes())
    }

    /// Where the units of a part of a sweep go.
    pub fn staged_units(&self) -> Units {
        Units::within(&self.stage)
    }

    fn remove_parents(&self) {
        for path in self.made.iter().rev() {
            // Not empty any more: somebody else uses it.
            if fs::remove_dir(path).is_err() {
                break;
            }
        }
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        if self.done {
            return;
        }
        // Nobody is left to hear of a failure, and the final name is not touched.
        drop(fs::remove_dir_all(&self.stage));
        if !self.units().any() {
            self.lock = None;
            drop(fs::remove_dir_all(&self.partial));
            self.remove_parents();
        }
    }
}

/// Whether nothing, or an empty folder, is at `path`. A dangling link is something.
fn vacant(path: &Path) -> bool {
    match fs::symlink_metadata(path) {
        Err(error) => error.kind() != io::ErrorKind::PermissionDenied,
        Ok(data) => {
            data.is_dir() && fs::read_dir(path).is_ok_and(|mut files| files.next().is_none())
        }
    }
}

/// Writes and forces to disk, so that a full disk is noticed here and not after the rename.
pub(super) fn store(path: &Path, content: &[u8]) -> Result<(), FolderError> {
    let mut file = File::create_new(path).map_err(at(path))?;
    file.write_all(content).map_err(at(path))?;
    file.sync_all().map_err(at(path))
}

pub(super) fn at(path: &Path) -> impl Fn(io::Error) -> FolderError + use<> {
    let path = path.to_owned();
    move |error| FolderError::Io { path: path.clone(), error }
}

pub(super) fn json<T: serde::Serialize>(value: &T) -> String {
    let mut text = serde_json::to_string_pretty(value).expect("invariant: plain data");
    text.push('\n');
    text
}

/// SHA-256 in hexadecimal.
pub fn sha256(content: &[u8]) -> String {
    use std::fmt::Write as _;
    let mut text = String::with_capacity(64);
    for byte in Sha256::digest(content) {
        write!(text, "{byte:02x}").expect("invariant: a String takes everything");
    }
    text
}
