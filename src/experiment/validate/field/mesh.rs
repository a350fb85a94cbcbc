//! C2: the mesh of an ordinary day. Viewers come and go as they did; who meets whom, who sends to
//! whom and for how long comes out. Knobs were set on 18 June and are judged on the other days.

use std::path::Path;

use super::day::Day;
use super::links::day;
use super::replay::play;
use super::round_trips::RoundTrips;
use super::table::Table;
use super::{Effort, Finding, skipped};
use crate::experiment::validate::{broken, compare};

const ID: &str = "C2";
/// The day on which knobs were set, then those on which they are judged.
pub(super) const DAYS: [&str; 3] = ["2020-06-18", "2020-07-05", "2020-06-17"];
/// Ages in minutes at which open links are compared.
const AGES: [f64; 6] = [0.0, 10.0, 30.0, 55.0, 65.0, 75.0];

pub(super) fn run(effort: Effort, folder: &Path, found: &mut dyn FnMut(Finding)) {
    let days = if effort == Effort::Full { &DAYS[..] } else { &DAYS[..1] };
    let trips = match RoundTrips::read(folder) {
        Ok(trips) => trips,
        Err(why) => return found(skipped(ID, &why)),
    };
    for name in days {
        match day(folder, name, &trips) {
            Ok(seen) => match play(&seen, "hybrid", &[]) {
                Ok(played) => {
                    compare_days(name, &seen, &played.day, found);
                    if *name == DAYS[0]
                        && let Err(why) = by_age(folder, (name, &seen, &played.day), found)
                    {
                        found(skipped(ID, &why));
                    }
                }
                Err(why) => found(broken(ID, f64::NAN, f64::NAN, &why)),
            },
            Err(why) => found(skipped(ID, &why)),
        }
    }
}

fn compare_days(name: &str, seen: &Day, played: &Day, found: &mut dyn FnMut(Finding)) {
    let (is, got) = (seen.facts(), played.facts());
    let role = if name == DAYS[0] { "knobs set on it" } else { "judged" };
    let rows = [
        ("open links of a viewer present, each way", is.open, got.open, 0.15),
        ("part of viewers present that send to nobody", is.no_out, got.no_out, 0.15),
        ("part of viewers present that receive from nobody", is.no_in, got.no_in, 0.15),
        ("neighbours of a viewer, median", is.neighbours[0], got.neighbours[0], 0.15),
        ("neighbours, p90", is.neighbours[1], got.neighbours[1], 0.15),
        ("neighbours, p99", is.neighbours[2], got.neighbours[2], 0.25),
        ("life of a link in min, median", is.life[0], got.life[0], 0.15),
        ("life of a link in min, p90", is.life[1], got.life[1], 0.15),
        ("segments of a link, median", is.segments[0], got.segments[0], 0.15),
        ("segments of a link, p90", is.segments[1], got.segments[1], 0.15),
        ("part of pairs that exchange both ways", is.two_way, got.two_way, 0.15),
    ];
    for (what, expected, value, tolerance) in rows {
        let note = format!(
            "{name} ({role}): {what}; {} of {} viewers exchanged anything",
            got.seen, is.seen
        );
        found(compare(ID, expected, value, tolerance * expected, note));
    }
}

/// Open links by time since a viewer came, against the mean of 119 days.
fn by_age(
    folder: &Path,
    (name, seen, played): (&str, &Day, &Day),
    found: &mut dyn FnMut(Finding),
) -> Result<(), String> {
    let table = Table::read(folder, "p2p-live-2020/by_age.csv")?;
    let (age, open) = (table.column("age_min")?, table.column("open_in")?);
    let mut height = 0.0f64;
    let mut expected = Vec::new();
    for row in table.rows() {
        let (age, open) = (row.number(age)?, row.number(open)?);
        height = height.max(open);
        if AGES.iter().any(|wanted| (wanted - age).abs() < 1e-9) {
            expected.push(open);
        }
    }
    let (got, there) = (played.open_in_by_age(&AGES), seen.open_in_by_age(&AGES));
    for (((age, expected), got), there) in AGES.iter().zip(expected).zip(got).zip(there) {
        let note = format!(
            "{name}, who stays 90 min: links to receive over {age} to {} min after coming, over 119 \
             days; on the day itself {there:.2}",
            age + 2.5
        );
        found(compare(ID, expected, got, 0.15 * height, note));
    }
    Ok(())
}
