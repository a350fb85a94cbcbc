//! Least recently used: the title that was not watched for longest goes first.

use super::{Holding, Pin, evictable};

/// Index of the holding that gives up its earliest segment; `None` when all is pinned. Holdings
/// come in order of use.
pub(super) fn victim(holdings: &[Holding], pin: Option<Pin>) -> Option<usize> {
    holdings.iter().position(|held| evictable(held, pin))
}
