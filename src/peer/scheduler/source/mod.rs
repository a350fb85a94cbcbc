//! From whom: the choice among neighbours that are free and have announced a segment. A file per
//! rule.

mod least_eta;
mod locality;
mod random;
mod speed_weighted;

pub use least_eta::LeastEta;
pub(super) use least_eta::eta;
pub use locality::Locality;
pub use random::Random;
pub use speed_weighted::SpeedWeighted;

use super::super::neighbours::Neighbours;
use super::super::viewing::{Desk, Viewing};
use super::super::{Item, PeerId, Surroundings};
use super::named::choices;
use crate::units::Time;

choices! {
    /// From whom a segment is asked.
    pub enum SourceChoice ("a choice of sources") {
        Random(Random) = "random", "any holder, with equal chance";
        LeastEta(LeastEta) = "least-eta", "the holder expected to be done first";
        SpeedWeighted(SpeedWeighted) = "speed-weighted", "by chance, in proportion to the rate each has shown";
        Locality(Locality) = "locality", "the nearest holder, most of the time";
    }
}

impl SourceChoice {
    /// A free neighbour that has announced `segment`; `None` when there is none.
    pub(super) fn choose(
        &self,
        viewing: &Viewing,
        desk: &mut Desk<'_>,
        segment: u16,
    ) -> Option<PeerId> {
        self.among(&viewing.neighbours, (viewing.item, segment), desk.now, desk.around)
    }

    /// The same, whoever decides.
    pub(in crate::peer) fn among(
        &self,
        neighbours: &Neighbours,
        (item, segment): (Item, u16),
        now: Time,
        around: &mut dyn Surroundings,
    ) -> Option<PeerId> {
        let holders = neighbours.holders(segment);
        match self {
            Self::Random(own) => own.choose(&holders, around),
            Self::LeastEta(own) => {
                let size = around.size(item, segment);
                own.choose(&holders, &neighbours.rates(&holders, now), size, around)
            }
            Self::SpeedWeighted(own) => own.choose(neighbours, &holders, now, around),
            Self::Locality(own) => own.choose(&holders, around),
        }
    }
}

#[cfg(test)]
mod tests;
