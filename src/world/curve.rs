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
    /// Slot in which each of as many equal parts of the day's number begins.
    guide: Vec<u32>,
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
        let slots = masses.len();
        let part = sum / slots.max(1) as f64;
        let begins = |at: usize| passed[1..].partition_point(|passed| *passed <= at as f64 * part);
        Self {
            guide: (0..=slots).map(|at| begins(at) as u32).collect(),
            width: DAY_S / slots.max(1) as f64,
            passed,
        }
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
        let near = (rest / of_day * slots as f64) as usize;
        let mut slot = (self.guide[near.min(slots)] as usize).min(slots - 1);
        while slot > 0 && self.passed[slot] > rest {
            slot -= 1;
        }
        while slot + 1 < slots && self.passed[slot + 1] <= rest {
            slot += 1;
        }
        let (low, high) = (self.passed[slot], self.passed[slot + 1]);
        let part = if high > low { (rest - low) / (high - low) } else { 0.0 };
        let reached = day * DAY_S + (slot as f64 + part.clamp(0.0, 1.0)) * self.width;
        reached.max(secs)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::model::Bump;
    use crate::units::{Span, TimeOfDay};
    use proptest::prelude::*;

    #[test]
    fn bumps_reach_over_midnight() {
        let bump = Bump {
            at: TimeOfDay(Span::from_secs(23 * 3600)),
            width: Span::from_secs(3600),
            height: 2.0,
        };
        let curve = Curve { floor: 1.0, bumps: vec![bump] };
        assert!((curve.at(23.0 * 3600.0) - 3.0).abs() < 1e-12);
        assert!((curve.at(3600.0) - curve.at(21.0 * 3600.0)).abs() < 1e-12);
        assert!((curve.at(0.0) - (1.0 + 2.0 * libm::exp(-0.5))).abs() < 1e-12);
    }

    proptest! {
        #[test]
        fn a_hazard_reaches_what_it_was_asked_for(
            masses in prop::collection::vec(prop_oneof![Just(0.0), 0.01..3.0_f64], 1..50),
            from in -2e6..2e6_f64,
            need in 0.0..40.0_f64,
        ) {
            let hazard = Hazard::new(&masses);
            let reached = hazard.after(from, need);
            prop_assert!(reached >= from);
            if hazard.of_day() > 0.0 {
                let passed = hazard.until(reached) - hazard.until(from);
                prop_assert!((passed - need).abs() < 1e-6, "{passed} {need}");
            } else {
                prop_assert!(reached.is_infinite());
            }
        }
    }
}
