//! What most viewers need not know of their neighbours.

use alloc::boxed::Box;
use alloc::vec::Vec;

use smallvec::SmallVec;

use crate::peer::PeerId;
use crate::peer::scheduler::trust::Points;
use crate::units::{Bytes, Time};

/// What is not there for most.
#[derive(Clone, Debug, Default)]
pub(super) struct Rare {
    /// Who is left alone until when, in order of time.
    pub(super) quiet: SmallVec<[(PeerId, Time); 2]>,
    /// Points for and against, also of those that are gone.
    trust: Vec<(PeerId, i32)>,
    /// What each gave, where that is watched.
    pub(super) review: Option<Box<Review>>,
}

/// What neighbours of a while gave since it began.
#[derive(Clone, Debug)]
pub(super) struct Review {
    pub(super) since: Time,
    pub(super) gave: SmallVec<[(PeerId, Bytes); 10]>,
}

impl Rare {
    pub(super) fn is_empty(&self) -> bool {
        self.quiet.is_empty() && self.trust.is_empty() && self.review.is_none()
    }

    /// A connection is gone.
    pub(super) fn gone(&mut self, peer: PeerId) {
        self.quiet.retain(|(quiet, _)| *quiet != peer);
        if let Some(review) = &mut self.review {
            review.gave.retain(|(watched, _)| *watched != peer);
        }
    }

    /// Points of a neighbour.
    pub(super) fn points(&self, peer: PeerId) -> i32 {
        self.trust.iter().find(|(known, _)| *known == peer).map_or(0, |(_, points)| *points)
    }

    /// Notes a good or a corrupt transfer.
    pub(super) fn count(&mut self, peer: PeerId, rule: Points, good: bool) {
        let points = rule.after(self.points(peer), good);
        match self.trust.iter_mut().find(|(known, _)| *known == peer) {
            Some(known) => known.1 = points,
            None => self.trust.push((peer, points)),
        }
    }

    /// Notes what a neighbour gave, where that is watched.
    pub(super) fn gave(&mut self, peer: PeerId, amount: Bytes) {
        let mut watched = self.review.iter_mut().flat_map(|review| review.gave.iter_mut());
        if let Some((_, sum)) = watched.find(|(watched, _)| *watched == peer) {
            *sum += amount;
        }
    }
}
