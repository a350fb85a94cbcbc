//! Homes: where they are and what they have. Each property has a draw of its own, so that a change
//! in one leaves the others alone.

use std::collections::BTreeSet;

use crate::rng::{Draw, Roll, Site, Table, quantile};
use crate::scenario::model::{Isp, Line};
use crate::scenario::tables::{HomeRow, SessionHome};
use crate::scenario::{Scenario, Tables};
use crate::units::{BitRate, Share, Span};

use super::Homes;

/// Draws of a home, at [`Site::Home`].
#[derive(Clone, Copy)]
enum Part {
    Place,
    Isp,
    Line,
    Rate,
    Delay,
    Device,
    Willing,
    Row,
}

/// What a home's line is.
struct Access {
    isp: usize,
    line: u16,
    place: u32,
    down: BitRate,
    down_evening: BitRate,
    up: BitRate,
    rtt: Span,
    metered: bool,
}

/// Where lines come from.
enum Lines<'a> {
    Quantiles {
        places: Table,
        isps: Table,
        isp: &'a [Isp],
        /// For each provider the choice among its kinds of line, by number.
        kinds: Vec<(Table, Vec<u16>)>,
        all: Vec<&'a Line>,
    },
    Rows {
        rows: &'a [HomeRow],
        /// Provider and technology of each row.
        isps: Vec<usize>,
        techs: Vec<u16>,
        choice: Table,
    },
}

impl Homes {
    pub(super) fn draw(
        scenario: &Scenario,
        tables: &Tables,
        dice: &Draw,
        ladder: &[BitRate],
    ) -> Self {
        let lines = Lines::new(scenario, tables);
        let devices = choice(scenario.device.values().map(|device| device.share.as_f64()));
        let metered = scenario.line.values().any(|line| line.metered);
        let batteries: Vec<Share> = scenario.device.values().map(|device| device.battery).collect();
        let battery = batteries.iter().any(|share| *share > Share::ZERO);
        let able = scenario.isp.iter().any(|isp| isp.able < Share::ONE);
        let mut homes = Self::default();
        for home in 0..scenario.run.homes {
            let roll = |part: Part| dice.at(Site::Home, home, part as u32);
            // What a table of sessions says of the home is not drawn.
            let said = tables.sessions.as_ref().map(|table| table.homes[home as usize]);
            let said = said.unwrap_or_default();
            let line = lines.draw(roll, &said);
            let usable = line.down.min(line.down_evening).part(scenario.video.headroom);
            let rung = ladder.partition_point(|rate| *rate <= usable).saturating_sub(1);
            homes.isp.push(line.isp as u8);
            homes.place.push(line.place as u16);
            homes.line.push(line.line);
            homes.down.push(line.down);
            homes.down_evening.push(line.down_evening);
            homes.up.push(line.up);
            homes.access_delay.push(Span(line.rtt.0 / 2));
            let drawn = devices.draw(&mut roll(Part::Device)) as u8;
            let device = said.device.unwrap_or(drawn);
            homes.device.push(device);
            homes.willing.push(match said.upload {
                Some(gives) => Share::ONE.ppm() * u32::from(!gives),
                None => roll(Part::Willing).below(Share::ONE.ppm()),
            });
            homes.rung.push(rung as u8);
            if able {
                let share = scenario.isp[line.isp].able;
                let drawn = dice.at(Site::Able, home, 0).chance(share);
                homes.able.push(said.upload.unwrap_or(drawn));
            }
            if metered {
                homes.metered.push(line.metered);
            }
            if battery {
                let mut roll = dice.at(Site::Battery, home, 0);
                homes.battery.push(roll.chance(batteries[usize::from(device)]));
            }
        }
        homes
    }
}

impl<'a> Lines<'a> {
    fn new(scenario: &'a Scenario, tables: &'a Tables) -> Self {
        let isp = &scenario.isp;
        if let Some(rows) = &tables.homes {
            let find = |name: &str| isp.iter().position(|isp| isp.name == name);
            let other = find("Other").unwrap_or(0);
            let names = kinds(scenario, tables);
            let tech = |row: &HomeRow| names.iter().position(|name| *name == row.tech);
            return Self::Rows {
                rows,
                isps: rows.iter().map(|row| find(&row.isp).unwrap_or(other)).collect(),
                techs: rows.iter().map(|row| tech(row).unwrap_or(0) as u16).collect(),
                choice: choice(rows.iter().map(|row| row.weight)),
            };
        }
        let of_isps = isp.iter().map(|isp| {
            let of = isp.lines.iter().filter_map(|(name, share)| {
                let line = scenario.line.keys().position(|line| line == name)?;
                Some((share.as_f64(), line as u16))
            });
            let (shares, lines): (Vec<f64>, Vec<u16>) = of.unzip();
            (choice(shares.into_iter()), lines)
        });
        Self::Quantiles {
            places: choice(scenario.place.iter().map(|place| place.population as f64)),
            isps: choice(isp.iter().map(|isp| isp.market_share.as_f64())),
            kinds: of_isps.collect(),
            all: scenario.line.values().collect(),
            isp,
        }
    }

    fn draw(&self, roll: impl Fn(Part) -> Roll, said: &SessionHome) -> Access {
        match self {
            Self::Quantiles { places, isps, isp, kinds, all } => {
                let drawn = || isps.draw(&mut roll(Part::Isp)) as usize;
                let isp_index = said.isp.map_or_else(drawn, usize::from);
                let (kind, lines) = &kinds[isp_index];
                let number =
                    said.line.unwrap_or_else(|| lines[kind.draw(&mut roll(Part::Line)) as usize]);
                let line = all[usize::from(number)];
                let unit = roll(Part::Rate).unit();
                let rate =
                    |of: &[BitRate]| BitRate(whole(quantile(of, unit, |rate| rate.0 as f64)));
                let down = rate(&line.down);
                let unit = roll(Part::Delay).unit();
                Access {
                    isp: isp_index,
                    line: number,
                    place: said
                        .place
                        .map_or_else(|| places.draw(&mut roll(Part::Place)), u32::from),
                    down,
                    down_evening: down.part(isp[isp_index].evening_factor),
                    up: rate(&line.up),
                    metered: line.metered,
                    rtt: Span(whole(quantile(&line.rtt, unit, |rtt| rtt.0 as f64))),
                }
            }
            Self::Rows { rows, isps, techs, choice } => {
                let at = choice.draw(&mut roll(Part::Row)) as usize;
                let row = &rows[at];
                Access {
                    isp: isps[at],
                    line: techs[at],
                    place: row.place.into(),
                    metered: false,
                    down: row.down,
                    down_evening: row.down_peak,
                    up: row.up,
                    rtt: row.rtt,
                }
            }
        }
    }
}

/// Names of kinds of line: the scenario's, or the technologies of its table of homes, of which those
/// beyond the thousandth count as the first.
pub(super) fn kinds(scenario: &Scenario, tables: &Tables) -> Vec<String> {
    let Some(rows) = &tables.homes else {
        return scenario.line.keys().cloned().collect();
    };
    let names: BTreeSet<&str> = rows.iter().map(|row| row.tech.as_str()).collect();
    names.into_iter().take(1_000).map(str::to_owned).collect()
}

/// The choice by these weights; without any weight, always the first.
fn choice(weights: impl Iterator<Item = f64>) -> Table {
    let weights: Vec<f64> = weights.collect();
    Table::new(&weights).or_else(|| Table::new(&[1.0])).expect("one weight of 1 is a table")
}

fn whole(value: f64) -> u64 {
    (value + 0.5) as u64
}
