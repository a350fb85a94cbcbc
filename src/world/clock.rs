//! Simulated time against the time of day.

use crate::scenario::model::{Run, Window};
use crate::units::{Span, Time, TimeOfDay};

const DAY_NS: u64 = Span::DAY.0;
pub(super) const DAY_S: f64 = 86_400.0;

/// When things are.
#[derive(Clone, Debug)]
pub(super) struct Clock {
    /// Local time of day at time 0.
    start: Span,
    pub(super) measure_from: Time,
    pub(super) until: Time,
    pub(super) peak: (Time, Time),
}

impl Clock {
    pub(super) fn new(run: &Run) -> Self {
        let measure_from = Time(run.warm_up.0);
        let mut clock = Self {
            start: run.start.0,
            measure_from,
            until: measure_from + run.length,
            peak: (measure_from, measure_from),
        };
        // The first that is measured whole; when there is none, what is measured most of.
        for (from, to) in clock.windows(&run.peak, measure_from) {
            if to.since(from) > clock.peak.1.since(clock.peak.0) {
                clock.peak = (from, to);
            }
        }
        clock
    }

    /// The daily `window` cut to the time from `earliest` to the end; rising. One that ends before
    /// it begins lasts past midnight.
    pub(super) fn windows(&self, window: &Window, earliest: Time) -> Vec<(Time, Time)> {
        let from = window.from.0.0 % DAY_NS;
        let length = match window.to.0.0.checked_sub(window.from.0.0) {
            Some(length) => length,
            None => window.to.0.0 + DAY_NS - window.from.0.0,
        };
        // Instants are counted from the day before the start here, so that none is negative.
        let zero = DAY_NS + self.start.0;
        let cut = |at: u64| Time(at.saturating_sub(zero)).clamp(earliest, self.until);
        (0..)
            .map(|day| from + day * DAY_NS)
            .take_while(|begin| *begin < zero.saturating_add(self.until.0))
            .map(|begin| (cut(begin), cut(begin + length)))
            .filter(|(begin, end)| begin < end)
            .collect()
    }

    /// What lasts so long from a time of day on, on a day counted from that of the start, cut to the
    /// simulated time; `None` when nothing of it is.
    pub(super) fn lasting(&self, day: u32, at: TimeOfDay, lasts: Span) -> Option<(Time, Time)> {
        let begin = Span::DAY.times(u64::from(day)) + at.0;
        let cut = |at: Span| Time((at - self.start).0).min(self.until);
        let (from, until) = (cut(begin), cut(begin + lasts));
        (from < until).then_some((from, until))
    }

    /// Seconds since midnight of the first day, for seconds since time 0.
    pub(super) fn local(&self, secs: f64) -> f64 {
        self.start.as_secs_f64() + secs
    }

    /// Nanoseconds from time 0, for seconds since midnight of the first day.
    pub(super) fn instant(&self, local: f64) -> i64 {
        ((local - self.start.as_secs_f64()) * 1e9).round() as i64
    }
}
