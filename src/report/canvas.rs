//! Ink on an SVG, in whole canvas units, two of which make a nominal pixel.
//!
//! Coordinates are integers and every function used is exact, so that the same tables give the
//! same bytes everywhere.

use std::sync::Once;

use plotters::coord::Shift;
use plotters::prelude::{
    Circle, DrawingArea, IntoDrawingArea, PathElement, Polygon, Rectangle, SVGBackend, Text,
};
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{
    Color, FontStyle, FontTransform, IntoFont, RGBAColor, ShapeStyle, TextStyle, register_font,
};

use super::DrawError;
use super::palette::Dash;

/// DejaVu Sans, its Latin, Greek and mathematical characters.
pub(super) const FONT: &[u8] = include_bytes!("../../assets/DejaVuSans.ttf");
/// Its name inside the file.
pub(super) const FONT_FAMILY: &str = "DejaVu Sans";
/// What the SVG asks for: a viewer without our font takes its own.
const FAMILY: &str = "sans-serif";

/// A place on the canvas: right, down.
pub(super) type Point = (i32, i32);

/// Left, middle or right of a text at its place.
#[derive(Clone, Copy)]
pub(super) enum Align {
    Left,
    Middle,
    Right,
}

/// What is drawn on; all methods can fail only through the drawing library.
pub(super) struct Canvas<'a> {
    area: DrawingArea<SVGBackend<'a>, Shift>,
}

/// Draws on a white canvas of `width` × `height` units and returns the SVG.
pub(super) fn draw(
    (width, height): (i32, i32),
    paint: impl FnOnce(&Canvas<'_>) -> Result<(), DrawError>,
) -> Result<String, DrawError> {
    static REGISTERED: Once = Once::new();
    REGISTERED.call_once(|| {
        let known = register_font(FAMILY, FontStyle::Normal, FONT);
        assert!(known.is_ok(), "invariant: the embedded font is a font");
    });
    let mut svg = String::new();
    let size = (width.unsigned_abs(), height.unsigned_abs());
    let canvas = Canvas { area: SVGBackend::with_string(&mut svg, size).into_drawing_area() };
    canvas.area.fill(&plotters::style::WHITE).map_err(fail)?;
    paint(&canvas)?;
    canvas.area.present().map_err(fail)?;
    drop(canvas);
    // Half size on screen, all units in the view box: twice as fine as whole pixels.
    let fine = format!("width=\"{width}\" height=\"{height}\" viewBox");
    let nominal = format!("width=\"{}\" height=\"{}\" viewBox", width / 2, height / 2);
    Ok(svg.replacen(&fine, &nominal, 1))
}

impl Canvas<'_> {
    /// A filled rectangle.
    pub(super) fn rect(&self, corners: [Point; 2], ink: RGBAColor) -> Result<(), DrawError> {
        let shape = Rectangle::new(corners, ink.filled());
        self.area.draw(&shape).map_err(fail)
    }

    /// A filled polygon.
    pub(super) fn fill(&self, outline: Vec<Point>, ink: RGBAColor) -> Result<(), DrawError> {
        self.area.draw(&Polygon::new(outline, ink)).map_err(fail)
    }

    /// A disc around `at`.
    pub(super) fn disc(&self, at: Point, radius: i32, ink: RGBAColor) -> Result<(), DrawError> {
        self.area.draw(&Circle::new(at, radius, ink.filled())).map_err(fail)
    }

    /// A line through `points`.
    pub(super) fn line(
        &self,
        points: &[Point],
        ink: RGBAColor,
        width: u32,
        dash: Dash,
    ) -> Result<(), DrawError> {
        let style = ShapeStyle { color: ink, filled: false, stroke_width: width };
        for piece in dashed(points, dash) {
            self.area.draw(&PathElement::new(piece, style)).map_err(fail)?;
        }
        Ok(())
    }

    /// `text` of `size` units at `at`, its vertical middle there.
    pub(super) fn text(
        &self,
        text: &str,
        at: Point,
        size: i32,
        align: Align,
        ink: RGBAColor,
    ) -> Result<(), DrawError> {
        let style = style(size, align).color(&ink);
        let text = Text::new(text.to_owned(), at, style);
        self.area.draw(&text).map_err(fail)
    }

    /// `text` reading upwards, its middle at `at`.
    pub(super) fn text_up(
        &self,
        text: &str,
        at: Point,
        size: i32,
        ink: RGBAColor,
    ) -> Result<(), DrawError> {
        let upwards = ("sans-serif", em(size)).into_font().transform(FontTransform::Rotate270);
        let style = TextStyle::from(upwards).color(&ink).pos(Pos::new(HPos::Center, VPos::Center));
        let text = Text::new(text.to_owned(), at, style);
        self.area.draw(&text).map_err(fail)
    }

    /// How wide `text` will be.
    pub(super) fn width(&self, text: &str, size: i32) -> Result<i32, DrawError> {
        let (width, _) =
            self.area.estimate_text_size(text, &style(size, Align::Left)).map_err(fail)?;
        Ok(i32::try_from(width).unwrap_or(i32::MAX))
    }

    /// `text`, cut with an ellipsis where it would be wider than `room`.
    pub(super) fn fitted(&self, text: &str, size: i32, room: i32) -> Result<String, DrawError> {
        // No letter is narrower than a tenth of its size: what is far too long is cut at once.
        let most = usize::try_from(room * 10 / size.max(1)).unwrap_or(0);
        let mut kept: String = text.chars().take(most + 1).collect();
        let mut shown = kept.clone();
        while self.width(&shown, size)? > room && kept.pop().is_some() {
            shown = format!("{}…", kept.trim_end());
        }
        Ok(shown)
    }

    /// `name` cut in its middle where it would be wider than `room`: names of arms that are tried
    /// side by side often differ at their ends.
    pub(super) fn fitted_name(
        &self,
        name: &str,
        size: i32,
        room: i32,
    ) -> Result<String, DrawError> {
        let letters: Vec<char> = name.chars().collect();
        let mut kept = letters.len();
        let mut shown = name.to_owned();
        while self.width(&shown, size)? > room && kept > 0 {
            // As in `fitted`, what is far too long is cut at once.
            kept = (kept - 1).min(usize::try_from(room * 10 / size.max(1)).unwrap_or(0));
            let head: String = letters[..kept.div_ceil(2)].iter().collect();
            let tail: String = letters[letters.len() - kept / 2..].iter().collect();
            shown = format!("{head}…{tail}");
        }
        Ok(shown)
    }
}

fn style(size: i32, align: Align) -> TextStyle<'static> {
    let horizontal = match align {
        Align::Left => HPos::Left,
        Align::Middle => HPos::Center,
        Align::Right => HPos::Right,
    };
    TextStyle::from((FAMILY, em(size)).into_font()).pos(Pos::new(horizontal, VPos::Center))
}

/// The library divides sizes by 1.24.
fn em(size: i32) -> f64 {
    f64::from(size) * 1.24
}

#[expect(clippy::needless_pass_by_value, reason = "the shape `map_err` asks for")]
fn fail<E: std::error::Error + Send + Sync>(
    error: plotters::drawing::DrawingAreaErrorKind<E>,
) -> DrawError {
    DrawError(error.to_string())
}

/// Cuts a line into its dashes; square roots are exact, so this is the same everywhere.
fn dashed(points: &[Point], dash: Dash) -> Vec<Vec<Point>> {
    let Some((&first, rest)) = points.split_first() else {
        return Vec::new();
    };
    if dash.is_empty() {
        return vec![points.to_vec()];
    }
    let mut pieces = Vec::new();
    let mut piece = vec![first];
    let (mut index, mut left) = (0, dash[0]);
    let mut from = (f64::from(first.0), f64::from(first.1));
    for &to in rest {
        let to = (f64::from(to.0), f64::from(to.1));
        loop {
            let (dx, dy) = (to.0 - from.0, to.1 - from.1);
            let length = (dx * dx + dy * dy).sqrt();
            let drawn = index % 2 == 0;
            if length <= left {
                left -= length;
                from = to;
                if drawn {
                    piece.push(rounded(to));
                }
                break;
            }
            from = (from.0 + dx * left / length, from.1 + dy * left / length);
            if drawn {
                piece.push(rounded(from));
                pieces.push(std::mem::take(&mut piece));
            } else {
                piece.push(rounded(from));
            }
            index = (index + 1) % dash.len();
            left = dash[index];
        }
    }
    if piece.len() > 1 {
        pieces.push(piece);
    }
    pieces
}

fn rounded((x, y): (f64, f64)) -> Point {
    (x.round() as i32, y.round() as i32)
}
