//! Transfers under way against plain bookkeeping.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::Requests;
use crate::peer::{PeerId, Slot, Source};
use crate::units::{Bytes, Span, Time};

proptest! {
    #[test]
    fn slots_are_unique_and_partial_bytes_are_kept(
        steps in prop::collection::vec((0u8..4, 0u16..12, 0u8..8, 0u64..=100), 0..200),
    ) {
        let mut requests = Requests::default();
        let size = |segment: u16| 100 + u64::from(segment);
        let mut running: BTreeMap<u8, (u16, u64)> = BTreeMap::new();
        let mut partial: BTreeMap<u16, u64> = BTreeMap::new();
        for (kind, segment, slot, percent) in steps {
            if kind < 2 && requests.of(segment).is_none() {
                let source = if kind == 0 { Source::Cdn } else { Source::Peer(PeerId(7)) };
                let wanted = (segment, Bytes(size(segment)));
                let begun = requests.start(wanted, source, (Time(3), 0));
                prop_assert_eq!(begun.is_some(), running.len() < Slot::COUNT);
                if let Some(begun) = begun {
                    prop_assert!(usize::from(begun.slot.0) < Slot::COUNT);
                    let kept = partial.remove(&segment).unwrap_or(0);
                    prop_assert_eq!(begun.from_byte(), Bytes(kept));
                    let before = running.insert(begun.slot.0, (segment, kept));
                    prop_assert!(before.is_none(), "slot {} twice", begun.slot.0);
                }
            } else if kind == 2 {
                let ended = requests.end(Slot(slot), None, |s| Bytes(size(s)));
                prop_assert_eq!(ended.map(|e| e.request.segment), running.remove(&slot).map(|r| r.0));
            } else {
                let mine = running.remove(&slot);
                let got = mine.map_or(0, |(segment, kept)| (size(segment) - kept) * percent / 100);
                let ended = requests.end(Slot(slot), Some(Bytes(got)), |s| Bytes(size(s)));
                prop_assert_eq!(ended.map(|e| e.request.segment), mine.map(|r| r.0));
                if let Some((segment, kept)) = mine.filter(|(_, kept)| kept + got > 0) {
                    partial.insert(segment, kept + got);
                }
            }
            let coming: u64 = running.values().map(|(segment, _)| size(*segment)).sum();
            prop_assert_eq!(requests.coming(), Bytes(coming));
            let all = requests.from_cdn() + requests.from_peers();
            prop_assert_eq!(all as usize, running.len());
            for segment in 0..12 {
                prop_assert_eq!(requests.is_partial(segment), partial.contains_key(&segment));
                let there = running.values().any(|(under_way, _)| *under_way == segment);
                prop_assert_eq!(requests.of(segment).is_some(), there);
            }
        }
    }

    #[test]
    fn failures_count_while_they_are_remembered(
        times in prop::collection::vec(0u64..50, 0..8),
        retries in 0u32..5,
        memory in 0u64..40,
        after in 0u64..60,
    ) {
        let mut requests = Requests::default();
        let mut times = times;
        times.sort_unstable();
        for at in &times {
            requests.note_failure(4, Time(*at));
        }
        let now = Time(times.last().copied().unwrap_or(0) + after);
        let expected = !times.is_empty() && times.len() as u32 >= retries && after <= memory;
        prop_assert_eq!(requests.given_up(4, retries, Span(memory), now), expected);
        prop_assert!(!requests.given_up(5, retries, Span(memory), now));
        requests.forget_before(5);
        prop_assert!(!requests.given_up(4, retries, Span(memory), now));
    }
}
