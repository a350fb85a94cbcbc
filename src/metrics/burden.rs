//! How the burden of sending is spread over homes.

use crate::units::BitRate;

/// Shares of 1. Of nobody all are NaN, and so is what divides by nothing.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Burden {
    /// Jain's index of what each home that sent anything sent, by its uplink: 1 when all are alike, 1/n
    /// when one sends all (Jain, Chiu, Hawe, 1984).
    pub(super) jain: f64,
    /// Gini's coefficient of the same: 0 when all are alike, (n − 1)/n when one sends all.
    pub(super) gini: f64,
    /// Of all that was sent, what the hundredth of those homes that sent most did, rounded up to a home.
    pub(super) top: f64,
    /// Homes that got something from peers and sent nothing, by those that got something.
    pub(super) riders: f64,
}

impl Burden {
    /// From the bytes that each home sent, whether it got any from peers, and its uplink.
    pub(super) fn of(sent: &[u64], got: &[bool], up: &[BitRate]) -> Self {
        let mut bytes: Vec<u64> = sent.iter().copied().filter(|bytes| *bytes > 0).collect();
        bytes.sort_unstable();
        let of_uplink = |(bytes, up): (&u64, &BitRate)| *bytes as f64 / up.0.max(1) as f64;
        let mut shares: Vec<f64> =
            sent.iter().zip(up).filter(|(bytes, _)| **bytes > 0).map(of_uplink).collect();
        shares.sort_unstable_by(f64::total_cmp);
        let n = shares.len() as f64;
        let sum: f64 = shares.iter().sum();
        let squares: f64 = shares.iter().map(|share| share * share).sum();
        let ranked = shares.iter().zip(1u32..).map(|(share, rank)| f64::from(rank) * share);
        let ranked: f64 = ranked.sum();
        let first = bytes.len() - bytes.len().div_ceil(100);
        let most: u64 = bytes[first..].iter().sum();
        let all: u64 = bytes.iter().sum();
        let receivers = got.iter().filter(|got| **got).count();
        let silent = sent.iter().zip(got).filter(|(bytes, got)| **got && **bytes == 0).count();
        Self {
            jain: sum * sum / (n * squares),
            gini: 2.0 * ranked / (n * sum) - (n + 1.0) / n,
            top: most as f64 / all as f64,
            riders: silent as f64 / receivers as f64,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const UP: BitRate = BitRate(1_000_000);

    fn burden(sent: &[u64]) -> Burden {
        Burden::of(sent, &vec![true; sent.len()], &vec![UP; sent.len()])
    }

    #[test]
    fn equal_ones_are_equal_and_one_alone_has_all() {
        let equal = burden(&[7; 50]);
        assert!((equal.jain - 1.0).abs() < 1e-12 && equal.gini.abs() < 1e-12);
        assert!((equal.top - 0.02).abs() < 1e-12 && equal.riders == 0.0);
        // Who sent nothing is no part of it, but rides free.
        let alone = burden(&[0, 9, 0, 0]);
        assert_eq!((alone.jain, alone.gini, alone.top, alone.riders), (1.0, 0.0, 1.0, 0.75));
        // Fast and slow lines give alike.
        let up = [BitRate(1_000), BitRate(10_000)];
        let alike = Burden::of(&[5, 50], &[false, true], &up);
        assert!((alike.jain - 1.0).abs() < 1e-12 && alike.gini.abs() < 1e-12);
        assert!((alike.top - 50.0 / 55.0).abs() < 1e-12 && alike.riders == 0.0);
        let nobody = burden(&[]);
        assert!(nobody.jain.is_nan() && nobody.gini.is_nan() && nobody.riders.is_nan());
    }

    proptest! {
        /// Against the definition of Gini's coefficient: half the mean difference by the mean.
        #[test]
        fn gini_is_half_the_mean_difference(sent in prop::collection::vec(1u64..1_000_000, 1..60)) {
            let n = sent.len() as f64;
            let mean = sent.iter().sum::<u64>() as f64 / n;
            let pairs = sent.iter().flat_map(|a| sent.iter().map(move |b| a.abs_diff(*b)));
            let gini = pairs.sum::<u64>() as f64 / (2.0 * n * n * mean);
            let got = burden(&sent);
            prop_assert!((got.gini - gini).abs() < 1e-9, "{} {gini}", got.gini);
            prop_assert!(got.jain <= 1.0 + 1e-12 && got.jain >= 1.0 / n - 1e-12);
            prop_assert!(got.top >= 1.0 / n - 1e-12 && got.top <= 1.0);
        }
    }
}
