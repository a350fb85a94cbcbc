//! What peers take off origin and interconnects, over the day, one line per arm.

use std::collections::BTreeMap;

use plotters::style::Color;

use crate::report::DrawError;
use crate::report::axis::{LARGE, MIDDLE, Panel, SMALL, foot, grouped, percent};
use crate::report::canvas::{self, Align, Canvas, Point};
use crate::report::palette::{BLACK, GREY, line};
use crate::report::series::{Bins, span};
use crate::results::{Results, Window};

const WIDTH: i32 = 1_800;
const LEFT: i32 = 150;
const TOP: i32 = 226;
const PANEL: (i32, i32) = (1_190, 400);
/// From a panel's foot to the next one's head.
const BETWEEN: i32 = 120;
/// An entry of the legend.
const ENTRY: i32 = 80;
/// Ratios of single bins jump; a point stands for at least this long.
const POINT_S: u64 = 900;
/// Points with less than this part of the busiest point's viewing are left out.
const THIN: f64 = 0.01;

/// A panel reaches down to its lowest value, but no further than this: a line along the edge says
/// "far worse" well enough.
const LOWEST: f64 = -3.0;

/// Panel title, series metric, summary metric.
const PANELS: [(&str, &str, &str); 2] = [
    ("Taken off the origin", "bytes_origin", "offload_origin"),
    ("Taken off the interconnects", "bytes_interconnect", "offload_interconnect"),
];

/// Offload at a point of time over the replications.
struct Range {
    t_s: f64,
    low: f64,
    mean: f64,
    high: f64,
}

pub(super) fn draw(results: &Results) -> Result<String, DrawError> {
    let setting = &results.manifest.setting;
    let bins = Bins::of(results);
    let group = usize::try_from(POINT_S.div_ceil(bins.width)).unwrap_or(1);
    let others: Vec<&String> =
        setting.arms.iter().filter(|arm| **arm != setting.baseline).collect();
    let curves: Vec<Vec<Vec<Range>>> = PANELS
        .iter()
        .map(|(_, metric, _)| {
            let curve = |arm: &&String| offload(results, &bins, group, arm, metric);
            others.iter().map(curve).collect()
        })
        .collect();
    // A panel is as high as its legend: the arms, the viewers and the peak.
    let size = (PANEL.0, PANEL.1.max(ENTRY * (others.len() as i32 + 1) + 40));
    let pitch = size.1 + BETWEEN;
    let height = TOP + 2 * pitch + foot(setting.measured_t_s) - 24;
    canvas::draw((WIDTH, height), |canvas| {
        heading(canvas, results, group as u64 * bins.width)?;
        for (index, (panel_title, _, summary)) in PANELS.iter().enumerate() {
            let lowest = curves[index].iter().flatten().map(|range| range.low);
            let (low, tick) = reach(lowest.fold(0.0, f64::min));
            let panel = Panel {
                corner: (LEFT, TOP + index as i32 * pitch),
                size,
                time: setting.measured_t_s,
                values: [low, 1.0],
            };
            panel.peak(canvas, setting.peak_t_s)?;
            let most = demand(canvas, &panel, &bins, results)?;
            panel.value_axis(canvas, tick, |value| percent(value, 0))?;
            for (arm, curve) in curves[index].iter().enumerate() {
                lines(canvas, &panel, arm, curve, group as f64 * bins.width as f64)?;
            }
            panel.frame(canvas, panel_title, setting.peak_t_s)?;
            panel.time_axis(canvas)?;
            legend(canvas, &panel, results, &others, summary, most)?;
        }
        let clock = (LEFT + PANEL.0 / 2, height - 30);
        canvas.text("local time of day", clock, SMALL, Align::Middle, GREY.to_rgba())
    })
}

/// Where a panel begins that has `lowest` to show, and the distance of its lines.
fn reach(lowest: f64) -> (f64, f64) {
    let lowest = lowest.max(LOWEST);
    let tick = if lowest < -0.5 { 0.5 } else { 0.25 };
    ((lowest / tick).floor() * tick, tick)
}

fn heading(canvas: &Canvas<'_>, results: &Results, point_s: u64) -> Result<(), DrawError> {
    let setting = &results.manifest.setting;
    let title = format!("What peers take off: {}", setting.title);
    let title = canvas.fitted(&title, LARGE, WIDTH - LEFT - 60)?;
    canvas.text(&title, (LEFT, 52), LARGE, Align::Left, BLACK.to_rgba())?;
    let n = setting.replications;
    let replications = if n == 1 {
        "n = 1 replication, no band".to_owned()
    } else {
        format!("mean of n = {n} replications, band: smallest to largest")
    };
    let below = format!(
        "{} homes · {replications} · {} means",
        grouped(u64::from(setting.homes)),
        span(point_s)
    );
    canvas.text(&below, (LEFT, 98), MIDDLE, Align::Left, GREY.to_rgba())?;
    let measure = format!("bytes saved, by the byte played, against {}", setting.baseline);
    let measure = canvas.fitted(&measure, MIDDLE, WIDTH - LEFT - 60)?;
    canvas.text(&measure, (LEFT, 134), MIDDLE, Align::Left, GREY.to_rgba())
}

/// Viewers as a faint hill that fills the panel at its top; the most of them is returned.
fn demand(
    canvas: &Canvas<'_>,
    panel: &Panel,
    bins: &Bins,
    results: &Results,
) -> Result<f64, DrawError> {
    let viewers = bins.mean(results, &results.manifest.setting.baseline, "viewers");
    let most = viewers.iter().copied().fold(0.0, f64::max);
    if most > 0.0 {
        let ground = panel.y(0.0);
        let of_panel: Vec<f64> = viewers.iter().map(|value| value / most * 0.95).collect();
        let mut hill = panel.outline(bins, &of_panel);
        canvas.line(&hill, GREY.mix(0.4), 2, &[])?;
        hill.extend([(panel.right(), ground), (panel.corner.0, ground)]);
        canvas.fill(hill, GREY.mix(0.12))?;
    }
    Ok(most)
}

fn lines(
    canvas: &Canvas<'_>,
    panel: &Panel,
    arm: usize,
    curve: &[Range],
    spacing: f64,
) -> Result<(), DrawError> {
    let (colour, dash) = line(arm);
    let place = |t_s: f64, value: f64| -> Point { (panel.x(t_s), panel.y(value)) };
    // A left-out point breaks the line.
    for run in curve.chunk_by(|a, b| b.t_s - a.t_s < 1.5 * spacing) {
        let mut band: Vec<Point> = run.iter().map(|at| place(at.t_s, at.high)).collect();
        band.extend(run.iter().rev().map(|at| place(at.t_s, at.low)));
        if run.len() > 1 && run.iter().any(|at| at.high > at.low) {
            canvas.fill(band, colour.mix(0.22))?;
        }
        let middle: Vec<Point> = run.iter().map(|at| place(at.t_s, at.mean)).collect();
        canvas.line(&middle, colour.to_rgba(), 4, dash)?;
    }
    Ok(())
}

/// Beside the panel: every line with its arm and its value at peak.
fn legend(
    canvas: &Canvas<'_>,
    panel: &Panel,
    results: &Results,
    others: &[&String],
    summary: &str,
    most: f64,
) -> Result<(), DrawError> {
    let left = panel.right() + 36;
    let room = WIDTH - left - 100;
    let mut y = panel.corner.1 + 20;
    for (index, arm) in others.iter().enumerate() {
        let (colour, dash) = line(index);
        canvas.line(&[(left, y), (left + 72, y)], colour.to_rgba(), 4, dash)?;
        let name = canvas.fitted_name(arm, MIDDLE, room)?;
        canvas.text(&name, (left + 88, y), MIDDLE, Align::Left, BLACK.to_rgba())?;
        let peak = results.interval(arm, Window::Peak, summary).mean;
        if peak.is_finite() {
            let peak = format!("{} at peak", percent(peak, 1));
            let at = (left + 88, y + 32);
            canvas.text(&peak, at, SMALL, Align::Left, GREY.to_rgba())?;
        }
        y += ENTRY;
    }
    if most > 0.0 {
        canvas.rect([(left, y - 13), (left + 72, y + 13)], GREY.mix(0.12))?;
        canvas.text("viewers", (left + 88, y), MIDDLE, Align::Left, BLACK.to_rgba())?;
        let most = format!("at most {}", grouped(most.round() as u64));
        canvas.text(&most, (left + 88, y + 32), SMALL, Align::Left, GREY.to_rgba())?;
        y += ENTRY;
    }
    Panel::peak_key(canvas, (left, y), 72, results.manifest.setting.peak_t_s)
}

/// Offload of `metric` by the byte played over groups of bins, paired by replication.
fn offload(results: &Results, bins: &Bins, group: usize, arm: &str, metric: &str) -> Vec<Range> {
    let baseline = &results.manifest.setting.baseline;
    let grouped = |arm: &str, metric: &str| -> BTreeMap<u32, Vec<f64>> {
        let columns = bins.column(results, arm, metric).into_iter();
        let sums = |column: Vec<f64>| column.chunks(group).map(|bins| bins.iter().sum()).collect();
        columns.map(|(replication, column)| (replication, sums(column))).collect()
    };
    let (own, base) = (grouped(arm, metric), grouped(baseline, metric));
    let (own_played, base_played) =
        (grouped(arm, "bytes_played"), grouped(baseline, "bytes_played"));
    let busiest = base_played.values().flatten().copied().fold(0.0, f64::max);
    let at = |replication: u32, point: usize| -> Option<f64> {
        let cell =
            |columns: &BTreeMap<u32, Vec<f64>>| columns.get(&replication)?.get(point).copied();
        let (played, base_played) = (cell(&own_played)?, cell(&base_played)?);
        let base = cell(&base)? / base_played;
        let thin = base_played < THIN * busiest;
        (!thin && played > 0.0 && base > 0.0)
            .then(|| 1.0 - cell(&own).unwrap_or(0.0) / played / base)
    };
    let mut curve = Vec::new();
    for point in 0..bins.count.div_ceil(group) {
        let values: Vec<f64> =
            own.keys().filter_map(|replication| at(*replication, point)).collect();
        if values.is_empty() {
            continue;
        }
        let bins_here = group.min(bins.count - point * group) as f64;
        let begin = bins.from as f64 + (point * group) as f64 * bins.width as f64;
        curve.push(Range {
            t_s: begin + 0.5 * bins_here * bins.width as f64,
            low: values.iter().copied().fold(f64::INFINITY, f64::min),
            mean: values.iter().sum::<f64>() / values.len() as f64,
            high: values.iter().copied().fold(f64::NEG_INFINITY, f64::max),
        });
    }
    curve
}
