//! From which provider to which peers send: one panel per arm that has any.

use std::collections::BTreeMap;

use plotters::style::{Color, RGBColor};

use crate::report::DrawError;
use crate::report::axis::{MIDDLE, SMALL};
use crate::report::canvas::{self, Align, Canvas, Point};
use crate::report::heading::{BELOW, MARGIN, WIDTH, at_peak, heading, nothing, sample};
use crate::report::palette::{BLACK, GREY, WHITE};
use crate::report::quantity::short;
use crate::results::{Results, Window};

const QUESTION: &str = "Between which providers peers send";
const COLUMNS: i32 = 2;
/// Names of senders stand left of a panel.
const NAMES: i32 = 240;
const GAP: i32 = 50;
const ABOVE: i32 = 120;
/// Cells are no higher and no lower than this.
const CELL: (i32, i32) = (18, 76);
/// From nothing to most: light to dark, so that print without colour shows it too.
const DARK: RGBColor = RGBColor(8, 48, 107);

/// An arm's peer bytes, mean over replications, by sender and receiver.
struct Arm<'a> {
    name: &'a str,
    bytes: Vec<Vec<f64>>,
}

impl Arm<'_> {
    fn total(&self) -> f64 {
        self.bytes.iter().flatten().sum()
    }

    fn inside(&self) -> f64 {
        self.bytes.iter().enumerate().map(|(isp, row)| row[isp]).sum()
    }
}

pub(super) fn draw(results: &Results) -> Result<String, DrawError> {
    let isps = isps(results);
    let arms = arms(results, &isps);
    if arms.is_empty() {
        return nothing(results, QUESTION, "No bytes between peers at peak.");
    }
    let count = isps.len() as i32;
    let width = (WIDTH - MARGIN - COLUMNS * NAMES - (COLUMNS - 1) * GAP) / COLUMNS;
    let cell = (width / count, (width / count).clamp(CELL.0, CELL.1));
    let pitch = ABOVE + count * cell.1 + GAP;
    let rows = (arms.len() as i32 + COLUMNS - 1) / COLUMNS;
    let height = BELOW + rows * pitch + 90;
    let share = |arm: &Arm<'_>, from: usize, to: usize| arm.bytes[from][to] / arm.total();
    let most = arms
        .iter()
        .flat_map(|arm| arm.bytes.iter().flatten().map(|bytes| bytes / arm.total()))
        .fold(0.0, f64::max);
    canvas::draw((WIDTH, height), |canvas| {
        let what = format!("bytes from peers {}, per cent of the arm's", at_peak(results));
        heading(canvas, results, QUESTION, &[sample(results, ""), what])?;
        for (index, arm) in arms.iter().enumerate() {
            let (column, row) = (index as i32 % COLUMNS, index as i32 / COLUMNS);
            let left = NAMES + column * (width + NAMES + GAP);
            let top = BELOW + row * pitch + ABOVE;
            name(canvas, arm, (left, top), width)?;
            for (from, isp) in isps.iter().enumerate() {
                let y = top + from as i32 * cell.1;
                let label = format!("{isp}  {}", from + 1);
                let label = if canvas.width(&label, SMALL)? > NAMES - 40 {
                    let cut = canvas.fitted(isp, SMALL, NAMES - 90)?;
                    format!("{cut}  {}", from + 1)
                } else {
                    label
                };
                let at = (left - 14, y + cell.1 / 2);
                canvas.text(&label, at, SMALL, Align::Right, BLACK.to_rgba())?;
                for to in 0..isps.len() {
                    let corner = (left + to as i32 * cell.0, y);
                    field(canvas, corner, cell, share(arm, from, to), most)?;
                }
            }
            for to in 0..isps.len() {
                let at = (left + to as i32 * cell.0 + cell.0 / 2, top - 18);
                let number = (to + 1).to_string();
                canvas.text(&number, at, SMALL, Align::Middle, BLACK.to_rgba())?;
            }
        }
        legend(canvas, height - 46, most)
    })
}

fn name(
    canvas: &Canvas<'_>,
    arm: &Arm<'_>,
    (left, top): Point,
    width: i32,
) -> Result<(), DrawError> {
    let begin = left - NAMES + MARGIN;
    let name = canvas.fitted_name(arm.name, MIDDLE, width + NAMES - MARGIN)?;
    canvas.text(&name, (begin, top - 92), MIDDLE, Align::Left, BLACK.to_rgba())?;
    let text = format!(
        "{} GB, {} % of it stays with its provider",
        short(arm.total() * 1e-9),
        short(100.0 * arm.inside() / arm.total())
    );
    canvas.text(&text, (begin, top - 58), SMALL, Align::Left, GREY.to_rgba())?;
    canvas.text("from ↓ to →", (left - 14, top - 18), SMALL, Align::Right, GREY.to_rgba())
}

/// A cell and, where there is room, its share in per cent.
fn field(
    canvas: &Canvas<'_>,
    (left, top): Point,
    (width, height): (i32, i32),
    share: f64,
    most: f64,
) -> Result<(), DrawError> {
    let corners = [(left + 1, top + 1), (left + width - 1, top + height - 1)];
    let depth = if most > 0.0 { share / most } else { 0.0 };
    canvas.rect(corners, shade(depth).to_rgba())?;
    let text = if share == 0.0 { "0".to_owned() } else { format!("{:.1}", 100.0 * share) };
    if canvas.width(&text, SMALL)? > width - 8 || height < 26 {
        return Ok(());
    }
    let ink = if depth > 0.5 { WHITE } else { BLACK };
    let at = (left + width / 2, top + height / 2);
    canvas.text(&text, at, SMALL, Align::Middle, ink.to_rgba())
}

/// Between nearly white and dark.
fn shade(depth: f64) -> RGBColor {
    let mix = |dark: u8| (242.0 + (f64::from(dark) - 242.0) * depth.clamp(0.0, 1.0)).round() as u8;
    RGBColor(mix(DARK.0), mix(DARK.1), mix(DARK.2))
}

fn legend(canvas: &Canvas<'_>, y: i32, most: f64) -> Result<(), DrawError> {
    const STEPS: i32 = 10;
    canvas.text("0 %", (NAMES - 14, y), SMALL, Align::Right, BLACK.to_rgba())?;
    for step in 0..STEPS {
        let left = NAMES + step * 40;
        let ink = shade(f64::from(step) / f64::from(STEPS - 1));
        canvas.rect([(left, y - 14), (left + 40, y + 14)], ink.to_rgba())?;
    }
    let text = format!("{} % of the arm's bytes between peers", short(100.0 * most));
    canvas.text(&text, (NAMES + STEPS * 40 + 14, y), SMALL, Align::Left, BLACK.to_rgba())
}

/// Providers in the order of the table.
fn isps(results: &Results) -> Vec<&str> {
    let mut isps: Vec<&str> = Vec::new();
    for of in &results.isp_matrix {
        for isp in [&of.row.from_isp, &of.row.to_isp] {
            if !isps.contains(&isp.as_str()) {
                isps.push(isp);
            }
        }
    }
    isps
}

/// Those whose peers send something at peak.
fn arms<'a>(results: &'a Results, isps: &[&str]) -> Vec<Arm<'a>> {
    let setting = &results.manifest.setting;
    let part = 1.0 / f64::from(setting.replications.max(1));
    let place: BTreeMap<&str, usize> =
        isps.iter().enumerate().map(|(at, isp)| (*isp, at)).collect();
    let arm = |name: &'a String| {
        let mut bytes = vec![vec![0.0; isps.len()]; isps.len()];
        let own = results.isp_matrix.iter().filter(|of| of.arm == *name);
        for row in own.map(|of| &of.row).filter(|row| row.window == Window::Peak) {
            let (from, to) = (place[row.from_isp.as_str()], place[row.to_isp.as_str()]);
            bytes[from][to] += row.bytes as f64 * part;
        }
        Arm { name, bytes }
    };
    let arms = setting.arms.iter().map(arm);
    arms.filter(|arm| arm.total() > 0.0).collect()
}
