//! How values are spread: counted in steps that grow with them, so that a month takes no more room
//! than a minute.

use hdrhistogram::Histogram;

/// Larger values count as this one: 51 days in microseconds, 4 TB in bytes.
const MOST: u64 = 1 << 42;

/// Values that were counted, each known to within a small part of itself. Spreads of the same digits
/// can be merged in any order and any grouping.
#[derive(Clone, Debug)]
pub(super) struct Spread {
    /// Significant digits, from 1 to 5.
    digits: u8,
    /// Room is taken for the first value.
    counts: Option<Histogram<u64>>,
    sum: u128,
    most: u64,
}

impl Spread {
    /// Of nothing; quantiles are told to half a unit of the last of so many digits, as a part of the
    /// value: with 3 digits to 1/2,048, with 2 to 1/256.
    pub(super) const fn new(digits: u8) -> Self {
        Self { digits, counts: None, sum: 0, most: 0 }
    }

    /// One more value.
    pub(super) fn add(&mut self, value: u64) {
        let value = value.min(MOST);
        self.sum += u128::from(value);
        self.most = self.most.max(value);
        let counts = self.counts.get_or_insert_with(|| {
            Histogram::new(self.digits).expect("invariant: the number of digits is from 1 to 5")
        });
        counts.record(value).expect("invariant: room is made for what is no more than the most");
    }

    /// All of another one with as many digits.
    pub(super) fn merge(&mut self, other: &Self) {
        debug_assert_eq!(self.digits, other.digits, "what is merged is counted alike");
        self.sum += other.sum;
        self.most = self.most.max(other.most);
        match (&mut self.counts, &other.counts) {
            (_, None) => {}
            (Some(own), Some(more)) => own.add(more).expect("invariant: room is made for all"),
            (own @ None, Some(more)) => *own = Some(more.clone()),
        }
    }

    /// How many values.
    pub(super) fn count(&self) -> u64 {
        self.counts.as_ref().map_or(0, Histogram::len)
    }

    /// Their mean, exact; `None` of nothing.
    pub(super) fn mean(&self) -> Option<f64> {
        (self.count() > 0).then(|| self.sum as f64 / self.count() as f64)
    }

    /// The smallest value that at least `percent` % do not exceed, nearly; `None` of nothing.
    pub(super) fn quantile(&self, percent: u64) -> Option<u64> {
        self.quantile_of_1000(percent * 10)
    }

    /// The smallest value that at least `part` thousandths do not exceed, nearly; `None` of nothing.
    pub(super) fn quantile_of_1000(&self, part: u64) -> Option<u64> {
        let counts = self.counts.as_ref()?;
        let rank = (u128::from(counts.len()) * u128::from(part)).div_ceil(1_000).max(1);
        let mut below = 0;
        let step = counts.iter_recorded().find(|step| {
            below += u128::from(step.count_at_value());
            below >= rank
        })?;
        Some(counts.median_equivalent(step.value_iterated_to()).min(self.most))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn spread(digits: u8, values: &[u64]) -> Spread {
        let mut spread = Spread::new(digits);
        values.iter().for_each(|value| spread.add(*value));
        spread
    }

    fn told(spread: &Spread) -> (u64, Option<f64>, Vec<Option<u64>>) {
        let quantiles = (0..=100).map(|percent| spread.quantile(percent)).collect();
        (spread.count(), spread.mean(), quantiles)
    }

    fn values() -> impl Strategy<Value = Vec<u64>> {
        let sizes = prop_oneof![0u64..3_000, 0u64..1 << 30, 0u64..1 << 42];
        prop::collection::vec(sizes, 1..200)
    }

    proptest! {
        /// As sorting all of them says, within the error that is stated.
        #[test]
        fn as_all_of_them_say(values in values(), percent in 0u64..=100) {
            let mut sorted = values.clone();
            sorted.sort_unstable();
            let rank = (sorted.len() * percent as usize).div_ceil(100).max(1);
            let exact = sorted[rank - 1];
            for (digits, part) in [(3, 2_048), (2, 256)] {
                let spread = spread(digits, &values);
                let got = spread.quantile(percent).unwrap();
                prop_assert!(got.abs_diff(exact) <= exact / part, "{got} for {exact}");
                prop_assert!(got <= *sorted.last().unwrap());
                let mean = values.iter().map(|v| u128::from(*v)).sum::<u128>() as f64 / values.len() as f64;
                prop_assert!((spread.mean().unwrap() - mean).abs() <= 1e-9 * mean);
            }
        }

        /// However it is cut and put together.
        #[test]
        fn merged_in_any_order(values in values(), cuts in prop::collection::vec(0usize..200, 2)) {
            let (a, b) = (cuts[0].min(cuts[1]).min(values.len()), cuts[0].max(cuts[1]).min(values.len()));
            let parts = [&values[..a], &values[a..b], &values[b..]].map(|part| spread(3, part));
            let whole = told(&spread(3, &values));
            for order in [[0, 1, 2], [2, 1, 0], [1, 2, 0]] {
                let mut sum = Spread::new(3);
                order.iter().for_each(|at| sum.merge(&parts[*at]));
                prop_assert_eq!(&told(&sum), &whole);
            }
            let mut late = parts[1].clone();
            late.merge(&parts[2]);
            let mut sum = parts[0].clone();
            sum.merge(&late);
            prop_assert_eq!(told(&sum), whole);
        }
    }

    #[test]
    fn room_does_not_grow_with_values() {
        let mut spread = Spread::new(3);
        spread.add(u64::MAX);
        (0..999u64).for_each(|value| spread.add(value << 32));
        let room = spread.counts.as_ref().unwrap().distinct_values();
        (0..100_000u64).for_each(|value| spread.add(value.wrapping_mul(0x9e37_79b9_7f4a_7c15)));
        assert_eq!(spread.counts.as_ref().unwrap().distinct_values(), room);
        assert_eq!(spread.count(), 101_000);
    }

    #[test]
    fn nothing_says_nothing() {
        let nothing = Spread::new(3);
        assert_eq!((nothing.count(), nothing.mean(), nothing.quantile(50)), (0, None, None));
    }
}
