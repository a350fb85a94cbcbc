//! The built program: the number of threads does not show in any table.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use assert_cmd::Command;

/// Every file under `folder` but the one that may differ.
fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut all = BTreeMap::new();
    let mut open = vec![folder.to_owned()];
    while let Some(inner) = open.pop() {
        for entry in fs::read_dir(&inner).expect("a folder") {
            let path = entry.expect("an entry").path();
            let name = path.strip_prefix(folder).expect("inside").display().to_string();
            if path.is_dir() {
                open.push(path);
            } else if name != "provenance.json" {
                all.insert(name, fs::read(&path).expect("a file"));
            }
        }
    }
    all
}

fn run(file: &str, threads: &str, place: &Path) -> BTreeMap<String, Vec<u8>> {
    let scenario = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/small").join(file);
    let out = place.join(format!("{file}-{threads}"));
    let done = Command::cargo_bin("offpeak")
        .expect("built")
        .arg("run")
        .arg(&scenario)
        .arg("--out")
        .arg(&out)
        .args(["--threads", threads, "--reps", "2", "--set", "run.homes=90"])
        .output()
        .expect("started");
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    assert!(out.join("provenance.json").is_file());
    files(&out)
}

#[test]
fn threads_do_not_show() {
    let place = tempfile::tempdir().expect("a place");
    for file in ["two-providers.toml", "sticks-without-storage.toml"] {
        let one = run(file, "1", place.path());
        let two = run(file, "2", place.path());
        let names = ["manifest.json", "summary.csv", "comparison.csv", "series.csv", "causes.csv"];
        for name in names {
            assert!(one.contains_key(name), "{file}: no {name}");
        }
        assert!(one.keys().eq(two.keys()), "{file}: other files");
        for (name, bytes) in &one {
            assert!(bytes == &two[name], "{file}: {name} differs between 1 and 2 threads");
        }
    }
}
