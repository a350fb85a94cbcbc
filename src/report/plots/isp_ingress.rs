//! What comes into each provider's network over its ways into others, by arm.

use plotters::style::Color;

use crate::report::DrawError;
use crate::report::axis::{MIDDLE, SMALL};
use crate::report::canvas::{self, Align, Canvas};
use crate::report::heading::{
    BELOW, MARGIN, WIDTH, arm_name, confidence, heading, nothing, sample,
};
use crate::report::palette::{BLACK, GREY, VERMILION, WHITE, of_arm};
use crate::report::quantity::{rate, short};
use crate::report::scale::Scale;
use crate::results::{Results, Window, interval};

const QUESTION: &str = "What comes into providers' networks";
/// Links between a provider and others.
const WAYS: [(&str, &str); 3] = [
    ("interconnect", "all other networks"),
    ("to_cdn", "the CDN"),
    ("to_peers", "homes of others"),
];
const LEFT: i32 = 420;
const RIGHT: i32 = 240;
const BAR: i32 = 34;
/// Above the bars of a way its name, below them some air.
const NAME: i32 = 46;
const AIR: i32 = 22;

/// A way into other networks: what comes over it in each arm.
struct Way {
    name: String,
    capacity: Option<f64>,
    /// Mean and ends of its interval, in Mbit/s; `None` where an arm has no such link.
    arms: Vec<Option<[f64; 3]>>,
}

pub(super) fn draw(results: &Results) -> Result<String, DrawError> {
    let ways = ways(results);
    if ways.is_empty() {
        return nothing(results, QUESTION, "No provider has a way into other networks.");
    }
    let arms = &results.manifest.setting.arms;
    let pitch = NAME + arms.len() as i32 * BAR + AIR;
    let height = BELOW + ways.len() as i32 * pitch + 110;
    let values = ways.iter().flat_map(|way| way.arms.iter().flatten().flatten());
    let most = values.copied().filter(|value| value.is_finite()).fold(0.0, f64::max);
    // In a handy unit of the largest.
    let (unit, factor) = match most {
        most if most >= 1e6 => ("Tbit/s", 1e-6),
        most if most >= 1e3 => ("Gbit/s", 1e-3),
        _ => ("Mbit/s", 1.0),
    };
    let scale = Scale::even([0.0, 1.05 * most * factor], [LEFT, WIDTH - RIGHT]);
    canvas::draw((WIDTH, height), |canvas| {
        let spread = format!("bar: {}", confidence(results));
        let what = "95th percentile of five-minute means of the measured time, without what \
                    others send; no bill"
            .to_owned();
        heading(canvas, results, QUESTION, &[sample(results, &spread), what])?;
        let bottom = BELOW + ways.len() as i32 * pitch;
        for (value, text) in scale.ticks(6.0) {
            let x = scale.at(value);
            let ink = GREY.mix(if value == 0.0 { 0.9 } else { 0.3 });
            canvas.line(&[(x, BELOW), (x, bottom)], ink, 1, &[])?;
            canvas.text(&text, (x, bottom + 24), SMALL, Align::Middle, BLACK.to_rgba())?;
        }
        let middle = i32::midpoint(LEFT, WIDTH - RIGHT);
        canvas.text(unit, (middle, bottom + 64), MIDDLE, Align::Middle, BLACK.to_rgba())?;
        for (index, way) in ways.iter().enumerate() {
            let top = BELOW + index as i32 * pitch;
            bars(canvas, results, way, top, (&scale, factor))?;
        }
        Ok(())
    })
}

fn bars(
    canvas: &Canvas<'_>,
    results: &Results,
    way: &Way,
    top: i32,
    (scale, factor): (&Scale, f64),
) -> Result<(), DrawError> {
    let arms = &results.manifest.setting.arms;
    let name = canvas.fitted(&way.name, MIDDLE, WIDTH - LEFT - MARGIN - 420)?;
    canvas.rect([(MARGIN, top), (WIDTH, top + NAME - 8)], WHITE.to_rgba())?;
    canvas.text(&name, (MARGIN, top + 20), MIDDLE, Align::Left, BLACK.to_rgba())?;
    let (first, last) = (top + NAME, top + NAME + arms.len() as i32 * BAR);
    if let Some(capacity) = way.capacity {
        let text = format!("capacity {}", rate(capacity));
        let x = scale.at(capacity * factor);
        let end = WIDTH - MARGIN;
        if scale.holds(capacity * factor) {
            canvas.line(&[(x, first - 4), (x, last)], VERMILION.to_rgba(), 4, &[12.0, 6.0])?;
            canvas.text(&text, (end, top + 20), SMALL, Align::Right, VERMILION.to_rgba())?;
        } else {
            let text = format!("{text} →");
            canvas.text(&text, (end, top + 20), SMALL, Align::Right, GREY.to_rgba())?;
        }
    }
    for (index, (arm, value)) in arms.iter().zip(&way.arms).enumerate() {
        let y = first + BAR / 2 + index as i32 * BAR;
        let name = canvas.fitted_name(&arm_name(results, arm), SMALL, LEFT - MARGIN - 30)?;
        canvas.text(&name, (LEFT - 16, y), SMALL, Align::Right, BLACK.to_rgba())?;
        let Some([mean, low, high]) = value.map(|value| value.map(|v| v * factor)) else {
            canvas.text("no such way", (LEFT + 12, y), SMALL, Align::Left, GREY.to_rgba())?;
            continue;
        };
        let x = scale.at(mean);
        canvas.rect(
            [(LEFT, y - 11), (x, y + 11)],
            of_arm(&results.manifest.setting, arm).0.mix(0.75),
        )?;
        let mut end = x;
        if low.is_finite() {
            let ends = [low.max(0.0), high].map(|value| scale.at(value));
            canvas.line(&[(ends[0], y), (ends[1], y)], BLACK.to_rgba(), 2, &[])?;
            for x in ends {
                canvas.line(&[(x, y - 6), (x, y + 6)], BLACK.to_rgba(), 2, &[])?;
            }
            end = end.max(ends[1]);
        }
        let text = short(mean);
        let back = [(end + 8, y - 12), (end + 18 + canvas.width(&text, SMALL)?, y + 12)];
        canvas.rect(back, WHITE.to_rgba())?;
        canvas.text(&text, (end + 12, y), SMALL, Align::Left, BLACK.to_rgba())?;
    }
    Ok(())
}

/// By provider and way, in the order of the table.
fn ways(results: &Results) -> Vec<Way> {
    let setting = &results.manifest.setting;
    let rows = || {
        results.links.iter().filter(|of| {
            let known = WAYS.iter().any(|(kind, _)| *kind == of.row.kind);
            known && of.row.direction == "down" && of.row.window == Window::All
        })
    };
    let mut links: Vec<&str> = Vec::new();
    for of in rows() {
        if !links.contains(&of.row.link.as_str()) {
            links.push(&of.row.link);
        }
    }
    let way = |link: &&str| {
        let own = || rows().filter(|of| of.row.link == *link);
        let first = own().next().map(|of| &of.row)?;
        let from = WAYS.iter().find(|(kind, _)| *kind == first.kind)?.1;
        let class = if first.class.is_empty() { "" } else { ", " };
        let value = |arm: &String| {
            let all = own().filter(|of| of.arm == *arm);
            let values: Vec<f64> = all.filter_map(|of| of.row.p95_window_mbps).collect();
            let got = interval(&values, setting.confidence);
            (got.n > 0).then_some([got.mean, got.low, got.high])
        };
        Some(Way {
            name: format!("{} from {from}{class}{}", first.isp, first.class),
            capacity: first.capacity_mbps.filter(|capacity| *capacity > 0.0),
            arms: setting.arms.iter().map(value).collect(),
        })
    };
    links.iter().filter_map(way).collect()
}
