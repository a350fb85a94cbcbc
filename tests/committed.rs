//! The folders in `results/` come out of the small scenarios today, byte for byte.
//!
//! `UPDATE_GOLDEN=1 cargo test --test committed` writes them anew after a change of results, which raises
//! the results version and stands in CHANGELOG.md.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use assert_cmd::cargo::cargo_bin;

/// Shipped scenarios that take seconds and need no table beside them.
const SMALL: [&str; 9] = [
    "adapting",
    "connections",
    "no-uplink",
    "one-title",
    "refused",
    "sticks-without-storage",
    "tight-interconnect",
    "tiny-cache",
    "two-providers",
];

/// Files that are kept: what is the same on every platform, but for the page, which has all again.
fn kept(folder: &Path) -> BTreeSet<PathBuf> {
    let mut found = BTreeSet::new();
    for below in ["", "plots"] {
        for entry in fs::read_dir(folder.join(below)).into_iter().flatten().flatten() {
            let name = Path::new(below).join(entry.file_name());
            let text = name.to_string_lossy();
            let left_out =
                text.ends_with(".png") || text == "provenance.json" || text == "report.html";
            if entry.path().is_file() && !left_out {
                found.insert(name);
            }
        }
    }
    found
}

fn check(name: &str, place: &Path) -> Vec<String> {
    let out = place.join(name);
    let status = Command::new(cargo_bin!("offpeak"))
        .current_dir(place)
        .args(["run", &format!("small/{name}"), "--out", name])
        .output()
        .expect("it starts");
    assert!(status.status.success(), "{name}: {status:?}");
    let committed = Path::new(env!("CARGO_MANIFEST_DIR")).join("results").join(name);
    let fresh = kept(&out);
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        drop(fs::remove_dir_all(&committed));
        fs::create_dir_all(committed.join("plots")).expect("a folder");
        for file in &fresh {
            fs::copy(out.join(file), committed.join(file)).expect("copied");
        }
    }
    let mut wrong: Vec<String> = fresh
        .symmetric_difference(&kept(&committed))
        .map(|file| format!("{name}: {} is in one alone", file.display()))
        .collect();
    for file in &fresh {
        let (now, then) = (fs::read(out.join(file)), fs::read(committed.join(file)));
        if now.ok() != then.ok() {
            wrong.push(format!("{name}: {} differs", file.display()));
        }
    }
    wrong
}

#[test]
fn committed_results_come_out_today() {
    let place = tempfile::tempdir().expect("a place");
    let wrong: Vec<String> = SMALL.iter().flat_map(|name| check(name, place.path())).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn nothing_else_is_committed() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("results");
    for entry in fs::read_dir(folder).expect("results").flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let known = SMALL.contains(&name.as_str()) || name == "README.md";
        assert!(known, "nobody holds results/{name} against today's");
    }
}
