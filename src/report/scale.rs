//! From values to places along an axis, even or by powers of ten.

use super::axis::{label, step};

/// Values from one end of an axis to the other, and where the ends are.
#[derive(Clone, Copy, Debug)]
pub(super) struct Scale {
    low: f64,
    high: f64,
    ends: [i32; 2],
    by_powers: bool,
}

impl Scale {
    /// Equal differences are equally far.
    pub(super) fn even([low, high]: [f64; 2], ends: [i32; 2]) -> Self {
        let high = if high > low { high } else { low + 1.0 };
        Self { low, high, ends, by_powers: false }
    }

    /// Equal ratios are equally far; at least one power of ten is shown.
    pub(super) fn by_powers([low, high]: [f64; 2], ends: [i32; 2]) -> Self {
        let low = if low > 1e-12 && low < 1e30 { low } else { 1e-12 };
        let high = if high >= 10.0 * low { high } else { 10.0 * low };
        Self { low, high, ends, by_powers: true }
    }

    /// Where `value` is; values beyond an end are at it.
    pub(super) fn at(&self, value: f64) -> i32 {
        let part = if self.by_powers {
            let value = value.max(self.low);
            libm::log(value / self.low) / libm::log(self.high / self.low)
        } else {
            (value - self.low) / (self.high - self.low)
        };
        let [from, to] = self.ends.map(f64::from);
        (from + (to - from) * part.clamp(0.0, 1.0)).round() as i32
    }

    /// Whether `value` is between the ends.
    pub(super) fn holds(&self, value: f64) -> bool {
        value >= self.low && value <= self.high
    }

    /// Round values, about `most` of them, with their texts.
    pub(super) fn ticks(&self, most: f64) -> Vec<(f64, String)> {
        if self.by_powers { self.powers(most) } else { self.multiples(most) }
    }

    fn multiples(&self, most: f64) -> Vec<(f64, String)> {
        let step = step(self.high - self.low, most.max(1.0));
        let (first, last) = (self.low / step - 1e-9, self.high / step + 1e-9);
        let places = (first.ceil() as i64)..=(last.floor() as i64);
        let tick = |place: i64| (place as f64 * step, label(place as f64 * step, step));
        places.take(100).map(tick).collect()
    }

    fn powers(&self, most: f64) -> Vec<(f64, String)> {
        let decades = libm::log10(self.high / self.low);
        let steps: &[f64] = match () {
            () if decades * 3.0 <= most => &[1.0, 2.0, 5.0],
            () => &[1.0],
        };
        let every = (decades / most.max(1.0)).ceil().max(1.0) as usize;
        let first = libm::floor(libm::log10(self.low) + 1e-9) as i32;
        let last = libm::ceil(libm::log10(self.high)) as i32;
        let mut ticks = Vec::new();
        for power in (first..=last).step_by(every) {
            let decade = libm::pow(10.0, f64::from(power));
            for value in steps.iter().map(|step| step * decade) {
                if value >= self.low * 0.999 && value <= self.high * 1.001 {
                    ticks.push((value, label(value, decade)));
                }
            }
        }
        ticks
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        /// Ticks are on the axis, go up, are not many, and stay apart.
        #[test]
        fn ticks_are_round_and_few(low in -1e6f64..1e6, size in 1e-6f64..1e6, most in 2f64..12.0) {
            let even = Scale::even([low, low + size], [0, 1_000]);
            let powers = Scale::by_powers([size, size * (2.0 + low.abs())], [0, 1_000]);
            for scale in [even, powers] {
                let ticks = scale.ticks(most);
                prop_assert!(ticks.len() as f64 <= 2.0 * most + 3.0, "{ticks:?}");
                prop_assert!(ticks.windows(2).all(|pair| pair[0].0 < pair[1].0), "{ticks:?}");
                prop_assert!(ticks.windows(2).all(|pair| scale.at(pair[0].0) < scale.at(pair[1].0)));
            }
        }

        #[test]
        fn larger_is_further(a in 1e-3f64..1e3, b in 1e-3f64..1e3) {
            for scale in [
                Scale::even([0.0, 1e3], [10, 900]),
                Scale::by_powers([1e-3, 1e3], [10, 900]),
            ] {
                prop_assert_eq!(a < b && scale.at(a) > scale.at(b), false);
                prop_assert!((10..=900).contains(&scale.at(a)));
            }
        }
    }

    #[test]
    fn odd_values_stay_on_the_axis() {
        let nothing = Scale::by_powers([0.0, 0.0], [0, 100]);
        assert_eq!(nothing.at(0.0), 0);
        assert!(!nothing.ticks(5.0).is_empty());
        let none = Scale::even([0.0, 0.0], [0, 100]);
        assert_eq!(none.at(f64::MAX), 100);
        let texts: Vec<String> =
            Scale::by_powers([0.001, 1.0], [0, 9]).ticks(4.0).into_iter().map(|t| t.1).collect();
        assert_eq!(texts, ["0.001", "0.01", "0.1", "1"]);
    }
}
