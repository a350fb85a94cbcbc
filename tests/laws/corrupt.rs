//! Nothing corrupt is ever played or kept, however long it takes to find out.

use super::{hold, short};

/// The witness counts nothing that came from a peer where all peers pollute.
#[test]
fn where_all_peers_pollute_servers_bring_whatever_is_played() {
    for rate in [None, Some("\"400 Mbit/s\""), Some("\"200 kbit/s\"")] {
        for own in [
            "\"hybrid\"",
            "\"timecritical\"",
            "\"spotify-2010\"",
            "{ custom = { late = \"steal\" } }",
        ] {
            let sets = [("device.set-top.pollutes", "1.0"), ("arm.hybrid.scheduler", own)];
            let rate = rate.map(|rate| ("device.set-top.hash_rate", rate));
            let sets: Vec<_> = sets.into_iter().chain(rate).collect();
            for run in
                hold(&format!("{sets:?}"), &short("two-providers.toml", &sets)).iter().skip(1)
            {
                let corrupt = run.all("transfers_corrupt");
                assert!(corrupt > 0.0, "{sets:?}, {}: {corrupt} corrupt transfers", run.arm);
            }
        }
    }
}
