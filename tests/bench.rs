//! `offpeak bench` as people and programs read it.

use std::process::Output;

use assert_cmd::Command;
use serde_json::Value;

fn bench(arguments: &[&str]) -> Output {
    let mut command = Command::cargo_bin("offpeak").expect("built");
    command.arg("bench").args(arguments).output().expect("started")
}

/// Lines of standard output.
fn lines(output: &Output) -> Vec<String> {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout.clone()).expect("UTF-8");
    text.lines().map(str::to_owned).collect()
}

fn objects(arguments: &[&str]) -> Vec<Value> {
    let output = bench(&[arguments, &["--json"]].concat());
    lines(&output).iter().map(|line| serde_json::from_str(line).expect("JSON")).collect()
}

/// What every line has, whatever it is about.
const KEYS: [&str; 8] = [
    "bench",
    "n",
    "sharing",
    "transfers",
    "from_peers",
    "mean_transfer_s",
    "cpu_ns_per_unit",
    "bytes_per_peer",
];

#[test]
fn a_replay_is_one_object_a_line_and_the_same_every_time() {
    let rows = objects(&["w3", "--n", "500"]);
    assert_eq!(rows.len(), 12, "six policies, two popularities");
    for row in &rows {
        assert!(KEYS.iter().all(|key| row.get(key).is_some()), "{row}");
        assert_eq!((&row["bench"], &row["n"]), (&Value::from("w3"), &Value::from(500)));
        assert_eq!(row["requests"], Value::from(100_000));
        assert!(row["cpu_ns_per_unit"].as_f64().is_some_and(|ns| ns > 0.0), "{row}");
        assert!(["sharing", "transfers", "bytes_per_peer"].iter().all(|key| row[key].is_null()));
    }
    let found = |rows: &[Value]| -> Vec<[Value; 2]> {
        rows.iter().map(|row| [row["hit_ratio"].clone(), row["checksum"].clone()]).collect()
    };
    assert_eq!(found(&rows), found(&objects(&["w3", "--n", "500"])));
    assert_ne!(found(&rows), found(&objects(&["w3", "--n", "500", "--seed", "2"])));
}

#[test]
fn decisions_are_counted_hot_and_among_many() {
    let rows = objects(&["decision", "--n", "300"]);
    assert_eq!(rows.len(), 20, "five schedulers, two happenings, one viewer or many");
    for row in &rows {
        assert!(KEYS.iter().all(|key| row.get(key).is_some()), "{row}");
        assert_eq!(row["bench"], "decision");
        assert!(row["cpu_ns_per_unit"].as_f64().is_some_and(|ns| ns > 0.0), "{row}");
        let (calls, fetches) = (row["calls"].as_u64(), row["fetches"].as_u64());
        assert!(calls.is_some_and(|calls| calls >= 100_000), "{row}");
        assert_eq!(row["happens"] == "look", fetches == Some(0), "{row}");
    }
}

#[test]
fn an_evening_plays_the_homes_it_is_told() {
    let rows = objects(&["evening", "--n", "60"]);
    let [row] = rows.as_slice() else { panic!("one line: {rows:?}") };
    assert!(KEYS.iter().all(|key| row.get(key).is_some()), "{row}");
    assert_eq!((&row["arm"], &row["n"]), (&Value::from("hybrid"), &Value::from(60)));
    let count = |key: &str| row[key].as_u64().unwrap_or_default();
    assert!(count("transfers") > 1_000 && count("events") > count("transfers"), "{row}");
    let ns = count("cpu_ns") as f64 / count("transfers") as f64;
    assert!((row["cpu_ns_per_unit"].as_f64().expect("a number") - ns).abs() < 1.0, "{row}");
    let other = &objects(&["evening", "--n", "60", "--seed", "2"])[0];
    assert_ne!(row["transfers"], other["transfers"]);
}

#[test]
fn the_table_has_a_line_for_each_row_and_no_more() {
    let shown = lines(&bench(&["w3", "--n", "50"]));
    assert_eq!(shown.len(), 13, "{shown:?}");
    assert!(shown[0].starts_with("bench"), "{shown:?}");
    assert!(shown.iter().any(|line| line.contains("s3-fifo, alpha 1.0")), "{shown:?}");
}

#[test]
fn what_does_not_apply_is_refused() {
    for (arguments, part) in [
        (&["w3", "--sharing", "fifo"][..], "--sharing"),
        (&["evening", "--pace", "greedy"], "--pace"),
        (&["w1", "--seconds", "30"], "--seconds"),
        (&["w4"], "w4"),
        (&["w3", "--n", "0"], "--n"),
        (&["w3", "--n", "-1"], "-1"),
        (&["w2", "--sharing", "maxmin"], "max-min"),
    ] {
        let output = bench(arguments);
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {said}");
        assert!(said.contains(part) && output.stdout.is_empty(), "{arguments:?}: {said}");
    }
}
