//! A day of the service, played again: viewers come and go as they did, everything else is ours.

use std::collections::BTreeMap;
use std::path::Path;

use super::day::Day;
use super::links::Viewer;
use super::log::{Log, Outcome};
use super::round_trips::Region;
use crate::engine::Engine;
use crate::scenario::model::Channel;
use crate::scenario::tables::{SessionHome, SessionRow, SessionTable, Shown};
use crate::scenario::{self, Loaded};
use crate::units::Span;
use crate::world::World;

const TEXT: &str = include_str!("service.toml");

/// The arm in which several senders bring pieces of a segment.
pub(super) const IN_PIECES: &str = "pieces";

/// Names of the places, also those of the providers.
const PLACES: [(Region, u16); 3] =
    [(Region::Europe, 0), (Region::NorthAfrica, 1), (Region::NorthAmerica, 2)];

/// Plays `arm` with these keys set over the viewers of a day.
///
/// # Errors
/// What the scenario has against it, or the books of the run.
pub(super) fn play(day: &Day, arm: &str, sets: &[(&str, &str)]) -> Result<Outcome, String> {
    let sets: Vec<(String, String)> =
        sets.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
    let loaded = scenario::load_text(TEXT, Path::new("service.toml"), &sets);
    let loaded = with_viewers(loaded.map_err(|problems| problems.render(false))?, &day.viewers);
    let world = World::build(&loaded.scenario, &loaded.tables, 0);
    let plan = loaded.arms.iter().find(|plan| plan.name == arm);
    let plan = plan.ok_or_else(|| format!("no arm {arm}"))?;
    let mut log = Log::new(&world, arm != IN_PIECES);
    let audit = Engine::new(&loaded.scenario, &world, plan, 0, &mut log).run();
    let audit = audit.expect("invariant: nobody stops it");
    if let Some(fault) = audit.faults.first() {
        return Err(format!("the books do not agree: {fault}"));
    }
    Ok(log.close(day))
}

/// The scenario with a home for each viewer and a channel for each swarm.
fn with_viewers(mut loaded: Loaded, viewers: &[Viewer]) -> Loaded {
    let mut swarms: BTreeMap<u32, u16> = BTreeMap::new();
    for viewer in viewers {
        let next = swarms.len() as u16;
        swarms.entry(viewer.swarm).or_insert(next);
    }
    let channel = loaded.scenario.channel[0].clone();
    let named = |at: usize| Channel { name: format!("swarm-{at}"), ..channel.clone() };
    loaded.scenario.channel = (0..swarms.len()).map(named).collect();
    loaded.scenario.run.homes = viewers.len() as u32;
    let homes = viewers.iter().map(|viewer| {
        let place = PLACES.iter().find(|(region, _)| viewer.region == Some(*region));
        let at = place.map_or(0, |(_, at)| *at);
        SessionHome { isp: Some(at as u8), place: Some(at), ..SessionHome::default() }
    });
    let rows = viewers.iter().zip(0..).map(|(viewer, home)| SessionRow {
        home,
        start: (viewer.first * 1e9) as i64,
        length: Span::from_secs_f64(viewer.present()),
        shown: Shown::Channel(swarms[&viewer.swarm]),
    });
    loaded.tables.sessions = Some(SessionTable { homes: homes.collect(), rows: rows.collect() });
    loaded
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Thirty viewers of one swarm who come within five minutes and stay for twenty.
    fn crowd() -> Day {
        let viewer = |at: u32| {
            let first = 3_600.0 + 10.0 * f64::from(at);
            let region = Some(PLACES[at as usize % 3].0);
            Viewer { region, swarm: 3, first, last: first + 1_200.0 }
        };
        Day { viewers: (0..30).map(viewer).collect(), links: Vec::new() }
    }

    const SHORT: [(&str, &str); 4] = [
        ("run.start", "00:50"),
        ("run.length", "40 min"),
        ("run.peak", "{ from = \"01:10\", to = \"01:20\" }"),
        ("run.bin", "10 min"),
    ];

    #[test]
    fn viewers_exchange_unless_nobody_can_send() {
        let played = |arm: &str, more: &[(&str, &str)]| {
            play(&crowd(), arm, &[&SHORT[..], more].concat()).unwrap().day.facts()
        };
        let usual = played("hybrid", &[("directory.list", "20")]);
        assert!(usual.share > 0.05 && usual.share < 1.0 && usual.seen > 10, "{usual:?}");
        assert!(usual.segments[0] > 1.0 && usual.life[1] <= 20.0, "{usual:?}");
        let nobody = [("isp.0.able", "0.0"), ("isp.1.able", "0.0"), ("isp.2.able", "0.0")];
        assert_eq!(played("hybrid", &nobody).seen, 0);
        assert_eq!(played("cdn-only", &[]).seen, 0);
    }

    #[test]
    fn what_is_wrong_is_told() {
        assert!(play(&crowd(), "hybird", &SHORT).unwrap_err().contains("no arm hybird"));
        assert!(play(&crowd(), "hybrid", &[("mesh.links", "0")]).unwrap_err().contains("S0202"));
    }
}
