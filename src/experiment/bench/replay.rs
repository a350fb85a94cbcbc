//! W3, cache replay: one trace of independent requests through every order of eviction.

use std::hint::black_box;

use serde::Serialize;

use super::{Cpu, More, Row, mix, unit};
use crate::peer::cache::order::{Clock, Fifo, Lfu, Lru, Order, S3Fifo, Sieve};

/// Requests of a replay …
const REQUESTS: u64 = 20_000_000;
/// … but no more than so many per object: below 100,000 objects more would show nothing new.
const REQUESTS_PER_OBJECT: u64 = 200;
/// The cache holds this part of all objects.
const ROOM_PART: u32 = 10;
/// Requests looked at before they are handled.
const AHEAD: usize = 32;

/// Exponents of the popularity.
pub const ALPHAS: [f64; 2] = [0.8, 1.0];

/// A name, how to replay, and the misses in 10,000 requests that libCacheSim (aa0fc4) measured for
/// n = 1,000,000 and alpha = 0.8.
type Policy = (&'static str, fn(&[u32], u32, Cpu<'_>) -> Replay, u32);

const POLICIES: [Policy; 6] = [
    ("fifo", replay::<Fifo>, 5525),
    ("lru", replay::<Lru>, 5139),
    ("clock", replay::<Clock>, 5022),
    ("sieve", replay::<Sieve>, 4423),
    ("s3-fifo", replay::<S3Fifo>, 4343),
    ("lfu", replay::<Lfu>, 4425),
];

/// Where the measured shares hold.
const MEASURED_AT: (u32, f64) = (1_000_000, 0.8);

/// Shares of hits under two seeds differ by less.
const NOISE: f64 = 0.001;

/// What came of one replay.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Replay {
    /// Requests answered from the cache.
    pub hits: u64,
    /// Over the row of victims: equal for equal behaviour.
    pub checksum: u64,
    /// CPU time of the replay alone, in ns: the trace is in memory before.
    pub cpu_ns: u64,
}

/// One policy on one trace.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Outcome {
    /// As papers name it, in small letters.
    pub policy: &'static str,
    /// Exponent of the popularity.
    pub alpha: f64,
    /// Objects.
    #[serde(skip)]
    pub n: u32,
    /// Requests replayed.
    pub requests: u64,
    /// Share of requests answered from the cache.
    pub hit_ratio: f64,
    /// The same, measured with another simulator, where it was measured.
    pub hit_ratio_elsewhere: Option<f64>,
    /// See [`Replay::checksum`]; 16 hexadecimal digits.
    pub checksum: String,
    /// CPU time of the replay, in ns.
    pub cpu_ns: u64,
}

impl Outcome {
    /// Whether hits are those measured elsewhere, where they were measured.
    pub fn agrees(&self) -> bool {
        self.hit_ratio_elsewhere.is_none_or(|other| (self.hit_ratio - other).abs() < NOISE)
    }
}

impl From<Outcome> for Row {
    fn from(outcome: Outcome) -> Self {
        Self {
            bench: "w3",
            n: outcome.n,
            sharing: None,
            transfers: None,
            from_peers: None,
            mean_transfer_s: None,
            cpu_ns_per_unit: outcome.cpu_ns as f64 / outcome.requests as f64,
            bytes_per_peer: None,
            more: More::Replay(outcome),
        }
    }
}

/// Replays the traces of `n` objects (at least 1) under `seed` through every policy. `each` hears of
/// every replay as it ends.
pub fn run(n: u32, seed: u64, cpu: Cpu<'_>, each: &mut dyn FnMut(Outcome)) {
    let requests = REQUESTS.min(u64::from(n) * REQUESTS_PER_OBJECT);
    for alpha in ALPHAS {
        let trace = trace(n, alpha, requests, seed);
        for (policy, replay, misses) in POLICIES {
            let Replay { hits, checksum, cpu_ns } = replay(&trace, n, cpu);
            let measured = (n, alpha.to_bits()) == (MEASURED_AT.0, MEASURED_AT.1.to_bits());
            each(Outcome {
                policy,
                alpha,
                n,
                requests,
                hit_ratio: hits as f64 / requests as f64,
                hit_ratio_elsewhere: measured.then(|| f64::from(10_000 - misses) / 10_000.0),
                checksum: format!("{checksum:016x}"),
                cpu_ns,
            });
        }
    }
}

/// Request i is the smallest k, from 0, with CDF(k) at least the i-th random number, the CDF that of
/// Zipf(`alpha`) over `n` ranks.
pub fn trace(n: u32, alpha: f64, requests: u64, seed: u64) -> Vec<u32> {
    let mut sum = 0.0;
    let mut cdf: Vec<f64> = (1..=n)
        .map(|rank| {
            sum += libm::pow(f64::from(rank), -alpha);
            sum
        })
        .collect();
    for share in &mut cdf {
        *share /= sum;
    }
    // Where to begin for numbers of a cell, so that a step or two lead to the object.
    let cells = cdf.len();
    let mut first = 0u32;
    let begin: Vec<u32> = (0..cells)
        .map(|cell| {
            let from = cell as f64 / cells as f64;
            while cdf[first as usize] < from {
                first += 1;
            }
            first
        })
        .collect();
    let key = mix(seed);
    let last = n - 1;
    let request = |i| {
        let number = unit(mix(key ^ i));
        let cell = ((number * cells as f64) as usize).min(cells - 1);
        let mut object = begin[cell].saturating_sub(1);
        while object < last && cdf[object as usize] < number {
            object += 1;
        }
        object
    };
    (0..requests).map(request).collect()
}

/// All of `trace` through a cache that holds a tenth of `n` objects of size 1.
pub fn replay<O: Order>(trace: &[u32], n: u32, cpu: Cpu<'_>) -> Replay {
    let room = (n / ROOM_PART).max(1) as usize;
    let mut order = O::with_entries(n as usize);
    let (mut hits, mut checksum) = (0u64, 0u64);
    let begun = cpu();
    for requests in trace.chunks(AHEAD) {
        // The tables are larger than the caches next to the processor: reads that do not wait for
        // one another cost a tenth.
        black_box(requests.iter().fold(0, |seen, entry| seen ^ order.look(*entry)));
        for &entry in requests {
            if order.contains(entry) {
                order.touch(entry);
                hits += 1;
                continue;
            }
            if order.len() == room {
                let victim = order.victim(|_| false).expect("invariant: nothing is pinned");
                order.evict(victim);
                checksum = (checksum.rotate_left(5) ^ u64::from(victim)).wrapping_mul(0x9E37_79B9);
            }
            order.insert(entry);
        }
    }
    Replay { hits, checksum, cpu_ns: cpu() - begun }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_trace_is_what_a_search_in_the_distribution_finds() {
        for (n, alpha) in [(1, 0.8), (2, 1.0), (10, 0.8), (1_000, 1.0), (1_000, 3.0)] {
            let weight = |rank: u32| libm::pow(f64::from(rank), -alpha);
            let total: f64 = (1..=n).map(weight).sum();
            let found = trace(n, alpha, 2_000, 7);
            for (i, &object) in found.iter().enumerate() {
                let number = unit(mix(mix(7) ^ i as u64));
                let mut sum = 0.0;
                let below = |rank: &u32| {
                    sum += weight(*rank);
                    sum / total < number
                };
                let expected = (1..n).take_while(below).count() as u32;
                assert_eq!(object, expected, "n {n}, alpha {alpha}, request {i}");
            }
        }
    }

    /// Theory: an object stays in LRU for one characteristic time T after its last request, in FIFO
    /// for T after it came in; T is what fills the cache (Che, Tung and Wang 2002; Fricker, Robert
    /// and Roberts 2012). No policy that knows only the past beats the one that keeps the most
    /// popular, LFU comes near it.
    #[test]
    fn shares_of_hits_are_those_of_theory() {
        let (n, alpha, requests) = (5_000u32, 0.8, 1_500_000);
        let weights: Vec<f64> = (1..=n).map(|rank| libm::pow(f64::from(rank), -alpha)).collect();
        let total: f64 = weights.iter().sum();
        let odds: Vec<f64> = weights.iter().map(|weight| weight / total).collect();
        let room = f64::from(n / ROOM_PART);
        let lru = |odds: f64, time: f64| 1.0 - libm::exp(-odds * time);
        let fifo = |odds: f64, time: f64| odds * time / (1.0 + odds * time);
        let hits = |stays: fn(f64, f64) -> f64| {
            let held = |time: f64| odds.iter().map(|p| stays(*p, time)).sum::<f64>();
            let (mut low, mut high) = (0.0, 1e9);
            for _ in 0..100 {
                let middle = (low + high) / 2.0;
                if held(middle) < room { low = middle } else { high = middle }
            }
            odds.iter().map(|p| p * stays(*p, low)).sum::<f64>()
        };
        let best: f64 = odds[..room as usize].iter().sum();
        let trace = trace(n, alpha, requests, 3);
        let share = |name: &str| {
            let (_, replay, _) = POLICIES.into_iter().find(|policy| policy.0 == name).unwrap();
            replay(&trace, n, &|| 0).hits as f64 / requests as f64
        };
        for (name, expected) in [("fifo", hits(fifo)), ("lru", hits(lru))] {
            let found = share(name);
            assert!((found - expected).abs() < 0.004, "{name}: {found}, not {expected}");
        }
        // In the order that papers and other simulators find for such traces.
        let clock = share("clock");
        assert!(share("fifo") < share("lru") && share("lru") < clock, "CLOCK: {clock}");
        for name in ["lfu", "sieve", "s3-fifo"] {
            let found = share(name);
            assert!(clock < found && found < best, "{name}: {clock} < {found} < {best}");
        }
    }

    #[test]
    fn the_smallest_catalogue_is_replayed() {
        let mut seen = 0;
        run(1, 1, &|| 0, &mut |outcome| {
            assert_eq!(outcome.requests, 200);
            assert!((outcome.hit_ratio - 199.0 / 200.0).abs() < 1e-12, "{outcome:?}");
            seen += 1;
        });
        assert_eq!(seen, POLICIES.len() * ALPHAS.len());
    }
}
