//! `csv.titles` and `csv.segments`.

use std::collections::BTreeMap;

use super::sheet::Sheet;
use crate::scenario::check::{MOST_RUNG, MOST_SEGMENT, MOST_SEGMENTS};
use crate::scenario::problem::Severity;
use crate::scenario::tables::{SegmentTable, TitleRow};
use crate::units::{BitRate, Bytes, Span};

pub(super) const TITLES: &[&str] = &["title_id", "kind", "views", "runtime_min", "hours_viewed"];
pub(super) const SEGMENTS: &[&str] = &["segment", "rung", "kbps_nominal", "bytes"];

/// Titles in the order of the table. A season counts as one title, of at most a day.
pub(super) fn titles(sheet: &mut Sheet, segment: Span) -> Vec<TitleRow> {
    let mut titles = Vec::new();
    let mut cut = 0;
    for row in 0..sheet.len() {
        let views = sheet.number(row, 2, 0.0, 1e15);
        let minutes = sheet.number(row, 3, 0.001, 1_000_000.0);
        let (Some(views), Some(minutes)) = (views, minutes) else {
            continue;
        };
        let whole = Span::from_secs_f64(minutes * 60.0);
        let runtime = whole.min(Span::DAY);
        cut += usize::from(whole > Span::DAY);
        if runtime < segment {
            let message = format!("a title of {runtime} is shorter than a segment of {segment}");
            sheet.fault("S0217", row, 3, message);
        } else if segment > Span::ZERO && runtime.0 / segment.0 > MOST_SEGMENTS {
            let message = format!("a title of {runtime} has more than {MOST_SEGMENTS} segments");
            sheet.fault("S0217", row, 3, message);
        }
        titles.push(TitleRow { views, runtime });
    }
    if titles.iter().all(|title| title.views == 0.0) && sheet.faults.is_empty() {
        sheet.table_fault("S0304", "nobody views any title: all `views` are zero");
    }
    if cut > 0 {
        sheet.table_fault("S0406", format!("{cut} titles run longer than a day, cut to 24 h"));
        if let Some(problem) = sheet.last() {
            problem.severity = Severity::Warning;
        }
    }
    titles
}

/// Sizes by rung and segment: every rung has the same segments, numbered from 0.
pub(super) fn segments(sheet: &mut Sheet, segment: Span) -> SegmentTable {
    let mut rungs: BTreeMap<u64, Rung> = BTreeMap::new();
    for row in 0..sheet.len() {
        let number = sheet.whole(row, 0, 0, MOST_SEGMENTS - 1);
        let rung = sheet.whole(row, 1, 0, 254);
        let kbps = sheet.number(row, 2, 0.001, MOST_RUNG.0 as f64 / 1e3);
        let bytes = sheet.whole(row, 3, 1, MOST_SEGMENT.0);
        if bytes.is_none()
            && let Some(problem) = sheet.last()
        {
            problem.help = Some(format!("a segment has at most {MOST_SEGMENT}; is this in bits?"));
        }
        let (Some(number), Some(rung), Some(kbps), Some(bytes)) = (number, rung, kbps, bytes)
        else {
            continue;
        };
        let rate = BitRate((kbps * 1e3 + 0.5) as u64);
        let entry = rungs.entry(rung).or_insert_with(|| Rung { rate, row, sizes: BTreeMap::new() });
        if entry.rate != rate {
            let message = format!("rung {rung} had {} before", entry.rate);
            sheet.fault("S0304", row, 2, message);
        } else if entry.sizes.insert(number, Bytes(bytes)).is_some() {
            sheet.fault("S0304", row, 0, format!("segment {number} of rung {rung} is there twice"));
        } else if ratio(bytes, 1, segment, rate) > 5.0 {
            mixed_up(sheet, row, ratio(bytes, 1, segment, rate));
        }
    }
    if sheet.faults.is_empty() {
        shape(sheet, &rungs, segment);
    }
    let (ladder, sizes) =
        rungs.into_values().map(|rung| (rung.rate, rung.sizes.into_values().collect())).unzip();
    SegmentTable { ladder, sizes }
}

struct Rung {
    rate: BitRate,
    /// The first row that names it.
    row: usize,
    sizes: BTreeMap<u64, Bytes>,
}

/// That rungs rise, have the same segments, and are as large as their rate says.
fn shape(sheet: &mut Sheet, rungs: &BTreeMap<u64, Rung>, segment: Span) {
    let count = rungs.values().next().map_or(0, |rung| rung.sizes.len());
    let mut before = BitRate::ZERO;
    for (place, (number, rung)) in rungs.iter().enumerate() {
        let held = rung.sizes.len();
        if *number != place as u64 {
            sheet.fault(
                "S0304",
                rung.row,
                1,
                format!("rung {place} is missing before rung {number}"),
            );
        } else if rung.rate <= before {
            let message = format!("{} is not above {before}, the rung before it", rung.rate);
            sheet.fault("S0208", rung.row, 2, message);
        } else if held != count || rung.sizes.keys().next_back() != Some(&(count as u64 - 1)) {
            let message =
                format!("rung {number} has {held} segments; all need 0 to {}", count.max(1) - 1);
            sheet.fault("S0304", rung.row, 1, message);
        }
        before = rung.rate;
        let total: u64 = rung.sizes.values().map(|size| size.0).sum();
        let ratio = ratio(total, held as u64, segment, rung.rate);
        if !(0.2..=5.0).contains(&ratio) {
            mixed_up(sheet, rung.row, ratio);
        }
    }
}

/// The rate of `total` bytes over `count` segments, as a multiple of `rate`.
fn ratio(total: u64, count: u64, segment: Span, rate: BitRate) -> f64 {
    let seconds = segment.as_secs_f64() * count as f64;
    total as f64 * 8.0 / seconds / rate.0 as f64
}

/// Tells that sizes and rate do not fit, and what was probably mixed up.
fn mixed_up(sheet: &mut Sheet, row: usize, ratio: f64) {
    let likely = match ratio {
        5.0..20.0 => "is `bytes` in bits, or `kbps_nominal` in kB/s? ",
        500.0..2_000.0 => "is `kbps_nominal` in Mbit/s? ",
        0.004..0.016 => "is `bytes` in kbit? ",
        0.000_5..0.002 => "is `bytes` in kB, or `kbps_nominal` in bit/s? ",
        _ => "",
    };
    let message = format!("bytes × 8 / `video.segment` is {ratio:.4} times `kbps_nominal`");
    sheet.fault("S0304", row, 3, message);
    if let Some(problem) = sheet.last() {
        problem.help = Some(format!("{likely}does `video.segment` fit the table?"));
    }
}
