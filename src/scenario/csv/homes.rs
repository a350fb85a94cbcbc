//! `csv.homes`.

use super::sheet::Sheet;
use crate::scenario::problem::suggest;
use crate::scenario::tables::HomeRow;
use crate::units::{BitRate, Span};

pub(super) const HOMES: &[&str] = &[
    "home",
    "pop",
    "residents",
    "isp",
    "tech",
    "down_mbps",
    "down_peak_mbps",
    "up_mbps",
    "rtt_ms",
    "loss_pct",
];
pub(super) const OPTIONAL: &[&str] = &["weight"];
const WEIGHT: usize = 10;
/// Providers that the scenario does not name go here.
const OTHER: &str = "Other";

/// Lines of homes. `residents` and `loss_pct` are read past.
pub(super) fn homes(sheet: &mut Sheet, places: usize, isps: &[&str]) -> Vec<HomeRow> {
    let mut homes = Vec::new();
    let last = (places as u64).saturating_sub(1);
    for row in 0..sheet.len() {
        let place = sheet.whole(row, 1, 0, last);
        let isp = provider(sheet, row, isps);
        let down = sheet.number(row, 5, 0.001, 100_000.0);
        let down_peak = sheet.number(row, 6, 0.001, 100_000.0);
        let up = sheet.number(row, 7, 0.0, 100_000.0);
        let rtt = sheet.number(row, 8, 0.0, 10_000.0);
        let weight =
            if sheet.has(WEIGHT) { sheet.number(row, WEIGHT, 0.0, 1e12) } else { Some(1.0) };
        if let (
            Some(place),
            Some(isp),
            Some(down),
            Some(down_peak),
            Some(up),
            Some(rtt),
            Some(weight),
        ) = (place, isp, down, down_peak, up, rtt, weight)
        {
            homes.push(HomeRow {
                place: place as u16,
                isp,
                tech: sheet.text(row, 4).to_owned(),
                down: mbps(down),
                down_peak: mbps(down_peak),
                up: mbps(up),
                rtt: Span::from_secs_f64(rtt / 1e3),
                weight,
            });
        }
    }
    let total: f64 = homes.iter().map(|home| home.weight).sum();
    if total <= 0.0 && sheet.faults.is_empty() {
        sheet.table_fault("S0304", "all weights are zero: no home can be drawn");
    }
    homes
}

fn provider(sheet: &mut Sheet, row: usize, isps: &[&str]) -> Option<String> {
    let name = sheet.text(row, 3).to_owned();
    if isps.contains(&name.as_str()) {
        return Some(name);
    }
    if isps.contains(&OTHER) && !name.is_empty() {
        return Some(OTHER.to_owned());
    }
    let help = suggest(&name, "defined", isps.iter().copied());
    sheet.fault(
        "S0304",
        row,
        3,
        format!("there is no [[isp]] called `{name}`, nor one called `{OTHER}`"),
    );
    if let Some(problem) = sheet.last() {
        problem.help = help;
    }
    None
}

/// From Mbit/s, rounded to a bit/s.
fn mbps(value: f64) -> BitRate {
    BitRate((value * 1e6 + 0.5) as u64)
}
