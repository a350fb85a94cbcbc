//! By chance, in proportion to the rate each holder has shown (p2p-media-loader 2.3).

use serde::{Deserialize, Serialize};
use smallvec::SmallVec;

use crate::peer::neighbours::{Holder, Neighbours};
use crate::peer::{PeerId, Surroundings};
use crate::units::Time;

/// Probability proportional to the rate; those without a record count a tenth of the fastest, and
/// the unproven together never outweigh the proven.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct SpeedWeighted {}

impl SpeedWeighted {
    #[expect(clippy::unused_self, reason = "rules are asked alike")]
    pub(super) fn choose(
        self,
        neighbours: &Neighbours,
        holders: &[Holder],
        now: Time,
        around: &mut dyn Surroundings,
    ) -> Option<PeerId> {
        let mut rates: SmallVec<[u64; 16]> = SmallVec::new();
        if holders.len() > 1 {
            let rate = |holder| neighbours.rate(holder, now).0 / 1000;
            rates.extend(holders.iter().map(rate));
        }
        weighted(holders.len(), &rates, around).map(|at| holders[at].peer)
    }
}

/// Which of `holders` is chosen, whose rates are known when there are several.
fn weighted(holders: usize, rates: &[u64], around: &mut dyn Surroundings) -> Option<usize> {
    let best = rates.iter().copied().max().unwrap_or(0);
    if best == 0 {
        let count = u32::try_from(holders).ok().filter(|count| *count > 0)?;
        return Some(around.below(count) as usize);
    }
    let floor = (best / 10).max(1);
    let unproven = rates.iter().filter(|rate| **rate <= floor).count() as u64;
    let proven: u64 = rates.iter().filter(|rate| **rate > floor).sum();
    let floor = if unproven * floor > proven { (proven / unproven).max(1) } else { floor };
    let weights = rates.iter().map(|rate| (*rate).max(floor));
    let total: u64 = weights.clone().sum();
    let mut left = u64::from(around.below(u32::try_from(total).unwrap_or(u32::MAX)));
    for (at, weight) in weights.enumerate() {
        if left < weight {
            return Some(at);
        }
        left -= weight;
    }
    holders.checked_sub(1)
}
