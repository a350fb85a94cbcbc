//! The hold model (Jones, "An empirical comparison of priority-queue and event-set implementations",
//! 1986): so many entries pending, the earliest taken out and put in again an increment later. It
//! measures the event queue alone.

use serde::Serialize;

use super::{More, Row};
use crate::engine::queue::Wheel;

/// Holds before measuring begins, at least; and at least one for each entry.
const WARM_UP: u64 = 200_000;

/// How far ahead an entry is put in again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Increments {
    /// Exponential with mean 1 s.
    #[serde(rename = "exp")]
    Exponential,
    /// Exponential, in 80 of 100 cases with mean 10 ms, in 19 with 4 s, in 1 with 600 s: network,
    /// pacing, sessions.
    Mix,
}

/// What a run of the hold model says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct HoldResult {
    /// How far ahead entries are put in again.
    pub law: Increments,
    /// Whether every entry has state that each hold touches.
    pub state: bool,
    /// Entries pending all the time.
    pub pending: usize,
    /// Holds measured, those before apart.
    pub holds: u64,
    /// Of (time, key) of the measured holds in their order: the same for every correct queue.
    pub checksum: u64,
    /// CPU time of the measured holds in nanoseconds, sampling included.
    pub cpu_ns: u64,
    /// CPU time of as much sampling alone, in nanoseconds.
    pub sampling_ns: u64,
}

/// What belongs to an entry in the variant with state: a line of memory.
#[derive(Clone, Copy, Default)]
#[repr(align(64))]
struct State {
    sum: u64,
}

/// A wheel of entries that are put in again, and what they touch.
struct Model {
    wheel: Wheel,
    increments: Sampler,
    states: Vec<State>,
    checksum: u64,
    /// How many of the next entries have had their state fetched, and what was seen: the sum keeps
    /// the fetching from being left out.
    fetched: usize,
    seen: u64,
}

/// Holds `holds` times with `n` entries pending, after `n` or more holds that do not count. With
/// `state`, every entry has 64 bytes of state of which each hold reads and writes a word. `cpu` tells
/// CPU time so far in nanoseconds. Everything but the times is a function of the other arguments.
pub fn hold(
    n: usize,
    law: Increments,
    state: bool,
    holds: u64,
    seed: u64,
    cpu: &dyn Fn() -> u64,
) -> HoldResult {
    let mut model = Model {
        wheel: Wheel::new(),
        increments: Sampler::new(law, seed),
        states: vec![State::default(); if state { n } else { 0 }],
        checksum: 0,
        fetched: 0,
        seen: 0,
    };
    for key in 0..n as u64 {
        model.wheel.push(model.increments.draw(), key);
    }
    model.run(WARM_UP.max(n as u64));
    model.checksum = 0;
    let begun = cpu();
    model.run(holds);
    let held = cpu();
    // The same draws the holds would make next.
    let drawn = (0..holds).fold(0u64, |sum, _| sum.wrapping_add(model.increments.draw()));
    let sampled = cpu();
    std::hint::black_box((drawn, model.seen));
    HoldResult {
        law,
        state,
        pending: model.wheel.len(),
        holds,
        checksum: model.checksum,
        cpu_ns: held.saturating_sub(begun),
        sampling_ns: sampled.saturating_sub(held),
    }
}

impl From<HoldResult> for Row {
    fn from(held: HoldResult) -> Self {
        Self {
            bench: "w1",
            n: held.pending as u32,
            sharing: None,
            transfers: None,
            from_peers: None,
            mean_transfer_s: None,
            cpu_ns_per_unit: held.cpu_ns as f64 / held.holds as f64,
            bytes_per_peer: None,
            more: More::Hold(held),
        }
    }
}

impl Model {
    fn run(&mut self, holds: u64) {
        if self.states.is_empty() {
            (0..holds).for_each(|_| self.hold::<false>());
        } else {
            (0..holds).for_each(|_| self.hold::<true>());
        }
    }

    #[inline]
    fn hold<const STATE: bool>(&mut self) {
        let Some((time, key)) = self.wheel.pop() else {
            return;
        };
        if STATE {
            self.fetch();
            let state = &mut self.states[key as usize];
            state.sum = state.sum.wrapping_add(time);
            self.checksum = self.checksum.wrapping_add(state.sum);
        }
        self.checksum = self.checksum.wrapping_mul(31).wrapping_add(time ^ key);
        self.wheel.push(time.saturating_add(self.increments.draw()), key);
    }

    /// Looks at the states of the entries to come, all that are known at once, so that they come from
    /// memory side by side.
    #[inline]
    fn fetch(&mut self) {
        if self.fetched > 0 {
            self.fetched -= 1;
            return;
        }
        while self.fetched < 16
            && let Some((_, key)) = self.wheel.ahead(self.fetched)
        {
            self.seen ^= self.states[key as usize].sum;
            self.fetched += 1;
        }
    }
}

/// `SplitMix64` (Steele, Lea, Flood 2014): a 64-bit number for a counter.
const fn mixed(counter: u64) -> u64 {
    let mut z = counter.wrapping_add(0x9E37_79B9_7F4A_7C15);
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

/// Uniform in (0, 1) with 53 bits.
const fn unit(bits: u64) -> f64 {
    ((bits >> 11) as f64 + 0.5) * (1.0 / 9_007_199_254_740_992.0)
}

const LAYERS: usize = 256;
/// Where the tail begins, and the area of a layer (Marsaglia and Tsang 2000, for 256 layers).
const TAIL: f64 = 7.697_117_470_131_05;
const AREA: f64 = 0.003_949_659_822_581_557;

/// Increments from a counter, by the ziggurat of Marsaglia and Tsang ("The ziggurat method for
/// generating random variables", 2000).
struct Sampler {
    law: Increments,
    counter: u64,
    /// Edges of the layers and the density there.
    edges: [(f64, f64); LAYERS + 1],
}

impl Sampler {
    fn new(law: Increments, seed: u64) -> Self {
        let mut edges = [(0.0, 1.0); LAYERS + 1];
        let mut edge = TAIL;
        edges[0] = (AREA * libm::exp(TAIL), 0.0);
        for slot in &mut edges[1..LAYERS] {
            *slot = (edge, libm::exp(-edge));
            edge = -libm::log(AREA / edge + libm::exp(-edge));
        }
        Self { law, counter: mixed(seed), edges }
    }

    #[inline]
    const fn bits(&mut self) -> u64 {
        self.counter = self.counter.wrapping_add(1);
        mixed(self.counter)
    }

    /// Exponential with mean 1.
    #[inline]
    fn exponential(&mut self) -> f64 {
        let bits = self.bits();
        let layer = bits as usize % LAYERS;
        let value = unit(bits) * self.edges[layer].0;
        if value < self.edges[layer + 1].0 { value } else { self.near_the_edge(layer, value) }
    }

    #[cold]
    fn near_the_edge(&mut self, layer: usize, value: f64) -> f64 {
        if layer == 0 {
            return TAIL - libm::log(unit(self.bits()));
        }
        let (low, high) = (self.edges[layer].1, self.edges[layer + 1].1);
        if low + (high - low) * unit(self.bits()) < libm::exp(-value) {
            value
        } else {
            self.exponential()
        }
    }

    /// An increment in whole nanoseconds, at least 1.
    #[inline]
    fn draw(&mut self) -> u64 {
        const S: f64 = 1e9;
        let mean = match self.law {
            Increments::Exponential => S,
            // 80, 19 and 1 of 100, by 32 random bits.
            Increments::Mix => match self.bits() >> 32 {
                0..3_435_973_836 => 0.01 * S,
                3_435_973_836..4_252_017_623 => 4.0 * S,
                _ => 600.0 * S,
            },
        };
        (self.exponential() * mean) as u64 + 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cmp::Reverse;
    use std::collections::BinaryHeap;

    /// The hold model on the standard heap.
    fn naive(n: usize, law: Increments, holds: u64, seed: u64) -> u64 {
        let mut sampler = Sampler::new(law, seed);
        let mut heap: BinaryHeap<_> =
            (0..n as u64).map(|key| Reverse((sampler.draw(), key))).collect();
        let mut checksum = 0u64;
        let before = WARM_UP.max(n as u64);
        for at in 0..before + holds {
            let Reverse((time, key)) = heap.pop().unwrap();
            checksum = checksum.wrapping_mul(31).wrapping_add(time ^ key);
            if at + 1 == before {
                checksum = 0;
            }
            heap.push(Reverse((time + sampler.draw(), key)));
        }
        checksum
    }

    #[test]
    fn it_is_the_hold_model() {
        for law in [Increments::Exponential, Increments::Mix] {
            for (n, seed) in [(1, 1), (100, 2), (5_000, 3)] {
                let result = hold(n, law, false, 30_000, seed, &|| 0);
                assert_eq!(result.checksum, naive(n, law, 30_000, seed), "{law:?}, {n}, {seed}");
                assert_eq!((result.pending, result.holds), (n, 30_000));
            }
        }
    }

    #[test]
    fn states_take_part() {
        let of = |state| hold(1_000, Increments::Mix, state, 10_000, 1, &|| 0).checksum;
        assert_eq!(of(true), of(true));
        assert_ne!(of(true), of(false));
        assert_eq!(hold(0, Increments::Mix, true, 10, 1, &|| 0).pending, 0);
    }

    #[test]
    fn times_come_from_the_clock_given() {
        let now = std::cell::Cell::new(0);
        let clock = || now.replace(now.get() + 7);
        let result = hold(10, Increments::Exponential, false, 10, 1, &clock);
        assert_eq!((result.cpu_ns, result.sampling_ns), (7, 7));
    }

    #[test]
    fn increments_are_of_their_laws() {
        const COUNT: usize = 100_000;
        let mut sampler = Sampler::new(Increments::Exponential, 5);
        let mut drawn: Vec<f64> = (0..COUNT).map(|_| sampler.exponential()).collect();
        drawn.sort_by(f64::total_cmp);
        let apart = |(at, value): (usize, &f64)| {
            let below = 1.0 - libm::exp(-value);
            (below - at as f64 / COUNT as f64).abs()
        };
        let far = drawn.iter().enumerate().map(apart).fold(0.0, f64::max);
        // Kolmogorov's distance times the root of the number: above 1.95 once in a thousand.
        assert!(far * libm::sqrt(COUNT as f64) < 1.95, "{far}");
        let tail = drawn.iter().filter(|value| **value > TAIL).count();
        assert!((20..80).contains(&tail), "{tail} beyond the tail, 45 expected");

        let mut sampler = Sampler::new(Increments::Mix, 5);
        let sum: f64 = (0..COUNT).map(|_| sampler.draw() as f64 / 1e9).sum();
        let mean = sum / COUNT as f64;
        // Variance of the mixture: 2 E[m^2] - mean^2.
        let error = libm::sqrt((2.0 * (0.19 * 16.0 + 0.01 * 360_000.0) - 46.0) / COUNT as f64);
        assert!((mean - 6.768).abs() < 4.0 * error, "{mean}");
    }
}
