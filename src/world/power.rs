//! When boxes are powered around viewing: on and off in turn, from a stationary start.

use crate::rng::{Draw, Roll, Site};
use crate::scenario::{Scenario, Tables};
use crate::units::{Share, Span, Time};

use super::Homes;
use super::clock::Clock;
use super::laws::Law;

/// Draws of a home at [`Site::Power`].
const STANDBY: u32 = 0;
const TURNS: u32 = 1;

/// No turn is shorter, or a law that gives zeros would never reach the end.
const SHORTEST_S: f64 = 1.0;

/// For each home its times on. A home whose own number is not below its device's `standby` has
/// none: its box goes off with the picture.
pub(super) fn draw(
    scenario: &Scenario,
    tables: &Tables,
    dice: &Draw,
    clock: &Clock,
    homes: &Homes,
) -> Vec<Vec<(Time, Time)>> {
    let (on, off) = match &tables.box_on {
        Some(table) => (Law::measured(&table.on), Law::measured(&table.off)),
        None => (Law::new(&scenario.box_on.on), Law::new(&scenario.box_on.off)),
    };
    let standby: Vec<Share> = scenario.device.values().map(|device| device.standby).collect();
    let home = |(home, device): (usize, &u8)| {
        let standby = standby.get(usize::from(*device)).copied().unwrap_or_default();
        let at = |index| dice.at(Site::Power, home as u32, index);
        if at(STANDBY).chance(standby) {
            turns(&on, &off, clock.until, &mut at(TURNS))
        } else {
            Vec::new()
        }
    };
    homes.device.iter().enumerate().map(home).collect()
}

/// Times on from 0 to `until`. At 0 the box is on with the share of time it is on, and what is
/// left of that turn is drawn as seen at a random moment.
fn turns(on: &Law, off: &Law, until: Time, roll: &mut Roll) -> Vec<(Time, Time)> {
    let (mean_on, mean_off) = (on.mean(), off.mean());
    if mean_on <= 0.0 {
        return Vec::new();
    }
    if mean_off <= 0.0 {
        return vec![(Time::ZERO, until)];
    }
    let mut powered = roll.unit() * (mean_on + mean_off) < mean_on;
    let mut left = if powered { on } else { off }.draw_left(roll);
    let (mut now, mut times) = (Time::ZERO, Vec::new());
    while now < until {
        let end = (now + Span::from_secs_f64(left.max(SHORTEST_S))).min(until);
        if powered {
            times.push((now, end));
        }
        (now, powered) = (end, !powered);
        left = if powered { on } else { off }.draw(roll);
    }
    times
}
