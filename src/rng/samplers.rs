//! Laws that are drawn from, computed through pinned `libm` alone.

use super::Roll;

/// Normal in the logarithm, in the unit of its median.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Lognormal {
    median: f64,
    sigma: f64,
}

/// Weibull, in the unit of its mean.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Weibull {
    shape: f64,
    scale: f64,
}

/// An alias table: weighted choice among n in constant time (Walker 1977, Vose 1991).
#[derive(Clone, Debug, PartialEq)]
pub struct Table {
    /// For each column: below this its own number, else the other.
    columns: Vec<(u32, u32)>,
}

impl Roll {
    /// Exponential with mean 1; one draw.
    pub fn exponential(&mut self) -> f64 {
        -libm::log(1.0 - self.unit())
    }

    /// Normal with mean 0 and variance 1; always two draws (Box and Muller 1958, one of the pair).
    pub fn normal(&mut self) -> f64 {
        let radius = libm::sqrt(2.0 * self.exponential());
        radius * libm::cos(core::f64::consts::TAU * self.unit())
    }

    /// Gamma of shape at least 1 and scale 1 (Marsaglia and Tsang 2000).
    pub fn gamma(&mut self, shape: f64) -> f64 {
        let d = shape.max(1.0) - 1.0 / 3.0;
        let c = 1.0 / libm::sqrt(9.0 * d);
        loop {
            let x = self.normal();
            let v = 1.0 + c * x;
            if v <= 0.0 {
                continue;
            }
            let v = v * v * v;
            if self.exponential() > d * (v - 1.0 - libm::log(v)) - 0.5 * x * x {
                return d * v;
            }
        }
    }

    /// Poisson with this mean; 0 for a mean that is not above 0.
    pub fn poisson(&mut self, mean: f64) -> u64 {
        if mean >= 10.0 {
            return self.poisson_large(mean);
        }
        let (mut count, mut passed) = (0, self.exponential());
        while passed < mean {
            count += 1;
            passed += self.exponential();
        }
        count
    }

    /// Transformed rejection for means from 10 (Hörmann 1993, algorithm PTRS).
    fn poisson_large(&mut self, mean: f64) -> u64 {
        let b = 0.931 + 2.53 * libm::sqrt(mean);
        let a = -0.059 + 0.024_83 * b;
        let squeeze = 0.9277 - 3.6224 / (b - 2.0);
        let hat = libm::log(1.1239 + 1.1328 / (b - 3.4));
        let log_mean = libm::log(mean);
        loop {
            let u = self.unit() - 0.5;
            let v = 1.0 - self.unit();
            let us = 0.5 - u.abs();
            let k = libm::floor((2.0 * a / us + b) * u + mean + 0.43);
            if us >= 0.07 && v <= squeeze {
                return k as u64;
            }
            if k < 0.0 || (us < 0.013 && v > us) {
                continue;
            }
            let density = k * log_mean - mean - libm::lgamma(k + 1.0);
            if libm::log(v) + hat - libm::log(a / (us * us) + b) <= density {
                return k as u64;
            }
        }
    }
}

/// The value at `unit` in [0, 1] of quantiles at equal steps from 0 to 100 %, linear in between;
/// 0 when there are none.
pub fn quantile<T: Copy>(values: &[T], unit: f64, number: impl Fn(T) -> f64) -> f64 {
    let Some(&last) = values.last() else {
        return 0.0;
    };
    let at = unit * (values.len() - 1) as f64;
    let below = at as usize;
    match values.get(below..below + 2) {
        Some(&[low, high]) => {
            let (low, high) = (number(low), number(high));
            low + (high - low) * (at - below as f64)
        }
        _ => number(last),
    }
}

impl Lognormal {
    /// Half the draws are below `median`; a `mean` at or below it gives a constant.
    pub fn new(median: f64, mean: f64) -> Self {
        let sigma = libm::sqrt(2.0 * libm::log((mean / median).max(1.0)));
        Self { median, sigma }
    }

    /// Mean 1 and this standard deviation of the logarithm.
    pub fn around_one(sigma: f64) -> Self {
        let median = libm::exp(-0.5 * sigma * sigma);
        Self { median, sigma }
    }

    /// Half the draws are below.
    pub const fn median(&self) -> f64 {
        self.median
    }

    /// One value; two draws.
    pub fn draw(&self, roll: &mut Roll) -> f64 {
        self.median * libm::exp(self.sigma * roll.normal())
    }

    /// The mean.
    pub fn mean(&self) -> f64 {
        self.median * libm::exp(0.5 * self.sigma * self.sigma)
    }

    /// The law of the value that covers a random point when values are laid end to end.
    #[must_use]
    pub fn length_biased(&self) -> Self {
        Self { median: self.median * libm::exp(self.sigma * self.sigma), sigma: self.sigma }
    }

    /// Chance of more than `value`.
    pub fn survival(&self, value: f64) -> f64 {
        if value <= 0.0 {
            return 1.0;
        }
        if self.sigma <= 0.0 {
            return if value < self.median { 1.0 } else { 0.0 };
        }
        let z = libm::log(value / self.median) / self.sigma;
        0.5 * libm::erfc(z * core::f64::consts::FRAC_1_SQRT_2)
    }
}

impl Weibull {
    /// Shape above 0; shape 1 is exponential.
    pub fn new(shape: f64, mean: f64) -> Self {
        let scale = mean / libm::tgamma(1.0 + 1.0 / shape);
        Self { shape, scale }
    }

    /// One value; one draw.
    pub fn draw(&self, roll: &mut Roll) -> f64 {
        self.scale * libm::pow(roll.exponential(), 1.0 / self.shape)
    }

    /// The mean.
    pub fn mean(&self) -> f64 {
        self.scale * libm::tgamma(1.0 + 1.0 / self.shape)
    }

    /// One value of the law that covers a random point when values are laid end to end.
    pub fn draw_length_biased(&self, roll: &mut Roll) -> f64 {
        let power = 1.0 / self.shape;
        self.scale * libm::pow(roll.gamma(1.0 + power), power)
    }

    /// Chance of more than `value`.
    pub fn survival(&self, value: f64) -> f64 {
        libm::exp(-libm::pow((value / self.scale).max(0.0), self.shape))
    }
}

impl Table {
    /// Chances in proportion to `weights`; `None` unless all are finite and not negative, at least
    /// one is positive, and there are fewer than 2^32.
    pub fn new(weights: &[f64]) -> Option<Self> {
        let count = u32::try_from(weights.len()).ok()?;
        let total: f64 = weights.iter().sum();
        let valid = weights.iter().all(|weight| *weight >= 0.0);
        if !valid || total <= 0.0 || !total.is_finite() {
            return None;
        }
        let scale = f64::from(count) / total;
        let mut level: Vec<f64> = weights.iter().map(|weight| weight * scale).collect();
        let mut columns: Vec<(u32, u32)> = (0..count).map(|own| (u32::MAX, own)).collect();
        let (mut poor, mut rich): (Vec<u32>, Vec<u32>) =
            (0..count).partition(|own| level[*own as usize] < 1.0);
        while let (Some(own), Some(&giver)) = (poor.pop(), rich.last()) {
            let missing = 1.0 - level[own as usize];
            columns[own as usize] = ((level[own as usize] * 4_294_967_296.0) as u32, giver);
            level[giver as usize] -= missing;
            if level[giver as usize] < 1.0 {
                rich.pop();
                poor.push(giver);
            }
        }
        // Rounding may leave a weightless column alone at the end: it must never come.
        let heaviest = (0..count).max_by(|a, b| {
            let (a, b) = (weights[*a as usize], weights[*b as usize]);
            a.total_cmp(&b)
        })?;
        for (own, column) in columns.iter_mut().enumerate() {
            if weights[own] <= 0.0 && column.1 == own as u32 {
                *column = (0, heaviest);
            }
        }
        Some(Self { columns })
    }

    /// The number of one of the weights; two draws, rarely more.
    pub fn draw(&self, roll: &mut Roll) -> u32 {
        let column = roll.below(self.columns.len() as u32);
        let (own_below, other) = self.columns[column as usize];
        if roll.u32() < own_below { column } else { other }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::{Draw, Site};
    use proptest::prelude::*;

    const COUNT: usize = 40_000;

    fn roll(seed: u64) -> Roll {
        Draw::new(seed, 0).at(Site::Experiment, 0, 0)
    }

    /// Greatest distance between the drawn and the stated law, times the root of the number: above
    /// 1.95 once in a thousand (Kolmogorov 1933).
    fn distance(mut drawn: Vec<f64>, above: impl Fn(f64) -> f64) -> f64 {
        drawn.sort_by(f64::total_cmp);
        let count = drawn.len() as f64;
        let apart = |(at, value): (usize, &f64)| {
            let below = 1.0 - above(*value);
            (below - at as f64 / count).max((at + 1) as f64 / count - below)
        };
        drawn.iter().enumerate().map(apart).fold(0.0, f64::max) * libm::sqrt(count)
    }

    fn drawn(seed: u64, mut draw: impl FnMut(&mut Roll) -> f64) -> Vec<f64> {
        let mut roll = roll(seed);
        (0..COUNT).map(|_| draw(&mut roll)).collect()
    }

    #[test]
    fn continuous_laws_are_those_stated() {
        let lognormal = Lognormal::new(25.0, 40.0);
        let weibull = Weibull::new(0.7, 12.0);
        for seed in 1..=3 {
            let close = |name, far: f64| assert!(far < 1.95, "{name}: {far} with seed {seed}");
            let normal = drawn(seed, Roll::normal);
            close("normal", distance(normal, |x| 0.5 * libm::erfc(x / libm::sqrt(2.0))));
            close("exponential", distance(drawn(seed, Roll::exponential), |x| libm::exp(-x)));
            close(
                "lognormal",
                distance(drawn(seed, |r| lognormal.draw(r)), |x| lognormal.survival(x)),
            );
            close("weibull", distance(drawn(seed, |r| weibull.draw(r)), |x| weibull.survival(x)));
            // Gamma of shape 2 is a sum of two exponentials.
            let gamma = drawn(seed, |r| r.gamma(2.0));
            close("gamma", distance(gamma, |x| (1.0 + x) * libm::exp(-x)));
            let quartiles = [0.0, 1.0, 3.0, 10.0];
            let spread = drawn(seed, |r| quantile(&quartiles, r.unit(), |x| x));
            close(
                "quantiles",
                distance(spread, |x| match x {
                    x if x < 1.0 => 1.0 - x / 3.0,
                    x if x < 3.0 => 2.0 / 3.0 - (x - 1.0) / 6.0,
                    x => 1.0 / 3.0 - (x - 3.0) / 21.0,
                }),
            );
        }
    }

    #[test]
    fn means_are_those_stated() {
        assert!((Lognormal::new(25.0, 40.0).mean() - 40.0).abs() < 1e-9);
        assert!((Lognormal::new(25.0, 40.0).median() - 25.0).abs() < 1e-9);
        assert!((Lognormal::around_one(0.8).mean() - 1.0).abs() < 1e-12);
        assert!((Weibull::new(0.6, 12.0).mean() - 12.0).abs() < 1e-9);
    }

    #[test]
    fn length_biased_laws_have_the_mean_of_what_covers_a_point() {
        // It is E[x²] / E[x]; known in closed form for both.
        let spread = |drawn: &[f64]| {
            let mean = drawn.iter().sum::<f64>() / drawn.len() as f64;
            let square = drawn.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>();
            (mean, libm::sqrt(square) / drawn.len() as f64)
        };
        let lognormal = Lognormal::new(25.0, 40.0);
        let (mean, error) = spread(&drawn(1, |r| lognormal.length_biased().draw(r)));
        assert!(
            (mean - 40.0 * (40.0_f64 / 25.0) * (40.0_f64 / 25.0)).abs() < 4.0 * error,
            "{mean}"
        );
        let (shape, scale) = (0.7, 12.0 / libm::tgamma(1.0 + 1.0 / 0.7));
        let expected = scale * scale * libm::tgamma(1.0 + 2.0 / shape) / 12.0;
        let weibull = Weibull::new(shape, 12.0);
        let (mean, error) = spread(&drawn(1, |r| weibull.draw_length_biased(r)));
        assert!((mean - expected).abs() < 4.0 * error, "{mean} {expected}");
    }

    #[test]
    fn poisson_counts_follow_their_law_on_both_sides_of_the_switch() {
        for mean in [0.3, 4.0, 9.9, 10.0, 37.5, 2_000.0] {
            let drawn = drawn(5, |r| r.poisson(mean) as f64);
            let chance = |k: f64| libm::exp(k * libm::log(mean) - mean - libm::lgamma(k + 1.0));
            let (mut square, mut cells) = (0.0, 0);
            let mut rest = COUNT as f64;
            let mut unseen = COUNT as f64;
            for k in 0..4_000 {
                let expected = chance(f64::from(k)) * COUNT as f64;
                if expected < 10.0 {
                    continue;
                }
                let seen = drawn.iter().filter(|x| (**x - f64::from(k)).abs() < 0.5).count() as f64;
                square += (seen - expected) * (seen - expected) / expected;
                (rest, unseen, cells) = (rest - expected, unseen - seen, cells + 1);
            }
            if rest > 10.0 {
                square += (unseen - rest) * (unseen - rest) / rest;
            }
            let sigma = libm::sqrt(2.0 * f64::from(cells));
            assert!(square < f64::from(cells) + 4.0 * sigma, "{mean}: {square} of {cells}");
        }
        assert_eq!(roll(1).poisson(0.0), 0);
        assert_eq!(roll(1).poisson(-1.0), 0);
        assert_eq!(roll(1).poisson(f64::NAN), 0);
    }

    #[test]
    fn an_alias_table_draws_in_proportion() {
        let weights = [0.0, 1.0, 5.0, 0.0, 0.25, 3.75, 0.0];
        let table = Table::new(&weights).unwrap();
        let mut seen = [0.0; 7];
        let mut roll = roll(9);
        for _ in 0..100_000 {
            seen[table.draw(&mut roll) as usize] += 1.0;
        }
        for (weight, seen) in weights.iter().zip(seen) {
            let expected = weight * 10_000.0;
            assert!((seen - expected).abs() <= 4.0 * libm::sqrt(expected), "{seen} {expected}");
        }
    }

    #[test]
    fn weights_without_a_choice_are_refused() {
        for weights in [&[][..], &[0.0, 0.0], &[1.0, -1.0], &[f64::NAN], &[f64::INFINITY, 1.0]] {
            assert_eq!(Table::new(weights), None, "{weights:?}");
        }
    }

    #[test]
    fn raw_draws_never_change() {
        let mut roll = Draw::new(1, 0).at(Site::Home, 0, 0);
        let first = [roll.u32(), roll.u32(), roll.u32(), roll.u32(), roll.u32()];
        assert_eq!(first, GOLDEN);
        let bits = |value: f64| value.to_bits();
        let at = |index| Draw::new(1, 0).at(Site::Home, 0, index);
        let laws = [
            bits(at(1).unit()),
            bits(at(2).exponential()),
            bits(at(3).normal()),
            bits(at(4).gamma(1.5)),
            at(5).poisson(3.0),
            at(6).poisson(300.0),
        ];
        assert_eq!(laws, GOLDEN_LAWS);
    }

    const GOLDEN: [u32; 5] =
        [472_752_424, 675_605_815, 1_591_463_636, 3_196_621_004, 2_663_167_763];
    const GOLDEN_LAWS: [u64; 6] = [
        4_604_945_635_962_344_156,
        4_592_663_213_096_380_524,
        4_580_852_546_674_708_683,
        4_614_136_409_372_532_842,
        3,
        316,
    ];

    proptest! {
        /// Adds up what every column gives to every number.
        #[test]
        fn an_alias_table_holds_exactly_its_weights(
            weights in prop::collection::vec(prop_oneof![Just(0.0), 1e-6..1e6_f64], 1..200),
        ) {
            let total: f64 = weights.iter().sum();
            let Some(table) = Table::new(&weights) else {
                prop_assert!(total <= 0.0);
                return Ok(());
            };
            let mut held = vec![0.0; weights.len()];
            for (own, (below, other)) in table.columns.iter().enumerate() {
                let part = f64::from(*below) / 4_294_967_296.0;
                held[own] += part;
                held[*other as usize] += 1.0 - part;
            }
            for (weight, held) in weights.iter().zip(held) {
                let share = held / weights.len() as f64;
                prop_assert!((share - weight / total).abs() < 1e-8, "{share} {}", weight / total);
                prop_assert!(*weight > 0.0 || share <= 0.0);
            }
        }

        #[test]
        fn quantiles_stay_within_and_rise(
            mut values in prop::collection::vec(0.0..1e9_f64, 1..20), a in 0.0..1.0_f64, b in 0.0..=1.0_f64,
        ) {
            values.sort_by(f64::total_cmp);
            let at = |unit| quantile(&values, unit, |value| value);
            let (low, high) = (at(a.min(b)), at(a.max(b)));
            prop_assert!(values[0] <= low && low <= high && high <= values[values.len() - 1]);
        }
    }
}
