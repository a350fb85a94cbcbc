//! What is compared.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::is_false;
use crate::peer::scheduler::Scheduler;

/// One thing that is compared.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Arm {
    /// What the others are compared with.
    #[serde(default, skip_serializing_if = "is_false")]
    pub baseline: bool,
    /// How segments are fetched.
    pub scheduler: Scheduler,
    /// Keys of this file with other values in this arm, such as `"device.stick.cache.size"`.
    /// Only `device`, `directory`, `mesh` and `player` may differ: viewers must stay the same.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub set: BTreeMap<String, toml::Value>,
}
