//! Least recently used: the title that was not watched for longest goes first.

use super::book::Stock;
use super::policy::Rule;
use super::rows::first_free_item;

/// No parameters.
pub(super) struct Lru;

impl Rule for Lru {
    fn name(&self) -> &'static str {
        "lru"
    }

    fn about(&self) -> &'static str {
        "what was watched longest ago goes first"
    }

    fn keeps_notes(&self) -> bool {
        false
    }

    fn victim(&self, stock: &mut Stock<'_>) -> Option<usize> {
        first_free_item(stock.runs, &stock.stays)
    }
}
