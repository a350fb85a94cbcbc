//! A swarm in which nearly every home can send what any other watches, under open knobs, for
//! experiments to play, and what is counted in it.

use std::fmt::Write;
use std::path::Path;

use crate::engine::Engine;
use crate::engine::observe::{Delivery, Moment, Observer};
use crate::peer::{Item, Note, Refusal};
use crate::scenario::{self, Loaded};
use crate::units::{Bytes, Time};
use crate::world::World;

const TEXT: &str = include_str!("pool.toml");

/// Downstream rate of the first group of homes and the step to the next, in bit/s: it decides which
/// rung a group plays, see [`rungs`].
const DOWN: u64 = 100_000_000;
const DOWN_STEP: u64 = 1_000;

/// A kind of line: the group of its homes, its uplink in kbit/s, its share of homes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Kind {
    pub(super) group: u32,
    pub(super) up: u64,
    pub(super) share: f64,
}

/// Further keys and their values.
pub(super) type Keys = Vec<(&'static str, String)>;

/// The pool with these lines, further text and further keys.
///
/// # Errors
/// The problems of the scenario, in words.
pub(super) fn load(kinds: &[Kind], text: &str, keys: &Keys) -> Result<Loaded, String> {
    let (mut lines, mut shares) = (String::new(), String::from("\n[isp.lines]\n"));
    for (at, Kind { group, up, share }) in kinds.iter().enumerate() {
        // Half a step more, so that rounding moves nobody to another rung.
        let down = DOWN + DOWN_STEP * u64::from(*group) + DOWN_STEP / 2;
        write!(
            lines,
            "\n[line.k{at}]\ndown = [\"{down} bit/s\", \"{down} bit/s\"]\n\
             up = [\"{up} kbit/s\", \"{up} kbit/s\"]\nrtt = [\"2 ms\", \"2 ms\"]\n"
        )
        .and_then(|()| writeln!(shares, "k{at} = {share:.9}"))
        .expect("invariant: a text takes all");
    }
    let sets: Vec<(String, String)> =
        keys.iter().map(|(key, value)| ((*key).to_owned(), value.clone())).collect();
    scenario::load_text(&format!("{TEXT}{shares}{lines}{text}"), Path::new("pool.toml"), &sets)
        .map_err(|problems| problems.render(false))
}

/// Keys by which each of `groups` groups of homes plays a rung of its own, of `rate` bit/s and 0.001 %
/// more for each group before it: peers exchange items, so groups cannot help each other.
pub(super) fn rungs(groups: u32, rate: u64) -> Keys {
    let step = DOWN_STEP * rate / DOWN;
    let rung = |group| format!("\"{} bit/s\"", rate + step * u64::from(group));
    let ladder: Vec<String> = (0..groups).map(rung).collect();
    let headroom = rate as f64 / DOWN as f64;
    vec![
        ("video.ladder", format!("[{}]", ladder.join(", "))),
        ("video.headroom", headroom.to_string()),
    ]
}

/// Keys for so many minutes of warm-up and as many measured; at most 10, as titles end.
pub(super) fn minutes(count: u32) -> Keys {
    let from = |minute: u32| format!("06:{minute:02}");
    vec![
        ("run.warm_up", format!("{count} min")),
        ("run.length", format!("{count} min")),
        ("run.peak.from", from(5 + count)),
        ("run.peak.to", from(6 + count)),
    ]
}

/// What each home got in the measured time.
#[derive(Debug)]
pub(super) struct Tally {
    from: Time,
    /// Measured seconds.
    pub(super) secs: f64,
    /// Bytes from servers, by home.
    pub(super) from_servers: Vec<u64>,
    /// Bytes from peers, by home.
    pub(super) from_peers: Vec<u64>,
    /// Segments played, by home.
    pub(super) played: Vec<u32>,
}

impl Tally {
    /// Plays the arm `oracle` of replication 0.
    ///
    /// # Errors
    /// When the audit of the run finds something.
    pub(super) fn play(loaded: &Loaded, world: &World) -> Result<Self, String> {
        let arm = loaded.arms.iter().find(|arm| arm.name == "oracle");
        let arm = arm.ok_or("the pool has no arm `oracle`")?;
        let homes = world.homes.len();
        let mut tally = Self {
            from: world.measure_from,
            secs: world.until.since(world.measure_from).as_secs_f64(),
            from_servers: vec![0; homes],
            from_peers: vec![0; homes],
            played: vec![0; homes],
        };
        let audit = Engine::new(&loaded.scenario, world, arm, 0, &mut tally).run();
        match audit.expect("invariant: a tally stops nothing").faults.first() {
            Some(fault) => Err(fault.clone()),
            None => Ok(tally),
        }
    }

    /// Mean rate in bit/s at which a part of the homes got bytes.
    pub(super) fn rate(&self, bytes: impl Iterator<Item = u64>) -> f64 {
        bytes.sum::<u64>() as f64 * 8.0 / self.secs
    }
}

impl Observer for Tally {
    fn delivered(&mut self, at: Time, delivery: Delivery) {
        // What came before a moment is reported at that moment at the latest.
        if at > self.from {
            let by_home =
                if delivery.via.is_peer() { &mut self.from_peers } else { &mut self.from_servers };
            by_home[delivery.home as usize] += delivery.bytes.0;
        }
    }

    fn obtained(&mut self, _: Time, _: u32, _: Item, _: u16) {}

    fn viewing(&mut self, at: Time, home: u32, moment: Moment, _: Bytes) {
        if let Moment::Player(Note::Played { .. }, _) = moment
            && at > self.from
        {
            self.played[home as usize] += 1;
        }
    }

    fn refused(&mut self, _: Time, _: Refusal) {}

    fn control(&mut self, _: Time, _: Bytes) {}

    fn bin(&mut self, _: Time, _: Bytes) {}

    fn checkpoint(&mut self, _: Time, _: u64) -> bool {
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::world::Homes;

    fn world(kinds: &[Kind], keys: &Keys) -> (Loaded, World) {
        let loaded = load(kinds, "", keys).unwrap();
        let world = World::build(&loaded.scenario, &loaded.tables, 0);
        (loaded, world)
    }

    #[test]
    fn groups_play_a_rung_of_their_own() {
        for rate in [1_000_000, 3_000_000] {
            let kinds: Vec<Kind> = (0..250)
                .map(|group| Kind { group, up: 100 + u64::from(group), share: 0.004 })
                .collect();
            let mut keys = rungs(250, rate);
            keys.push(("run.homes", "2_000".to_owned()));
            let (loaded, world) = world(&kinds, &keys);
            for home in 0..world.homes.len() {
                let group = world.homes.up[home].0 / 1_000 - 100;
                assert_eq!(u64::from(world.homes.rung[home]), group);
                assert!(loaded.scenario.video.ladder[group as usize].0 <= rate + rate / 400);
            }
        }
    }

    #[test]
    fn homes_alone_are_those_of_the_world() {
        let kinds = [0, 1].map(|group| Kind { group, up: 500 + u64::from(group), share: 0.5 });
        let mut keys = rungs(2, 1_000_000);
        keys.push(("run.homes", "200".to_owned()));
        let (loaded, _) = world(&kinds, &keys);
        for replication in 0..3 {
            let world = World::build(&loaded.scenario, &loaded.tables, replication);
            let alone = Homes::build(&loaded.scenario, &loaded.tables, replication);
            assert_eq!(format!("{alone:?}"), format!("{:?}", world.homes));
        }
    }

    /// All watch at every moment, and hold nearly all that anybody watches but their own title.
    #[test]
    fn everybody_watches_and_holds_the_rest() {
        let mut keys = minutes(10);
        keys.push(("run.homes", "300".to_owned()));
        let (_, world) = world(&[Kind { group: 0, up: 1_000, share: 1.0 }], &keys);
        let mut watching = vec![None; 300];
        for intent in &world.intents {
            let length = world.catalogue.segment.times(intent.segments.into());
            if intent.start <= world.measure_from && intent.start + length >= world.until {
                watching[intent.home.0 as usize] = Some(intent.title);
            }
        }
        let there = watching.iter().flatten().count();
        assert!(there >= 295, "{there}");
        let holds = |home: usize, title| world.history[home].iter().any(|past| past.title == title);
        let (mut pairs, mut held) = (0, 0);
        for title in watching.iter().flatten() {
            for other in (0..300).filter(|other| watching[*other] != Some(*title)) {
                pairs += 1;
                held += u32::from(holds(other, *title));
            }
        }
        assert!(f64::from(held) > 0.9 * f64::from(pairs), "{held} of {pairs}");
    }
}
