//! C3: why peers brought only a fifth. The real rules over the mesh of C2; then one limit is lifted
//! after the other, to see what each costs.

use std::path::Path;

use super::links::day;
use super::mesh::DAYS;
use super::replay::{IN_PIECES, play};
use super::round_trips::RoundTrips;
use super::{Effort, Finding, skipped};
use crate::experiment::validate::{broken, compare};

const ID: &str = "C3";
/// Sizes of swarms between which shares are pooled.
const SIZES: [f64; 8] = [5.0, 8.0, 12.0, 20.0, 35.0, 60.0, 150.0, 400.0];

/// What a lifted limit may cost in share, by chance.
const SLACK: f64 = 0.02;

/// What is lifted, in which arm, by which keys.
type Lifted = (&'static str, &'static str, &'static [(&'static str, &'static str)]);

const LIMITS: [Lifted; 5] = [
    ("the tracker asked every 5 min", "hybrid", &[("directory.refresh", "5 min")]),
    ("20 connections", "hybrid", &[("mesh.links", "20")]),
    ("everybody can send", "hybrid", ABLE),
    ("pieces from several senders", IN_PIECES, &[]),
    (
        "all four",
        IN_PIECES,
        &[
            ("directory.refresh", "5 min"),
            ("mesh.links", "20"),
            ("isp.0.able", "1.0"),
            ("isp.1.able", "1.0"),
            ("isp.2.able", "1.0"),
        ],
    ),
];
const ABLE: &[(&str, &str)] =
    &[("isp.0.able", "1.0"), ("isp.1.able", "1.0"), ("isp.2.able", "1.0")];

pub(super) fn run(effort: Effort, folder: &Path, found: &mut dyn FnMut(Finding)) {
    if let Err(why) = try_run(effort, folder, found) {
        found(skipped(ID, &why));
    }
}

fn try_run(effort: Effort, folder: &Path, found: &mut dyn FnMut(Finding)) -> Result<(), String> {
    let trips = RoundTrips::read(folder)?;
    let days = if effort == Effort::Full { &DAYS[..] } else { &DAYS[..1] };
    for name in days {
        let seen = day(folder, name, &trips)?;
        let is = seen.facts();
        let played = match play(&seen, "hybrid", &[]) {
            Ok(played) => played,
            Err(why) => {
                found(broken(ID, is.share, 0.03, &why));
                continue;
            }
        };
        let got = played.day.facts();
        let note = format!(
            "{name}: video from peers by presence. Upload p95 {:.2} Mbit/s (seen {:.2}), pictures stood \
             still {:.2} % of the time",
            got.upload,
            is.upload,
            100.0 * played.stalled
        );
        found(compare(ID, is.share, got.share, 0.03, note));
        if *name != DAYS[0] {
            continue;
        }
        let shares = played.day.share_by_size(&SIZES);
        for ((size, got), there) in SIZES.windows(2).zip(shares).zip(seen.share_by_size(&SIZES)) {
            // Nobody was in a swarm of that size.
            if !(got.is_finite() && there.is_finite()) {
                continue;
            }
            let note = format!(
                "{name}: the same in swarms of {} to {} present; on the day {there:.3}",
                size[0], size[1]
            );
            found(compare(ID, 0.225, got, 0.075, note));
        }
        for (what, arm, sets) in LIMITS {
            let lifted = play(&seen, arm, sets)?;
            let facts = lifted.day.facts();
            let note = format!(
                "{name}, {what}: video from peers by presence, no less than with the limits. Upload p95 \
                 {:.2} Mbit/s, pictures stood still {:.2} % of the time",
                facts.upload,
                100.0 * lifted.stalled
            );
            // Anything from the share with the limits to all.
            let least = got.share - SLACK;
            let (middle, half) = (0.5 * (1.0 + least), 0.5 * (1.0 - least));
            found(compare(ID, middle, facts.share, half, note));
        }
    }
    Ok(())
}
