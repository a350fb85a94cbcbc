//! A folder that appears whole or not at all.
//!
//! Files are written under a temporary name beside the target; the rename at the end is the only
//! moment at which the target changes. The temporary folder doubles as a lock: a second program
//! that wants the same name is refused.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fmt;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::manifest::{Manifest, Provenance};

/// A folder being filled; dropped without [`Folder::commit`], it leaves nothing behind.
#[derive(Debug)]
pub struct Folder {
    target: PathBuf,
    temporary: PathBuf,
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
    /// Another program is writing it, or was killed while it did.
    Busy {
        /// The folder that was asked for.
        target: PathBuf,
        /// What is in the way.
        temporary: PathBuf,
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
            Self::Busy { target, temporary } => write!(
                f,
                "another run is writing {}: choose another --out, or, if no run is alive, remove {}",
                target.display(),
                temporary.display()
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
        let mut hidden = OsString::from(".");
        hidden.push(name);
        hidden.push(".partial");
        let mut folder = Self {
            target: target.to_owned(),
            temporary: target.with_file_name(hidden),
            made: Vec::new(),
            digests: BTreeMap::new(),
            done: false,
        };
        let result = folder.make();
        if result.is_err() {
            // What is there is not ours, unless we made it.
            folder.done = true;
            folder.remove_parents();
        }
        result?;
        // A folder can be made where no file can: try one.
        let probe = folder.temporary.join(".probe");
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
        fs::create_dir(&self.temporary).map_err(|error| match error.kind() {
            io::ErrorKind::AlreadyExists => {
                FolderError::Busy { target: self.target.clone(), temporary: self.temporary.clone() }
            }
            _ => at(&self.target)(error),
        })
    }

    /// Where the result will be.
    pub fn target(&self) -> &Path {
        &self.target
    }

    /// Where it is until then.
    pub fn temporary(&self) -> &Path {
        &self.temporary
    }

    /// SHA-256 of what was added, by name.
    pub const fn digests(&self) -> &BTreeMap<String, String> {
        &self.digests
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
        let path = self.temporary.join(name);
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
        if !vacant(&self.target) {
            return Err(FolderError::Exists(self.target.clone()));
        }
        // An empty folder may stand there; not every system renames over one.
        if self.target.is_dir() {
            fs::remove_dir(&self.target).map_err(at(&self.target))?;
        }
        fs::rename(&self.temporary, &self.target).map_err(at(&self.target))?;
        self.done = true;
        Ok(self.target.clone())
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
        if !self.done {
            // Nobody is left to hear of a failure, and the final name is not touched.
            drop(fs::remove_dir_all(&self.temporary));
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
    let mut file = fs::File::create_new(path).map_err(at(path))?;
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
pub(super) fn sha256(content: &[u8]) -> String {
    use std::fmt::Write as _;
    let mut text = String::with_capacity(64);
    for byte in Sha256::digest(content) {
        write!(text, "{byte:02x}").expect("invariant: a String takes everything");
    }
    text
}
