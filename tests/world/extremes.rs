//! Worlds at the edge.

use offpeak::scenario::model::SpanLaw;
use offpeak::scenario::tables::DemandRow;
use offpeak::scenario::{Scenario, Tables};
use offpeak::units::{BitRate, Share, Span, Time, TimeOfDay};
use offpeak::world::World;
use proptest::prelude::*;

use super::{base, build, end, secs};

#[test]
fn small_and_odd_worlds_are_worlds() {
    let mut scenario = base();
    scenario.run.homes = 1;
    scenario.run.warm_up = Span::ZERO;
    scenario.run.length = secs("1 min");
    scenario.run.history = secs("30 d");
    scenario.catalogue.titles = 1;
    scenario.catalogue.release = None;
    scenario.catalogue.runtime = SpanLaw::Constant(secs("1 s"));
    scenario.demand.sessions_per_home_day = 500.0;
    for line in scenario.line.values_mut() {
        line.up = vec![BitRate::ZERO];
    }
    scenario.box_on.on = SpanLaw::Constant(Span::ZERO);
    for replication in 0..20 {
        let world = World::build(&scenario, &Tables::default(), replication);
        assert_eq!(world.catalogue.segments, [1]);
        assert_eq!(world.homes.up, [BitRate::ZERO]);
        assert!(world.power[0].is_empty());
        assert!(world.history[0].len() > 100);
        assert!(world.history[0].iter().all(|past| past.segments == 1));
        assert!(world.intents.iter().all(|intent| intent.segments == 1));
        assert!(world.measure_from <= world.peak.0 && world.peak.1 <= world.until);
    }
    scenario.box_on.on = SpanLaw::Constant(Span(1));
    scenario.box_on.off = SpanLaw::Constant(Span::ZERO);
    assert_eq!(build(&scenario).power[0], [(Time::ZERO, Time(secs("1 min").0))]);
    scenario.box_on.off = SpanLaw::Constant(Span(1));
    assert!(build(&scenario).power[0].len() <= 60);
    scenario.run.homes = 0;
    assert!(build(&scenario).homes.is_empty());
}

#[test]
fn nobody_home_and_nothing_wanted_are_possible() {
    let mut scenario = base();
    scenario.run.homes = 300;
    scenario.demand.sessions_per_home_day = 0.0;
    let world = build(&scenario);
    assert!(world.intents.is_empty() && world.history.iter().all(Vec::is_empty));
    let silent = DemandRow { present: 0.0, watching: 0.0 };
    let tables = Tables { demand: Some(vec![silent; 144]), ..Tables::default() };
    let world = World::build(&scenario, &tables, 0);
    assert!(world.intents.is_empty(), "{:?}", world.intents);
}

/// Numbers for one odd scenario.
fn odd() -> impl Strategy<Value = Scenario> {
    let run = (0..12_u32, 0..1_440_u64, 0..3_000_u64, 1..3_000_u64, 0..4_000_u64);
    let demand = (0.0..60.0_f64, 0.0..2.5_f64, 0..=1_000_000_u32, 0..500_u64);
    let titles = (1..30_u32, 0.0..2_000.0_f64, 0..400_u64, 0..9_000_u64, 1..90_u64);
    let day = (0.0..1.2_f64, 0.0..1.5_f64, 1..600_u64, any::<u64>());
    (run, demand, titles, day).prop_map(|(run, demand, titles, day)| {
        let minutes = |count: u64| secs("1 min").times(count);
        let mut s = base();
        (s.run.homes, s.run.start, s.run.seed) = (run.0, TimeOfDay(minutes(run.1)), day.3);
        (s.run.warm_up, s.run.length, s.run.history) =
            (minutes(run.2), minutes(run.3), minutes(run.4));
        s.demand.sessions_per_home_day = demand.0;
        s.demand.spread = demand.1;
        s.demand.rewatch = Share::from_ppm(demand.2);
        s.demand.length = SpanLaw::Weibull { shape: 0.5, mean: minutes(demand.3) };
        s.catalogue.titles = titles.0;
        let release = s.catalogue.release.as_mut().expect("the base has releases");
        (release.per_week, release.half_life) = (titles.1, minutes(titles.2));
        s.catalogue.runtime = SpanLaw::Constant(Span::from_secs(titles.3));
        s.video.segment = Span::from_secs(titles.4);
        s.at_home.present.floor = day.0;
        s.at_home.present.bumps[0].height = day.1;
        s.at_home.spell = minutes(day.2);
        s
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn whatever_is_asked_the_world_keeps_its_promises(scenario in odd()) {
        let world = build(&scenario);
        prop_assert_eq!(world.homes.len(), scenario.run.homes as usize);
        prop_assert!(world.measure_from <= world.peak.0 && world.peak.0 <= world.peak.1);
        prop_assert!(world.peak.1 <= world.until);
        prop_assert!(world.intents.is_sorted_by_key(|i| (i.start, i.home)));
        let mut free = vec![Time::ZERO; world.homes.len()];
        for intent in &world.intents {
            let home = intent.home.0 as usize;
            let length = u32::from(world.catalogue.segments[intent.title as usize]);
            prop_assert!(u32::from(intent.from) + u32::from(intent.segments) <= length);
            prop_assert!(intent.segments > 0 && intent.start < world.until);
            prop_assert!(intent.deadline >= intent.start + secs("1 min"));
            prop_assert!(free[home] <= intent.start, "{:?}", intent);
            free[home] = end(&world, intent);
        }
        for past in world.history.iter().flatten() {
            let length = world.catalogue.segments[past.title as usize];
            prop_assert!(past.from == 0 && past.segments > 0 && past.segments <= length);
        }
        for (from, to) in world.power.iter().flatten() {
            prop_assert!(from < to && *to <= world.until);
        }
    }
}
