//! Least recently used: the title that was not watched for longest goes first.

use super::{Pin, Row, evictable};

/// Index of the run that gives up its earliest segment; `None` when all is pinned. Runs come in
/// order of use of their items.
pub(super) fn victim(rows: &[Row], pin: Option<Pin>) -> Option<usize> {
    rows.iter().position(|row| evictable(row, pin))
}
