//! The CDN as one more peer that has everything, asked while its transfers are free (BEP 19).

use serde::{Deserialize, Serialize};

/// Whenever a transfer from the CDN is free, it gets the segment that is next in the scheduler's
/// own order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct WebSeed {}
