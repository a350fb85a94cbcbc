//! What every plot says above itself: its question, the scenario, and how much stands behind it.

use plotters::style::Color;

use super::DrawError;
use super::axis::{LARGE, MIDDLE, clock, grouped};
use super::canvas::{Align, Canvas};
use super::palette::{BLACK, GREY};
use crate::results::Results;

/// Width of every plot but those that need more.
pub(super) const WIDTH: i32 = 1_800;
/// Where headings begin.
pub(super) const MARGIN: i32 = 60;
/// Where a plot with two lines below its title may begin.
pub(super) const BELOW: i32 = 190;

/// `question` and the scenario's title, `lines` below.
pub(super) fn heading(
    canvas: &Canvas<'_>,
    results: &Results,
    question: &str,
    lines: &[String],
) -> Result<(), DrawError> {
    let room = WIDTH - 2 * MARGIN;
    let title = format!("{question}: {}", results.manifest.setting.title);
    let title = canvas.fitted(&title, LARGE, room)?;
    canvas.text(&title, (MARGIN, 52), LARGE, Align::Left, BLACK.to_rgba())?;
    for (line, y) in lines.iter().zip((98..).step_by(36)) {
        let line = canvas.fitted(line, MIDDLE, room)?;
        canvas.text(&line, (MARGIN, y), MIDDLE, Align::Left, GREY.to_rgba())?;
    }
    Ok(())
}

/// Homes and replications; `spread` says what is drawn of how the latter differ.
pub(super) fn sample(results: &Results, spread: &str) -> String {
    let setting = &results.manifest.setting;
    let homes = grouped(u64::from(setting.homes));
    match setting.replications {
        1 => format!("{homes} homes · n = 1 replication: no intervals"),
        n if spread.is_empty() => format!("{homes} homes · mean of n = {n} replications"),
        n => format!("{homes} homes · mean of n = {n} replications, {spread}"),
    }
}

/// The interval that is drawn, in words.
pub(super) fn confidence(results: &Results) -> String {
    format!("{:.0} % interval", results.manifest.setting.confidence * 100.0)
}

/// The window `peak` in words.
pub(super) fn at_peak(results: &Results) -> String {
    let [from, to] = results.manifest.setting.peak_t_s.map(clock);
    format!("at peak ({from}–{to})")
}

/// `name`, marked when it is the baseline.
pub(super) fn arm_name(results: &Results, arm: &str) -> String {
    if arm == results.manifest.setting.baseline {
        format!("{arm} (baseline)")
    } else {
        arm.to_owned()
    }
}

/// A picture of nothing but its heading and why there is no more.
pub(super) fn nothing(results: &Results, question: &str, why: &str) -> Result<String, DrawError> {
    super::canvas::draw((WIDTH, 240), |canvas| {
        heading(canvas, results, question, &[sample(results, "")])?;
        canvas.text(why, (MARGIN, 180), MIDDLE, Align::Left, BLACK.to_rgba())
    })
}
