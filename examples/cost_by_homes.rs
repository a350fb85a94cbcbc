//! What five minutes at the height of the evening cost, by homes: draws `docs/cost-by-homes.jsonl`, lines
//! of `offpeak bench evening --n N --seconds 300 --json`, into `docs/images/`.
//!
//! `cargo run --release --example cost_by_homes`

use std::error::Error;
use std::fs;
use std::path::Path;

use offpeak::report;
use plotters::prelude::*;
use plotters::style::{FontStyle, register_font};
use serde_json::Value;

const FONT: &[u8] = include_bytes!("../assets/DejaVuSans.ttf");
const MEASURED: RGBColor = RGBColor(0, 114, 178);
const LAW: RGBColor = RGBColor(213, 94, 0);

/// Homes, and seconds of CPU time.
type Point = (f64, f64);

fn main() -> Result<(), Box<dyn Error>> {
    let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs");
    let mut points = read(&fs::read_to_string(docs.join("cost-by-homes.jsonl"))?)?;
    points.sort_by(|a, b| a.0.total_cmp(&b.0));
    let svg = draw(&points)?;
    fs::write(docs.join("images/cost-by-homes.svg"), &svg)?;
    fs::write(
        docs.join("images/cost-by-homes.png"),
        report::png(&svg).map_err(|e| e.to_string())?,
    )?;
    Ok(())
}

fn read(lines: &str) -> Result<Vec<Point>, Box<dyn Error>> {
    lines
        .lines()
        .map(|line| {
            let row: Value = serde_json::from_str(line)?;
            let number = |key: &str| row[key].as_f64().ok_or_else(|| format!("no {key}: {line}"));
            Ok((number("n")?, number("cpu_ns")? / 1e9))
        })
        .collect()
}

fn draw(points: &[Point]) -> Result<String, Box<dyn Error>> {
    register_font("sans-serif", FontStyle::Normal, FONT).map_err(|_| "the font is no font")?;
    let (first, last) = points.first().zip(points.last()).ok_or("no points")?;
    let law = |homes: f64| first.1 * homes * libm::log(homes) / (first.0 * libm::log(first.0));
    let mut svg = String::new();
    {
        let area = SVGBackend::with_string(&mut svg, (760, 460)).into_drawing_area();
        area.fill(&WHITE)?;
        let title = "CPU time of five minutes at the height of the evening, arm hybrid";
        let top = libm::ceil(libm::log10(last.1.max(law(last.0)) * 2.0));
        let mut chart = ChartBuilder::on(&area)
            .caption(title, ("sans-serif", 17))
            .margin(16)
            .x_label_area_size(44)
            .y_label_area_size(64)
            .build_cartesian_2d(
                (first.0 * 0.8..last.0 * 1.25).log_scale(),
                (first.1 * 0.5..libm::pow(10.0, top)).log_scale(),
            )?;
        chart
            .configure_mesh()
            .x_desc("homes (13 % watch)")
            .y_desc("s of CPU, one core")
            .label_style(("sans-serif", 14))
            .axis_desc_style(("sans-serif", 15))
            .x_label_formatter(&|homes| format!("{homes:.0}"))
            .light_line_style(BLACK.mix(0.06))
            .draw()?;
        let curve = (0..=60).map(|at| {
            let homes = first.0 * libm::pow(last.0 / first.0, f64::from(at) / 60.0);
            (homes, law(homes))
        });
        chart
            .draw_series(DashedLineSeries::new(curve, 8, 5, LAW.stroke_width(2)))?
            .label("N log N through the first")
            .legend(|(x, y)| PathElement::new([(x, y), (x + 22, y)], LAW.stroke_width(2)));
        chart
            .draw_series(LineSeries::new(points.iter().copied(), MEASURED.stroke_width(2)))?
            .label("measured")
            .legend(|(x, y)| PathElement::new([(x, y), (x + 22, y)], MEASURED.stroke_width(2)));
        let dots = points.iter().map(|point| Circle::new(*point, 4, MEASURED.filled()));
        chart.draw_series(dots)?;
        chart
            .configure_series_labels()
            .position(SeriesLabelPosition::UpperLeft)
            .label_font(("sans-serif", 15))
            .border_style(BLACK.mix(0.3))
            .background_style(WHITE)
            .draw()?;
        area.present()?;
    }
    Ok(svg)
}
