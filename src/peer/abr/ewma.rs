//! Exponential means by half-life in integers, corrected for their beginning.

use crate::units::{BitRate, Span};

/// One, in fixed point.
const ONE: u64 = 1 << 32;

/// 2^(−2^−k) for k from 1 on, in [`ONE`]s.
const ROOTS: [u64; 24] = [
    3_037_000_500,
    3_611_622_603,
    3_938_502_376,
    4_112_874_773,
    4_202_935_003,
    4_248_701_965,
    4_271_771_996,
    4_283_353_945,
    4_289_156_690,
    4_292_061_010,
    4_293_513_907,
    4_294_240_540,
    4_294_603_903,
    4_294_785_595,
    4_294_876_445,
    4_294_921_870,
    4_294_944_583,
    4_294_955_939,
    4_294_961_618,
    4_294_964_457,
    4_294_965_876,
    4_294_966_586,
    4_294_966_941,
    4_294_967_119,
];

/// 2^(−time / half), in [`ONE`]s.
fn left(time: Span, half: Span) -> u64 {
    let halves = (u128::from(time.0) << ROOTS.len()) / u128::from(half.0.max(1));
    let whole = halves >> ROOTS.len();
    if whole >= 32 {
        return 0;
    }
    let mut left = ONE;
    for (at, root) in ROOTS.iter().enumerate() {
        if halves >> (ROOTS.len() - 1 - at) & 1 == 1 {
            left = (left * root) >> 32;
        }
    }
    left >> whole
}

/// A mean of rates, each weighing as long as it lasted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Ewma {
    /// As if there had been nothing before the first.
    sum: u64,
    total: Span,
}

impl Ewma {
    /// So much was loaded at `rate` for `time`, with this half-life.
    pub(super) fn add(&mut self, rate: BitRate, time: Span, half: Span) {
        let old = left(time, half);
        let blend =
            u128::from(self.sum) * u128::from(old) + u128::from(rate.0) * u128::from(ONE - old);
        self.sum = (blend >> 32) as u64;
        self.total += time;
    }

    /// The mean; `None` before the first.
    pub(super) fn mean(&self, half: Span) -> Option<BitRate> {
        let weight = ONE - left(self.total, half);
        if weight == 0 {
            return None;
        }
        let mean = (u128::from(self.sum) << 32) / u128::from(weight);
        Some(BitRate(u64::try_from(mean).unwrap_or(u64::MAX)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn roots_are_roots_of_a_half() {
        for (at, root) in ROOTS.iter().enumerate() {
            let exact = libm::exp2(-libm::exp2(-(at as f64 + 1.0))) * ONE as f64;
            assert!((exact - *root as f64).abs() <= 1.0, "{at}: {exact}");
        }
    }

    proptest! {
        /// Within a thousandth of the same means in floats.
        #[test]
        fn is_the_mean_of_its_formula(
            half in 500u64..20_000,
            samples in prop::collection::vec((100_000u64..200_000_000, 1u64..30_000), 1..40),
        ) {
            let half = Span::from_millis(half);
            let (mut mean, mut sum, mut total) = (Ewma::default(), 0.0, 0.0);
            prop_assert_eq!(mean.mean(half), None);
            for (rate, millis) in samples {
                let time = Span::from_millis(millis);
                mean.add(BitRate(rate), time, half);
                let old = libm::exp2(-time.as_secs_f64() / half.as_secs_f64());
                sum = sum * old + rate as f64 * (1.0 - old);
                total += time.as_secs_f64();
                let exact = sum / (1.0 - libm::exp2(-total / half.as_secs_f64()));
                let got = mean.mean(half).unwrap().0 as f64;
                prop_assert!((got / exact - 1.0).abs() < 1e-3, "{got} {exact}");
            }
        }
    }
}
