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
        Self {
            median: self.median * libm::exp(self.sigma * self.sigma),
            sigma: self.sigma,
        }
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
        if roll.u32() < own_below {
            column
        } else {
            other
        }
    }
}
