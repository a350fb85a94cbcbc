//! The cache against a naive model, and its order of eviction against another library's LRU.

use std::collections::BTreeSet;

use proptest::prelude::*;
use schnellru::{LruMap, UnlimitedCompact};

use super::{Cache, CachePolicy, Grain, Item, Pin, Rules};
use crate::units::Bytes;

fn item(title: u32) -> Item {
    Item { title, rung: 0 }
}

fn rules(policy: CachePolicy, quota: u64) -> Rules {
    Rules { policy, grain: Grain::Segment, quota: Bytes(quota) }
}

/// Sizes that differ by title and segment, so that a mix-up shows in the sums.
fn size(item: Item, segment: u16) -> Bytes {
    Bytes(1 + u64::from(item.title * 7 + u32::from(segment) * 3) % 11)
}

/// Items with their segments, least recently used first; everything else is looked up by hand.
#[derive(Default)]
struct Model(Vec<(Item, BTreeSet<u16>)>);

impl Model {
    fn bytes(&self) -> u64 {
        self.0.iter().flat_map(|(item, all)| all.iter().map(|s| size(*item, *s).0)).sum()
    }

    fn pinned(&self, pin: Option<Pin>) -> BTreeSet<u16> {
        let held = pin.and_then(|pin| Some((pin, self.0.iter().find(|held| held.0 == pin.item)?)));
        held.map_or(BTreeSet::new(), |(pin, (_, all))| all.range(pin.from..).copied().collect())
    }

    fn touch(&mut self, item: Item) {
        if let Some(at) = self.0.iter().position(|held| held.0 == item) {
            let held = self.0.remove(at);
            self.0.push(held);
        }
    }

    fn insert(&mut self, quota: u64, item: Item, segment: u16, pin: Option<Pin>) -> bool {
        if self.0.iter().any(|held| held.0 == item && held.1.contains(&segment)) {
            return true;
        }
        let stays: u64 = pin.map_or(0, |pin| {
            self.pinned(Some(pin)).iter().map(|segment| size(pin.item, *segment).0).sum()
        });
        if stays + size(item, segment).0 > quota {
            return false;
        }
        while self.bytes() + size(item, segment).0 > quota {
            let free = |held: &(Item, BTreeSet<u16>)| {
                let from = pin.filter(|pin| pin.item == held.0).map_or(u16::MAX, |pin| pin.from);
                held.1.iter().copied().find(|segment| *segment < from)
            };
            let (at, first) =
                self.0.iter().enumerate().find_map(|(at, held)| Some((at, free(held)?))).unwrap();
            self.0[at].1.remove(&first);
            if self.0[at].1.is_empty() {
                self.0.remove(at);
            }
        }
        self.touch(item);
        match self.0.last_mut().filter(|held| held.0 == item) {
            Some(held) => assert!(held.1.insert(segment)),
            None => self.0.push((item, BTreeSet::from([segment]))),
        }
        true
    }
}

const GRAINS: [Grain; 3] = [Grain::Segment, Grain::Prefix, Grain::Title];

#[cfg(test)]
mod equal;
#[cfg(test)]
mod laws;
#[cfg(test)]
mod models;

proptest! {
    #[test]
    fn a_run_goes_in_as_its_segments_do(
        runs in prop::collection::vec((0u32..5, 0u16..12, 0u16..14), 0..20),
        quota in 0u64..90,
        policy in prop::sample::select(CachePolicy::ALL.to_vec()),
        grain in prop::sample::select(GRAINS.to_vec()),
    ) {
        let (mut whole, mut singles) = (Cache::default(), Cache::default());
        let (mut lost, mut lost_too) = (Vec::new(), Vec::new());
        let rules = Rules { policy, grain, quota: Bytes(quota) };
        for (title, from, length) in runs {
            let (item, to) = (item(title), from + length);
            whole.insert_run(rules, (item, from, to), &size, &mut lost);
            for segment in from..to {
                let what = (item, segment, size(item, segment));
                singles.insert(rules, what, None, &size, &mut lost_too);
            }
            let held = |cache: &Cache| -> Vec<(Item, Vec<(u16, u16)>)> {
                cache.holdings().map(|h| (h.item, h.segments.ranges().collect())).collect()
            };
            prop_assert_eq!(held(&whole), held(&singles));
            prop_assert_eq!(whole.bytes(), singles.bytes());
        }
    }

    #[test]
    fn behaves_as_a_naive_cache(
        quota in 0u64..60,
        steps in prop::collection::vec((0u8..8, 0u32..5, 0u16..8, 0u16..8), 0..120),
    ) {
        let mut cache = Cache::default();
        let mut model = Model::default();
        for (kind, title, segment, from) in steps {
            let item = item(title);
            if kind == 0 {
                cache.touch(item);
                model.touch(item);
                continue;
            }
            let pin = (kind > 2).then(|| {
                let held = cache.get(item).unwrap_or_default();
                let ahead = (from..8).filter(|s| held.contains(*s)).map(|s| size(item, s));
                Pin { item, from, bytes: ahead.sum(), next: None }
            });
            let pinned = model.pinned(pin);
            let before: BTreeSet<Item> = model.0.iter().map(|held| held.0).collect();
            let mut dropped = Vec::new();
            let wanted = (item, segment, size(item, segment));
            let lru = rules(CachePolicy::Lru, quota);
            let kept = cache.insert(lru, wanted, pin, &size, &mut dropped);
            prop_assert_eq!(kept, model.insert(quota, item, segment, pin));
            let held: Vec<(Item, BTreeSet<u16>)> = cache
                .holdings()
                .map(|held| (held.item, (0..8).filter(|s| held.segments.contains(*s)).collect()))
                .collect();
            prop_assert_eq!(&held, &model.0);
            prop_assert_eq!(cache.bytes().0, model.bytes());
            prop_assert!(cache.bytes().0 <= quota, "above its quota");
            let now = cache.get(item).unwrap_or_default();
            prop_assert!(pinned.iter().all(|s| now.contains(*s)), "a pinned segment went");
            let after: BTreeSet<Item> = held.iter().map(|held| held.0).collect();
            let gone: BTreeSet<Item> = before.difference(&after).copied().collect();
            let told: BTreeSet<Item> = dropped.into_iter().filter(|i| !after.contains(i)).collect();
            prop_assert_eq!(gone, told, "every lost item is told");
        }
    }

    /// Titles of one segment each are an ordinary cache of weighted keys: whatever the weights,
    /// hits and contents are those of another library's LRU.
    #[test]
    fn forgets_in_the_order_of_another_lru(
        quota in 1u64..40,
        equal in any::<bool>(),
        trace in prop::collection::vec(0u32..30, 0..400),
    ) {
        let weight = |item: Item, _| if equal { Bytes(4) } else { size(item, 0) };
        let mut cache = Cache::default();
        let mut other: LruMap<u32, u64, UnlimitedCompact> = LruMap::new(UnlimitedCompact);
        let mut held = 0;
        for title in trace {
            let hit = cache.touch(item(title)).is_some();
            prop_assert_eq!(hit, other.get(&title).is_some());
            let bytes = weight(item(title), 0);
            if hit || bytes.0 > quota {
                continue;
            }
            let wanted = (item(title), 0, bytes);
            let mut dropped = Vec::new();
            let lru = rules(CachePolicy::Lru, quota);
            prop_assert!(cache.insert(lru, wanted, None, &weight, &mut dropped));
            let mut forgotten = Vec::new();
            while held + bytes.0 > quota {
                let (oldest, weight) = other.pop_oldest().unwrap();
                held -= weight;
                forgotten.push(item(oldest));
            }
            other.insert(title, bytes.0);
            held += bytes.0;
            prop_assert_eq!(dropped, forgotten);
            prop_assert_eq!(cache.bytes().0, held);
        }
    }
}
