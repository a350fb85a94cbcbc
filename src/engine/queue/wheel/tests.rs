use std::cmp::Reverse;
use std::collections::BinaryHeap;

use proptest::prelude::*;

use super::Wheel;
use crate::rng::{Draw, Roll, Site};

const MS: f64 = 1e6;
const S: f64 = 1e9;
const YEAR: f64 = 3.156e16;

/// How far ahead of now an entry goes.
#[derive(Clone, Copy, Debug)]
enum Law {
    Now,
    /// Exponential with this mean in nanoseconds.
    Exponential(f64),
    /// Of 10 ms, 4 s or 600 s.
    Mix,
    /// One of few instants.
    Grid(u64),
    /// Any power of two, up to the last instant there is.
    Any,
}

impl Law {
    fn after(self, now: u64, roll: &mut Roll) -> u64 {
        let exponential = |roll: &mut Roll, mean: f64| (roll.exponential() * mean) as u64;
        let ahead = match self {
            Self::Now => 0,
            Self::Exponential(mean) => exponential(roll, mean),
            Self::Mix => match roll.below(100) {
                0..80 => exponential(roll, 10.0 * MS),
                80..99 => exponential(roll, 4.0 * S),
                _ => exponential(roll, 600.0 * S),
            },
            Self::Grid(step) => step - now % step + step * u64::from(roll.below(3)),
            Self::Any => roll.u64() >> roll.below(64),
        };
        now.saturating_add(ahead)
    }
}

fn law() -> impl Strategy<Value = Law> {
    prop_oneof![
        Just(Law::Now),
        prop_oneof![Just(3.0), Just(400.0), Just(MS), Just(S), Just(YEAR)]
            .prop_map(Law::Exponential),
        Just(Law::Mix),
        prop_oneof![Just(1), Just(1_000_000), Just(4_000_000_000)].prop_map(Law::Grid),
        Just(Law::Any),
    ]
}

/// What is done in a row: entries of a law, so many in and so many out in turn.
fn phase() -> impl Strategy<Value = (Law, u32, u32, u32)> {
    (law(), 1u32..300, 0u32..12, 0u32..12)
}

/// A wheel beside a heap.
struct Pair {
    wheel: Wheel,
    heap: BinaryHeap<Reverse<(u64, u64)>>,
    roll: Roll,
    now: u64,
}

impl Pair {
    fn new(seed: u64) -> Self {
        let roll = Draw::new(seed, 0).at(Site::Experiment, 0, 0);
        Self { wheel: Wheel::new(), heap: BinaryHeap::new(), roll, now: 0 }
    }

    fn push(&mut self, law: Law) {
        let time = law.after(self.now, &mut self.roll);
        // Few keys, so that some are equal; one in two as large as can be.
        let key = u64::from(self.roll.below(1_000)) << (32 * self.roll.below(2));
        self.wheel.push(time, key);
        self.heap.push(Reverse((time, key)));
    }

    fn pop(&mut self) {
        let expected = self.heap.pop().map(|Reverse(entry)| entry);
        assert_eq!(self.wheel.pop(), expected, "at {} ns", self.now);
        self.now = expected.map_or(self.now, |(time, _)| time);
        assert_eq!(self.wheel.len(), self.heap.len());
    }

    fn hold(&mut self, law: Law, count: usize) {
        for _ in 0..count {
            self.pop();
            self.push(law);
        }
    }

    fn drain(&mut self) {
        while !self.heap.is_empty() {
            self.pop();
        }
        self.pop();
    }
}

proptest! {
    #[test]
    fn it_gives_what_a_heap_gives(seed: u64, phases in prop::collection::vec(phase(), 1..12)) {
        let mut pair = Pair::new(seed);
        for (law, rounds, pushes, pops) in phases {
            for _ in 0..rounds {
                (0..pushes).for_each(|_| pair.push(law));
                (0..pops).for_each(|_| pair.pop());
            }
        }
        pair.drain();
    }

    #[test]
    fn it_gives_what_a_heap_gives_when_laws_change(
        seed: u64,
        pending in 1usize..3_000,
        laws in prop::collection::vec(law(), 1..4),
    ) {
        let mut pair = Pair::new(seed);
        (0..pending).for_each(|_| pair.push(Law::Mix));
        for law in laws {
            pair.hold(law, 12_000);
        }
        pair.drain();
    }

    #[test]
    fn order_of_insertion_does_not_matter(
        mut list in prop::collection::vec((0u64..1_000, any::<u64>()), 0..2_000),
        spread in 0u32..50,
    ) {
        let drain = |list: &[(u64, u64)]| {
            let mut wheel = Wheel::new();
            list.iter().for_each(|(time, key)| wheel.push(time << spread, *key));
            std::iter::from_fn(move || wheel.pop()).collect::<Vec<_>>()
        };
        let forwards = drain(&list);
        list.reverse();
        prop_assert_eq!(&forwards, &drain(&list));
        list.sort_unstable();
        prop_assert_eq!(forwards, drain(&list));
    }
}

#[test]
fn slots_follow_the_rate_both_ways() {
    let mut pair = Pair::new(1);
    // 16 entries of 4,000 in a mean: the slot is about 1/250 of it.
    for (mean, from, to) in
        [(S, 1 << 21, 1 << 23), (100_000.0, 1 << 7, 1 << 10), (600.0 * S, 1 << 30, 1u64 << 33)]
    {
        while pair.heap.len() < 4_000 {
            pair.push(Law::Exponential(mean));
        }
        pair.hold(Law::Exponential(mean), 60_000);
        let slot = 1u64 << pair.wheel.shift();
        assert!((from..=to).contains(&slot), "{slot} ns for a mean of {mean} ns");
        pair.drain();
    }
}

#[test]
fn entries_of_one_time_do_not_narrow_the_slots() {
    let mut pair = Pair::new(2);
    (0..3_000).for_each(|_| pair.push(Law::Grid(1_000_000_000)));
    pair.hold(Law::Grid(1_000_000_000), 60_000);
    assert!(pair.wheel.shift() >= 20, "2^{} ns", pair.wheel.shift());
    pair.drain();
}

#[test]
fn a_crowd_at_one_instant_takes_late_ones_in() {
    let mut pair = Pair::new(3);
    (0..20_000).for_each(|_| pair.push(Law::Grid(1_000_000_000)));
    pair.hold(Law::Now, 30_000);
    pair.hold(Law::Exponential(1_000.0), 30_000);
    pair.drain();
}

#[test]
fn what_is_ahead_comes() {
    let mut wheel = Wheel::new();
    (0..1_000).for_each(|key| wheel.push(1_000_000 * (key % 97), key));
    let (mut known, mut unknown) = (0, 0);
    while let Some((time, _)) = wheel.pop() {
        let ahead: Vec<_> = (0..8).map_while(|places| wheel.ahead(places)).collect();
        assert!(ahead.is_sorted() && ahead.iter().all(|(later, _)| *later >= time));
        let Some(next) = ahead.first() else {
            unknown += 1;
            continue;
        };
        known += 1;
        let mut order = ahead.clone();
        assert_eq!(order.remove(0), *next);
        assert_eq!(wheel.pop(), Some(*next));
        assert_eq!((0..order.len()).filter_map(|at| wheel.ahead(at)).collect::<Vec<_>>(), order);
    }
    assert!(known > 4 * unknown, "{known} known, {unknown} unknown");
    assert_eq!((wheel.ahead(0), wheel.ahead(usize::MAX), wheel.len()), (None, None, 0));
}

#[test]
fn memory_follows_what_is_pending() {
    const PENDING: usize = 200_000;
    let mut pair = Pair::new(4);
    (0..PENDING).for_each(|_| pair.push(Law::Exponential(S)));
    pair.hold(Law::Exponential(S), 2 * PENDING);
    let per_entry = pair.wheel.blocks.bytes() as f64 / PENDING as f64;
    // An entry has 16 bytes; a slot of 16 has its block to itself, but they are few.
    assert!(per_entry < 32.0, "{per_entry} bytes");
}
