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
    /// Whether providers' appliances are in place; an arm without shows what they alone take off.
    #[serde(default = "yes", skip_serializing_if = "is_true")]
    pub appliances: bool,
    /// Keys of this file with other values in this arm, such as `"device.stick.cache.size"`.
    /// Only `device`, `directory`, `mesh`, `player` and `prices` may differ: viewers must stay the same.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub set: BTreeMap<String, toml::Value>,
}

const fn yes() -> bool {
    true
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature serde asks for")]
const fn is_true(value: &bool) -> bool {
    *value
}
