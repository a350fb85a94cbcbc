//! Laws of a drawn world.

mod chance;
mod extremes;
mod live;
mod place;
mod power;
mod sessions;
mod titles;
mod viewings;

use offpeak::scenario::{Scenario, Tables};
use offpeak::units::{Span, Time};
use offpeak::world::{Intent, World};

const BASE: &str = r#"
schema = 1
title = "world under test"

[run]
homes = 2000
start = "17:00"
warm_up = "2 h"
length = "4 h"
peak = { from = "20:00", to = "22:00" }
history = "2 d"

[[place]]
name = "north"
lat = 54.0
lon = -2.0
population = 3000
[[place]]
name = "south"
lat = 51.0
lon = 0.0
population = 1000
[[place]]
name = "west"
lat = 51.0
lon = -3.0
population = 1000

[[link]]
a = "north"
b = "south"
km = 100.0
[[link]]
a = "south"
b = "west"
km = 10.0
[[link]]
a = "north"
b = "west"
km = 500.0

[line.copper]
down = ["2 Mbit/s", "10 Mbit/s", "18 Mbit/s"]
up = ["0 bit/s", "1 Mbit/s"]
rtt = ["10 ms", "30 ms"]
[line.fibre]
down = ["40 Mbit/s", "80 Mbit/s"]
up = ["10 Mbit/s", "20 Mbit/s"]
rtt = ["4 ms", "8 ms"]

[[isp]]
name = "Alpha"
market_share = 0.75
lines = { copper = 0.5, fibre = 0.5 }
evening_factor = 0.5
aggregation = { down = "2 Mbit/s", up = "1 Mbit/s" }
interconnect = { down = "2 Mbit/s", up = "1 Mbit/s" }
[[isp]]
name = "Other"
market_share = 0.25
lines = { copper = 1.0 }
aggregation = { down = "2 Mbit/s", up = "1 Mbit/s" }
interconnect = { down = "2 Mbit/s", up = "1 Mbit/s" }

[cdn]
origin = { egress = "10 Mbit/s", rtt = "40 ms" }

[device.box]
share = 0.6
cache = { size = "32 GB" }
[device.stick]
share = 0.4
cache = { size = "0 B" }
standby = 0.25

[box]
on = { lognormal = { median = "3 h", mean = "6 h" } }
off = { weibull = { shape = 0.7, mean = "12 h" } }

[at_home]
present = { floor = 0.2, bumps = [{ at = "20:30", width = "2 h", height = 0.6 }] }
spell = "150 min"

[demand]
sessions_per_home_day = 1.5
starts = { floor = 0.1, bumps = [{ at = "20:30", width = "90 min", height = 1.0 }] }
spread = 0.5
length = { lognormal = { median = "25 min", mean = "40 min" } }

[catalogue]
titles = 500
popularity = { zipf-mandelbrot = { s = 1.0, q = 10.0 } }
release = { per_week = 10.0, boost = 8.0, half_life = "5 d" }
runtime = { quantiles = ["20 min", "45 min", "120 min"] }

[video]
segment = "4 s"
ladder = ["500 kbit/s", "2 Mbit/s", "6 Mbit/s"]
size_spread = 0.3
headroom = 0.8

[player]
stall_patience = { exponential = { mean = "20 s" } }

[arm.cdn-only]
baseline = true
scheduler = { cdn-only = {} }
"#;

fn base() -> Scenario {
    toml::from_str(BASE).expect("the text above is a scenario")
}

fn build(scenario: &Scenario) -> World {
    World::build(scenario, &Tables::default(), 0)
}

fn secs(text: &str) -> Span {
    text.parse().expect("a span")
}

fn end(world: &World, intent: &Intent) -> Time {
    intent.start + world.catalogue.segment.times(intent.segments.into())
}

/// Everything of the first `homes` homes, as text.
fn first(world: &World, homes: usize) -> String {
    let h = &world.homes;
    let intents = world.intents.iter();
    let intents: Vec<&Intent> = intents.filter(|i| (i.home.0 as usize) < homes).collect();
    format!(
        "{:?}{:?}{:?}{:?}",
        (&h.isp[..homes], &h.place[..homes], &h.down[..homes], &h.down_evening[..homes]),
        (&h.up[..homes], &h.access_delay[..homes], &h.device[..homes], &h.willing[..homes]),
        (&h.rung[..homes], intents),
        (&world.power[..homes], &world.history[..homes]),
    )
}

fn median(mut values: Vec<u64>) -> u64 {
    values.sort_unstable();
    values[values.len() / 2]
}

fn share<T>(of: &[T], test: impl Fn(&T) -> bool) -> f64 {
    of.iter().filter(|x| test(x)).count() as f64 / of.len() as f64
}
