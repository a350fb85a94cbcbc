//! `csv.demand`, `csv.watching` and `csv.box_on`.

use super::sheet::Sheet;
use crate::scenario::tables::{BoxTable, DemandRow};
use crate::units::Span;

pub(super) const DEMAND: &[&str] =
    &["day", "slot10min", "p_household_active", "p_household_watching_tv"];
pub(super) const WATCHING: &[&str] = &["session", "duration_s", "chunks"];
pub(super) const BOX_ON: &[&str] = &["node", "start_s", "end_s"];

/// Ten-minute slots of a day.
const SLOTS: usize = 144;
/// Longest time in a table, in seconds: ten years.
const MOST_S: f64 = 315_576_000.0;

/// The weekday slots in order of time; other days are read past.
pub(super) fn demand(sheet: &mut Sheet) -> Vec<DemandRow> {
    let mut slots: Vec<Option<DemandRow>> = vec![None; SLOTS];
    for row in 0..sheet.len() {
        let day = sheet.text(row, 0).to_owned();
        if !["weekday", "weekend"].contains(&day.as_str()) {
            sheet.fault("S0303", row, 0, format!("\"{day}\" is not `weekday` or `weekend`"));
            continue;
        }
        let slot = sheet.whole(row, 1, 0, SLOTS as u64 - 1);
        let present = sheet.number(row, 2, 0.0, 1.0);
        let watching = sheet.number(row, 3, 0.0, 1.0);
        let (Some(slot), Some(present), Some(watching)) = (slot, present, watching) else {
            continue;
        };
        if day != "weekday" {
            continue;
        }
        if slots[slot as usize].is_some() {
            sheet.fault("S0304", row, 1, format!("weekday slot {slot} is there twice"));
        }
        slots[slot as usize] = Some(DemandRow { present, watching });
    }
    if let Some(slot) = slots.iter().position(Option::is_none)
        && sheet.faults.is_empty()
    {
        sheet.table_fault("S0304", format!("weekday slot {slot} is missing (0 to 143 are needed)"));
    }
    let rows: Vec<DemandRow> = slots.into_iter().flatten().collect();
    if sheet.faults.is_empty() && rows.iter().all(|row| row.watching == 0.0) {
        sheet.table_fault("S0304", "nobody watches at any time of a weekday");
    }
    rows
}

/// Lengths of viewings.
pub(super) fn watching(sheet: &mut Sheet) -> Vec<Span> {
    let mut spans = Vec::new();
    for row in 0..sheet.len() {
        if let Some(seconds) = sheet.number(row, 1, 0.001, 7.0 * 86_400.0) {
            spans.push(Span::from_secs_f64(seconds));
        }
    }
    spans
}

/// Times on, and the times off between two of one node.
pub(super) fn box_on(sheet: &mut Sheet) -> BoxTable {
    let mut sessions: Vec<(u64, u64, u64, usize)> = Vec::new();
    for row in 0..sheet.len() {
        let node = sheet.whole(row, 0, 0, u64::MAX);
        let start = sheet.number(row, 1, 0.0, MOST_S);
        let end = sheet.number(row, 2, 0.0, MOST_S);
        let (Some(node), Some(start), Some(end)) = (node, start, end) else {
            continue;
        };
        if end <= start {
            sheet.fault(
                "S0304",
                row,
                2,
                format!("a session from {start} s to {end} s has no length"),
            );
            continue;
        }
        let span = |seconds| Span::from_secs_f64(seconds).0;
        sessions.push((node, span(start), span(end), row));
    }
    sessions.sort_unstable();
    let on = sessions.iter().map(|(_, start, end, _)| Span(end - start)).collect();
    let mut off = Vec::new();
    for pair in sessions.windows(2) {
        let ((node, _, end, _), (next, start, _, row)) = (pair[0], pair[1]);
        if node != next {
            continue;
        }
        if start < end {
            sheet.fault("S0304", row, 1, format!("node {node} is on twice at this time"));
        } else if start > end {
            off.push(Span(start - end));
        }
    }
    if off.is_empty() && sheet.faults.is_empty() {
        sheet.table_fault("S0304", "no node has two sessions: the times off are not known");
    }
    BoxTable { on, off }
}
