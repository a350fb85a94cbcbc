//! `[catalogue]` and `[video]`.

use super::Checker;
use super::laws::{law, mean};
use crate::scenario::model::{Popularity, Scenario, SpanLaw};
use crate::scenario::tables::Tables;
use crate::units::{BitRate, Bytes, Span};

/// Fastest rung that is believed.
pub(in crate::scenario) const MOST_RUNG: BitRate = BitRate(1_000_000_000);
/// Largest segment that is believed.
pub(in crate::scenario) const MOST_SEGMENT: Bytes = Bytes(100_000_000);
/// Segments a title can have.
pub(in crate::scenario) const MOST_SEGMENTS: u64 = 65_535;

pub(super) fn check(scenario: &Scenario, tables: &Tables, c: &mut Checker<'_>) {
    let csv = scenario.csv.as_ref();
    let titles = csv.is_some_and(|csv| csv.titles.is_some());
    let segments = csv.is_some_and(|csv| csv.segments.is_some());
    super::once("catalogue.popularity", "titles", titles, c);
    super::once("catalogue.runtime", "titles", titles, c);
    if segments {
        super::once("video.ladder", "segments", true, c);
        if scenario.video.size_spread != 0.0 {
            super::once("video.size_spread", "segments", true, c);
        }
    }
    catalogue(scenario, tables, c);
    if c.span("video.segment", scenario.video.segment, Span::from_secs(120)) {
        runtime(scenario, c);
        ladder(scenario, segments, c);
    }
    c.number("video.size_spread", scenario.video.size_spread, 0.0, 2.0);
    if scenario.video.headroom.ppm() == 0 {
        c.error("S0211", "video.headroom", "a headroom of 0 fits no rung", "above 0");
    }
}

fn catalogue(scenario: &Scenario, tables: &Tables, c: &mut Checker<'_>) {
    let catalogue = &scenario.catalogue;
    let fits = c.count("catalogue.titles", u64::from(catalogue.titles), 1, 10_000_000);
    if let Some(rows) = &tables.titles
        && fits
        && catalogue.titles as usize > rows.len()
    {
        let message =
            format!("{} titles are wanted, `csv.titles` has {}", catalogue.titles, rows.len());
        c.error("S0304", "catalogue.titles", message, "at most the rows of the table");
    }
    if let Some(Popularity::ZipfMandelbrot { s, q }) = catalogue.popularity {
        c.number("catalogue.popularity.zipf-mandelbrot.s", s, 0.0, 10.0);
        c.number("catalogue.popularity.zipf-mandelbrot.q", q, 0.0, 1e9);
    }
    if let Some(release) = catalogue.release.as_ref().filter(|_| fits) {
        let most = f64::from(catalogue.titles);
        c.number("catalogue.release.per_week", release.per_week, 0.0, most);
        c.number("catalogue.release.boost", release.boost, 0.0, 1e9);
        c.span("catalogue.release.half_life", release.half_life, super::MOST_DAYS);
    }
    law("catalogue.runtime", &catalogue.runtime, Span::DAY, c);
}

/// That titles hold a segment, and not too many.
fn runtime(scenario: &Scenario, c: &mut Checker<'_>) {
    let segment = scenario.video.segment;
    let law = &scenario.catalogue.runtime;
    let shortest = match law {
        SpanLaw::Quantiles(spans) => spans.first().copied(),
        law => Some(mean(law)),
    };
    let longest = match law {
        SpanLaw::Quantiles(spans) => spans.last().copied(),
        law => Some(mean(law)),
    };
    if shortest.is_some_and(|shortest| shortest < segment) {
        let message = format!("a segment of {segment} is longer than titles are");
        c.error("S0217", "video.segment", message, "must fit into `catalogue.runtime`");
    }
    let count = longest.map_or(0, |longest| longest.0 / segment.0);
    if count > MOST_SEGMENTS {
        let message = format!("titles would have {count} segments");
        c.error(
            "S0217",
            "video.segment",
            message,
            format!("at most {MOST_SEGMENTS} segments a title"),
        );
    }
}

fn ladder(scenario: &Scenario, table: bool, c: &mut Checker<'_>) {
    let rungs = &scenario.video.ladder;
    // A table's ladder was checked where it was read.
    if table {
        return;
    }
    if rungs.is_empty() || rungs.len() > 255 {
        let message = format!("a ladder of {} rungs", rungs.len());
        c.error("S0208", "video.ladder", message, "1 to 255 rungs");
    }
    for (at, rung) in rungs.iter().enumerate() {
        let path = format!("video.ladder.{at}");
        let size = rung.bytes_in(scenario.video.segment);
        if *rung == BitRate::ZERO {
            c.error("S0208", &path, "a rung of zero", "above zero");
        } else if at > 0 && *rung <= rungs[at - 1] {
            let message = format!("{rung} is not above {}, the rung before it", rungs[at - 1]);
            c.error("S0208", &path, message, "must rise");
        } else if *rung > MOST_RUNG || size > MOST_SEGMENT {
            let message = format!("a segment of {size} at {rung} is absurd");
            let label = format!("at most {MOST_RUNG} and {MOST_SEGMENT} a segment");
            let help =
                "check the unit: a rung is in kbit/s or Mbit/s, not in kB; 8 bits are a byte";
            c.error("S0211", &path, message, label).help = Some(help.to_owned());
        }
    }
}
