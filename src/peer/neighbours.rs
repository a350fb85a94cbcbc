//! Peers we are connected to: how fast they have been, whether they are sending, and the choice
//! among them.

use alloc::vec::Vec;

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
    peer: PeerId,
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
    errors: u8,
    /// Not asked before then: [`Time::NEVER`] while it is sending to us, one transfer per
    /// connection.
    busy: Time,
    pub(super) told: Told,
}

/// Ten of them and more are a viewer's.
const _: () = assert!(size_of::<Neighbour>() == 48, "a neighbour is small");

impl Neighbour {
    /// Whether it can be asked now.
    pub(super) fn free(&self, now: Time) -> bool {
        self.busy <= now
    }

    /// Whether it is left alone after an error.
    pub(super) fn is_quiet(&self, now: Time) -> bool {
        now < self.busy && self.busy != Time::NEVER
    }

    fn ended(&mut self) {
        if self.busy == Time::NEVER {
            self.busy = Time::ZERO;
        }
    }
}

/// All peers we are connected to, in the order in which connections came about.
#[derive(Clone, Debug, Default)]
pub(super) struct Neighbours {
    all: Vec<Neighbour>,
    /// Finished transfers, those within the window and a few before.
    samples: Vec<Sample>,
}

impl Neighbours {
    /// Where they lie.
    pub(super) fn place(&self, each: &mut impl FnMut(*const u8, usize)) {
        each(self.all.as_ptr().cast(), size_of_val(&self.all[..]));
        each(self.samples.as_ptr().cast(), size_of_val(&self.samples[..]));
    }

    /// Who they are.
    pub(super) fn names(&self) -> impl Iterator<Item = PeerId> + '_ {
        self.all.iter().map(|neighbour| neighbour.peer)
    }

    pub(super) const fn len(&self) -> usize {
        self.all.len()
    }

    pub(super) const fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Neighbour> {
        self.all.iter()
    }

    pub(super) fn iter_mut(&mut self) -> impl Iterator<Item = &mut Neighbour> {
        self.all.iter_mut()
    }

    pub(super) fn knows(&self, peer: PeerId) -> bool {
        self.all.iter().any(|known| known.peer == peer)
    }

    fn find(&mut self, peer: PeerId) -> Option<&mut Neighbour> {
        self.all.iter_mut().find(|known| known.peer == peer)
    }

    /// A connection has come about.
    pub(super) fn add(&mut self, peer: PeerId) {
        if !self.knows(peer) {
            // Few at a time: a viewer has as many as its place offers, and no room is wasted.
            if self.all.len() == self.all.capacity() {
                self.all.reserve_exact(2);
            }
            let told = Told::default();
            self.all.push(Neighbour { peer, errors: 0, busy: Time::ZERO, told });
        }
    }

    /// A connection is gone, and its record with it.
    pub(super) fn remove(&mut self, peer: PeerId) {
        self.all.retain(|known| known.peer != peer);
        self.samples.retain(|sample| sample.peer != peer);
    }

    /// A transfer from `peer` begins.
    pub(super) fn begins(&mut self, peer: PeerId) {
        if let Some(known) = self.find(peer) {
            known.busy = Time::NEVER;
        }
    }

    /// A transfer from `peer` is not wanted any more.
    pub(super) fn cancelled(&mut self, peer: PeerId) {
        if let Some(known) = self.find(peer) {
            known.ended();
        }
    }

    /// Notes a finished transfer.
    pub(super) fn delivered(&mut self, peer: PeerId, now: Time, amount: Bytes, took: Span) {
        let Some(known) = self.find(peer) else {
            return;
        };
        known.ended();
        known.errors = 0;
        self.samples.retain(|sample| sample.recent(now));
        if self.samples.len() == self.samples.capacity() {
            self.samples.reserve_exact(4);
        }
        self.samples.push(Sample {
            peer,
            when: coarse(now.0),
            // Never nothing: a rate divides by it.
            took: coarse(took.0) + 1,
            amount: u32::try_from(amount.0).unwrap_or(u32::MAX),
        });
    }

    /// Notes a failed transfer; the record of `peer` is cleared. Errors in a row are returned;
    /// `None` when it is not known any more.
    pub(super) fn failed(&mut self, peer: PeerId, now: Time) -> Option<u32> {
        let known = self.find(peer)?;
        known.busy = now + QUIET;
        known.errors = known.errors.saturating_add(1);
        let errors = u32::from(known.errors);
        self.samples.retain(|sample| sample.peer != peer);
        Some(errors)
    }

    /// Mean rate while sending within the window; 0 when unproven.
    fn rate(&self, peer: PeerId, now: Time) -> BitRate {
        let its = self.samples.iter().filter(|sample| sample.peer == peer && sample.recent(now));
        let (bytes, time) = its.fold((0u64, 0u64), |(bytes, time), sample| {
            (bytes + u64::from(sample.amount), time + (u64::from(sample.took) << 20))
        });
        const BIT_NS: u64 = 8_000_000_000;
        BitRate(match bytes.checked_mul(BIT_NS) {
            Some(all) => all.checked_div(time).unwrap_or(0),
            // More than is usual, with the same result where both would do.
            None => (u128::from(bytes) * u128::from(BIT_NS) / u128::from(time)) as u64,
        })
    }

    /// A free neighbour that has announced `segment`, by the speed it has shown: with probability
    /// proportional to its rate, those without a record counting a tenth of the fastest; the
    /// unproven together never outweigh the proven (p2p-media-loader 2.3). `None` when there is none.
    pub(super) fn holder(
        &self,
        segment: u16,
        now: Time,
        around: &mut dyn Surroundings,
    ) -> Option<PeerId> {
        let holders = self.all.iter().filter(|known| known.free(now) && known.told.has(segment));
        let holders: SmallVec<[PeerId; 16]> = holders.map(|holder| holder.peer).collect();
        self.speed_weighted(&holders, now, around)
    }

    fn speed_weighted(
        &self,
        holders: &[PeerId],
        now: Time,
        around: &mut dyn Surroundings,
    ) -> Option<PeerId> {
        let mut rates: SmallVec<[u64; 16]> = SmallVec::new();
        if holders.len() > 1 {
            rates.extend(holders.iter().map(|holder| self.rate(*holder, now).0 / 1000));
        }
        let best = rates.iter().copied().max().unwrap_or(0);
        if best == 0 {
            let count = u32::try_from(holders.len()).ok().filter(|count| *count > 0)?;
            return Some(holders[around.below(count) as usize]);
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
                return Some(*holder);
            }
            left -= weight;
        }
        holders.last().copied()
    }
}

impl Sample {
    const fn recent(&self, now: Time) -> bool {
        coarse(now.0).saturating_sub(self.when) <= coarse(RATE_WINDOW.0)
    }
}

#[cfg(test)]
mod tests;
