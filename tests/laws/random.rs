//! Random small scenarios: the laws hold for all of them.

use offpeak::peer::scheduler::late::Late;
use offpeak::peer::scheduler::neighbours::NeighbourChoice;
use offpeak::peer::scheduler::per_peer::PerPeer;
use offpeak::peer::scheduler::trust::Trust;
use offpeak::peer::scheduler::unit::Unit;
use proptest::prelude::*;

use super::{play_all, short};

/// One of `values` for `key`, or none.
fn one(
    key: &'static str,
    values: &'static [&'static str],
) -> impl Strategy<Value = Option<(&'static str, String)>> {
    let value = prop::option::of(prop::sample::select(values));
    value.prop_map(move |value| value.map(|value| (key, value.to_owned())))
}

/// What connections cost.
fn connections() -> impl Strategy<Value = Vec<(&'static str, String)>> {
    let tcp = (
        one("network.tcp.initial_window", &["1", "10"]),
        one("network.tcp.set_up", &["1", "3"]),
        one("network.tcp.window", &["3 kB", "100 kB"]),
        one("network.tcp.rtt_fairness", &["0.5", "2.0"]),
        one("network.tcp.connections", &["1", "2"]),
        one("network.tcp.pipelining", &["true"]),
        one("network.tcp.ack_share", &["0.02", "0.2"]),
        one("network.tcp.uplink_queue", &["300 ms", "3 s"]),
        one("mesh.window", &["2 kB", "50 kB"]),
        one("isp.0.nat", &["{ symmetric = 1.0 }", "{ open = 0.4, symmetric = 0.6 }"]),
    );
    tcp.prop_map(|(a, b, c, d, e, f, g, h, i, j)| {
        [a, b, c, d, e, f, g, h, i, j].into_iter().flatten().collect()
    })
}

/// Rules of uploads, requests and neighbours put together, or a preset that has them.
fn of_rules() -> impl Strategy<Value = Option<(&'static str, String)>> {
    fn any(names: &'static [&'static str]) -> impl Strategy<Value = &'static str> {
        prop::sample::select(names)
    }
    let upload = [
        "\"first-come\"",
        "\"choking\"",
        "\"urgency\"",
        "{ choking = { slots = 1, round = \"1 s\", optimistic = \"1 s\" } }",
        "{ urgency = { slots = 1, soon = \"8 s\" } }",
    ];
    let rules = (
        prop::sample::select(upload.to_vec()),
        any(NeighbourChoice::NAMES),
        any(Trust::NAMES),
        any(PerPeer::NAMES),
        any(Unit::NAMES),
        any(Late::NAMES),
        2u32..7,
    );
    let custom = rules.prop_map(|(upload, neighbours, trust, per_peer, unit, late, p2p)| {
        let requests = format!(
            "p2p_parallel = {p2p}, trust = \"{trust}\", per_peer = \"{per_peer}\", unit = \"{unit}\""
        );
        format!(
            "{{ custom = {{ upload = {upload}, neighbours = \"{neighbours}\", late = \"{late}\", \
             requests = {{ {requests} }} }} }}"
        )
    });
    let presets = any(&["timecritical", "webtorrent-rarest", "spotify-2010"]);
    let presets = presets.prop_map(|name| format!("\"{name}\""));
    prop_oneof![custom, presets].prop_map(|scheduler| Some(("arm.hybrid.scheduler", scheduler)))
}

/// Key and value, from a few of each; what is not set stays as in the file.
fn knobs() -> impl Strategy<Value = Vec<(&'static str, String)>> {
    let device = (
        one("device.set-top.cache.size", &["0 B", "5 MB", "60 MB", "2 GB"]),
        one("device.set-top.memory", &["15 MB", "20 MB", "256 MB"]),
        one("device.set-top.standby", &["0.0", "0.4"]),
        one("device.set-top.upload.permitted", &["0.0", "0.3", "0.8"]),
        one("device.set-top.upload.slots", &["0", "1", "12"]),
        one("device.set-top.upload.share", &["0.0", "0.1", "1.0"]),
        one("device.set-top.upload.cap", &["50 kbit/s", "2 Mbit/s"]),
        one("device.set-top.pollutes", &["0.3", "1.0"]),
        one("device.set-top.hash_rate", &["2 Mbit/s", "400 Mbit/s"]),
    );
    let mesh = (
        one("directory.rtt", &["0 s", "3 s"]),
        one("directory.list", &["1", "3", "50"]),
        one("directory.refresh", &["2 s", "60 s"]),
        one("directory.staleness", &["0 s", "5 min"]),
        one("mesh.success", &["0.2", "1.0"]),
        one("mesh.links", &["1", "3", "30"]),
        one("mesh.link_life", &["2 s", "60 s"]),
        one("mesh.set_up", &["0 s", "5 s"]),
    );
    let player = (
        one("player.start_after", &["1 s", "12 s"]),
        one("player.resume_after", &["1 s", "12 s"]),
        one("player.patience", &["0 s", "30 s"]),
        one("player.lost_per_second", &["0.0", "0.5"]),
        one("player.stall_patience", &["{ exponential = { mean = \"5 s\" } }"]),
        one("video.segment", &["2 s", "10 s"]),
        one("video.size_spread", &["0.0", "0.6"]),
    );
    let network = (
        one("cdn.origin.egress", &["20 kbit/s", "200 kbit/s"]),
        one("cdn.exchange.holds", &["0.0", "1.0"]),
        one("catalogue.titles", &["1", "3", "20"]),
        one("box.on", &["{ exponential = { mean = \"4 min\" } }"]),
        one("box.off", &["{ exponential = { mean = \"4 min\" } }"]),
        one("demand.rewatch", &["0.5", "1.0"]),
        one("run.history", &["6 h"]),
        one("network.corrupt", &["0.05", "0.6"]),
    );
    let sharing =
        (one("network.sharing", &["max-min", "split"]), one("network.slack", &["0.0", "0.3"]));
    let hybrid = (1u32..4, 1u32..5, 1u64..40, 0u32..4).prop_map(|(http, p2p, high, retries)| {
        let own = format!("http_parallel = {http}, p2p_parallel = {p2p}");
        let more = format!("high_demand = \"{high} s\", retries = {retries}");
        Some(("arm.hybrid.scheduler", format!("{{ hybrid = {{ {own}, {more} }} }}")))
    });
    let hybrid = prop_oneof![hybrid, of_rules()];
    let run = (any::<u32>(), 15u32..45, 40u32..300);
    let all = (device, mesh, player, network, connections(), sharing, hybrid, run);
    all.prop_map(|(d, m, p, n, c, s, h, (seed, homes, rate))| {
        let list = [
            d.0, d.1, d.2, d.3, d.4, d.5, d.6, d.7, d.8, m.0, m.1, m.2, m.3, m.4, m.5, m.6, m.7,
            p.0, p.1, p.2, p.3, p.4, p.5, p.6, n.0, n.1, n.2, n.3, n.4, n.5, n.6, n.7, s.0, s.1, h,
        ];
        let run = [
            ("run.seed", seed.to_string()),
            ("run.homes", homes.to_string()),
            ("run.length", "5 min".to_owned()),
            ("run.peak", "{ from = \"19:50\", to = \"19:55\" }".to_owned()),
            ("demand.sessions_per_home_day", rate.to_string()),
        ];
        list.into_iter().flatten().chain(c).chain(run).collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig { max_shrink_iters: 60, ..ProptestConfig::with_cases(40) })]
    #[test]
    fn laws_hold_whatever_the_knobs(
        file in prop::sample::select(vec!["two-providers.toml", "tight-interconnect.toml"]),
        sets in knobs(),
    ) {
        let sets: Vec<(&str, &str)> = sets.iter().map(|(k, v)| (*k, v.as_str())).collect();
        let loaded = short(file, &sets);
        if let Err(broken) = play_all(&loaded, 0) {
            prop_assert!(false, "{file} with {sets:?}: {broken}");
        }
    }
}
