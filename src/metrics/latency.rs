//! How far live viewers are behind: from the moment a segment could be fetched to the moment it is
//! shown. Times are counted in steps, so that an evening takes no more room than a minute.

use crate::units::Span;

/// Width of a step.
const STEP: Span = Span::from_millis(10);
/// Longer ones are counted as this many steps: a quarter of an hour.
const MOST: u64 = 90_000;

/// Delays of segments played.
#[derive(Clone, Debug, Default)]
pub(super) struct Latency {
    count: u64,
    sum: u128,
    /// Segments by their delay, in steps.
    steps: Vec<u64>,
}

impl Latency {
    /// One more segment.
    pub(super) fn add(&mut self, behind: Span) {
        self.count += 1;
        self.sum += u128::from(behind.0);
        let step = (behind.0 / STEP.0).min(MOST) as usize;
        if self.steps.len() <= step {
            self.steps.resize(step + 1, 0);
        }
        self.steps[step] += 1;
    }

    /// Mean and 95th percentile in seconds, the latter rounded up to a step; `None` of nothing.
    pub(super) fn seconds(&self) -> Option<(f64, f64)> {
        if self.count == 0 {
            return None;
        }
        let rank = (self.count * 95).div_ceil(100);
        let mut below = 0;
        let step = self.steps.iter().position(|count| {
            below += count;
            below >= rank
        });
        let step = step.expect("invariant: every segment is in a step") as f64 + 1.0;
        let mean = self.sum as f64 / self.count as f64 / 1e9;
        Some((mean, step * STEP.as_secs_f64()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        /// As sorting all of them says, within a step.
        #[test]
        fn as_all_of_them_say(millis in prop::collection::vec(0u64..100_000, 1..200)) {
            let mut latency = Latency::default();
            millis.iter().for_each(|ms| latency.add(Span::from_millis(*ms)));
            let (mean, p95) = latency.seconds().unwrap();
            let mut sorted = millis.clone();
            sorted.sort_unstable();
            let exact = sorted[(sorted.len() * 95).div_ceil(100) - 1] as f64 / 1e3;
            prop_assert!(p95 > exact && p95 < exact + 0.0101, "{} {}", p95, exact);
            let expected = millis.iter().sum::<u64>() as f64 / millis.len() as f64 / 1e3;
            prop_assert!((mean - expected).abs() < 1e-6);
        }
    }

    #[test]
    fn nothing_has_no_delay() {
        assert_eq!(Latency::default().seconds(), None);
    }
}
