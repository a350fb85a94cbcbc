//! Without anybody who gives, all schedulers that meet peers draw the same bytes as `cdn-only`.

use offpeak::metrics::tables::Window;

use super::{Played, hold, short};

/// All that viewers and servers notice. Control messages may differ: the question is free, asking
/// is not.
const SAME: [&str; 14] = [
    "bytes_appliance",
    "bytes_exchange",
    "bytes_origin",
    "bytes_peer_pop",
    "bytes_peer_isp",
    "bytes_peer_other",
    "bytes_own_cache",
    "played_hours",
    "stalled_hours",
    "stalled_sessions_share",
    "startup_s_p50",
    "startup_s_p95",
    "bitrate_mbps",
    "sessions",
];

fn same_as_baseline(what: &str, runs: &[Played]) {
    let hybrids = runs.iter().filter(|run| run.arm != "oracle" && run.arm != "disk");
    for run in hybrids.skip(1) {
        for window in [Window::All, Window::Peak] {
            for metric in SAME {
                let (base, got) = (runs[0].value(window, metric), run.value(window, metric));
                let same = base.to_bits() == got.to_bits() || base.is_nan() && got.is_nan();
                assert!(same, "{what}, arm {}, {window:?}: {metric} {got}, not {base}", run.arm);
            }
        }
    }
    for run in runs {
        for tier in ["bytes_peer_pop", "bytes_peer_isp", "bytes_peer_other", "upload_gb_max"] {
            assert!(run.all(tier) < 1e-12, "{what}, arm {}: {tier}", run.arm);
        }
    }
}

const FILES: [(&str, &[&str]); 6] = [
    ("refused.toml", &["pc", "set-top"]),
    ("two-providers.toml", &["set-top"]),
    ("tight-interconnect.toml", &["set-top"]),
    ("tiny-cache.toml", &["set-top"]),
    ("sticks-without-storage.toml", &["stick"]),
    ("one-title.toml", &["set-top"]),
];

/// Sets all `keys` of every device in the first `files` scenarios.
fn refuse(keys: &[(&str, &str)], files: usize, seeds: &[&str], more: &[(&str, &str)]) {
    for (file, devices) in &FILES[..files] {
        for seed in seeds {
            let mut set: Vec<(String, &str)> = Vec::new();
            for device in *devices {
                set.extend(keys.iter().map(|(key, v)| (format!("device.{device}.{key}"), *v)));
            }
            let mut sets: Vec<(&str, &str)> = set.iter().map(|(k, v)| (k.as_str(), *v)).collect();
            sets.extend([("run.seed", *seed), ("run.history", "1 d")]);
            sets.extend(more);
            let what = format!("{file}, {keys:?}, {more:?}, seed {seed}");
            same_as_baseline(&what, &hold(&what, &short(file, &sets)));
        }
    }
}

#[test]
fn nobody_is_permitted() {
    refuse(&[("upload.permitted", "0.0")], 6, &["1", "2"], &[]);
}

#[test]
fn nobody_has_a_slot() {
    refuse(&[("upload.slots", "0")], 2, &["3"], &[]);
}

#[test]
fn nobody_may_use_the_line() {
    refuse(&[("upload.share", "0.0")], 2, &["4"], &[]);
}

#[test]
fn nobody_gives_and_servers_are_full() {
    let full = [("cdn.origin.egress", "150 kbit/s"), ("cdn.exchange.egress", "100 kbit/s")];
    refuse(&[("upload.permitted", "0.0")], 3, &["5", "6"], &full);
}

#[test]
fn nobody_gives_and_memory_is_short() {
    for memory in ["4 MB", "5 MB", "7 MB"] {
        let keys = [("upload.permitted", "0.0"), ("memory", memory), ("cache.size", "0 B")];
        refuse(&keys, 2, &["7"], &[]);
    }
}

#[test]
fn no_line_has_an_uplink() {
    for seed in ["1", "2", "3"] {
        let tight = [("cdn.origin.egress", "150 kbit/s"), ("cdn.exchange.egress", "100 kbit/s")];
        for more in [&tight[..0], &tight] {
            let sets = [&[("run.seed", seed)], more].concat();
            let runs = hold("no uplink", &short("no-uplink.toml", &sets));
            same_as_baseline(&format!("no-uplink.toml, seed {seed}, {more:?}"), &runs);
        }
    }
}
