//! V2: watch-only swarms in the engine, against the closed form for a Poisson number of viewers.
//!
//! Viewers of one title come at random and stay for any law of lengths, so that there are a Poisson
//! number of them, of mean c (M/G/∞). The first of those present asks the server, each other can be
//! served by the one before it with uplink u of stream rate r: the server is spared
//! `G(c) = min(u / r, 1) (c + e^−c − 1) / c` of what is played.
//!
//! Who comes is chance: with c = 1, days of play differ by tenths. The same recursion through the
//! very viewers that are played says by how much, and that is taken off what the engine gives. That
//! drawn viewers obey G by themselves, whatever the law of their lengths, is a finding of its own
//! over many more of them.

use rayon::prelude::*;

use super::recursion::{Played, followed, play};
use super::swarm;
use super::{Effort, Finding, broken, compare};
use crate::world::World;

/// Mean numbers of viewers.
const WATCHERS: [f64; 7] = [0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0];

/// Mean time that viewers stay, in seconds.
const STAY_S: f64 = 1_800.0;

/// Laws of that mean: their names and how a scenario says them.
const LAWS: [(&str, &str); 3] = [
    ("exponential", r#"{ exponential = { mean = "30 min" } }"#),
    ("lognormal", r#"{ lognormal = { median = "15 min", mean = "30 min" } }"#),
    ("Weibull", r#"{ weibull = { shape = 0.6, mean = "30 min" } }"#),
];

const HOMES: f64 = 4_000.0;

/// One transfer from one peer at a time: nobody takes two uplinks. Others wait for what they can get.
pub(super) const ORACLE: &str =
    r#"{ oracle = { ahead = "120 s", high_demand = "10 s", p2p_parallel = 1 } }"#;

/// Uplink as a part of the stream rate: an instant idles between two requests.
pub(super) const UPLINK: f64 = 1.05;

/// Uplink of the case in deficit, and its mean number of viewers.
const DEFICIT: (f64, f64) = (0.6, 20.0);

/// What the engine may be off.
const TOLERANCE: f64 = 0.02;

/// What drawn viewers may be off: some three standard errors where c is 0.5.
const DRAWN_TOLERANCE: f64 = 0.01;

/// `hybrid` is shown up to this mean number of viewers; it is much more work.
const SHOWN: f64 = 20.0;

pub(super) fn run(effort: Effort, found: &mut dyn FnMut(Finding)) {
    for (at, (name, law)) in LAWS.into_iter().enumerate() {
        for watchers in WATCHERS {
            let case = Case { watchers, uplink: UPLINK, name, law, effort };
            found(case.finding(at == 0 && watchers <= SHOWN));
        }
    }
    let (name, law) = LAWS[0];
    let (uplink, watchers) = DEFICIT;
    found(Case { watchers, uplink, name, law, effort }.finding(true));
    for (name, law) in LAWS {
        found(drawn(name, law, effort));
    }
}

/// Part of the stream that the server is spared.
pub(super) fn spared(watchers: f64, uplink: f64) -> f64 {
    uplink.min(1.0) * (watchers + libm::exp(-watchers) - 1.0) / watchers
}

struct Case {
    watchers: f64,
    uplink: f64,
    name: &'static str,
    law: &'static str,
    effort: Effort,
}

impl Case {
    /// Plays the oracle, and `hybrid` for the note when it is shown.
    fn finding(&self, shown: bool) -> Finding {
        let expected = spared(self.watchers, self.uplink);
        let tolerance = TOLERANCE + if self.effort == Effort::Quick { 0.03 } else { 0.0 };
        let gap = match shown.then(|| self.play("hybrid")) {
            None => String::new(),
            Some(Ok(played)) => format!("; hybrid {:.3}", self.without_chance(&played)),
            Some(Err(why)) => return broken("V2", expected, tolerance, &why),
        };
        match self.play("oracle") {
            Ok(played) => {
                let note = format!(
                    "one title, {} viewers on average, {} lengths, uplinks of {} of the stream rate: \
                     share of played bytes not sent by the origin, scheduler oracle, against the \
                     closed form (played {:.3} with the {:.1} viewers that came, for whom the law \
                     gives {:.3}{gap})",
                    self.watchers,
                    self.name,
                    self.uplink,
                    played.saving,
                    played.watchers,
                    played.recursion
                );
                compare("V2", expected, self.without_chance(&played), tolerance, note)
            }
            Err(why) => broken("V2", expected, tolerance, &why),
        }
    }

    /// What was saved, had the very viewers of the run been average.
    fn without_chance(&self, played: &Played) -> f64 {
        played.saving - played.recursion + spared(self.watchers, self.uplink)
    }

    fn play(&self, arm: &str) -> Result<Played, String> {
        // Few viewers need many hours until there has been any number of them.
        let hours = (100.0 / self.watchers).clamp(4.0, 100.0);
        let (warm_up, hours, replications) = match (self.effort, arm) {
            (Effort::Quick, _) => ("3 h", (hours / 2.0).max(4.0), 2),
            (Effort::Full, "hybrid") => ("3 h", hours, 2),
            (Effort::Full, _) => ("3 h", hours, 5),
        };
        let length = format!("{} h", libm::ceil(hours));
        let keys = self.keys(warm_up, length, replications);
        let keys: Vec<(&str, &str)> = keys.iter().map(|(key, value)| (*key, &value[..])).collect();
        play(&[(self.uplink, 1.0)], arm, &keys)
    }

    fn keys(
        &self,
        warm_up: &str,
        length: String,
        replications: u32,
    ) -> Vec<(&'static str, String)> {
        let starts = self.watchers / HOMES * 86_400.0 / STAY_S;
        let [from, to] = if warm_up == "1 h" { ["01:00", "02:00"] } else { ["05:00", "06:00"] };
        vec![
            ("run.peak.from", from.to_owned()),
            ("run.peak.to", to.to_owned()),
            ("run.homes", HOMES.to_string()),
            ("run.warm_up", warm_up.to_owned()),
            ("run.length", length),
            ("run.replications", replications.to_string()),
            // The title is watched again and again; memory keeps nothing of it.
            ("demand.rewatch", "1.0".to_owned()),
            ("demand.sessions_per_home_day", starts.to_string()),
            ("demand.length", self.law.to_owned()),
            ("arm.oracle.scheduler", ORACLE.to_owned()),
        ]
    }

    /// How far the law through so many drawn viewers is from the closed form.
    fn off(&self, viewings: f64, worlds: u32) -> Result<f64, String> {
        let hours = viewings / f64::from(worlds) * STAY_S / 3_600.0 / self.watchers;
        let keys = self.keys("1 h", format!("{} h", libm::ceil(hours)), worlds);
        let keys: Vec<(&str, &str)> = keys.iter().map(|(key, value)| (*key, &value[..])).collect();
        let loaded = swarm::load(&[(self.uplink, 1.0)], &keys)?;
        let one = |replication| {
            followed(&loaded, &World::build(&loaded.scenario, &loaded.tables, replication))
        };
        // In order, so that sums do not depend on threads.
        let each: Vec<(f64, f64)> = (0..worlds).into_par_iter().map(one).collect();
        let (from_peers, played) =
            each.iter().fold((0.0, 0.0), |(some, all), (from, of)| (some + from, all + of));
        Ok((from_peers / played - spared(self.watchers, self.uplink)).abs())
    }
}

/// The law through drawn viewers alone, nothing played.
fn drawn(name: &'static str, law: &'static str, effort: Effort) -> Finding {
    let (viewings, worlds, wider) = match effort {
        Effort::Full => (200_000.0, 40, 0.0),
        Effort::Quick => (5_000.0, 4, 0.05),
    };
    let tolerance = DRAWN_TOLERANCE + wider;
    let off: Result<Vec<f64>, String> = WATCHERS
        .into_iter()
        .map(|watchers| Case { watchers, uplink: UPLINK, name, law, effort }.off(viewings, worlds))
        .collect();
    match off {
        Ok(off) => {
            let note = format!(
                "{viewings} viewers drawn for each of those numbers, {name} lengths, nothing played: \
                 largest difference between the law through them and the closed form"
            );
            compare("V2", 0.0, off.into_iter().fold(0.0, f64::max), tolerance, note)
        }
        Err(why) => broken("V2", 0.0, tolerance, &why),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_closed_form_gives_the_reference_values() {
        let values = [0.213, 0.368, 0.568, 0.801, 0.900, 0.950, 0.980];
        for (watchers, value) in WATCHERS.into_iter().zip(values) {
            let ours = spared(watchers, UPLINK);
            assert!((ours - value).abs() < 1e-3, "{watchers}: {ours} against {value}");
        }
        assert!((spared(DEFICIT.1, DEFICIT.0) - 0.570).abs() < 1e-3);
    }

    /// So the number of viewers does not run down as homes have seen the title.
    #[test]
    fn homes_watch_again() {
        let (name, law) = LAWS[2];
        let case = Case { watchers: 20.0, uplink: 1.05, name, law, effort: Effort::Quick };
        let keys = case.keys("1 h", "60 h".to_owned(), 1);
        let keys: Vec<(&str, &str)> = keys.iter().map(|(key, value)| (*key, &value[..])).collect();
        let loaded = swarm::load(&[(1.05, 1.0)], &keys).unwrap();
        let world = World::build(&loaded.scenario, &loaded.tables, 0);
        let late = world
            .intents
            .iter()
            .filter(|intent| intent.start.since(world.measure_from).as_secs_f64() > 30.0 * 3_600.0);
        let hourly = late.count() as f64 / 30.0;
        assert!((hourly - 40.0).abs() < 6.0, "{hourly} an hour");
    }
}
