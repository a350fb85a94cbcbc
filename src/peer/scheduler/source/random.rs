//! Any holder.

use serde::{Deserialize, Serialize};

use crate::peer::neighbours::Holder;
use crate::peer::{PeerId, Surroundings};

/// Each holder with equal chance.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Random {}

impl Random {
    #[expect(clippy::unused_self, reason = "rules are asked alike")]
    pub(super) fn choose(
        self,
        holders: &[Holder],
        around: &mut dyn Surroundings,
    ) -> Option<PeerId> {
        any(holders.len(), around).map(|at| holders[at].peer)
    }
}

/// One of `count`; `None` when there is none, and no draw when there is no choice.
pub(super) fn any(count: usize, around: &mut dyn Surroundings) -> Option<usize> {
    let count = u32::try_from(count).ok().filter(|count| *count > 0)?;
    Some(if count == 1 { 0 } else { around.below(count) as usize })
}
