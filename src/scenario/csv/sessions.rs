//! `csv.sessions`.

use std::collections::BTreeMap;

use super::sheet::Sheet;
use crate::scenario::Scenario;
use crate::scenario::model::Channel;
use crate::scenario::problem::suggest;
use crate::scenario::tables::{SessionHome, SessionRow, SessionTable, Shown};
use crate::units::Span;

pub(super) const SESSIONS: &[&str] = &["start_s", "length_s", "title"];
pub(super) const OPTIONAL: &[&str] = &["home", "isp", "place", "line", "device", "upload"];
const START: usize = 0;
const LENGTH: usize = 1;
const TITLE: usize = 2;
const HOME: usize = 3;
const ISP: usize = 4;
const PLACE: usize = 5;
const LINE: usize = 6;
const DEVICE: usize = 7;
const UPLOAD: usize = 8;

/// Seconds that are believed: a month before the first day, a year after it.
const EARLIEST_S: f64 = -31.0 * 86_400.0;
const LATEST_S: f64 = 366.0 * 86_400.0;
/// Longest viewing that is believed.
const LONGEST_S: f64 = 7.0 * 86_400.0;

/// Names that rows may use.
struct Names<'a> {
    channels: BTreeMap<&'a str, u16>,
    on_air: &'a [Channel],
    titles: u32,
    isps: Vec<&'a str>,
    places: Vec<&'a str>,
    lines: Vec<&'a str>,
    devices: Vec<&'a str>,
    /// Whether lines come from `csv.homes`.
    measured: bool,
}

/// Viewings and their homes. `titles` is the number of titles that there are.
pub(super) fn sessions(sheet: &mut Sheet, scenario: &Scenario, titles: u32) -> SessionTable {
    let names = Names {
        channels: scenario
            .channel
            .iter()
            .zip(0..)
            .map(|(own, at)| (own.name.as_str(), at))
            .collect(),
        on_air: &scenario.channel,
        titles,
        isps: scenario.isp.iter().map(|isp| isp.name.as_str()).collect(),
        places: scenario.place.iter().map(|place| place.name.as_str()).collect(),
        lines: scenario.line.keys().map(String::as_str).collect(),
        devices: scenario.device.keys().map(String::as_str).collect(),
        measured: scenario.csv.as_ref().is_some_and(|csv| csv.homes.is_some()),
    };
    let mut table = SessionTable::default();
    let mut known: BTreeMap<String, u32> = BTreeMap::new();
    // With the row of the file, for messages.
    let mut rows: Vec<(SessionRow, usize)> = Vec::with_capacity(sheet.len());
    for row in 0..sheet.len() {
        let Some(home) = home(sheet, row, &mut known, &mut table) else {
            continue;
        };
        let start = sheet.number(row, START, EARLIEST_S, LATEST_S);
        let length = sheet.number(row, LENGTH, 0.001, LONGEST_S);
        let Some(start) = start else { continue };
        let start = (start * 1e9).round() as i64;
        let shown = names.shown(sheet, row, start);
        names.describe(sheet, row, &mut table.homes[home as usize]);
        if let (Some(length), Some(shown)) = (length, shown) {
            let length = Span::from_secs_f64(length);
            rows.push((SessionRow { home, start, length, shown }, row));
        }
    }
    rows.sort_unstable_by_key(|(own, row)| (own.home, own.start, *row));
    for pair in rows.windows(2) {
        let ((before, _), (after, row)) = (pair[0], pair[1]);
        if (before.home, before.start) == (after.home, after.start) {
            let message = "this home starts to watch something else at the same time";
            sheet.fault("S0304", row, START, message.to_owned());
        }
    }
    table.rows = rows.into_iter().map(|(own, _)| own).collect();
    table
}

/// The number of a row's home: rows with the same text share one, without the column each has its own.
fn home(
    sheet: &mut Sheet,
    row: usize,
    known: &mut BTreeMap<String, u32>,
    table: &mut SessionTable,
) -> Option<u32> {
    let next = table.homes.len() as u32;
    let number = if sheet.has(HOME) {
        let name = sheet.text(row, HOME).to_owned();
        if name.is_empty() {
            sheet.fault("S0303", row, HOME, "an empty field".to_owned());
            return None;
        }
        *known.entry(name).or_insert(next)
    } else {
        next
    };
    if number == next {
        table.homes.push(SessionHome::default());
    }
    Some(number)
}

impl Names<'_> {
    /// What a row shows: the name of a channel on air then, or the number of a title.
    fn shown(&self, sheet: &mut Sheet, row: usize, start: i64) -> Option<Shown> {
        let name = sheet.text(row, TITLE).to_owned();
        if let Some(&at) = self.channels.get(name.as_str()) {
            let window = self.on_air[usize::from(at)].on_air;
            let clock = start.rem_euclid(Span::DAY.0 as i64).unsigned_abs();
            let on = |from: Span, to: Span| from.0 <= clock && clock < to.0;
            if let Some(window) = window.filter(|window| !on(window.from.0, window.to.0)) {
                let (from, to) = (window.from, window.to);
                let message = format!("channel `{name}` is on air from {from} to {to} only");
                sheet.fault("S0304", row, START, message);
                return None;
            }
            return Some(Shown::Channel(at));
        }
        match name.parse::<u32>() {
            Ok(title) if title < self.titles => return Some(Shown::Title(title)),
            Ok(title) => {
                let last = self.titles.saturating_sub(1);
                let message = format!("there is no title {title}, the last one is {last}");
                sheet.fault("S0304", row, TITLE, message);
            }
            Err(_) if name.is_empty() => {
                sheet.fault("S0303", row, TITLE, "an empty field".to_owned());
            }
            Err(_) => {
                let message = format!("there is no [[channel]] called `{name}`");
                sheet.fault("S0304", row, TITLE, message);
                let help = suggest(&name, "channels", self.channels.keys().copied());
                if let Some(problem) = sheet.last() {
                    problem.help = help.map(|help| format!("{help}; or the number of a title"));
                }
            }
        }
        None
    }

    /// What a row says of its home. Rows may leave it out, but not contradict each other.
    fn describe(&self, sheet: &mut Sheet, row: usize, home: &mut SessionHome) {
        let isp = self.index(sheet, row, ISP, &self.isps).map(|at| at as u8);
        agree(sheet, row, ISP, &mut home.isp, isp);
        let place = self.index(sheet, row, PLACE, &self.places).map(|at| at as u16);
        agree(sheet, row, PLACE, &mut home.place, place);
        let line = self.index(sheet, row, LINE, &self.lines).map(|at| at as u16);
        agree(sheet, row, LINE, &mut home.line, line);
        let device = self.index(sheet, row, DEVICE, &self.devices).map(|at| at as u8);
        agree(sheet, row, DEVICE, &mut home.device, device);
        if sheet.has(UPLOAD) && !sheet.text(row, UPLOAD).is_empty() {
            let upload = sheet.whole(row, UPLOAD, 0, 1).map(|upload| upload == 1);
            agree(sheet, row, UPLOAD, &mut home.upload, upload);
        }
    }

    /// The number of the name in a field; `None` when nothing, or nothing known, stands there.
    fn index(&self, sheet: &mut Sheet, row: usize, column: usize, of: &[&str]) -> Option<usize> {
        if !sheet.has(column) || sheet.text(row, column).is_empty() {
            return None;
        }
        if self.measured && column != DEVICE {
            let message = "`csv.homes` says where homes are and what lines they have";
            sheet.fault("S0304", row, column, message.to_owned());
            return None;
        }
        let name = sheet.text(row, column).to_owned();
        let found = of.iter().position(|known| *known == name);
        if found.is_none() {
            let kind = OPTIONAL[column - SESSIONS.len()];
            sheet.fault("S0304", row, column, format!("there is no {kind} called `{name}`"));
            let help = suggest(&name, "defined", of.iter().copied());
            if let Some(problem) = sheet.last() {
                problem.help = help;
            }
        }
        found
    }
}

/// Takes note of what a row says; tells when an earlier one said something else.
fn agree<T: Copy + PartialEq>(
    sheet: &mut Sheet,
    row: usize,
    column: usize,
    known: &mut Option<T>,
    said: Option<T>,
) {
    let Some(said) = said else { return };
    if known.replace(said).is_some_and(|before| before != said) {
        sheet.fault("S0304", row, column, "an earlier row of this home says otherwise".to_owned());
    }
}
