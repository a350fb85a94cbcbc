//! `[box]`, `[at_home]` and `[demand]`.

use super::laws::{curve, law};
use super::{Checker, MOST_DAYS};
use crate::scenario::model::{Scenario, Sequence};
use crate::units::Span;

pub(super) fn check(scenario: &Scenario, c: &mut Checker<'_>) {
    let csv = scenario.csv.as_ref();
    super::once("box", "box_on", csv.is_some_and(|csv| csv.box_on.is_some()), c);

    law("box.on", &scenario.box_on.on, MOST_DAYS, c);
    law("box.off", &scenario.box_on.off, MOST_DAYS, c);
    if csv.is_some_and(|csv| csv.sessions.is_some()) {
        replaced(c);
        return;
    }
    let demand_table = csv.is_some_and(|csv| csv.demand.is_some());
    for key in ["at_home.present", "demand.starts", "demand.sessions_per_home_day"] {
        super::once(key, "demand", demand_table, c);
    }
    super::once("demand.length", "watching", csv.is_some_and(|csv| csv.watching.is_some()), c);
    super::once("at_home.spell", "sessions", false, c);
    curve("at_home.present", &scenario.at_home.present, 1.0, c);
    if c.has("at_home.spell") {
        c.span("at_home.spell", scenario.at_home.spell, Span::DAY.times(31));
    }
    demand(scenario, demand_table, c);
}

/// That nothing is said twice of what `csv.sessions` says.
fn replaced(c: &mut Checker<'_>) {
    let given = [
        "at_home",
        "demand.sessions_per_home_day",
        "demand.starts",
        "demand.spread",
        "demand.length",
        "demand.rewatch",
        "demand.service_share",
        "demand.live",
        "demand.sequence",
        "demand.pause",
        "demand.seek",
        "demand.zap",
        "csv.demand",
        "csv.watching",
    ];
    for key in given.into_iter().filter(|key| c.has(key)).collect::<Vec<&str>>() {
        super::once(key, "sessions", true, c);
    }
}

fn demand(scenario: &Scenario, table: bool, c: &mut Checker<'_>) {
    let demand = &scenario.demand;
    curve("demand.starts", &demand.starts, 1e9, c);
    if c.has("demand.starts") && demand.starts.is_empty() {
        c.error("S0210", "demand.starts", "a curve that is zero all day", "nobody ever starts");
    }
    if c.has("at_home.present") && scenario.at_home.present.is_empty() {
        c.error(
            "S0210",
            "at_home.present",
            "a curve that is zero all day",
            "nobody is ever at home",
        );
    }
    c.number("demand.spread", demand.spread, 0.0, 5.0);
    law("demand.length", &demand.length, Span::DAY, c);
    if !table && c.has("demand.sessions_per_home_day") {
        c.number("demand.sessions_per_home_day", demand.sessions_per_home_day, 0.001, 1_000.0);
    }
    if let Some(own) = &demand.sequence {
        sequence(own, table, c);
    }
    match (table, demand.service_share) {
        (true, None) => {
            let message = "`csv.demand` says who watches television, not who watches this service";
            c.error("S0216", "demand", message, "needs `service_share`");
        }
        (true, Some(share)) if share.ppm() == 0 => {
            let message = "nobody watches this service";
            c.error("S0211", "demand.service_share", message, "above 0");
        }
        (false, Some(_)) => {
            let message = "`service_share` is used with `csv.demand` only";
            c.error("S0216", "demand.service_share", message, "take it out");
        }
        _ => {}
    }
}

fn sequence(sequence: &Sequence, table: bool, c: &mut Checker<'_>) {
    if table {
        let message = "`csv.demand` says how many watch, whatever they go on to";
        c.error("S0216", "demand.sequence", message, "take it out");
    }
    let on = sequence.known.as_f64() * sequence.followed.as_f64();
    if on > 0.99 {
        let message = format!("{:.1} % of viewings lead to another without end", 100.0 * on);
        c.error("S0212", "demand.sequence.followed", message, "at most 99 % of all");
    }
    let most = Span::from_secs(600);
    if sequence.pause > most {
        c.span("demand.sequence.pause", sequence.pause, most);
    }
}
