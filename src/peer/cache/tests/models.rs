//! Policies that no order replays, against models of few lines.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::{Cache, CachePolicy, item, rules, size};
use crate::peer::cache::{Pin, ReplicaAware, Swarm};
use crate::units::Bytes;

/// An item of one segment: title, viewings, bytes, worth, holders, viewers.
#[derive(Clone, Copy, Debug)]
struct Known {
    title: u32,
    uses: u64,
    bytes: u64,
    worth: f64,
    swarm: (u32, u32),
}

/// Known items, last used last.
struct Naive {
    rule: &'static str,
    all: Vec<Known>,
    age: f64,
}

impl Naive {
    fn worth(&self, known: &Known) -> f64 {
        match self.rule {
            "lfu" => self.age + known.uses as f64,
            "gdsf" => self.age + known.uses as f64 / known.bytes as f64,
            _ => match known.swarm {
                (_, 0) => -1e9,
                (holders, _) if holders <= 2 => 1e9,
                (holders, viewers) => -f64::from(holders) / f64::from(viewers),
            },
        }
    }

    fn put(&mut self, mut known: Known) {
        known.worth = self.worth(&known);
        self.all.push(known);
    }

    fn use_again(&mut self, title: u32) -> bool {
        let Some(at) = self.all.iter().position(|known| known.title == title) else {
            return false;
        };
        let mut known = self.all.remove(at);
        known.uses += 1;
        self.put(known);
        true
    }

    fn evict(&mut self) -> u32 {
        let least = self.all.iter().map(|known| known.worth).fold(f64::INFINITY, f64::min);
        // Worth is a sum of fractions: equal to nine digits is equal.
        let near = |worth: f64| (worth - least).abs() < 1e-9;
        let at = self.all.iter().position(|known| near(known.worth)).unwrap();
        self.age = self.age.max(least);
        self.all.remove(at).title
    }
}

proptest! {
    #[test]
    fn worth_is_as_it_is_told(
        rule in prop::sample::select(vec!["lfu", "gdsf", "replica-aware"]),
        quota in 8u64..60,
        trace in prop::collection::vec((0u32..30, 0u32..30, 0u8..6, 0u32..7, 0u32..4), 0..300),
    ) {
        // Sizes are powers of two, so that worth is exact.
        let bytes = |title: u32| 1u64 << (title % 4);
        let size_of = |item: crate::peer::Item, _: u16| Bytes(bytes(item.title));
        let policy = CachePolicy::named(rule).unwrap();
        let two = CachePolicy::ReplicaAware(ReplicaAware { min_seed: 2 });
        prop_assert!(rule != "replica-aware" || policy == two);
        let mut cache = Cache::default();
        let mut naive = Naive { rule, all: Vec::new(), age: 0.0 };
        for (a, b, kind, holders, viewers) in trace {
            let title = a.min(b);
            if kind == 0 {
                cache.hear(item(title), Swarm { holders, viewers });
                if let Some(at) = naive.all.iter().position(|known| known.title == title) {
                    naive.all[at].swarm = (holders, viewers);
                    if rule == "replica-aware" {
                        naive.all[at].worth = naive.worth(&naive.all[at]);
                    }
                }
                continue;
            }
            let hit = cache.touch(item(title)).is_some();
            prop_assert_eq!(hit, naive.use_again(title));
            if hit {
                continue;
            }
            let own = bytes(title);
            let mut expected = Vec::new();
            while naive.all.iter().map(|known| known.bytes).sum::<u64>() + own > quota {
                expected.push(naive.evict());
            }
            naive.put(Known { title, uses: 1, bytes: own, worth: 0.0, swarm: (0, 0) });
            let mut dropped = Vec::new();
            let what = (item(title), 0, Bytes(own));
            prop_assert!(cache.insert(rules(policy, quota), what, None, &size_of, &mut dropped));
            let gone: Vec<u32> = dropped.iter().map(|item| item.title).collect();
            prop_assert_eq!(gone, expected, "{} of {:?}", rule, naive.all);
        }
    }

    /// Of all segments that may go, the earliest; among equals that of the item used longest ago.
    #[test]
    fn played_oldest_goes_by_start(
        quota in 10u64..60,
        steps in prop::collection::vec((0u32..5, 0u16..10, 0u16..10), 0..120),
    ) {
        let policy = CachePolicy::PlayedOldest;
        let mut cache = Cache::default();
        // Items in order of use, with their segments.
        let mut all: Vec<(u32, BTreeSet<u16>)> = Vec::new();
        for (title, segment, from) in steps {
            let bytes = |all: &[(u32, BTreeSet<u16>)]| -> u64 {
                all.iter().flat_map(|(t, held)| held.iter().map(|s| size(item(*t), *s).0)).sum()
            };
            let ahead: u64 = all.iter().filter(|held| held.0 == title).flat_map(|held| {
                held.1.range(from..).map(|s| size(item(title), *s).0)
            }).sum();
            let own = size(item(title), segment);
            let known = all.iter().any(|held| held.0 == title && held.1.contains(&segment));
            let fits = known || ahead + own.0 <= quota;
            if fits && !known {
                while bytes(&all) + own.0 > quota {
                    let free = |held: &(u32, BTreeSet<u16>)| {
                        held.1.iter().copied().find(|s| held.0 != title || *s < from)
                    };
                    let firsts = all.iter().enumerate().filter_map(|(at, held)| Some((free(held)?, at)));
                    let (first, at) = firsts.min().unwrap();
                    all[at].1.remove(&first);
                    all.retain(|held| !held.1.is_empty());
                }
                let at = all.iter().position(|held| held.0 == title);
                let mut held = at.map_or((title, BTreeSet::new()), |at| all.remove(at));
                held.1.insert(segment);
                all.push(held);
            }
            let pin = Some(Pin { item: item(title), from, bytes: Bytes(ahead), next: None });
            let what = (item(title), segment, own);
            let kept = cache.insert(rules(policy, quota), what, pin, &size, &mut Vec::new());
            prop_assert_eq!(kept, fits);
            let found: Vec<(u32, BTreeSet<u16>)> = cache.holdings().map(|held| {
                let segments = held.segments.ranges().flat_map(|(from, to)| from..to);
                (held.item.title, segments.collect())
            }).collect();
            prop_assert_eq!(&found, &all);
        }
    }
}
