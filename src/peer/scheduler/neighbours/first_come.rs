//! Candidates in the order of the answer.

use serde::{Deserialize, Serialize};

/// Candidates as they are named, while connections are free.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct FirstCome {}
