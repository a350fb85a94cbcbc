//! Every arm against the baseline: one panel a metric, a dot an arm, with its paired interval.

use plotters::style::{Color, RGBColor};

use crate::report::DrawError;
use crate::report::axis::{MIDDLE, SMALL};
use crate::report::canvas::{self, Align, Canvas, Point};
use crate::report::heading::{BELOW, MARGIN, WIDTH, at_peak, confidence, heading, nothing, sample};
use crate::report::marks::Mark;
use crate::report::palette::{BLACK, BLUE, GREY, VERMILION};
use crate::report::quantity::{Quantity, signed};
use crate::report::scale::Scale;
use crate::results::catalogue::{Direction, direction};
use crate::results::{ComparisonRow, Results, Verdict, Window};

const QUESTION: &str = "Arms compared";

/// Metric and its name on paper.
const METRICS: [(&str, &str); 11] = [
    ("offload_origin", "taken off the origin"),
    ("offload_interconnect", "taken off the interconnects"),
    ("rebuffer_ratio", "rebuffer ratio"),
    ("startup_s_p95", "start-up, 95th percentile"),
    ("exits_before_start_share", "left before the picture"),
    ("played_hours", "played"),
    ("bitrate_mbps", "media rate"),
    ("latency_s_p95", "live latency, 95th percentile"),
    ("upload_gb_p95", "upload, 95th percentile"),
    ("upload_gini", "uploads: Gini's coefficient"),
    ("waste_share", "wasted of what was delivered"),
];

const COLUMNS: i32 = 3;
/// Names of arms stand left of the first column.
const NAMES: i32 = 390;
const GAP: i32 = 44;
const LINE: i32 = 44;
/// Above a panel its name, below it the values.
const ABOVE: i32 = 86;
const UNDER: i32 = 64;

/// A metric with its rows, by arm; `None` where there is nothing to say.
struct Panel<'a> {
    metric: &'static str,
    name: &'static str,
    rows: Vec<Option<&'a ComparisonRow>>,
}

pub(super) fn draw(results: &Results) -> Result<String, DrawError> {
    let setting = &results.manifest.setting;
    let others: Vec<&String> =
        setting.arms.iter().filter(|arm| **arm != setting.baseline).collect();
    let panels = panels(results, &others);
    if panels.is_empty() {
        return nothing(results, QUESTION, "There is no second arm, or nothing that both have.");
    }
    let inner = others.len() as i32 * LINE + 16;
    let pitch = ABOVE + inner + UNDER;
    let rows = (panels.len() as i32 + COLUMNS - 1) / COLUMNS;
    let height = BELOW + rows * pitch + 60;
    canvas::draw((WIDTH, height), |canvas| {
        let spread = format!("bar: {} of the paired difference", confidence(results));
        let against = format!("arm − {}, {}", setting.baseline, at_peak(results));
        heading(canvas, results, QUESTION, &[sample(results, &spread), against])?;
        let width = (WIDTH - NAMES - MARGIN - (COLUMNS - 1) * GAP) / COLUMNS;
        for (index, panel) in panels.iter().enumerate() {
            let (column, row) = (index as i32 % COLUMNS, index as i32 / COLUMNS);
            let corner = (NAMES + column * (width + GAP), BELOW + row * pitch + ABOVE);
            if column == 0 {
                for (arm, name) in others.iter().enumerate() {
                    let size =
                        if canvas.width(name, MIDDLE)? > NAMES - 56 { SMALL } else { MIDDLE };
                    let name = canvas.fitted_name(name, size, NAMES - 56)?;
                    let at = (NAMES - 26, line(corner.1, arm));
                    canvas.text(&name, at, size, Align::Right, BLACK.to_rgba())?;
                }
            }
            panel.draw(canvas, corner, (width, inner))?;
        }
        legend(canvas, &panels, height - 36)
    })
}

/// Those in which some arm has a difference.
fn panels<'a>(results: &'a Results, others: &[&String]) -> Vec<Panel<'a>> {
    let panel = |(metric, name): (&'static str, &'static str)| {
        let of = |arm: &&String| {
            let mut rows = results.comparison.iter();
            let row = rows
                .find(|row| row.arm == **arm && row.window == Window::Peak && row.metric == metric);
            row.filter(|row| row.diff.is_some())
        };
        Panel { metric, name, rows: others.iter().map(of).collect() }
    };
    let panels = METRICS.into_iter().map(panel);
    panels.filter(|panel| panel.rows.iter().any(Option::is_some)).collect()
}

const fn line(top: i32, arm: usize) -> i32 {
    top + 8 + LINE / 2 + arm as i32 * LINE
}

/// Mark and colour of what a comparison says.
fn shown(row: &ComparisonRow) -> (Mark, RGBColor) {
    match row.verdict {
        Verdict::Better => (Mark::Disc, BLUE),
        Verdict::Worse => (Mark::Diamond, VERMILION),
        Verdict::Higher | Verdict::Lower => (Mark::Disc, BLACK),
        _ => (Mark::Ring, GREY),
    }
}

impl Panel<'_> {
    fn draw(&self, canvas: &Canvas<'_>, corner: Point, size: (i32, i32)) -> Result<(), DrawError> {
        let (left, top) = corner;
        let (right, bottom) = (left + size.0, top + size.1);
        let quantity = Quantity::difference(self.metric);
        let (low, high) = self.reach(&quantity);
        let scale = Scale::even([low, high], [left + 16, right - 16]);
        self.name(canvas, (left, top), size.0, quantity.unit)?;
        for arm in (0..self.rows.len()).step_by(2) {
            let y = line(top, arm);
            let band = [(left, y - LINE / 2), (right, y + LINE / 2)];
            canvas.rect(band, GREY.mix(0.07))?;
        }
        for (value, text) in ticks(canvas, &scale, size.0)? {
            let x = scale.at(value);
            canvas.line(&[(x, top), (x, bottom)], GREY.mix(0.3), 1, &[])?;
            canvas.text(&text, (x, bottom + 24), SMALL, Align::Middle, BLACK.to_rgba())?;
        }
        let zero = scale.at(0.0);
        canvas.line(&[(zero, top), (zero, bottom)], BLACK.to_rgba(), 2, &[])?;
        for (arm, row) in self.rows.iter().enumerate() {
            let y = line(top, arm);
            let Some(row) = row else {
                canvas.text("no value", (zero + 12, y), SMALL, Align::Left, GREY.to_rgba())?;
                continue;
            };
            let (mark, colour) = shown(row);
            if let (Some(from), Some(to)) = (row.ci_low, row.ci_high) {
                let ends = [from, to].map(|end| scale.at(end * quantity.factor));
                canvas.line(&[(ends[0], y), (ends[1], y)], colour.to_rgba(), 4, &[])?;
                for x in ends {
                    canvas.line(&[(x, y - 7), (x, y + 7)], colour.to_rgba(), 3, &[])?;
                }
            }
            let value = row.diff.unwrap_or_default() * quantity.factor;
            mark.draw(canvas, (scale.at(value), y), 9, colour)?;
            // Where all are alike the axis says nothing.
            if (low, high) == (-1.0, 1.0) {
                canvas.text("the same", (zero + 20, y), SMALL, Align::Left, GREY.to_rgba())?;
            }
        }
        Ok(())
    }

    fn name(
        &self,
        canvas: &Canvas<'_>,
        (left, top): Point,
        width: i32,
        unit: &str,
    ) -> Result<(), DrawError> {
        let name = canvas.fitted(self.name, MIDDLE, width)?;
        canvas.text(&name, (left, top - 54), MIDDLE, Align::Left, BLACK.to_rgba())?;
        let good = match direction(self.metric) {
            Direction::Higher => " · right is better →",
            Direction::Lower => " · ← left is better",
            Direction::Neither => "",
        };
        let text = format!("{unit}{good}");
        canvas.text(&text, (left, top - 22), SMALL, Align::Left, GREY.to_rgba())
    }

    /// Ends of the axis: 0, all dots and all intervals, with some air; −1 to 1 when all is 0.
    fn reach(&self, quantity: &Quantity) -> (f64, f64) {
        let rows = self.rows.iter().flatten();
        let ends = rows.flat_map(|row| [row.diff, row.ci_low, row.ci_high]).flatten();
        let (low, high) = ends
            .map(|end| end * quantity.factor)
            .fold((0.0, 0.0), |(low, high), end| (end.min(low), end.max(high)));
        if high - low < 1e-12 {
            return (-1.0, 1.0);
        }
        let air = 0.06 * (high - low);
        (low - air, high + air)
    }
}

/// As many as have room for their texts.
fn ticks(canvas: &Canvas<'_>, scale: &Scale, room: i32) -> Result<Vec<(f64, String)>, DrawError> {
    let mut most = 6.0;
    loop {
        most -= 1.0;
        let mut ticks = scale.ticks(most);
        let mut taken = 0;
        for (value, text) in &mut ticks {
            *text = if *value == 0.0 { "0".to_owned() } else { signed(text) };
            taken += canvas.width(text, SMALL)? + 16;
        }
        if taken <= room * 3 / 4 || most <= 2.0 {
            return Ok(ticks);
        }
    }
}

/// The marks that occur.
fn legend(canvas: &Canvas<'_>, panels: &[Panel<'_>], y: i32) -> Result<(), DrawError> {
    let entries = [
        (Mark::Disc, BLUE, "better"),
        (Mark::Diamond, VERMILION, "worse"),
        (Mark::Ring, GREY, "not decided"),
        (Mark::Disc, BLACK, "differs, neither is better"),
    ];
    let mut x = NAMES;
    let rows = || panels.iter().flat_map(|panel| panel.rows.iter().flatten());
    let occurs = |mark: Mark, colour: RGBColor| rows().any(|row| shown(row) == (mark, colour));
    for (mark, colour, name) in entries.into_iter().filter(|(m, c, _)| occurs(*m, *c)) {
        mark.draw(canvas, (x + 10, y), 9, colour)?;
        canvas.text(name, (x + 32, y), SMALL, Align::Left, BLACK.to_rgba())?;
        x += 32 + canvas.width(name, SMALL)? + 50;
    }
    Ok(())
}
