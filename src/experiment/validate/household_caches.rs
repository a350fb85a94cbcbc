//! V4: the real cache code under independent requests, against Che's approximation.
//!
//! Requests are drawn alike and independently from K titles of one size with `p_k ~ 1/(k+q)^a`. A
//! cache of C titles that evicts the least recently used holds title k with probability
//! `h_k = 1 − exp(−p_k t)`, t solving `Σ h_k = C` (Che, Tung, Wang 2002). Of N such households, each
//! of the others online with probability `a`, a request is served
//! * by the own cache: `Σ p_k h_k`,
//! * by another household: `Σ p_k (1 − h_k) (1 − (1 − a h_k)^(N−1))`,
//! * by the server: the rest.

use super::{Effort, Finding, compare};
use crate::peer::Item;
use crate::peer::cache::{Cache, CachePolicy, Grain, Rules};
use crate::rng::{Draw, Roll, Site, Table};
use crate::units::{Bytes, Share};

/// A catalogue and the households in front of it.
#[derive(Clone, Copy, Debug)]
struct Case {
    titles: u32,
    exponent: f64,
    /// Flattens the head; 0 is Zipf's law.
    flattening: f64,
    /// Titles that one cache holds.
    cached: u32,
    households: u32,
    /// Chance that another household is online.
    online: f64,
}

/// Parts of all requests.
#[derive(Clone, Copy, Debug)]
struct Split {
    own: f64,
    peers: f64,
    server: f64,
}

const ALONE: Case = Case {
    titles: 10_000,
    exponent: 0.8,
    flattening: 0.0,
    cached: 100,
    households: 1,
    online: 0.0,
};

/// One cache by itself.
const SINGLE: [Case; 5] = [
    ALONE,
    Case { cached: 1_000, ..ALONE },
    Case { exponent: 1.0, ..ALONE },
    Case { exponent: 1.0, flattening: 20.0, ..ALONE },
    Case { titles: 5_000, exponent: 0.56, cached: 500, ..ALONE },
];

/// Households that serve each other.
const COOPERATING: [Case; 3] = [
    Case { cached: 10, households: 1_000, online: 0.3, ..ALONE },
    Case { cached: 10, households: 1_000, online: 1.0, ..ALONE },
    Case { cached: 50, households: 200, online: 0.3, ..ALONE },
];

/// Every title has this size.
const SIZE: Bytes = Bytes(1_000_000);

pub(super) fn run(effort: Effort, found: &mut dyn FnMut(Finding)) {
    let (requests, tolerance) = match effort {
        Effort::Full => (400_000, 0.005),
        Effort::Quick => (40_000, 0.015),
    };
    for (at, case) in (0..).zip(SINGLE) {
        let (theory, played) = (theory(&case), play(&case, at, requests));
        let Case { titles, exponent, flattening, cached, .. } = case;
        let law = if flattening > 0.0 { format!(" (q={flattening})") } else { String::new() };
        let note = format!(
            "one LRU cache of {cached} of {titles} titles, Zipf {exponent}{law}: share of \
             {requests} requests it answers, against Che's formula"
        );
        found(compare("V4", theory.own, played.own, tolerance, note));
    }
    for (at, case) in (SINGLE.len() as u32..).zip(COOPERATING) {
        let (theory, played) = (theory(&case), play(&case, at, requests));
        let Case { titles, exponent, cached, households, online, .. } = case;
        for (part, theory, played) in [
            ("the own cache", theory.own, played.own),
            ("other households", theory.peers, played.peers),
            ("the server", theory.server, played.server),
        ] {
            let note = format!(
                "{households} households, each an LRU cache of {cached} of {titles} titles, Zipf \
                 {exponent}, others online with probability {online}: share from {part}, against \
                 Che's formula with a binomial"
            );
            found(compare("V4", theory, played, tolerance, note));
        }
    }
}

impl Case {
    /// Weights of the titles.
    fn weights(&self) -> Vec<f64> {
        let weight = |rank: u32| libm::pow(f64::from(rank + 1) + self.flattening, -self.exponent);
        (0..self.titles).map(weight).collect()
    }
}

/// What the formulas say.
fn theory(case: &Case) -> Split {
    let weights = case.weights();
    let total: f64 = weights.iter().sum();
    let chances: Vec<f64> = weights.iter().map(|weight| weight / total).collect();
    let time = characteristic_time(&chances, f64::from(case.cached));
    let others = f64::from(case.households - 1);
    let mut split = Split { own: 0.0, peers: 0.0, server: 0.0 };
    for chance in chances {
        let held = -libm::expm1(-chance * time);
        let nobody = libm::pow(1.0 - case.online * held, others);
        split.own += chance * held;
        split.peers += chance * (1.0 - held) * (1.0 - nobody);
    }
    split.server = 1.0 - split.own - split.peers;
    split
}

/// The t at which a cache holds `cached` titles on average, in requests: `Σ (1 − exp(−p_k t))`
/// rises with t, so halving finds it. `cached` is below the number of titles.
fn characteristic_time(chances: &[f64], cached: f64) -> f64 {
    let held = |time: f64| chances.iter().map(|p| -libm::expm1(-p * time)).sum::<f64>();
    let (mut low, mut high) = (0.0, cached);
    while held(high) < cached {
        (low, high) = (high, 2.0 * high);
    }
    for _ in 0..60 {
        let middle = 0.5 * (low + high);
        if held(middle) < cached {
            low = middle;
        } else {
            high = middle;
        }
    }
    0.5 * (low + high)
}

/// Households with real caches, asked one request after the other.
struct Neighbourhood {
    caches: Vec<Cache>,
    quota: Bytes,
    /// For each title how many households hold it.
    holders: Vec<u32>,
    online: Share,
    dropped: Vec<Item>,
}

/// Who answered.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Answer {
    Own,
    Peer,
    Server,
}

impl Neighbourhood {
    fn new(case: &Case) -> Self {
        Self {
            caches: vec![Cache::default(); case.households as usize],
            quota: Bytes(SIZE.0 * u64::from(case.cached)),
            holders: vec![0; case.titles as usize],
            online: Share::from_f64(case.online).expect("invariant: chances are shares"),
            dropped: Vec::new(),
        }
    }

    /// A request of `household` for `title`, which it holds afterwards.
    fn ask(&mut self, household: u32, title: u32, roll: &mut Roll) -> Answer {
        let item = Item { title, rung: 0 };
        let cache = &mut self.caches[household as usize];
        if cache.touch(item).is_some() {
            return Answer::Own;
        }
        // Each holder is online or not at this moment; the first that is serves.
        let served = (0..self.holders[title as usize]).any(|_| roll.chance(self.online));
        let segment = (item, 0, SIZE);
        let size_of = |_: Item, _: u16| SIZE;
        let rules = Rules { policy: CachePolicy::Lru, grain: Grain::Segment, quota: self.quota };
        let kept = cache.insert(rules, segment, None, &size_of, &mut self.dropped);
        assert!(kept, "invariant: a title fits into an unpinned cache");
        self.holders[title as usize] += 1;
        for gone in self.dropped.drain(..) {
            self.holders[gone.title as usize] -= 1;
        }
        if served { Answer::Peer } else { Answer::Server }
    }
}

/// What the caches do with `requests` requests once they are warm; `number` names the case to the
/// dice.
fn play(case: &Case, number: u32, requests: u32) -> Split {
    let table = Table::new(&case.weights()).expect("invariant: weights are positive");
    let mut roll = Draw::new(1, 0).at(Site::Experiment, HOUSEHOLD_CACHES, number);
    let mut homes = Neighbourhood::new(case);
    let mut ask = |roll: &mut Roll| {
        let household = roll.below(case.households);
        let title = table.draw(roll);
        homes.ask(household, title, roll)
    };
    // A cache forgets its beginning after a few times its characteristic time, which is between
    // one and three times its size here.
    for _ in 0..12 * case.cached * case.households {
        ask(&mut roll);
    }
    let (mut own, mut peers) = (0u32, 0u32);
    for _ in 0..requests {
        let answer = ask(&mut roll);
        own += u32::from(answer == Answer::Own);
        peers += u32::from(answer == Answer::Peer);
    }
    let share = |count: u32| f64::from(count) / f64::from(requests);
    Split { own: share(own), peers: share(peers), server: share(requests - own - peers) }
}

/// Who asks, at [`Site::Experiment`].
const HOUSEHOLD_CACHES: u32 = 4;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formula_gives_the_reference_values() {
        let expected = [0.1566, 0.4367, 0.3905, 0.1112, 0.2117];
        for (case, expected) in SINGLE.iter().zip(expected) {
            let own = theory(case).own;
            assert!((own - expected).abs() < 1e-4, "{case:?}: {own}");
        }
        let expected = [[0.028, 0.517, 0.455], [0.028, 0.715, 0.257], [0.103, 0.450, 0.447]];
        for (case, [own, peers, server]) in COOPERATING.iter().zip(expected) {
            let split = theory(case);
            assert!((split.own - own).abs() < 1e-3, "{case:?}: {split:?}");
            assert!((split.peers - peers).abs() < 1e-3, "{case:?}: {split:?}");
            assert!((split.server - server).abs() < 1e-3, "{case:?}: {split:?}");
        }
    }

    #[test]
    fn holders_are_those_whose_cache_has_the_title() {
        let case = Case { titles: 50, cached: 5, households: 8, online: 0.5, ..ALONE };
        let mut homes = Neighbourhood::new(&case);
        let mut roll = Draw::new(3, 0).at(Site::Experiment, HOUSEHOLD_CACHES, 0);
        for _ in 0..2_000 {
            let (household, title) = (roll.below(8), roll.below(50));
            homes.ask(household, title, &mut roll);
        }
        for title in 0..50 {
            let item = Item { title, rung: 0 };
            let holding = homes.caches.iter().filter(|cache| cache.get(item).is_some()).count();
            assert_eq!(holding, homes.holders[title as usize] as usize, "title {title}");
        }
    }
}
