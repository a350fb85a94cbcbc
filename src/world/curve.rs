//! What changes over the day, the day closed into a ring.

use crate::scenario::model::Curve;

use super::clock::DAY_S;

impl Curve {
    /// Its value at this many seconds after some midnight; each bump counts by its distance the
    /// shorter way round the day.
    pub fn at(&self, secs: f64) -> f64 {
        let mut value = self.floor;
        for bump in &self.bumps {
            let apart = (secs - bump.at.0.as_secs_f64()).rem_euclid(DAY_S);
            let distance = apart.min(DAY_S - apart) / bump.width.as_secs_f64().max(1e-9);
            value += bump.height * libm::exp(-0.5 * distance * distance);
        }
        value
    }
}

/// How likely something is to happen next, over the day: constant within each of equal slots.
#[derive(Clone, Debug)]
pub(super) struct Hazard {
    /// Expected number from midnight to the end of each slot, with a leading 0.
    passed: Vec<f64>,
    /// Seconds of a slot.
    width: f64,
}

impl Hazard {
    /// From the expected number in each slot of the day.
    pub(super) fn new(masses: &[f64]) -> Self {
        let mut sum = 0.0;
        let mut passed = vec![0.0];
        passed.extend(masses.iter().map(|mass| {
            sum += mass.max(0.0);
            sum
        }));
        let width = DAY_S / masses.len().max(1) as f64;
        Self { passed, width }
    }

    /// Expected number in a whole day.
    pub(super) fn of_day(&self) -> f64 {
        self.passed[self.passed.len() - 1]
    }

    /// Expected number since the first midnight, negative before it.
    pub(super) fn until(&self, secs: f64) -> f64 {
        let day = (secs / DAY_S).floor();
        let slots = self.passed.len() - 1;
        let at = (secs - day * DAY_S) / self.width;
        let slot = (at as usize).min(slots - 1);
        let (low, high) = (self.passed[slot], self.passed[slot + 1]);
        day * self.of_day() + low + (high - low) * (at - slot as f64)
    }

    /// When the expected number since `secs` reaches `need`; infinite when it never does.
    pub(super) fn after(&self, secs: f64, need: f64) -> f64 {
        let of_day = self.of_day();
        if of_day <= 0.0 {
            return f64::INFINITY;
        }
        let level = self.until(secs) + need;
        let day = (level / of_day).floor();
        let rest = level - day * of_day;
        let slots = self.passed.len() - 1;
        let slot = self.passed[1..]
            .partition_point(|passed| *passed <= rest)
            .min(slots - 1);
        let (low, high) = (self.passed[slot], self.passed[slot + 1]);
        let part = if high > low {
            (rest - low) / (high - low)
        } else {
            0.0
        };
        let reached = day * DAY_S + (slot as f64 + part.clamp(0.0, 1.0)) * self.width;
        reached.max(secs)
    }
}
