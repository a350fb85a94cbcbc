//! V5: the highest rate at which a swarm can stream to all of its viewers.
//!
//! With a server of rate `u_s` and N viewers with uplinks `u_i` it is
//! `r_max = min(u_s, (u_s + Σ u_i) / N)` (Kumar, Liu, Ross 2007). The second term is conservation, and
//! it is what is played here: viewers of different titles, each of which nearly every other home can
//! send. Below the bound nobody may wait; above it exactly what is missing may be missing.
//!
//! The first term holds for a stream that nobody has yet and all watch at once. On demand it binds
//! only whoever is furthest ahead, and this client has no way to spread fresh segments; of that term
//! nothing is found here.

use super::pool::{self, Keys, Kind, Tally};
use super::{Effort, Finding, broken, compare};
use crate::world::{Homes, World};

/// A swarm.
struct Case {
    viewers: u32,
    /// Rate of the server in kbit/s.
    server: u64,
    /// Uplinks in kbit/s with their shares of viewers.
    uplinks: [(u64, f64); 2],
}

const CASES: [Case; 2] = [
    Case { viewers: 100, server: 10_000, uplinks: [(300, 0.6), (1_000, 0.4)] },
    Case { viewers: 300, server: 15_000, uplinks: [(400, 0.6), (1_500, 0.4)] },
];

/// What is reported of a transfer is in whole bytes.
const WHOLE_BYTES: f64 = 1e-6;

pub(super) fn run(effort: Effort, found: &mut dyn FnMut(Finding)) {
    for case in &CASES {
        if let Err(why) = bound(case, effort, found) {
            found(broken("V5", 0.0, 0.0, &why));
        }
    }
}

fn bound(case: &Case, effort: Effort, found: &mut dyn FnMut(Finding)) -> Result<(), String> {
    // In a short run buffers still drain, or fill, while it is measured.
    let (minutes, tolerance) = if effort == Effort::Full { (8, 0.01) } else { (4, 0.03) };
    let kinds = case.uplinks.map(|(up, share)| Kind { group: 0, up, share });
    let egress = case.server * 1_000 / u64::from(case.viewers);
    let mut keys: Keys = vec![
        ("run.homes", case.viewers.to_string()),
        ("cdn.origin.egress", format!("{egress} bit/s")),
    ];
    keys.extend(pool::minutes(minutes));
    // Uplinks of these very homes; they do not depend on the ladder.
    let loaded = pool::load(&kinds, "", &keys)?;
    let homes = Homes::build(&loaded.scenario, &loaded.tables, 0);
    let viewers = f64::from(case.viewers);
    let server = (egress * u64::from(case.viewers)) as f64;
    let most = (server + homes.up.iter().map(|up| up.0 as f64).sum::<f64>()) / viewers;
    keys.push(("video.ladder.0", String::new()));
    for part in [0.95, 1.05] {
        let rate = most * part;
        keys.last_mut().expect("invariant: just pushed").1 = format!("{} bit/s", rate as u64);
        let loaded = pool::load(&kinds, "", &keys)?;
        let world = World::build(&loaded.scenario, &loaded.tables, 0);
        let tally = Tally::play(&loaded, &world)?;
        let played = tally.played.iter().map(|count| f64::from(*count)).sum::<f64>();
        let segment = loaded.scenario.video.segment.as_secs_f64();
        let continuity = played * segment / (tally.secs * viewers);
        let delivered =
            tally.rate(tally.from_servers.iter().chain(&tally.from_peers).copied()) / viewers;
        let swarm = format!(
            "{} viewers, server of {:.1} Mbit/s, uplinks of {:.1} (60 %) and {:.1} Mbit/s, so r_max = \
             {:.4} Mbit/s; stream of {part} r_max",
            case.viewers,
            server / 1e6,
            case.uplinks[0].0 as f64 / 1e3,
            case.uplinks[1].0 as f64 / 1e3,
            most / 1e6
        );
        let expected = (1.0 / part).min(1.0);
        found(compare(
            "V5",
            expected,
            continuity,
            tolerance,
            format!("{swarm}: share of the time in which viewers see a picture"),
        ));
        if part > 1.0 {
            found(compare(
                "V5",
                expected,
                delivered / rate,
                tolerance,
                format!("{swarm}: mean delivered rate by stream rate"),
            ));
        }
        found(compare(
            "V5",
            0.0,
            (delivered / most - 1.0).max(0.0),
            WHOLE_BYTES,
            format!("{swarm}: part by which the mean delivered rate exceeds r_max"),
        ));
    }
    Ok(())
}
