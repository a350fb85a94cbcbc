//! When somebody is at home and awake: a chain of two states that follows the curve of the day.

use crate::rng::{Draw, Roll, Site};
use crate::scenario::{Scenario, Tables};

use super::clock::DAY_S;
use super::curve::Hazard;

/// Steps of the day in which rates are constant.
const STEPS: usize = 1_440;
const STEP_S: f64 = DAY_S / STEPS as f64;

/// Shares beyond these would need rates without bound.
const SHARES: (f64, f64) = (0.001, 0.999);

/// The chain.
#[derive(Clone, Debug)]
pub(super) struct Presence {
    /// Share of homes present at the beginning of each step, and at the end of the last.
    share: Vec<f64>,
    arrive: Hazard,
    pub(super) leave: Hazard,
}

/// Presences of one home as (from, to) in seconds since the first midnight, rising, without end.
pub(super) struct Spells<'a> {
    presence: &'a Presence,
    roll: Roll,
    at: f64,
    /// Already there at the beginning.
    present: bool,
}

impl Presence {
    pub(super) fn new(scenario: &Scenario, tables: &Tables) -> Self {
        let spell = scenario.at_home.spell.as_secs_f64();
        match &tables.demand {
            None => Self::following(|secs| scenario.at_home.present.at(secs), spell),
            Some(rows) => {
                let slots: Vec<f64> = rows.iter().map(|row| row.present).collect();
                Self::following(|secs| between_middles(&slots, secs), spell)
            }
        }
    }

    /// A stay ends at rate 1/`spell`, and one begins at the rate that makes the share present
    /// follow `curve`, found from share' = arrive × (1 − share) − leave × share. Where the curve
    /// falls faster than stays end by themselves nobody arrives and more leave, as at bedtime, so
    /// stays are shorter than `spell` there.
    pub(super) fn following(curve: impl Fn(f64) -> f64, spell: f64) -> Self {
        let mut share: Vec<f64> =
            (0..STEPS).map(|step| curve(step as f64 * STEP_S).clamp(SHARES.0, SHARES.1)).collect();
        share.push(share[0]);
        let rates = share.windows(2).map(|ends| {
            let (change, mean) = (ends[1] - ends[0], 0.5 * (ends[0] + ends[1]));
            let leave = (STEP_S / spell.max(1.0)).max(-change / mean);
            (((change + leave * mean) / (1.0 - mean)).max(0.0), leave)
        });
        let (arrive, leave): (Vec<f64>, Vec<f64>) = rates.unzip();
        Self { share, arrive: Hazard::new(&arrive), leave: Hazard::new(&leave) }
    }

    /// Share of homes present, this many seconds after some midnight.
    pub(super) fn share(&self, secs: f64) -> f64 {
        let at = secs.rem_euclid(DAY_S) / STEP_S;
        let step = (at as usize).min(STEPS - 1);
        let (low, high) = (self.share[step], self.share[step + 1]);
        low + (high - low) * (at - step as f64)
    }

    /// The stays of `home` from `begin` on.
    pub(super) fn spells(&self, dice: &Draw, home: u32, begin: f64) -> Spells<'_> {
        let mut roll = dice.at(Site::Presence, home, 0);
        let present = roll.unit() < self.share(begin);
        Spells { presence: self, roll, at: begin, present }
    }
}

impl Iterator for Spells<'_> {
    type Item = (f64, f64);

    fn next(&mut self) -> Option<(f64, f64)> {
        if !self.present {
            self.at = self.presence.arrive.after(self.at, self.roll.exponential());
        }
        self.present = false;
        let from = self.at;
        self.at = self.presence.leave.after(from, self.roll.exponential());
        Some((from, self.at))
    }
}

/// Values of the slots of a day taken as those of their middles, linear in between.
fn between_middles(slots: &[f64], secs: f64) -> f64 {
    let count = slots.len().max(1);
    let at = (secs / DAY_S * count as f64 - 0.5).rem_euclid(count as f64);
    let slot = (at as usize).min(count - 1);
    let low = slots.get(slot).copied().unwrap_or(0.0);
    let high = slots.get((slot + 1) % count).copied().unwrap_or(0.0);
    low + (high - low) * (at - slot as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Homes present at a moment, by counting.
    fn counted(presence: &Presence, homes: u32, begin: f64, at: f64) -> f64 {
        let dice = Draw::new(11, 0);
        let there = (0..homes).filter(|home| {
            let mut spells = presence.spells(&dice, *home, begin);
            spells.find(|spell| spell.1 > at).is_some_and(|spell| spell.0 <= at)
        });
        there.count() as f64 / f64::from(homes)
    }

    #[test]
    fn the_share_present_follows_the_curve() {
        // Falls by night faster than stays of three hours end by themselves.
        let curve = |secs: f64| {
            let hour = (secs / 3600.0).rem_euclid(24.0);
            match hour {
                h if h < 1.0 => 0.85 - 0.75 * h,
                h if h < 7.0 => 0.1,
                h if h < 9.0 => 0.1 + 0.2 * (h - 7.0),
                h if h < 16.0 => 0.5,
                h if h < 20.0 => 0.5 + 0.0875 * (h - 16.0),
                _ => 0.85,
            }
        };
        let presence = Presence::following(curve, 3.0 * 3600.0);
        for step in 0..48 {
            let at = 86_400.0 + f64::from(step) * 1_800.0 + 600.0;
            let seen = counted(&presence, 20_000, -30_000.0, at);
            assert!((seen - curve(at)).abs() < 0.02, "{step}: {seen} {}", curve(at));
        }
    }

    #[test]
    fn stays_last_as_stated_while_the_curve_allows() {
        let presence = Presence::following(|_| 0.4, 5_000.0);
        let dice = Draw::new(2, 0);
        let mut spells = presence.spells(&dice, 0, 0.0);
        let mean =
            (0..20_000).filter_map(|_| spells.next()).map(|(from, to)| to - from).sum::<f64>()
                / 20_000.0;
        assert!((mean - 5_000.0).abs() < 4.0 * 5_000.0 / libm::sqrt(20_000.0), "{mean}");
    }

    #[test]
    fn shares_of_none_and_all_do_not_hang() {
        for share in [0.0, 1.0, f64::NAN] {
            let presence = Presence::following(|_| share, 0.0);
            let dice = Draw::new(2, 0);
            assert_eq!(presence.spells(&dice, 0, 0.0).take(10).count(), 10);
        }
    }
}
