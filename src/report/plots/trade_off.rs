//! What is taken off the origin against what viewers put up with: a point an arm.

use plotters::style::{Color, RGBColor};

use crate::report::DrawError;
use crate::report::axis::{MIDDLE, SMALL};
use crate::report::canvas::{self, Align, Canvas, Point};
use crate::report::heading::{
    BELOW, MARGIN, WIDTH, arm_name, at_peak, confidence, heading, nothing, sample,
};
use crate::report::marks::Mark;
use crate::report::palette::{BLACK, GREY, WHITE, of_arm};
use crate::report::quantity::{short, signed};
use crate::report::scale::Scale;
use crate::results::{Interval, Results, Window};

const QUESTION: &str = "Trade-off";
const LEFT: i32 = 190;
const PLOT_WIDTH: i32 = 880;
const PLOT_HEIGHT: i32 = 700;
const RADIUS: i32 = 12;
/// A line of the legend.
const ENTRY: i32 = 68;
/// Ratios below this are as good as none: the axis shows at least so much, in per cent.
const LEAST: f64 = 0.01;

/// An arm with both of its values, in per cent.
struct Arm<'a> {
    name: &'a str,
    /// Its place among all arms, from 1.
    number: usize,
    colour: RGBColor,
    offload: Interval,
    stalled: Interval,
    best: bool,
}

pub(super) fn draw(results: &Results) -> Result<String, DrawError> {
    let arms = arms(results);
    if arms.is_empty() {
        return nothing(results, QUESTION, "No arm has both an offload and a rebuffer ratio.");
    }
    let bottom = BELOW + PLOT_HEIGHT.max(arms.len() as i32 * ENTRY + 110);
    let height = bottom + 120;
    canvas::draw((WIDTH, height), |canvas| {
        let crosses = format!("cross: {} of each mean", confidence(results));
        let what = format!(
            "{}: taken off the origin against {}, and rebuffer ratio",
            at_peak(results),
            results.manifest.setting.baseline
        );
        heading(canvas, results, QUESTION, &[sample(results, &crosses), what])?;
        let [x, y] = scales(&arms, bottom);
        axes(canvas, &x, &y, bottom)?;
        front(canvas, &arms, &x, &y)?;
        for arm in &arms {
            cross(canvas, arm, &x, &y)?;
        }
        let points: Vec<Point> =
            arms.iter().map(|arm| (x.at(arm.offload.mean), y.at(arm.stalled.mean))).collect();
        for (arm, at) in arms.iter().zip(&points) {
            mark(arm).draw(canvas, *at, RADIUS, arm.colour)?;
        }
        numbers(canvas, &arms, &points, bottom)?;
        legend(canvas, results, &arms)
    })
}

fn arms<'a>(results: &'a Results) -> Vec<Arm<'a>> {
    let percent = |arm: &str, metric: &str| {
        let got = results.interval(arm, Window::Peak, metric);
        Interval { mean: 100.0 * got.mean, low: 100.0 * got.low, high: 100.0 * got.high, ..got }
    };
    let arm = |(index, name): (usize, &'a str)| Arm {
        name,
        number: index + 1,
        colour: of_arm(&results.manifest.setting, name).0,
        offload: percent(name, "offload_origin"),
        stalled: percent(name, "rebuffer_ratio"),
        best: false,
    };
    let names = results.manifest.setting.arms.iter().map(String::as_str);
    let mut arms: Vec<Arm<'a>> = names.enumerate().map(arm).collect();
    arms.retain(|arm| arm.offload.mean.is_finite() && arm.stalled.mean.is_finite());
    let values: Vec<(f64, f64)> =
        arms.iter().map(|arm| (arm.offload.mean, arm.stalled.mean)).collect();
    for (arm, own) in arms.iter_mut().zip(&values) {
        let beats = |other: &(f64, f64)| other.0 >= own.0 && other.1 <= own.1 && other != own;
        arm.best = !values.iter().any(beats);
    }
    arms
}

const fn mark(arm: &Arm<'_>) -> Mark {
    if arm.best { Mark::Disc } else { Mark::Ring }
}

/// Both axes hold all points, 0, and what there is of intervals.
fn scales(arms: &[Arm<'_>], bottom: i32) -> [Scale; 2] {
    let ends = |of: fn(&Arm<'_>) -> Interval, least: f64| {
        let all = arms.iter().flat_map(|arm| [of(arm).mean, of(arm).low, of(arm).high]);
        let finite = all.filter(|value| value.is_finite());
        let (low, high) = finite.fold((0.0f64, least), |(l, h), v| (l.min(v), h.max(v)));
        let air = 0.06 * (high - low);
        [if low < 0.0 { low - air } else { low }, high + air]
    };
    let mut y = ends(|arm| arm.stalled, LEAST);
    // A share of time is never less than nothing, whatever an interval says.
    y[0] = -0.04 * y[1];
    let mut x = ends(|arm| arm.offload, 1.0);
    x[0] -= 0.04 * (x[1] - x[0]);
    [Scale::even(x, [LEFT, LEFT + PLOT_WIDTH]), Scale::even(y, [bottom, BELOW])]
}

fn axes(canvas: &Canvas<'_>, x: &Scale, y: &Scale, bottom: i32) -> Result<(), DrawError> {
    let right = LEFT + PLOT_WIDTH;
    let ink = |value: f64| GREY.mix(if value == 0.0 { 0.9 } else { 0.3 });
    for (value, text) in x.ticks(7.0) {
        let at = x.at(value);
        canvas.line(&[(at, BELOW), (at, bottom)], ink(value), 1, &[])?;
        let text = format!("{} %", signed(&text).trim_start_matches('+'));
        canvas.text(&text, (at, bottom + 26), SMALL, Align::Middle, BLACK.to_rgba())?;
    }
    for (value, text) in y.ticks(7.0).into_iter().filter(|(value, _)| *value >= 0.0) {
        let at = y.at(value);
        canvas.line(&[(LEFT, at), (right, at)], ink(value), 1, &[])?;
        let text = format!("{text} %");
        canvas.text(&text, (LEFT - 14, at), SMALL, Align::Right, BLACK.to_rgba())?;
    }
    let middle = i32::midpoint(LEFT, right);
    let name = "taken off the origin → more is better";
    canvas.text(name, (middle, bottom + 66), MIDDLE, Align::Middle, BLACK.to_rgba())?;
    let name = "← less is better · rebuffer ratio";
    canvas.text_up(name, (LEFT - 140, i32::midpoint(BELOW, bottom)), MIDDLE, BLACK.to_rgba())
}

/// A dashed line through the arms that no other beats in both.
fn front(canvas: &Canvas<'_>, arms: &[Arm<'_>], x: &Scale, y: &Scale) -> Result<(), DrawError> {
    let mut best: Vec<&Arm<'_>> = arms.iter().filter(|arm| arm.best).collect();
    best.sort_by(|a, b| a.offload.mean.total_cmp(&b.offload.mean));
    let mut corners: Vec<Point> = Vec::new();
    for arm in best {
        let at = (x.at(arm.offload.mean), y.at(arm.stalled.mean));
        // Between two of them nothing better is known than the worse in each.
        if let Some(last) = corners.last().copied() {
            corners.push((last.0, at.1));
        }
        corners.push(at);
    }
    canvas.line(&corners, BLACK.mix(0.55), 2, &[10.0, 8.0])
}

fn cross(canvas: &Canvas<'_>, arm: &Arm<'_>, x: &Scale, y: &Scale) -> Result<(), DrawError> {
    let ink = arm.colour.to_rgba();
    let (at, up) = (x.at(arm.offload.mean), y.at(arm.stalled.mean));
    if arm.offload.low.is_finite() {
        let ends = [arm.offload.low, arm.offload.high].map(|value| x.at(value));
        canvas.line(&[(ends[0], up), (ends[1], up)], ink, 3, &[])?;
    }
    if arm.stalled.low.is_finite() {
        let ends = [arm.stalled.low.max(0.0), arm.stalled.high].map(|value| y.at(value));
        canvas.line(&[(at, ends[0]), (at, ends[1])], ink, 3, &[])?;
    }
    Ok(())
}

/// The number of each arm near its point, where no point and no other number is.
fn numbers(
    canvas: &Canvas<'_>,
    arms: &[Arm<'_>],
    points: &[Point],
    bottom: i32,
) -> Result<(), DrawError> {
    const AROUND: [Point; 8] =
        [(3, -4), (-3, -4), (3, 4), (-3, 4), (0, -5), (5, 0), (-5, 0), (0, 5)];
    let mut taken: Vec<Point> = Vec::new();
    for point in points {
        let near = |a: &Point, b: &Point, far: Point| {
            (a.0 - b.0).abs() < far.0 && (a.1 - b.1).abs() < far.1
        };
        let places = (0..40).flat_map(|ring| {
            AROUND.map(|(right, down)| {
                let far = 9 + 3 * ring;
                (point.0 + right * far, point.1 + down * far)
            })
        });
        let free = |at: &Point| {
            let inside = at.0 > LEFT + 14
                && at.0 < LEFT + PLOT_WIDTH - 14
                && at.1 > BELOW + 12
                && at.1 < bottom - 12;
            inside
                && points.iter().all(|other| !near(other, at, (30, 26)))
                && taken.iter().all(|other| !near(other, at, (38, 28)))
        };
        let at = places.into_iter().find(free).unwrap_or((point.0, point.1 - 30));
        canvas.line(&[*point, at], GREY.mix(0.6), 1, &[])?;
        taken.push(at);
    }
    for (arm, at) in arms.iter().zip(&taken) {
        let text = arm.number.to_string();
        let half = canvas.width(&text, SMALL)? / 2 + 3;
        let back = [(at.0 - half, at.1 - 12), (at.0 + half, at.1 + 12)];
        canvas.rect(back, WHITE.mix(0.85))?;
        canvas.text(&text, *at, SMALL, Align::Middle, BLACK.to_rgba())?;
    }
    for (arm, point) in arms.iter().zip(points) {
        mark(arm).draw(canvas, *point, RADIUS, arm.colour)?;
    }
    Ok(())
}

fn legend(canvas: &Canvas<'_>, results: &Results, arms: &[Arm<'_>]) -> Result<(), DrawError> {
    let left = LEFT + PLOT_WIDTH + 50;
    let text = left + 80;
    let mut y = BELOW + 16;
    for arm in arms {
        mark(arm).draw(canvas, (left + 50, y), RADIUS, arm.colour)?;
        let number = arm.number.to_string();
        canvas.text(&number, (left + 24, y), MIDDLE, Align::Right, BLACK.to_rgba())?;
        let name = arm_name(results, arm.name);
        let name = canvas.fitted_name(&name, MIDDLE, WIDTH - text - MARGIN)?;
        canvas.text(&name, (text, y), MIDDLE, Align::Left, BLACK.to_rgba())?;
        let stalled = match arm.stalled.mean {
            mean if mean > 0.0 && mean < 0.001 => "< 0.001".to_owned(),
            mean => short(mean),
        };
        let off = short(arm.offload.mean);
        let values = format!("{off} % off the origin, {stalled} % of time stalled");
        canvas.text(&values, (text, y + 29), SMALL, Align::Left, GREY.to_rgba())?;
        y += ENTRY;
    }
    y += 14;
    Mark::Disc.draw(canvas, (left + 50, y), 9, GREY)?;
    let full = "no other arm is better in both";
    canvas.text(full, (text, y), SMALL, Align::Left, GREY.to_rgba())?;
    Mark::Ring.draw(canvas, (left + 50, y + 36), 9, GREY)?;
    let hollow = "some other is, by the means";
    canvas.text(hollow, (text, y + 36), SMALL, Align::Left, GREY.to_rgba())
}
