//! No cache: nothing is kept after the viewing, and until then in memory alone.

use super::book::Stock;
use super::policy::Rule;

/// No parameters.
pub(super) struct Nothing;

impl Rule for Nothing {
    fn name(&self) -> &'static str {
        "none"
    }

    fn about(&self) -> &'static str {
        "nothing is kept after the viewing"
    }

    fn keeps(&self) -> bool {
        false
    }

    fn keeps_notes(&self) -> bool {
        false
    }

    fn victim(&self, _: &mut Stock<'_>) -> Option<usize> {
        None
    }
}
