//! The nearest candidates first.

use serde::{Deserialize, Serialize};

use crate::peer::{PeerId, Surroundings};

/// By distance: same place and provider, same provider, another that peers, another; as named within.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Locality {}

impl Locality {
    #[expect(clippy::unused_self, reason = "rules are asked alike")]
    pub(super) fn order(self, candidates: &mut [PeerId], around: &dyn Surroundings) {
        candidates.sort_by_key(|peer| around.distance(*peer));
    }
}
