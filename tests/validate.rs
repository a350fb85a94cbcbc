//! `offpeak validate` through the built program: form, verdicts, and the page in step.

use std::process::Output;
use std::sync::LazyLock;

use assert_cmd::Command;
use serde_json::{Map, Value};

fn validate(arguments: &[&str]) -> Output {
    let mut command = Command::cargo_bin("offpeak").expect("built");
    command.arg("validate").args(arguments).output().expect("started")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("UTF-8")
}

/// What there is, in order.
const IDS: [&str; 14] =
    ["T5", "V1", "V2", "V3", "V4", "V5", "V6", "V9", "V10", "V11", "V12", "V13", "V14", "V15"];

/// Those that need tables.
const MEASURED: [&str; 3] = ["C1", "C2", "C3"];

/// One quick run of everything, for all tests here.
static QUICK: LazyLock<Output> = LazyLock::new(|| validate(&["--quick", "--json"]));

fn findings() -> Vec<Map<String, Value>> {
    let lines = text(&QUICK.stdout);
    lines.lines().map(|line| serde_json::from_str(line).expect("an object a line")).collect()
}

#[test]
fn everything_passes() {
    let findings = findings();
    let measured = |finding: &&Map<String, Value>| MEASURED.iter().any(|id| finding["id"] == *id);
    // No tables were given.
    for finding in findings.iter().filter(measured) {
        assert_eq!(finding["verdict"], "skipped", "{finding:?}");
        assert!(finding["note"].as_str().is_some_and(|note| note.contains("--data")));
    }
    for finding in findings.iter().filter(|finding| !measured(finding)) {
        // What servers bring, and how soon there is sound: as the page says.
        if finding["id"] == "V1" && finding["verdict"] == "missed" {
            let note = finding["note"].as_str().expect("text");
            let known = ["share from servers", "milliseconds", "nothing was at hand"];
            assert!(known.iter().any(|known| note.contains(known)), "{finding:?}");
            continue;
        }
        assert_eq!(finding["verdict"], "pass", "{finding:?}");
        let value = |key: &str| finding[key].as_f64().expect("a number");
        assert!((value("expected") - value("got")).abs() <= value("tolerance"), "{finding:?}");
    }
    assert_eq!(QUICK.status.code(), Some(0), "{}", text(&QUICK.stderr));
    for id in IDS.iter().chain(&MEASURED) {
        assert!(findings.iter().any(|finding| finding["id"] == *id), "{id} found nothing");
    }
}

#[test]
fn each_line_has_the_same_keys() {
    for finding in findings() {
        let keys: Vec<&str> = finding.keys().map(String::as_str).collect();
        let mut sorted = keys.clone();
        sorted.sort_unstable();
        assert_eq!(sorted, ["expected", "got", "id", "note", "tolerance", "verdict"]);
        let note = finding["note"].as_str().expect("text");
        assert!(!note.is_empty() && !note.contains('\n'), "{note:?}");
    }
}

#[test]
fn one_experiment_by_itself_finds_the_same() {
    let alone = validate(&["--quick", "--json", "--only", "V4"]);
    let among: Vec<Map<String, Value>> =
        findings().into_iter().filter(|finding| finding["id"] == "V4").collect();
    let alone: Vec<Map<String, Value>> = text(&alone.stdout)
        .lines()
        .map(|line| serde_json::from_str(line).expect("an object a line"))
        .collect();
    assert!(!alone.is_empty());
    assert_eq!(alone, among);
}

#[test]
fn an_unknown_experiment_is_wrong_usage() {
    let output = validate(&["--only", "v15"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(output.stdout.is_empty());
    assert!(text(&output.stderr).contains("did you mean V15?"), "{}", text(&output.stderr));
}

/// The page is made by a full run; here only that it has the same experiments and as many rows.
#[test]
fn the_page_is_in_step() {
    let page = include_str!("../docs/validation.md");
    let findings = findings();
    let mut sections = page.split("\n## ").skip(1);
    for id in IDS {
        let section = sections.next().expect("a section for each experiment");
        assert!(section.starts_with(&format!("{id}:")), "{id}: {section}");
        let ends = ["| pass |", "| **missed** |"];
        let rows = section.lines().filter(|line| ends.iter().any(|end| line.ends_with(end)));
        let rows: Vec<&str> = rows.collect();
        let expected = findings.iter().filter(|finding| finding["id"] == id).count();
        assert_eq!(rows.len(), expected, "rows of {id}: run offpeak validate --markdown");
    }
}
