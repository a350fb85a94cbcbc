//! C1: rates of links by the path model, over the links that were measured.
//!
//! For each measured link of the top rung transfers of a segment are drawn by the path model until as
//! many have come within a segment's length as were seen, as later ones came from servers and left no
//! trace. What comes out is held against 119 days of links. Knobs are the defaults of `mesh.path`; they
//! and three round trips (`round_trips`) were fitted to the tables compared with here.

use std::path::Path;

use super::groups::{deviation, mean, quantile, share_of_group, slope_within, sorted};
use super::links::{Link, top_links};
use super::round_trips::{Region, RoundTrips};
use super::table::Table;
use super::{Effort, Finding, skipped};
use crate::experiment::validate::compare;
use crate::rng::Draw;
use crate::scenario::model::PathTime;

const ID: &str = "C1";
const DAYS: [&str; 4] = ["2020-06-17", "2020-06-18", "2020-07-05", "2020-07-29"];
/// A segment in kbyte, and the time after which it is of no use, in s.
const SEGMENT: f64 = 1_290.0;
const LATE: f64 = 6.0;
/// Segments drawn of one link, at most, and tries for each.
const MOST: u32 = 40;
const TRIES: u32 = 20;

/// Links by name, by regions of sender and receiver, and by whether they stay with one provider.
type Place = (&'static str, Option<(Region, Region)>, Option<bool>);

/// As the table of rates names them.
const PLACES: [Place; 11] = {
    use Region::{Europe as EU, NorthAfrica as AF, NorthAmerica as AM};
    [
        ("EU_from_EU", Some((EU, EU)), None),
        ("EU_from_NAf", Some((AF, EU)), None),
        ("EU_from_NAm", Some((AM, EU)), None),
        ("NAf_from_EU", Some((EU, AF)), None),
        ("NAf_from_NAf", Some((AF, AF)), None),
        ("NAf_from_NAm", Some((AM, AF)), None),
        ("NAm_from_EU", Some((EU, AM)), None),
        ("NAm_from_NAf", Some((AF, AM)), None),
        ("NAm_from_NAm", Some((AM, AM)), None),
        ("same_isp", None, Some(true)),
        ("other_isp", None, Some(false)),
    ]
};

pub(super) fn run(effort: Effort, folder: &Path, found: &mut dyn FnMut(Finding)) {
    if let Err(why) = try_run(effort, folder, found) {
        found(skipped(ID, &why));
    }
}

fn try_run(effort: Effort, folder: &Path, found: &mut dyn FnMut(Finding)) -> Result<(), String> {
    let trips = RoundTrips::read(folder)?;
    let days = match effort {
        Effort::Full => &DAYS[..],
        Effort::Quick => &DAYS[1..2],
    };
    let mut seen = Vec::new();
    for day in days {
        seen.extend(top_links(folder, day, &trips)?);
    }
    let (drawn, in_time) = draw_links(&seen);
    by_place(folder, &seen, &drawn, found)?;
    by_round_trip(folder, &seen, &drawn, found)?;
    spread(&seen, &drawn, in_time, found);
    Ok(())
}

/// The same links with rates by the model, and the part of transfers that came in time.
fn draw_links(seen: &[Link]) -> (Vec<Link>, f64) {
    let (draw, knobs) = (Draw::new(1, 0), PathTime::default());
    let (mut links, mut tried, mut came) = (Vec::new(), 0u32, 0u32);
    for link in seen {
        let wanted = link.segments.min(MOST);
        let trip = link.trip.whole();
        let mut rates = Vec::new();
        for _ in 0..wanted * TRIES {
            tried += 1;
            let rate = knobs.rate(&draw, (link.sender, link.receiver), tried, trip).0 as f64 / 8e3;
            if SEGMENT / rate <= LATE {
                rates.push(rate);
            }
            if rates.len() == wanted as usize {
                break;
            }
        }
        came += rates.len() as u32;
        // The tables have no link of one segment.
        if rates.len() > 1 {
            let segments = rates.len() as u32;
            links.push(Link {
                rate: mean(&rates),
                deviation: deviation(&rates),
                segments,
                ..*link
            });
        }
    }
    (links, f64::from(came) / f64::from(tried))
}

fn by_place(
    folder: &Path,
    seen: &[Link],
    drawn: &[Link],
    found: &mut dyn FnMut(Finding),
) -> Result<(), String> {
    let table = Table::read(folder, "p2p-live-2020/rates_by_place.csv")?;
    let (rung, place) = (table.column("rung")?, table.column("place")?);
    for (name, regions, same_isp) in PLACES {
        let row = table.rows().find(|row| row.text(rung) == "top" && row.text(place) == name);
        let row = row.ok_or_else(|| format!("rates_by_place.csv: no row {name}"))?;
        let of = |links: &[Link]| {
            let among = links.iter().filter(|link| {
                regions.is_none_or(|wanted| link.regions == Some(wanted))
                    && same_isp.is_none_or(|wanted| link.same_isp == wanted)
            });
            sorted(among.map(|link| link.rate))
        };
        let (seen, drawn) = (of(seen), of(drawn));
        for (part, column) in [(0.1, "p10"), (0.5, "p50"), (0.9, "p90")] {
            let expected = row.number(table.column(column)?)?;
            let note = format!(
                "top rung, {}: {column} of the rate in kbyte/s over 119 days; the {} links drawn for \
                 here had {:.0}",
                name.replace('_', " "),
                seen.len(),
                quantile(&seen, part)
            );
            found(compare(ID, expected, quantile(&drawn, part), 0.06 * expected, note));
        }
    }
    Ok(())
}

fn by_round_trip(
    folder: &Path,
    seen: &[Link],
    drawn: &[Link],
    found: &mut dyn FnMut(Finding),
) -> Result<(), String> {
    let table = Table::read(folder, "p2p-live-2020/rate_by_rtt.csv")?;
    let (from, to) = (table.column("rtt_from_ms")?, table.column("rtt_to_ms")?);
    let median = table.column("p50")?;
    for row in table.rows() {
        let (from, to) = (row.number(from)?, row.number(to)?);
        if from < 10.0 || to > 200.0 {
            continue;
        }
        let of = |links: &[Link]| {
            let among = links.iter().filter(|link| {
                link.trip.pinged && from <= link.trip.between && link.trip.between < to
            });
            sorted(among.map(|link| link.rate))
        };
        let (seen, drawn) = (of(seen), of(drawn));
        let expected = row.number(median)?;
        let note = format!(
            "top rung, cities {from} to {to} ms apart: median rate in kbyte/s over 119 days; the {} \
             links drawn for here had {:.0}",
            seen.len(),
            quantile(&seen, 0.5)
        );
        found(compare(ID, expected, quantile(&drawn, 0.5), 0.08 * expected, note));
    }
    Ok(())
}

/// Spread, whose it is, and whether it goes with what else the sender has to send.
fn spread(seen: &[Link], drawn: &[Link], in_time: f64, found: &mut dyn FnMut(Finding)) {
    let log = |link: &Link| libm::log(link.rate);
    let whole = |links: &[Link]| deviation(&links.iter().map(log).collect::<Vec<_>>());
    let senders = |links: &[Link]| share_of_group(links.iter().map(|l| (l.sender, log(l))));
    let receivers = |links: &[Link]| share_of_group(links.iter().map(|l| (l.receiver, log(l))));
    let within = |links: &[Link]| {
        let long = links.iter().filter(|link| link.segments >= 20);
        quantile(&sorted(long.map(|link| link.deviation / link.rate)), 0.5)
    };
    type Measure<'a> = &'a dyn Fn(&[Link]) -> f64;
    let rows: [(&str, Measure<'_>, f64, f64); 5] = [
        ("standard deviation of the logarithm of the rate of links", &whole, 0.33, 0.03),
        ("part of its variance that is the sender's", &senders, 0.31, 0.05),
        ("part of its variance that is the receiver's", &receivers, 0.26, 0.05),
        (
            "median over links of 20 segments or more of standard deviation by mean",
            &within,
            0.29,
            0.06,
        ),
        ("elasticity of the rate to links that the sender has open", &elasticity, -0.006, 0.02),
    ];
    for (what, measure, expected, tolerance) in rows {
        let note = format!(
            "top rung: {what}; the links drawn for here had {:.3}. Of the transfers drawn {in_time:.2} \
             came within {LATE} s",
            measure(seen)
        );
        found(compare(ID, expected, measure(drawn), tolerance, note));
    }
}

/// Slope of the logarithm of the rate over that of the links the sender has open in the middle of a
/// link's life, within senders.
fn elasticity(links: &[Link]) -> f64 {
    let mut by_sender: Vec<&Link> = links.iter().collect();
    by_sender.sort_by_key(|link| link.sender);
    let points = by_sender.chunk_by(|a, b| a.sender == b.sender).flat_map(|of_one| {
        of_one.iter().map(move |link| {
            let middle = 0.5 * (link.start + link.end);
            let open = of_one.iter().filter(|other| other.start <= middle && middle <= other.end);
            (link.sender, (libm::log(open.count().max(1) as f64), libm::log(link.rate)))
        })
    });
    slope_within(points)
}
