//! V11: the same viewers in a cloud, where only access lines and servers have limits, and in a tree,
//! where the homes of a town share an uplink to the core that all they send must cross.
//!
//! Uplinks carry all that is watched, so that in the cloud peers send nearly everything. Where the
//! shared uplinks carry a third of what is watched, peers can send no more than that third: the
//! cloud overstates what they bring threefold. Where they carry everything, both are the same to the
//! byte.

use super::pool::{self, Keys, Kind, Tally};
use super::{Effort, Finding, broken, compare};
use crate::world::World;

/// Towns of one size; distances give them delays of a millisecond.
const TOWNS: &str = r#"
[[place]]
name = "Second"
lat = 52.5
lon = -1.0
population = 100_000

[[place]]
name = "Third"
lat = 52.0
lon = -2.0
population = 100_000

[[link]]
a = "Town"
b = "Second"
km = 60

[[link]]
a = "Town"
b = "Third"
km = 70
"#;

/// Uplinks in kbit/s for a stream of 1 Mbit/s.
const UP: u64 = 1_300;

/// What a shared uplink carries per home, in kbit/s: half and a third of the stream.
const SHARED: [u64; 2] = [500, 333];

/// The factor is off by as much as the shared uplinks idle: when a transfer over a full uplink will
/// be late it goes to the origin.
const IDLE: f64 = 0.05;

pub(super) fn run(effort: Effort, found: &mut dyn FnMut(Finding)) {
    let (homes, minutes, wider) = match effort {
        Effort::Full => ("150", 4, 0.0),
        Effort::Quick => ("60", 2, 0.05),
    };
    let keys = |tree: bool, shared: Option<u64>| -> Keys {
        let up = shared.map_or("100 Gbit/s".to_owned(), |rate| format!("{rate} kbit/s"));
        let mut keys = pool::minutes(minutes);
        keys.extend([
            ("run.homes", homes.to_owned()),
            ("isp.0.turn_around", if tree { "core" } else { "place" }.to_owned()),
            ("isp.0.aggregation.up", up),
        ]);
        keys
    };
    let cloud = match play(&keys(false, None)) {
        Ok(cloud) => cloud,
        Err(why) => return found(broken("V11", 1.0, 0.0, &why)),
    };
    found(match play(&keys(true, None)) {
        Ok(tree) => {
            let note = format!(
                "{homes} viewers in three towns, shared uplinks without limit: peers send {} bytes \
                 in the cloud and {} in the tree; the first by the second",
                cloud.0, tree.0
            );
            compare("V11", 1.0, cloud.0 as f64 / tree.0 as f64, 0.0, note)
        }
        Err(why) => broken("V11", 1.0, 0.0, &why),
    });
    for shared in SHARED {
        let factor = share(cloud) / (shared as f64 / 1e3);
        let tolerance = factor * (IDLE + wider);
        found(match play(&keys(true, Some(shared))) {
            Ok(tree) => {
                let note = format!(
                    "{homes} viewers in three towns, shared uplinks of {:.3} of the stream rate per \
                     home: peers send {:.4} of all bytes in the cloud and {:.4} in the tree; the \
                     first by the second, against what the shared uplinks carry",
                    shared as f64 / 1e3,
                    share(cloud),
                    share(tree)
                );
                compare("V11", factor, share(cloud) / share(tree), tolerance, note)
            }
            Err(why) => broken("V11", factor, tolerance, &why),
        });
    }
}

/// Bytes from peers and from the origin.
fn play(keys: &Keys) -> Result<(u64, u64), String> {
    let loaded = pool::load(&[Kind { group: 0, up: UP, share: 1.0 }], TOWNS, keys)?;
    let world = World::build(&loaded.scenario, &loaded.tables, 0);
    let tally = Tally::play(&loaded, &world)?;
    Ok((tally.from_peers.iter().sum(), tally.from_servers.iter().sum()))
}

fn share((peers, origin): (u64, u64)) -> f64 {
    peers as f64 / (peers + origin) as f64
}
