//! Lengths of time by law, in seconds while the world is drawn.

use crate::rng::{Lognormal, Roll, Table, Weibull, quantile};
use crate::scenario::model::SpanLaw;
use crate::units::Span;

/// A law prepared for many draws.
#[derive(Clone, Debug)]
pub(super) enum Law {
    Constant(f64),
    Exponential(f64),
    Lognormal(Lognormal),
    Weibull(Weibull),
    /// Rising, at equal steps from 0 to 100 %.
    Quantiles(Vec<f64>),
    /// Measured, rising; each is as likely. Beside it the choice in proportion to length.
    Measured(Vec<f64>, Option<Table>),
}

impl SpanLaw {
    /// One length.
    pub fn draw(&self, roll: &mut Roll) -> Span {
        Span::from_secs_f64(Law::new(self).draw(roll))
    }

    /// The mean length.
    pub fn mean(&self) -> Span {
        match self {
            Self::Constant(mean)
            | Self::Exponential { mean }
            | Self::Lognormal { mean, .. }
            | Self::Weibull { mean, .. } => *mean,
            Self::Quantiles(_) => Span::from_secs_f64(Law::new(self).mean()),
        }
    }
}

impl Law {
    pub(super) fn new(law: &SpanLaw) -> Self {
        match law {
            SpanLaw::Constant(span) => Self::Constant(span.as_secs_f64()),
            SpanLaw::Exponential { mean } => Self::Exponential(mean.as_secs_f64()),
            SpanLaw::Lognormal { median, mean } => {
                Self::Lognormal(Lognormal::new(median.as_secs_f64(), mean.as_secs_f64()))
            }
            SpanLaw::Weibull { shape, mean } => {
                Self::Weibull(Weibull::new(*shape, mean.as_secs_f64()))
            }
            SpanLaw::Quantiles(spans) => Self::Quantiles(seconds(spans)),
        }
    }

    /// As measured; an empty list is a law of zero length.
    pub(super) fn measured(spans: &[Span]) -> Self {
        let mut spans = seconds(spans);
        spans.sort_unstable_by(f64::total_cmp);
        let by_length = Table::new(&spans);
        Self::Measured(spans, by_length)
    }

    pub(super) fn draw(&self, roll: &mut Roll) -> f64 {
        match self {
            Self::Constant(value) => *value,
            Self::Exponential(mean) => mean * roll.exponential(),
            Self::Lognormal(law) => law.draw(roll),
            Self::Weibull(law) => law.draw(roll),
            Self::Quantiles(values) => quantile(values, roll.unit(), |value| value),
            Self::Measured(values, _) => {
                let at = roll.below(values.len() as u32) as usize;
                values.get(at).copied().unwrap_or(0.0)
            }
        }
    }

    /// What is left of the length that covers a random moment of a long run of them: its
    /// length-biased law times a uniform number, drawn without approximation.
    pub(super) fn draw_left(&self, roll: &mut Roll) -> f64 {
        let whole = match self {
            Self::Constant(value) => *value,
            // Without memory: nothing is known from the past.
            Self::Exponential(_) => return self.draw(roll),
            Self::Lognormal(law) => law.length_biased().draw(roll),
            Self::Weibull(law) => law.draw_length_biased(roll),
            Self::Quantiles(values) => {
                let step = pick(values.windows(2).map(|step| step[0] + step[1]), roll);
                let Some(&[low, high]) = values.get(step..step + 2) else {
                    return self.draw(roll) * roll.unit();
                };
                libm::sqrt(low * low + roll.unit() * (high * high - low * low))
            }
            Self::Measured(values, by_length) => match by_length {
                Some(table) => values[table.draw(roll) as usize],
                None => 0.0,
            },
        };
        whole * roll.unit()
    }

    pub(super) fn mean(&self) -> f64 {
        match self {
            Self::Constant(value) | Self::Exponential(value) => *value,
            Self::Lognormal(law) => law.mean(),
            Self::Weibull(law) => law.mean(),
            Self::Quantiles(values) if values.len() > 1 => {
                let sum: f64 = values.windows(2).map(|step| step[0] + step[1]).sum();
                sum * 0.5 / (values.len() - 1) as f64
            }
            Self::Quantiles(values) | Self::Measured(values, _) => {
                values.iter().sum::<f64>() / values.len().max(1) as f64
            }
        }
    }

    /// Chance of lasting longer than `secs`.
    pub(super) fn survival(&self, secs: f64) -> f64 {
        match self {
            Self::Constant(value) => f64::from(u8::from(secs < *value)),
            Self::Exponential(mean) => libm::exp(-secs.max(0.0) / mean),
            Self::Lognormal(law) => law.survival(secs),
            Self::Weibull(law) => law.survival(secs),
            Self::Quantiles(values) => {
                let steps = values.len().saturating_sub(1).max(1) as f64;
                match values.partition_point(|value| *value <= secs) {
                    0 => 1.0,
                    over if over == values.len() => 0.0,
                    over => {
                        let (low, high) = (values[over - 1], values[over]);
                        1.0 - ((over - 1) as f64 + (secs - low) / (high - low)) / steps
                    }
                }
            }
            Self::Measured(values, _) => {
                let within = values.partition_point(|value| *value <= secs);
                1.0 - within as f64 / values.len().max(1) as f64
            }
        }
    }
}

/// A position in proportion to its weight; 0 when there is none.
fn pick(weights: impl Iterator<Item = f64> + Clone, roll: &mut Roll) -> usize {
    let mut left = roll.unit() * weights.clone().sum::<f64>();
    let mut last = 0;
    for (at, weight) in weights.enumerate() {
        last = at;
        if left < weight {
            break;
        }
        left -= weight;
    }
    last
}

fn seconds(spans: &[Span]) -> Vec<f64> {
    spans.iter().map(|span| span.as_secs_f64()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::{Draw, Site};

    const COUNT: u32 = 40_000;

    fn laws() -> [Law; 6] {
        let span = Span::from_secs;
        let list: Vec<Span> = [1, 2, 4, 8, 90].map(span).into();
        [
            Law::new(&SpanLaw::Constant(span(7))),
            Law::new(&SpanLaw::Exponential { mean: span(7) }),
            Law::new(&SpanLaw::Lognormal { median: span(5), mean: span(7) }),
            Law::new(&SpanLaw::Weibull { shape: 0.8, mean: span(7) }),
            Law::new(&SpanLaw::Quantiles(list.clone())),
            Law::measured(&list),
        ]
    }

    fn drawn(draw: impl Fn(&mut Roll) -> f64) -> Vec<f64> {
        let mut roll = Draw::new(3, 0).at(Site::Experiment, 1, 0);
        (0..COUNT).map(|_| draw(&mut roll)).collect()
    }

    fn share_above(values: &[f64], limit: f64) -> f64 {
        values.iter().filter(|value| **value > limit).count() as f64 / f64::from(COUNT)
    }

    #[test]
    fn draws_agree_with_mean_and_survival() {
        for law in laws() {
            let values = drawn(|roll| law.draw(roll));
            let mean = values.iter().sum::<f64>() / f64::from(COUNT);
            let square: f64 = values.iter().map(|x| (x - mean) * (x - mean)).sum();
            let error = libm::sqrt(square) / f64::from(COUNT);
            assert!((mean - law.mean()).abs() <= 4.0 * error + 1e-9, "{law:?}: {mean}");
            for limit in [0.0, 0.5, 1.5, 3.0, 6.0, 20.0, 100.0] {
                let seen = share_above(&values, limit);
                let sigma = libm::sqrt(0.25 / f64::from(COUNT));
                assert!((seen - law.survival(limit)).abs() < 4.0 * sigma, "{law:?} {limit}");
            }
        }
    }

    /// What is left at a random moment lasts longer than t with chance ∫ₜ survival / mean.
    #[test]
    fn what_is_left_is_what_a_passer_by_sees() {
        for law in laws() {
            let values = drawn(|roll| law.draw_left(roll));
            for limit in [0.5, 1.5, 3.0, 6.0, 20.0, 60.0] {
                let steps = (0..100_000).map(|step| limit + (f64::from(step) + 0.5) * 0.005);
                let beyond = steps.map(|at| law.survival(at) * 0.005).sum::<f64>() / law.mean();
                let seen = share_above(&values, limit);
                let sigma = libm::sqrt(0.25 / f64::from(COUNT));
                assert!(
                    (seen - beyond).abs() < 4.0 * sigma + 1e-3,
                    "{law:?} {limit}: {seen} {beyond}"
                );
            }
        }
    }

    #[test]
    fn lengths_of_the_scenario_come_as_spans() {
        let law = SpanLaw::Quantiles(vec![Span::from_secs(10), Span::from_secs(20)]);
        assert_eq!(law.mean(), Span::from_secs(15));
        let mut roll = Draw::new(1, 0).at(Site::Experiment, 2, 0);
        let span = law.draw(&mut roll);
        assert!((Span::from_secs(10)..=Span::from_secs(20)).contains(&span));
        assert_eq!(SpanLaw::Constant(Span(5)).draw(&mut roll), Span(5));
        assert!(Law::measured(&[]).draw_left(&mut roll) <= 0.0);
    }
}
