//! What moving the bytes takes, by where they pass.

use super::links::Network;
use crate::engine::observe::{LinkKind, Via};
use crate::units::Energy;

/// Energy of the moved bytes by where it goes, in J.
pub(super) fn energy(
    network: &Network<'_>,
    window: usize,
    via: [u64; 6],
) -> Vec<(&'static str, f64)> {
    let uses = &network.scenario.energy;
    if uses.is_empty() {
        return Vec::new();
    }
    let bins = network.windows[window].clone();
    let links = |of: &dyn Fn(LinkKind) -> bool| -> u64 {
        let there = network.there().filter(|(_, link)| of(link.kind));
        there.flat_map(|(at, _)| network.links.column(at).skip(bins.start).take(bins.len())).sum()
    };
    let delivered: u64 = via.iter().sum();
    let sent: u64 = Via::ALL.iter().filter(|v| v.is_peer()).map(|v| via[*v as usize]).sum();
    let served = delivered - sent;
    let joule = |bytes: u64, each: Energy| bytes as f64 / 1e9 * each.0 as f64 / 1e3;
    vec![
        ("server", joule(served, uses.server)),
        (
            "interconnect",
            joule(links(&|kind| matches!(kind, LinkKind::Interconnect { .. })), uses.interconnect),
        ),
        (
            "aggregation",
            joule(links(&|kind| matches!(kind, LinkKind::Aggregation { .. })), uses.aggregation),
        ),
        ("line", joule(delivered + sent, uses.line)),
        ("home_up", joule(sent, uses.home_up)),
        ("home_down", joule(delivered, uses.home_down)),
    ]
}
