//! Pictures and words, drawn from the tables only.

mod axis;
mod bytes_by_source;
mod canvas;
mod causes;
mod changes;
mod offload_over_day;
mod palette;
mod series;
mod summary;
mod sweep;

use std::fmt;
use std::sync::Arc;

use resvg::{tiny_skia, usvg};

use crate::results::Results;

pub use changes::changes;
pub use summary::text;
pub use sweep::{scale_text, sweep_text};

/// A plot: scalable, and the same on every platform.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plot {
    /// Its file name in `plots/`, without an ending.
    pub name: &'static str,
    /// The picture.
    pub svg: String,
}

/// Why a picture could not be drawn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DrawError(String);

impl fmt::Display for DrawError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "cannot draw: {}", self.0)
    }
}

impl std::error::Error for DrawError {}

/// All plots of `results`.
///
/// # Errors
/// When the drawing library fails.
pub fn plots(results: &Results) -> Result<Vec<Plot>, DrawError> {
    Ok(vec![
        Plot { name: "bytes-by-source", svg: bytes_by_source::draw(results)? },
        Plot { name: "causes", svg: causes::draw(results)? },
        Plot { name: "offload-over-day", svg: offload_over_day::draw(results)? },
    ])
}

/// `svg` as a PNG file at twice its nominal size, with the embedded font alone, so that no font of
/// the system matters.
///
/// # Errors
/// When the picture is malformed or too large.
pub fn png(svg: &str) -> Result<Vec<u8>, DrawError> {
    const SCALE: f32 = 2.0;
    let mut fonts = usvg::fontdb::Database::new();
    fonts.load_font_data(canvas::FONT.to_vec());
    fonts.set_sans_serif_family(canvas::FONT_FAMILY);
    let options = usvg::Options {
        font_family: canvas::FONT_FAMILY.to_owned(),
        fontdb: Arc::new(fonts),
        ..usvg::Options::default()
    };
    let fail = |error: &dyn fmt::Display| DrawError(error.to_string());
    let tree = usvg::Tree::from_str(svg, &options).map_err(|error| fail(&error))?;
    let size = tree.size().to_int_size().scale_by(SCALE).ok_or_else(|| fail(&"no size"))?;
    let mut pixels = tiny_skia::Pixmap::new(size.width(), size.height())
        .ok_or_else(|| fail(&"picture too large"))?;
    let transform = tiny_skia::Transform::from_scale(SCALE, SCALE);
    resvg::render(&tree, transform, &mut pixels.as_mut());
    pixels.encode_png().map_err(|error| fail(&error))
}
