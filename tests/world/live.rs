//! Live channels.

use offpeak::scenario::Scenario;
use offpeak::scenario::model::{Channel, Window};
use offpeak::units::{Share, Span, Time};
use offpeak::world::{Intent, World};

use super::{base, build, secs, share};

fn channel(name: &str, on_air: Option<(&str, &str)>, weight: f64, delay: &str) -> Channel {
    let clock = |text: &str| text.parse().expect("a clock");
    let on_air = on_air.map(|(from, to)| Window { from: clock(from), to: clock(to) });
    Channel { name: name.to_owned(), on_air, weight, encode_delay: secs(delay) }
}

/// `always` and `late`, from two hours after the start on; a third of the weight is `late`'s.
fn live(part: u32) -> Scenario {
    let mut scenario = base();
    scenario.demand.sessions_per_home_day = 12.0;
    scenario.demand.live = Share::from_ppm(part);
    scenario.channel = vec![
        channel("always", None, 2.0, "0 s"),
        channel("late", Some(("19:00", "20:30")), 1.0, "3 s"),
    ];
    scenario
}

fn on(world: &World, intent: &Intent) -> Option<u16> {
    world.catalogue.live(intent.title).map(|live| live.channel)
}

#[test]
fn segments_come_into_being_one_after_the_other() {
    let world = build(&live(500_000));
    let catalogue = &world.catalogue;
    assert_eq!((catalogue.broadcasts.len(), catalogue.titles()), (2, 502));
    let second = |secs: u64| Time(Span::from_secs(secs).0);
    // On air two hours after the start; whole 4 s and a delay of 3 s later the first can be fetched.
    let late = 501;
    assert_eq!(catalogue.published_at(late, 0), second(7_207));
    assert_eq!(catalogue.published(late, second(7_206)), (0, second(7_207)));
    assert_eq!(catalogue.published(late, second(7_207)), (1, second(7_211)));
    assert_eq!(catalogue.published(late, second(7_210)), (1, second(7_211)));
    // 90 minutes are 1,350 segments, and no more.
    assert_eq!(catalogue.segments[501], 1_350);
    assert_eq!(catalogue.published(late, second(14_000)), (1_350, Time::NEVER));
    // What is always on has something to join at once, and lasts.
    let (count, next) = catalogue.published(500, Time::ZERO);
    assert!((3..=4).contains(&count) && next <= second(4), "{count} {next:?}");
    let (count, next) = catalogue.published(500, world.until);
    assert!(count < catalogue.segments[500] && next > world.until, "{count}");
    assert_eq!(catalogue.published(7, Time::ZERO), (catalogue.segments[7], Time::NEVER));
}

#[test]
fn viewers_join_behind_the_newest_segment() {
    let scenario = live(500_000);
    let world = build(&scenario);
    let mut joined = 0;
    for intent in world.intents.iter().filter(|intent| on(&world, intent).is_some()) {
        let (published, _) = world.catalogue.published(intent.title, intent.start);
        assert_eq!(intent.from, published.saturating_sub(3), "{intent:?}");
        assert!(published >= 1, "there is something to see: {intent:?}");
        let length = u32::from(world.catalogue.segments[intent.title as usize]);
        assert!(u32::from(intent.from) + u32::from(intent.segments) <= length, "{intent:?}");
        joined += 1;
    }
    assert!(joined > 2_000, "{joined}");
    let past = world.history.iter().flatten();
    assert!(past.into_iter().all(|past| (past.title as usize) < world.catalogue.on_demand()));
}

#[test]
fn as_many_turn_to_channels_as_stated() {
    let world = build(&live(400_000));
    let fresh = |from: u64, to: u64| -> Vec<Intent> {
        let within = secs("1 h").times(from).0..secs("1 h").times(to).0;
        world.intents.iter().filter(|i| within.contains(&i.start.0)).copied().collect()
    };
    let near = |got: f64, wanted: f64, of: usize| {
        let sigma = (wanted * (1.0 - wanted) / of as f64).sqrt();
        assert!((got - wanted).abs() < 4.0 * sigma, "{got} {wanted}");
    };
    let early = fresh(1, 2);
    near(share(&early, |i| on(&world, i) == Some(0)), 0.4, early.len());
    assert!(early.iter().all(|i| on(&world, i) != Some(1)));
    let during = fresh(2, 3);
    let late = share(&during, |i| on(&world, i) == Some(1));
    // In the first seconds nothing can be seen yet.
    near(late, 0.4 / 3.0, during.len());
    let after = fresh(4, 6);
    assert!(after.iter().all(|i| on(&world, i) != Some(1)));
}

/// With nothing live, channels change nothing; with some, what stays on demand is what it was.
#[test]
fn channels_move_no_other_draw() {
    let mut without = live(0);
    without.channel.clear();
    let plain = build(&without);
    assert_eq!(build(&live(0)).intents, plain.intents);
    let some = build(&live(300_000));
    assert_eq!(some.homes.rung, plain.homes.rung);
    assert_eq!(some.power, plain.power);
    // A home's first viewing starts when it did, live or not.
    let first = |world: &World| {
        let mut first = vec![None; world.homes.len()];
        for intent in world.intents.iter().filter(|intent| intent.from == 0) {
            first[intent.home.0 as usize].get_or_insert(*intent);
        }
        first
    };
    let same = |(a, b): (Option<Intent>, Option<Intent>)| a.is_some() && a == b;
    let kept = first(&plain).into_iter().zip(first(&some)).filter(|pair| same(*pair)).count();
    assert!(kept > 300, "{kept}");
}

/// Whoever watches at time 0 is at the edge, and a broadcast of yesterday is no title.
#[test]
fn time_zero_is_in_the_middle_of_it() {
    let mut scenario = live(1_000_000);
    scenario.channel[1] = channel("late", Some(("16:00", "17:00")), 1.0, "0 s");
    let world = build(&scenario);
    let carried: Vec<&Intent> =
        world.intents.iter().filter(|i| i.start < Time(world.catalogue.segment.0)).collect();
    assert!(carried.len() > 20, "{}", carried.len());
    for intent in carried.iter().filter(|intent| on(&world, intent).is_some()) {
        let (published, _) = world.catalogue.published(intent.title, intent.start);
        assert_eq!(intent.from, published.saturating_sub(3));
    }
    // It ends as the run begins: there is a title for its last seconds, with those alone.
    let (at, last) = (501, world.catalogue.segments[501]);
    assert!(world.catalogue.live(at).is_some() && last <= 4, "{last}");
    scenario.channel[1] = channel("late", Some(("15:00", "16:00")), 1.0, "0 s");
    // Tomorrow's is after the end.
    assert_eq!(build(&scenario).catalogue.broadcasts.len(), 1);
    assert_eq!(build(&scenario).intents, build(&scenario).intents);
}
