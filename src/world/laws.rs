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
