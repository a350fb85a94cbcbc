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

/// Lists that are gone through, with titles that end within the run.
const SEQUENCES: [&str; 3] = [
    "{ followed = 0.9, pause = \"0 s\" }",
    "{ followed = 0.9, pause = \"2 s\" }",
    "{ known = 0.5, followed = 0.5, pause = \"20 s\" }",
];

/// Rules for what may be played next.
const AHEAD: [&str; 3] = [
    "{ next-item = { p2p_window = \"1 h\" } }",
    "{ next-item = { peers_before = \"2 min\", cdn_before = \"1 min\", http_window = \"1 min\" } }",
    "{ next-item = { peers_before = \"20 s\", cdn_before = \"20 s\" } }",
];

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

/// Channels, and who turns to them.
fn live() -> impl Strategy<Value = Vec<(&'static str, String)>> {
    let channels = prop::sample::select(vec![
        r#"[{ name = "a" }]"#,
        r#"[{ name = "a", weight = 3.0 }, { name = "b", encode_delay = "7 s" }]"#,
        r#"[{ name = "a", on_air = { from = "19:52", to = "19:56" } }, { name = "b" }]"#,
        r#"[{ name = "a", on_air = { from = "19:30", to = "19:53" }, encode_delay = "1 s" }]"#,
    ]);
    let share = prop::sample::select(vec!["0.5", "1.0"]);
    let edge = prop::sample::select(vec!["6", "9"]);
    let keys = (channels, share, edge).prop_map(|(channels, share, edge)| {
        let keys = [("channel", channels), ("demand.live", share), ("player.live_edge", edge)];
        keys.map(|(key, value)| (key, value.to_owned())).to_vec()
    });
    prop::option::of(keys).prop_map(Option::unwrap_or_default)
}

/// How peers meet.
fn meeting() -> impl Strategy<Value = Vec<(&'static str, String)>> {
    let meeting = (
        one("directory.among", &["viewers"]),
        one("directory.scope", &["isp", "place"]),
        one("directory.refresh_list", &["0", "2"]),
        one("mesh.give_up", &["1 s", "15 s"]),
        one("mesh.exchange", &["{ names = 1, every = \"1 s\" }", "{ every = \"10 s\" }"]),
        one("mesh.path", &["{ base = \"100 ms\", per_rtt = 2.0 }", "{ transfer = 1.5 }"]),
        one("isp.0.able", &["0.0", "0.5"]),
        one("mesh.link_life", &["2 s", "60 s", "{ weibull = { shape = 0.5, mean = \"9 s\" } }"]),
    );
    meeting.prop_map(|(a, b, c, d, e, f, g, h)| {
        [a, b, c, d, e, f, g, h].into_iter().flatten().collect()
    })
}

/// How players adapt, and what viewers do.
fn adapting() -> impl Strategy<Value = Vec<(&'static str, String)>> {
    let rungs = ["throughput", "bola", "buffer-based", "dynamic"];
    let abr = prop::option::of(prop::sample::select(rungs.to_vec()));
    let abr = abr.prop_map(|abr| abr.map(|abr| ("player.abr", abr.to_owned())));
    let all = (
        abr,
        one("player.estimate", &["naive"]),
        one("player.buffer", &["24 s", "60 s"]),
        one("player.start_rung", &["lowest"]),
        one("demand.pause", &["{ per_hour = 60, length = { exponential = { mean = \"5 s\" } } }"]),
        one(
            "demand.seek",
            &[
                "{ per_hour = 90, length = { exponential = { mean = \"60 s\" } }, forward = 0.5 }",
                "{ per_hour = 20, length = { constant = \"40 min\" } }",
            ],
        ),
        one("demand.zap", &["{ share = 0.8, length = { constant = \"8 s\" } }"]),
    );
    all.prop_map(|(a, b, c, d, e, f, g)| [a, b, c, d, e, f, g].into_iter().flatten().collect())
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

/// A scheduler of the arm that has peers.
fn schedulers() -> impl Strategy<Value = Option<(&'static str, String)>> {
    let hybrid = (1u32..4, 1u32..5, 1u64..40, 0u32..4).prop_map(|(http, p2p, high, retries)| {
        let own = format!("http_parallel = {http}, p2p_parallel = {p2p}");
        let more = format!("high_demand = \"{high} s\", retries = {retries}");
        Some(("arm.hybrid.scheduler", format!("{{ hybrid = {{ {own}, {more} }} }}")))
    });
    let ahead = prop::sample::select(&AHEAD[..]).prop_map(|ahead| {
        Some(("arm.hybrid.scheduler", format!("{{ custom = {{ prefetch = {ahead} }} }}")))
    });
    prop_oneof![2 => hybrid, 1 => ahead, 2 => of_rules()]
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
        one("device.set-top.upload.budget_on", &["metered-lines"]),
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
        one("demand.sequence", &SEQUENCES),
        one("run.history", &["6 h"]),
        one("network.corrupt", &["0.05", "0.6"]),
    );
    let sharing =
        (one("network.sharing", &["max-min", "split"]), one("network.slack", &["0.0", "0.3"]));
    // Titles short enough to end within the run.
    let short = one("catalogue.runtime.constant", &["40 s", "90 s"]);
    let run = (any::<u32>(), 15u32..45, 40u32..300);
    let costs = (connections(), meeting()).prop_map(|(a, b)| [a, b].concat());
    let all = (device, mesh, player, network, costs, sharing, (schedulers(), short), live(), run);
    all.prop_map(|(d, m, p, n, c, s, (h, t), l, (seed, homes, rate))| {
        let list = [
            d.0, d.1, d.2, d.3, d.4, d.5, d.6, d.7, d.8, m.0, m.1, m.2, m.3, m.4, m.5, m.6, p.0,
            p.1, p.2, p.3, p.4, p.5, p.6, n.0, n.1, n.2, n.3, n.4, n.5, n.6, n.7, n.8, s.0, s.1, h,
            t,
        ];
        let run = [
            ("run.seed", seed.to_string()),
            ("run.homes", homes.to_string()),
            ("run.length", "5 min".to_owned()),
            ("run.peak", "{ from = \"19:50\", to = \"19:55\" }".to_owned()),
            ("demand.sessions_per_home_day", rate.to_string()),
        ];
        list.into_iter().flatten().chain(c).chain(l).chain(run).collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig { max_shrink_iters: 60, ..ProptestConfig::with_cases(60) })]
    #[test]
    fn laws_hold_whatever_the_knobs(
        file in prop::sample::select(vec!["two-providers.toml", "tight-interconnect.toml"]),
        sets in knobs(),
        more in adapting(),
    ) {
        // Who adapts fetches nothing of what comes next in a list.
        let ahead = sets.iter().any(|(_, value)| value.contains("prefetch") || value.contains("spotify"))
            && sets.iter().any(|(key, _)| *key == "demand.sequence");
        let more = more.into_iter().filter(|(key, _)| !ahead || *key != "player.abr");
        let sets: Vec<_> = sets.into_iter().chain(more).collect();
        let sets: Vec<(&str, &str)> = sets.iter().map(|(k, v)| (*k, v.as_str())).collect();
        let loaded = short(file, &sets);
        if let Err(broken) = play_all(&loaded, 0) {
            prop_assert!(false, "{file} with {sets:?}: {broken}");
        }
    }
}
