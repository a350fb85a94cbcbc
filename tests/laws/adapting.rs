//! Players that adapt, and viewers who pause, seek and zap: the same laws.

use super::{Played, hold, short};

const ABR: [&str; 4] = ["throughput", "bola", "buffer-based", "dynamic"];

/// Something to do every few minutes.
const BUSY: [(&str, &str); 3] = [
    ("demand.pause", "{ per_hour = 30, length = { exponential = { mean = \"20 s\" } } }"),
    (
        "demand.seek",
        "{ per_hour = 40, length = { exponential = { mean = \"90 s\" } }, forward = 0.6 }",
    ),
    ("demand.zap", "{ share = 0.4, length = { exponential = { mean = \"15 s\" } } }"),
];

fn arms(runs: &[Played], metric: &str) -> Vec<f64> {
    runs.iter().map(|run| run.all(metric)).collect()
}

#[test]
fn every_rule_for_rungs_keeps_the_laws() {
    let mut switches = 0.0;
    for abr in ABR {
        for estimate in ["loader", "naive"] {
            for (file, start) in [("two-providers.toml", "home"), ("tiny-cache.toml", "lowest")] {
                let sets = [
                    ("player.abr", abr),
                    ("player.estimate", estimate),
                    ("player.start_rung", start),
                    ("run.history", if start == "home" { "1 d" } else { "0 s" }),
                ];
                let runs = hold(&format!("{abr}, {estimate}"), &short(file, &sets));
                switches += arms(&runs, "switches_per_hour").iter().sum::<f64>();
            }
        }
        let file = "sticks-without-storage.toml";
        hold(abr, &short(file, &[("player.abr", abr), ("device.stick.memory", "6 MB")]));
    }
    assert!(switches > 10.0, "nothing ever changed: {switches}");
}

#[test]
fn pauses_seeks_and_zaps_keep_the_laws() {
    for file in ["two-providers.toml", "tiny-cache.toml", "sticks-without-storage.toml"] {
        for abr in ["fixed", "dynamic"] {
            let sets = [&BUSY[..], &[("player.abr", abr)]].concat();
            let runs = hold(&format!("{file} with {abr}"), &short(file, &sets));
            assert!(arms(&runs, "paused_hours").iter().all(|hours| *hours > 0.05), "{file}");
            let waits = arms(&runs, "seek_s_mean");
            assert!(waits.iter().all(|wait| *wait >= 0.0) && waits[0] > 0.0, "{file}: {waits:?}");
        }
    }
}

/// Without anything done and without adaptation the new books are empty.
#[test]
fn nothing_is_counted_where_nothing_happens() {
    for run in hold("as it is", &short("two-providers.toml", &[])) {
        assert!(run.all("switches_per_hour") < 1e-12 && run.all("paused_hours") < 1e-12);
        assert!(run.all("seek_s_mean").is_nan());
    }
}
