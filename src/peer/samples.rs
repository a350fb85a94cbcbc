//! How fast neighbours have been: records of finished transfers, as small as they can be, as each
//! viewer has some twenty of them.
//!
//! Invariant: records are kept in groups; whoever knows how large the groups are keeps count.

use alloc::vec::Vec;

use crate::units::{BitRate, Bytes, Span, Time};

/// Rates are means over this time (p2p-media-loader 2.3).
const RATE_WINDOW: Span = Span::from_secs(15);
/// Oldest age within the window.
const OLDEST: u32 = coarse(RATE_WINDOW.0);

/// A finished transfer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Sample {
    amount: u32,
    /// Age beside that of the newest, above how long it took: both in 2²⁰ ns.
    times: u32,
}

/// Time in 2²⁰ ns, near enough to a millisecond.
const fn coarse(ns: u64) -> u32 {
    (ns >> 20) as u32
}

impl Sample {
    /// Bits of how long it took: 4.5 minutes.
    const TOOK: u32 = 18;
    const LONGEST: u32 = (1 << Self::TOOK) - 1;

    /// One that has just come. What took longer than can be written keeps its rate.
    fn new(amount: Bytes, took: Span) -> Self {
        // Never nothing: a rate divides by it.
        let took = (took.0 >> 20) + 1;
        let amount = if took <= u64::from(Self::LONGEST) {
            amount.0
        } else {
            (u128::from(amount.0) * u128::from(Self::LONGEST) / u128::from(took)) as u64
        };
        let amount = u32::try_from(amount).unwrap_or(u32::MAX);
        Self { amount, times: took.min(u64::from(Self::LONGEST)) as u32 }
    }

    const fn age(self) -> u32 {
        self.times >> Self::TOOK
    }

    const fn took(self) -> u64 {
        ((self.times & Self::LONGEST) as u64) << 20
    }

    /// Older by so much; `None` beyond the window.
    fn aged(self, by: u32) -> Option<Self> {
        let age = self.age().saturating_add(by);
        let times = age << Self::TOOK | self.times & Self::LONGEST;
        (age <= OLDEST).then_some(Self { times, ..self })
    }
}

const _: () = assert!(size_of::<Sample>() == 8 && OLDEST < 1 << (32 - Sample::TOOK));

/// Finished transfers, those within the window when the last was noted.
#[derive(Clone, Debug, Default)]
pub(super) struct Samples {
    all: Vec<Sample>,
    /// When the newest came.
    newest: u32,
}

impl Samples {
    /// Time has passed until `now`: drops what is too old, of groups of so many.
    pub(super) fn age<'a>(&mut self, now: Time, groups: impl Iterator<Item = &'a mut u16>) {
        let now = coarse(now.0);
        let by = now.wrapping_sub(core::mem::replace(&mut self.newest, now));
        let (mut read, mut written) = (0, 0);
        for count in groups {
            let before = written;
            for at in read..read + usize::from(*count) {
                if let Some(aged) = self.all[at].aged(by) {
                    self.all[written] = aged;
                    written += 1;
                }
            }
            read += usize::from(*count);
            *count = (written - before) as u16;
        }
        self.all.truncate(written);
    }

    /// Inserts a transfer that ended when [`Self::age`] was last called.
    pub(super) fn insert(&mut self, at: usize, amount: Bytes, took: Span) {
        if self.all.len() == self.all.capacity() {
            self.all.reserve_exact(4);
        }
        self.all.insert(at, Sample::new(amount, took));
    }

    /// Removes `count` from `first` on.
    pub(super) fn remove(&mut self, first: usize, count: usize) {
        self.all.drain(first..first + count);
    }

    /// Mean rate while sending within the window, of `count` from `first` on; 0 when there is none.
    pub(super) fn rate(&self, now: Time, first: usize, count: usize) -> BitRate {
        const BIT_NS: u64 = 8_000_000_000;
        let since = coarse(now.0).wrapping_sub(self.newest);
        let recent = self.all[first..first + count].iter().filter_map(|sample| sample.aged(since));
        let (bytes, time) = recent.fold((0u64, 0u64), |(bytes, time), sample| {
            (bytes + u64::from(sample.amount), time + sample.took())
        });
        BitRate(match bytes.checked_mul(BIT_NS) {
            Some(all) => all.checked_div(time).unwrap_or(0),
            // More than is usual, with the same result where both would do.
            None => (u128::from(bytes) * u128::from(BIT_NS) / u128::from(time)) as u64,
        })
    }
}

#[cfg(test)]
mod tests;
