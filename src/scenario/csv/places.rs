//! `csv.places` and `csv.links`.

use std::collections::BTreeSet;

use super::sheet::Sheet;
use crate::scenario::model::{Link, Place};
use crate::units::Span;

pub(super) const PLACES: &[&str] = &["pop", "name", "lat", "lon", "population"];
pub(super) const LINKS: &[&str] = &["a", "b", "km", "one_way_ms"];

/// Places in the order of their numbers, which count the rows from 0.
pub(super) fn places(sheet: &mut Sheet) -> Vec<Place> {
    let mut places = Vec::new();
    let mut seen = BTreeSet::new();
    for row in 0..sheet.len() {
        let number = sheet.whole(row, 0, 0, u64::from(u16::MAX) - 1);
        if number.is_some_and(|number| number != row as u64) {
            sheet.fault(
                "S0304",
                row,
                0,
                format!("places are numbered from 0 in order, here {row}"),
            );
        }
        let name = sheet.text(row, 1).to_owned();
        if name.is_empty() {
            sheet.fault("S0303", row, 1, "an empty field".to_owned());
        }
        let lat = sheet.number(row, 2, -90.0, 90.0);
        let lon = sheet.number(row, 3, -180.0, 180.0);
        let population = sheet.whole(row, 4, 0, 20_000_000_000);
        if !seen.insert(name.clone()) {
            sheet.fault("S0304", row, 1, format!("there are two places called `{name}`"));
        }
        if let (Some(lat), Some(lon), Some(population)) = (lat, lon, population) {
            places.push(Place { name, lat, lon, population });
        }
    }
    places
}

/// Links between `names` by number. Their delay is that of light in glass over their length.
pub(super) fn links(sheet: &mut Sheet, names: &[String], delay_per_km: Span) -> Vec<Link> {
    let mut links = Vec::new();
    let last = (names.len() as u64).saturating_sub(1);
    for row in 0..sheet.len() {
        let a = sheet.whole(row, 0, 0, last);
        let b = sheet.whole(row, 1, 0, last);
        let km = sheet.number(row, 2, 0.0, 20_100.0);
        let delay = sheet.number(row, 3, 0.0, 1_000.0);
        let (Some(a), Some(b), Some(km), Some(delay)) = (a, b, km, delay) else {
            continue;
        };
        // Only `km` is used; a delay that contradicts it shows that a column means something else.
        let expected = km * delay_per_km.0 as f64 / 1e6;
        if (delay - expected).abs() > 0.1 * expected + 0.01 {
            let message =
                format!("{delay} ms do not fit {km} km, {expected:.3} ms of light in glass");
            sheet.fault("S0304", row, 3, message);
            continue;
        }
        links.push(Link { a: names[a as usize].clone(), b: names[b as usize].clone(), km });
    }
    links
}
