//! Laws, curves and quantiles.

use super::Checker;
use crate::scenario::model::{Curve, SpanLaw};
use crate::units::{BitRate, Span};

/// That a law can be drawn from and stays within `most`. Nothing is said of one that is left out.
pub(super) fn law(path: &str, law: &SpanLaw, most: Span, c: &mut Checker<'_>) {
    match law {
        SpanLaw::Constant(span) => {
            c.span(&format!("{path}.constant"), *span, most);
        }
        SpanLaw::Exponential { mean } => {
            c.span(&format!("{path}.exponential.mean"), *mean, most);
        }
        SpanLaw::Lognormal { median, mean } => {
            let at = format!("{path}.lognormal.median");
            if c.span(&format!("{path}.lognormal.mean"), *mean, most) && c.span(&at, *median, most)
            {
                lognormal(&at, *median, *mean, c);
            }
        }
        SpanLaw::Weibull { shape, mean } => {
            c.number(&format!("{path}.weibull.shape"), *shape, 0.1, 20.0);
            c.span(&format!("{path}.weibull.mean"), *mean, most);
        }
        // Left out: whether it may be is told elsewhere.
        SpanLaw::Quantiles(_) if !c.has(path) => {}
        SpanLaw::Quantiles(spans) => {
            let at = format!("{path}.quantiles");
            if rising(&at, spans, c) {
                let last = spans.len() - 1;
                c.span(&format!("{at}.{last}"), spans[last], most);
            }
        }
    }
}

fn lognormal(at: &str, median: Span, mean: Span, c: &mut Checker<'_>) {
    if mean <= median {
        let message = format!("a lognormal mean of {mean} is not above the median of {median}");
        c.error("S0210", at, message, "must be below the mean");
    } else if mean.0 / median.0 > 1_000 {
        let message = format!("a lognormal mean 1,000 times its median of {median} is absurd");
        c.error("S0211", at, message, "too far below the mean");
    }
}

/// The mean of a law; of `Quantiles` that of the lines between them.
pub(super) fn mean(law: &SpanLaw) -> Span {
    match law {
        SpanLaw::Constant(mean)
        | SpanLaw::Exponential { mean }
        | SpanLaw::Lognormal { mean, .. }
        | SpanLaw::Weibull { mean, .. } => *mean,
        SpanLaw::Quantiles(spans) => Span(middle(spans.iter().map(|span| span.0))),
    }
}

/// The mean between quantiles at equal steps.
pub(super) fn middle(values: impl ExactSizeIterator<Item = u64>) -> u64 {
    let last = values.len().saturating_sub(1);
    let twice: u128 = values
        .enumerate()
        .map(|(at, value)| u128::from(value) * if at == 0 || at == last { 1 } else { 2 })
        .sum();
    u64::try_from(twice / (2 * last.max(1) as u128)).unwrap_or(u64::MAX)
}

/// That there are two quantiles or more, and none below the one before.
pub(super) fn rising<T: Ord + core::fmt::Display>(
    path: &str,
    values: &[T],
    c: &mut Checker<'_>,
) -> bool {
    if values.len() < 2 {
        let message = format!("{} quantiles are too few", values.len());
        c.error("S0207", path, message, "two or more, from 0 to 100 %");
        return false;
    }
    for (at, pair) in values.windows(2).enumerate() {
        if pair[1] < pair[0] {
            let message = format!("quantile {} is below {}, the one before it", pair[1], pair[0]);
            c.error("S0207", &format!("{path}.{}", at + 1), message, "must not fall");
            return false;
        }
    }
    true
}

/// That rates are quantiles between `least` and `most`.
pub(super) fn rates(path: &str, rates: &[BitRate], least: u64, most: BitRate, c: &mut Checker<'_>) {
    if !rising(path, rates, c) {
        return;
    }
    if rates[0].0 < least {
        c.error("S0211", &format!("{path}.0"), "a line towards a home cannot be zero", "zero");
    }
    let last = rates.len() - 1;
    rate(&format!("{path}.{last}"), rates[last], most, c);
}

/// That a rate is at most `most`.
pub(super) fn rate(path: &str, rate: BitRate, most: BitRate, c: &mut Checker<'_>) {
    if rate > most {
        let message = format!("{rate} is above {most}, the most that makes sense here");
        let help = "check the unit: bit/s, kbit/s, Mbit/s, Gbit/s; 8 bits are a byte";
        c.error("S0211", path, message, "too fast").help = Some(help.to_owned());
    }
}

/// That a curve is nowhere negative and reaches at most `most`. Nothing is said of an empty one.
pub(super) fn curve(path: &str, curve: &Curve, most: f64, c: &mut Checker<'_>) {
    c.number(&format!("{path}.floor"), curve.floor, 0.0, most);
    for (at, bump) in curve.bumps.iter().enumerate() {
        c.number(&format!("{path}.bumps.{at}.height"), bump.height, 0.0, most);
        c.span(&format!("{path}.bumps.{at}.width"), bump.width, Span::DAY);
    }
}
