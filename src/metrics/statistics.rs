//! Intervals over replications.
//!
//! Student's t through the regularised incomplete beta function, so that no table limits the
//! number of replications or the confidence. The unit of every interval is the replication.

/// Arithmetic mean; NaN of nothing.
pub fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

/// Sample standard deviation (divisor n − 1); NaN of fewer than two values.
pub fn sample_sd(values: &[f64]) -> f64 {
    if values.len() < 2 {
        return f64::NAN;
    }
    let centre = mean(values);
    let squares: f64 = values.iter().map(|v| (v - centre) * (v - centre)).sum();
    libm::sqrt(squares / (values.len() - 1) as f64)
}

/// Quantile `q` (0 to 1) of rising data, linear between neighbours (Hyndman and Fan's type 7); NaN
/// of nothing.
pub fn quantile_sorted(sorted: &[f64], q: f64) -> f64 {
    let Some(last) = sorted.len().checked_sub(1) else {
        return f64::NAN;
    };
    let position = q.clamp(0.0, 1.0) * last as f64;
    let below = position as usize;
    let above = (below + 1).min(last);
    sorted[below] + (position - below as f64) * (sorted[above] - sorted[below])
}

/// Mean of a sample with its interval.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Interval {
    /// Sample mean; NaN of nothing.
    pub mean: f64,
    /// Lower end; NaN with fewer than two values.
    pub low: f64,
    /// Upper end; NaN with fewer than two values.
    pub high: f64,
    /// Values.
    pub n: usize,
    /// Two-sided p value of "the mean is 0"; NaN with fewer than two values.
    pub p: f64,
}

/// Interval of the mean at `confidence` (0 to 1, exclusive) by Student's t, with the p value of a
/// t test against 0. Applied to paired differences it is the paired interval and the paired test.
pub fn interval(values: &[f64], confidence: f64) -> Interval {
    let n = values.len();
    let centre = mean(values);
    if n < 2 {
        return Interval { mean: centre, low: f64::NAN, high: f64::NAN, n, p: f64::NAN };
    }
    let freedom = (n - 1) as f64;
    let error = sample_sd(values) / libm::sqrt(n as f64);
    let half = t_quantile(confidence, freedom) * error;
    let p = if error > 0.0 {
        t_two_sided(centre / error, freedom)
    } else if centre == 0.0 {
        1.0
    } else {
        0.0
    };
    Interval { mean: centre, low: centre - half, high: centre + half, n, p }
}

/// Chance that |T| exceeds |`t`| for Student's t with `freedom` degrees of freedom (> 0).
pub fn t_two_sided(t: f64, freedom: f64) -> f64 {
    if t.is_nan() {
        return f64::NAN;
    }
    if t.is_infinite() {
        return 0.0;
    }
    incomplete_beta(0.5 * freedom, 0.5, freedom / (freedom + t * t))
}

/// The t with chance `confidence` (0 to 1, exclusive) that |T| stays below it.
pub fn t_quantile(confidence: f64, freedom: f64) -> f64 {
    let tail = 1.0 - confidence;
    let mut high = 1.0;
    while t_two_sided(high, freedom) > tail && high < 1e300 {
        high *= 2.0;
    }
    let mut low = 0.0;
    // Bisection to the last bit: some 60 steps, the same on every platform.
    loop {
        let middle = 0.5 * (low + high);
        if middle <= low || middle >= high {
            return middle;
        }
        if t_two_sided(middle, freedom) > tail {
            low = middle;
        } else {
            high = middle;
        }
    }
}

/// Regularised incomplete beta function I_x(a, b) by its continued fraction (DLMF 8.17.22), on the
/// side of the mean where that converges fast.
fn incomplete_beta(a: f64, b: f64, x: f64) -> f64 {
    if x <= 0.0 {
        return 0.0;
    }
    if x >= 1.0 {
        return 1.0;
    }
    let ln_front = libm::lgamma(a + b) - libm::lgamma(a) - libm::lgamma(b)
        + a * libm::log(x)
        + b * libm::log1p(-x);
    let front = libm::exp(ln_front);
    if x < (a + 1.0) / (a + b + 2.0) {
        front * beta_fraction(a, b, x) / a
    } else {
        1.0 - front * beta_fraction(b, a, 1.0 - x) / b
    }
}

/// The continued fraction of the incomplete beta function, evaluated from the front by Lentz's
/// method.
fn beta_fraction(a: f64, b: f64, x: f64) -> f64 {
    const TINY: f64 = 1e-300;
    let away = |v: f64| if v.abs() < TINY { TINY } else { v };
    let mut c = 1.0;
    let mut d = 1.0 / away(1.0 - (a + b) * x / (a + 1.0));
    let mut value = d;
    for step in 1..1_000 {
        let m = f64::from(step);
        let even = m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m));
        d = 1.0 / away(1.0 + even * d);
        c = away(1.0 + even / c);
        value *= d * c;
        let odd = -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0));
        d = 1.0 / away(1.0 + odd * d);
        c = away(1.0 + odd / c);
        let change = d * c;
        value *= change;
        if (change - 1.0).abs() < 1e-16 {
            break;
        }
    }
    value
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn t_quantiles_agree_with_printed_tables() {
        // Two-sided critical values as printed in statistical tables.
        let table = [
            (0.95, 1.0, 12.7062),
            (0.95, 2.0, 4.30265),
            (0.95, 4.0, 2.77645),
            (0.95, 9.0, 2.26216),
            (0.95, 19.0, 2.09302),
            (0.95, 120.0, 1.97993),
            (0.90, 5.0, 2.01505),
            (0.99, 3.0, 5.84091),
            (0.99, 30.0, 2.75000),
            (0.999, 10.0, 4.58689),
        ];
        for (confidence, freedom, expected) in table {
            let got = t_quantile(confidence, freedom);
            assert!(
                (got - expected).abs() < 1e-5 * expected,
                "t({confidence}, {freedom}) = {got}, not {expected}"
            );
        }
    }

    #[test]
    fn two_sided_chance_has_closed_forms_at_one_and_two_degrees() {
        for t in [0.0, 0.1, 0.7, 1.0, 3.0, 30.0] {
            let one = 1.0 - 2.0 / core::f64::consts::PI * libm::atan(t);
            let two = 1.0 - t / libm::sqrt(2.0 + t * t);
            assert!((t_two_sided(t, 1.0) - one).abs() < 1e-12, "{t}");
            assert!((t_two_sided(-t, 2.0) - two).abs() < 1e-12, "{t}");
        }
    }

    #[test]
    fn interval_of_a_worked_example() {
        let got = interval(&[1.0, 2.0, 3.0, 4.0, 5.0], 0.95);
        let half = 2.776_445_105 * libm::sqrt(2.5 / 5.0);
        assert!((got.mean - 3.0).abs() < 1e-12);
        assert!((got.high - 3.0 - half).abs() < 1e-8);
        assert!((got.low - 3.0 + half).abs() < 1e-8);
        assert!((got.p - 0.013_235).abs() < 1e-5, "{}", got.p);
    }

    #[test]
    fn few_values_have_no_interval() {
        assert!(interval(&[], 0.95).mean.is_nan());
        let one = interval(&[7.0], 0.95);
        assert!(one.mean.total_cmp(&7.0).is_eq() && one.low.is_nan() && one.p.is_nan());
        let zeros = interval(&[0.0; 3], 0.95);
        assert!(zeros.low.abs() + zeros.high.abs() + (zeros.p - 1.0).abs() < 1e-300);
    }

    proptest! {
        #[test]
        fn quantile_inverts_the_tail(confidence in 0.01..0.999_f64, freedom in 1.0..400.0_f64) {
            let t = t_quantile(confidence, freedom);
            prop_assert!((1.0 - t_two_sided(t, freedom) - confidence).abs() < 1e-9);
        }

        #[test]
        fn interval_excludes_zero_exactly_when_p_is_small(
            values in prop::collection::vec(-10.0..20.0_f64, 2..30), confidence in 0.5..0.99_f64,
        ) {
            let got = interval(&values, confidence);
            let margin = (got.p - (1.0 - confidence)).abs();
            prop_assume!(margin > 1e-9);
            let excludes = got.low > 0.0 || got.high < 0.0;
            prop_assert_eq!(excludes, got.p < 1.0 - confidence);
        }

        #[test]
        fn quantiles_are_order_statistics(mut values in prop::collection::vec(-1e6..1e6_f64, 1..50)) {
            values.sort_by(f64::total_cmp);
            let last = values.len() - 1;
            prop_assert!(quantile_sorted(&values, 0.0).total_cmp(&values[0]).is_eq());
            prop_assert!((quantile_sorted(&values, 1.0) - values[last]).abs() < 1e-300);
            let mut before = values[0];
            for step in 0..=100 {
                let at = quantile_sorted(&values, f64::from(step) / 100.0);
                prop_assert!(at >= before - 1e-9);
                before = at;
            }
        }
    }
}
