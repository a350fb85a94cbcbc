//! A panel: from values to places, with ticks people count in.

use plotters::style::Color;

use super::DrawError;
use super::canvas::{Align, Canvas, Point};
use super::palette::{BLACK, GREY, shade};
use super::series::Bins;

/// Size of tick labels in canvas units.
pub(super) const SMALL: i32 = 22;
/// Size of names and legends.
pub(super) const MIDDLE: i32 = 25;
/// Size of titles.
pub(super) const LARGE: i32 = 34;

/// A rectangle with a clock along and values up.
pub(super) struct Panel {
    /// Left, top.
    pub(super) corner: Point,
    /// Width, height.
    pub(super) size: (i32, i32),
    /// Seconds since midnight at the left and right edge.
    pub(super) time: [u64; 2],
    /// Values at the lower and upper edge.
    pub(super) values: [f64; 2],
}

impl Panel {
    pub(super) fn x(&self, t_s: f64) -> i32 {
        let [from, to] = [self.time[0] as f64, self.time[1] as f64];
        let part = ((t_s - from) / (to - from).max(1.0)).clamp(0.0, 1.0);
        self.corner.0 + (part * f64::from(self.size.0)).round() as i32
    }

    pub(super) fn y(&self, value: f64) -> i32 {
        let [low, high] = self.values;
        let part = ((value - low) / (high - low)).clamp(0.0, 1.0);
        self.corner.1 + self.size.1 - (part * f64::from(self.size.1)).round() as i32
    }

    pub(super) const fn right(&self) -> i32 {
        self.corner.0 + self.size.0
    }

    pub(super) const fn bottom(&self) -> i32 {
        self.corner.1 + self.size.1
    }

    /// The line through `values` at the middles of bins, level to the edges of the panel.
    pub(super) fn outline(&self, bins: &Bins, values: &[f64]) -> Vec<Point> {
        let mut points = Vec::with_capacity(values.len() + 2);
        if let (Some(first), Some(last)) = (values.first(), values.last()) {
            points.push((self.corner.0, self.y(*first)));
            let inner = values.iter().enumerate();
            points.extend(inner.map(|(bin, value)| (self.x(bins.middle(bin)), self.y(*value))));
            points.push((self.right(), self.y(*last)));
        }
        points
    }

    /// Shades the window `peak`.
    pub(super) fn peak(&self, canvas: &Canvas<'_>, peak: [u64; 2]) -> Result<(), DrawError> {
        let [left, right] = peak.map(|t| self.x(t as f64));
        canvas.rect([(left, self.corner.1), (right, self.bottom())], shade())
    }

    /// Its name above the panel on the left and dashed edges of the window `peak` over what was
    /// drawn; the window is named above it where the panel's name leaves room.
    pub(super) fn frame(
        &self,
        canvas: &Canvas<'_>,
        name: &str,
        peak: [u64; 2],
    ) -> Result<(), DrawError> {
        let above = self.corner.1 - 20;
        let at = (self.corner.0, above);
        canvas.text(name, at, MIDDLE, Align::Left, BLACK.to_rgba())?;
        let [left, right] = peak.map(|t| self.x(t as f64));
        for x in [left, right] {
            let edge = [(x, self.corner.1), (x, self.bottom())];
            canvas.line(&edge, GREY.to_rgba(), 2, &[6.0, 6.0])?;
        }
        let label = peak_name(peak);
        let taken = self.corner.0 + canvas.width(name, MIDDLE)? + 30;
        let middle = i32::midpoint(left, right);
        let half = canvas.width(&label, SMALL)? / 2;
        if middle - half > taken && middle + half < self.right() {
            let at = (middle, above);
            canvas.text(&label, at, SMALL, Align::Middle, GREY.to_rgba())?;
        }
        Ok(())
    }

    /// Shade and name of the window `peak` in a legend, at `at`.
    pub(super) fn peak_key(
        canvas: &Canvas<'_>,
        (left, y): Point,
        width: i32,
        peak: [u64; 2],
    ) -> Result<(), DrawError> {
        canvas.rect([(left, y - 13), (left + width, y + 13)], shade())?;
        for x in [left, left + width] {
            canvas.line(&[(x, y - 13), (x, y + 13)], GREY.to_rgba(), 2, &[6.0, 6.0])?;
        }
        let at = (left + width + 16, y);
        canvas.text(&peak_name(peak), at, MIDDLE, Align::Left, BLACK.to_rgba())
    }

    /// Lines and labels of the values at multiples of `step`; `label` makes the text.
    pub(super) fn value_axis(
        &self,
        canvas: &Canvas<'_>,
        step: f64,
        label: impl Fn(f64) -> String,
    ) -> Result<(), DrawError> {
        let [low, high] = self.values;
        let (first, last) = ((low / step).ceil() as i64, (high / step + 1e-9).floor() as i64);
        for tick in first..=last {
            let value = tick as f64 * step;
            let y = self.y(value);
            let ink = GREY.mix(if tick == 0 { 0.9 } else { 0.3 });
            canvas.line(&[(self.corner.0, y), (self.right(), y)], ink, 1, &[])?;
            let at = (self.corner.0 - 14, y);
            canvas.text(&label(value), at, SMALL, Align::Right, BLACK.to_rgba())?;
        }
        Ok(())
    }

    /// Ticks of the clock along the lower edge, with their labels.
    pub(super) fn time_axis(&self, canvas: &Canvas<'_>) -> Result<(), DrawError> {
        let bottom = self.bottom();
        canvas.line(&[(self.corner.0, bottom), (self.right(), bottom)], BLACK.to_rgba(), 2, &[])?;
        let [from, to] = self.time;
        let room = u64::try_from(self.size.0 / 105).unwrap_or(1).max(1);
        let step = TIME_STEPS.into_iter().find(|step| (to - from.min(to)) / step <= room);
        let step =
            step.unwrap_or_else(|| (to - from.min(to)).div_ceil(room).next_multiple_of(86_400));
        let mut tick = from.next_multiple_of(step);
        while tick <= to {
            let x = self.x(tick as f64);
            canvas.line(&[(x, bottom), (x, bottom + 9)], BLACK.to_rgba(), 2, &[])?;
            let at = (x, bottom + 28);
            canvas.text(&clock(tick), at, SMALL, Align::Middle, BLACK.to_rgba())?;
            if more_than_a_day(self.time) && tick.is_multiple_of(86_400) {
                let day = format!("day {}", tick / 86_400 + 1);
                let at = (x, bottom + 54);
                canvas.text(&day, at, SMALL, Align::Middle, BLACK.to_rgba())?;
            }
            tick += step;
        }
        Ok(())
    }
}

const TIME_STEPS: [u64; 10] = [60, 300, 600, 900, 1_800, 3_600, 7_200, 10_800, 21_600, 43_200];

/// Room for the name of the clock below the last panel, beyond the gap between panels.
pub(super) const fn foot(time: [u64; 2]) -> i32 {
    if more_than_a_day(time) { 40 } else { 8 }
}

/// Over midnights a clock alone is ambiguous.
const fn more_than_a_day([from, to]: [u64; 2]) -> bool {
    to.saturating_sub(from) > 86_400
}

fn peak_name(peak: [u64; 2]) -> String {
    let [from, to] = peak.map(clock);
    format!("peak {from}–{to}")
}

/// Time of day.
pub(super) fn clock(t_s: u64) -> String {
    format!("{:02}:{:02}", t_s / 3_600 % 24, t_s / 60 % 60)
}

/// A step of 1, 2 or 5 times a power of ten that cuts `most` into at most `ticks`.
pub(super) fn step(most: f64, ticks: f64) -> f64 {
    let mut step = 1e-9;
    let mut factors = [2.0, 2.5, 2.0].into_iter().cycle();
    while step * ticks < most && step < 1e30 {
        step *= factors.next().expect("invariant: a cycle has no end");
    }
    step
}

/// `value` with as many decimals as `step` needs.
pub(super) fn label(value: f64, step: f64) -> String {
    let mut decimals = 0;
    let mut scaled = step;
    while scaled < 0.999 && decimals < 9 {
        scaled *= 10.0;
        decimals += 1;
    }
    format!("{value:.decimals$}")
}

/// A share as per cent, with a true minus sign.
pub(super) fn percent(value: f64, decimals: usize) -> String {
    let text = format!("{:.decimals$} %", value * 100.0);
    let nothing = text.bytes().all(|b| !b.is_ascii_digit() || b == b'0');
    match text.strip_prefix('-') {
        Some(rest) if nothing => rest.to_owned(),
        Some(rest) => format!("−{rest}"),
        None => text,
    }
}

/// A whole number with thin groups: 20,000.
pub(super) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}
