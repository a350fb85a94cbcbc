//! V5, sharpening: how likely a random population can stream to itself, and how this becomes a
//! threshold as populations grow.
//!
//! Viewers of two classes are in Poisson numbers `L_1` and `L_2`, as in a swarm with churn. All can
//! be served at r when `u_s + u_1 L_1 + u_2 L_2 ≥ r (L_1 + L_2)`. With r = 3, `u_1` = 7, `u_2` = 1 and
//! `u_s` = 18 the classes balance at a ratio of 1 to 2.

use super::pool::{self, Kind, Tally};
use super::{Effort, Finding, broken, compare};
use crate::world::World;

/// Rates in Mbit/s: the stream, uplinks of both classes, the server.
const STREAM: f64 = 3.0;
const UPLINKS: [f64; 2] = [7.0, 1.0];
const SERVER: f64 = 18.0;

/// Mean number of the second class at scale 1.
const SECOND: f64 = 50.0;

/// Mean number of the first class by that of the second.
const RATIOS: [f64; 4] = [0.45, 0.5, 0.55, 0.6];

/// Scales, and worlds drawn of each for the table.
const DRAWN: [(u32, u32); 4] = [(1, 4), (4, 4), (16, 2), (64, 1)];

/// Scales and populations that are played, at the first and the third ratio.
const PLAYED: [(u32, u32); 2] = [(1, 20), (4, 6)];

/// Warm-up and measured time in play.
const MINUTES: u32 = 3;

/// Standard errors that a share of drawn populations may be off, one population at least.
const ERRORS: f64 = 3.0;

/// What servers may send beyond need, as a part of all bytes. Set with 0.007 to 0.008 already measured:
/// it guards against getting worse, and is no prediction.
const PLAY_TOLERANCE: f64 = 0.015;

pub(super) fn run(effort: Effort, found: &mut dyn FnMut(Finding)) {
    // Populations in one world, a rung each, and by how much fewer are played.
    let (in_a_world, fewer, wider) =
        if effort == Effort::Full { (250, 1, 0.0) } else { (50, 4, 0.015) };
    for (scale, worlds) in DRAWN {
        for ratio in RATIOS {
            let worlds = if effort == Effort::Full { worlds } else { 1 };
            found(table_cell(scale, ratio, (worlds, in_a_world)));
        }
    }
    for (scale, populations) in PLAYED {
        for ratio in [RATIOS[0], RATIOS[2]] {
            found(play(scale, ratio, populations / fewer, PLAY_TOLERANCE + wider));
        }
    }
}

/// Chance that a population can be served, summed over both Poisson laws.
fn chance(scale: u32, ratio: f64) -> f64 {
    let second = SECOND * f64::from(scale);
    let first = ratio * second;
    // Beyond ten standard deviations lies nothing that counts.
    let most = |mean: f64| (mean + 10.0 * libm::sqrt(mean)) as u32 + 20;
    let law = |count: u32, mean: f64| {
        let count = f64::from(count);
        libm::exp(count * libm::log(mean) - mean - libm::lgamma(count + 1.0))
    };
    let spare =
        |count: u32| (SERVER + (UPLINKS[0] - STREAM) * f64::from(count)) / (STREAM - UPLINKS[1]);
    let (mut below, mut next, mut chance) = (0.0, 0u32, 0.0);
    for count in 0..most(first) {
        // All numbers of the second class that this many of the first can carry.
        while f64::from(next) <= spare(count) && next < most(second) {
            below += law(next, second);
            next += 1;
        }
        chance += law(count, first) * below;
    }
    chance
}

fn kinds(populations: u32, ratio: f64) -> Vec<Kind> {
    let shares = [ratio / (1.0 + ratio), 1.0 / (1.0 + ratio)];
    let of = |group| {
        [0, 1].map(|class| Kind {
            group,
            up: (UPLINKS[class] * 1e3) as u64,
            share: shares[class] / f64::from(populations),
        })
    };
    (0..populations).flat_map(of).collect()
}

/// Viewers in all of so many populations.
fn viewers(scale: u32, ratio: f64, populations: u32) -> u32 {
    (SECOND * (1.0 + ratio) * f64::from(scale * populations)) as u32
}

/// What the populations of a world need from a server, in Mbit/s; negative when uplinks have spare.
fn needs(world: &World, populations: u32) -> Vec<f64> {
    let mut needs = vec![0.0; populations as usize];
    for home in 0..world.homes.len() {
        needs[usize::from(world.homes.rung[home])] += STREAM - world.homes.up[home].0 as f64 / 1e6;
    }
    needs
}

fn share_met(needs: &[f64]) -> f64 {
    needs.iter().filter(|needed| **needed <= SERVER).count() as f64 / needs.len() as f64
}

/// A cell of the table, populations drawn as homes of worlds. Nobody watches in them.
fn table_cell(scale: u32, ratio: f64, (worlds, in_a_world): (u32, u32)) -> Finding {
    let populations = worlds * in_a_world;
    let expected = chance(scale, ratio);
    let error = libm::sqrt(expected * (1.0 - expected) / f64::from(populations));
    let tolerance = (ERRORS * error).max(1.5 / f64::from(populations));
    let mut keys = pool::rungs(in_a_world, (STREAM * 1e6) as u64);
    keys.extend(pool::only_homes(viewers(scale, ratio, in_a_world)));
    let loaded = match pool::load(&kinds(in_a_world, ratio), "", &keys) {
        Ok(loaded) => loaded,
        Err(why) => return broken("V5", expected, tolerance, &why),
    };
    let met = |replication| {
        let world = World::build(&loaded.scenario, &loaded.tables, replication);
        share_met(&needs(&world, in_a_world))
    };
    let got = (0..worlds).map(met).sum::<f64>() / f64::from(worlds);
    let note = format!(
        "{} viewers on average, {ratio} times as many with an uplink of 7 as with 1 Mbit/s, stream of \
         3, server of 18: share of {populations} populations drawn that can be served, against exact \
         sums",
        viewers(scale, ratio, 1)
    );
    compare("V5", expected, got, tolerance, note)
}

/// Populations in play, with a server that sends what is asked of it: what it sends beyond need.
fn play(scale: u32, ratio: f64, populations: u32, tolerance: f64) -> Finding {
    let played = || -> Result<(f64, f64, f64), String> {
        let mut keys = pool::rungs(populations, (STREAM * 1e6) as u64);
        keys.push(("run.homes", viewers(scale, ratio, populations).to_string()));
        keys.extend(pool::minutes(MINUTES));
        let loaded = pool::load(&kinds(populations, ratio), "", &keys)?;
        let world = World::build(&loaded.scenario, &loaded.tables, 0);
        let tally = Tally::play(&loaded, &world)?;
        let mut served = vec![0.0; populations as usize];
        for home in 0..world.homes.len() {
            let rate = tally.rate([tally.from_servers[home]].into_iter());
            served[usize::from(world.homes.rung[home])] += rate / 1e6;
        }
        let needs = needs(&world, populations);
        let beyond: f64 = served.iter().zip(&needs).map(|(got, need)| got - need.max(0.0)).sum();
        let all = STREAM * world.homes.len() as f64;
        Ok((share_met(&needs), share_met(&served), beyond / all))
    };
    match played() {
        Ok((by_bound, in_play, beyond)) => {
            let note = format!(
                "{} viewers on average, ratio {ratio}, {populations} populations in play: bytes that \
                 servers send beyond need, as a share of all. At most 18 Mbit/s are asked of a server \
                 in {in_play:.3} of them, by the bound in {by_bound:.3} (of all populations in {:.3})",
                viewers(scale, ratio, 1),
                chance(scale, ratio)
            );
            compare("V5", 0.0, beyond, tolerance, note)
        }
        Err(why) => broken("V5", 0.0, tolerance, &why),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chances_are_those_of_the_reference() {
        let table = [
            (1, [0.644, 0.780, 0.875, 0.935]),
            (4, [0.327, 0.649, 0.879, 0.972]),
            (16, [0.069, 0.576, 0.962, 1.000]),
            (64, [0.0005, 0.538, 0.9995, 1.000]),
        ];
        for (scale, row) in table {
            for (ratio, expected) in RATIOS.into_iter().zip(row) {
                let ours = chance(scale, ratio);
                assert!((ours - expected).abs() < 6e-4, "{scale} {ratio}: {ours} {expected}");
            }
        }
    }
}
