//! Laws of reading: what loads, resolves and loads again; that the reference scenario and its
//! description are complete; what no input may do.

use std::collections::BTreeSet;
use std::path::Path;

use proptest::prelude::*;

use super::*;
use crate::peer::scheduler::Scheduler;
use crate::scenario::model::{Exchange, PathTime, SpanLaw};
use crate::units::{BitRate, Bytes, Share, Span, TimeOfDay};

const REFERENCE: &str = include_str!("../../scenarios/reference.toml");
const DESCRIPTION: &str = include_str!("../../docs/scenarios.md");

fn reference(sets: &[(&str, &str)]) -> Loaded {
    let sets: Vec<_> = sets.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
    load_text(REFERENCE, Path::new("scenarios/reference.toml"), &sets)
        .unwrap_or_else(|problems| panic!("{problems}"))
}

fn just_read(text: &str) -> read::Read {
    read::read(text, Origin::File("s.toml".into()), Library::default(), &[])
}

#[test]
fn the_reference_loads_without_complaint() {
    let loaded = reference(&[]);
    assert_eq!(loaded.warnings, []);
    assert_eq!(loaded.text, REFERENCE);
    let names: Vec<&str> = loaded.arms.iter().map(|arm| arm.name.as_str()).collect();
    let first = ["cdn-only", "cdn-only-ahead", "hybrid", "hybrid-big-cache", "hybrid-page"];
    assert_eq!(names[..5], first);
    for name in Scheduler::NAMES {
        let shown = loaded.arms.iter().any(|arm| arm.scheduler.name() == *name);
        assert!(shown, "{name} is not in scenarios/reference.toml");
    }
}

#[test]
fn an_arm_changes_only_what_it_sets() {
    let loaded = reference(&[
        ("arm.hybrid.set.\"mesh.link_life\"", "2 h"),
        ("arm.hybrid.set.device.stick.upload.cap", "1 Mbit/s"),
    ]);
    let mut expected = loaded.scenario.device.clone();
    assert_eq!(loaded.arms[0].device, expected);
    assert_eq!(loaded.arms[0].mesh, loaded.scenario.mesh);
    let hybrid = loaded.arms.iter().find(|arm| arm.name == "hybrid").unwrap();
    expected.get_mut("stick").unwrap().upload.cap = Some(BitRate(1_000_000));
    assert_eq!(hybrid.device, expected);
    let law = SpanLaw::Exponential { mean: Span::from_secs(7_200) };
    assert_eq!(hybrid.mesh.link_life, Some(law));
    let big = loaded.arms.iter().find(|arm| arm.name == "hybrid-big-cache").unwrap();
    assert_eq!(big.device["stick"].cache.size, Bytes(64_000_000_000));
    assert_eq!(big.device["box"], loaded.scenario.device["box"]);
}

#[test]
fn an_arm_sets_laws_and_tables_as_a_whole() {
    let loaded = reference(&[
        ("mesh.link_life", "{ constant = \"9 min\" }"),
        (
            "arm.hybrid.set.\"mesh.link_life\"",
            "{ lognormal = { median = \"4 min\", mean = \"9 min\" } }",
        ),
        ("arm.hybrid.set.\"mesh.exchange\"", "{ }"),
        ("arm.hybrid.set.\"mesh.path\"", "{ base = \"1 s\" }"),
    ]);
    let mesh = &loaded.arms.iter().find(|arm| arm.name == "hybrid").unwrap().mesh;
    let minutes = |count: u64| Span::from_secs(60 * count);
    let law = SpanLaw::Lognormal { median: minutes(4), mean: minutes(9) };
    assert_eq!(mesh.link_life, Some(law));
    assert_eq!(mesh.exchange, Some(Exchange::default()));
    // The reference has a path of its own, of which the arm changes one part.
    let path = loaded.scenario.mesh.path.unwrap();
    assert_eq!(mesh.path, Some(PathTime { base: Span::from_secs(1), ..path }));
    assert_eq!(loaded.arms[0].mesh.link_life, Some(SpanLaw::Constant(minutes(9))));
}

#[test]
fn what_comes_next_is_fetched_at_one_rung() {
    let lists = ("demand.sequence", "{ followed = 0.5 }");
    let adapts = ("player.abr", "bola");
    // Alone, each goes with every arm.
    reference(&[lists]);
    reference(&[adapts]);
    let sets = [lists, adapts].map(|(key, value)| (key.to_owned(), value.to_owned()));
    let told = load_text(REFERENCE, Path::new("scenarios/reference.toml"), &sets).unwrap_err();
    let told = told.to_string();
    assert!(told.contains("S0219") && told.contains("`spotify-2010`"), "{told}");
}

#[test]
fn the_baseline_comes_first_whatever_its_name() {
    let loaded = reference(&[("arm.cdn-only.baseline", "false"), ("arm.oracle.baseline", "true")]);
    let names: Vec<&str> = loaded.arms.iter().map(|arm| arm.name.as_str()).collect();
    assert_eq!(names[..2], ["oracle", "cdn-only"]);
}

#[test]
fn sets_reach_everywhere() {
    let scenario = reference(&[
        ("run.homes", "400"),
        ("run.length", "2h"),
        ("run.start", "19:30"),
        ("title", "two words"),
        ("device.stick.cache.size", "8 GB"),
        ("isp.0.market_share", "0.5"),
        ("isp.1.market_share", "50 %"),
        ("video.ladder.0", "500 kbit/s"),
        ("run.peak", "{ from = \"21:00\", to = \"21:30\" }"),
        ("report.confidence", "0.9"),
        ("arm.hybrid.scheduler.hybrid.http_parallel", "1"),
    ])
    .scenario;
    assert_eq!(scenario.run.homes, 400);
    assert_eq!(scenario.run.length, Span::from_secs(7_200));
    assert_eq!(scenario.run.start, TimeOfDay(Span::from_secs(19 * 3_600 + 1_800)));
    assert_eq!(scenario.title, "two words");
    assert_eq!(scenario.device["stick"].cache.size, Bytes(8_000_000_000));
    assert_eq!(scenario.isp[1].market_share, Share::from_ppm(500_000));
    assert_eq!(scenario.video.ladder[0], BitRate(500_000));
    assert_eq!(scenario.run.peak.to, TimeOfDay(Span::from_secs(21 * 3_600 + 1_800)));
    assert_eq!(scenario.report.confidence, Share::from_ppm(900_000));
}

#[test]
fn a_peak_may_follow_midnight() {
    let sets = [
        ("run.start", "22:30"),
        ("run.length", "2 h"),
        ("run.peak.from", "00:10"),
        ("run.peak.to", "00:40"),
    ];
    assert_eq!(reference(&sets).warnings, []);
}

#[test]
fn what_is_resolved_loads_as_the_same() {
    let loaded = reference(&[("run.length", "2 h"), ("network.fibre_factor", "2")]);
    let again = load_text(&loaded.resolved(), Path::new("r.toml"), &[])
        .unwrap_or_else(|problems| panic!("{problems}"));
    assert_eq!(again.scenario, loaded.scenario);
    assert_eq!(again.arms, loaded.arms);
    assert_eq!(again.resolved(), loaded.resolved());
}

#[test]
fn what_is_resolved_from_tables_loads_as_the_same() {
    let path = Path::new("tests/data/csv/scenario.toml");
    let loaded = load(path, &[]).unwrap_or_else(|problems| panic!("{problems}"));
    let again =
        load_text(&loaded.resolved(), path, &[]).unwrap_or_else(|problems| panic!("{problems}"));
    assert_eq!(again.scenario, loaded.scenario);
    assert_eq!(again.tables, loaded.tables);
}

#[test]
fn tables_hold_what_their_files_say() {
    let loaded = load(Path::new("tests/data/csv/scenario.toml"), &[]).unwrap();
    let (scenario, tables) = (&loaded.scenario, &loaded.tables);
    assert_eq!(scenario.place.len(), 3);
    assert_eq!(scenario.link[0].b, "Lakeside");
    let homes = tables.homes.as_ref().unwrap();
    assert_eq!((homes.len(), homes[1].place, homes[1].isp.as_str()), (20, 1, "Other"));
    assert_eq!((homes[1].down, homes[1].down_peak), (BitRate(15_000_000), BitRate(13_500_000)));
    assert_eq!((homes[1].up, homes[1].rtt), (BitRate(1_000_000), Span::from_millis(9)));
    assert_eq!(homes[4].weight.to_bits(), 5.0_f64.to_bits());
    assert_eq!(tables.demand.as_ref().map(Vec::len), Some(144));
    let titles = tables.titles.as_ref().unwrap();
    assert_eq!((titles.len(), titles[1].runtime), (30, Span::DAY));
    let segments = tables.segments.as_ref().unwrap();
    assert_eq!(segments.ladder, scenario.video.ladder);
    assert_eq!(segments.sizes[2].len(), 12);
    assert_eq!(segments.sizes[0][0], Bytes(400_000));
    assert_eq!(tables.watching.as_ref().unwrap()[1], Span::from_millis(150_500));
    let times = tables.box_on.as_ref().unwrap();
    assert_eq!(times.on[..2], [Span::from_secs(4_000), Span::from_secs(11_000)]);
    assert_eq!(times.off, [4_000, 200, 600].map(Span::from_secs));
}

/// A path with numbers and names that a user chooses taken out.
fn pattern(path: &str) -> String {
    let mut steps: Vec<&str> = path.split('.').collect();
    if ["line", "device", "arm"].contains(&steps[0]) && steps.len() > 1 {
        steps[1] = "NAME";
    }
    let plain: Vec<&str> = steps
        .into_iter()
        .map(|step| match step {
            // They have the parameters of another.
            "hybrid-page" | "hybrid-peers-first" => "hybrid",
            "webtorrent-sequential" => "webtorrent-rarest",
            _ if step.parse::<u32>().is_ok() => "N",
            _ => step,
        })
        .collect();
    plain.join(".")
}

/// Every key that may stand in the table at `path` of the reference.
fn allowed(path: &str) -> Vec<String> {
    let key = if path.is_empty() { "zzz".to_owned() } else { format!("{path}.zzz") };
    let sets = [(key, "1".to_owned())];
    let problems = load_text(REFERENCE, Path::new("s.toml"), &sets).expect_err("zzz is unknown");
    let unknown = problems.0.iter().find(|problem| problem.code == "S0102");
    let help = unknown.and_then(|problem| problem.help.as_deref()).unwrap_or("");
    let list = help.rsplit("allowed: ").next().unwrap_or("");
    list.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

/// Patterns of all keys that the format has, found by asking the reader itself.
fn all_keys() -> BTreeSet<String> {
    let read = just_read(REFERENCE);
    let mut keys = BTreeSet::new();
    let tables: BTreeSet<&str> = read
        .index
        .paths()
        .filter_map(|path| path.rsplit_once('.').map(|(table, _)| table))
        // What an arm or a level sets are keys of other tables.
        .filter(|table| !table.contains(".set") && !table.starts_with("sweep"))
        .collect();
    for table in core::iter::once("").chain(tables) {
        for key in allowed(table) {
            keys.insert(pattern(&if table.is_empty() { key } else { format!("{table}.{key}") }));
        }
    }
    keys
}

#[test]
fn the_reference_has_every_key() {
    let read = just_read(REFERENCE);
    let written: BTreeSet<String> = read.index.paths().map(pattern).collect();
    let keys = all_keys();
    assert!(keys.len() > 120, "only {} keys found", keys.len());
    // Tables replace what the reference writes out, so their keys can only stand there as comments.
    let commented = |key: &str| {
        let name = key.rsplit('.').next().unwrap_or(key);
        REFERENCE.contains(&format!("\n# {name} = "))
            || REFERENCE.contains(&format!("\n# [{name}]"))
    };
    // Keys of a law that another law of the same file shows, or that a comment shows.
    let missing: Vec<&String> =
        keys.iter().filter(|key| !written.contains(*key) && !commented(key)).collect();
    assert!(missing.is_empty(), "not in scenarios/reference.toml: {missing:?}");
    for name in csv_keys() {
        assert!(commented(&name), "csv.{name} is not in scenarios/reference.toml");
    }
}

/// What is told of the reference with `value` at `path`.
fn told_of(path: &str, value: &str) -> Vec<Problem> {
    let sets = [(path.to_owned(), value.to_owned())];
    load_text(REFERENCE, Path::new("s.toml"), &sets).err().map_or(Vec::new(), |told| told.0)
}

/// Where one of several tables may stand, found by asking the reader itself, the one of another text
/// replaces it whole. Lists, and what stands in them, are replaced anyway.
#[test]
fn every_choice_is_known() {
    let read = just_read(REFERENCE);
    let mut chosen: Vec<&str> = Vec::new();
    for path in read.index.paths() {
        let steps: Vec<&str> = path.split('.').collect();
        let apart = steps.iter().any(|step| *step == "set" || step.parse::<u32>().is_ok());
        let below = chosen.iter().any(|above| path.starts_with(&format!("{above}.")));
        if apart || below {
            continue;
        }
        let told = told_of(path, "{ zzz = {} }");
        let named = told.iter().find(|told| told.code == "S0103" && told.message.contains("zzz"));
        let help = named.and_then(|told| told.help.as_deref()).unwrap_or("");
        let takes_table = help.split('`').skip(1).step_by(2).any(|name| {
            let told = told_of(path, &format!("{{ {name} = {{ zzz = 1 }} }}"));
            told.iter().any(|told| told.code == "S0102" && told.message.contains("zzz"))
        });
        assert_eq!(takes_table, merge::chooses(&steps), "{path}");
        if takes_table {
            chosen.push(path);
        }
    }
    let patterns: BTreeSet<String> = chosen.into_iter().map(pattern).collect();
    assert_eq!(patterns.len(), merge::CHOICES.len(), "{patterns:?}");
}

/// Keys of `[csv]`, asked of the reader.
fn csv_keys() -> Vec<String> {
    let sets = [("csv.zzz".to_owned(), "1".to_owned())];
    let problems = load_text(REFERENCE, Path::new("s.toml"), &sets).expect_err("zzz is unknown");
    let help = problems.0[0].help.clone().unwrap_or_default();
    let list = help.rsplit("allowed: ").next().unwrap_or("").to_owned();
    let keys: Vec<String> = list.split('`').skip(1).step_by(2).map(str::to_owned).collect();
    assert_eq!(keys.len(), 10, "{keys:?}");
    keys
}

#[test]
fn every_value_of_the_reference_is_resolved() {
    let resolved = reference(&[]).resolved();
    let read = just_read(&resolved);
    let written: BTreeSet<String> = read.index.paths().map(pattern).collect();
    let given = just_read(REFERENCE);
    let given: BTreeSet<String> = given.index.paths().map(pattern).collect();
    let defaults: Vec<&String> = written.difference(&given).collect();
    assert!(defaults.is_empty(), "resolved but not in scenarios/reference.toml: {defaults:?}");
}

#[test]
fn the_description_has_every_key_and_code() {
    for key in all_keys() {
        // Laws, curves, windows, capacities and tiers are described once.
        let name = key.rsplit('.').next().unwrap_or(&key);
        let described = DESCRIPTION.contains(&format!("`{}`", key.replace(".N.", "[].")));
        let shared = ["law", "curve", "bump", "window", "capacity", "tier", "way"]
            .iter()
            .any(|kind| DESCRIPTION.contains(&format!("`{kind}.{name}`")));
        assert!(described || shared, "{key} is not in docs/scenarios.md");
    }
    for key in csv_keys() {
        assert!(DESCRIPTION.contains(&format!("`csv.{key}`")), "csv.{key}");
    }
    for (code, meaning) in CODES {
        assert!(DESCRIPTION.contains(&format!("| {code} | {meaning} |")), "{code} {meaning}");
    }
}

/// The figures of the measured tables, where they lie beside the project.
#[test]
fn measured_tables_load() {
    let data = std::env::var("OFFPEAK_DATA").unwrap_or_else(|_| "../shared/data".to_owned());
    let folder = Path::new(&data).join("scenario-uk-2015");
    if !folder.join("homes.csv").exists() {
        println!("skipped: {} is absent", folder.display());
        return;
    }
    let text = std::fs::read_to_string("tests/data/csv/scenario.toml").unwrap();
    let mut sets = vec![
        ("csv.folder".to_owned(), folder.canonicalize().unwrap().display().to_string()),
        ("video.segment".to_owned(), "3 s".to_owned()),
        ("catalogue.titles".to_owned(), "5000".to_owned()),
    ];
    for (key, file) in
        [("places", "pops"), ("watching", "watch_durations"), ("box_on", "idle_box_sessions")]
    {
        sets.push((format!("csv.{key}"), format!("{file}.csv")));
    }
    let loaded = load_text(&text, Path::new("s.toml"), &sets).unwrap_or_else(|p| panic!("{p}"));
    assert_eq!((loaded.scenario.place.len(), loaded.scenario.link.len()), (28, 43));
    let tables = &loaded.tables;
    assert_eq!(tables.homes.as_ref().map(Vec::len), Some(5_000));
    assert_eq!(tables.watching.as_ref().map(Vec::len), Some(2_500));
    assert_eq!(tables.box_on.as_ref().map(|times| times.on.len()), Some(15_720));
    let segments = tables.segments.as_ref().unwrap();
    assert_eq!((segments.ladder.len(), segments.sizes[9].len()), (10, 199));
}

/// Nesting that would exhaust the stack of a reader that follows it is refused.
#[test]
fn no_depth_exhausts_the_stack() {
    for deep in [
        format!("x = {}1{}", "[".repeat(100_000), "]".repeat(100_000)),
        format!("x = {}", "{ a = ".repeat(100_000)),
        format!("{}a = 1", "a.".repeat(100_000)),
        format!("[{}a]", "a.".repeat(100_000)),
    ] {
        survives(&deep);
    }
    let sets = [(format!("{}a", "a.".repeat(100_000)), "1".to_owned())];
    assert!(load_text(REFERENCE, Path::new("s.toml"), &sets).is_err());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    /// Whatever bytes become, there is an answer and it can be shown.
    #[test]
    fn no_bytes_panic(
        edits in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 0..4_u8), 1..12),
    ) {
        let mut bytes = REFERENCE.as_bytes().to_vec();
        for (at, byte, kind) in edits {
            let at = at.index(bytes.len().max(1));
            match kind {
                _ if bytes.is_empty() => {}
                0 => bytes[at] = byte,
                1 => bytes.insert(at, byte),
                2 => { bytes.remove(at); }
                _ => bytes.truncate(at.max(1)),
            }
        }
        survives(&String::from_utf8_lossy(&bytes));
    }

    /// Whatever value stands at a key, there is an answer and it can be shown.
    #[test]
    fn no_value_panics(
        edits in prop::collection::vec((any::<prop::sample::Index>(), value()), 1..4),
    ) {
        let lines: Vec<&str> = REFERENCE.lines().collect();
        let keyed: Vec<usize> = (0..lines.len())
            .filter(|at| lines[*at].contains(" = ") && !lines[*at].starts_with('#'))
            .collect();
        let mut lines: Vec<String> = lines.into_iter().map(str::to_owned).collect();
        for (at, value) in edits {
            let at = keyed[at.index(keyed.len())];
            let key = lines[at].split(" = ").next().unwrap_or("").to_owned();
            lines[at] = format!("{key} = {value}");
        }
        survives(&lines.join("\n"));
    }

    /// The same of `--set`.
    #[test]
    fn no_set_panics(key in "[a-z._0-9\"]{0,16}", at in any::<prop::sample::Index>(), value in value()) {
        let read = just_read(REFERENCE);
        let paths: Vec<&str> = read.index.paths().collect();
        for key in [key.as_str(), paths[at.index(paths.len())]] {
            let sets = [(key.to_owned(), value.clone())];
            if let Err(problems) = load_text(REFERENCE, Path::new("s.toml"), &sets) {
                prop_assert!(!problems.0.is_empty() && !problems.render(true).is_empty());
            }
        }
    }
}

fn survives(text: &str) {
    match load_text(text, Path::new("s.toml"), &[]) {
        Ok(loaded) => {
            let again = load_text(&loaded.resolved(), Path::new("r.toml"), &[]);
            let again = again.unwrap_or_else(|problems| panic!("resolved is refused:\n{problems}"));
            assert_eq!(again.scenario, loaded.scenario);
        }
        Err(problems) => {
            assert!(!problems.0.is_empty());
            assert!(problems.to_string().contains("error["));
            assert!(!problems.render(true).is_empty());
        }
    }
}

/// Values of every kind, mostly absurd.
fn value() -> impl Strategy<Value = String> {
    let odd = [
        "0",
        "-1",
        "1",
        "nan",
        "inf",
        "-inf",
        "1e308",
        "18446744073709551615",
        "9223372036854775807",
        "true",
        "[]",
        "{}",
        "[[]]",
        "\"\"",
        "\"0 s\"",
        "\"1 ns\"",
        "\"500 d\"",
        "\"0 bit/s\"",
        "\"18446744073 Gbit/s\"",
        "\"18000000 TB\"",
        "\"24:00\"",
        "\"00:00\"",
        "20:00",
        "\"hybrid\"",
        "{ oracle = {} }",
        "{ constant = \"0 s\" }",
        "{ quantiles = [] }",
        "{ quantiles = [\"1 s\"] }",
        "{ lognormal = { median = \"0 s\", mean = \"0 s\" } }",
        "[\"1 Mbit/s\"]",
        "0.5",
        "\"é\"",
    ];
    prop_oneof![
        prop::sample::select(odd.to_vec()).prop_map(str::to_owned),
        "\\PC{0,12}",
        any::<f64>().prop_map(|value| format!("{value:e}")),
        any::<i64>().prop_map(|value| value.to_string()),
    ]
}
