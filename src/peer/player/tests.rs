//! The player against its own bookkeeping: every nanosecond of a viewing is waiting, playing or
//! standing still.

use proptest::prelude::*;

use super::{Player, State, Step};
use crate::peer::cache::CachePolicy;
use crate::peer::scheduler::Scheduler;
use crate::peer::{Act, Action, Config, Edge, Item, Note, Play};
use crate::units::{BitRate, Bytes, Span, Time};

fn config(start: u64, resume: u64) -> Config {
    Config {
        plan: Scheduler::named("cdn-only").unwrap().plan(),
        clock: crate::units::TimeOfDay(Span::ZERO),
        segment: Span::from_secs(4),
        start_after: Span::from_secs(start),
        resume_after: Span::from_secs(resume),
        cache: CachePolicy::Lru,
        grain: Default::default(),
        disk: Bytes(0),
        memory: Bytes(0),
        upload_slots: 0,
        upload_in_standby: true,
        upload_least: BitRate::ZERO,
        links: 0,
        refresh: Span::from_secs(1),
        adapt: Default::default(),
    }
}

/// What a viewing came to.
#[derive(Debug, Default)]
struct Lived {
    startup: Option<Span>,
    played: Vec<u16>,
    stalled: Span,
    stalls: u32,
    paused: Span,
    sought: Span,
    finished: bool,
    gave_up: bool,
    end: Time,
}

/// Plays with segment `k` arriving at `arrives[k]`, looking when something arrives or is due.
fn live(config: &Config, play: &Play, began: Time, arrives: &[Time]) -> Lived {
    live_with(config, play, began, (arrives, &[]))
}

/// The same with what the viewer does meanwhile.
fn live_with(
    config: &Config,
    play: &Play,
    began: Time,
    (arrives, actions): (&[Time], &[Action]),
) -> Lived {
    let mut actions = actions.iter().peekable();
    let mut since = began;
    let mut player = Player::new(began, play);
    let mut now = began;
    let mut lived = Lived::default();
    loop {
        let held = |at: u16| arrives.get(usize::from(at)).is_some_and(|when| *when <= now);
        let ready = (player.position..).find(|at| !held(*at)).unwrap();
        let position = player.position;
        match player.step(config, now, ready) {
            Step::Same => {
                let next = arrives.iter().filter(|when| **when > now).min();
                let next = next.copied().unwrap_or(Time::NEVER).min(player.next_look());
                assert!(next > now, "a look that brings nothing must not be asked for again");
                now = next;
                continue;
            }
            Step::Started => {
                assert!(!player.standing(now).0.ne(&0) && lived.startup.is_none());
                lived.startup = Some(now.since(began));
            }
            Step::Resumed(waited) => lived.stalled += waited,
            Step::Played { segment, stalled } => {
                assert_eq!(segment, position);
                lived.played.push(segment);
                assert_eq!(stalled, matches!(player.state, State::Stalled { .. }));
                let due = |next: &&Action| usize::from(next.after) <= lived.played.len();
                match actions.next_if(due).map(|action| action.act) {
                    Some(Act::Pause(length)) => since = player.pause(config, length),
                    Some(Act::Seek(to)) => player.seek(config, to),
                    None => lived.stalls += u32::from(stalled),
                }
            }
            Step::GoesOn { until, stalled } => {
                lived.paused += until.since(since);
                lived.stalls += u32::from(stalled);
            }
            Step::Sought(waited) => lived.sought += waited,
            Step::Finished { segment } => {
                lived.played.push(segment);
                lived.finished = true;
            }
            Step::GaveUp => {
                match player.cut_short(now, Some(since)) {
                    Some(Note::Paused { paused }) => lived.paused += paused,
                    Some(Note::Sought { waited, shown: false, .. }) => lived.sought += waited,
                    Some(note) => panic!("{note:?}"),
                    None => {}
                }
                lived.stalled += player.standing(now);
                lived.gave_up = true;
            }
        }
        if lived.finished || lived.gave_up {
            lived.end = now;
            return lived;
        }
    }
}

proptest! {
    #[test]
    fn every_nanosecond_is_accounted_for(
        start in 0u64..13,
        resume in 0u64..13,
        from in 0u16..5,
        wanted in 1u16..12,
        beyond in 0u16..4,
        began in 0u64..1_000_000_000,
        patience in 0u64..20_000_000_000,
        stall_patience in 0u64..30_000_000_000,
        gaps in prop::collection::vec(0u64..9_000_000_000, 20),
    ) {
        let config = config(start, resume);
        let (until, segments) = (from + wanted, from + wanted + beyond);
        let item = Item { title: 0, rung: 0 };
        let play = Play {
            item,
            from,
            until,
            segments,
            edge: Edge::Whole,
            patience: Span(patience),
            stall_patience: Span(stall_patience),
            next: None,
        };
        let began = Time(began);
        let mut at = began;
        let arrives: Vec<Time> = gaps
            .iter()
            .take(usize::from(segments))
            .map(|gap| {
                at = at + Span(*gap);
                at
            })
            .collect();
        let lived = live(&config, &play, began, &arrives);
        let count = lived.played.len() as u64;
        prop_assert!(lived.played.iter().copied().eq(from..from + count as u16));
        prop_assert!(lived.finished != lived.gave_up);
        prop_assert!(!lived.finished || count == u64::from(wanted));
        let total = lived.end.since(began);
        match lived.startup {
            Some(startup) => {
                prop_assert!(startup.0 <= patience);
                let media = config.segment.times(count);
                prop_assert_eq!(total, startup + media + lived.stalled);
            }
            None => {
                prop_assert!(lived.gave_up && count == 0);
                prop_assert_eq!(total, Span(patience + 1), "leaves when patience ends, not later");
            }
        }
        if lived.gave_up && lived.startup.is_some() {
            prop_assert_eq!(lived.stalled, Span(stall_patience + 1));
        } else {
            prop_assert!(lived.stalled.0 <= stall_patience);
        }
    }

    /// With pauses and seeks as well; those who do something see as much, or what the title has left.
    #[test]
    fn pauses_and_seeks_are_neither_stalls_nor_lost(
        start in 0u64..13,
        wanted in 1u16..12,
        stall_patience in 0u64..30_000_000_000,
        gaps in prop::collection::vec(0u64..9_000_000_000, 12),
        acts in prop::collection::vec((1u16..12, 0u64..20_000_000_000, prop::option::of(0u16..12)), 0..4),
    ) {
        let config = config(start, 4);
        let item = Item { title: 0, rung: 0 };
        let patience = Span::from_secs(9);
        let stall_patience = Span(stall_patience);
        let play = Play { until: wanted, patience, stall_patience, ..Play::all(item, 12) };
        let mut at = Time(7);
        let mut arrive = |gap: &u64| {
            at = at + Span(*gap);
            at
        };
        let arrives: Vec<Time> = gaps.iter().map(&mut arrive).collect();
        let mut actions: Vec<Action> = acts
            .into_iter()
            .map(|(after, length, to)| {
                Action { after, act: to.map_or(Act::Pause(Span(length)), Act::Seek) }
            })
            .collect();
        actions.sort_by_key(|action| action.after);
        actions.dedup_by_key(|action| action.after);
        let lived = live_with(&config, &play, Time(7), (&arrives, &actions));
        let count = lived.played.len() as u64;
        let done = actions.iter().filter(|action| u64::from(action.after) < count);
        let mut seeks = done.filter_map(|action| match action.act {
            Act::Seek(to) => Some((usize::from(action.after), to)),
            Act::Pause(_) => None,
        }).peekable();
        for (at, pair) in lived.played.windows(2).enumerate() {
            let next = seeks.next_if(|(after, _)| *after == at + 1).map_or(pair[0] + 1, |seek| seek.1);
            prop_assert_eq!(pair[1], next, "{:?}", lived.played);
        }
        prop_assert!(count <= u64::from(wanted) && lived.finished != lived.gave_up);
        let startup = lived.startup.unwrap_or_else(|| lived.end.since(Time(7)));
        let known = startup + config.segment.times(count) + lived.stalled + lived.paused + lived.sought;
        prop_assert_eq!(lived.end.since(Time(7)), known, "{:?}", lived);
    }

    /// What is there before it is needed never makes anybody wait.
    #[test]
    fn whoever_has_all_waits_for_nothing(start in 0u64..13, resume in 0u64..13, wanted in 1u16..9) {
        let config = config(start, resume);
        let item = Item { title: 0, rung: 0 };
        let patience = Span::ZERO;
        let play =
            Play { item, from: 0, until: wanted, segments: wanted, edge: Edge::Whole, patience, stall_patience: patience, next: None };
        let lived = live(&config, &play, Time(5), &vec![Time(0); usize::from(wanted)]);
        prop_assert_eq!(lived.startup, Some(Span::ZERO));
        prop_assert!(lived.finished && lived.stalls == 0 && lived.stalled == Span::ZERO);
    }

    /// The promise of when a segment is played is kept when nothing stands still.
    #[test]
    fn plays_when_it_says(ahead in 0u16..6, offset in 0u64..4_000_000_000) {
        let config = config(4, 4);
        let item = Item { title: 0, rung: 0 };
        let patience = Span::from_secs(9);
        let play =
            Play { item, from: 0, until: 9, segments: 9, edge: Edge::Whole, patience, stall_patience: patience, next: None };
        let mut player = Player::new(Time(0), &play);
        prop_assert_eq!(player.step(&config, Time(0), 9), Step::Started);
        let now = Time(offset);
        let promised = player.plays_at(&config, now, ahead);
        let mut at = now;
        while player.position < ahead {
            if let Step::Same = player.step(&config, at, 9) {
                at = player.next_look();
            }
        }
        prop_assert_eq!(promised, if ahead == 0 { now } else { Time(config.segment.0 * u64::from(ahead)) });
        prop_assert!(ahead == 0 || promised == at);
    }
}
