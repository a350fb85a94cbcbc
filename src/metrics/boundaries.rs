//! What crosses each boundary on its way to homes, from their own lines up to the origin.

use super::billing::billed;
use super::bin::Bin;
use super::links::{Network, samples};
use super::tables::{BoundaryRow, Window, finite};
use crate::engine::observe::{LinkKind, Via};
use crate::scenario::model::Business;
use crate::units::Span;

/// Names of the boundaries, in the order of rows.
pub const BOUNDARIES: [&str; 11] = [
    "home",
    "turn_around",
    "pop",
    "isp",
    "interconnect",
    "embedded",
    "settlement_free",
    "paid_peering",
    "transit",
    "exchange",
    "origin",
];

/// Rows of `boundaries.csv`.
pub(super) fn rows(network: &Network<'_>, bins: &[Bin], window: Window) -> Vec<BoundaryRow> {
    let columns = columns(network, bins);
    let range = network.windows[window as usize].clone();
    let mbps = |bytes: u64, span: Span| finite(bytes as f64 * 8e-6 / span.as_secs_f64());
    let row = |(boundary, column): (&'static str, Vec<u64>)| {
        let column = &column[range.clone()];
        let (mut samples, width) = samples(column, network.bin);
        BoundaryRow {
            window,
            boundary: boundary.into(),
            bytes: column.iter().sum(),
            peak_mbps: mbps(column.iter().max().copied().unwrap_or(0), network.bin),
            p95_window_mbps: mbps(billed(&mut samples), width),
        }
    };
    BOUNDARIES.into_iter().zip(columns).map(row).collect()
}

/// Bytes across each boundary, bin by bin.
fn columns(network: &Network<'_>, bins: &[Bin]) -> [Vec<u64>; BOUNDARIES.len()] {
    let via = |from: &[Via]| -> Vec<u64> {
        bins.iter().map(|bin| from.iter().map(|via| bin.via[*via as usize]).sum()).collect()
    };
    let links = |of: &dyn Fn(LinkKind) -> bool| {
        let mut sums = vec![0; bins.len()];
        for (at, _) in network.there().filter(|(_, link)| link.down && of(link.kind)) {
            sums.iter_mut().zip(network.links.column(at)).for_each(|(sum, more)| *sum += more);
        }
        sums
    };
    let class = |class: Business| links(&|kind| network.class(kind) == Some(class));
    [
        via(&Via::ALL),
        links(&|kind| matches!(kind, LinkKind::Aggregation { .. })),
        via(&Via::ALL[1..]),
        via(&Via::ALL[2..]),
        via(&[Via::PeerOther, Via::Exchange, Via::Origin]),
        via(&[Via::Appliance]),
        class(Business::SettlementFree),
        class(Business::PaidPeering),
        class(Business::Transit),
        via(&[Via::Exchange]),
        via(&[Via::Origin]),
    ]
}
