//! Worlds at the edge.

use offpeak::scenario::Tables;
use offpeak::scenario::model::SpanLaw;
use offpeak::scenario::tables::DemandRow;
use offpeak::units::{BitRate, Span, Time};
use offpeak::world::World;

use super::{base, build, secs};

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
    assert_eq!(
        build(&scenario).power[0],
        [(Time::ZERO, Time(secs("1 min").0))]
    );
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
    let silent = DemandRow {
        present: 0.0,
        watching: 0.0,
    };
    let tables = Tables {
        demand: Some(vec![silent; 144]),
        ..Tables::default()
    };
    let world = World::build(&scenario, &tables, 0);
    assert!(world.intents.is_empty(), "{:?}", world.intents);
}
