//! What a scenario comes to: its arms with their changes, and the whole with every default written.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::Scenario;
use super::check::Checker;
use super::model::{Device, Directory, Mesh, Player, Prices};
use super::problem::suggest;
use super::read::told;
use crate::peer::scheduler::Scheduler;

/// An arm with its `set` applied.
#[derive(Clone, Debug, PartialEq)]
pub struct ArmPlan {
    /// Its name.
    pub name: String,
    /// Whether the others are compared with it.
    pub baseline: bool,
    /// How segments are fetched.
    pub scheduler: Scheduler,
    /// Kinds of device, by name.
    pub device: BTreeMap<String, Device>,
    /// Who tells peers about each other.
    pub directory: Directory,
    /// How introductions become connections.
    pub mesh: Mesh,
    /// When play-out starts, and which rung is played.
    pub player: Player,
    /// Whether providers' appliances are in place.
    pub appliances: bool,
    /// What things cost.
    pub prices: Prices,
}

/// What may differ between arms.
#[derive(Deserialize)]
struct Parts {
    device: BTreeMap<String, Device>,
    directory: Directory,
    mesh: Mesh,
    player: Player,
    #[serde(default)]
    prices: Prices,
}

/// The arms, baseline first, then by name. Tells `check` what an arm's `set` does wrong.
pub(super) fn arms(scenario: &Scenario, check: &mut Checker<'_>) -> Vec<ArmPlan> {
    let mut plans = Vec::new();
    for (name, arm) in &scenario.arm {
        let mut parts = Parts {
            device: scenario.device.clone(),
            directory: scenario.directory.clone(),
            mesh: scenario.mesh.clone(),
            player: scenario.player.clone(),
            prices: scenario.prices.clone(),
        };
        for (key, value) in &arm.set {
            let path = format!("arm.{name}.set.{key}");
            if allowed(scenario, &path, key, check) {
                change(&mut parts, &path, key, value, check);
            }
        }
        plans.push(ArmPlan {
            name: name.clone(),
            baseline: arm.baseline,
            scheduler: arm.scheduler,
            device: parts.device,
            directory: parts.directory,
            mesh: parts.mesh,
            player: parts.player,
            appliances: arm.appliances,
            prices: parts.prices,
        });
    }
    plans.sort_by_key(|plan| !plan.baseline);
    plans
}

/// Whether an arm may change `key`; tells why not.
fn allowed(scenario: &Scenario, path: &str, key: &str, check: &mut Checker<'_>) -> bool {
    let keys: Vec<&str> = key.split('.').collect();
    let families = ["device", "directory", "mesh", "player", "prices"];
    if !families.contains(&keys[0]) || keys.len() < 2 {
        let message = format!("an arm may not set `{key}`");
        let label = "arms share their viewers and networks";
        let help = suggest(keys[0], "an arm may set keys of", families);
        check.key_error("S0214", path, message, label).help = help;
        return false;
    }
    let drawn = ["live_edge", "patience", "lost_per_second", "stall_patience"];
    if keys[0] == "player" && drawn.contains(&keys[1]) {
        let message = format!("an arm may not set `{key}`");
        let label = "drawn with the viewers, whom all arms share";
        let help = "an arm may set `abr`, `estimate`, `buffer`, `start_rung`, `start_after` and \
                    `resume_after` of `player`";
        check.key_error("S0214", path, message, label).help = Some(help.to_owned());
        return false;
    }
    if key == "prices.month" {
        let message = "an arm may not set `prices.month`";
        check.key_error("S0214", path, message, "all arms have the same measured time");
        return false;
    }
    if keys[0] != "device" {
        return true;
    }
    if !scenario.device.contains_key(keys[1]) {
        let message = format!("there is no device `{}`", keys[1]);
        let help = suggest(keys[1], "defined", scenario.device.keys().map(String::as_str));
        check.key_error("S0205", path, message, "not defined").help = help;
        return false;
    }
    if matches!(keys[2..], [] | ["share" | "standby" | "battery", ..]) {
        let message = format!("an arm may not set `{key}`");
        let label = "drawn together with the homes, which all arms share";
        let help = "an arm may set keys of `cache`, `memory` and `upload` of a device";
        check.key_error("S0214", path, message, label).help = Some(help.to_owned());
        return false;
    }
    true
}

/// Puts `value` at the dotted `key` of `parts`.
fn change(parts: &mut Parts, path: &str, key: &str, value: &toml::Value, check: &mut Checker<'_>) {
    let mut whole = toml::Table::new();
    let written = |part: Result<toml::Value, toml::ser::Error>| {
        part.expect("invariant: whatever was read can be written")
    };
    whole.insert("device".into(), written(toml::Value::try_from(&parts.device)));
    whole.insert("directory".into(), written(toml::Value::try_from(&parts.directory)));
    whole.insert("mesh".into(), written(toml::Value::try_from(&parts.mesh)));
    whole.insert("player".into(), written(toml::Value::try_from(&parts.player)));
    whole.insert("prices".into(), written(toml::Value::try_from(&parts.prices)));
    let mut table = &mut whole;
    let (way, last) = key.rsplit_once('.').expect("invariant: at least two keys");
    for step in way.split('.') {
        let inner = table.entry(step).or_insert_with(|| toml::Value::Table(toml::Table::new()));
        let toml::Value::Table(inner) = inner else {
            let message = format!("`{key}` leads nowhere: `{step}` is a value");
            check.key_error("S0214", path, message, "no such key");
            return;
        };
        table = inner;
    }
    table.insert(last.to_owned(), value.clone());
    match Parts::deserialize(whole) {
        Ok(changed) => *parts = changed,
        Err(error) => {
            let told = told(error.message(), last);
            check.key_error(told.code, path, told.message, told.label).help = told.help;
        }
    }
}

/// The scenario as TOML with every default filled in.
pub(super) fn resolved(scenario: &Scenario) -> String {
    let mut scenario = scenario.clone();
    if let Some(csv) = &scenario.csv {
        // These came from the tables named beside them, and would be given twice.
        if csv.places.is_some() {
            scenario.place.clear();
        }
        if csv.links.is_some() {
            scenario.link.clear();
        }
        if csv.segments.is_some() {
            scenario.video.ladder.clear();
        }
    }
    toml::to_string(&scenario).expect("invariant: whatever was read can be written")
}
