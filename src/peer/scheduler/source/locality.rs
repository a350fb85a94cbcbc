//! The nearest holder most of the time, as networks ask for in a cost map (ALTO, RFC 7285).

use serde::{Deserialize, Serialize};
use smallvec::SmallVec;

use super::random::any;
use crate::peer::neighbours::Holder;
use crate::peer::{PeerId, Surroundings};
use crate::units::Share;

/// The nearest holder with a chance, else any.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct Locality {
    /// Share of choices that go by distance. PeerStreamer: 0.8 of the neighbourhood.
    pub ranked: Share,
}

impl Default for Locality {
    fn default() -> Self {
        Self { ranked: Share::from_ppm(800_000) }
    }
}

impl Locality {
    pub(super) fn choose(
        self,
        holders: &[Holder],
        around: &mut dyn Surroundings,
    ) -> Option<PeerId> {
        if holders.len() < 2 || around.below(1_000_000) >= self.ranked.ppm() {
            return any(holders.len(), around).map(|at| holders[at].peer);
        }
        let distance = |holder: &Holder| around.distance(holder.peer);
        let distances: SmallVec<[u8; 16]> = holders.iter().map(distance).collect();
        let nearest = *distances.iter().min()?;
        let near = holders.iter().zip(distances).filter(|(_, distance)| *distance == nearest);
        let near: SmallVec<[PeerId; 16]> = near.map(|(holder, _)| holder.peer).collect();
        any(near.len(), around).map(|at| near[at])
    }
}
