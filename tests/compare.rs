//! Two folders side by side, one played again, and bounds that must be kept.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use assert_cmd::cargo::cargo_bin;

fn offpeak(place: &Path, arguments: &[&str]) -> Output {
    let command = Command::new(cargo_bin!("offpeak")).current_dir(place).args(arguments).output();
    command.expect("it starts")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// Plays two arms of a small scenario in three replications.
fn play(place: &Path, out: &str, more: &[&str]) -> Output {
    let run = ["run", "small/two-providers", "--arm=hybrid", "--reps=3", "--set=run.homes=80"];
    offpeak(place, &[&run[..], &["--out", out], more].concat())
}

#[test]
fn what_changed_is_said_and_the_rest_is_counted() {
    let place = tempfile::tempdir().expect("a place");
    let place = place.path();
    assert!(play(place, "before", &[]).status.success());
    assert!(play(place, "after", &["--set=mesh.links=1"]).status.success());
    let same = text(&offpeak(place, &["compare", "before", "before"]).stdout);
    let counted = same.lines().last().expect("a line");
    let numbers: Vec<&str> = counted.split(' ').collect();
    assert_eq!(numbers[0], numbers[2], "all are the same: {same}");
    let changed = offpeak(place, &["compare", "before", "after", "--arm", "hybrid", "--changed"]);
    assert!(changed.status.success());
    let said = text(&changed.stdout);
    let line = said.lines().find(|line| line.contains("all     p2p_share")).expect(&said);
    assert!(line.contains("lower"), "with one connection peers bring less: {line}");
    assert!(!said.contains("cdn-only") && !said.contains("undecided"), "{said}");
    let json = offpeak(place, &["compare", "before", "after", "--json"]);
    let json: serde_json::Value = serde_json::from_slice(&json.stdout).expect("JSON");
    assert_eq!(json["paired"], true);
    assert!(json["rows"].as_array().is_some_and(|rows| rows.len() > 100));

    assert!(play(place, "others", &["--seed=9"]).status.success());
    let others = offpeak(place, &["compare", "before", "others"]);
    assert!(text(&others.stderr).contains("not the same viewers"));
    let none = offpeak(place, &["compare", "before", "after", "--arm", "nobody"]);
    assert_eq!(none.status.code(), Some(2));
}

#[test]
fn a_folder_comes_out_again_or_it_is_told() {
    let place = tempfile::tempdir().expect("a place");
    let place = place.path();
    assert!(play(place, "run", &[]).status.success());
    let whole = offpeak(place, &["verify", "run"]);
    assert_eq!(whole.status.code(), Some(0), "{whole:?}");
    assert!(text(&whole.stdout).contains("6 of 6 runs"));
    let part = offpeak(place, &["verify", "run", "--runs", "2"]);
    assert!(text(&part.stdout).contains("2 of 6 runs"), "{part:?}");

    // Somebody wrote into a table …
    let table = place.join("run/summary.csv");
    let good = fs::read_to_string(&table).expect("a table");
    let row = good.lines().find(|line| line.starts_with("hybrid,0,all,p2p_share,")).expect("a row");
    fs::write(&table, good.replace(row, "hybrid,0,all,p2p_share,0.123,1")).expect("written");
    let told = offpeak(place, &["verify", "run"]);
    assert_eq!(told.status.code(), Some(6));
    assert!(text(&told.stderr).contains("summary.csv is not as it was written"), "{told:?}");
    // … or other numbers come out than those that were written.
    let digest = |text: &[u8]| offpeak::results::sha256(text);
    let manifest = fs::read_to_string(place.join("run/manifest.json")).expect("a manifest");
    let bad = fs::read(&table).expect("a table");
    let forged = manifest.replace(&digest(good.as_bytes()), &digest(&bad));
    fs::write(place.join("run/manifest.json"), forged).expect("written");
    for runs in ["2", "6"] {
        let told = offpeak(place, &["verify", "run", "--runs", runs]);
        assert_eq!(told.status.code(), Some(6), "{told:?}");
        assert!(
            text(&told.stderr).contains("summary.csv: hybrid,0,all,p2p_share,0.123"),
            "{told:?}"
        );
    }
}

#[test]
fn a_bound_that_is_not_kept_ends_with_its_own_code() {
    let place = tempfile::tempdir().expect("a place");
    let place = place.path();
    let expect = |bound: &str| {
        format!("--set=report.expect=[{{ metric = \"p2p_share\", arm = \"hybrid\", {bound} }}]")
    };
    let kept = play(place, "kept", &[&expect("at_least = 0.01")]);
    assert_eq!(kept.status.code(), Some(0));
    assert!(text(&kept.stdout).contains("met: p2p_share of hybrid (peak) at least 0.01"));
    let broken = play(place, "broken", &[&expect("at_most = 0.01")]);
    assert_eq!(broken.status.code(), Some(4));
    assert!(text(&broken.stdout).contains("BROKEN: p2p_share"), "{broken:?}");
    let table = fs::read_to_string(place.join("broken/expectations.csv")).expect("a table");
    assert!(table.lines().nth(1).is_some_and(|line| line.ends_with("broken")), "{table}");
    let alone = play(place, "alone", &["--reps=1", &expect("at_least = 0.01")]);
    assert!(alone.status.code() == Some(2), "given twice: {alone:?}");
    let gate = offpeak(place, &["compare", "kept", "broken"]);
    assert_eq!(gate.status.code(), Some(4), "what the new folder expects is asked");
    let part = play(place, "part", &[&expect("at_least = 0.01").replace("hybrid", "local")]);
    assert_eq!(part.status.code(), Some(4), "an arm that was not played tells nothing: {part:?}");
    let wrong = play(place, "wrong", &[&expect("at_most = 1.0, at_least = 0.0")]);
    assert_eq!(wrong.status.code(), Some(3));
}

#[test]
fn sizes_are_compared() {
    let place = tempfile::tempdir().expect("a place");
    let scale = ["scale", "small/one-title", "--set=run.homes=100", "--reps=2", "--out=scale"];
    let output = offpeak(place.path(), &scale);
    assert!(output.status.success(), "{output:?}");
    let said = text(&output.stdout);
    assert!(said.contains("run.homes") && said.contains("From the last size but one"), "{said}");
    for word in ["10 ", "30 ", "100 "] {
        assert!(said.lines().any(|line| line.starts_with(word)), "{word}: {said}");
    }
}

/// The scenario of docs/ci-gate.md is one.
#[test]
fn the_gate_of_the_documentation_can_be_played() {
    let place = tempfile::tempdir().expect("a place");
    let page = fs::read_to_string("docs/ci-gate.md").expect("the page");
    let (_, rest) = page.split_once("```toml\n").expect("a scenario");
    let (scenario, _) = rest.split_once("```").expect("its end");
    fs::write(place.path().join("gate.toml"), scenario).expect("written");
    let checked = offpeak(place.path(), &["check", "gate.toml"]);
    assert!(checked.status.success(), "{}", text(&checked.stderr));
    assert!(!text(&checked.stderr).contains("S0408"), "{}", text(&checked.stderr));
}
