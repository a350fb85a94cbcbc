//! Where the bytes come from over the evening: one stack per arm.

use plotters::style::{Color, RGBColor};

use crate::report::DrawError;
use crate::report::axis::{LARGE, MIDDLE, Panel, SMALL, foot, grouped, label, step};
use crate::report::canvas::{self, Align, Canvas};
use crate::report::palette::{BLACK, BLUE, GREEN, GREY, ORANGE, PURPLE, SKY, VERMILION, YELLOW};
use crate::report::series::{Bins, means, span};
use crate::results::Results;

/// From the ground up: what is to shrink stands on the axis, where it can be measured.
const SOURCES: [(&str, &str, RGBColor); 7] = [
    ("bytes_origin", "origin", VERMILION),
    ("bytes_exchange", "exchange", ORANGE),
    ("bytes_appliance", "appliance in the ISP", YELLOW),
    ("bytes_peer_other", "peers, other ISP", PURPLE),
    ("bytes_peer_isp", "peers, same ISP", SKY),
    ("bytes_peer_pop", "peers, same place", BLUE),
    ("bytes_own_cache", "own cache", GREEN),
];

const WIDTH: i32 = 1_800;
const LEFT: i32 = 170;
const TOP: i32 = 190;
const PANEL: (i32, i32) = (1_190, 330);
const PITCH: i32 = PANEL.1 + 96;

/// More than these are narrower than a line is wide.
const MOST_BINS: usize = 400;

/// One arm's rates: for each source bit/s over the bins.
type Stack = Vec<Vec<f64>>;

pub(super) fn draw(results: &Results) -> Result<String, DrawError> {
    let setting = &results.manifest.setting;
    let fine = Bins::of(results);
    let to_rate = 8.0 / fine.width as f64;
    let (bins, group) = fine.thinned(MOST_BINS);
    let stacks: Vec<Stack> = setting
        .arms
        .iter()
        .map(|arm| {
            let column = |metric| -> Vec<f64> {
                let bytes = means(&fine.mean(results, arm, metric), group);
                bytes.into_iter().map(|bytes| bytes * to_rate).collect()
            };
            SOURCES.iter().map(|(metric, _, _)| column(metric)).collect()
        })
        .collect();
    let most = stacks.iter().map(highest).fold(0.0, f64::max);
    let (unit, scale) = unit(most);
    let tick = step(most / scale, 5.0);
    let top = (most / scale * 1.04).max(tick);
    let arms = i32::try_from(setting.arms.len()).unwrap_or(i32::MAX / PITCH / 2);
    let foot = foot(setting.measured_t_s);
    let height = TOP + arms * PITCH + foot;
    canvas::draw((WIDTH, height), |canvas| {
        heading(canvas, results, setting.bin_s * group as u64)?;
        for (index, (arm, stack)) in setting.arms.iter().zip(&stacks).enumerate() {
            let panel = Panel {
                corner: (LEFT, TOP + index as i32 * PITCH),
                size: PANEL,
                time: setting.measured_t_s,
                values: [0.0, top * scale],
            };
            panel.peak(canvas, setting.peak_t_s)?;
            panel.value_axis(canvas, tick * scale, |value| label(value / scale, tick))?;
            areas(canvas, &panel, &bins, stack)?;
            let name =
                if *arm == setting.baseline { format!("{arm} (baseline)") } else { arm.clone() };
            let name = canvas.fitted_name(&name, MIDDLE, PANEL.0 / 3)?;
            panel.frame(canvas, &name, setting.peak_t_s)?;
            panel.time_axis(canvas)?;
            let middle = (LEFT - 100, panel.corner.1 + PANEL.1 / 2);
            canvas.text_up(unit, middle, MIDDLE, BLACK.to_rgba())?;
        }
        let clock = (LEFT + PANEL.0 / 2, height - 30);
        canvas.text("local time of day", clock, SMALL, Align::Middle, GREY.to_rgba())?;
        legend(canvas, &stacks, setting.peak_t_s)
    })
}

fn heading(canvas: &Canvas<'_>, results: &Results, bin_s: u64) -> Result<(), DrawError> {
    let setting = &results.manifest.setting;
    let title = format!("Where the bytes come from: {}", setting.title);
    let title = canvas.fitted(&title, LARGE, WIDTH - LEFT - 60)?;
    canvas.text(&title, (LEFT, 52), LARGE, Align::Left, BLACK.to_rgba())?;
    let mean = if setting.replications == 1 { "" } else { "mean of " };
    let below = format!(
        "{} homes · {mean}n = {} replication{} · {} means",
        grouped(u64::from(setting.homes)),
        setting.replications,
        if setting.replications == 1 { "" } else { "s" },
        span(bin_s),
    );
    canvas.text(&below, (LEFT, 100), MIDDLE, Align::Left, GREY.to_rgba())
}

/// The sources that send anything, as they are stacked.
fn legend(canvas: &Canvas<'_>, stacks: &[Stack], peak: [u64; 2]) -> Result<(), DrawError> {
    let sends =
        |index: usize| stacks.iter().any(|stack| stack[index].iter().any(|rate| *rate > 0.0));
    let left = LEFT + PANEL.0 + 60;
    let mut y = TOP + 20;
    for (index, (_, name, colour)) in SOURCES.iter().enumerate().rev() {
        if sends(index) {
            canvas.rect([(left, y - 13), (left + 40, y + 13)], colour.to_rgba())?;
            canvas.text(name, (left + 56, y), MIDDLE, Align::Left, BLACK.to_rgba())?;
            y += 44;
        }
    }
    Panel::peak_key(canvas, (left, y + 16), 40, peak)
}

fn areas(canvas: &Canvas<'_>, panel: &Panel, bins: &Bins, stack: &Stack) -> Result<(), DrawError> {
    let mut below = vec![0.0; bins.count];
    for (rates, (_, _, colour)) in stack.iter().zip(&SOURCES) {
        let above: Vec<f64> = below.iter().zip(rates).map(|(b, rate)| b + rate).collect();
        if rates.iter().any(|rate| *rate > 0.0) {
            let edge = panel.outline(bins, &above);
            let mut area = edge.clone();
            area.extend(panel.outline(bins, &below).into_iter().rev());
            canvas.fill(area, colour.to_rgba())?;
            canvas.line(&edge, BLACK.mix(0.55), 1, &[])?;
        }
        below = above;
    }
    Ok(())
}

fn highest(stack: &Stack) -> f64 {
    let count = stack.first().map_or(0, Vec::len);
    let total = |bin: usize| stack.iter().map(|rates| rates[bin]).sum::<f64>();
    (0..count).map(total).fold(0.0, f64::max)
}

/// The unit in which `most` bit/s is a handy number.
fn unit(most: f64) -> (&'static str, f64) {
    let units = [("Tbit/s", 1e12), ("Gbit/s", 1e9), ("Mbit/s", 1e6)];
    let handy = units.into_iter().find(|(_, scale)| most >= *scale);
    handy.unwrap_or(("kbit/s", 1e3))
}
