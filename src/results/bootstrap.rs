//! Intervals without a bell curve: the mean of replications drawn with replacement.

use crate::metrics::statistics::{mean, quantile_sorted};
use crate::rng::{Draw, Site};

/// Up to so many values all samples are taken, which are n to the power of n.
const ALL_UP_TO: usize = 5;
/// Samples drawn of more.
const SAMPLES: u32 = 2_000;

/// Interval of the mean of `values` at `confidence` by the percentiles of the bootstrap (Efron 1979);
/// NaN with fewer than two values. With few values it is too narrow: it knows no more than them.
/// `address` picks the samples.
pub(super) fn bootstrap(values: &[f64], confidence: f64, address: (u32, u32)) -> [f64; 2] {
    if values.len() < 2 {
        return [f64::NAN; 2];
    }
    let mut means = if values.len() <= ALL_UP_TO { all(values) } else { some(values, address) };
    means.sort_by(f64::total_cmp);
    let tail = 0.5 * (1.0 - confidence);
    [tail, 1.0 - tail].map(|share| quantile_sorted(&means, share))
}

fn all(values: &[f64]) -> Vec<f64> {
    let n = values.len();
    let sample = |number: usize| {
        let mut rest = number;
        let drawn = values.iter().map(|_| {
            let value = values[rest % n];
            rest /= n;
            value
        });
        mean(&drawn.collect::<Vec<f64>>())
    };
    (0..n.pow(n as u32)).map(sample).collect()
}

fn some(values: &[f64], (arm, metric): (u32, u32)) -> Vec<f64> {
    let dice = Draw::new(0, arm);
    let sample = |number: u32| {
        let mut roll = dice.at(Site::Bootstrap, metric, number);
        let sum: f64 =
            values.iter().map(|_| values[roll.below(values.len() as u32) as usize]).sum();
        sum / values.len() as f64
    };
    (0..SAMPLES).map(sample).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::statistics::interval;

    #[test]
    fn two_values_give_three_means() {
        // 1, 1, 1.5, 1.5 … 2: a quarter each way.
        let middle = bootstrap(&[1.0, 2.0], 0.3, (0, 0));
        assert!(middle.iter().all(|value| (value - 1.5).abs() < 1e-12), "{middle:?}");
        let [low, high] = bootstrap(&[1.0, 2.0], 0.95, (0, 0));
        assert!(low < 1.1 && high > 1.9, "{low} to {high}");
        assert!(bootstrap(&[1.0], 0.95, (0, 0))[0].is_nan());
    }

    #[test]
    fn with_many_values_it_is_about_the_t_interval() {
        let values: Vec<f64> = (0..200_u32).map(|at| f64::from(at * 37 % 199)).collect();
        let t = interval(&values, 0.95);
        let [low, high] = bootstrap(&values, 0.95, (3, 7));
        let width = t.high - t.low;
        assert!((low - t.low).abs() < 0.1 * width, "{low} and {}", t.low);
        assert!((high - t.high).abs() < 0.1 * width, "{high} and {}", t.high);
    }
}
