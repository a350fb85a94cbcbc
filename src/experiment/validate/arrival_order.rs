//! T5: a watch-only swarm in the engine, against the recursion in order of arrival.
//!
//! One title, watched from its beginning; a viewer can be served by those who came before, who are
//! further ahead, and leaves with what it has. Of L viewers in order of arrival, k finds the spare
//! uplink `C_{k−1}` of those before it, takes `min(r, C_{k−1})` of it at stream rate r and the rest
//! from the server, and leaves `C_k = max(0, C_{k−1} − r) + u_k`.
//!
//! The recursion is followed through the very viewers that the engine plays, which leaves out the
//! noise of who came; for Poisson numbers of viewers it gives the published values. It serves each
//! viewer at the stream rate, at once and in order of arrival. The engine moves whole segments, a
//! viewer's first ones come from the server as no peer is fast enough for them, and who asks first
//! is served first: a viewer with few before it may find them busy with those who had more choice.
//! All of that costs; the tolerances say how much is granted. Reading ahead gains a little instead,
//! as uplinks work while the next viewer is still to come.

use super::recursion::{chain, play};
use super::swarm::Uplinks;
use super::{Effort, Finding, broken, compare};
use crate::rng::{Draw, Site, Table};

/// Viewers at a time, on average.
const WATCHERS: f64 = 20.0;

/// Uplinks as parts of the stream rate with their shares, and the tolerance.
const CASES: [(&Uplinks, f64); 6] = [
    // No slack: each instant in which an uplink idles between two requests is lost for good.
    (&[(1.0, 1.0)], 0.08),
    (&[(1.05, 1.0)], 0.03),
    (&[(0.6, 1.0)], 0.03),
    (&[(0.3, 0.5), (1.0, 0.5)], 0.03),
    (&[(0.6, 0.5), (2.0, 0.5)], 0.03),
    (&[(0.0, 0.5), (1.0, 0.5)], 0.03),
];

/// Swarms drawn for the recursion: its error is below 0.002.
const SWARMS: u32 = 40_000;

/// Who asks, at [`Site::Experiment`].
const ARRIVAL_ORDER: u32 = 5;

pub(super) fn run(effort: Effort, found: &mut dyn FnMut(Finding)) {
    let (wider, more): (f64, &[(&str, &str)]) = match effort {
        Effort::Full => (0.0, &[]),
        Effort::Quick => {
            (0.03, &[("run.warm_up", "3 h"), ("run.length", "5 h"), ("run.replications", "1")])
        }
    };
    for (uplinks, tolerance) in CASES {
        let tolerance = tolerance + wider;
        let poisson = recursion(WATCHERS, uplinks);
        found(match play(uplinks, "oracle", more) {
            Ok(played) => {
                let note = format!(
                    "one title, {:.1} viewers on average, uplinks of {}: share of played bytes \
                     not sent by the origin, scheduler oracle, against the recursion in order of \
                     arrival through the same viewers (for Poisson numbers of mean {WATCHERS}: \
                     {poisson:.3})",
                    played.watchers,
                    named(uplinks)
                );
                compare("T5", played.recursion, played.saving, tolerance, note)
            }
            Err(why) => broken("T5", poisson, tolerance, &why),
        });
    }
}

/// Share of the stream that the recursion takes off the server, for a Poisson number of watchers.
fn recursion(watchers: f64, uplinks: &Uplinks) -> f64 {
    let weights: Vec<f64> = uplinks.iter().map(|(_, share)| *share).collect();
    let kinds = Table::new(&weights).expect("invariant: shares are positive");
    let mut roll = Draw::new(1, 0).at(Site::Experiment, ARRIVAL_ORDER, 0);
    let (mut from_peers, mut played) = (0.0, 0.0);
    for _ in 0..SWARMS {
        let viewers = roll.poisson(watchers);
        let (taken, all) = chain((0..viewers).map(|_| uplinks[kinds.draw(&mut roll) as usize].0));
        from_peers += taken;
        played += all;
    }
    from_peers / played
}

/// Such as "0.3 (50 %), 1 (50 %) of the stream rate".
fn named(uplinks: &Uplinks) -> String {
    match uplinks {
        [(only, _)] => format!("{only} of the stream rate"),
        many => {
            let kinds: Vec<String> =
                many.iter().map(|(rate, share)| format!("{rate} ({} %)", share * 100.0)).collect();
            format!("{} of the stream rate", kinds.join(" and "))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::recursion::followed;
    use super::super::swarm;
    use super::*;
    use crate::world::World;

    #[test]
    fn recursion_gives_the_reference_values() {
        let values = [0.950, f64::NAN, 0.570, 0.617, 0.924, 0.475];
        for ((uplinks, _), saving) in CASES.iter().zip(values).filter(|(_, v)| !v.is_nan()) {
            let ours = recursion(WATCHERS, uplinks);
            assert!((ours - saving).abs() < 0.005, "{uplinks:?}: {ours} against {saving}");
        }
        let british: &Uplinks = &[(0.31, 0.69), (2.38, 0.31)];
        for (watchers, saving) in [(5.0, 0.562), (20.0, 0.780), (100.0, 0.892)] {
            let ours = recursion(watchers, british);
            assert!((ours - saving).abs() < 0.005, "{watchers}: {ours} against {saving}");
        }
    }

    /// The viewers of a long run are as good as Poisson numbers.
    #[test]
    fn following_viewers_agrees_with_poisson_numbers() {
        let loaded = swarm::load(CASES[2].0, &[("run.length", "5 d")]).unwrap();
        let (from_peers, played) =
            followed(&loaded, &World::build(&loaded.scenario, &loaded.tables, 0));
        let ours = from_peers / played;
        assert!((ours - 0.570).abs() < 0.01, "{ours}");
    }

    /// With uplinks of exactly the stream rate all but one are served: G = (c + e^−c − 1) / c.
    #[test]
    fn recursion_agrees_with_the_closed_form() {
        for watchers in [0.5, 1.0, 5.0, 20.0] {
            let closed = (watchers + libm::exp(-watchers) - 1.0) / watchers;
            let ours = recursion(watchers, CASES[0].0);
            assert!((ours - closed).abs() < 0.005, "{watchers}: {ours} against {closed}");
        }
    }
}
