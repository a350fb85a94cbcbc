//! Why the CDN was asked, why pictures stood still, why peers refused: by arm and hour.

use std::collections::BTreeMap;

use plotters::style::{Color, RGBColor};

use crate::report::DrawError;
use crate::report::axis::{LARGE, MIDDLE, Panel, SMALL, foot, grouped, label, step};
use crate::report::canvas::{self, Align, Canvas};
use crate::report::palette::{BLACK, BLUE, GREEN, GREY, ORANGE, PURPLE, SKY, VERMILION, YELLOW};
use crate::results::Results;

/// What is explained, its name and unit on paper, and how many of the table's make one.
const ROWS: [(&str, &str, f64); 3] = [
    ("cdn_bytes", "from the CDN, GB in the hour", 1e9),
    ("stalled_s", "standing still, s in the hour", 1.0),
    ("refused_uploads", "refused, uploads in the hour", 1.0),
];

/// For causes, the weightiest first; what is beyond them is drawn as one.
const COLOURS: [RGBColor; 7] = [BLUE, VERMILION, YELLOW, SKY, GREEN, PURPLE, ORANGE];
const OTHERS: RGBColor = GREY;

const HOUR: u64 = 3_600;
const LEFT: i32 = 190;
const TOP: i32 = 200;
const HEIGHT: i32 = 330;
const PITCH: i32 = HEIGHT + 96;
/// As wide as a time of day and a bit: the last of one panel stands beside the first of the next.
const GAP: i32 = 92;
const LEGEND: i32 = 430;
/// Columns and gaps are as wide as this, in all, unless a column would be narrower than that.
const PLOT: i32 = 1_180;
const NARROWEST: i32 = 250;

/// Means over replications: for each arm and hour, how much of each cause, in the row's unit.
struct Row {
    /// The weightiest first, cut to those that have a colour.
    causes: Vec<String>,
    /// How many others there are.
    others: usize,
    /// For each arm: by hour, the causes and last the others.
    arms: Vec<BTreeMap<u64, Vec<f64>>>,
}

impl Row {
    fn of(results: &Results, what: &str, unit: f64) -> Self {
        let setting = &results.manifest.setting;
        let part = 1.0 / (unit * f64::from(setting.replications.max(1)));
        let rows = || results.causes_by_hour.iter().filter(|of| of.row.what == what);
        let mut weights: BTreeMap<&str, f64> = BTreeMap::new();
        for of in rows() {
            *weights.entry(&of.row.cause).or_default() += of.row.value.unwrap_or_default();
        }
        let mut ranked: Vec<(&str, f64)> = weights.into_iter().collect();
        ranked.sort_by(|a, b| b.1.total_cmp(&a.1));
        let kept = if ranked.len() > COLOURS.len() { COLOURS.len() - 1 } else { ranked.len() };
        let causes: Vec<String> =
            ranked[..kept].iter().map(|(cause, _)| (*cause).to_owned()).collect();
        let mut arms = vec![BTreeMap::new(); setting.arms.len()];
        for of in rows() {
            let Some(arm) = setting.arms.iter().position(|arm| *arm == of.arm) else { continue };
            let at = causes.iter().position(|cause| *cause == of.row.cause).unwrap_or(kept);
            let hour: &mut Vec<f64> =
                arms[arm].entry(of.row.t_s).or_insert_with(|| vec![0.0; kept + 1]);
            hour[at] += of.row.value.unwrap_or_default() * part;
        }
        Self { causes, others: ranked.len() - kept, arms }
    }

    fn most(&self) -> f64 {
        let hours = self.arms.iter().flat_map(BTreeMap::values);
        hours.map(|hour| hour.iter().sum()).fold(0.0, f64::max)
    }

    fn colour(&self, at: usize) -> RGBColor {
        if at < self.causes.len() { COLOURS[at] } else { OTHERS }
    }
}

pub(super) fn draw(results: &Results) -> Result<String, DrawError> {
    let setting = &results.manifest.setting;
    let columns = i32::try_from(setting.arms.len()).unwrap_or(i32::MAX).clamp(1, 200);
    let width = ((PLOT - (columns - 1) * GAP) / columns).max(NARROWEST);
    let right = LEFT + PLOT.max(columns * width + (columns - 1) * GAP);
    let height = TOP + ROWS.len() as i32 * PITCH + foot(setting.measured_t_s);
    canvas::draw((right + LEGEND, height), |canvas| {
        heading(canvas, results, right + LEGEND - LEFT - 60)?;
        for (index, (what, name, unit)) in ROWS.iter().enumerate() {
            let row = Row::of(results, what, *unit);
            let y = TOP + index as i32 * PITCH;
            for (at, arm) in setting.arms.iter().enumerate() {
                let x = LEFT + at as i32 * (width + GAP);
                column(canvas, results, &row, (at, arm), ((x, y), width, index == 0))?;
            }
            canvas.text_up(name, (LEFT - 130, y + HEIGHT / 2), SMALL, BLACK.to_rgba())?;
            legend(canvas, &row, (right + 50, y + 16))?;
        }
        Panel::peak_key(canvas, (right + 50, height - 30), 40, setting.peak_t_s)?;
        let clock = (i32::midpoint(LEFT, right), height - 30);
        canvas.text("local time of day", clock, SMALL, Align::Middle, GREY.to_rgba())
    })
}

fn heading(canvas: &Canvas<'_>, results: &Results, room: i32) -> Result<(), DrawError> {
    let setting = &results.manifest.setting;
    let title = canvas.fitted(&format!("Why: {}", setting.title), LARGE, room)?;
    canvas.text(&title, (LEFT, 52), LARGE, Align::Left, BLACK.to_rgba())?;
    let mean = if setting.replications == 1 { "" } else { "mean of " };
    let below = format!(
        "{} homes · {mean}n = {} replication{} · by hour",
        grouped(u64::from(setting.homes)),
        setting.replications,
        if setting.replications == 1 { "" } else { "s" },
    );
    let below = canvas.fitted(&below, MIDDLE, room)?;
    canvas.text(&below, (LEFT, 100), MIDDLE, Align::Left, GREY.to_rgba())
}

/// One panel: the arm's hours as stacks. The first of a row has the values, the top one the name.
fn column(
    canvas: &Canvas<'_>,
    results: &Results,
    row: &Row,
    (at, arm): (usize, &str),
    (corner, width, named): ((i32, i32), i32, bool),
) -> Result<(), DrawError> {
    let setting = &results.manifest.setting;
    let most = row.most();
    let tick = if most > 0.0 { step(most, 5.0) } else { 1.0 };
    let top = (most * 1.04).max(tick);
    let time = setting.measured_t_s;
    let panel = Panel { corner, size: (width, HEIGHT), time, values: [0.0, top] };
    panel.peak(canvas, setting.peak_t_s)?;
    panel.value_axis(canvas, tick, |value| {
        if at > 0 {
            String::new()
        } else if tick >= 1.0 {
            grouped(value as u64)
        } else {
            label(value, tick)
        }
    })?;
    for (begin, hour) in &row.arms[at] {
        let ends = [*begin, begin + HOUR].map(|t_s| panel.x(t_s as f64));
        let (from, to) = (ends[0] + 1, ends[1] - 1);
        let mut below = 0.0;
        for (index, value) in hour.iter().enumerate().filter(|(_, value)| **value > 0.0) {
            let corners = [(from, panel.y(below + value)), (to, panel.y(below))];
            canvas.rect(corners, row.colour(index).to_rgba())?;
            below += value;
        }
    }
    let room = width + GAP - 20;
    let mut name = if named { arm.to_owned() } else { String::new() };
    let marked = format!("{arm} (baseline)");
    if named && arm == setting.baseline && canvas.width(&marked, MIDDLE)? <= room {
        name = marked;
    }
    let name = canvas.fitted_name(&name, MIDDLE, room)?;
    let above = (panel.corner.0, panel.corner.1 - 24);
    canvas.text(&name, above, MIDDLE, Align::Left, BLACK.to_rgba())?;
    for x in setting.peak_t_s.map(|t_s| panel.x(t_s as f64)) {
        let edge = [(x, panel.corner.1), (x, panel.bottom())];
        canvas.line(&edge, GREY.to_rgba(), 2, &[6.0, 6.0])?;
    }
    panel.time_axis(canvas)
}

/// What occurs, as it is stacked: the weightiest stands on the axis.
fn legend(canvas: &Canvas<'_>, row: &Row, (left, top): (i32, i32)) -> Result<(), DrawError> {
    if row.causes.is_empty() {
        return canvas.text("none", (left, top), MIDDLE, Align::Left, GREY.to_rgba());
    }
    let mut names: Vec<String> = row.causes.clone();
    if row.others > 0 {
        names.push(format!("{} other causes", row.others));
    }
    for (place, (at, name)) in names.iter().enumerate().rev().enumerate() {
        let y = top + place as i32 * 44;
        canvas.rect([(left, y - 13), (left + 40, y + 13)], row.colour(at).to_rgba())?;
        let name = canvas.fitted(name, MIDDLE, LEGEND - 120)?;
        canvas.text(&name, (left + 56, y), MIDDLE, Align::Left, BLACK.to_rgba())?;
    }
    Ok(())
}
