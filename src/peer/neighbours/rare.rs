//! What most viewers need not know of their neighbours.

use smallvec::SmallVec;

use crate::peer::PeerId;
use crate::units::Time;

/// What is not there for most.
#[derive(Clone, Debug, Default)]
pub(super) struct Rare {
    /// Who is left alone until when, in order of time.
    pub(super) quiet: SmallVec<[(PeerId, Time); 2]>,
}

impl Rare {
    pub(super) fn is_empty(&self) -> bool {
        self.quiet.is_empty()
    }

    /// A connection is gone.
    pub(super) fn gone(&mut self, peer: PeerId) {
        self.quiet.retain(|(quiet, _)| *quiet != peer);
    }
}
