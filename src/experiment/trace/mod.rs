//! One home of one run, followed: what came in, what it knew, what it decided, what its player did.

mod fact;
mod follow;

pub use fact::{Fact, Head, Lacks, Line, Origin, Sums, Title, UnderWay};

use super::Stopped;
use crate::engine::{Engine, never};
use crate::scenario::Loaded;
use crate::units::Time;
use crate::world::World;
use follow::{Follower, Interval};

/// Whom to follow, and when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Request {
    /// Index of the arm.
    pub arm: usize,
    /// Which replication; its world goes with it.
    pub replication: u32,
    /// The home, below the number of homes.
    pub home: u32,
    /// The first instant told, and the last; nothing later is simulated.
    pub from: Time,
    /// See `from`.
    pub to: Time,
}

/// Who the home of a request is.
pub fn head(loaded: &Loaded, world: &World, request: Request) -> Head {
    let (arm, homes, at) = (&loaded.arms[request.arm], &world.homes, request.home as usize);
    let device = arm.device.keys().nth(usize::from(homes.device[at]));
    let on = |marks: &[bool]| marks.get(at) == Some(&true);
    Head {
        home: request.home,
        arm: arm.name.clone(),
        replication: request.replication,
        seed: loaded.scenario.run.seed,
        isp: world.topology.isps[usize::from(homes.isp[at])].name.clone(),
        place: world.topology.places[usize::from(homes.place[at])].clone(),
        device: device.expect("invariant: homes have devices of the scenario").clone(),
        down_bps: homes.down[at].0,
        down_evening_bps: homes.down_evening[at].0,
        up_bps: homes.up[at].0,
        rung: homes.rung[at],
        rung_bps: world.catalogue.ladder[usize::from(homes.rung[at])].0,
        metered: on(&homes.metered),
        battery: on(&homes.battery),
        never_gives: never(world, at, arm).map(|why| why.name()),
    }
}

/// Plays a run up to the end of the request and tells what happens to its home, in order of time; the
/// last fact is [`Fact::Sums`]. `progress` hears of simulated time and events.
///
/// # Errors
/// When `progress` says true.
pub fn trace(
    loaded: &Loaded,
    world: &World,
    request: Request,
    tell: impl FnMut(Line),
    progress: impl FnMut(Time, u64) -> bool,
) -> Result<(), Stopped> {
    let Request { arm, replication, home, from, to } = request;
    let clock = loaded.scenario.run.start.0;
    let interval = Interval { from, to, clock };
    let mut follower = Follower::new(world, home, interval, tell, progress);
    if from == Time::ZERO {
        follower.begin(from);
    }
    let arm = &loaded.arms[arm];
    let ended = Engine::new(&loaded.scenario, world, arm, replication, &mut follower).run();
    if ended.is_some() && !follower.over {
        follower.end(to);
    }
    if follower.over { Ok(()) } else { Err(Stopped::Interrupted) }
}

#[cfg(test)]
mod tests;
