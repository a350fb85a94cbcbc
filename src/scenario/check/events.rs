//! What happens at stated times.

use super::Checker;
use crate::scenario::model::{Isp, Scenario, TimedEvent, Way, What};
use crate::scenario::problem::suggest;
use crate::units::Span;

pub(super) fn check(scenario: &Scenario, c: &mut Checker<'_>) {
    for (at, event) in scenario.event.iter().enumerate() {
        let path = format!("event.{at}");
        happens(&path, event, scenario, c);
        match &event.what {
            What::Interconnect(what) => {
                let path = format!("{path}.what.interconnect");
                if let Some(isp) = provider(&path, &what.isp, scenario, c) {
                    way(&format!("{path}.way"), isp, what.way, c);
                }
            }
            What::Aggregation(what) => {
                let path = format!("{path}.what.aggregation");
                provider(&path, &what.isp, scenario, c);
                if let Some(name) = &what.place {
                    place(&format!("{path}.place"), name, scenario, c);
                }
            }
        }
    }
}

/// That some of it is within the run.
fn happens(path: &str, event: &TimedEvent, scenario: &Scenario, c: &mut Checker<'_>) {
    let run = &scenario.run;
    if !c.span(&format!("{path}.lasts"), event.lasts, super::MOST_DAYS) {
        return;
    }
    let begin = Span::DAY.times(u64::from(event.day)) + event.at.0;
    let end = run.start.0 + run.warm_up + run.length;
    if begin >= end || begin + event.lasts <= run.start.0 {
        let message = format!("at {} on day {} the run is not under way", event.at, event.day);
        let help = "`day` counts from that of `run.start`, which is 0";
        c.error("S0203", &format!("{path}.at"), message, "never happens").help =
            Some(help.to_owned());
    }
}

fn provider<'s>(
    path: &str,
    name: &str,
    scenario: &'s Scenario,
    c: &mut Checker<'_>,
) -> Option<&'s Isp> {
    let found = scenario.isp.iter().find(|isp| isp.name == name);
    if found.is_none() {
        let message = format!("there is no provider `{name}`");
        let names = scenario.isp.iter().map(|isp| isp.name.as_str());
        c.error("S0205", &format!("{path}.isp"), message, "not defined").help =
            suggest(name, "defined", names);
    }
    found
}

fn place(path: &str, name: &str, scenario: &Scenario, c: &mut Checker<'_>) {
    let names = || scenario.place.iter().map(|place| place.name.as_str());
    if !names().any(|known| known == name) {
        let message = format!("there is no place `{name}`");
        c.error("S0205", path, message, "not defined").help = suggest(name, "defined", names());
    }
}

fn way(path: &str, isp: &Isp, way: Way, c: &mut Checker<'_>) {
    if isp.ways()[way as usize].is_none() {
        let message = format!("`{}` has no `{}` of its own", isp.name, way.name());
        let has = |way: &Way| isp.ways()[*way as usize].is_some();
        let names = Way::ALL.into_iter().filter(has).map(Way::name);
        c.error("S0205", path, message, "not there").help = suggest(way.name(), "it has", names);
    }
}
