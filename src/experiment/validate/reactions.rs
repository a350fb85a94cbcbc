//! V14: viewers who wait leave as they are known to, in the real engine.
//!
//! Every viewer's line is as slow as makes the first picture come after a given time, and
//! `player.patience` and `player.lost_per_second` are left at their defaults. Then lines are a
//! hundredth slower than the stream, so that the picture stands still a hundredth of the time, and
//! viewers leave by `player.stall_patience`.

use super::swarm::{self, STREAM, value};
use super::{Effort, Finding, broken, compare};
use crate::results::Run;

/// Seconds until the first picture, and the share of viewers that leaves before.
const DELAYS: [(f64, f64); 4] = [(2.0, 0.0), (3.0, 0.058), (5.0, 0.174), (10.0, 0.464)];

/// Playing time of a segment, and of what must be there before the first picture, in seconds.
const SEGMENT_S: f64 = 4.0;

/// A request takes the round trips of line and server.
const REQUEST_S: f64 = 0.004;

/// Standing still by playing.
const REBUFFERING: f64 = 0.01;

/// Play lost to it.
const LOST: f64 = 0.05;

/// Mean length of viewings in seconds.
const VIEWING_S: f64 = 300.0;

const TOLERANCE: f64 = 0.01;

pub(super) fn run(effort: Effort, found: &mut dyn FnMut(Finding)) {
    let tolerance = TOLERANCE + if effort == Effort::Quick { 0.02 } else { 0.0 };
    for (delay, left) in DELAYS {
        found(match start(delay, effort) {
            Ok((share, median)) => {
                let note = format!(
                    "first picture after {median:.3} s: share of viewers who leave before it, with \
                     the default patience"
                );
                compare("V14", left, share, tolerance, note)
            }
            Err(why) => broken("V14", left, tolerance, &why),
        });
    }
    found(match stalls(effort) {
        Ok((lost, ratio, mean)) => {
            let note = format!(
                "standing still {:.2} % of the time played: change in play per viewing, with a stall \
                 patience of {mean:.0} s in the mean, calibrated for viewings of {VIEWING_S} s",
                ratio * 100.0
            );
            compare("V14", -LOST, -lost, tolerance, note)
        }
        Err(why) => broken("V14", -LOST, tolerance, &why),
    });
}

/// Mean of an exponential stall patience by which viewings of so many seconds in the mean, without
/// memory too, lose [`LOST`] of their play at [`REBUFFERING`]: play of mean θ ends at rate 1/θ by
/// itself and at rate ρ/m by stalls, so that 1 / (1 + ρ θ / m) of it is left.
fn stall_patience(viewing_s: f64) -> f64 {
    REBUFFERING * viewing_s * (1.0 - LOST) / LOST
}

/// Rate in bit/s at which a segment takes so many seconds from request to last byte.
fn rate(segment_s: f64) -> f64 {
    STREAM * SEGMENT_S / (segment_s - REQUEST_S)
}

/// Share of viewers who leave before the first picture, and the median of those who see it.
fn start(delay: f64, effort: Effort) -> Result<(f64, f64), String> {
    // Short viewings, many of them.
    let runs =
        play(rate(delay), r#"{ constant = "12 s" }"#, 24.0, &[("player.patience", "2 s")], effort)?;
    let mean =
        |metric: &str| runs.iter().map(|run| value(run, metric)).sum::<f64>() / runs.len() as f64;
    Ok((mean("exits_before_start_share"), mean("startup_s_p50")))
}

/// Part of the play that is lost, time standing still by time played, and the mean stall patience.
fn stalls(effort: Effort) -> Result<(f64, f64, f64), String> {
    let length = format!(r#"{{ exponential = {{ mean = "{VIEWING_S} s" }} }}"#);
    let mean = stall_patience(VIEWING_S);
    let patience = format!(r#"{{ exponential = {{ mean = "{:.0} ms" }} }}"#, mean * 1e3);
    let keys = [("player.stall_patience", &patience[..])];
    let slow = play(rate(SEGMENT_S * (1.0 + REBUFFERING)), &length, 12.0, &keys, effort)?;
    let ample = play(100.0 * STREAM, &length, 12.0, &keys, effort)?;
    let sum = |runs: &[Run], metric: &str| runs.iter().map(|run| value(run, metric)).sum::<f64>();
    let each = |runs: &[Run]| sum(runs, "played_hours") / sum(runs, "sessions");
    let ratio = sum(&slow, "stalled_hours") / sum(&slow, "played_hours");
    Ok((1.0 - each(&slow) / each(&ample), ratio, mean))
}

/// Viewers of one title with lines of this rate and nobody to help them.
fn play(
    down: f64,
    length: &str,
    a_day: f64,
    more: &[(&str, &str)],
    effort: Effort,
) -> Result<Vec<Run>, String> {
    let down = format!("{} bit/s", down as u64);
    let (a_day, homes) = (a_day.to_string(), if effort == Effort::Full { "4000" } else { "2000" });
    let replications = if effort == Effort::Full { "5" } else { "1" };
    let mut keys = vec![
        ("run.homes", homes),
        ("run.warm_up", "1 h"),
        ("run.length", "2 h"),
        ("run.replications", replications),
        ("run.peak.from", "01:00"),
        ("run.peak.to", "02:00"),
        ("demand.rewatch", "1.0"),
        ("demand.sessions_per_home_day", &a_day),
        ("demand.length", length),
        ("player.lost_per_second", "0.058"),
        // One segment after the other, each with the whole line.
        ("arm.cdn-only.scheduler", r#"{ cdn-only = { http_parallel = 1 } }"#),
    ];
    for end in
        ["line.first.down.0", "line.first.down.1", "line.second.down.0", "line.second.down.1"]
    {
        keys.push((end, &down));
    }
    keys.extend(more);
    swarm::runs(&swarm::load(&[(1.0, 1.0)], &keys)?, "cdn-only")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::{Draw, Site};

    /// Viewers drawn one by one keep the part that the formula says.
    #[test]
    fn the_calibrated_patience_loses_what_it_should() {
        for viewing in [VIEWING_S, 3_600.0] {
            let mean = stall_patience(viewing);
            assert!((mean / viewing - 0.19).abs() < 1e-9, "{mean}");
            let mut roll = Draw::new(1, 0).at(Site::Experiment, 14, 0);
            let (mut kept, mut all) = (0.0, 0.0);
            for _ in 0..200_000 {
                let wanted = viewing * roll.exponential();
                all += wanted;
                kept += wanted.min(mean * roll.exponential() / REBUFFERING);
            }
            assert!((kept / all - 0.95).abs() < 0.002, "{}", kept / all);
        }
    }

    #[test]
    fn a_segment_takes_what_it_should() {
        let bits = STREAM * SEGMENT_S;
        assert!((bits / rate(10.0) + REQUEST_S - 10.0).abs() < 1e-9);
    }
}
