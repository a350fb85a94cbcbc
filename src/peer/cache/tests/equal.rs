//! One rule, two indexes: the store of a device and the dense tables of a cache replay decide alike,
//! and S3-FIFO hits as often as another library's.

use proptest::prelude::*;
use quick_cache::unsync;

use super::super::order::{self, Order};
use super::{Cache, CachePolicy, item, rules};
use crate::peer::cache::Lfu;
use crate::units::Bytes;

const ONE: Bytes = Bytes(1);

/// A request for a title of one segment: the victim, if there was one, or `None` for a hit.
fn ask(cache: &mut Cache, policy: CachePolicy, room: u64, title: u32) -> Option<Vec<u32>> {
    if cache.touch(item(title)).is_some() {
        return None;
    }
    let mut dropped = Vec::new();
    let what = (item(title), 0, ONE);
    assert!(cache.insert(rules(policy, room), what, None, &|_, _| ONE, &mut dropped));
    Some(dropped.iter().map(|item| item.title).collect())
}

/// The same of an order.
fn ask_order<O: Order>(order: &mut O, room: u64, title: u32) -> Option<Vec<u32>> {
    if order.contains(title) {
        order.touch(title);
        return None;
    }
    let mut gone = Vec::new();
    if order.len() as u64 == room {
        let victim = order.victim(|_| false).unwrap();
        order.evict(victim);
        gone.push(victim);
    }
    order.insert(title);
    Some(gone)
}

fn decides_alike<O: Order>(policy: CachePolicy, room: u64, trace: &[u32]) {
    let (mut cache, mut order) = (Cache::default(), O::with_entries(0));
    for (at, title) in trace.iter().enumerate() {
        let found = ask(&mut cache, policy, room, *title);
        let expected = ask_order(&mut order, room, *title);
        assert_eq!(found, expected, "{policy:?}, room {room}, request {at} for {title}: {trace:?}");
    }
}

fn named(name: &str) -> CachePolicy {
    CachePolicy::named(name).unwrap()
}

proptest! {
    #[test]
    fn one_rule_two_indexes(
        room in 1u64..32,
        trace in prop::collection::vec((0u32..60, 0u32..60).prop_map(|(a, b)| a.min(b)), 0..600),
    ) {
        decides_alike::<order::Lru>(CachePolicy::Lru, room, &trace);
        decides_alike::<order::Sieve>(named("sieve"), room, &trace);
        decides_alike::<order::S3Fifo>(named("s3-fifo"), room, &trace);
        decides_alike::<order::Lfu>(CachePolicy::Lfu(Lfu { ageing: false }), room, &trace);
    }
}

/// Requests for titles whose rank weighs `weight` of it.
fn trace(titles: u32, weight: fn(f64) -> f64, requests: u32) -> Vec<u32> {
    let mut sum = 0.0;
    let weights = (1..=titles).map(|rank| {
        sum += weight(f64::from(rank));
        sum
    });
    let sums: Vec<f64> = weights.collect();
    let mut dice = 1u64;
    let request = |_| {
        dice = dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        let number = (dice >> 11) as f64 / (1u64 << 53) as f64 * sum;
        sums.partition_point(|sum| *sum <= number) as u32
    };
    (0..requests).map(request).collect()
}

/// Its queues differ in details (a hot row with a clock, ghosts by hash), so that hits agree to a
/// percentage point and not to a digit; LRU is further away.
#[test]
fn s3_fifo_hits_as_often_as_another_librarys() {
    const TITLES: u32 = 1_000;
    const ROOM: u64 = 100;
    type Law = (f64, fn(f64) -> f64);
    let laws: [Law; 2] =
        [(0.75, |rank| 1.0 / (rank.sqrt() * rank.sqrt().sqrt())), (1.0, |rank| 1.0 / rank)];
    for (alpha, weight) in laws {
        let trace = trace(TITLES, weight, 100_000);
        let share = |policy: CachePolicy| {
            let mut cache = Cache::default();
            let hits = trace.iter().filter(|t| ask(&mut cache, policy, ROOM, **t).is_none());
            hits.count() as f64 / trace.len() as f64
        };
        let mut other: unsync::Cache<u32, ()> = unsync::Cache::new(ROOM as usize);
        let mut hits = 0;
        for title in &trace {
            if other.get(title).is_some() {
                hits += 1;
            } else {
                other.insert(*title, ());
            }
        }
        let (ours, theirs) = (share(named("s3-fifo")), f64::from(hits) / trace.len() as f64);
        let lru = share(CachePolicy::Lru);
        println!("alpha {alpha}: ours {ours:.4}, theirs {theirs:.4}, LRU {lru:.4}");
        assert!((ours - theirs).abs() < 0.015, "alpha {alpha}: {ours}, not {theirs}");
        assert!(ours > lru + 0.03, "alpha {alpha}: LRU {lru}");
    }
}
