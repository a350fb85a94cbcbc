//! What comes out of one small scenario, as a table that is read in review.
//!
//! `UPDATE_GOLDEN=1 cargo test --test outcomes` writes it anew after a change of the model.

use std::fmt::Write as _;
use std::path::Path;

use offpeak::experiment::run_one;
use offpeak::metrics::tables::{RunTables, Window};
use offpeak::peer::scheduler::Scheduler;
use offpeak::peer::scheduler::late::Late;
use offpeak::peer::scheduler::segment::SegmentChoice;
use offpeak::peer::scheduler::server::Gate;
use offpeak::peer::scheduler::source::SourceChoice;
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

fn scenario(homes: u32, share: &str) -> Loaded {
    with(homes, share, None)
}

/// With another scheduler in the arm `hybrid`.
fn with(homes: u32, share: &str, scheduler: Option<&str>) -> Loaded {
    let file =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/small/tight-interconnect.toml");
    let sets = [
        ("run.homes", homes.to_string()),
        ("run.length", "10 min".to_owned()),
        ("run.peak", "{ from = \"20:00\", to = \"20:05\" }".to_owned()),
        ("device.set-top.upload.share", share.to_owned()),
    ];
    let scheduler = scheduler.map(|scheduler| ("arm.hybrid.scheduler", scheduler.to_owned()));
    let sets = sets.into_iter().chain(scheduler);
    let sets: Vec<(String, String)> = sets.map(|(key, value)| (key.to_owned(), value)).collect();
    load(&file, &sets).expect("sound")
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
    let row =
        rows.iter().find(|row| row.arm == arm && row.window == Window::All && row.metric == metric);
    row.and_then(|row| row.value).expect("a value")
}

fn value(tables: &RunTables, metric: &str) -> f64 {
    let row = tables.summary.iter().find(|r| r.window == Window::All && r.metric == metric);
    row.expect("a metric").value
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

/// Every scheduler, and every rule put into `custom`, as a scenario names them.
fn policies() -> Vec<(String, String)> {
    let presets = Scheduler::NAMES.iter().filter(|name| !["cdn-only", "custom"].contains(name));
    let presets = presets.map(|name| ((*name).to_owned(), format!("\"{name}\"")));
    let rules = |family: &'static str, names: &'static [&'static str]| {
        names.iter().map(move |name| {
            (format!("{family} {name}"), format!("{{ custom = {{ {family} = \"{name}\" }} }}"))
        })
    };
    let rules = rules("segment", SegmentChoice::NAMES)
        .chain(rules("source", SourceChoice::NAMES))
        .chain(rules("server", Gate::NAMES))
        .chain(rules("late", Late::NAMES));
    presets.chain(rules).collect()
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

#[test]
fn outcomes_are_as_reviewed() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/outcomes.txt");
    let now = outcomes() + &by_policy();
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(&file, &now).expect("writable");
    }
    let reviewed = std::fs::read_to_string(&file).unwrap_or_default();
    assert!(
        now == reviewed,
        "outcomes differ from tests/golden/outcomes.txt; if that is meant, run\n  UPDATE_GOLDEN=1 \
         cargo test --test outcomes\nand read the difference.\n--- now\n{now}"
    );
}
