//! The 95th percentile as carriers bill it.

/// Of samples, a twentieth, rounded down, is dropped from the top; the next is billed. Of 8,640 samples
/// of a month of 30 days 432 are dropped. 0 of no samples. Sorts them, largest first.
pub fn billed(samples: &mut [u64]) -> u64 {
    samples.sort_unstable_by(|a, b| b.cmp(a));
    samples.get(samples.len() / 20).copied().unwrap_or(0)
}

/// Whole days that so many samples take, a part of one as one: what a month repeats.
pub fn days(samples: usize, day: usize) -> usize {
    samples.div_ceil(day).max(1)
}

/// Samples of a month of 30 days: those of `measured`, the first of which is number `first` of its day,
/// repeated by whole days from then on, and `other` (by the number within the day) on top of all. An
/// evening that lasts past midnight is there every day, too.
///
/// # Panics
/// When `other` has no samples.
pub fn tiled(measured: &[u64], first: usize, other: &[u64]) -> Vec<u64> {
    let day = other.len();
    let period = days(measured.len(), day) * day;
    let of = |at: usize| {
        let own = measured.get((at + period - first % period) % period);
        own.copied().unwrap_or(0) + other[at % day]
    };
    (0..30 * day).map(of).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_month_drops_432_samples() {
        for (high, expected) in [(400, 100), (432, 100), (433, 1000), (440, 1000)] {
            let mut samples: Vec<u64> =
                (0..8_640).map(|at| if at < high { 1000 } else { 100 }).collect();
            assert_eq!(billed(&mut samples), expected, "{high} high samples");
        }
        assert_eq!(billed(&mut []), 0);
    }

    #[test]
    fn an_evening_is_repeated_and_the_rest_is_background() {
        let other: Vec<u64> = (0..288).map(|at| at as u64).collect();
        let month = tiled(&[1_000; 12], 240, &other);
        assert_eq!(month.len(), 8_640);
        for day in 0..30 {
            assert_eq!(month[day * 288 + 239], 239);
            assert_eq!(month[day * 288 + 240], 1_240);
            assert_eq!(month[day * 288 + 252], 252);
        }
        // A week is repeated as a week, and an evening past midnight every day.
        let week: Vec<u64> = (0..7 * 288).collect();
        assert_eq!(tiled(&week, 0, &[0; 288])[7 * 288 + 5], 5);
        let night = tiled(&[7; 30], 280, &[0; 288]);
        for day in 0..30 {
            let at = |sample: usize| night[day * 288 + sample];
            assert_eq!((at(0), at(21), at(22), at(279), at(280)), (7, 7, 0, 0, 7), "day {day}");
        }
        assert_eq!(night.iter().sum::<u64>(), 30 * 30 * 7);
    }

    proptest! {
        #[test]
        fn at_most_a_twentieth_is_above(samples in prop::collection::vec(0u64..50, 1..400)) {
            let mut sorted = samples.clone();
            let bill = billed(&mut sorted);
            let above = samples.iter().filter(|sample| **sample > bill).count();
            prop_assert!(above * 20 <= samples.len());
            let at_least = samples.iter().filter(|sample| **sample >= bill).count();
            prop_assert!(at_least * 20 > samples.len());
        }
    }
}
