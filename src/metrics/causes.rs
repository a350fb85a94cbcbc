//! Why: bytes from the CDN, time in which pictures stood still, uploads refused.

use crate::engine::causes::{FetchCause, TierCause, Why};
use crate::engine::observe::StallCause;
use crate::peer::Refusal;
use crate::units::{Bytes, Span};

/// Counts by cause.
#[derive(Clone, Debug, Default)]
pub(super) struct Causes {
    /// Bytes from the CDN, by [`FetchCause`].
    fetched: [u64; FetchCause::ALL.len()],
    /// The same bytes, by [`TierCause`].
    tiers: [u64; TierCause::ALL.len()],
    /// Standing still in ns, by [`StallCause`].
    stalls: [u64; StallCause::ALL.len()],
    /// How many, by [`Refusal`].
    refusals: [u64; Refusal::ALL.len()],
}

impl Causes {
    /// Bytes came from the CDN.
    pub(super) fn fetched(&mut self, Why { cause, tier }: Why, bytes: Bytes) {
        self.fetched[cause as usize] += bytes.0;
        self.tiers[tier as usize] += bytes.0;
    }

    /// A picture stood still.
    pub(super) fn stood(&mut self, cause: StallCause, waited: Span) {
        self.stalls[cause as usize] += waited.0;
    }

    /// An upload was refused.
    pub(super) fn refused(&mut self, why: Refusal) {
        self.refusals[why as usize] += 1;
    }

    /// Takes in what another counted.
    pub(super) fn add(&mut self, other: &Self) {
        let both = |sums: &mut [u64], others: &[u64]| {
            sums.iter_mut().zip(others).for_each(|(sum, other)| *sum += other);
        };
        both(&mut self.fetched, &other.fetched);
        both(&mut self.tiers, &other.tiers);
        both(&mut self.stalls, &other.stalls);
        both(&mut self.refusals, &other.refusals);
    }

    /// What is explained, the cause, and how much.
    pub(super) fn each(&self, mut row: impl FnMut(&'static str, &'static str, f64)) {
        for (cause, bytes) in FetchCause::ALL.iter().zip(self.fetched) {
            row("cdn_bytes", cause.name(), bytes as f64);
        }
        for (cause, bytes) in TierCause::ALL.iter().zip(self.tiers) {
            row("cdn_tier_bytes", cause.name(), bytes as f64);
        }
        for (cause, ns) in StallCause::ALL.iter().zip(self.stalls) {
            row("stalled_s", cause.name(), ns as f64 / 1e9);
        }
        for (cause, count) in Refusal::ALL.iter().zip(self.refusals) {
            row("refused_uploads", cause.name(), count as f64);
        }
    }
}
