//! The rungs that a player can choose from, with what rules want to know of them.

use alloc::vec::Vec;

use crate::units::BitRate;

/// Rates of the rungs, rising, and their logarithms.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ladder {
    rates: Vec<BitRate>,
    /// ln(rate / lowest rate), in 2⁻²⁰.
    utilities: Vec<u32>,
}

/// No rungs at all.
static NONE: Ladder = Ladder { rates: Vec::new(), utilities: Vec::new() };

/// For hosts whose players do not adapt.
pub(in crate::peer) const fn none() -> &'static Ladder {
    &NONE
}

impl Ladder {
    /// What utilities are counted in.
    pub const UNIT: u32 = 1 << 20;

    /// Of rates that rise and are above zero.
    pub fn new(rates: &[BitRate]) -> Self {
        let lowest = rates.first().map_or(1.0, |rate| rate.0.max(1) as f64);
        let utility = |rate: &BitRate| {
            let ln = libm::log(rate.0.max(1) as f64 / lowest);
            (ln * f64::from(Self::UNIT) + 0.5) as u32
        };
        Self { rates: rates.to_vec(), utilities: rates.iter().map(utility).collect() }
    }

    /// The top rung; 0 when there is none.
    pub fn top(&self) -> u8 {
        u8::try_from(self.rates.len().saturating_sub(1)).unwrap_or(u8::MAX)
    }

    /// The rate of a rung; zero when there is none.
    pub fn rate(&self, rung: u8) -> BitRate {
        self.rates.get(usize::from(rung)).copied().unwrap_or_default()
    }

    /// ln of its rate over the lowest, in [`Self::UNIT`]s.
    pub(super) fn utility(&self, rung: u8) -> u32 {
        self.utilities.get(usize::from(rung)).copied().unwrap_or_default()
    }

    /// The highest rung within `rate`, or the lowest.
    pub fn within(&self, rate: BitRate) -> u8 {
        let count = self.rates.partition_point(|rung| *rung <= rate);
        u8::try_from(count.saturating_sub(1)).unwrap_or(u8::MAX)
    }
}
