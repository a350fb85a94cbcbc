//! What a device keeps: admission and eviction.
use serde::{Deserialize, Serialize};

/// What goes when a cache is full.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum CachePolicy {
    /// Least recently used title first, its earliest segment first.
    #[default]
    Lru,
}
