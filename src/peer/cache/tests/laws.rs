//! What holds for every policy at every grain.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::{Cache, CachePolicy, GRAINS, Grain, Item, Pin, Rules, item, size};
use crate::peer::cache::{Lfu, ReplicaAware, S3Fifo, Swarm};
use crate::units::{Bytes, Share};

/// Every policy, and those with parameters with others than their defaults.
fn policies() -> Vec<CachePolicy> {
    let mut all = CachePolicy::ALL.to_vec();
    all.push(CachePolicy::S3Fifo(S3Fifo { small: Share::from_ppm(500_000) }));
    all.push(CachePolicy::Lfu(Lfu { ageing: false }));
    all.push(CachePolicy::ReplicaAware(ReplicaAware { min_seed: 0 }));
    all
}

fn held(cache: &Cache) -> BTreeSet<(Item, u16)> {
    let of = |held: super::super::Holding<'_>| -> Vec<(Item, u16)> {
        let all = held.segments.ranges().flat_map(|(from, to)| from..to);
        all.map(|segment| (held.item, segment)).collect()
    };
    cache.holdings().flat_map(of).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1024))]
    #[test]
    fn the_quota_holds_and_what_must_stay_stays(
        policy in prop::sample::select(policies()),
        grain in prop::sample::select(GRAINS.to_vec()),
        quota in 0u64..80,
        steps in prop::collection::vec((0u8..12, 0u32..6, 0u16..8, 0u16..8), 0..150),
    ) {
        let rules = Rules { policy, grain, quota: Bytes(quota) };
        let mut cache = Cache::default();
        let mut uploads: BTreeMap<(Item, u16), u32> = BTreeMap::new();
        for (kind, title, segment, from) in steps {
            let item = item(title);
            let before = held(&cache);
            match kind {
                0 => { cache.touch(item); }
                1 => cache.hear(item, Swarm { holders: segment.into(), viewers: from.into() }),
                2 if before.contains(&(item, segment)) => {
                    cache.send(item, segment);
                    *uploads.entry((item, segment)).or_default() += 1;
                }
                3 => {
                    let first = uploads.keys().next().copied();
                    let ended = first.unwrap_or((item, segment));
                    prop_assert_eq!(cache.sent(ended.0, ended.1), first.is_some());
                    if let Some(left) = uploads.get_mut(&ended) {
                        *left -= 1;
                        uploads.retain(|_, left| *left > 0);
                    }
                }
                _ => {
                    let ahead = before.iter().filter(|held| held.0 == item && held.1 >= from);
                    let bytes = ahead.map(|(item, segment)| size(*item, *segment)).sum();
                    let pin = (kind > 5).then_some(Pin { item, from, bytes, next: None });
                    let stays: BTreeSet<(Item, u16)> = before.iter().copied().filter(|held| {
                        let ahead = pin.is_some_and(|pin| held.0 == pin.item && held.1 >= pin.from);
                        ahead || uploads.contains_key(held)
                    }).collect();
                    let mut dropped = Vec::new();
                    let what = (item, segment, size(item, segment));
                    let kept = cache.insert(rules, what, pin, &size, &mut dropped);
                    let after = held(&cache);
                    let new = !before.contains(&(item, segment));
                    let staying: Bytes = stays.iter().map(|(item, s)| size(*item, *s)).sum();
                    let fits = policy.keeps() && staying + what.2 <= rules.quota;
                    prop_assert_eq!(kept, fits || !new);
                    prop_assert!(stays.is_subset(&after), "gone: {:?}", stays.difference(&after));
                    prop_assert_eq!(after.contains(&(item, segment)), kept);
                    let only_new = after.iter().all(|h| before.contains(h) || *h == (item, segment));
                    prop_assert!(only_new, "something came from nowhere");
                    if !kept || !new || cache.bytes() < rules.quota && before.is_subset(&after) {
                        prop_assert!(before.is_subset(&after), "something went without need");
                    }
                    let items = |all: &BTreeSet<(Item, u16)>| {
                        all.iter().map(|held| held.0).collect::<BTreeSet<Item>>()
                    };
                    let gone: BTreeSet<Item> = items(&before).difference(&items(&after)).copied().collect();
                    let told: BTreeSet<Item> =
                        dropped.iter().filter(|gone| **gone != item).copied().collect();
                    prop_assert_eq!(gone, told, "every lost item is told");
                }
            }
            let sum: Bytes = held(&cache).iter().map(|(item, s)| size(*item, *s)).sum();
            prop_assert_eq!(cache.bytes(), sum);
            prop_assert!(cache.bytes() <= rules.quota, "above its quota");
            let sent: Bytes = uploads
                .keys()
                .filter(|sent| held(&cache).contains(sent))
                .map(|(item, s)| size(*item, *s))
                .sum();
            prop_assert_eq!(cache.sending(None, None, &size), sent);
        }
    }

    /// One segment too many: what goes is what the grain says, of one item.
    #[test]
    fn the_grain_says_what_goes(
        policy in prop::sample::select(policies()),
        grain in prop::sample::select(GRAINS.to_vec()),
        lengths in prop::collection::vec(1u16..9, 1..6),
    ) {
        prop_assume!(policy.keeps());
        let one = |_: Item, _: u16| Bytes(1);
        let all: u64 = lengths.iter().map(|length| u64::from(*length)).sum();
        let rules = Rules { policy, grain, quota: Bytes(all) };
        let mut cache = Cache::default();
        for (title, length) in (0u32..).zip(&lengths) {
            cache.insert_run(rules, (item(title), 0, *length), &one, &mut Vec::new());
        }
        let before = held(&cache);
        prop_assert_eq!(before.len() as u64, all);
        let kept = cache.insert(rules, (item(99), 0, Bytes(1)), None, &one, &mut Vec::new());
        prop_assert!(kept);
        let gone: Vec<(Item, u16)> = before.difference(&held(&cache)).copied().collect();
        let victim = gone[0].0;
        let length = lengths[victim.title as usize];
        let expected: Vec<u16> = match grain {
            Grain::Segment => vec![0],
            Grain::Prefix => vec![length - 1],
            Grain::Title => (0..length).collect(),
        };
        prop_assert_eq!(gone, expected.into_iter().map(|s| (victim, s)).collect::<Vec<_>>());
    }

    /// A policy that changes under a full cache begins its notes anew and keeps what is held.
    #[test]
    fn another_policy_takes_over(
        first in prop::sample::select(policies()),
        second in prop::sample::select(policies()),
        trace in prop::collection::vec(0u32..12, 1..60),
    ) {
        prop_assume!(first.keeps() && second.keeps());
        let mut cache = Cache::default();
        for (at, title) in trace.iter().enumerate() {
            let policy = if at < trace.len() / 2 { first } else { second };
            let rules = Rules { policy, grain: Grain::Segment, quota: Bytes(30) };
            let what = (item(*title), 0, size(item(*title), 0));
            prop_assert!(cache.insert(rules, what, None, &size, &mut Vec::new()));
            let sum: Bytes = held(&cache).iter().map(|(item, s)| size(*item, *s)).sum();
            prop_assert_eq!(cache.bytes(), sum);
            prop_assert!(sum <= Bytes(30));
        }
    }
}

#[test]
fn names_and_parameters_are_read_and_written() {
    #[derive(Debug, PartialEq, serde::Deserialize, serde::Serialize)]
    struct File {
        policy: CachePolicy,
    }
    for policy in policies() {
        let text = toml::to_string(&File { policy }).unwrap();
        assert_eq!(toml::from_str::<File>(&text).unwrap(), File { policy }, "{text}");
        assert!(policy.wrong().is_none() && !policy.about().is_empty());
    }
    for policy in CachePolicy::ALL {
        let bare = format!("policy = \"{}\"", policy.name());
        assert_eq!(toml::from_str::<File>(&bare).unwrap(), File { policy });
    }
    let small: File = toml::from_str("policy = { s3-fifo = { small = 0.25 } }").unwrap();
    let quarter = S3Fifo { small: Share::from_ppm(250_000) };
    assert_eq!(small.policy, CachePolicy::S3Fifo(quarter));
    for wrong in ["\"lruu\"", "{ lruu = {} }", "3", "{ s3-fifo = { smal = 0.1 } }", "{}"] {
        let error = toml::from_str::<File>(&format!("policy = {wrong}"));
        assert!(error.is_err(), "{wrong}");
    }
    let names = toml::from_str::<File>("policy = \"lruu\"").unwrap_err().to_string();
    assert!(CachePolicy::ALL.iter().all(|policy| names.contains(policy.name())), "{names}");
    let nothing = S3Fifo { small: Share::ZERO };
    assert_eq!(CachePolicy::S3Fifo(nothing).wrong().unwrap().0, "small");
}
