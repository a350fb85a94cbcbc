//! The CSV tables that a scenario names, read into [`Tables`] and into the places, links and ladder
//! of the scenario itself.

mod homes;
mod places;
mod sessions;
mod sheet;
mod video;
mod viewing;

use std::path::{Path, PathBuf};

use super::check::Checker;
use super::model::Scenario;
use super::problem::{At, Problem};
use super::tables::Tables;
use crate::units::Span;
use sheet::Sheet;

/// Reads every table that `scenario.csv` names, from a folder relative to `base`.
pub(super) fn load(scenario: &mut Scenario, base: &Path, c: &mut Checker<'_>) -> Tables {
    let mut tables = Tables::default();
    let Some(csv) = scenario.csv.clone() else {
        return tables;
    };
    // Through its components, so that messages do not name `./`.
    let folder: PathBuf = base.join(&csv.folder).components().collect();
    let mut open = |key: &str, file: &Option<String>, need: &[&str], may: &[&str]| {
        let path = folder.join(file.as_ref()?);
        sheet(key, &path, need, may, c)
    };
    let places = open("places", &csv.places, places::PLACES, &[]);
    let links = open("links", &csv.links, places::LINKS, &[]);
    let homes = open("homes", &csv.homes, homes::HOMES, homes::OPTIONAL);
    let demand = open("demand", &csv.demand, viewing::DEMAND, &[]);
    let titles = open("titles", &csv.titles, video::TITLES, &[]);
    let segments = open("segments", &csv.segments, video::SEGMENTS, &[]);
    let watching = open("watching", &csv.watching, viewing::WATCHING, &[]);
    let box_on = open("box_on", &csv.box_on, viewing::BOX_ON, &[]);
    let rows = open("sessions", &csv.sessions, sessions::SESSIONS, sessions::OPTIONAL);

    // Places first: links and homes name them by number. A failed table of places is told once.
    let mut known = csv.places.is_none() || places.is_some();
    if let Some(mut sheet) = places {
        scenario.place.extend(places::places(&mut sheet));
        known &= sheet.faults.is_empty();
        c.found.extend(sheet.faults);
    }
    let names: Vec<String> = scenario.place.iter().map(|place| place.name.clone()).collect();
    if let Some(mut sheet) = links.filter(|_| known) {
        let delay = scenario.network.delay_per_km;
        scenario.link.extend(places::links(&mut sheet, &names, delay));
        c.found.extend(sheet.faults);
    }
    if let Some(mut sheet) = homes.filter(|_| known) {
        let isps: Vec<&str> = scenario.isp.iter().map(|isp| isp.name.as_str()).collect();
        tables.homes = Some(homes::homes(&mut sheet, names.len(), &isps));
        c.found.extend(sheet.faults);
    }
    tables.demand = take(demand, viewing::demand, c);
    tables.watching = take(watching, viewing::watching, c);
    tables.box_on = take(box_on, viewing::box_on, c);
    // A segment of no time is told where it is written, not once more for each row.
    let segment = scenario.video.segment.max(Span(1));
    tables.titles = take(titles, |sheet| video::titles(sheet, segment), c);
    tables.segments = take(segments, |sheet| video::segments(sheet, segment), c);
    if let Some(table) = &tables.segments {
        scenario.video.ladder.clone_from(&table.ladder);
    }
    let titles = tables.titles.as_ref().map_or(scenario.catalogue.titles, |rows| rows.len() as u32);
    tables.sessions =
        take(rows.filter(|_| known), |sheet| sessions::sessions(sheet, scenario, titles), c);
    if let Some(table) = &tables.sessions {
        homes_of(table.homes.len() as u32, scenario, c);
    }
    tables
}

/// Takes all homes of `csv.sessions`, or the first so many as the scenario says.
fn homes_of(all: u32, scenario: &mut Scenario, c: &mut Checker<'_>) {
    if !c.has("run.homes") {
        scenario.run.homes = all;
    } else if scenario.run.homes > all {
        let message = format!("{} homes are wanted, `csv.sessions` has {all}", scenario.run.homes);
        c.error("S0304", "run.homes", message, "at most the homes of the table");
    }
}

/// What `read` makes of a sheet; its faults go to `c`.
fn take<T>(
    sheet: Option<Sheet>,
    read: impl FnOnce(&mut Sheet) -> T,
    c: &mut Checker<'_>,
) -> Option<T> {
    let mut sheet = sheet?;
    let table = read(&mut sheet);
    c.found.extend(sheet.faults);
    Some(table)
}

/// Opens the table `csv.{key}`; tells why it cannot be used.
fn sheet(
    key: &str,
    path: &Path,
    need: &[&str],
    may: &[&str],
    c: &mut Checker<'_>,
) -> Option<Sheet> {
    let name = path.display().to_string();
    let bytes = match std::fs::read(path) {
        Ok(bytes) => bytes,
        Err(error) => {
            let message = format!("cannot read {name}: {error}");
            c.error("S0301", &format!("csv.{key}"), message, "no table").help =
                Some("`csv.folder` is relative to the file that says it".to_owned());
            return None;
        }
    };
    let text = match String::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => {
            let at = error.utf8_error().valid_up_to();
            let good = String::from_utf8_lossy(&error.as_bytes()[..at]).into_owned();
            let at = At::within(&name, &good, &(at..at));
            c.found.push(Problem::error("S0301", at, "this is not UTF-8 text"));
            return None;
        }
    };
    match Sheet::new(&name, &text, need, may) {
        Ok(sheet) => Some(sheet),
        Err(problems) => {
            c.found.extend(problems);
            None
        }
    }
}
