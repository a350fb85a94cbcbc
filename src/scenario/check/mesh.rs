//! The directory and the mesh, of the file and of each arm.

use super::laws::{law, rising};
use super::networks::rtt;
use super::{Checker, MOST_DAYS};
use crate::scenario::model::{Directory, Exchange, Mesh, PathTime, SpanLaw};
use crate::units::{Bytes, Span};

/// Most names in one answer.
const MOST_NAMES: u64 = 10_000;
/// Longest time to connect, and for the reference amount over a path.
const MOST_WAIT: Span = Span::from_secs(600);
/// Least time between two looks at a connection, or messages over it.
const LEAST_INTERVAL: Span = Span::from_secs(1);
/// Largest reference amount.
const MOST_SIZE: Bytes = Bytes(1_000_000_000_000);

pub(super) fn check(directory: &Directory, mesh: &Mesh, c: &mut Checker<'_>) {
    rtt("directory.rtt", directory.rtt, c);
    c.count("directory.list", u64::from(directory.list), 1, MOST_NAMES);
    if let Some(list) = directory.refresh_list {
        c.count("directory.refresh_list", u64::from(list), 0, MOST_NAMES);
    }
    c.span("directory.refresh", directory.refresh, Span::DAY);
    if directory.staleness > Span::DAY {
        c.span("directory.staleness", directory.staleness, Span::DAY);
    }
    if mesh.set_up > MOST_WAIT {
        c.span("mesh.set_up", mesh.set_up, MOST_WAIT);
    }
    c.count("mesh.links", u64::from(mesh.links), 1, MOST_NAMES);
    if let Some(window) = mesh.window {
        super::connections::window("mesh.window", window, c);
    }
    if let Some(life) = &mesh.link_life {
        link_life(life, c);
    }
    if let Some(give_up) = mesh.give_up {
        interval("mesh.give_up", give_up, MOST_DAYS, c);
    }
    if let Some(Exchange { names, every }) = mesh.exchange {
        c.count("mesh.exchange.names", u64::from(names), 1, 255);
        interval("mesh.exchange.every", every, Span::DAY, c);
    }
    if let Some(path) = &mesh.path {
        path_time(path, c);
    }
}

/// That something is not done more often than makes sense.
fn interval(path: &str, value: Span, most: Span, c: &mut Checker<'_>) {
    if c.span(path, value, most) && value < LEAST_INTERVAL {
        let message =
            format!("{value} is shorter than {LEAST_INTERVAL}, the least that makes sense");
        c.error("S0211", path, message, "too short");
    }
}

fn link_life(life: &SpanLaw, c: &mut Checker<'_>) {
    const PATH: &str = "mesh.link_life";
    match life {
        // Written as its mean alone.
        SpanLaw::Exponential { mean } if !c.has(&format!("{PATH}.exponential")) => {
            c.span(PATH, *mean, MOST_DAYS);
        }
        // Nothing was left out here: no quantiles are too few.
        SpanLaw::Quantiles(spans) => {
            let at = format!("{PATH}.quantiles");
            if rising(&at, spans, c) {
                let last = spans.len() - 1;
                c.span(&format!("{at}.{last}"), spans[last], MOST_DAYS);
            }
        }
        life => law(PATH, life, MOST_DAYS, c),
    }
}

fn path_time(path: &PathTime, c: &mut Checker<'_>) {
    let PathTime { size, base, per_rtt, sender, receiver, pair, transfer } = *path;
    if size == Bytes::ZERO || size > MOST_SIZE {
        let message = format!("{size} is no amount to measure times by");
        c.error("S0211", "mesh.path.size", message, format!("1 B to {MOST_SIZE}"));
    }
    c.span("mesh.path.base", base, MOST_WAIT);
    c.number("mesh.path.per_rtt", per_rtt, 0.0, 1_000.0);
    let effects =
        [("sender", sender), ("receiver", receiver), ("pair", pair), ("transfer", transfer)];
    for (name, deviation) in effects {
        c.number(&format!("mesh.path.{name}"), deviation, 0.0, 2.0);
    }
}
