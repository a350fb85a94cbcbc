//! Which title a viewer picks at a given moment.

use crate::rng::{Roll, Table};
use crate::scenario::model::{Release, Run};

use super::clock::DAY_S;

/// Picks for one title before the list is gone through instead.
const TRIES: u32 = 16;

/// Titles by their weight, which changes with their age.
#[derive(Clone, Debug)]
pub(super) struct Choice {
    base: Vec<f64>,
    /// Seconds since release at time 0; empty when weights never change.
    ages: Vec<f64>,
    boost: f64,
    /// Seconds.
    half_life: f64,
    /// For each day, counted from time 0 on, the choice by the highest weights of that day; one
    /// for ever when weights never change. `None` when nothing is out yet.
    days: Vec<Option<Table>>,
    /// Number of the first of them, negative in the past.
    first_day: i64,
}

impl Choice {
    /// `ages` is empty without `release`.
    pub(super) fn new(base: &[f64], release: Option<&Release>, ages: Vec<f64>, run: &Run) -> Self {
        let mut choice = Self {
            base: base.to_vec(),
            boost: release.map_or(0.0, |release| release.boost.max(0.0)),
            half_life: release.map_or(1.0, |release| release.half_life.as_secs_f64().max(1.0)),
            ages,
            days: Vec::new(),
            first_day: 0,
        };
        if choice.ages.is_empty() {
            choice.days.push(Table::new(base));
            return choice;
        }
        let days = |secs: f64| (secs / DAY_S).ceil() as i64;
        choice.first_day = -days(run.history.as_secs_f64() + super::viewings::RUN_IN_S);
        let last_day = days((run.warm_up + run.length).as_secs_f64());
        for day in choice.first_day..last_day.max(1) {
            let weights = (0..base.len()).map(|title| base[title] * choice.most(title, day));
            choice.days.push(Table::new(&weights.collect::<Vec<f64>>()));
        }
        choice
    }

    /// Weight of a title at a moment, in seconds from time 0.
    pub(super) fn weight(&self, title: usize, secs: f64) -> f64 {
        self.base[title] * self.gain(title, secs)
    }

    /// Position of each title by weight at time 0, the heaviest first, equal ones by number.
    pub(super) fn ranks(&self) -> Vec<u32> {
        let weights: Vec<f64> = (0..self.base.len()).map(|t| self.weight(t, 0.0)).collect();
        let mut order: Vec<u32> = (0..self.base.len() as u32).collect();
        order.sort_by(|a, b| weights[*b as usize].total_cmp(&weights[*a as usize]));
        let mut ranks = vec![0; order.len()];
        for (rank, title) in order.iter().enumerate() {
            ranks[*title as usize] = rank as u32;
        }
        ranks
    }

    /// A title by its weight at this moment among those not in `seen`; when all are seen, among
    /// all. `None` when nothing is out.
    pub(super) fn draw(&self, secs: f64, seen: &[u32], roll: &mut Roll) -> Option<u32> {
        let day = if self.ages.is_empty() { 0 } else { (secs / DAY_S).floor() as i64 };
        let at = usize::try_from(day - self.first_day).unwrap_or(0);
        let table = self.days.get(at).or(self.days.last())?.as_ref()?;
        let mut last = table.draw(roll);
        for _ in 0..TRIES {
            if self.accepted(last, day, secs, roll) && !seen.contains(&last) {
                return Some(last);
            }
            last = table.draw(roll);
        }
        // A long list of seen titles: the next one on from here, so that none comes twice.
        let count = self.base.len() as u32;
        let from_here =
            (0..count).map(|step| ((u64::from(last) + u64::from(step)) % u64::from(count)) as u32);
        let out = from_here.filter(|title| self.weight(*title as usize, secs) > 0.0);
        let unseen = out.clone().find(|title| !seen.contains(title));
        unseen.or_else(|| out.clone().next())
    }

    /// The table holds the highest weight of the day; taking a title with the ratio of its weight
    /// now to that makes the choice exact.
    fn accepted(&self, title: u32, day: i64, secs: f64, roll: &mut Roll) -> bool {
        if self.ages.is_empty() {
            return true;
        }
        let (now, most) = (self.gain(title as usize, secs), self.most(title as usize, day));
        now >= most || roll.unit() * most < now
    }

    /// What age makes of a title's base weight: 0 before its release.
    fn gain(&self, title: usize, secs: f64) -> f64 {
        match self.ages.get(title) {
            None => 1.0,
            Some(age) if age + secs < 0.0 => 0.0,
            Some(age) => 1.0 + self.boost * libm::exp2(-(age + secs) / self.half_life),
        }
    }

    /// The highest gain within a day: at its beginning, or at release.
    fn most(&self, title: usize, day: i64) -> f64 {
        let begin = day as f64 * DAY_S;
        let release = -self.ages.get(title).copied().unwrap_or(0.0);
        if release >= begin + DAY_S { 0.0 } else { self.gain(title, begin.max(release)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::{Draw, Site};
    use crate::units::Span;

    const DAY: f64 = DAY_S;

    fn run() -> Run {
        let text = r#"
            homes = 1
            start = "18:00"
            warm_up = "1 h"
            length = "5 h"
            peak = { from = "20:00", to = "22:00" }
            history = "9 d"
        "#;
        toml::from_str(text).unwrap()
    }

    fn released(ages: &[f64]) -> Choice {
        let release = Release { per_week: 1.0, boost: 9.0, half_life: Span::DAY };
        let base: Vec<f64> = (0..ages.len()).map(|title| 1.0 / (1.0 + title as f64)).collect();
        Choice::new(&base, Some(&release), ages.to_vec(), &run())
    }

    #[test]
    fn titles_come_by_their_weight_at_the_moment() {
        let choice = released(&[30.0 * DAY, 0.2 * DAY, 3.1 * DAY, 8.7 * DAY, 900.0 * DAY]);
        for secs in [-8.9 * DAY, -3.3 * DAY, -3.0 * DAY, -0.19 * DAY, 0.0, 0.1 * DAY] {
            let mut roll = Draw::new(4, 0).at(Site::Experiment, 3, 0);
            let mut seen = [0.0; 5];
            for _ in 0..50_000 {
                seen[choice.draw(secs, &[], &mut roll).unwrap() as usize] += 1.0;
            }
            let total: f64 = (0..5).map(|title| choice.weight(title, secs)).sum();
            for (title, seen) in seen.into_iter().enumerate() {
                let share = choice.weight(title, secs) / total;
                let sigma = libm::sqrt(50_000.0 * share * (1.0 - share));
                assert!((seen - 50_000.0 * share).abs() <= 4.5 * sigma, "{secs} {title}: {seen}");
            }
        }
    }

    #[test]
    fn nothing_is_watched_before_its_release() {
        let choice = released(&[1.5 * DAY, 3.5 * DAY]);
        let mut roll = Draw::new(4, 0).at(Site::Experiment, 4, 0);
        assert_eq!(choice.draw(-4.0 * DAY, &[], &mut roll), None);
        assert_eq!(choice.draw(-3.6 * DAY, &[], &mut roll), None);
        for _ in 0..200 {
            assert_eq!(choice.draw(-1.6 * DAY, &[], &mut roll), Some(1));
        }
    }

    #[test]
    fn a_new_title_is_found_however_few_are_left() {
        let choice = Choice::new(&[1e9, 1.0, 1.0, 0.0], None, Vec::new(), &run());
        let mut roll = Draw::new(4, 0).at(Site::Experiment, 5, 0);
        assert_eq!(choice.draw(0.0, &[0, 2], &mut roll), Some(1));
        let again = choice.draw(0.0, &[0, 1, 2], &mut roll).unwrap();
        assert!(again < 3, "{again}");
    }

    #[test]
    fn ranks_order_by_weight_at_the_start() {
        // Gain at release is 10, a day later 5.5: the second passes the first.
        let choice = released(&[90.0 * DAY, DAY, 90.0 * DAY, 90.0 * DAY]);
        assert_eq!(choice.ranks(), [1, 0, 2, 3]);
        let even = Choice::new(&[1.0; 4], None, Vec::new(), &run());
        assert_eq!(even.ranks(), [0, 1, 2, 3]);
    }
}
