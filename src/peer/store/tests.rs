//! A device without a disk: what is in memory, and for how long.

use proptest::prelude::*;

use super::{Pin, Store};
use crate::peer::cache::CachePolicy;
use crate::peer::scheduler::Scheduler;
use crate::peer::{Config, Item, Output};
use crate::units::{BitRate, Bytes, Span};

const ITEM: Item = Item { title: 3, rung: 1 };

fn config(disk: u64, memory: u64) -> Config {
    Config {
        plan: Scheduler::named("hybrid").unwrap().plan(),
        clock: crate::units::TimeOfDay(Span::ZERO),
        segment: Span::from_secs(4),
        start_after: Span::from_secs(4),
        resume_after: Span::from_secs(4),
        cache: CachePolicy::Lru,
        grain: Default::default(),
        disk: Bytes(disk),
        memory: Bytes(memory),
        upload_slots: 4,
        upload_in_standby: true,
        upload_least: BitRate::ZERO,
        links: 10,
        refresh: Span::from_secs(20),
        adapt: Default::default(),
    }
}

fn size(_: Item, segment: u16) -> Bytes {
    Bytes(5 + u64::from(segment) % 4)
}

proptest! {
    /// Played segments go, but not those that are being sent: on disk and in memory.
    #[test]
    fn what_is_being_sent_stays(
        on_disk in any::<bool>(),
        policy in prop::sample::select(CachePolicy::ALL.to_vec()),
        sent in prop::collection::btree_set(0u16..12, 0..4),
        ends in any::<bool>(),
    ) {
        let config = Config { cache: policy, ..config(if on_disk { 100 } else { 0 }, 100) };
        let mut store = Store::default();
        let put = |store: &mut Store, segment: u16| {
            let bytes = (segment..segment + 1).filter(|s| {
                store.get(ITEM).is_some_and(|held| held.contains(*s))
            }).map(|s| size(ITEM, s)).sum();
            let pin = Some(Pin { item: ITEM, from: segment, bytes, next: None });
            let what = (ITEM, segment, size(ITEM, segment));
            store.put(&config, what, pin, &size, &mut Vec::new())
        };
        for segment in 0..12 {
            prop_assert!(put(&mut store, segment));
        }
        for segment in &sent {
            store.disk.send(ITEM, *segment);
        }
        let sending: Bytes = sent.iter().map(|s| size(ITEM, *s)).sum();
        prop_assert_eq!(store.sending(Pin { item: ITEM, from: 12, bytes: Bytes::ZERO, next: None }, &size), sending);
        // Twice what there is room for is played.
        for segment in 12..40 {
            prop_assert!(put(&mut store, segment), "{segment} of {policy:?}");
            let held = store.get(ITEM).unwrap();
            prop_assert!(sent.iter().all(|s| held.contains(*s)), "{sent:?} are being sent");
        }
        if ends {
            for segment in &sent {
                prop_assert!(store.disk.sent(ITEM, *segment));
            }
            for segment in 40..80 {
                prop_assert!(put(&mut store, segment));
            }
            let held = store.get(ITEM).unwrap();
            prop_assert!(!sent.iter().any(|s| held.contains(*s)), "nothing holds them any more");
        }
    }

    #[test]
    fn neither_part_is_ever_above_its_quota(
        disk in 0u64..60,
        memory in 0u64..60,
        steps in prop::collection::vec((0u16..20, 0u16..20), 0..60),
    ) {
        let config = config(disk, memory);
        let mut store = Store::default();
        let mut position = 0;
        for (segment, played_until) in steps {
            position = position.max(played_until / 4);
            let held = store.get(ITEM).unwrap_or_default();
            let ahead: Vec<u16> = (position..24).filter(|s| held.contains(*s)).collect();
            let bytes: Bytes = ahead.iter().map(|s| size(ITEM, *s)).sum();
            let pin = Some(Pin { item: ITEM, from: position, bytes, next: None });
            let mut dropped = Vec::new();
            let new = (ITEM, segment, size(ITEM, segment));
            let kept = store.put(&config, new, pin, &size, &mut dropped);
            let now = store.get(ITEM).unwrap_or_default();
            prop_assert_eq!(kept, now.contains(segment));
            prop_assert!(ahead.iter().all(|s| now.contains(*s)), "an unplayed segment went");
            prop_assert!(store.stored().disk().bytes().0 <= disk && store.stored().in_memory().0 <= memory);
            prop_assert!(store.stored().disk().bytes() == Bytes::ZERO || store.stored().in_memory() == Bytes::ZERO);
            let sum: Bytes = (0..24).filter(|s| now.contains(*s)).map(|s| size(ITEM, s)).sum();
            prop_assert_eq!(sum, store.stored().disk().bytes() + store.stored().in_memory());
            // What was asked for with room ahead is always stored.
            prop_assert!(kept || bytes + new.2 > Store::room(&config));
        }
        let had = store.stored().in_memory() > Bytes::ZERO;
        let mut out = Vec::new();
        store.forget_memory(&mut out);
        prop_assert_eq!(out, if had { vec![Output::Drops(ITEM)] } else { vec![] });
        prop_assert_eq!(store.stored().in_memory(), Bytes::ZERO);
    }
}
