//! Least recently used: the title that was not watched for longest goes first.

use super::{Holding, Pin, evictable};

/// Index of the holding that gives up its earliest segment; `None` when all is pinned.
pub(super) fn victim(holdings: &[Holding], pin: Option<Pin>) -> Option<usize> {
    let free = holdings
        .iter()
        .enumerate()
        .filter(|(_, held)| evictable(held, pin));
    free.min_by_key(|(_, held)| held.used).map(|(at, _)| at)
}
