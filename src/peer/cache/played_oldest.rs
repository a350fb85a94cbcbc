//! As the memory of p2p-media-loader 2.3 is cleared (segment-memory-storage.ts, video on demand): only
//! what has been played goes, earliest start first, whatever stream it is of.
//!
//! That memory is gone with the page, a disk is not. A viewing that is over has been played, to its
//! end or not: of other titles everything may go. Among equal starts the title that was not watched
//! for longest comes first.

use super::book::Stock;
use super::policy::Rule;

/// No parameters.
pub(super) struct PlayedOldest;

impl Rule for PlayedOldest {
    fn name(&self) -> &'static str {
        "played-oldest"
    }

    fn about(&self) -> &'static str {
        "the earliest segment that has been played goes first, whatever its title"
    }

    fn keeps_notes(&self) -> bool {
        false
    }

    fn victim(&self, stock: &mut Stock<'_>) -> Option<usize> {
        let (mut best, mut at) = (None, 0);
        for item in stock.runs.chunk_by(|a, b| a.key == b.key) {
            if let Some((_, segment)) = stock.stays.first_free(item)
                && best.is_none_or(|(earliest, _)| segment < earliest)
            {
                best = Some((segment, at));
            }
            at += item.len();
        }
        best.map(|(_, first)| first)
    }
}
