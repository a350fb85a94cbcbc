//! Time, places and lines.

use offpeak::scenario::Tables;
use offpeak::scenario::tables::HomeRow;
use offpeak::units::{BitRate, Span, Time, TimeOfDay};
use offpeak::world::World;

use super::{base, build, median, secs, share};

#[test]
fn time_runs_as_the_scenario_says() {
    let mut scenario = base();
    let world = build(&scenario);
    let hour = |hour: u64| Time(secs("1 h").times(hour).0);
    assert_eq!((world.measure_from, world.until), (hour(2), hour(6)));
    assert_eq!(world.peak, (hour(3), hour(5)));
    assert_eq!(world.topology.isps[0].evenings, [(hour(3), hour(5))]);

    scenario.run.length = secs("2 d");
    scenario.run.peak.from = TimeOfDay(secs("23 h"));
    scenario.run.peak.to = TimeOfDay(secs("1 h"));
    let world = build(&scenario);
    assert_eq!(world.peak, (hour(6), hour(8)));
    assert_eq!(world.topology.isps[0].evenings, [(hour(3), hour(5)), (hour(27), hour(29))]);

    scenario.run.start = TimeOfDay(secs("21 h"));
    let world = build(&scenario);
    assert_eq!(world.topology.isps[0].evenings[0], (Time::ZERO, hour(1)));
    assert_eq!(world.peak, (hour(2), hour(4)));
}

#[test]
fn delay_follows_the_shortest_path() {
    let topology = build(&base()).topology;
    let ns = |km: u64| Span(km * 5_000 * 19 / 10);
    assert_eq!(topology.delay(0, 1), ns(100));
    assert_eq!(topology.delay(0, 2), ns(110));
    assert_eq!(topology.delay(2, 0), ns(110));
    assert_eq!(topology.delay(1, 1), Span::ZERO);
}

#[test]
fn homes_are_spread_by_people_and_market() {
    let mut scenario = base();
    scenario.run.homes = 20_000;
    let World { homes, topology, .. } = build(&scenario);
    let close = |seen: f64, wanted: f64| assert!((seen - wanted).abs() < 0.015, "{seen} {wanted}");
    close(share(&homes.place, |place| *place == 0), 0.6);
    close(share(&homes.isp, |isp| *isp == 0), 0.75);
    close(share(&homes.device, |device| *device == 0), 0.6);
    close(share(&homes.willing, |number| *number < 300_000), 0.3);
    assert_eq!(topology.homes_at.iter().sum::<u32>(), 20_000);
    assert_eq!(topology.isps.iter().map(|isp| isp.homes).sum::<u32>(), 20_000);
    let counted = homes.isp.iter().zip(&homes.place).filter(|at| at == &(&1, &2)).count();
    assert_eq!(topology.homes_at[3 + 2] as usize, counted);

    // Copper: the same draw places a line in both directions, the delay is its own.
    for home in (0..homes.len()).filter(|home| homes.isp[*home] == 1) {
        let (down, up) = (homes.down[home].0 as f64, homes.up[home].0 as f64);
        assert!((down - (2e6 + 16.0 * up)).abs() < 20.0, "home {home}: {down} {up}");
        assert_eq!(homes.down_evening[home], homes.down[home]);
    }
    let copper = |column: &[u64]| -> Vec<u64> {
        let own = column.iter().zip(&homes.isp).filter(|(_, isp)| **isp == 1);
        own.map(|(value, _)| *value).collect()
    };
    let delays: Vec<u64> = homes.access_delay.iter().map(|delay| delay.0).collect();
    assert!(median(copper(&delays)).abs_diff(10_000_000) < 300_000);
    for home in (0..homes.len()).filter(|home| homes.isp[*home] == 0) {
        assert_eq!(homes.down_evening[home].0, homes.down[home].0 / 2);
    }
}

#[test]
fn a_home_plays_the_highest_rung_within_its_evening() {
    let scenario = base();
    let World { homes, catalogue, .. } = build(&scenario);
    for home in 0..homes.len() {
        let usable = homes.down_evening[home].part(scenario.video.headroom);
        let rung = usize::from(homes.rung[home]);
        assert!(rung == 0 || catalogue.ladder[rung] <= usable);
        assert!(catalogue.ladder.get(rung + 1).is_none_or(|next| *next > usable));
    }
    assert!((0..3).all(|rung| homes.rung.contains(&rung)));
}

#[test]
fn measured_lines_are_drawn_by_their_weight() {
    let mut scenario = base();
    scenario.run.homes = 20_000;
    let row = |at: u64| HomeRow {
        place: (at % 3) as u16,
        tech: "copper".into(),
        isp: if at.is_multiple_of(2) { "Alpha" } else { "Unknown" }.into(),
        down: BitRate((at + 1) * 1_000_000),
        down_peak: BitRate((at + 1) * 900_000),
        up: BitRate((at + 1) * 100_000),
        rtt: secs("20 ms"),
        weight: 1.0 / (at + 1) as f64,
    };
    let rows: Vec<HomeRow> = (0..100).map(row).collect();
    let half = rows.iter().map(|row| row.weight).sum::<f64>() / 2.0;
    let mut passed = 0.0;
    let middle = rows.iter().find(|row| {
        passed += row.weight;
        passed >= half
    });
    let middle = middle.expect("a median").down.0;
    let tables = Tables { homes: Some(rows), ..Tables::default() };
    let homes = World::build(&scenario, &tables, 0).homes;
    let drawn = median(homes.down.iter().map(|rate| rate.0).collect());
    assert!(drawn.abs_diff(middle) <= 1_000_000, "{drawn} {middle}");
    for home in 0..homes.len() {
        let at = homes.down[home].0 / 1_000_000 - 1;
        assert_eq!(u64::from(homes.isp[home]), at % 2, "unknown providers are Other");
        assert_eq!(u64::from(homes.place[home]), at % 3);
        assert_eq!(homes.down_evening[home].0, (at + 1) * 900_000);
        assert_eq!(homes.up[home].0, (at + 1) * 100_000);
        assert_eq!(homes.access_delay[home], secs("10 ms"));
    }
}
