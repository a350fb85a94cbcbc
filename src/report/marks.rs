//! Marks that stay apart without colour.

use plotters::style::{Color, RGBColor, WHITE};

use super::DrawError;
use super::canvas::{Canvas, Point};

/// What stands at a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mark {
    /// A full disc.
    Disc,
    /// A full diamond.
    Diamond,
    /// A hollow disc.
    Ring,
}

impl Mark {
    /// Drawn around `at`.
    pub(super) fn draw(
        self,
        canvas: &Canvas<'_>,
        at: Point,
        radius: i32,
        colour: RGBColor,
    ) -> Result<(), DrawError> {
        let (x, y) = at;
        match self {
            Self::Disc => canvas.disc(at, radius, colour.to_rgba()),
            Self::Diamond => {
                let far = radius + radius / 3;
                let corners = vec![(x, y - far), (x + far, y), (x, y + far), (x - far, y)];
                canvas.fill(corners, colour.to_rgba())
            }
            Self::Ring => {
                canvas.disc(at, radius, colour.to_rgba())?;
                canvas.disc(at, (radius - 3).max(1), WHITE.to_rgba())
            }
        }
    }
}
