//! The recorded situations, as situations.json has them.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde::Deserialize;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Recorded {
    /// Name and version of what was recorded.
    pub(crate) package: String,
    /// Its parameters, in seconds and milliseconds.
    pub(crate) defaults: BTreeMap<String, u64>,
    pub(crate) situations: Vec<Situation>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Situation {
    pub(crate) kind: String,
    pub(crate) name: String,
    /// Seconds of a segment.
    #[serde(default = "four")]
    pub(crate) length: u64,
    /// Segments of the title.
    #[serde(default = "forty")]
    pub(crate) title: u16,
    /// Bytes of a segment.
    #[serde(default = "ten_thousand")]
    pub(crate) size: u64,
    /// Bytes of storage.
    #[serde(default = "gibibyte")]
    pub(crate) room: u64,
    #[serde(default)]
    pub(crate) from: u16,
    /// Runs held from the beginning.
    #[serde(default)]
    pub(crate) held: Vec<(u16, u16)>,
    /// Parameters that are not the usual ones.
    #[serde(default)]
    pub(crate) with: BTreeMap<String, u64>,
    /// What all dice show, as a part of their range.
    pub(crate) dice: Option<f64>,
    #[serde(default)]
    pub(crate) steps: Vec<Step>,
    /// Decisions when play is pressed, and of every step.
    #[serde(default)]
    pub(crate) then: Vec<Vec<Decision>>,
    /// How the last step is counted: all that is asked, or what is asked first.
    pub(crate) tally: Option<String>,
    #[serde(default)]
    pub(crate) draws: u32,
    #[serde(default)]
    pub(crate) counts: BTreeMap<String, u32>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Step {
    /// Milliseconds since play was pressed.
    pub(crate) at: u64,
    #[serde(rename = "do")]
    pub(crate) acts: Vec<serde_json::Value>,
}

/// What is decided in words, or when in milliseconds.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub(crate) enum Decision {
    What(String),
    When(u64),
}

const fn four() -> u64 {
    4
}

const fn forty() -> u16 {
    40
}

const fn ten_thousand() -> u64 {
    10_000
}

const fn gibibyte() -> u64 {
    1 << 30
}

pub(crate) fn recorded() -> Recorded {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/p2p_media_loader");
    let text = fs::read_to_string(folder.join("situations.json")).expect("the recorded situations");
    serde_json::from_str(&text).expect("what record.mjs writes")
}
