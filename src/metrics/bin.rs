//! What is counted in a bin of time.

use crate::engine::observe::Via;
use crate::units::Span;

/// What is counted per bin.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Bin {
    /// Bytes delivered, by [`Via`].
    pub(super) via: [u64; 6],
    /// Bytes played from the home's own cache.
    pub(super) own_cache: u64,
    pub(super) played: Span,
    /// Bytes of what was played.
    pub(super) played_bytes: u64,
    pub(super) stalled: Span,
    /// Stalls that came to their end.
    pub(super) stalls: u64,
    /// Waiting for first pictures that came.
    pub(super) joining: Span,
    /// Played at the lowest rung, and how often the rung changed.
    pub(super) lowest: Span,
    pub(super) switches: u64,
    pub(super) paused: Span,
    /// Waiting after seeks that came to a picture, and how many did.
    pub(super) sought: Span,
    pub(super) seeks: u64,
    pub(super) control: u64,
    /// Bytes fetched ahead of what may be played next, and those of them that were not.
    pub(super) prefetched: u64,
    pub(super) unplayed: u64,
    /// Most viewings at once.
    pub(super) viewers_most: u32,
    /// Viewings times nanoseconds.
    pub(super) viewers_ns: u128,
}

impl Bin {
    /// Adds another, later bin.
    pub(super) fn add(&mut self, other: &Self) {
        for (sum, more) in self.via.iter_mut().zip(other.via) {
            *sum += more;
        }
        self.own_cache += other.own_cache;
        self.played += other.played;
        self.played_bytes += other.played_bytes;
        self.stalled += other.stalled;
        self.stalls += other.stalls;
        self.joining += other.joining;
        self.lowest += other.lowest;
        self.switches += other.switches;
        self.paused += other.paused;
        self.sought += other.sought;
        self.seeks += other.seeks;
        self.control += other.control;
        self.prefetched += other.prefetched;
        self.unplayed += other.unplayed;
        self.viewers_most = self.viewers_most.max(other.viewers_most);
        self.viewers_ns += other.viewers_ns;
    }

    /// Bytes that came into a provider over an interconnect.
    pub(super) fn interconnect(&self) -> u64 {
        let crossing = Via::ALL.iter().filter(|via| via.crosses_interconnect());
        crossing.map(|via| self.via[*via as usize]).sum()
    }

    /// Bytes from peers.
    pub(super) fn peers(&self) -> u64 {
        Via::ALL.iter().filter(|via| via.is_peer()).map(|via| self.via[*via as usize]).sum()
    }
}
