//! Delay between places, and who lives where.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};

use crate::scenario::Scenario;
use crate::scenario::model::{Line, Tariff};
use crate::units::{Span, Time};

use super::clock::Clock;
use super::{Homes, IspSite, Topology};

impl Topology {
    pub(super) fn new(
        scenario: &Scenario,
        homes: &Homes,
        clock: &Clock,
        lines: Vec<String>,
    ) -> Self {
        let places = scenario.place.len();
        let mut homes_at = vec![0; scenario.isp.len() * places];
        for (isp, place) in homes.isp.iter().zip(&homes.place) {
            homes_at[usize::from(*isp) * places + usize::from(*place)] += 1;
        }
        let isps = scenario.isp.iter().enumerate().map(|(index, isp)| IspSite {
            name: isp.name.clone(),
            homes: homes_at[index * places..(index + 1) * places].iter().sum(),
            evenings: clock.windows(&isp.evening, Time::ZERO),
        });
        Self {
            places: scenario.place.iter().map(|place| place.name.clone()).collect(),
            delay: delays(scenario),
            isps: isps.collect(),
            tariffs: lines.iter().map(|line| tariff(scenario, line)).collect(),
            lines,
            devices: scenario.device.keys().cloned().collect(),
            homes_at,
            transit: transit(scenario),
        }
    }
}

/// What homes on `line` pay for; by bytes on no line of a table of homes.
fn tariff(scenario: &Scenario, line: &str) -> Tariff {
    let known = scenario.line.get(line).filter(|_| !from_table(scenario));
    known.map(Line::tariff).unwrap_or_default()
}

fn from_table(scenario: &Scenario) -> bool {
    scenario.csv.as_ref().is_some_and(|csv| csv.homes.is_some())
}

/// Between any two providers of which neither names the other; nothing when none names any.
fn transit(scenario: &Scenario) -> Vec<bool> {
    let isps = &scenario.isp;
    if isps.iter().all(|isp| isp.peers.is_empty()) {
        return Vec::new();
    }
    let meets = |a: usize, b: usize| a == b || isps[a].peers.contains(&isps[b].name);
    let pairs = (0..isps.len()).flat_map(|a| (0..isps.len()).map(move |b| (a, b)));
    pairs.map(|(a, b)| !meets(a, b) && !meets(b, a)).collect()
}

/// Along the shortest path of links; without one, forever.
fn delays(scenario: &Scenario) -> Vec<Span> {
    let names = scenario.place.iter().enumerate();
    let index: BTreeMap<&str, usize> = names.map(|(at, place)| (place.name.as_str(), at)).collect();
    let mut neighbours = vec![Vec::new(); scenario.place.len()];
    let network = &scenario.network;
    for link in &scenario.link {
        let (Some(&a), Some(&b)) = (index.get(link.a.as_str()), index.get(link.b.as_str())) else {
            continue;
        };
        let ns = link.km * network.delay_per_km.0 as f64 * network.fibre_factor;
        let ns = (ns + 0.5) as u64;
        neighbours[a].push((b, ns));
        neighbours[b].push((a, ns));
    }
    (0..neighbours.len()).flat_map(|from| shortest(&neighbours, from)).map(Span).collect()
}

/// Dijkstra's shortest distances from one place.
fn shortest(neighbours: &[Vec<(usize, u64)>], from: usize) -> Vec<u64> {
    let mut best = vec![u64::MAX; neighbours.len()];
    let mut open = BinaryHeap::from([Reverse((0, from))]);
    best[from] = 0;
    while let Some(Reverse((so_far, place))) = open.pop() {
        if so_far > best[place] {
            continue;
        }
        for &(next, length) in &neighbours[place] {
            let distance = so_far.saturating_add(length);
            if distance < best[next] {
                best[next] = distance;
                open.push(Reverse((distance, next)));
            }
        }
    }
    best
}
