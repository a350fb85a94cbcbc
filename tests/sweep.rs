//! Sweeps: nothing is lost, and neither parts nor interruptions show in what comes out.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::Duration;

use assert_cmd::cargo::cargo_bin;

/// Four points, two arms, two replications.
const SWEEP: [&str; 10] = [
    "small/two-providers",
    "--arm",
    "hybrid",
    "--set",
    "mesh.links=5,30",
    "--set",
    "run.seed=1,2",
    "--set",
    "run.homes=60",
    "--reps=2",
];

fn offpeak(place: &Path, arguments: &[&str]) -> Output {
    let command = Command::new(cargo_bin!("offpeak")).current_dir(place).args(arguments).output();
    command.expect("it starts")
}

fn sweep(place: &Path, more: &[&str]) -> Output {
    offpeak(place, &[&["sweep"], &SWEEP[..], more].concat())
}

fn begin(place: &Path, out: &str) -> Child {
    let mut command = Command::new(cargo_bin!("offpeak"));
    command.current_dir(place).arg("sweep").args(SWEEP).args(["--threads", "1", "--out", out]);
    command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("it starts")
}

/// Content of all files that must be the same, by name.
fn files(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(next).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else if !path.ends_with("provenance.json") {
                let name = path.strip_prefix(folder).expect("below").to_owned();
                found.insert(name, fs::read(&path).expect("a file"));
            }
        }
    }
    found
}

/// That two folders hold the same.
fn same(one: &Path, other: &Path) {
    let (one_files, other_files) = (files(one), files(other));
    assert!(one_files.keys().eq(other_files.keys()), "{one:?} and {other:?} hold other files");
    let differ: Vec<&PathBuf> = one_files
        .iter()
        .filter(|(name, text)| other_files[*name] != **text)
        .map(|(n, _)| n)
        .collect();
    assert!(differ.is_empty(), "{one:?} and {other:?}: {differ:?}");
}

/// Units that are done in an unfinished folder.
fn done(partial: &Path) -> usize {
    let entries = fs::read_dir(partial.join("units")).into_iter().flatten().flatten();
    entries.filter(|entry| entry.path().extension().is_some_and(|end| end == "json")).count()
}

/// Waits until so many units are done, and no longer than a minute.
fn wait(partial: &Path, least: usize) {
    for _ in 0..3_000 {
        if done(partial) >= least {
            return;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    panic!("{} of {least} units after a minute", done(partial));
}

#[test]
fn neither_threads_nor_parts_nor_kills_show() {
    let place = tempfile::tempdir().expect("a place");
    let place = place.path();
    assert!(sweep(place, &["--out", "one", "--threads", "1"]).status.success());
    assert!(sweep(place, &["--out", "two", "--threads", "2"]).status.success());
    same(&place.join("one"), &place.join("two"));

    for part in ["1/4", "2/4", "3/4", "4/4"] {
        let out = format!("part-{}", &part[..1]);
        assert!(sweep(place, &["--out", &out, "--shard", part]).status.success(), "{part}");
        let status = offpeak(place, &["status", &out]);
        assert_eq!(status.status.code(), Some(5), "a part is not all");
    }
    let some = offpeak(place, &["merge", "part-1", "part-2", "part-4", "--out", "joined"]);
    assert_eq!(some.status.code(), Some(5));
    assert!(!place.join("joined").exists() && !place.join("joined.partial").exists());
    let parts = ["part-3", "part-1", "part-4", "part-2"];
    let all = offpeak(place, &[&["merge"], &parts[..], &["--out", "joined"]].concat());
    assert!(all.status.success(), "{all:?}");
    same(&place.join("one"), &place.join("joined"));

    let mut killed = begin(place, "killed");
    wait(&place.join("killed.partial"), 2);
    killed.kill().expect("it is killed");
    killed.wait().expect("it ends");
    assert!(!place.join("killed").exists(), "whole or not at all");
    let (kept, status) =
        (done(&place.join("killed.partial")), offpeak(place, &["status", "killed"]));
    assert_eq!(status.status.code(), Some(5));
    let again = sweep(place, &["--out", "killed"]);
    let said = String::from_utf8_lossy(&again.stderr).into_owned();
    assert!(said.contains(&format!("{kept} of 16 runs were done before")), "{said}");
    same(&place.join("one"), &place.join("killed"));
    assert!(!place.join("killed.partial").exists(), "nothing is left behind");
    assert!(offpeak(place, &["status", "killed"]).status.success());
}

#[cfg(unix)]
#[test]
fn an_interrupt_keeps_what_is_done_and_says_how_to_go_on() {
    let place = tempfile::tempdir().expect("a place");
    let place = place.path();
    let mut command = Command::new(cargo_bin!("offpeak"));
    command.current_dir(place).args(["run", "small/two-providers", "--reps=6", "--threads=1"]);
    let child = command.args(["--out", "run"]).stderr(Stdio::piped()).spawn().expect("it starts");
    wait(&place.join("run.partial"), 1);
    let pid = child.id().to_string();
    assert!(Command::new("kill").args(["-INT", &pid]).status().expect("kill").success());
    let ended = child.wait_with_output().expect("it ends");
    assert_eq!(ended.status.code(), Some(130));
    let said = String::from_utf8_lossy(&ended.stderr).into_owned();
    assert!(said.contains("are kept in run.partial") && said.contains("--reps=6"), "{said}");
    assert!(done(&place.join("run.partial")) >= 1);
    let kept = done(&place.join("run.partial"));
    for out in ["joined", "run"] {
        let other = offpeak(place, &["merge", "run.partial", "--out", out]);
        assert_eq!(other.status.code(), Some(5), "{other:?}");
    }
    // What another command would write there does not cost these either.
    let other = ["run", "small/two-providers", "--reps=6", "--seed=9", "--out", "run"];
    let other = offpeak(place, &other);
    assert_eq!(other.status.code(), Some(1), "{other:?}");
    assert!(String::from_utf8_lossy(&other.stderr).contains("of another scenario or seed"));
    assert_eq!(done(&place.join("run.partial")), kept);
}

#[test]
fn a_damaged_unit_is_played_again() {
    let place = tempfile::tempdir().expect("a place");
    let place = place.path();
    assert!(sweep(place, &["--out", "whole"]).status.success());
    let mut child = begin(place, "damaged");
    wait(&place.join("damaged.partial"), 2);
    child.kill().expect("it is killed");
    child.wait().expect("it ends");
    for entry in fs::read_dir(place.join("damaged.partial/units")).expect("units").flatten() {
        let text = fs::read(entry.path()).expect("a unit");
        fs::write(entry.path(), &text[..text.len() * 2 / 3]).expect("cut");
    }
    assert!(sweep(place, &["--out", "damaged"]).status.success());
    same(&place.join("whole"), &place.join("damaged"));
}

#[test]
fn without_axes_a_sweep_is_a_run() {
    let place = tempfile::tempdir().expect("a place");
    let place = place.path();
    let run = ["small/one-title", "--reps", "2", "--set", "run.homes=50", "--out"];
    assert!(offpeak(place, &[&["run"], &run[..], &["run"]].concat()).status.success());
    assert!(offpeak(place, &[&["sweep"], &run[..], &["sweep"]].concat()).status.success());
    same(&place.join("run"), &place.join("sweep"));
}

#[test]
fn a_point_is_the_run_it_stands_for() {
    let place = tempfile::tempdir().expect("a place");
    let place = place.path();
    assert!(sweep(place, &["--out", "sweep", "--one-at-a-time"]).status.success());
    let points = fs::read_to_string(place.join("sweep/points.csv")).expect("points");
    // The file as it is, and two levels of two axes.
    assert_eq!(points.lines().count(), 1 + 5 * 2, "{points}");
    assert!(points.contains("1,mesh.links,=") && points.contains("3,mesh.links,30"), "{points}");
    let run = ["run", "small/two-providers", "--arm=hybrid", "--reps=2", "--out=run"];
    let sets = ["--set=run.homes=60", "--set=mesh.links=30"];
    assert!(offpeak(place, &[&run[..], &sets[..]].concat()).status.success());
    same(&place.join("sweep/points/3"), &place.join("run"));
    let ranks = fs::read_to_string(place.join("sweep/sensitivity.csv")).expect("ranks");
    let rows: Vec<Vec<&str>> =
        ranks.lines().skip(1).map(|line| line.split(',').collect()).collect();
    assert!(rows.len() > 100, "{ranks}");
    for axes in rows.chunk_by(|a, b| a[..3] == b[..3]) {
        for (pair, rank) in axes.windows(2).zip(1_usize..) {
            let ranked = (pair[0][3].parse(), pair[1][3].parse());
            assert_eq!(ranked, (Ok(rank), Ok(rank + 1)), "{axes:?}");
            assert_ne!(pair[0][4], pair[1][4], "each axis once");
            let spread = |row: &[&str]| row[9].parse::<f64>().unwrap_or(0.0);
            assert!(spread(&pair[0]) >= spread(&pair[1]), "{axes:?}");
        }
    }
}
