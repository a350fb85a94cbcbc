//! V12: the 95th percentile of a month, and what can be copied to an appliance in a night.

use std::path::Path;

use super::{Effort, Finding, broken, compare};
use crate::metrics::billing::billed;
use crate::scenario;
use crate::units::{Span, Time};
use crate::world::World;

const NAME: &str = "V12";
const TWO_PROVIDERS: &str = include_str!("../../../scenarios/small/two-providers.toml");
/// Samples of a month.
const SAMPLES: usize = 8_640;

pub(super) fn run(_: Effort, found: &mut dyn FnMut(Finding)) {
    for (high, expected) in [(400, 0.1), (432, 0.1), (433, 1.0), (440, 1.0)] {
        // In Mbit/s, spread over the month.
        let sample = |at: usize| if at * 7 % SAMPLES < high { 1_000 } else { 100 };
        let mut samples: Vec<u64> = (0..SAMPLES).map(sample).collect();
        let note = format!("Gbit/s billed, {high} of 8,640 samples at 1.0, the others at 0.1");
        found(compare(NAME, expected, billed(&mut samples) as f64 / 1e3, 0.0, note));
    }
    match nights() {
        Err(why) => found(broken(NAME, 6.48, 0.0, &why)),
        Ok((most, outside)) => {
            let note = "MB a home copied to an appliance in a night at 1.2 kbit/s a home from 02:00 to \
                        14:00, as 6.48 TB are at 1.2 Gbit/s";
            found(compare(NAME, 6.48, most, 1e-9, note.to_owned()));
            let note = "bytes copied outside that window";
            found(compare(NAME, 0.0, outside, 0.0, note.to_owned()));
        }
    }
}

/// Most MB a home copied in a day, and the bytes copied outside the window, over four days with more new titles
/// than fit.
fn nights() -> Result<(f64, f64), String> {
    let sets = [
        ("run.homes", "20"),
        ("run.start", "20:00"),
        ("run.warm_up", "1 h"),
        ("run.length", "4 d"),
        ("run.peak", "{ from = \"22:00\", to = \"23:00\" }"),
        ("run.bin", "1 h"),
        ("demand.sessions_per_home_day", "1"),
        ("isp.1.fill", "{ rate = \"1.2 kbit/s\", window = { from = \"02:00\", to = \"14:00\" } }"),
        ("catalogue.release", "{ per_week = 60, boost = 1.0, half_life = \"1 d\" }"),
    ];
    let sets = sets.map(|(key, value)| (key.to_owned(), value.to_owned()));
    let loaded = scenario::load_text(TWO_PROVIDERS, Path::new("two-providers.toml"), &sets)
        .map_err(|problems| problems.render(false))?;
    let world = World::build(&loaded.scenario, &loaded.tables, 0);
    let homes = world.topology.isps[1].homes.max(1) as f64;
    let start = loaded.scenario.run.start.0;
    let hour = Span::from_secs(3_600);
    let mut days = [0.0_f64; 6];
    let mut outside = 0.0;
    let hours = (world.until.0 / hour.0) as u32;
    for at in 0..hours {
        let from = Time::ZERO + hour.times(u64::from(at));
        let bytes: u64 = world.fillings.iter().map(|fill| fill.bytes(from, from + hour).0).sum();
        let local = (start + hour.times(u64::from(at))).0;
        let clock = local % Span::DAY.0;
        let within = (hour.times(2).0..hour.times(14).0).contains(&clock);
        days[(local / Span::DAY.0) as usize] += bytes as f64 / homes / 1e6;
        outside += if within { 0.0 } else { bytes as f64 };
    }
    Ok((days.into_iter().fold(0.0, f64::max), outside))
}
