//! The recursion in order of arrival, and the watch-only swarm that the engine plays beside it,
//! through the same viewers.

use std::collections::BTreeMap;

use super::swarm::{self, STREAM, Uplinks, value};
use crate::scenario::Loaded;
use crate::units::Time;
use crate::world::{Intent, World};

/// The swarm in which a viewing exchanges.
pub(super) type Swarm = fn(&World, &Intent) -> u64;

/// From when to when, and with which uplink in parts of the stream rate.
type Viewer = (Time, Time, f64);

/// What peers bring to viewers in order of arrival, with these uplinks, and how many viewers there
/// are; all in parts of the stream rate.
pub(super) fn chain(uplinks: impl Iterator<Item = f64>) -> (f64, f64) {
    let (mut spare, mut from_peers, mut viewers) = (0.0f64, 0.0, 0.0);
    for uplink in uplinks {
        let taken = spare.min(1.0);
        spare = spare - taken + uplink;
        from_peers += taken;
        viewers += 1.0;
    }
    (from_peers, viewers)
}

/// The recursion through the viewers of a world: seconds of play from peers, and of all play.
pub(super) fn followed(loaded: &Loaded, world: &World) -> (f64, f64) {
    followed_in(loaded, world, |_, _| 0)
}

/// The same with viewings that exchange only with others of the same swarm, by its number.
pub(super) fn followed_in(loaded: &Loaded, world: &World, swarm: Swarm) -> (f64, f64) {
    let permitted = loaded.scenario.device["box"].upload.permitted.ppm();
    let uplink = |home: usize| {
        let gives = world.homes.willing[home] < permitted;
        if gives { world.homes.up[home].0 as f64 / STREAM } else { 0.0 }
    };
    // Intents come in order of start: that of arrival.
    let mut swarms: BTreeMap<u64, Vec<Viewer>> = BTreeMap::new();
    for intent in &world.intents {
        let length = world.catalogue.segment.times(intent.segments.into());
        let viewer = (intent.start, intent.start + length, uplink(intent.home.0 as usize));
        swarms.entry(swarm(world, intent)).or_default().push(viewer);
    }
    let each = swarms.values().map(|viewers| in_one(world, viewers));
    each.fold((0.0, 0.0), |(some, all), (taken, played)| (some + taken, all + played))
}

/// The recursion through one swarm.
fn in_one(world: &World, viewers: &[Viewer]) -> (f64, f64) {
    let ends = viewers.iter().flat_map(|(from, to, _)| [*from, *to]);
    let mut moments: Vec<Time> =
        ends.chain([world.until]).map(|at| at.clamp(world.measure_from, world.until)).collect();
    moments.sort_unstable();
    let mut present: Vec<(Time, f64)> = Vec::new();
    let mut coming = viewers.iter().peekable();
    let (mut from_peers, mut played) = (0.0, 0.0);
    for between in moments.windows(2) {
        let (now, next) = (between[0], between[1]);
        while let Some((_, to, uplink)) = coming.next_if(|(from, ..)| *from <= now) {
            present.push((*to, *uplink));
        }
        present.retain(|(to, _)| *to > now);
        let (taken, all) = chain(present.iter().map(|(_, uplink)| *uplink));
        let span = next.since(now).as_secs_f64();
        from_peers += taken * span;
        played += all * span;
    }
    (from_peers, played)
}

/// What the engine made of a case.
pub(super) struct Played {
    /// Share of played bytes not sent by the origin.
    pub(super) saving: f64,
    /// The same in the recursion.
    pub(super) recursion: f64,
    /// Viewers at a time.
    pub(super) watchers: f64,
}

/// Plays an arm of the swarm with these uplinks and further keys.
///
/// # Errors
/// The problems of the scenario or of a run, in words.
pub(super) fn play(uplinks: &Uplinks, arm: &str, more: &[(&str, &str)]) -> Result<Played, String> {
    play_in(uplinks, arm, more, |_, _| 0)
}

/// The same with several swarms.
///
/// # Errors
/// As [`play`].
pub(super) fn play_in(
    uplinks: &Uplinks,
    arm: &str,
    more: &[(&str, &str)],
    swarm: Swarm,
) -> Result<Played, String> {
    let loaded = swarm::load(uplinks, more)?;
    let runs = swarm::runs(&loaded, arm)?;
    let (mut from_peers, mut all) = (0.0, 0.0);
    for replication in 0..loaded.scenario.run.replications {
        let world = World::build(&loaded.scenario, &loaded.tables, replication);
        let (taken, played) = followed_in(&loaded, &world, swarm);
        from_peers += taken;
        all += played;
    }
    let sum = |metric: &str| runs.iter().map(|run| value(run, metric)).sum::<f64>();
    let seconds = sum("played_hours") * 3_600.0;
    let simulated = loaded.scenario.run.length.as_secs_f64() * runs.len() as f64;
    Ok(Played {
        saving: 1.0 - sum("bytes_origin") / (seconds * STREAM / 8.0),
        recursion: from_peers / all,
        watchers: seconds / simulated,
    })
}
