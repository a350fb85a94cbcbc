//! Laws of a drawn world.

use offpeak::scenario::{Scenario, Tables};
use offpeak::units::Time;
use offpeak::world::World;

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
    toml::from_str(BASE).unwrap()
}

fn build(scenario: &Scenario) -> World {
    World::build(scenario, &Tables::default(), 0)
}

#[test]
fn it_is_a_world() {
    let world = build(&base());
    assert_eq!(world.homes.len(), 2000);
    assert_eq!(world.measure_from, Time(7_200_000_000_000));
    assert_eq!(world.until, Time(21_600_000_000_000));
    assert_eq!(
        world.peak,
        (Time(10_800_000_000_000), Time(18_000_000_000_000))
    );
}
