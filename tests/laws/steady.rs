//! Caches drawn as steady state serve as well as caches filled by simulated days.
//!
//! The draw puts intended viewings through the cache in whole. What differs in simulated days:
//! viewers who gave up fetched less, and whoever left early had up to 15 s fetched ahead.

use offpeak::units::Span;

use super::{hold, small};

/// Part of the bytes played that came from the home's own cache.
fn own_share(drawn: bool, seed: &str) -> f64 {
    let mut loaded = small(
        "two-providers.toml",
        &[
            ("run.homes", "100"),
            ("run.warm_up", "0 s"),
            ("run.length", "4 h"),
            ("run.seed", seed),
            ("run.history", if drawn { "2 d" } else { "0 s" }),
            ("run.peak", "{ from = \"20:00\", to = \"21:00\" }"),
            ("demand.sessions_per_home_day", "12"),
            ("demand.rewatch", "0.6"),
            ("video.segment", "10 s"),
            ("device.set-top.cache.size", "1 GB"),
        ],
    );
    loaded.arms.retain(|arm| arm.baseline);
    if !drawn {
        loaded.scenario.run.warm_up = Span::DAY.times(2);
    }
    let run = hold("steady state", &loaded).remove(0);
    let played = run.all("played_hours") * 3600.0 * run.all("bitrate_mbps") * 125_000.0;
    run.all("bytes_own_cache") / played
}

#[test]
fn a_drawn_history_serves_as_well_as_simulated_days() {
    let seeds = ["1", "2", "3"];
    let mean = |drawn| seeds.iter().map(|seed| own_share(drawn, seed)).sum::<f64>() / 3.0;
    let (drawn, simulated) = (mean(true), mean(false));
    assert!(simulated > 0.1, "nothing to compare: {simulated}");
    assert!((drawn - simulated).abs() < 0.03, "drawn {drawn}, simulated {simulated}");
}
