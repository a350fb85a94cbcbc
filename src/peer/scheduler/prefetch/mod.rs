//! What is fetched of the title that may be played next, while another still plays. A file per rule.

mod next_item;

pub use next_item::NextItem;

use serde::{Deserialize, Serialize};

use super::named::choices;

choices! {
    /// What is fetched of the title that may be played next.
    pub enum Prefetch ("a rule for what may be played next") {
        None(Nothing) = "none", "nothing";
        NextItem(NextItem) = "next-item", "its beginning: peers are looked for some time before the present title ends, the CDN is asked later";
    }
}

/// Nothing is fetched before it is played.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Nothing {}

impl Prefetch {
    /// What nearly all do.
    pub const NOTHING: Self = Self::None(Nothing {});

    /// The rule that fetches something.
    pub const fn next_item(&self) -> Option<&NextItem> {
        match self {
            Self::None(_) => None,
            Self::NextItem(own) => Some(own),
        }
    }
}
