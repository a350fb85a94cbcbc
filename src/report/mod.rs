//! Pictures and words, drawn from the tables only.

mod axis;
mod canvas;
mod changes;
mod curves;
mod heading;
mod markdown;
mod marks;
mod page;
mod palette;
mod plots;
mod quantity;
mod scale;
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
    /// What it shows, in one line.
    pub title: &'static str,
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
    plots::all(results)
}

/// Name of the page in a result folder.
pub const PAGE: &str = "report.html";

/// A file to be put into a result folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// Its path in the folder, with `/`.
    pub name: String,
    /// What is in it.
    pub content: Vec<u8>,
    /// Whether it is the same on every platform, and so has its digest in the manifest.
    pub listed: bool,
}

/// Every file that is drawn from `results`: the plots, each as SVG and PNG, the page, and the answer as
/// Markdown.
///
/// # Errors
/// When the drawing library fails.
pub fn files(results: &Results) -> Result<Vec<File>, DrawError> {
    let plots = plots(results)?;
    let page = page::html(results, &plots).into_bytes();
    let words = markdown::markdown(results).into_bytes();
    let mut files = vec![
        File { name: PAGE.to_owned(), content: page, listed: true },
        File { name: markdown::NAME.to_owned(), content: words, listed: true },
    ];
    for plot in plots {
        let name = |ending: &str| format!("plots/{}.{ending}", plot.name);
        let picture = png(&plot.svg)?;
        files.push(File { name: name("svg"), content: plot.svg.into_bytes(), listed: true });
        files.push(File { name: name("png"), content: picture, listed: false });
    }
    Ok(files)
}

/// Everything on one page that needs no network: answer, pictures, tables, a chart for browsers with
/// scripts, method and command. Under 2 MB, whatever the number of arms and replications.
///
/// # Errors
/// When the drawing library fails.
pub fn html(results: &Results) -> Result<String, DrawError> {
    Ok(page::html(results, &plots(results)?))
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
