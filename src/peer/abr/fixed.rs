//! No adaptation.

use serde::{Deserialize, Serialize};

/// Every segment at the rung of the home, from the loader's store: there is no buffer beside it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Fixed {}
