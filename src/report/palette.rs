//! Colours that colour-blind readers can tell apart (Okabe and Ito, 2008), and dashes for print
//! without colour.

use plotters::style::{Color, RGBAColor, RGBColor};

use crate::results::Setting;

/// On and off lengths in canvas units; empty is a whole line.
pub(super) type Dash = &'static [f64];

pub(super) const WHITE: RGBColor = RGBColor(255, 255, 255);
pub(super) const BLACK: RGBColor = RGBColor(0, 0, 0);
pub(super) const GREY: RGBColor = RGBColor(90, 90, 90);
pub(super) const ORANGE: RGBColor = RGBColor(0xE6, 0x9F, 0x00);
pub(super) const SKY: RGBColor = RGBColor(0x56, 0xB4, 0xE9);
pub(super) const GREEN: RGBColor = RGBColor(0x00, 0x9E, 0x73);
pub(super) const YELLOW: RGBColor = RGBColor(0xF0, 0xE4, 0x42);
pub(super) const BLUE: RGBColor = RGBColor(0x00, 0x72, 0xB2);
pub(super) const VERMILION: RGBColor = RGBColor(0xD5, 0x5E, 0x00);
pub(super) const PURPLE: RGBColor = RGBColor(0xCC, 0x79, 0xA7);

const LINES: [(RGBColor, Dash); 6] = [
    (BLUE, &[]),
    (VERMILION, &[22.0, 10.0]),
    (GREEN, &[5.0, 8.0]),
    (PURPLE, &[22.0, 8.0, 5.0, 8.0]),
    (ORANGE, &[12.0, 6.0]),
    (BLACK, &[34.0, 10.0]),
];

/// Colour and dash of the arm at `index` among those drawn. After six the colours come again with other
/// dashes; after 36 all repeats.
pub(super) fn line(index: usize) -> (RGBColor, Dash) {
    let round = index / LINES.len();
    (LINES[index % LINES.len()].0, LINES[(index + round) % LINES.len()].1)
}

/// Colour and dash of `arm`: the same in every plot, grey and whole for the baseline.
pub(super) fn of_arm(setting: &Setting, arm: &str) -> (RGBColor, Dash) {
    if arm == setting.baseline {
        return (GREY, &[]);
    }
    let mut others = setting.arms.iter().filter(|name| **name != setting.baseline);
    line(others.position(|name| name == arm).unwrap_or(0))
}

/// The shade of the peak window.
pub(super) fn shade() -> RGBAColor {
    RGBColor(120, 120, 120).mix(0.16)
}
