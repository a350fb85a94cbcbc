//! Where the text of a scenario is: a file, or a name in a library.

use std::io::Read as _;
use std::path::{Path, PathBuf};

use super::problem::{At, Problem, Problems, suggest};

/// A scenario is at most this long: what is longer is something else.
const MOST_BYTES: u64 = 16 << 20;

/// Scenarios that go by a name: name and text of each. A file may extend them.
#[derive(Clone, Copy, Debug, Default)]
pub struct Library<'a>(pub &'a [(&'a str, &'a str)]);

/// Where a text is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Origin {
    /// In a file, whose folder is where paths in it start.
    File(PathBuf),
    /// In the library, under this name.
    Name(String),
}

impl<'a> Library<'a> {
    /// The text called `name`.
    pub(super) fn text(&self, name: &str) -> Option<&'a str> {
        self.0.iter().find(|(known, _)| *known == name).map(|(_, text)| *text)
    }

    /// What to say to somebody who wanted `name`.
    pub(super) fn help(&self, name: &str) -> Option<String> {
        suggest(name, "shipped", self.0.iter().map(|(known, _)| *known))
    }
}

impl Origin {
    /// What it is called in messages.
    pub(super) fn name(&self) -> String {
        match self {
            Self::File(path) => path.display().to_string(),
            Self::Name(name) => format!("{name}.toml"),
        }
    }

    /// Whether both are the same text.
    pub(super) fn same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::File(a), Self::File(b)) => {
                let real = |path: &Path| path.canonicalize().ok();
                a == b || real(a).is_some_and(|a| real(b) == Some(a))
            }
            _ => self == other,
        }
    }
}

/// The text of the file at `path`.
///
/// # Errors
/// What is wrong with the text, at its place; what `absent` makes of it when it cannot be read at all.
pub(super) fn read_file(
    path: &Path,
    absent: impl FnOnce(std::io::Error) -> Problem,
) -> Result<String, Problems> {
    let name = path.display().to_string();
    let mut bytes = Vec::new();
    std::fs::File::open(path)
        .and_then(|file| file.take(MOST_BYTES + 1).read_to_end(&mut bytes))
        .map_err(|error| Problems(vec![absent(error)]))?;
    if bytes.len() as u64 > MOST_BYTES {
        let message = format!("longer than {} MiB: this is not a scenario", MOST_BYTES >> 20);
        return Err(Problems(vec![Problem::error("S0106", At::file(name), message)]));
    }
    String::from_utf8(bytes).map_err(|error| {
        let upto = error.utf8_error().valid_up_to();
        let good = String::from_utf8_lossy(&error.as_bytes()[..upto]).into_owned();
        let at = At::within(&name, &good, &(upto..upto));
        Problems(vec![Problem::error("S0106", at, "this is not UTF-8 text")])
    })
}
