//! At the edge of what a scenario may say, nothing breaks.

use super::{hold, short};

#[test]
fn one_home_or_one_title_or_nothing_at_all() {
    let file = "two-providers.toml";
    let alone = hold("one home", &short(file, &[("run.homes", "1")]));
    assert!(alone.iter().all(|run| run.all("p2p_share").max(0.0) < 1e-12), "one home has no peers");
    hold("one title", &short(file, &[("catalogue.titles", "1")]));
    hold("one bin", &short(file, &[("run.bin", "10 min")]));
    let nobody = hold("nobody", &short(file, &[("demand.sessions_per_home_day", "0.001")]));
    assert!(nobody[0].pressed.len() < 2);
}

#[test]
fn hardly_any_room() {
    let cache = [("device.set-top.cache.size", "700 kB"), ("device.set-top.memory", "4 MB")];
    hold("a few segments in memory", &short("tiny-cache.toml", &cache));
    let equal = [("device.set-top.cache.size", "4 MB"), ("device.set-top.memory", "4 MB")];
    hold("a few segments on disk", &short("tiny-cache.toml", &equal));
    let full = [("device.set-top.cache.size", "30 MB"), ("run.history", "1 d")];
    hold("a full disk", &short("two-providers.toml", &full));
}

#[test]
fn hardly_any_mesh() {
    let file = "two-providers.toml";
    let alone = [("mesh.success", "0.0")];
    let runs = hold("no mesh", &short(file, &alone));
    let hybrid = runs.iter().find(|run| run.arm == "hybrid").unwrap();
    assert!(hybrid.all("p2p_share") < 1e-12);
    // Looking for peers in vain costs viewers and servers nothing.
    for metric in ["bytes_origin", "bytes_exchange", "played_hours", "stalled_hours"] {
        let (got, base) = (hybrid.all(metric), runs[0].all(metric));
        assert_eq!(got.to_bits(), base.to_bits(), "no mesh: {metric} {got}, not {base}");
    }
    for sets in [[("mesh.links", "1")], [("directory.list", "1")], [("mesh.success", "0.01")]] {
        hold(&format!("{sets:?}"), &short(file, &sets));
    }
    for sets in [
        [("mesh.link_life", "1 s")],
        [("directory.staleness", "1 h")],
        [("device.set-top.upload.slots", "1")],
        [("device.set-top.upload.cap", "10 kbit/s")],
        [("directory.refresh", "1 s")],
        [("directory.rtt", "10 s")],
        [("mesh.set_up", "10 s")],
    ] {
        hold(&format!("{sets:?}"), &short(file, &sets));
    }
}

#[test]
fn odd_schedulers() {
    for hybrid in [
        "{ retries = 0 }",
        "{ http_parallel = 1 }",
        "{ p2p_parallel = 1 }",
        "{ p2p_parallel = 6, http_parallel = 2 }",
        "{ high_demand = \"1 s\" }",
        "{ http_window = \"15 s\", p2p_window = \"15 s\" }",
        "{ http_idle = \"100 ms\", p2p_idle = \"100 ms\" }",
    ] {
        let scheduler = format!("{{ hybrid = {hybrid} }}");
        let sets = [("arm.hybrid.scheduler", scheduler.as_str())];
        hold(hybrid, &short("two-providers.toml", &sets));
    }
    for (arm, scheduler) in [
        ("arm.cdn-only.scheduler", "{ cdn-only = { http_parallel = 1, retries = 0 } }"),
        ("arm.cdn-only.scheduler", "{ cdn-only = { ahead = \"1 s\" } }"),
        ("arm.oracle.scheduler", "{ oracle = { p2p_parallel = 1, http_parallel = 1 } }"),
        ("arm.oracle.scheduler", "{ oracle = { ahead = \"1 h\", p2p_parallel = 6 } }"),
    ] {
        hold(scheduler, &short("two-providers.toml", &[(arm, scheduler)]));
    }
}

#[test]
fn lines_too_slow_for_the_lowest_rung() {
    let slow = "[\"300 kbit/s\", \"500 kbit/s\"]";
    let sets = [("line.adsl.down", slow), ("line.fibre.down", slow)];
    let patient = [("player.patience", "10 min"), ("player.lost_per_second", "0.0")];
    for more in [&patient[..0], &patient] {
        let sets = [&sets[..], more].concat();
        let runs = hold("slow lines", &short("two-providers.toml", &sets));
        for run in &runs {
            let started = run.pressed.len() as f64 * (1.0 - run.all("exits_before_start_share"));
            let stalled = run.all("stalled_hours") > 0.0;
            assert!(more.is_empty() || started > 0.0 && stalled, "arm {}: no stalls", run.arm);
        }
    }
    let dry = [("cdn.origin.egress", "1 kbit/s"), ("cdn.exchange.egress", "1 kbit/s")];
    hold("servers run dry", &short("tight-interconnect.toml", &dry));
}
