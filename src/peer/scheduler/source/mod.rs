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

use smallvec::SmallVec;

use super::super::neighbours::{Holder, Neighbours};
use super::super::viewing::{Desk, Viewing};
use super::super::{PeerId, Source, Surroundings};
use super::named::choices;
use crate::units::{Bytes, Time};

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
        let holders = viewing.neighbours.holders(segment);
        let size = Self::asked(viewing, desk, segment);
        self.of(holders, &viewing.neighbours, size, desk.now, desk.around)
    }

    /// Bytes of one request.
    fn asked(viewing: &Viewing, desk: &Desk<'_>, segment: u16) -> Bytes {
        let size = desk.around.size(viewing.item, segment);
        desk.config.plan.piece().map_or(size, |piece| piece.min(size))
    }

    /// The same, but for those that have been asked for a part of `segment`.
    pub(super) fn choose_other(
        &self,
        viewing: &Viewing,
        desk: &mut Desk<'_>,
        segment: u16,
    ) -> Option<PeerId> {
        let mut holders = viewing.neighbours.holders(segment);
        let asked = |peer| {
            let all = viewing.requests.all().iter();
            all.filter(|r| r.segment == segment).any(|r| r.source() == Source::Peer(peer))
        };
        holders.retain(|holder| !asked(holder.peer));
        let size = Self::asked(viewing, desk, segment);
        self.of(holders, &viewing.neighbours, size, desk.now, desk.around)
    }

    /// One of `holders`, whoever decides. Of those that are alike otherwise, who sends least to us
    /// already.
    fn of(
        &self,
        mut holders: SmallVec<[Holder; 16]>,
        neighbours: &Neighbours,
        size: Bytes,
        now: Time,
        around: &mut dyn Surroundings,
    ) -> Option<PeerId> {
        if !matches!(self, Self::LeastEta(_)) {
            let least = holders.iter().map(|holder| holder.sending).min()?;
            holders.retain(|holder| holder.sending == least);
        }
        match self {
            Self::Random(own) => own.choose(&holders, around),
            Self::LeastEta(own) => {
                own.choose(&holders, &neighbours.rates(&holders, now), size, around)
            }
            Self::SpeedWeighted(own) => own.choose(neighbours, &holders, now, around),
            Self::Locality(own) => own.choose(&holders, around),
        }
    }
}

#[cfg(test)]
impl SourceChoice {
    fn among(
        &self,
        neighbours: &Neighbours,
        (item, segment): (crate::peer::Item, u16),
        now: Time,
        around: &mut dyn Surroundings,
    ) -> Option<PeerId> {
        let size = around.size(item, segment);
        self.of(neighbours.holders(segment), neighbours, size, now, around)
    }
}

#[cfg(test)]
mod tests;
