//! The built program: exit codes, and what goes where.

use std::fs;
use std::path::Path;
use std::process::Output;

use assert_cmd::Command;

fn offpeak(folder: &Path, arguments: &[&str]) -> Output {
    Command::cargo_bin("offpeak")
        .expect("built")
        .current_dir(folder)
        .args(arguments)
        .output()
        .expect("started")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("UTF-8")
}

#[test]
fn metrics_have_the_names_that_stay() {
    let place = tempfile::tempdir().expect("a place");
    let output = offpeak(place.path(), &["list", "metrics"]);
    let listed = text(&output.stdout);
    let names: Vec<&str> = listed.lines().filter_map(|line| line.split(' ').next()).collect();
    for name in [
        "offload_origin",
        "offload_interconnect",
        "attainable_origin",
        "p2p_share",
        "rebuffer_ratio",
        "stalled_sessions_share",
        "startup_s_p50",
        "startup_s_p95",
        "played_hours",
        "bitrate_mbps",
        "upload_gb_p50",
        "upload_gb_p95",
        "upload_gb_max",
        "bytes_own_cache",
        "bytes_peer_pop",
        "bytes_peer_isp",
        "bytes_peer_other",
        "bytes_appliance",
        "bytes_exchange",
        "bytes_origin",
        "viewers_peak",
        "sessions",
    ] {
        assert!(names.contains(&name), "{name} is not listed");
    }
    assert!(output.stderr.is_empty());
}

#[test]
fn a_shipped_scenario_is_found_anywhere_and_its_resolved_text_reads_back() {
    let place = tempfile::tempdir().expect("a place");
    let output = offpeak(place.path(), &["check", "reference", "--resolved"]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    fs::write(place.path().join("again.toml"), &output.stdout).expect("file");
    let again = offpeak(place.path(), &["check", "again.toml", "--resolved"]);
    assert_eq!(text(&again.stdout), text(&output.stdout));
}

#[test]
fn every_scenario_is_checked_before_one_fails_the_command() {
    let place = tempfile::tempdir().expect("a place");
    let output = offpeak(place.path(), &["check", "missing.toml", "reference"]);
    assert_eq!(output.status.code(), Some(3));
    assert!(text(&output.stdout).contains("reference: ok"));
    assert!(text(&output.stderr).contains("missing.toml"));
}

#[test]
fn wrong_usage_is_told_apart_from_a_wrong_scenario() {
    let place = tempfile::tempdir().expect("a place");
    let cases: [(&[&str], i32, &str); 7] = [
        (&["run"], 2, "FILE"),
        (&["run", "reference", "--reps", "0"], 2, "--reps"),
        (&["run", "reference", "--set", "run.homes"], 2, "key=value"),
        (&["run", "reference", "--arm", "hybird"], 2, "did you mean \"hybrid\""),
        (&["validate", "--only", "V0"], 2, "V0"),
        (&["run", "reference", "--set", "run.homes=0"], 3, "homes"),
        (&["run", "nowhere.toml"], 3, "nowhere.toml"),
    ];
    for (arguments, code, part) in cases {
        let output = offpeak(place.path(), arguments);
        let said = text(&output.stderr);
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {said}");
        assert!(said.contains(part), "{arguments:?}: {said}");
        assert!(output.stdout.is_empty() && !said.contains("\u{1b}["), "{arguments:?}: {said}");
    }
    let left = fs::read_dir(place.path()).expect("folder").count();
    assert_eq!(left, 0, "a refused command leaves nothing");
}

#[test]
fn a_result_folder_that_cannot_be_is_told_before_anything_is_played() {
    let place = tempfile::tempdir().expect("a place");
    fs::create_dir(place.path().join("taken")).expect("folder");
    fs::write(place.path().join("taken/theirs"), "theirs").expect("file");
    for (out, part) in [("taken", "taken exists"), ("taken/theirs/below", "cannot write")] {
        let output = offpeak(place.path(), &["run", "reference", "--out", out]);
        let said = text(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{said}");
        assert!(said.contains(part), "{said}");
    }
    let theirs = fs::read_to_string(place.path().join("taken/theirs"));
    assert_eq!(theirs.expect("file"), "theirs");
    assert_eq!(fs::read_dir(place.path()).expect("folder").count(), 1);
}

/// A CDN with little to give: pictures stand still.
const SLOW: [&str; 10] = [
    "--set",
    "run.homes=200",
    "--set",
    "cdn.exchange.egress=3 kbit/s",
    "--set",
    "cdn.origin.egress=3 kbit/s",
    "--set",
    "device.set-top.upload.permitted=0.3",
    "--set",
    "player.patience=1 h",
];

fn trace(place: &Path, arguments: &[&str]) -> Output {
    let all = [&["trace", "small/tight-interconnect"], &SLOW[..], arguments].concat();
    offpeak(place, &all)
}

#[test]
fn a_trace_explains_a_stall_and_is_the_same_twice() {
    let place = tempfile::tempdir().expect("a place");
    let none = trace(place.path(), &[]);
    let said = text(&none.stderr);
    assert_eq!(none.status.code(), Some(2), "{said}");
    let (_, named) = said.rsplit_once(": ").expect("it names some");
    let homes = named.trim().trim_end_matches(')').split(", ");
    let told = |home: &str, more: &[&str]| {
        let output = trace(place.path(), &[&["--home", home], more].concat());
        assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
        text(&output.stdout)
    };
    let stalls = |home: &&str| told(home, &[]).contains("STALL");
    let home = homes.into_iter().find(stalls).unwrap_or_else(|| panic!("nobody stalls: {said}"));
    let page = told(home, &[]);
    assert_eq!(page, told(home, &[]));
    let mut lines = page.lines();
    assert!(lines.next().is_some_and(|head| head.starts_with(&format!("home {home}: "))), "{page}");
    assert!(page.lines().all(|line| !line.trim().is_empty()));
    let stall = page.lines().find(|line| line.contains("STALL")).expect("there is one");
    assert!(stall.contains("waiting for segment") && stall.contains(": "), "{stall}");
    let last = page.lines().last().expect("there are lines");
    assert!(last.contains("sums: played") && !last.contains("in 0 stalls"), "{last}");

    // The moment alone says the same of it, and nothing from beyond it.
    let at = &stall[..8];
    let moment = told(home, &["--from", at, "--to", &format!("{at}.999")]);
    assert!(moment.contains(stall), "{moment}");
    let facts = moment.lines().skip(1);
    assert!(facts.into_iter().all(|line| line.starts_with(at)), "{moment}");

    let json = told(home, &["--from", at, "--to", &format!("{at}.999"), "--json"]);
    assert_eq!(json.lines().count(), moment.lines().count());
    let facts: Vec<serde_json::Value> =
        json.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    assert!(facts.iter().any(|fact| fact["fact"] == "stalls"), "{json}");
}

#[test]
fn wrong_traces_are_told_apart() {
    let place = tempfile::tempdir().expect("a place");
    let cases: [(&[&str], i32, &str); 8] = [
        (&["--home", "200"], 2, "there are 200 homes"),
        (&["--home", "1", "--arm", "hybird"], 2, "did you mean \"hybrid\""),
        (&["--home", "1", "--rep", "2"], 2, "replications are 0 to 1"),
        (&["--home", "1", "--from", "20:20", "--to", "20:10"], 2, "is after"),
        (&["--home", "1", "--to", "23:59"], 2, "the run lasts from 19:50:00.000 to"),
        (&["--home", "1", "--from", "20h"], 2, "not a time of day"),
        (&[], 2, "which home?"),
        (&["--home", "1", "--set", "run.homes=0"], 3, "homes"),
    ];
    for (arguments, code, part) in cases {
        let output = trace(place.path(), arguments);
        let said = text(&output.stderr);
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {said}");
        assert!(said.contains(part), "{arguments:?}: {said}");
        assert!(output.stdout.is_empty(), "{arguments:?}");
    }
}
