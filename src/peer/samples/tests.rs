//! Records in groups against plain ones with their times.

use proptest::prelude::*;

use super::{OLDEST, Samples, coarse};
use crate::units::{Bytes, Span, Time};

const GROUPS: usize = 4;

/// Bytes times 8 and ns per s, by ns of those of a group that are recent.
fn plain(records: &[(Time, Bytes, Span)], now: Time) -> u64 {
    let recent = records.iter().filter(|(at, ..)| coarse(now.0) - coarse(at.0) <= OLDEST);
    let sums = recent.fold((0, 0), |(bytes, time), (_, amount, took)| {
        (bytes + u128::from(amount.0), time + (((took.0 >> 20) + 1) << 20))
    });
    (sums.0 * 8_000_000_000).checked_div(u128::from(sums.1)).unwrap_or(0) as u64
}

proptest! {
    #[test]
    fn rates_are_those_of_whole_records(
        steps in prop::collection::vec(
            (0u64..6000, 0..GROUPS, any::<bool>(), 0u64..90_000_000, 0u64..270_000),
            1..80,
        ),
    ) {
        let (mut samples, mut counts) = (Samples::default(), [0u16; GROUPS]);
        let mut records = vec![Vec::new(); GROUPS];
        let mut now = Time(7_000_000_000);
        for (wait, group, fails, amount, took) in steps {
            now = now + Span::from_millis(wait);
            let first = |counts: &[u16], at| counts[..at].iter().map(|n| usize::from(*n)).sum();
            if fails && wait < 1000 {
                samples.remove(first(&counts, group), usize::from(counts[group]));
                (counts[group], records[group]) = (0, Vec::new());
            } else if !fails {
                let (amount, took) = (Bytes(amount), Span::from_millis(took));
                samples.age(now, counts.iter_mut());
                samples.insert(first(&counts, group + 1), amount, took);
                counts[group] += 1;
                records[group].push((now, amount, took));
            }
            for at in 0..GROUPS {
                let rate = samples.rate(now, first(&counts, at), usize::from(counts[at]));
                prop_assert_eq!(rate.0, plain(&records[at], now));
            }
        }
        prop_assert_eq!(counts.iter().map(|n| usize::from(*n)).sum::<usize>(), samples.all.len());
    }

    #[test]
    fn a_long_one_keeps_its_rate(secs in 1u64..100_000, amount in 1_000_000u64..1 << 33) {
        let (now, took) = (Time(1 << 50), Span::from_secs(secs));
        let mut samples = Samples::default();
        samples.age(now, std::iter::empty());
        samples.insert(0, Bytes(amount), took);
        let amount = if secs < 270 { amount.min(u64::from(u32::MAX)) } else { amount };
        let true_rate = plain(&[(now, Bytes(amount), took)], now) as f64;
        let rate = samples.rate(now, 0, 1).0 as f64;
        // A scaled amount is cut to whole bytes.
        let slack = 1.0 + true_rate * 1e-5 + 8e9 / (f64::from(super::Sample::LONGEST) * 1e6);
        let held = amount as f64 * 275.0 / secs as f64 <= f64::from(u32::MAX);
        prop_assert!(!held || (rate - true_rate).abs() <= slack, "{} {}", rate, true_rate);
    }
}
