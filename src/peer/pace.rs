//! How long segments have been taking: a running mean and deviation, as horizons and
//! late copies need them.

use crate::units::Span;

/// Mean and deviation of the time that segments from peers took.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Pace {
    /// Both in 2²⁰ ns; nothing yet when zero.
    mean: u32,
    deviation: u32,
}

impl Pace {
    /// What is new counts a tenth: a choice.
    const OLD: u64 = 9;

    /// A segment took so long.
    pub(super) fn add(&mut self, took: Span) {
        let took = u32::try_from(took.0 >> 20).unwrap_or(u32::MAX).max(1);
        if self.mean == 0 {
            self.mean = took;
            return;
        }
        let off = took.abs_diff(self.mean);
        let blend = |old: u32, new: u32| {
            ((u64::from(old) * Self::OLD + u64::from(new)) / (Self::OLD + 1)) as u32
        };
        self.deviation = if self.deviation == 0 { off } else { blend(self.deviation, off) };
        self.mean = blend(self.mean, took).max(1);
    }

    /// Zero before the first.
    pub(super) const fn mean(&self) -> Span {
        Span((self.mean as u64) << 20)
    }

    /// Zero before the second.
    pub(super) const fn deviation(&self) -> Span {
        Span((self.deviation as u64) << 20)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_steady_pace_is_its_own_mean() {
        let mut pace = Pace::default();
        assert_eq!((pace.mean(), pace.deviation()), (Span::ZERO, Span::ZERO));
        let steady = Span(3_000 << 20);
        (0..50).for_each(|_| pace.add(steady));
        assert_eq!((pace.mean(), pace.deviation()), (steady, Span::ZERO));
        pace.add(Span(4_000 << 20));
        assert_eq!((pace.mean(), pace.deviation()), (Span(3_100 << 20), Span(1_000 << 20)));
        (0..200).for_each(|_| pace.add(Span(1_000 << 20)));
        assert!(pace.mean() < Span(1_020 << 20) && pace.deviation() < Span(40 << 20), "{pace:?}");
    }
}
