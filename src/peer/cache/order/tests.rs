//! Every order against a model of few lines that keeps its rows as they are told in the papers, and
//! LRU against another library.

use alloc::collections::VecDeque;
use alloc::vec::Vec;
use std::collections::BTreeMap;

use proptest::prelude::*;
use schnellru::{ByLength, LruMap};

use super::{Clock, Fifo, Lfu, Lru, Order, S3Fifo, Sieve};

/// Keys oldest first.
type Row = VecDeque<u32>;

fn take(row: &mut Row, key: u32) -> bool {
    let at = row.iter().position(|held| *held == key);
    at.is_some_and(|at| row.remove(at).is_some())
}

/// A cache of `room` entries: answers whether the key was a hit.
trait Model {
    fn new(room: usize) -> Self;
    fn request(&mut self, key: u32) -> bool;
    /// Takes a key away.
    fn remove(&mut self, key: u32);
    fn held(&self) -> Vec<u32>;
}

struct NaiveFifo(usize, Row);

impl Model for NaiveFifo {
    fn new(room: usize) -> Self {
        Self(room, Row::new())
    }
    fn request(&mut self, key: u32) -> bool {
        let hit = self.1.contains(&key);
        if !hit {
            if self.1.len() == self.0 {
                self.1.pop_front();
            }
            self.1.push_back(key);
        }
        hit
    }
    fn remove(&mut self, key: u32) {
        take(&mut self.1, key);
    }
    fn held(&self) -> Vec<u32> {
        self.1.iter().copied().collect()
    }
}

struct NaiveLru(NaiveFifo);

impl Model for NaiveLru {
    fn new(room: usize) -> Self {
        Self(NaiveFifo::new(room))
    }
    fn request(&mut self, key: u32) -> bool {
        let hit = take(&mut self.0.1, key);
        self.0.request(key);
        hit
    }
    fn remove(&mut self, key: u32) {
        self.0.remove(key);
    }
    fn held(&self) -> Vec<u32> {
        self.0.held()
    }
}

/// Slots round a dial, as the algorithm was first told: no row, nothing moves.
struct NaiveClock {
    room: usize,
    /// Oldest at the hand.
    dial: VecDeque<(u32, bool)>,
}

impl Model for NaiveClock {
    fn new(room: usize) -> Self {
        Self { room, dial: VecDeque::new() }
    }
    fn request(&mut self, key: u32) -> bool {
        if let Some(held) = self.dial.iter_mut().find(|held| held.0 == key) {
            held.1 = true;
            return true;
        }
        while self.dial.len() == self.room {
            match self.dial[0].1 {
                true => {
                    self.dial[0].1 = false;
                    self.dial.rotate_left(1);
                }
                false => drop(self.dial.pop_front()),
            }
        }
        self.dial.push_back((key, false));
        false
    }
    fn remove(&mut self, key: u32) {
        self.dial.retain(|held| held.0 != key);
    }
    fn held(&self) -> Vec<u32> {
        self.dial.iter().map(|held| held.0).collect()
    }
}

struct NaiveSieve {
    room: usize,
    /// Oldest first, with the bit.
    row: Vec<(u32, bool)>,
    hand: usize,
}

impl Model for NaiveSieve {
    fn new(room: usize) -> Self {
        Self { room, row: Vec::new(), hand: 0 }
    }
    fn request(&mut self, key: u32) -> bool {
        if let Some(held) = self.row.iter_mut().find(|held| held.0 == key) {
            held.1 = true;
            return true;
        }
        if self.row.len() == self.room {
            while self.row[self.hand].1 {
                self.row[self.hand].1 = false;
                self.hand = (self.hand + 1) % self.row.len();
            }
            let goes = self.row[self.hand].0;
            self.remove(goes);
        }
        self.row.push((key, false));
        false
    }
    fn remove(&mut self, key: u32) {
        let Some(at) = self.row.iter().position(|held| held.0 == key) else { return };
        self.row.remove(at);
        self.hand -= usize::from(at < self.hand);
        if self.hand == self.row.len() {
            self.hand = 0;
        }
    }
    fn held(&self) -> Vec<u32> {
        self.row.iter().map(|held| held.0).collect()
    }
}

#[derive(Default)]
struct NaiveS3Fifo {
    room: usize,
    small: Row,
    main: Row,
    ghost: Row,
    uses: BTreeMap<u32, u32>,
}

impl NaiveS3Fifo {
    fn make_room(&mut self) {
        let tenth = self.room as f64 / 10.0;
        while self.small.len() + self.main.len() == self.room {
            if self.small.len() as f64 >= tenth {
                let key = self.small.pop_front().unwrap();
                if self.uses[&key] >= 2 {
                    self.uses.insert(key, 0);
                    self.main.push_back(key);
                } else {
                    if self.ghost.len() == (self.room - self.room / 10).max(1) {
                        self.ghost.pop_front();
                    }
                    self.ghost.push_back(key);
                }
            } else {
                let key = self.main.pop_front().unwrap();
                if self.uses[&key] > 0 {
                    self.uses.insert(key, self.uses[&key] - 1);
                    self.main.push_back(key);
                }
            }
        }
    }
}

impl Model for NaiveS3Fifo {
    fn new(room: usize) -> Self {
        Self { room, ..Self::default() }
    }
    fn request(&mut self, key: u32) -> bool {
        if self.small.contains(&key) || self.main.contains(&key) {
            self.uses.insert(key, 3.min(self.uses[&key] + 1));
            return true;
        }
        self.make_room();
        self.uses.insert(key, 0);
        let known = take(&mut self.ghost, key);
        if known { &mut self.main } else { &mut self.small }.push_back(key);
        false
    }
    fn remove(&mut self, key: u32) {
        take(&mut self.small, key);
        take(&mut self.main, key);
    }
    fn held(&self) -> Vec<u32> {
        self.small.iter().chain(&self.main).copied().collect()
    }
}

/// Key, count, and when it reached that count.
struct NaiveLfu(usize, Vec<(u32, u32, usize)>, usize);

impl Model for NaiveLfu {
    fn new(room: usize) -> Self {
        Self(room, Vec::new(), 0)
    }
    fn request(&mut self, key: u32) -> bool {
        self.2 += 1;
        if let Some(held) = self.1.iter_mut().find(|held| held.0 == key) {
            (held.1, held.2) = (held.1 + 1, self.2);
            return true;
        }
        if self.1.len() == self.0 {
            let least = *self.1.iter().min_by_key(|held| (held.1, held.2)).unwrap();
            self.remove(least.0);
        }
        self.1.push((key, 0, self.2));
        false
    }
    fn remove(&mut self, key: u32) {
        self.1.retain(|held| held.0 != key);
    }
    fn held(&self) -> Vec<u32> {
        self.1.iter().map(|held| held.0).collect()
    }
}

/// A request, as a store makes it.
fn request<O: Order>(order: &mut O, room: usize, key: u32) -> bool {
    if order.contains(key) {
        order.touch(key);
        return true;
    }
    if order.len() == room {
        let victim = order.victim(|_| false).unwrap();
        assert_eq!(order.victim(|_| false), Some(victim), "asked again, another answer");
        order.evict(victim);
    }
    order.insert(key);
    false
}

/// Requests (0) and removals (else), answer for answer.
fn agrees<O: Order, M: Model>(room: usize, known: usize, steps: &[(u8, u32)]) {
    let (mut order, mut model) = (O::with_entries(known), M::new(room));
    for (at, &(kind, key)) in steps.iter().enumerate() {
        if kind == 0 {
            assert_eq!(request(&mut order, room, key), model.request(key), "step {at}: {key}");
        } else if order.contains(key) {
            order.remove(key);
            model.remove(key);
        }
        let mut held = model.held();
        held.sort_unstable();
        let found: Vec<u32> = (0..KEYS).filter(|key| order.contains(*key)).collect();
        assert_eq!((order.len(), found), (held.len(), held), "held after step {at}");
    }
}

const KEYS: u32 = 40;

/// Small keys are asked for more often.
fn steps() -> impl Strategy<Value = Vec<(u8, u32)>> {
    let key = (0..KEYS, 0..KEYS).prop_map(|(a, b)| a.min(b));
    prop::collection::vec((prop_oneof![12 => Just(0u8), 1 => Just(1u8)], key), 0..600)
}

/// Nothing pinned ever goes, everything else does, and then there is nothing left to ask for.
fn spares_what_is_pinned<O: Order>(pins: u64, trace: &[u32]) {
    let mut order = O::with_entries(0);
    for key in trace {
        request(&mut order, 12, *key);
    }
    let pinned = |key: u32| pins >> key & 1 == 1;
    let mut left: Vec<u32> = (0..KEYS).filter(|key| order.contains(*key)).collect();
    while let Some(victim) = order.victim(pinned) {
        assert!(!pinned(victim), "{victim} is pinned");
        assert!(order.contains(victim), "{victim} is not held");
        order.evict(victim);
        left.retain(|key| *key != victim);
        assert_eq!(order.len(), left.len());
    }
    assert!(left.iter().all(|key| pinned(*key) && order.contains(*key)), "left: {left:?}");
}

proptest! {
    #[test]
    fn answers_as_the_models_do(room in 1usize..30, known in 0usize..50, steps in steps()) {
        agrees::<Fifo, NaiveFifo>(room, known, &steps);
        agrees::<Lru, NaiveLru>(room, known, &steps);
        agrees::<Clock, NaiveClock>(room, known, &steps);
        agrees::<Sieve, NaiveSieve>(room, known, &steps);
        agrees::<Lfu, NaiveLfu>(room, known, &steps);
        // Its row lengths follow what is held, the model's what fits: the same while nothing is
        // taken away.
        let requests: Vec<_> = steps.into_iter().filter(|step| step.0 == 0).collect();
        agrees::<S3Fifo, NaiveS3Fifo>(room, known, &requests);
    }

    #[test]
    fn what_is_pinned_stays(pins in any::<u64>(), steps in steps()) {
        let trace: Vec<u32> = steps.into_iter().map(|step| step.1).collect();
        spares_what_is_pinned::<Fifo>(pins, &trace);
        spares_what_is_pinned::<Lru>(pins, &trace);
        spares_what_is_pinned::<Clock>(pins, &trace);
        spares_what_is_pinned::<Sieve>(pins, &trace);
        spares_what_is_pinned::<S3Fifo>(pins, &trace);
        spares_what_is_pinned::<Lfu>(pins, &trace);
    }

    #[test]
    fn lru_is_another_librarys_lru(room in 1u32..30, steps in steps()) {
        let mut order = Lru::with_entries(0);
        let mut other: LruMap<u32, (), ByLength> = LruMap::new(ByLength::new(room));
        for (_, key) in steps {
            let hit = other.get(&key).is_some();
            if !hit {
                other.insert(key, ());
            }
            prop_assert_eq!(request(&mut order, room as usize, key), hit);
        }
    }
}
