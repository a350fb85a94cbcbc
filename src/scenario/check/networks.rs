//! Places, links, lines, providers and the content delivery network.

use std::collections::{BTreeMap, BTreeSet};

use super::laws::{rate, rates, rising};
use super::{Checker, MOST_RTT, interconnects, run};
use crate::scenario::model::{Duplex, Isp, Line, Scenario, Tier};
use crate::scenario::problem::suggest;
use crate::units::{BitRate, Bytes, Share, Span};

/// Fastest line or capacity per home that is believed.
const MOST_LINE: BitRate = BitRate(100_000_000_000);
/// Farthest two places on this planet are apart, in kilometres.
const MOST_KM: f64 = 20_100.0;

pub(super) fn check(scenario: &Scenario, c: &mut Checker<'_>) {
    let network = &scenario.network;
    c.number("network.fibre_factor", network.fibre_factor, 1.0, 20.0);
    c.span("network.delay_per_km", network.delay_per_km, Span::from_millis(1));
    sources(scenario, c);
    places(scenario, c);
    links(scenario, c);
    for (name, line) in &scenario.line {
        check_line(&format!("line.{name}"), line, c);
    }
    providers(scenario, c);
    let cdn = &scenario.cdn;
    if let Some(exchange) = &cdn.exchange {
        tier("cdn.exchange", exchange, c);
    }
    rate("cdn.origin.egress", cdn.origin.egress, MOST_LINE, c);
    if cdn.origin.egress == BitRate::ZERO {
        c.error("S0211", "cdn.origin.egress", "an origin that sends nothing", "above zero");
    }
    rtt("cdn.origin.rtt", cdn.origin.rtt, c);
}

/// That each figure is given once: here or in a table.
fn sources(scenario: &Scenario, c: &mut Checker<'_>) {
    let csv = scenario.csv.as_ref();
    let homes = csv.is_some_and(|csv| csv.homes.is_some());
    let here = [
        ("place", "places", csv.is_some_and(|csv| csv.places.is_some())),
        ("line", "homes", homes),
    ];
    for (key, table, replaced) in here {
        super::once(key, table, replaced, c);
    }
    if csv.is_some_and(|csv| csv.links.is_some()) {
        super::once("link", "links", true, c);
    }
    for (at, isp) in scenario.isp.iter().enumerate() {
        super::once(&format!("isp.{at}.lines"), "homes", homes, c);
        if homes {
            super::once(&format!("isp.{at}.market_share"), "homes", true, c);
        }
        if homes && isp.evening_factor != Share::ONE {
            super::once(&format!("isp.{at}.evening_factor"), "homes", true, c);
        }
    }
}

fn places(scenario: &Scenario, c: &mut Checker<'_>) {
    let places = &scenario.place;
    if c.has("place") || !places.is_empty() {
        c.count("place", places.len() as u64, 1, u64::from(u16::MAX));
    }
    let mut seen = BTreeSet::new();
    for (at, place) in places.iter().enumerate() {
        c.number(&format!("place.{at}.lat"), place.lat, -90.0, 90.0);
        c.number(&format!("place.{at}.lon"), place.lon, -180.0, 180.0);
        if place.population > 20_000_000_000 {
            c.count(&format!("place.{at}.population"), place.population, 0, 20_000_000_000);
        }
        if !seen.insert(&place.name) {
            let message = format!("there are two places called `{}`", place.name);
            c.error("S0206", &format!("place.{at}.name"), message, "the second one");
        }
    }
    if !places.is_empty() && places.iter().all(|place| place.population == 0) {
        c.error("S0211", "place", "nobody lives at any place", "`population` above zero somewhere");
    }
}

fn links(scenario: &Scenario, c: &mut Checker<'_>) {
    let places = &scenario.place;
    let numbers: BTreeMap<&str, usize> =
        places.iter().enumerate().map(|(at, place)| (place.name.as_str(), at)).collect();
    let mut groups = Groups::new(places.len());
    for (at, link) in scenario.link.iter().enumerate() {
        c.number(&format!("link.{at}.km"), link.km, 0.0, MOST_KM);
        for (end, name) in [("a", &link.a), ("b", &link.b)] {
            if !numbers.contains_key(name.as_str()) {
                let message = format!("there is no place `{name}`");
                let names = numbers.keys().copied();
                c.error("S0205", &format!("link.{at}.{end}"), message, "not defined").help =
                    suggest(name, "defined", names);
            }
        }
        if let (Some(a), Some(b)) = (numbers.get(link.a.as_str()), numbers.get(link.b.as_str())) {
            groups.join(*a, *b);
        }
    }
    let lone = (0..places.len()).find(|at| groups.of(*at) != groups.of(0));
    if let Some(lone) = lone {
        let (first, other) = (&places[0].name, &places[lone].name);
        let message = format!("no row of links leads from `{first}` to `{other}`");
        let path = format!("place.{lone}");
        c.error("S0209", &path, message, "not connected").help =
            Some("add a [[link]] so that every place can reach every other".to_owned());
    }
}

/// Which places are connected: each points towards the first of its group.
struct Groups(Vec<usize>);

impl Groups {
    fn new(count: usize) -> Self {
        Self((0..count).collect())
    }

    fn of(&mut self, mut at: usize) -> usize {
        while self.0[at] != at {
            self.0[at] = self.0[self.0[at]];
            at = self.0[at];
        }
        at
    }

    fn join(&mut self, a: usize, b: usize) {
        let (a, b) = (self.of(a), self.of(b));
        self.0[a.max(b)] = a.min(b);
    }
}

fn check_line(path: &str, line: &Line, c: &mut Checker<'_>) {
    rates(&format!("{path}.down"), &line.down, 1, MOST_LINE, c);
    rates(&format!("{path}.up"), &line.up, 0, MOST_LINE, c);
    if let Some(allowance) = line.allowance {
        let path = format!("{path}.allowance");
        if allowance == Bytes::ZERO || allowance > Bytes(1_000_000_000_000_000) {
            let message = format!("an allowance of {allowance} a month");
            c.error("S0211", &path, message, "above zero, at most 1,000 TB");
        } else if !line.metered {
            let message = "an allowance on a line whose bytes are not counted";
            c.warn("S0408", &path, message, "needs `metered = true`");
        }
    }
    let path = format!("{path}.rtt");
    if rising(&path, &line.rtt, c) {
        let last = line.rtt.len() - 1;
        rtt(&format!("{path}.{last}"), line.rtt[last], c);
    }
}

fn providers(scenario: &Scenario, c: &mut Checker<'_>) {
    let isps = &scenario.isp;
    c.count("isp", isps.len() as u64, 1, 255);
    let homes = scenario.csv.as_ref().is_some_and(|csv| csv.homes.is_some());
    if !homes && !isps.is_empty() {
        c.whole("isp", "the market shares", isps.iter().map(|isp| isp.market_share));
    }
    let mut seen = BTreeSet::new();
    for (at, isp) in isps.iter().enumerate() {
        let path = format!("isp.{at}");
        if !seen.insert(&isp.name) {
            let message = format!("there are two providers called `{}`", isp.name);
            c.error("S0206", &format!("{path}.name"), message, "the second one");
        }
        provider(&path, isp, scenario, homes, c);
        peers(&path, isp, isps, c);
    }
}

/// That those with which a provider exchanges traffic are others, and there.
fn peers(path: &str, isp: &Isp, isps: &[Isp], c: &mut Checker<'_>) {
    let others = || isps.iter().map(|isp| isp.name.as_str()).filter(|name| *name != isp.name);
    for (at, name) in isp.peers.iter().enumerate() {
        let path = format!("{path}.peers.{at}");
        if *name == isp.name {
            let message = format!("`{name}` does not peer with itself");
            c.error("S0220", &path, message, "names of other providers").help =
                suggest("", "others", others());
        } else if !others().any(|other| other == name) {
            let message = format!("there is no provider `{name}`");
            c.error("S0205", &path, message, "not defined").help =
                suggest(name, "defined", others());
        } else if isp.peers[..at].contains(name) {
            let message = format!("`{name}` is named twice");
            c.error("S0206", &path, message, "the second one");
        }
    }
}

fn provider(path: &str, isp: &Isp, scenario: &Scenario, homes: bool, c: &mut Checker<'_>) {
    let lines = format!("{path}.lines");
    for name in isp.lines.keys().filter(|name| !scenario.line.contains_key(*name)) {
        let message = format!("there is no line `{name}`");
        let names = scenario.line.keys().map(String::as_str);
        c.key_error("S0205", &format!("{lines}.{name}"), message, "not defined").help =
            suggest(name, "defined", names);
    }
    if !homes && c.has(&lines) {
        let what = format!("the lines of `{}`", isp.name);
        c.whole(&lines, &what, isp.lines.values().copied());
    }
    if isp.evening_factor.ppm() == 0 {
        let message = "an evening factor of 0 cuts everybody off";
        c.error("S0211", &format!("{path}.evening_factor"), message, "above 0");
    }
    run::rises(&format!("{path}.evening"), &isp.evening, c);
    duplex(&format!("{path}.aggregation"), isp.aggregation, c);
    interconnects::check(path, isp, c);
    if let Some(appliance) = &isp.appliance {
        tier(&format!("{path}.appliance"), appliance, c);
    }
    fill(&format!("{path}.fill"), isp, scenario, c);
}

pub(super) fn duplex(path: &str, duplex: Duplex, c: &mut Checker<'_>) {
    let Duplex { down, up } = duplex;
    for (way, capacity) in [("down", down), ("up", up)] {
        let path = format!("{path}.{way}");
        rate(&path, capacity, MOST_LINE, c);
        if capacity == BitRate::ZERO && way == "down" {
            c.error("S0211", &path, "a capacity of zero cuts everybody off", "above zero");
        }
    }
}

fn tier(path: &str, tier: &Tier, c: &mut Checker<'_>) {
    rate(&format!("{path}.egress"), tier.egress, MOST_LINE, c);
    rtt(&format!("{path}.rtt"), tier.rtt, c);
}

/// That there is something to fill, and time for it.
fn fill(path: &str, isp: &Isp, scenario: &Scenario, c: &mut Checker<'_>) {
    let Some(fill) = &isp.fill else {
        return;
    };
    rate(&format!("{path}.rate"), fill.rate, MOST_LINE, c);
    run::rises(&format!("{path}.window"), &fill.window, c);
    if isp.appliance.is_none() {
        c.warn("S0408", path, "there is no appliance to fill", "needs `appliance`");
    } else if scenario.catalogue.release.is_none() {
        c.warn("S0408", path, "nothing new ever comes", "needs `catalogue.release`");
    }
}

/// That a round trip is believable; zero is.
pub(super) fn rtt(path: &str, value: Span, c: &mut Checker<'_>) {
    if value > MOST_RTT {
        c.span(path, value, MOST_RTT);
    }
}
