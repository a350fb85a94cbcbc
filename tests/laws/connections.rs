//! What connections cost changes times and bytes, never the laws; switched off, it changes nothing.

use offpeak::scenario::Loaded;

use super::{Played, hold, short};

/// Every effect, with a value that is felt.
const ON: [(&str, &str); 19] = [
    ("network.tcp.initial_window", "10"),
    ("network.tcp.set_up", "3"),
    ("network.tcp.keep_alive", "5 s"),
    ("network.tcp.window", "100 kB"),
    ("network.tcp.loss", "0.001"),
    ("network.tcp.rtt_fairness", "1.0"),
    ("network.tcp.connections", "1"),
    ("network.tcp.ack_share", "0.03"),
    ("network.tcp.uplink_queue", "400 ms"),
    ("mesh.window", "20 kB"),
    ("isp.0.nat", "{ open = 0.2, port_restricted = 0.5, symmetric = 0.3 }"),
    ("isp.0.able", "0.5"),
    ("directory.refresh_list", "0"),
    ("directory.among", "viewers"),
    ("directory.scope", "place"),
    ("mesh.give_up", "20 s"),
    ("mesh.exchange", "{ names = 3, every = \"20 s\" }"),
    ("mesh.path", "{ }"),
    ("mesh.link_life", "{ weibull = { shape = 0.6, mean = \"1 min\" } }"),
];

/// Every effect, switched off by name.
const OFF: [(&str, &str); 8] = [
    ("network.tcp.initial_window", "0"),
    ("network.tcp.set_up", "0"),
    ("network.tcp.loss", "0.0"),
    ("network.tcp.rtt_fairness", "0.0"),
    ("network.tcp.pipelining", "false"),
    ("network.tcp.ack_share", "0.0"),
    ("network.tcp.uplink_queue", "0 s"),
    ("isp.0.nat", "{ open = 1.0 }"),
];

/// Uplinks can be full.
const FULL_SHARE: (&str, &str) = ("device.set-top.upload.share", "1.0");

fn tables(loaded: &Loaded, what: &str) -> Vec<String> {
    let text = |run: &Played| format!("{:?}", run.tables);
    hold(what, loaded).iter().map(text).collect()
}

#[test]
fn switched_off_is_as_if_there_were_none() {
    for file in ["two-providers.toml", "tight-interconnect.toml"] {
        let (plain, off) =
            (short(file, &[FULL_SHARE]), short(file, &[&[FULL_SHARE][..], &OFF].concat()));
        assert_eq!(tables(&plain, file), tables(&off, file), "{file}");
        // Values that never bind are as good as none.
        let loose = [
            ("network.tcp.restart", "1 d"),
            ("network.tcp.window", "1 GB"),
            ("network.tcp.connections", "100"),
            ("mesh.window", "1 GB"),
            ("mesh.give_up", "1 d"),
            ("mesh.link_life", "{ constant = \"1 d\" }"),
            ("mesh.path", "{ size = \"1 TB\" }"),
            ("directory.refresh_list", "20"),
            ("isp.0.able", "1.0"),
        ];
        let loose = short(file, &[&[FULL_SHARE][..], &loose].concat());
        assert_eq!(tables(&plain, file), tables(&loose, file), "{file}, loose");
    }
}

#[test]
fn each_effect_is_felt_and_keeps_the_laws() {
    let file = "two-providers.toml";
    let plain = tables(&short(file, &[FULL_SHARE]), "plain");
    for one in ON {
        // An idle connection is closed only where opening it costs something; the rest of a full
        // link is shared by round trips only where links are full.
        let with = match one.0 {
            "network.tcp.keep_alive" => vec![("network.tcp.set_up", "3")],
            "network.tcp.rtt_fairness" => vec![("isp.0.interconnect.down", "300 kbit/s")],
            _ => vec![],
        };
        let base = [&[FULL_SHARE][..], &with].concat();
        let other = tables(&short(file, &[&base[..], &[one]].concat()), one.0);
        let without =
            if with.is_empty() { plain.clone() } else { tables(&short(file, &base), one.0) };
        assert_ne!(without, other, "{one:?} is not felt");
    }
}

#[test]
fn all_effects_together_keep_the_laws_and_run_again_alike() {
    for file in
        ["two-providers.toml", "tight-interconnect.toml", "one-title.toml", "tiny-cache.toml"]
    {
        for seed in ["1", "2"] {
            let sets = [&ON[..], &[FULL_SHARE, ("run.seed", seed)]].concat();
            let once = tables(&short(file, &sets), file);
            assert_eq!(once, tables(&short(file, &sets), file), "{file}, seed {seed}");
        }
    }
}

#[test]
fn pairs_that_cannot_connect_share_nothing() {
    let share = |nat: &str| {
        let sets = [("isp.0.nat", nat), ("mesh.success", "1.0")];
        let runs = hold(nat, &short("one-title.toml", &sets));
        runs.iter().find(|run| run.arm == "hybrid").expect("an arm").all("p2p_share")
    };
    for nat in ["{ symmetric = 1.0 }", "{ blocked = 1.0 }"] {
        assert!(share(nat) < 1e-12, "{nat}: {}", share(nat));
    }
    let (open, mixed) =
        (share("{ open = 1.0 }"), share("{ port_restricted = 0.5, symmetric = 0.5 }"));
    assert!(open > 0.1, "nothing to compare: {open}");
    assert!(
        share("{ port_restricted = 1.0 }").to_bits() == open.to_bits(),
        "these can punch holes"
    );
    assert!(mixed < open, "{mixed} with half of the homes symmetric, {open} with all open");
}

#[test]
fn setting_up_connections_delays_the_first_picture() {
    let startup = |sets: &[(&str, &str)]| {
        let sets = [&[("player.patience", "60 s")], sets].concat();
        hold("start-up", &short("two-providers.toml", &sets))[0].all("startup_s_p50")
    };
    let (plain, set_up) = (startup(&[]), startup(&[("network.tcp.set_up", "3")]));
    let both = startup(&[("network.tcp.set_up", "3"), ("network.tcp.initial_window", "10")]);
    assert!(plain < set_up && set_up < both, "{plain}, {set_up}, {both}");
}
