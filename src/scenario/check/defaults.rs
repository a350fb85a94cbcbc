//! What a key or parameter is when nobody says otherwise: the likely fix of one that makes no sense.

use serde::Serialize;
use toml::Value;

use crate::peer::abr::{Abr, Estimate};
use crate::peer::scheduler::late::Late;
use crate::peer::scheduler::neighbours::NeighbourChoice;
use crate::peer::scheduler::per_peer::PerPeer;
use crate::peer::scheduler::prefetch::Prefetch;
use crate::peer::scheduler::segment::SegmentChoice;
use crate::peer::scheduler::server::Gate;
use crate::peer::scheduler::source::SourceChoice;
use crate::peer::scheduler::trust::Trust;
use crate::peer::scheduler::unit::Unit;
use crate::peer::scheduler::{RequestRules, Scheduler};
use crate::peer::upload::UploadChoice;
use crate::scenario::model::{Directory, Exchange, Mesh, Network, PathTime, Player};

/// Rules whose defaults are libtorrent's.
const LIBTORRENT: [&str; 3] = ["choking", "points", "queue-time"];

/// The default of what stands at `path`, in words; `None` when it has none.
pub(super) fn help(path: &str) -> Option<String> {
    let mut backwards = path.rsplit('.');
    let (key, rule) = (backwards.next()?, backwards.next()?);
    let value = of_key(path).or_else(|| of_rule(rule, key))?;
    let value = match value {
        Value::Table(_) | Value::Array(_) => return None,
        Value::String(text) => text,
        other => other.to_string(),
    };
    let theirs = LIBTORRENT.contains(&rule);
    Some(if theirs { format!("libtorrent: {value}") } else { format!("the default is {value}") })
}

/// Of a key that stands for itself.
fn of_key(path: &str) -> Option<Value> {
    let (section, keys) = path.split_once('.')?;
    let section = match section {
        "network" => written(Network::default()),
        "directory" => written(Directory::default()),
        "mesh" => written(Mesh {
            exchange: Some(Exchange::default()),
            path: Some(PathTime::default()),
            ..Mesh::default()
        }),
        "player" => written(Player::default()),
        _ => return None,
    };
    keys.split('.').try_fold(section, |value, key| value.get(key).cloned())
}

/// Of the parameter `key` of a scheduler or rule.
fn of_rule(name: &str, key: &str) -> Option<Value> {
    if name == "requests" {
        return written(RequestRules::default()).get(key).cloned();
    }
    let all = Scheduler::all().map(written);
    let all = all.chain(SegmentChoice::all().map(written)).chain(SourceChoice::all().map(written));
    let all = all.chain(Gate::all().map(written)).chain(Late::all().map(written));
    let all = all.chain(Prefetch::all().map(written)).chain(Unit::all().map(written));
    let all = all.chain(PerPeer::all().map(written)).chain(Trust::all().map(written));
    let all = all.chain(UploadChoice::all().map(written));
    let all = all.chain(NeighbourChoice::all().map(written));
    let mut all = all.chain(Abr::all().map(written)).chain(Estimate::all().map(written));
    all.find_map(|choice| choice.get(name)?.get(key).cloned())
}

fn written(defaults: impl Serialize) -> Value {
    Value::try_from(defaults).expect("invariant: whatever can be read can be written")
}
