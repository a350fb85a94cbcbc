//! Titles: how long, how popular, how large. A table of titles replaces base weights and running
//! times; releases, where the scenario has them, act on either.

use crate::rng::{Draw, Lognormal, Site};
use crate::scenario::model::Popularity;
use crate::scenario::{Scenario, Tables};
use crate::units::{BitRate, Bytes, Span};

use super::Catalogue;
use super::choice::Choice;
use super::laws::Law;

/// Segments after which the drawn sizes repeat.
const PATTERN: u32 = 512;
const WEEK_S: f64 = 7.0 * 86_400.0;

/// Draws of a title, at [`Site::Title`].
const RUNTIME: u32 = 0;
const AGE: u32 = 1;

/// Draws of sizes, at [`Site::Size`].
const OFFSET: u32 = 0;
const FACTOR: u32 = 1;

/// What viewers go by.
#[derive(Clone, Debug)]
pub(super) struct Titles {
    /// Seconds.
    pub(super) runtime: Vec<f64>,
    pub(super) choice: Choice,
}

impl Titles {
    /// For a length of time in seconds, the share of viewings at time 0 whose title runs longer.
    pub(super) fn survival(&self) -> impl Fn(f64) -> f64 {
        let mut titles: Vec<(f64, f64)> = (self.runtime.iter().enumerate())
            .map(|(title, runtime)| (*runtime, self.choice.weight(title, 0.0)))
            .collect();
        titles.sort_by(|a, b| b.0.total_cmp(&a.0));
        let mut longer = 0.0;
        for (_, weight) in &mut titles {
            longer += *weight;
            *weight = longer;
        }
        move |secs| match titles.partition_point(|(runtime, _)| *runtime > secs) {
            0 => 0.0,
            count => titles[count - 1].1 / longer.max(f64::MIN_POSITIVE),
        }
    }
}

impl Catalogue {
    pub(super) fn draw(scenario: &Scenario, tables: &Tables, dice: &Draw) -> (Self, Titles) {
        let (base, runtime) = match &tables.titles {
            Some(rows) => rows.iter().map(|row| (row.views, row.runtime)).unzip(),
            None => drawn(scenario, dice),
        };
        let ages = ages(scenario, dice, base.len());
        let choice = Choice::new(&base, scenario.catalogue.release.as_ref(), ages, &scenario.run);
        let segment = scenario.video.segment;
        let (ladder, sizes) = match &tables.segments {
            Some(table) => (table.ladder.clone(), table.sizes.clone()),
            None => {
                let ladder = scenario.video.ladder.clone();
                let sizes = pattern(&ladder, segment, scenario.video.size_spread, dice);
                (ladder, sizes)
            }
        };
        let repeat = sizes.first().map_or(1, Vec::len) as u32;
        let offset = (0..base.len() as u32).map(|title| {
            let mut roll = dice.at(Site::Size, title, OFFSET);
            roll.below(repeat)
        });
        let catalogue = Self {
            segment,
            ladder,
            segments: runtime.iter().map(|span| segments(*span, segment)).collect(),
            rank: choice.ranks(),
            offset: offset.collect(),
            sizes,
            broadcasts: Vec::new(),
        };
        let runtime = runtime.iter().map(|span| span.as_secs_f64()).collect();
        (catalogue, Titles { runtime, choice })
    }
}

/// Base weights, falling, and running times.
fn drawn(scenario: &Scenario, dice: &Draw) -> (Vec<f64>, Vec<Span>) {
    let popularity = scenario.catalogue.popularity;
    let Popularity::ZipfMandelbrot { s, q } = popularity.expect("checked: there is no title table");
    let runtime = Law::new(&scenario.catalogue.runtime);
    (0..scenario.catalogue.titles)
        .map(|title| {
            let weight = libm::pow(f64::from(title) + 1.0 + q, -s);
            let secs = runtime.draw(&mut dice.at(Site::Title, title, RUNTIME));
            (weight, Span::from_secs_f64(secs))
        })
        .unzip()
}

/// Seconds since each title's release at time 0; empty when releases are not modelled. Uniform over
/// the time in which all titles come out, so that a week has the stated number on average. No
/// title is released after time 0.
fn ages(scenario: &Scenario, dice: &Draw, titles: usize) -> Vec<f64> {
    match &scenario.catalogue.release {
        Some(release) if release.per_week > 0.0 => {
            let oldest = titles as f64 / release.per_week * WEEK_S;
            let age = |title| oldest * dice.at(Site::Title, title, AGE).unit();
            (0..titles as u32).map(age).collect()
        }
        _ => Vec::new(),
    }
}

/// How many segments a title has: at least one, at most what an index can hold.
fn segments(runtime: Span, segment: Span) -> u16 {
    let count = runtime.0.div_ceil(segment.0.max(1));
    u16::try_from(count.max(1)).unwrap_or(u16::MAX)
}

/// Sizes around each rung: the same factors in all rungs, their mean exactly 1.
fn pattern(ladder: &[BitRate], segment: Span, spread: f64, dice: &Draw) -> Vec<Vec<Bytes>> {
    let law = Lognormal::around_one(libm::sqrt(libm::log1p(spread * spread)));
    let factor = |at| law.draw(&mut dice.at(Site::Size, at, FACTOR));
    let factors: Vec<f64> = (0..PATTERN).map(factor).collect();
    let mean = factors.iter().sum::<f64>() / f64::from(PATTERN);
    let size = |rate: &BitRate, factor: &f64| {
        let bytes = rate.0 as f64 * segment.as_secs_f64() / 8.0 * factor / mean;
        Bytes(((bytes + 0.5) as u64).max(1))
    };
    let rung = |rate| factors.iter().map(|factor| size(rate, factor)).collect();
    ladder.iter().map(rung).collect()
}
