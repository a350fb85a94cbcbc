//! Peers we are connected to: how fast they have been, whether they are sending, and the choice
//! among them.

use smallvec::SmallVec;

use super::{PeerId, Surroundings, Told};
use crate::units::{BitRate, Bytes, Span, Time};

/// Rates are means over this time (p2p-media-loader 2.3).
const RATE_WINDOW: Span = Span::from_secs(15);
/// A neighbour that refused is left alone for this long.
pub(super) const QUIET: Span = Span::from_secs(2);

/// A finished transfer, in 2²⁰ ns and bytes.
#[derive(Clone, Copy, Debug)]
struct Sample {
    when: u32,
    took: u32,
    amount: u32,
}

/// Time in 2²⁰ ns, near enough to a millisecond.
const fn coarse(ns: u64) -> u32 {
    (ns >> 20) as u32
}

/// A peer we are connected to.
#[derive(Clone, Debug)]
pub(super) struct Neighbour {
    pub(super) peer: PeerId,
    /// It is sending to us: one transfer per connection.
    pub(super) sending: bool,
    pub(super) quiet_until: Time,
    pub(super) told: Told,
    errors: u32,
    /// Finished transfers within the window.
    samples: SmallVec<[Sample; 2]>,
}

impl Neighbour {
    pub(super) fn new(peer: PeerId) -> Self {
        Self {
            peer,
            sending: false,
            quiet_until: Time::ZERO,
            told: Told::default(),
            errors: 0,
            samples: SmallVec::new_const(),
        }
    }

    /// Whether it can be asked now.
    pub(super) fn free(&self, now: Time) -> bool {
        !self.sending && self.quiet_until <= now
    }

    /// Notes a finished transfer.
    pub(super) fn delivered(&mut self, now: Time, amount: Bytes, took: Span) {
        self.sending = false;
        self.errors = 0;
        self.samples.retain(|sample| sample.recent(now));
        self.samples.push(Sample {
            when: coarse(now.0),
            // Never nothing: a rate divides by it.
            took: coarse(took.0) + 1,
            amount: u32::try_from(amount.0).unwrap_or(u32::MAX),
        });
    }

    /// Notes a failed transfer; its record is cleared. Errors in a row are returned.
    pub(super) fn failed(&mut self, now: Time) -> u32 {
        self.sending = false;
        self.quiet_until = now + QUIET;
        self.errors += 1;
        self.samples.clear();
        self.errors
    }

    /// Mean rate while sending within the window; 0 when unproven.
    fn rate(&self, now: Time) -> BitRate {
        let recent = self.samples.iter().filter(|sample| sample.recent(now));
        let (bytes, time) = recent.fold((0u64, 0u64), |(bytes, time), sample| {
            (bytes + u64::from(sample.amount), time + (u64::from(sample.took) << 20))
        });
        if time == 0 {
            return BitRate::ZERO;
        }
        BitRate((u128::from(bytes) * 8_000_000_000 / u128::from(time)) as u64)
    }
}

impl Sample {
    const fn recent(&self, now: Time) -> bool {
        coarse(now.0).saturating_sub(self.when) <= coarse(RATE_WINDOW.0)
    }
}

/// Picks among `holders` with probability proportional to the rate they have shown, those without
/// a record counting a tenth of the fastest; the unproven together never outweigh the proven
/// (p2p-media-loader 2.3). `None` when there is none.
pub(super) fn speed_weighted(
    holders: &[&Neighbour],
    now: Time,
    around: &mut dyn Surroundings,
) -> Option<PeerId> {
    let rates: SmallVec<[u64; 16]> =
        holders.iter().map(|holder| holder.rate(now).0 / 1000).collect();
    let best = rates.iter().copied().max()?;
    if best == 0 || holders.len() == 1 {
        let at = around.below(holders.len() as u32);
        return Some(holders[at as usize].peer);
    }
    let floor = (best / 10).max(1);
    let unproven = rates.iter().filter(|rate| **rate <= floor).count() as u64;
    let proven: u64 = rates.iter().filter(|rate| **rate > floor).sum();
    let floor = if unproven * floor > proven { (proven / unproven).max(1) } else { floor };
    let weights = rates.iter().map(|rate| (*rate).max(floor));
    let total: u64 = weights.clone().sum();
    let mut left = u64::from(around.below(u32::try_from(total).unwrap_or(u32::MAX)));
    for (holder, weight) in holders.iter().zip(weights) {
        if left < weight {
            return Some(holder.peer);
        }
        left -= weight;
    }
    holders.last().map(|holder| holder.peer)
}

#[cfg(test)]
mod tests;
