//! What homes intend.

use offpeak::scenario::model::{Curve, Pause, Seek, Sequence, SpanLaw, Zap};
use offpeak::scenario::tables::DemandRow;
use offpeak::scenario::{Scenario, Tables};
use offpeak::units::{Share, Span, Time};
use offpeak::world::{Does, Intent, World};

use super::{base, build, end, secs, share};

#[test]
fn viewings_are_in_order_and_never_overlap() {
    let mut scenario = base();
    scenario.demand.sessions_per_home_day = 20.0;
    let world = build(&scenario);
    let ordered = world.intents.is_sorted_by_key(|intent| (intent.start, intent.home));
    assert!(ordered);
    let mut last: Vec<Option<Intent>> = vec![None; world.homes.len()];
    for intent in &world.intents {
        let length = u32::from(world.catalogue.segments[intent.title as usize]);
        assert!(intent.segments >= 1 && intent.start < world.until, "{intent:?}");
        assert!(u32::from(intent.from) + u32::from(intent.segments) <= length, "{intent:?}");
        let carried = intent.start < Time(world.catalogue.segment.0);
        assert!(intent.from == 0 || carried, "{intent:?}");
        assert!(intent.deadline >= intent.start + secs("1 min"), "{intent:?}");
        assert!(intent.patience >= scenario.player.patience, "{intent:?}");
        if let Some(before) = last[intent.home.0 as usize].replace(*intent) {
            assert!(end(&world, &before) <= intent.start, "{before:?} {intent:?}");
            let wanted = before.deadline <= intent.start.max(before.start + secs("1 min"));
            assert!(wanted, "{before:?} {intent:?}");
        }
    }
    assert!(world.intents.len() > 4_000, "{}", world.intents.len());
}

/// Two fifths of viewings lead to the next of their list, and to nothing else.
#[test]
fn lists_are_gone_through() {
    let mut scenario = base();
    scenario.demand.sessions_per_home_day = 20.0;
    let alone = build(&scenario).intents.len() as f64;
    let pause = secs("5 s");
    let part = |part| Share::from_f64(part).expect("a share");
    scenario.demand.sequence = Some(Sequence { known: part(0.8), followed: part(0.5), pause });
    let world = build(&scenario);
    let (mut known, mut followed, mut all) = (0.0, 0.0, 0.0);
    let mut last: Vec<Option<Intent>> = vec![None; world.homes.len()];
    for intent in &world.intents {
        let before = last[intent.home.0 as usize].replace(*intent);
        known += f64::from(u8::from(intent.next.is_some()));
        all += 1.0;
        assert!(intent.next != Some(intent.title), "{intent:?}");
        let Some(before) = before else { continue };
        assert!(end(&world, &before) <= intent.start, "{before:?} {intent:?}");
        let at_once = end(&world, &before) + pause == intent.start;
        if at_once && before.next == Some(intent.title) {
            followed += 1.0;
            assert!(before.deadline > intent.start && intent.from == 0, "{before:?}");
        } else {
            let wanted = before.deadline <= intent.start.max(before.start + secs("1 min"));
            assert!(wanted, "{before:?} {intent:?}");
        }
    }
    let off = |got: f64, expected: f64| ((got - expected) / expected).abs();
    assert!(off(known / all, 0.8) < 0.02, "{known} of {all}");
    // Some leave before.
    assert!(followed / all > 0.3 && followed / all < 0.4, "{followed} of {all}");
    assert!(off(all, alone) < 0.15, "{all} viewings, {alone} without lists");
    // What is not in a list is as it was.
    scenario.demand.sequence = None;
    let bare = build(&scenario);
    assert!(bare.intents.iter().all(|intent| intent.next.is_none()));
}

#[test]
fn a_viewing_under_way_at_the_start_is_carried_over() {
    let world = build(&base());
    let carried: Vec<&Intent> = (world.intents.iter()).filter(|i| i.from > 0).collect();
    assert!(carried.len() > 10, "{}", carried.len());
    for intent in carried {
        let past = world.history[intent.home.0 as usize].last().expect("its first part");
        assert_eq!((past.title, past.from, past.segments), (intent.title, 0, intent.from));
        assert!(intent.start < Time(world.catalogue.segment.0));
    }
}

/// Without history too, and as many as with it.
#[test]
fn the_start_is_like_any_moment() {
    let mut scenario = base();
    scenario.run.homes = 20_000;
    let running = |scenario: &Scenario| {
        let world = build(scenario);
        world.intents.iter().filter(|i| i.from > 0).count() as f64
    };
    let with = running(&scenario);
    scenario.run.history = Span::ZERO;
    let without = running(&scenario);
    assert!((with - without).abs() < 4.0 * (with + without).sqrt(), "{with} {without}");
    assert!(build(&scenario).history.iter().all(Vec::is_empty));
}

/// Days before the start are drawn as the same days would be after it.
#[test]
fn history_is_what_simulated_days_would_have_been() {
    let mut scenario = base();
    scenario.run.homes = 300;
    scenario.catalogue.release = None;
    scenario.run.history = secs("3 d");
    let before = build(&scenario);
    scenario.run.history = Span::ZERO;
    scenario.run.warm_up = secs("3 d 2 h");
    let within = build(&scenario);
    let shift = secs("3 d");

    let (early, late): (Vec<&Intent>, Vec<&Intent>) =
        (within.intents.iter()).partition(|intent| intent.start < Time(shift.0));
    let fresh: Vec<&Intent> = (before.intents.iter()).filter(|i| i.from == 0).collect();
    assert_eq!(fresh.len(), late.len());
    for (a, b) in fresh.iter().zip(&late) {
        let apart = (a.start + shift).0.abs_diff(b.start.0);
        // Seconds as floats differ in their last digits.
        assert!(apart < 1_000, "{a:?} {b:?}");
        let same = |i: &Intent| (i.home, i.title, i.segments, i.patience, i.stall_patience);
        assert_eq!(same(a), same(b));
    }
    let viewings: usize = before.history.iter().map(Vec::len).sum();
    assert!(viewings > 500 && early.len().abs_diff(viewings) < 20, "{viewings} {}", early.len());
}

#[test]
fn homes_start_as_often_as_stated() {
    let mut scenario = base();
    scenario.run.homes = 20_000;
    scenario.run.history = Span::ZERO;
    scenario.run.length = secs("22 h");
    // So short that no start is dropped.
    scenario.demand.length = SpanLaw::Constant(secs("1 s"));
    let world = build(&scenario);
    let mean = world.intents.len() as f64 / 20_000.0;
    assert!((mean / 1.5 - 1.0).abs() < 0.03, "{mean}");
    // The curve has 92 % of its mass in 0.1 × 24 h + 90 min × √2π around 20:30.
    let at = |hours: u64| Time(secs("1 h").times(hours).0);
    let evening = share(&world.intents, |i| (at(1)..at(6)).contains(&i.start));
    let mut wanted = (0.0, 0.0);
    for minute in 0..1_440 {
        let value = scenario.demand.starts.at((f64::from(minute) + 0.5) * 60.0);
        wanted.1 += value;
        wanted.0 += if (18 * 60..23 * 60).contains(&minute) { value } else { 0.0 };
    }
    assert!((evening - wanted.0 / wanted.1).abs() < 0.01, "{evening} {wanted:?}");
}

#[test]
fn activity_differs_between_homes_as_stated() {
    let mut scenario = base();
    scenario.run.homes = 4_000;
    scenario.run.history = secs("20 d");
    scenario.demand.length = SpanLaw::Constant(secs("1 s"));
    scenario.catalogue.release = None;
    let spread = |scenario: &Scenario| {
        let counts: Vec<f64> =
            build(scenario).history.iter().map(|past| past.len() as f64).collect();
        let mean = counts.iter().sum::<f64>() / 4_000.0;
        let variance = counts.iter().map(|n| (n - mean) * (n - mean)).sum::<f64>() / 4_000.0;
        (mean, variance)
    };
    scenario.demand.spread = 0.0;
    let (mean, even) = spread(&scenario);
    assert!((mean / 30.0 - 1.0).abs() < 0.03, "{mean}");
    scenario.demand.spread = 0.8;
    let (same, uneven) = spread(&scenario);
    assert!((same / 30.0 - 1.0).abs() < 0.06, "{same}");
    // The variance of a lognormal with mean 1, times the square of the mean.
    let expected = 900.0 * libm::expm1(0.64);
    assert!(((uneven - even) / expected - 1.0).abs() < 0.2, "{even} {uneven} {expected}");
}

#[test]
fn what_is_seen_comes_again_only_when_asked() {
    let mut scenario = base();
    scenario.catalogue.titles = 200;
    scenario.catalogue.release = None;
    scenario.run.history = secs("12 d");
    let lists = |world: &World| -> Vec<Vec<u32>> {
        let mut lists: Vec<Vec<u32>> = (world.history.iter())
            .map(|past| past.iter().map(|past| past.title).collect())
            .collect();
        for intent in world.intents.iter().filter(|intent| intent.from == 0) {
            lists[intent.home.0 as usize].push(intent.title);
        }
        lists
    };
    for list in lists(&build(&scenario)) {
        let mut once = list.clone();
        once.sort_unstable();
        once.dedup();
        assert_eq!(once.len(), list.len(), "{list:?}");
    }
    scenario.demand.rewatch = Share::ONE;
    let world = build(&scenario);
    // Only what the run-in before the history left can be a second title.
    let alone = share(&lists(&world), |list| list.iter().all(|title| *title == list[0]));
    assert!(alone > 0.9, "{alone}");
    let again = world.intents.iter().filter(|i| i.from == 0);
    assert!(again.count() > 100);
}

#[test]
fn the_share_of_viewers_lost_grows_by_the_second() {
    let mut scenario = base();
    scenario.player.lost_per_second = Share::from_ppm(100_000);
    let intents = build(&scenario).intents;
    for second in [1, 4, 9] {
        let limit = scenario.player.patience + Span::from_secs(second);
        let left = share(&intents, |intent| intent.patience < limit);
        let wanted = 0.1 * second as f64;
        let sigma = (wanted * (1.0 - wanted) / intents.len() as f64).sqrt();
        assert!((left - wanted).abs() < 4.0 * sigma, "{second}: {left}");
    }
    let mean = intents.iter().map(|i| i.stall_patience.as_secs_f64()).sum::<f64>();
    let error = 20.0 / (intents.len() as f64).sqrt();
    assert!((mean / intents.len() as f64 - 20.0).abs() < 4.0 * error);
    scenario.player.lost_per_second = Share::ZERO;
    scenario.player.stall_patience = None;
    let endless = |i: &Intent| i.patience == Span(u64::MAX) && i.stall_patience == i.patience;
    assert!(build(&scenario).intents.iter().all(endless));
}

/// A day like that of British television: rising to half of the homes at nine, gone by one.
fn demand_rows() -> Vec<DemandRow> {
    let row = |slot: i32| {
        let hour = f64::from(slot) / 6.0;
        let apart = |at: f64| (hour - at).abs().min(24.0 - (hour - at).abs());
        let bell = |at: f64, width: f64| {
            let away = apart(at) / width;
            libm::exp(-0.5 * away * away)
        };
        DemandRow {
            present: 0.04 + 0.45 * bell(8.0, 1.2) + 0.35 * bell(13.0, 3.0) + 0.75 * bell(20.5, 2.2),
            watching: 0.003 + 0.06 * bell(13.0, 2.5) + 0.5 * bell(21.0, 1.6),
        }
    };
    (0..144).map(row).collect()
}

#[test]
fn as_many_watch_as_the_table_says() {
    let rows = demand_rows();
    let mut scenario = base();
    scenario.run.homes = 20_000;
    scenario.run.history = Span::ZERO;
    for (ppm, spread) in [(1_000_000, 0.0), (1_000_000, 0.8), (250_000, 0.8)] {
        scenario.demand.service_share = Some(Share::from_ppm(ppm));
        scenario.demand.spread = spread;
        let tables = Tables { demand: Some(rows.clone()), ..Tables::default() };
        let world = World::build(&scenario, &tables, 0);
        let (mut seen, mut wanted) = (0.0, 0.0);
        // The slots from 19:00 to 23:00, each at its middle.
        for slot in 19 * 6..23 * 6 {
            let at = Time(secs("10 min").times(slot - 17 * 6).0) + secs("5 min");
            let running = |i: &Intent| i.start <= at && at < end(&world, i);
            let now = world.intents.iter().filter(|i| running(i)).count() as f64 / 20_000.0;
            let target = rows[slot as usize].watching * f64::from(ppm) / 1e6;
            assert!((now / target - 1.0).abs() < 0.08, "slot {slot}: {now} {target}");
            (seen, wanted) = (seen + now, wanted + target);
        }
        assert!((seen / wanted - 1.0).abs() < 0.03, "{ppm} {spread}: {seen} {wanted}");
    }
}

#[test]
fn measured_viewing_times_are_the_lengths() {
    let mut scenario = base();
    scenario.at_home.present = Curve { floor: 1.0, bumps: Vec::new() };
    scenario.at_home.spell = secs("40 d");
    let tables = Tables { watching: Some(vec![secs("30 s"), secs("5 min")]), ..Tables::default() };
    let intents = World::build(&scenario, &tables, 0).intents;
    let whole: Vec<Intent> = intents.into_iter().filter(|i| i.from == 0).collect();
    let short = share(&whole, |intent| intent.segments == 8);
    let long = share(&whole, |intent| intent.segments == 75);
    assert!(short + long > 0.99 && (short - 0.5).abs() < 0.06, "{short} {long}");
}

/// Pauses and seeks come as often and as long as stated, at segments that are played, and lead
/// somewhere in the title; what was drawn without them stays as it was.
#[test]
fn viewers_do_what_is_stated_as_often() {
    let plain = build(&base());
    assert!(plain.actions.is_empty());
    let mut scenario = base();
    let law = |text| SpanLaw::Exponential { mean: secs(text) };
    scenario.run.homes = 4_000;
    scenario.demand.pause = Some(Pause { per_hour: 3.0, length: law("2 min") });
    scenario.demand.seek =
        Some(Seek { per_hour: 6.0, length: law("1 min"), forward: Share::from_ppm(700_000) });
    let world = build(&scenario);
    assert_eq!(world.actions.len(), world.intents.len());
    let (mut hours, mut pauses, mut paused) = (0.0, 0.0, 0.0);
    let (mut seeks, mut forward) = (0.0, 0.0);
    for (intent, actions) in world.intents.iter().zip(&world.actions) {
        let end = world.catalogue.segments[intent.title as usize];
        let (mut last, mut position) = (0, intent.from);
        for action in actions {
            assert!(action.after > last && action.after < intent.segments, "{intent:?} {action:?}");
            position += action.after - last;
            last = action.after;
            match action.does {
                Does::Pause(length) => {
                    (pauses, paused) = (pauses + 1.0, paused + length.as_secs_f64());
                }
                Does::Seek(to) => {
                    assert!(to < end, "{intent:?} {action:?}");
                    seeks += 1.0;
                    forward += if to > position { 1.0 } else { 0.0 };
                    position = to;
                }
            }
        }
        assert!(position + (intent.segments - last) <= end, "{intent:?} {actions:?}");
        hours += f64::from(intent.segments) * world.catalogue.segment.as_secs_f64() / 3_600.0;
    }
    assert!(seeks > 1_000.0, "{seeks}");
    let near = |value: f64, wanted: f64, by: f64| (value / wanted - 1.0).abs() < by;
    // Not in the last segment, and one at a time.
    assert!(
        near(pauses / hours, 3.0, 0.1) && near(seeks / hours, 6.0, 0.1),
        "{pauses} {seeks} {hours}"
    );
    assert!(
        near(paused / pauses, 120.0, 0.1) && near(forward / seeks, 0.7, 0.1),
        "{paused} {forward}"
    );
}

/// A home's first viewing of the time simulated is the same with zaps or without, unless it is one; zaps
/// are short, and another viewing follows at once.
#[test]
fn zaps_are_short_and_followed_at_once() {
    let mut scenario = base();
    scenario.run.history = Span::ZERO;
    let plain = build(&scenario).intents.len();
    let length = SpanLaw::Constant(secs("20 s"));
    scenario.demand.zap = Some(Zap { share: Share::from_ppm(500_000), length });
    let world = build(&scenario);
    let short = |intent: &Intent| {
        u64::from(intent.segments) * world.catalogue.segment.0
            <= secs("20 s").0 + world.catalogue.segment.0
    };
    let mut by_home: Vec<Vec<Intent>> = vec![Vec::new(); world.homes.len()];
    world.intents.iter().for_each(|intent| by_home[intent.home.0 as usize].push(*intent));
    let (mut zaps, mut followed) = (0, 0);
    for pair in by_home.iter().flat_map(|all| all.windows(2)) {
        if short(&pair[0]) && pair[0].from == 0 {
            zaps += 1;
            followed += usize::from(pair[1].start.since(end(&world, &pair[0])) <= Span(1_000));
        }
    }
    assert!(zaps > 500 && followed as f64 > 0.85 * f64::from(zaps), "{followed} of {zaps}");
    assert!(world.intents.len() as f64 > 1.5 * plain as f64, "{} {plain}", world.intents.len());
}
