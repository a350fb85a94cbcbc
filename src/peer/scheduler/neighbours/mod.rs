//! Who is met of those that the directory names, and who has to go for them. A file per rule.

mod first_come;
mod locality;
mod worst_out;

pub use first_come::FirstCome;
pub use locality::Locality;
pub use worst_out::WorstOut;

use super::super::neighbours::Neighbours;
use super::super::{PeerId, Surroundings};
use super::named::choices;
use crate::units::Time;

choices! {
    /// Who is met, and who has to go.
    pub enum NeighbourChoice ("a choice of neighbours") {
        FirstCome(FirstCome) = "first-come", "candidates as the directory names them; nobody has to go";
        Locality(Locality) = "locality", "the nearest candidates first; nobody has to go";
        WorstOut(WorstOut) = "worst-out", "with all connections taken, who gave least goes for a new candidate";
    }
}

impl NeighbourChoice {
    /// Puts candidates into the order in which they are dialed.
    pub(in crate::peer) fn order(&self, candidates: &mut [PeerId], around: &dyn Surroundings) {
        match self {
            Self::FirstCome(_) | Self::WorstOut(_) => {}
            Self::Locality(own) => own.order(candidates, around),
        }
    }

    /// Who goes for a candidate, now that all connections are taken.
    pub(in crate::peer) fn goes(&self, neighbours: &mut Neighbours, now: Time) -> Option<PeerId> {
        match self {
            Self::FirstCome(_) | Self::Locality(_) => None,
            Self::WorstOut(own) => neighbours.review(own.period, now),
        }
    }
}
