//! Files of a finished folder that are made again, each whole or not at all.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use super::Manifest;
use super::folder::{FolderError, at, json, sha256, store};

/// A finished folder in which pictures and page are made again.
#[derive(Debug)]
pub struct Renewal {
    dir: PathBuf,
    manifest: Manifest,
}

impl Renewal {
    /// Of the folder `dir` with its `manifest`.
    pub fn new(dir: &Path, manifest: &Manifest) -> Self {
        Self { dir: dir.to_owned(), manifest: manifest.clone() }
    }

    /// Puts a file that is the same on every platform in place of what is there. `name` is relative,
    /// with `/`.
    ///
    /// # Errors
    /// When the system refuses; then what was there still is.
    pub fn put(&mut self, name: &str, content: &[u8]) -> Result<(), FolderError> {
        replace(&self.dir.join(name), content)?;
        self.manifest.files.insert(name.to_owned(), sha256(content));
        Ok(())
    }

    /// The same of a file that may differ between platforms.
    ///
    /// # Errors
    /// When the system refuses; then what was there still is.
    pub fn put_unlisted(&self, name: &str, content: &[u8]) -> Result<(), FolderError> {
        replace(&self.dir.join(name), content)
    }

    /// Writes the manifest, which has the digests of what is there now.
    ///
    /// # Errors
    /// When the system refuses.
    pub fn finish(self) -> Result<(), FolderError> {
        replace(&self.dir.join("manifest.json"), json(&self.manifest).as_bytes())
    }
}

/// A hidden file beside it takes the content and then the name.
fn replace(path: &Path, content: &[u8]) -> Result<(), FolderError> {
    let mut hidden = OsString::from(".");
    hidden.push(path.file_name().unwrap_or_default());
    hidden.push(".partial");
    let temporary = path.with_file_name(hidden);
    if let Some(parent) = path.parent() {
        fs::create_dir_all(parent).map_err(at(parent))?;
    }
    // One that was killed may have left its file.
    if temporary.exists() {
        fs::remove_file(&temporary).map_err(at(&temporary))?;
    }
    let done =
        store(&temporary, content).and_then(|()| fs::rename(&temporary, path).map_err(at(path)));
    if done.is_err() {
        // What failed is told; that this may fail, too, tells nothing more.
        drop(fs::remove_file(&temporary));
    }
    done
}
