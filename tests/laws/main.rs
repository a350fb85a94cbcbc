//! Laws that no run may break, whatever the scenario: they come out, they are not put in.

mod adapting;
mod connections;
mod corrupt;
mod extremes;
mod giving;
mod ledgers;
mod meeting;
mod pairs;
mod random;
mod refused;
mod steady;
mod tables;
mod ways;
mod witness;

use std::collections::BTreeMap;
use std::path::Path;

use offpeak::engine::Engine;
use offpeak::metrics::Collector;
use offpeak::metrics::tables::{RunTables, Window};
use offpeak::results::{Experiment, Run, Setting, derive};
use offpeak::scenario::{ArmPlan, Loaded, load};
use offpeak::units::Time;
use offpeak::world::World;
use witness::{Press, Witness};

/// Many viewers in ten minutes, nothing before: every law holds from the first byte on.
const SHORT: [(&str, &str); 6] = [
    ("run.homes", "60"),
    ("run.warm_up", "0 s"),
    ("run.length", "10 min"),
    ("run.peak", "{ from = \"19:55\", to = \"20:00\" }"),
    ("run.history", "0 s"),
    ("demand.sessions_per_home_day", "120"),
];

/// A scenario of `scenarios/small` with some of its keys set.
fn small(file: &str, sets: &[(&str, &str)]) -> Loaded {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/small").join(file);
    let sets: Vec<(String, String)> =
        sets.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
    load(&path, &sets).unwrap_or_else(|problems| panic!("{file} with {sets:?}: {problems:?}"))
}

/// As [`small`] on top of [`SHORT`].
fn short(file: &str, sets: &[(&str, &str)]) -> Loaded {
    small(file, &[&SHORT[..], sets].concat())
}

/// What one run left.
struct Played {
    arm: String,
    tables: RunTables,
    pressed: Vec<Press>,
}

impl Played {
    fn value(&self, window: Window, metric: &str) -> f64 {
        let row = self.tables.summary.iter().find(|r| r.window == window && r.metric == metric);
        row.unwrap_or_else(|| panic!("no metric {metric}")).value.unwrap_or(f64::NAN)
    }

    fn all(&self, metric: &str) -> f64 {
        self.value(Window::All, metric)
    }
}

/// Plays one arm under the eyes of a witness; broken laws are the error.
fn play(loaded: &Loaded, world: &World, arm: &ArmPlan, rep: u32) -> Result<Played, String> {
    let scenario = &loaded.scenario;
    let collector = Collector::new(scenario, world, arm, |_: Time, _: u64| false);
    let mut witness = Witness::new(world, arm, scenario.run.bin, collector);
    let audit = Engine::new(scenario, world, arm, rep, &mut witness).run().expect("not stopped");
    let refused = witness.refused.clone();
    let (collector, pressed, broken) = witness.close();
    let (tables, counted) = collector.finish();
    let faults: Vec<String> = audit.faults.into_iter().chain(broken).chain(counted).collect();
    let played = Played { arm: arm.name.clone(), tables, pressed };
    let faults = faults.into_iter().chain(sums_agree(&played));
    let faults: Vec<String> = faults.chain(refusals_agree(&played, &refused)).take(8).collect();
    if faults.is_empty() {
        return Ok(played);
    }
    let (seed, arm) = (scenario.run.seed, &arm.name);
    Err(format!("arm {arm}, seed {seed}, replication {rep}:\n  {}", faults.join("\n  ")))
}

/// Plays all arms of a replication, baseline first, and holds them against each other too.
fn play_all(loaded: &Loaded, rep: u32) -> Result<Vec<Played>, String> {
    let world = World::build(&loaded.scenario, &loaded.tables, rep);
    let runs: Result<Vec<Played>, String> =
        loaded.arms.iter().map(|arm| play(loaded, &world, arm, rep)).collect();
    let runs = runs?;
    let seed = loaded.scenario.run.seed;
    for run in &runs {
        // A player that adapts may begin at another rung.
        let seen = |run: &Played| -> Vec<(Time, u32, u32)> {
            run.pressed.iter().map(|(at, home, item)| (*at, *home, item.title)).collect()
        };
        if seen(run) != seen(&runs[0]) {
            return Err(format!("seed {seed}, arm {}: other viewers than the baseline", run.arm));
        }
        if run.all("sessions") as usize != run.pressed.len() && world.measure_from == Time::ZERO {
            return Err(format!("seed {seed}, arm {}: sessions are lost", run.arm));
        }
    }
    none_above_attainable(loaded, &runs, rep)?;
    Ok(runs)
}

/// [`play_all`] for laws that need no more than to be checked.
fn hold(what: &str, loaded: &Loaded) -> Vec<Played> {
    play_all(loaded, 0).unwrap_or_else(|broken| panic!("{what}: {broken}"))
}

fn none_above_attainable(loaded: &Loaded, runs: &[Played], rep: u32) -> Result<(), String> {
    let arms = runs.iter().map(|run| run.arm.clone()).collect();
    let as_run =
        |run: &Played| Run { arm: run.arm.clone(), replication: rep, tables: run.tables.clone() };
    let experiment = Experiment {
        setting: Setting::new(&loaded.scenario, arms),
        scenario_text: loaded.text.clone(),
        resolved_text: loaded.resolved(),
        runs: runs.iter().map(as_run).collect(),
    };
    let rows = derive(&experiment);
    for of in rows.iter().filter(|of| of.row.metric == "offload_origin") {
        let bound = rows.iter().find(|other| {
            (other.arm == of.arm && other.row.window == of.row.window)
                && other.row.metric == "attainable_origin"
        });
        let bound = bound.expect("every run has its bound").row.value;
        if let (Some(got), Some(most)) = (of.row.value, bound)
            && got > most + 1e-9
        {
            let (seed, arm) = (loaded.scenario.run.seed, &of.arm);
            return Err(format!("seed {seed}, arm {arm}: {got} of at most {most} attained"));
        }
    }
    Ok(())
}

/// Refusals in the tables are those that were seen, each with its reason.
fn refusals_agree(run: &Played, seen: &BTreeMap<&'static str, u64>) -> Vec<String> {
    let rows = run.tables.causes.iter().filter(|row| row.window == Window::All);
    let rows = rows.filter(|row| row.what == "refused_uploads");
    let counted: BTreeMap<&str, u64> =
        rows.map(|row| (&*row.cause, row.value.unwrap_or(0.0) as u64)).collect();
    let unlike = |(why, count): (&&str, &u64)| {
        let got = counted.get(*why).copied().unwrap_or(0);
        (got != *count).then(|| format!("{count} refused, {why}, but {got} counted"))
    };
    let (all, sum): (u64, u64) = (counted.values().sum(), seen.values().sum());
    let lost = (all != sum).then(|| format!("{sum} refused in all, but {all} counted"));
    seen.iter().filter_map(unlike).chain(lost).collect()
}

/// Parts add up to their wholes, in every window and over the series.
fn sums_agree(run: &Played) -> Vec<String> {
    let mut faults = Vec::new();
    let mut same = |what: &str, a: f64, b: f64| {
        if (a - b).abs() > 1e-6 * a.abs().max(1.0) {
            faults.push(format!("{what}: {a} is not {b}"));
        }
    };
    for window in [Window::All, Window::Peak] {
        let value = |metric| run.value(window, metric);
        let causes = |what| {
            let rows = run.tables.causes.iter().filter(|r| r.window == window && r.what == what);
            rows.filter_map(|row| row.value).sum::<f64>()
        };
        let cdn = value("bytes_appliance") + value("bytes_exchange") + value("bytes_origin");
        let peers = value("bytes_peer_pop") + value("bytes_peer_isp") + value("bytes_peer_other");
        same("causes of CDN bytes", causes("cdn_bytes"), cdn);
        same("causes of CDN tiers", causes("cdn_tier_bytes"), cdn);
        same("causes of stalls", causes("stalled_s"), value("stalled_hours") * 3600.0);
        let matrix = run.tables.isp_matrix.iter().filter(|row| row.window == window);
        same("bytes between providers", matrix.map(|r| r.bytes as f64).sum(), peers);
        if cdn + peers > 0.0 {
            same("share of peers", value("p2p_share") * (cdn + peers), peers);
        }
        let crossing = value("bytes_exchange") + value("bytes_origin") + value("bytes_peer_other");
        same("interconnect", value("bytes_interconnect"), crossing);
        for (what, got, expected) in borders(run, window) {
            same(what, got, expected);
        }
    }
    let net = run.tables.stakeholders.iter().filter_map(|row| row.net);
    same("what all stakeholders have", net.sum(), 0.0);
    let series: u64 = run.tables.links_series.iter().map(|row| row.bytes).sum();
    let links = run.tables.links.iter().filter(|row| row.window == Window::All);
    same("links over bins", series as f64, links.map(|row| row.bytes as f64).sum());
    for row in run.tables.causes.iter().filter(|row| row.window == Window::All) {
        let hours = run.tables.causes_by_hour.iter();
        let hours = hours.filter(|hour| hour.what == row.what && hour.cause == row.cause);
        let sum: f64 = hours.filter_map(|hour| hour.value).sum();
        same(
            &format!("{} by hour, {}", row.what, row.cause),
            sum,
            row.value.unwrap_or(f64::INFINITY),
        );
    }
    let empty = run.tables.causes_by_hour.iter().find(|hour| !hour.value.is_some_and(|v| v > 0.0));
    if let Some(row) = empty {
        same(&format!("{} at {} s, {}", row.what, row.t_s, row.cause), 0.0, f64::INFINITY);
    }
    for metric in [
        "bytes_own_cache",
        "bytes_played",
        "bytes_peer_pop",
        "bytes_origin",
        "played_hours",
        "stalled_hours",
    ] {
        let bins = run.tables.series.iter().filter(|row| row.metric == metric);
        same(metric, bins.filter_map(|row| row.value).sum(), run.all(metric));
    }
    faults.extend(ledgers::agree(run));
    faults
}

/// What crosses links and boundaries, as links say and as sources do.
fn borders(run: &Played, window: Window) -> Vec<(&'static str, f64, f64)> {
    let value = |metric| run.value(window, metric);
    let links = |kinds: &[&str], direction: &str| -> f64 {
        let rows = run.tables.links.iter().filter(|row| row.window == window);
        let rows = rows.filter(|row| kinds.contains(&&*row.kind) && row.direction == direction);
        rows.map(|row| row.bytes as f64).sum()
    };
    let boundary = |name: &str| -> f64 {
        let mut rows = run.tables.boundaries.iter().filter(|row| row.window == window);
        rows.find(|row| row.boundary == name).expect("a boundary").bytes as f64
    };
    let ways = ["interconnect", "to_cdn", "to_peers"];
    let classes = ["settlement_free", "paid_peering", "transit"].map(boundary);
    let pop = boundary("home") - value("bytes_peer_pop");
    let isp = pop - value("bytes_peer_isp");
    vec![
        ("into providers", links(&ways, "down"), value("bytes_interconnect")),
        ("out of providers", links(&ways, "up"), value("bytes_peer_other")),
        ("from appliances", links(&["appliance"], "down"), value("bytes_appliance")),
        ("from the exchange", links(&["exchange"], "down"), value("bytes_exchange")),
        ("from the origin", links(&["origin"], "down"), value("bytes_origin")),
        ("aggregations", links(&["aggregation"], "down"), boundary("turn_around")),
        ("into places", boundary("pop"), pop),
        ("into homes of a provider", boundary("isp"), isp),
        ("across interconnects", boundary("interconnect"), isp - boundary("embedded")),
        ("by class", classes.iter().sum(), boundary("interconnect")),
    ]
}

#[test]
fn every_small_scenario_keeps_the_laws_for_every_scheduler() {
    for file in [
        "no-uplink.toml",
        "one-title.toml",
        "refused.toml",
        "sticks-without-storage.toml",
        "tight-interconnect.toml",
        "tiny-cache.toml",
        "two-providers.toml",
    ] {
        let mut shares = Vec::new();
        for seed in 1..4 {
            // With a day behind it everybody has all of the one title.
            let history = if seed == 3 && file != "one-title.toml" { "1 d" } else { "0 s" };
            let sets = [("run.seed", seed.to_string()), ("run.history", history.to_owned())];
            let sets: Vec<(&str, &str)> = sets.iter().map(|(k, v)| (*k, v.as_str())).collect();
            let runs = hold(file, &short(file, &sets));
            // What holds of nothing proves nothing.
            assert!(runs[0].pressed.len() > 20 && runs[0].all("played_hours") > 0.5, "{file}");
            shares.extend(runs[1..].iter().map(|run| run.all("p2p_share")));
        }
        let peers = !matches!(file, "refused.toml" | "no-uplink.toml");
        assert_eq!(shares.iter().any(|share| *share > 0.0), peers, "{file}: {shares:?}");
    }
}
