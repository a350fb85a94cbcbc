//! How something is spread over viewings or homes: a curve an arm, from the quantiles of a table.

use std::collections::BTreeMap;

use plotters::style::{Color, RGBColor};

use super::DrawError;
use super::axis::{MIDDLE, SMALL};
use super::canvas::{Align, Canvas, Point};
use super::heading::{MARGIN, WIDTH};
use super::palette::{BLACK, Dash, GREY};
use super::scale::Scale;

/// Size of a panel that is no higher than its legend asks for.
pub(super) const PANEL: (i32, i32) = (1_060, 480);
/// Left edge of a panel.
pub(super) const LEFT: i32 = 190;
/// An entry of the legend.
pub(super) const ENTRY: i32 = 72;

/// A quantile over the replications.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Quantile {
    /// Share of all that do not exceed the value.
    pub(super) share: f64,
    pub(super) low: f64,
    pub(super) mean: f64,
    pub(super) high: f64,
}

/// From names such as `p99.5` with the value of one replication each, in the order of shares.
pub(super) fn curve<'a>(rows: impl Iterator<Item = (&'a str, f64)>) -> Vec<Quantile> {
    let mut values: BTreeMap<u32, Vec<f64>> = BTreeMap::new();
    for (name, value) in rows {
        let percent = name.strip_prefix('p').and_then(|text| text.parse::<f64>().ok());
        if let Some(percent) = percent.filter(|percent| (0.0..=100.0).contains(percent)) {
            values.entry((percent * 10.0).round() as u32).or_default().push(value);
        }
    }
    let of = |(share, values): (u32, Vec<f64>)| Quantile {
        share: f64::from(share) / 1_000.0,
        low: values.iter().copied().fold(f64::INFINITY, f64::min),
        mean: values.iter().sum::<f64>() / values.len() as f64,
        high: values.iter().copied().fold(f64::NEG_INFINITY, f64::max),
    };
    values.into_iter().map(of).collect()
}

/// The curve of an arm.
#[derive(Clone, Debug)]
pub(super) struct Curve {
    pub(super) ink: (RGBColor, Dash),
    pub(super) points: Vec<Quantile>,
}

/// Which way the share is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Told {
    /// Up to the value, evenly.
    Within,
    /// Beyond the value, by powers of ten: for what few suffer.
    Beyond,
}

/// A panel of curves.
pub(super) struct Curves<'a> {
    pub(super) name: &'a str,
    /// What is along the lower edge, with its unit.
    pub(super) along: &'a str,
    /// What is counted up the left edge.
    pub(super) counted: &'a str,
    pub(super) told: Told,
    /// In the unit that is shown.
    pub(super) arms: Vec<Curve>,
    /// Values below this are as good as 0.
    pub(super) least: f64,
    /// For a panel where nothing is more than that.
    pub(super) none: &'a str,
}

impl Curves<'_> {
    /// Whether any arm has a curve.
    pub(super) fn any(&self) -> bool {
        self.arms.iter().any(|curve| !curve.points.is_empty())
    }

    /// More bands than these hide each other.
    fn has_bands(&self) -> bool {
        has_bands(self.arms.len())
    }

    fn points(&self) -> impl Iterator<Item = &Quantile> {
        self.arms.iter().flat_map(|curve| &curve.points)
    }

    /// Along and up.
    fn scales(&self, (left, top): Point, size: (i32, i32), marked: &[f64]) -> [Scale; 2] {
        // Where no band is drawn, it takes no room.
        let narrow = |at: Quantile| Quantile { low: at.mean, high: at.mean, ..at };
        let seen = |at: &Quantile| if self.has_bands() { *at } else { narrow(*at) };
        let all = || self.points().map(seen);
        let high = marked.iter().map(|value| value * 1.2).fold(self.least * 10.0, f64::max);
        let high = all().map(|at| at.high).fold(high, f64::max);
        let above = all().map(|at| at.low).filter(|low| *low >= self.least);
        let low = above.fold(high / 10.0, f64::min);
        let ends = [top + size.1, top];
        let up = match self.told {
            Told::Within => Scale::even([0.0, 1.0], ends),
            Told::Beyond => {
                // No higher than the first that is more than nothing.
                let some = |at: &Quantile| at.high >= self.least;
                let most = all().filter(some).map(|at| self.share(&at)).fold(0.0, f64::max);
                Scale::by_powers([0.001, if most < 0.1 { 0.1 } else { 1.0 }], ends)
            }
        };
        [Scale::by_powers([low, high], [left, left + size.0]), up]
    }

    /// Draws the panel with its left upper corner at `corner`, and lines at the values `marked`,
    /// with letters on them.
    pub(super) fn draw(
        &self,
        canvas: &Canvas<'_>,
        corner: Point,
        size: (i32, i32),
        marked: &[f64],
    ) -> Result<(), DrawError> {
        let (left, top) = corner;
        let (right, bottom) = (left + size.0, top + size.1);
        let [along, up] = self.scales(corner, size, marked);
        self.grid(canvas, corner, size, [&along, &up])?;
        if !self.points().any(|at| at.high >= self.least) {
            let at = (i32::midpoint(left, right), top + size.1 / 2);
            return canvas.text(self.none, at, MIDDLE, Align::Middle, GREY.to_rgba());
        }
        for curve in &self.arms {
            self.line(canvas, curve, [&along, &up])?;
        }
        for (value, letter) in marked.iter().zip('A'..='Z') {
            let x = along.at(*value);
            canvas.line(&[(x, top), (x, bottom)], BLACK.to_rgba(), 2, &[4.0, 6.0])?;
            let at = (x, top - 16);
            canvas.text(&letter.to_string(), at, SMALL, Align::Middle, BLACK.to_rgba())?;
        }
        Ok(())
    }

    fn grid(
        &self,
        canvas: &Canvas<'_>,
        (left, top): Point,
        size: (i32, i32),
        [along, up]: [&Scale; 2],
    ) -> Result<(), DrawError> {
        let (right, bottom) = (left + size.0, top + size.1);
        canvas.text(self.name, (left, top - 24), MIDDLE, Align::Left, BLACK.to_rgba())?;
        for (value, text) in along.ticks(9.0) {
            let x = along.at(value);
            canvas.line(&[(x, top), (x, bottom)], GREY.mix(0.25), 1, &[])?;
            canvas.text(&text, (x, bottom + 24), SMALL, Align::Middle, BLACK.to_rgba())?;
        }
        for (value, _) in up.ticks(5.0) {
            let y = up.at(value);
            canvas.line(&[(left, y), (right, y)], GREY.mix(0.25), 1, &[])?;
            let text = format!("{} %", (value * 1_000.0).round() / 10.0);
            canvas.text(&text, (left - 14, y), SMALL, Align::Right, BLACK.to_rgba())?;
        }
        let frame = [(left, top), (left, bottom), (right, bottom)];
        canvas.line(&frame, BLACK.to_rgba(), 2, &[])?;
        let middle = i32::midpoint(left, right);
        canvas.text(self.along, (middle, bottom + 62), MIDDLE, Align::Middle, BLACK.to_rgba())?;
        canvas.text_up(self.counted, (left - 140, top + size.1 / 2), SMALL, BLACK.to_rgba())
    }

    /// The share that is drawn for a quantile.
    fn share(&self, at: &Quantile) -> f64 {
        match self.told {
            Told::Within => at.share,
            Told::Beyond => 1.0 - at.share,
        }
    }

    fn line(
        &self,
        canvas: &Canvas<'_>,
        curve: &Curve,
        [along, up]: [&Scale; 2],
    ) -> Result<(), DrawError> {
        let (colour, dash) = curve.ink;
        let curve = &curve.points;
        // As good as nothing is the left edge: of it the last is the only one that tells.
        let nothing = curve.iter().take_while(|at| at.mean < self.least).count();
        let curve = &curve[nothing.saturating_sub(1)..];
        let place = |at: &Quantile, value: f64| (along.at(value), up.at(self.share(at)));
        let mut band: Vec<Point> = curve.iter().map(|at| place(at, at.low)).collect();
        band.extend(curve.iter().rev().map(|at| place(at, at.high)));
        if self.has_bands() && curve.len() > 1 && curve.iter().any(|at| at.high > at.low) {
            canvas.fill(band, colour.mix(0.16))?;
        }
        let middle: Vec<Point> = curve.iter().map(|at| place(at, at.mean)).collect();
        canvas.line(&middle, colour.to_rgba(), 4, dash)
    }
}

/// Whether the spread over replications is drawn for so many curves.
const fn has_bands(curves: usize) -> bool {
    curves <= 4
}

/// What is drawn of the spread over replications for so many curves, in words.
pub(super) const fn spread(curves: usize) -> &'static str {
    if has_bands(curves) { "band: smallest to largest" } else { "too many arms for bands" }
}

/// How high panels are with so many entries in the legend.
pub(super) fn height(entries: usize) -> i32 {
    PANEL.1.max(i32::try_from(entries).unwrap_or(i32::MAX / ENTRY / 2) * ENTRY + 20)
}

/// A line of the legend.
pub(super) struct Entry {
    pub(super) ink: (RGBColor, Dash),
    pub(super) name: String,
    pub(super) word: String,
}

/// Beside the panel whose upper edge is `top`: every line with its name and a word on it.
pub(super) fn legend(canvas: &Canvas<'_>, top: i32, entries: &[Entry]) -> Result<(), DrawError> {
    let left = LEFT + PANEL.0 + 40;
    let text = left + 88;
    let room = WIDTH - text - MARGIN / 2;
    let mut y = top + 16;
    for Entry { ink: (colour, dash), name, word } in entries {
        canvas.line(&[(left, y), (left + 72, y)], colour.to_rgba(), 4, dash)?;
        let name = canvas.fitted_name(name, MIDDLE, room)?;
        canvas.text(&name, (text, y), MIDDLE, Align::Left, BLACK.to_rgba())?;
        let word = canvas.fitted(word, SMALL, room)?;
        canvas.text(&word, (text, y + 30), SMALL, Align::Left, GREY.to_rgba())?;
        y += ENTRY;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_put_in_order_over_replications() {
        let rows = [("p99.5", 4.0), ("p50", 1.0), ("max", 9.0), ("p50", 3.0), ("p5x", 1.0)];
        let got = curve(rows.into_iter());
        let of = |share, low, mean, high| Quantile { share, low, mean, high };
        assert_eq!(got, [of(0.5, 1.0, 2.0, 3.0), of(0.995, 4.0, 4.0, 4.0)]);
    }
}
