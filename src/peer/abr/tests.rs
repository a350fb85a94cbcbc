//! The rules for rungs against what their papers say.

use proptest::prelude::*;

use super::bola::by_buffer;
use super::*;

/// A ladder with its rates in kbit/s.
fn ladder() -> impl Strategy<Value = Ladder> {
    prop::collection::btree_set(100u64..80_000, 1..9).prop_map(|rates| {
        Ladder::new(&rates.into_iter().map(|rate| BitRate(rate * 1_000)).collect::<Vec<_>>())
    })
}

fn secs(span: Span) -> f64 {
    span.as_secs_f64()
}

/// What a rule sees: rate shown, buffered, goal and segment in ms.
fn look(ladder: &Ladder, current: u8, rate: Option<u64>, times: (u64, u64, u64)) -> Look<'_> {
    let (buffered, goal, segment) = times;
    Look {
        ladder,
        current: current % (ladder.top() + 1),
        rate: rate.map(BitRate),
        buffered: Span::from_millis(buffered.min(goal)),
        goal: Span::from_millis(goal),
        segment: Span::from_millis(segment),
    }
}

fn times() -> impl Strategy<Value = (u64, u64, u64)> {
    (0u64..120_000, 8_000u64..120_000, 500u64..4_000)
}

fn rates() -> impl Strategy<Value = Option<u64>> {
    prop::option::of(1u64..200_000_000)
}

fn every() -> impl Strategy<Value = Abr> {
    prop::sample::select(Abr::all().collect::<Vec<_>>())
}

fn modes() -> impl Strategy<Value = Mode> {
    any::<(bool, bool)>().prop_map(|(steady, by_buffer)| Mode { steady, by_buffer })
}

proptest! {
    #[test]
    fn no_rule_leaves_the_ladder(
        abr in every(),
        ladder in ladder(),
        current in any::<u8>(),
        rate in rates(),
        times in times(),
        mode in modes(),
    ) {
        let look = look(&ladder, current, rate, times);
        let mut mode = mode;
        prop_assert!(abr.choose(&look, &mut mode) <= ladder.top());
        let again = mode;
        let rung = abr.choose(&look, &mut mode);
        prop_assert_eq!((abr.choose(&look, &mut mode), mode), (rung, again), "the same again");
    }

    /// A faster line or a longer buffer never means a lower rung.
    #[test]
    fn more_is_never_less(
        abr in every(),
        ladder in ladder(),
        current in any::<u8>(),
        (slow, fast) in (1u64..200_000_000, 1u64..200_000_000),
        (short, long) in (0u64..120_000, 0u64..120_000),
        (_, goal, segment) in times(),
        mode in modes(),
    ) {
        let (slow, fast) = (slow.min(fast), slow.max(fast));
        let (short, long) = (short.min(long), short.max(long));
        let at = |rate, buffered| {
            let look = look(&ladder, current, Some(rate), (buffered, goal, segment));
            abr.choose(&look, &mut mode.clone())
        };
        prop_assert!(at(slow, short) <= at(fast, short));
        // Between their two ways of going, `bola` and `dynamic` follow the one, then the other.
        if !matches!(abr, Abr::Bola(_) | Abr::Dynamic(_)) {
            prop_assert!(at(slow, short) <= at(slow, long));
        }
    }

    /// The formula of the paper in floats: nothing else scores better.
    #[test]
    fn bola_is_its_formula(
        ladder in ladder(),
        current in any::<u8>(),
        rate in rates(),
        times in times(),
        gp in 1u32..20,
    ) {
        let look = look(&ladder, current, rate, times);
        let ln = |rung: u8| libm::log(ladder.rate(rung).0 as f64 / ladder.rate(0).0 as f64);
        let v = (secs(look.goal) - secs(look.segment)) / (ln(ladder.top()) + f64::from(gp));
        let score = |rung: u8| {
            (v * (ln(rung) + f64::from(gp)) - secs(look.buffered)) / ladder.rate(rung).0 as f64
        };
        let rung = by_buffer(gp, &look);
        let best = (0..=ladder.top()).map(score).fold(f64::MIN, f64::max);
        let scale = v * (ln(ladder.top()) + f64::from(gp)) / ladder.rate(0).0 as f64;
        prop_assert!(score(rung) >= best - 1e-5 * scale, "{rung}: {} of {best}", score(rung));
        let longer = Look { buffered: (look.buffered + Span::from_secs(1)).min(look.goal), ..look };
        prop_assert!(rung <= by_buffer(gp, &longer), "the longer the buffer the higher");
        let capped = Bola { gp, ..Bola::default() };
        let mut steady = Mode { steady: true, by_buffer: false };
        let up = capped.choose(&look, &mut steady);
        let carried = rate.map(|rate| ladder.within(BitRate(rate * 9 / 10)));
        prop_assert!(up <= look.current || up <= carried.unwrap_or(look.current));
        prop_assert_eq!(Bola { capped: false, ..capped }.choose(&look, &mut steady), rung);
    }

    #[test]
    fn throughput_takes_the_highest_that_the_line_carries(
        ladder in ladder(),
        current in any::<u8>(),
        rate in 1u64..200_000_000,
    ) {
        let seen = |rate| look(&ladder, current, rate, (0, 30_000, 4_000));
        let rung = Throughput::default().choose(&seen(Some(rate)));
        let usable = BitRate(rate).part(Throughput::SAFETY);
        prop_assert!(rung == 0 || ladder.rate(rung) <= usable);
        prop_assert!(rung == ladder.top() || ladder.rate(rung + 1) > usable);
        prop_assert_eq!(Throughput::default().choose(&seen(None)), seen(None).current);
    }

    /// On the line between the reservoirs, in floats.
    #[test]
    fn buffer_based_follows_its_line(ladder in ladder(), times in times()) {
        let look = look(&ladder, 0, None, times);
        let rung = BufferBased::default().choose(&look);
        let part = (secs(look.buffered) / secs(look.goal) - 0.2) / 0.6;
        let (least, most) = (ladder.rate(0).0 as f64, ladder.rate(ladder.top()).0 as f64);
        let rate = least + (most - least) * part.clamp(0.0, 1.0);
        prop_assert!(ladder.rate(rung).0 as f64 <= rate + 2.0);
        let next = ladder.rate((rung + 1).min(ladder.top())).0 as f64;
        prop_assert!(rung == ladder.top() || next >= rate - 2.0);
    }
}

#[test]
fn dynamic_turns_at_its_two_marks() {
    let ladder = Ladder::new(&[1, 2, 4, 8].map(|rate| BitRate(rate * 1_000_000)));
    let own = Dynamic::default();
    let mut mode = Mode::default();
    let mut by_buffer = |buffered: u64| {
        own.choose(&look(&ladder, 0, Some(9_000_000), (buffered, 30_000, 4_000)), &mut mode);
        mode.by_buffer
    };
    let seen = [17_999, 18_000, 9_000, 8_999, 17_999, 18_000].map(&mut by_buffer);
    assert_eq!(seen, [false, true, true, false, false, true]);
}

#[test]
fn a_ladder_without_rungs_asks_for_nothing() {
    let none = Ladder::new(&[]);
    for abr in Abr::all() {
        let look = look(&none, 0, Some(1), (5_000, 30_000, 4_000));
        assert_eq!(abr.choose(&look, &mut Mode::default()), 0, "{abr:?}");
    }
    assert_eq!((none.top(), none.rate(3), no_ladder().top()), (0, BitRate::ZERO, 0));
}
