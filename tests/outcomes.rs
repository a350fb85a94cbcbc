//! What comes out of one small scenario, as a table that is read in review.
//!
//! `UPDATE_GOLDEN=1 cargo test --test outcomes` writes it anew after a change of the model.

use std::fmt::Write as _;
use std::path::Path;

use offpeak::experiment::run_one;
use offpeak::metrics::tables::{RunTables, Window};
use offpeak::peer::abr::{Abr, Estimate};
use offpeak::peer::cache::CachePolicy;
use offpeak::peer::scheduler::Scheduler;
use offpeak::peer::scheduler::late::Late;
use offpeak::peer::scheduler::neighbours::NeighbourChoice;
use offpeak::peer::scheduler::per_peer::PerPeer;
use offpeak::peer::scheduler::prefetch::Prefetch;
use offpeak::peer::scheduler::segment::SegmentChoice;
use offpeak::peer::scheduler::server::Gate;
use offpeak::peer::scheduler::source::SourceChoice;
use offpeak::peer::scheduler::trust::Trust;
use offpeak::peer::scheduler::unit::Unit;
use offpeak::peer::upload::UploadChoice;
use offpeak::results::{Experiment, Run, Setting, derive};
use offpeak::scenario::{Loaded, load};
use offpeak::units::Time;
use offpeak::world::World;

const HEAD: &str = "\
Offload and the share from peers by homes and usable part of the uplink (tight-interconnect.toml,
10 min after 10 min of warm-up, one replication), then everything of one run by scheduler.

homes  uplink  arm        offload_interconnect  offload_origin  p2p_share
";

const BY_POLICY: &str = "
The same with 300 homes and the whole uplink by scheduler, and by rule put into `custom`.

policy                           offload_interconnect  offload_origin  p2p_share  rebuffer_ratio  startup_s_p95
";

const AHEAD: &str = "
The same with 300 homes, a fifth of the uplink, titles of 4 min and two thirds of viewings that lead to the
next of a list, by what is fetched of that ahead.

policy                           offload_origin  p2p_share  startup_s_p50  startup_s_p95  ahead_MB  unplayed_MB
";

const WHERE_IT_MATTERS: &str = "
The same with 300 homes where a rule has something to decide: who pollutes, uplinks too slow for the video,
more candidates than connections.

policy                           offload_interconnect  offload_origin  p2p_share  rebuffer_ratio  bytes_corrupt
";

fn scenario(homes: u32, share: &str) -> Loaded {
    with(homes, share, None)
}

/// With another scheduler in the arm `hybrid`.
fn with(homes: u32, share: &str, scheduler: Option<&str>) -> Loaded {
    let scheduler = scheduler.map(|scheduler| ("arm.hybrid.scheduler", scheduler));
    set(homes, share, scheduler.as_slice())
}

/// With further keys.
fn set(homes: u32, share: &str, more: &[(&str, &str)]) -> Loaded {
    let file =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/small/tight-interconnect.toml");
    let sets = [
        ("run.homes", homes.to_string()),
        ("run.length", "10 min".to_owned()),
        ("run.peak", "{ from = \"20:00\", to = \"20:05\" }".to_owned()),
        ("device.set-top.upload.share", share.to_owned()),
    ];
    let sets = sets.into_iter().chain(more.iter().map(|(key, value)| (*key, (*value).to_owned())));
    let sets: Vec<(String, String)> = sets.map(|(key, value)| (key.to_owned(), value)).collect();
    load(&file, &sets).expect("sound")
}

const CACHES_HEAD: &str = "\
Share from the own cache and from peers by cache policy (tight-interconnect.toml with 300 homes, a disk of
400 MB, two days of history and a third of viewings watched again; 10 min after 10 min of warm-up).

policy         grain    own_cache  peers      stalled_h   control_MB
";

const RUNGS_HEAD: &str = "\
Players by rule for rungs and estimate of the rate (adapting.toml with 100 homes and 30 s of media
ahead, 10 min after 10 min of warm-up), under hybrid.

abr           estimate  bitrate_mbps  switches_per_hour  rung_lowest  rebuffer_ratio  p2p_share  seek_s_mean
";

/// One row for each rule with each estimate.
fn rungs() -> String {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/small/adapting.toml");
    let mut text = RUNGS_HEAD.to_owned();
    for abr in Abr::NAMES {
        for estimate in Estimate::NAMES {
            let sets = [
                ("run.homes", "100"),
                ("run.length", "10 min"),
                ("run.peak", "{ from = \"20:00\", to = \"20:05\" }"),
                ("player.abr", abr),
                ("player.estimate", estimate),
                ("player.buffer", "30 s"),
            ];
            let sets: Vec<(String, String)> =
                sets.map(|(key, value)| (key.to_owned(), value.to_owned())).into();
            let loaded = load(&file, &sets).expect("sound");
            let world = World::build(&loaded.scenario, &loaded.tables, 0);
            let arm = loaded.arms.iter().find(|arm| arm.name == "loader").expect("the arm");
            let told = |_: Time, _: u64| false;
            let run = run_one(&loaded.scenario, &world, arm, 0, told).expect("sound");
            let value = |metric| value(&run.tables, metric);
            writeln!(
                text,
                "{abr:<12}  {estimate:<8}  {:>12.4}  {:>17.4}  {:>11.4}  {:>14.6}  {:>9.4}  {:>11.4}",
                value("bitrate_mbps"),
                value("switches_per_hour"),
                value("rung_lowest_share"),
                value("rebuffer_ratio"),
                value("p2p_share"),
                value("seek_s_mean"),
            )
            .expect("text");
        }
    }
    text
}

#[test]
fn rungs_are_as_reviewed() {
    are_as_reviewed("rungs.txt", &rungs());
}

fn value_of(tables: &RunTables, metrics: &[&str]) -> f64 {
    metrics.iter().map(|metric| value(tables, metric)).sum()
}

/// One row for each policy, and one more for each grain.
fn caches() -> String {
    let file =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/small/tight-interconnect.toml");
    let grains = ["prefix", "title"].map(|grain| ("lru", grain));
    let rows = CachePolicy::ALL.iter().map(|policy| (policy.name(), "segment")).chain(grains);
    let mut text = CACHES_HEAD.to_owned();
    for (policy, grain) in rows {
        let sets = [
            ("run.homes", "300"),
            ("run.length", "10 min"),
            ("run.history", "2 d"),
            ("run.peak", "{ from = \"20:00\", to = \"20:05\" }"),
            ("demand.rewatch", "0.33"),
            ("device.set-top.cache.size", "400 MB"),
            ("device.set-top.cache.policy", policy),
            ("device.set-top.cache.grain", grain),
        ];
        let sets: Vec<(String, String)> =
            sets.map(|(key, value)| (key.to_owned(), value.to_owned())).into();
        let loaded = load(&file, &sets).expect("sound");
        let world = World::build(&loaded.scenario, &loaded.tables, 0);
        let arm = loaded.arms.iter().find(|arm| arm.name == "hybrid").expect("the arm");
        let told = |_: Time, _: u64| false;
        let run = run_one(&loaded.scenario, &world, arm, 0, told).expect("sound");
        let peers =
            value_of(&run.tables, &["bytes_peer_pop", "bytes_peer_isp", "bytes_peer_other"]);
        let cdn = value_of(&run.tables, &["bytes_appliance", "bytes_exchange", "bytes_origin"]);
        let own = value(&run.tables, "bytes_own_cache");
        let all = own + peers + cdn;
        writeln!(
            text,
            "{policy:<13}  {grain:<7}  {:>9.4}  {:>9.4}  {:>9.6}  {:>10.4}",
            own / all,
            peers / all,
            value(&run.tables, "stalled_hours"),
            value(&run.tables, "bytes_control") / 1e6,
        )
        .expect("text");
    }
    text
}

/// Runs all arms of the first replication.
fn runs(loaded: &Loaded) -> Vec<Run> {
    let world = World::build(&loaded.scenario, &loaded.tables, 0);
    let told = |_: Time, _: u64| false;
    let one = |arm| run_one(&loaded.scenario, &world, arm, 0, told).expect("sound");
    loaded.arms.iter().map(one).collect()
}

fn offload(loaded: &Loaded, runs: &[Run], arm: &str, metric: &str) -> f64 {
    let experiment = Experiment {
        setting: Setting::new(&loaded.scenario, runs.iter().map(|run| run.arm.clone()).collect()),
        scenario_text: String::new(),
        resolved_text: String::new(),
        runs: runs.to_vec(),
    };
    let rows = derive(&experiment);
    let row = rows
        .iter()
        .find(|of| of.arm == arm && of.row.window == Window::All && of.row.metric == metric);
    row.and_then(|of| of.row.value).expect("a value")
}

fn value(tables: &RunTables, metric: &str) -> f64 {
    let row = tables.summary.iter().find(|r| r.window == Window::All && r.metric == metric);
    row.expect("a metric").value.unwrap_or(f64::NAN)
}

fn outcomes() -> String {
    let mut text = HEAD.to_owned();
    let mut last = None;
    for homes in [100, 300] {
        for share in ["0.1", "0.3", "1.0"] {
            let loaded = scenario(homes, share);
            let runs = runs(&loaded);
            for arm in ["hybrid", "oracle"] {
                let value = |metric| offload(&loaded, &runs, arm, metric);
                let (crossing, origin) = (value("offload_interconnect"), value("offload_origin"));
                let peers = value("p2p_share");
                writeln!(
                    text,
                    "{homes:>5}  {share:>6}  {arm:<9}  {crossing:>20.4}  {origin:>14.4}  {peers:>9.4}"
                )
                .expect("text");
            }
            last = Some(runs);
        }
    }
    let runs = last.expect("runs");
    write!(text, "\n{:<24}", "metric").expect("text");
    runs.iter().for_each(|run| write!(text, "  {:>18}", run.arm).expect("text"));
    text.push('\n');
    for row in runs[0].tables.summary.iter().filter(|row| row.window == Window::All) {
        write!(text, "{:<24}", row.metric).expect("text");
        for run in &runs {
            write!(text, "  {:>18.6}", value(&run.tables, &row.metric)).expect("text");
        }
        text.push('\n');
    }
    text
}

/// Every rule of a family, put into `custom`.
fn rules_of(
    family: &'static str,
    names: &'static [&'static str],
) -> impl Iterator<Item = (String, String)> {
    names.iter().map(move |name| {
        (format!("{family} {name}"), format!("{{ custom = {{ {family} = \"{name}\" }} }}"))
    })
}

/// Every scheduler, and every rule put into `custom`, as a scenario names them.
fn policies() -> Vec<(String, String)> {
    let presets = Scheduler::NAMES.iter().filter(|name| !["cdn-only", "custom"].contains(name));
    let presets = presets.map(|name| ((*name).to_owned(), format!("\"{name}\"")));
    let rules = rules_of("segment", SegmentChoice::NAMES)
        .chain(rules_of("source", SourceChoice::NAMES))
        .chain(rules_of("server", Gate::NAMES))
        .chain(rules_of("late", Late::NAMES));
    let units = Unit::NAMES.iter().map(|name| {
        let requests = format!("{{ custom = {{ requests = {{ unit = \"{name}\" }} }} }}");
        (format!("unit {name}"), requests)
    });
    let per_peer = PerPeer::NAMES.iter().map(|name| {
        let unit = "unit = \"pieces\"";
        let requests =
            format!("{{ custom = {{ requests = {{ {unit}, per_peer = \"{name}\" }} }} }}");
        (format!("pieces, per_peer {name}"), requests)
    });
    let own = rules_of("upload", UploadChoice::NAMES);
    let met = rules_of("neighbours", NeighbourChoice::NAMES);
    presets.chain(rules).chain(units).chain(per_peer).chain(own).chain(met).collect()
}

fn by_policy() -> String {
    let mut text = BY_POLICY.to_owned();
    let loaded = scenario(300, "1.0");
    let world = World::build(&loaded.scenario, &loaded.tables, 0);
    let told = |_: Time, _: u64| false;
    let run = |loaded: &Loaded, arm: &str| {
        let arm = loaded.arms.iter().find(|plan| plan.name == arm).expect("an arm");
        run_one(&loaded.scenario, &world, arm, 0, told).expect("sound")
    };
    let baseline = run(&loaded, "cdn-only");
    for (name, scheduler) in policies() {
        let loaded = with(300, "1.0", Some(&scheduler));
        let runs = [baseline.clone(), run(&loaded, "hybrid")];
        let offload = |metric| offload(&loaded, &runs, "hybrid", metric);
        let (crossing, origin) = (offload("offload_interconnect"), offload("offload_origin"));
        let peers = offload("p2p_share");
        let stalls = value(&runs[1].tables, "rebuffer_ratio");
        let start = value(&runs[1].tables, "startup_s_p95");
        writeln!(
            text,
            "{name:<31}  {crossing:>20.4}  {origin:>14.4}  {peers:>9.4}  {stalls:>14.6}  {start:>13.4}"
        )
        .expect("text");
    }
    text
}

fn where_it_matters() -> String {
    let mut text = WHERE_IT_MATTERS.to_owned();
    let trust = Trust::NAMES.iter().map(|name| {
        let custom = format!("{{ custom = {{ requests = {{ trust = \"{name}\" }} }} }}");
        (format!("trust {name}"), custom, "1.0", ("device.set-top.pollutes", "0.1"))
    });
    let peers_first = "server = [{ window = { first = \"peers\" } }]";
    let slow = Late::NAMES.iter().map(|name| {
        let custom = format!("{{ custom = {{ {peers_first}, late = \"{name}\" }} }}");
        (format!("peers first, late {name}"), custom, "0.05", ("mesh.links", "10"))
    });
    let met = rules_of("neighbours", NeighbourChoice::NAMES);
    let few = met.map(|(name, own)| (name, own, "1.0", ("mesh.links", "2")));
    for (name, scheduler, uplink, (key, to)) in trust.chain(slow).chain(few) {
        let named_by_chance = ("directory.order", "random");
        let keys = [("arm.hybrid.scheduler", scheduler.as_str()), (key, to), named_by_chance];
        let loaded = set(300, uplink, &keys);
        let runs = runs(&loaded);
        let hybrid = &runs.iter().find(|run| run.arm == "hybrid").expect("an arm").tables;
        let offload = |metric| offload(&loaded, &runs, "hybrid", metric);
        writeln!(
            text,
            "{name:<31}  {:>20.4}  {:>14.4}  {:>9.4}  {:>14.6}  {:>13.0}",
            offload("offload_interconnect"),
            offload("offload_origin"),
            offload("p2p_share"),
            value(hybrid, "rebuffer_ratio"),
            value(hybrid, "bytes_corrupt"),
        )
        .expect("text");
    }
    text
}

fn by_prefetch() -> String {
    let mut text = AHEAD.to_owned();
    let rules = Prefetch::NAMES.iter().map(|name| {
        let custom = format!("{{ custom = {{ prefetch = \"{name}\" }} }}");
        (format!("prefetch {name}"), custom)
    });
    let preset = ("spotify-2010".to_owned(), "\"spotify-2010\"".to_owned());
    for (name, scheduler) in rules.chain([preset]) {
        let keys = [
            ("arm.hybrid.scheduler", scheduler.as_str()),
            ("catalogue.runtime.constant", "4 min"),
            ("demand.length", "{ constant = \"4 min\" }"),
            ("demand.sequence", "{ followed = 0.67 }"),
        ];
        let loaded = set(300, "0.2", &keys);
        let runs = runs(&loaded);
        let hybrid = &runs.iter().find(|run| run.arm == "hybrid").expect("an arm").tables;
        writeln!(
            text,
            "{name:<31}  {:>14.4}  {:>9.4}  {:>13.4}  {:>13.4}  {:>8.1}  {:>11.1}",
            offload(&loaded, &runs, "hybrid", "offload_origin"),
            offload(&loaded, &runs, "hybrid", "p2p_share"),
            value(hybrid, "startup_s_p50"),
            value(hybrid, "startup_s_p95"),
            value(hybrid, "bytes_prefetched") / 1e6,
            value(hybrid, "bytes_prefetched_unplayed") / 1e6,
        )
        .expect("text");
    }
    text
}

#[test]
fn outcomes_are_as_reviewed() {
    are_as_reviewed(
        "outcomes.txt",
        &(outcomes() + &by_policy() + &where_it_matters() + &by_prefetch()),
    );
}

#[test]
fn caches_are_as_reviewed() {
    let now = caches();
    for policy in CachePolicy::ALL {
        let row = |line: &str| line.starts_with(&format!("{} ", policy.name()));
        assert!(now.lines().any(row), "{} has no row", policy.name());
    }
    are_as_reviewed("caches.txt", &now);
}

fn are_as_reviewed(name: &str, now: &str) {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(name);
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(&file, now).expect("writable");
    }
    let reviewed = std::fs::read_to_string(&file).unwrap_or_default();
    assert!(
        now == reviewed,
        "outcomes differ from tests/golden/{name}; if that is meant, run\n  UPDATE_GOLDEN=1 \
         cargo test --test outcomes\nand read the difference.\n--- now\n{now}"
    );
}
