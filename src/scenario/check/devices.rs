//! Devices, the directory and the mesh, of the file and of each arm.

use std::collections::BTreeMap;

use super::Checker;
use super::laws::{mean, middle, rate};
use crate::scenario::model::{BudgetOn, Device, Directory, Mesh, Player, Scenario, Upload};
use crate::scenario::resolve::ArmPlan;
use crate::scenario::tables::Tables;
use crate::units::{BitRate, Bytes, Per, Share, Span};

pub(super) fn check(scenario: &Scenario, plans: &[ArmPlan], c: &mut Checker<'_>) {
    c.count("device", scenario.device.len() as u64, 1, 255);
    if !scenario.device.is_empty() {
        c.whole("device", "the shares of devices", scenario.device.values().map(|d| d.share));
    }
    let segment = largest_segment(scenario);
    let top = (segment, scenario.video.segment);
    parts(&scenario.device, &scenario.directory, &scenario.mesh, top, c);
    for (name, device) in &scenario.device {
        holds_enough(name, device, &scenario.player, (scenario, segment), c);
        budgets(&format!("device.{name}.upload"), &device.upload, scenario, c);
    }
    for plan in plans {
        c.within(&plan.name, |c| {
            parts(&plan.device, &plan.directory, &plan.mesh, top, c);
            for (name, device) in &plan.device {
                holds_enough(name, device, &plan.player, (scenario, segment), c);
                budgets(&format!("device.{name}.upload"), &device.upload, scenario, c);
            }
        });
    }
}

/// Bytes of a segment of the highest rung.
fn largest_segment(scenario: &Scenario) -> Bytes {
    let top = scenario.video.ladder.iter().max().copied().unwrap_or_default();
    top.bytes_in(scenario.video.segment)
}

fn parts(
    devices: &BTreeMap<String, Device>,
    directory: &Directory,
    mesh: &Mesh,
    top: (Bytes, Span),
    c: &mut Checker<'_>,
) {
    for (name, device) in devices {
        check_device(&format!("device.{name}"), device, top.0, c);
        if let Some(hashes) = device.hash_rate {
            verifies(&format!("device.{name}.hash_rate"), hashes, top, c);
        }
    }
    super::mesh::check(directory, mesh, c);
}

/// A device must hold what play-out waits for, in memory or on disk: the media needed and one more
/// segment, each at twice the mean size.
fn holds_enough(
    name: &str,
    device: &Device,
    player: &Player,
    (scenario, segment): (&Scenario, Bytes),
    c: &mut Checker<'_>,
) {
    let media = player.start_after.max(player.resume_after);
    let count = media.0.div_ceil(scenario.video.segment.0.max(1)).saturating_add(1);
    let needed = Bytes(segment.0.saturating_mul(2).saturating_mul(count));
    let disk = if device.cache.policy.keeps() { device.cache.size } else { Bytes::ZERO };
    let room = device.memory.max(disk);
    if room < needed {
        let message = format!(
            "neither memory nor cache holds what play-out waits for: {count} segments of the top \
             rung, {needed} with room for large ones"
        );
        let label = format!("at least {needed} of memory or cache");
        c.error("S0218", &format!("device.{name}.memory"), message, label);
    }
}

fn check_device(path: &str, device: &Device, segment: Bytes, c: &mut Checker<'_>) {
    let sizes = [("cache.size", device.cache.size), ("memory", device.memory)];
    for (key, size) in sizes {
        let at = format!("{path}.{key}");
        if size > Bytes(1_000_000_000_000_000) {
            let message = format!("{size} is more than any home has");
            c.error("S0211", &at, message, "at most 1,000 TB");
        } else if size < segment && (size > Bytes::ZERO || key == "memory") {
            let message = format!("{size} is less than one segment of the top rung, {segment}");
            c.warn("S0403", &at, message, "keeps nothing");
        }
    }
    let policy = device.cache.policy;
    if let Some((key, wants)) = policy.wrong() {
        let message = format!("`{key}` of `{}` makes no sense", policy.name());
        c.error("S0215", &format!("{path}.cache.policy.{}.{key}", policy.name()), message, wants);
    }
    c.count(&format!("{path}.upload.slots"), u64::from(device.upload.slots), 0, 10_000);
    opt_in(&format!("{path}.upload"), &device.upload, c);
    if let Some(cap) = device.upload.cap {
        rate(&format!("{path}.upload.cap"), cap, BitRate(100_000_000_000), c);
    }
    if let Some(least) = device.upload.least {
        rate(&format!("{path}.upload.least"), least, BitRate(100_000_000_000), c);
    }
}

/// That the points of `opt_in` rise, and nothing else says the same.
fn opt_in(path: &str, upload: &Upload, c: &mut Checker<'_>) {
    let curve = format!("{path}.opt_in");
    for (at, (price, _)) in upload.opt_in.iter().enumerate() {
        super::prices::fits(&format!("{curve}.{at}.0"), *price, Per::Gigabyte, c);
    }
    if upload.opt_in.windows(2).any(|pair| pair[0].0.micro >= pair[1].0.micro) {
        let message = "rewards of `opt_in` that do not rise";
        c.error("S0210", &curve, message, "each reward above the one before");
    }
    if !upload.opt_in.is_empty() && upload.permitted != Share::ONE {
        let message = "`permitted` and `opt_in` both say how many homes give";
        c.error("S0216", &curve, message, "take one of them out");
    }
}

/// Warns of budgets that hold nobody.
fn budgets(path: &str, upload: &Upload, scenario: &Scenario, c: &mut Checker<'_>) {
    let lines = || scenario.line.values();
    if upload.of_allowance.is_some() && lines().all(|line| line.allowance.is_none()) {
        let message = "a part of an allowance, where no line has one";
        c.warn("S0408", &format!("{path}.of_allowance"), message, "needs `line.NAME.allowance`");
    }
    if upload.budget_on == BudgetOn::MeteredLines {
        let label = match (upload.per_day, upload.per_month) {
            (None, None) => "needs `per_day` or `per_month`",
            _ if lines().all(|line| !line.metered) => "needs a line with `metered = true`",
            _ => return,
        };
        c.warn("S0408", &format!("{path}.budget_on"), "a choice without effect", label);
    }
}

/// That a segment of the top rung, of this size and playing time, is verified faster than it plays.
fn verifies(path: &str, hashes: BitRate, (size, plays): (Bytes, Span), c: &mut Checker<'_>) {
    rate(path, hashes, BitRate(1_000_000_000_000), c);
    if hashes == BitRate::ZERO {
        let message = "a device that never verifies what it gets";
        c.error("S0211", path, message, "above zero, or left out: at once");
    } else if hashes.bytes_in(plays) < size {
        let message = format!(
            "a segment of the top rung, {size}, takes longer to verify at {hashes} than it plays, \
             {plays}"
        );
        c.warn("S0409", path, message, "peers cannot keep up with play-out");
    }
}

/// Warns when nobody can send, or hardly anything compared with what is watched.
pub(super) fn uplink(scenario: &Scenario, tables: &Tables, c: &mut Checker<'_>) {
    let line_up = mean_up(scenario, tables);
    let given: f64 = scenario
        .device
        .values()
        .map(|device| {
            let permits = device.upload.permits(scenario.prices.reward);
            let sends = if device.upload.slots == 0 { Share::ZERO } else { permits };
            device.share.as_f64() * sends.as_f64() * device.upload.share.as_f64()
        })
        .sum();
    let lines = if tables.homes.is_some() { "csv.homes" } else { "line" };
    if line_up * given == 0.0 {
        let message = "no home can send: every uplink, upload share or number of slots is zero";
        let path = if given == 0.0 { "device" } else { lines };
        c.warn("S0404", path, message, "peers give nothing");
        return;
    }
    let top = scenario.video.ladder.iter().max().copied().unwrap_or_default();
    let watched =
        scenario.demand.sessions_per_home_day * mean(&scenario.demand.length).as_secs_f64();
    let demand = watched / 86_400.0 * top.0 as f64;
    if line_up * given < demand / 100.0 {
        let message = format!(
            "homes can send {} each and watch up to {}, both means over the day",
            BitRate((line_up * given) as u64),
            BitRate(demand as u64)
        );
        c.warn("S0405", lines, message, "peers can give next to nothing");
    }
}

/// Mean of homes' lines upwards in bit/s.
fn mean_up(scenario: &Scenario, tables: &Tables) -> f64 {
    if let Some(homes) = &tables.homes {
        let weight: f64 = homes.iter().map(|home| home.weight).sum();
        let sum: f64 = homes.iter().map(|home| home.up.0 as f64 * home.weight).sum();
        return sum / weight;
    }
    let line = |name: &str| {
        let line = scenario.line.get(name);
        line.map_or(0.0, |line| middle(line.up.iter().map(|rate| rate.0)) as f64)
    };
    let isp = |lines: &BTreeMap<String, Share>| -> f64 {
        lines.iter().map(|(name, share)| line(name) * share.as_f64()).sum()
    };
    scenario.isp.iter().map(|i| isp(&i.lines) * i.market_share.as_f64()).sum()
}
