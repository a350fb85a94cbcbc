//! `[player]` of the file and of each arm, and what viewers do while they watch.

use super::Checker;
use super::laws::law;
use crate::peer::abr::{Abr, Bola, BufferBased, Dynamic, Estimate, Naive, Throughput};
use crate::scenario::model::{Demand, Player, Scenario};
use crate::scenario::resolve::ArmPlan;
use crate::units::{Share, Span};

/// Nobody waits longer for so much media.
const MOST: Span = Span::from_secs(600);
/// What is done more often than this in an hour is done all the time.
const MOST_PER_HOUR: f64 = 1_000.0;

pub(super) fn check(scenario: &Scenario, plans: &[ArmPlan], c: &mut Checker<'_>) {
    let player = &scenario.player;
    parts(player, c);
    if player.patience > Span::DAY {
        c.span("player.patience", player.patience, Span::DAY);
    }
    if let Some(patience) = &player.stall_patience {
        law("player.stall_patience", patience, super::MOST_DAYS, c);
    }
    for plan in plans {
        c.within(&plan.name, |c| parts(&plan.player, c));
        holds_enough(scenario, plan, c);
        knows_next(scenario, plan, c);
    }
    does(&scenario.demand, c);
    unused(scenario, plans, c);
}

/// What an arm may change.
fn parts(player: &Player, c: &mut Checker<'_>) {
    c.span("player.start_after", player.start_after, MOST);
    c.span("player.resume_after", player.resume_after, MOST);
    c.span("player.buffer", player.buffer, MOST);
    abr("player.abr", &player.abr, c);
    if let Estimate::Naive(Naive { least }) = player.estimate {
        c.span("player.estimate.naive.least", least, Span::from_secs(10));
    }
}

fn abr(path: &str, abr: &Abr, c: &mut Checker<'_>) {
    let at = format!("{path}.{}", abr.name());
    let wrong = |c: &mut Checker<'_>, key: &str, message: &str, label: &str| {
        let path = format!("{at}.{key}");
        c.error("S0215", &path, message, label).help = super::defaults::help(&path);
    };
    let (means, gp) = match abr {
        Abr::Fixed(_) => return,
        Abr::BufferBased(BufferBased { low, high }) => {
            if low >= high {
                let message = "the low reservoir reaches beyond the high one";
                wrong(c, "low", message, "must be below `high`");
            }
            return;
        }
        Abr::Throughput(Throughput { safety, fast, slow }) => ((*safety, *fast, *slow), 1),
        Abr::Bola(Bola { gp, safety, fast, slow, .. }) => ((*safety, *fast, *slow), *gp),
        Abr::Dynamic(Dynamic { up, down, gp, safety, fast, slow }) => {
            if down > up || *up > MOST {
                let message = "it would go by the buffer and at once no more";
                wrong(c, "up", message, "not below `down`, at most 10 min");
            }
            ((*safety, *fast, *slow), *gp)
        }
    };
    let (safety, fast, slow) = means;
    if safety == Share::ZERO {
        wrong(c, "safety", "no part of the rate shown would be used", "above zero");
    }
    for (key, half) in [("fast", fast), ("slow", slow)] {
        if half == Span::ZERO || half > Span::from_secs(3_600) {
            wrong(c, key, "a half-life that makes no sense", "above zero, at most 1 h");
        }
    }
    if !(1..=1_000).contains(&gp) {
        wrong(c, "gp", "a weight that makes no sense", "1 to 1,000");
    }
}

/// A media buffer must reach as far as play-out waits for, and over two segments.
fn holds_enough(scenario: &Scenario, plan: &ArmPlan, c: &mut Checker<'_>) {
    let player = &plan.player;
    let least = player.start_after.max(player.resume_after).max(scenario.video.segment.times(2));
    if !player.abr.adapts() || player.buffer >= least {
        return;
    }
    let own = ["buffer", "abr", "start_after", "resume_after"];
    let own = own.map(|key| format!("arm.{}.set.player.{key}", plan.name));
    let all = ["player.buffer", "player.abr"].map(str::to_owned);
    let path = own.into_iter().chain(all).find(|path| c.has(path));
    let (buffer, name) = (player.buffer, &plan.name);
    let message =
        format!("a media buffer of {buffer} in arm `{name}` is less than play-out waits for");
    let path = path.unwrap_or_else(|| "player".to_owned());
    c.error("S0218", &path, message, format!("`player.buffer` of at least {least}"));
}

/// What comes next in a list is fetched at the home's rung, and who adapts may want another.
fn knows_next(scenario: &Scenario, plan: &ArmPlan, c: &mut Checker<'_>) {
    let lists = scenario.demand.sequence.is_some();
    if !lists || !plan.player.abr.adapts() || !plan.scheduler.plan().prefetches() {
        return;
    }
    let name = &plan.name;
    let own = ["set.player.abr", "set.player", "set", "scheduler"];
    let path = own.map(|key| format!("arm.{name}.{key}")).into_iter().find(|path| c.has(path));
    let message = format!(
        "arm `{name}` fetches what comes next in a list (`prefetch`) while its players adapt"
    );
    let path = path.unwrap_or_else(|| "player.abr".to_owned());
    c.error("S0219", &path, message, "needs `player.abr` `fixed`, or no `prefetch`");
}

/// What only players that adapt look at, where none does.
fn unused(scenario: &Scenario, plans: &[ArmPlan], c: &mut Checker<'_>) {
    let mut adapts = false;
    for plan in plans {
        adapts |= plan.player.abr.adapts();
        if !plan.player.abr.adapts() {
            without_effect(&format!("arm.{}.set.", plan.name), &plan.player, c);
        }
    }
    if !adapts {
        without_effect("", &scenario.player, c);
    }
}

fn without_effect(before: &str, player: &Player, c: &mut Checker<'_>) {
    let usual = Player::default();
    let keys = [
        ("player.estimate", player.estimate != usual.estimate),
        ("player.buffer", player.buffer != usual.buffer),
        ("player.start_rung", player.start_rung != usual.start_rung),
    ];
    for (key, differs) in keys {
        let path = format!("{before}{key}");
        if differs && c.has(&path) {
            let message = format!("`{key}` has no effect here");
            c.warn("S0408", &path, message, "`player.abr` is `fixed`, and nobody adapts");
        }
    }
}

/// Pauses, seeks and zaps.
fn does(demand: &Demand, c: &mut Checker<'_>) {
    if let Some(pause) = &demand.pause {
        c.number("demand.pause.per_hour", pause.per_hour, 0.0, MOST_PER_HOUR);
        law("demand.pause.length", &pause.length, Span::DAY, c);
    }
    if let Some(seek) = &demand.seek {
        c.number("demand.seek.per_hour", seek.per_hour, 0.0, MOST_PER_HOUR);
        law("demand.seek.length", &seek.length, Span::DAY, c);
    }
    if let Some(zap) = &demand.zap {
        if zap.share > Share::from_ppm(950_000) {
            let message = "hardly a viewing would ever last";
            c.error("S0211", "demand.zap.share", message, "at most 0.95");
        }
        law("demand.zap.length", &zap.length, Span::DAY, c);
    }
}
