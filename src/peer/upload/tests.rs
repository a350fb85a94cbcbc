//! Rules for uploads against what can be said of them by hand.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;
use crate::peer::{Class, Item};
use crate::units::Bytes;

fn wanted(peer: u32, slot: u8, now: Time, class: Option<Class>) -> Wanted {
    let item = Item { title: 1, rung: 0 };
    let (from, slot) = (PeerId(peer), Slot(slot));
    Wanted { from, slot, now, class, item, segment: 3, bytes: Bytes(1_000) }
}

/// What `peer` has given of late.
fn gave(PeerId(peer): PeerId) -> BitRate {
    BitRate(u64::from(peer % 4) * 1_000)
}

proptest! {
    /// Whoever asks, comes and goes: no more are unchoked than there are slots, nobody waits while one
    /// is free after a round, word is sent of every change, and who gave most is among the unchoked.
    #[test]
    fn slots_are_given_away_in_rounds(
        slots in 1u32..5,
        own in 1u32..6,
        steps in prop::collection::vec((0u8..6, 0u32..9, 0u64..9_000), 1..200),
    ) {
        let choking = Choking { slots: own, ..Choking::default() };
        let rule = UploadChoice::Choking(choking);
        let mut askers = rule.book();
        let most = slots.min(own) as usize;
        let mut now = Time::ZERO;
        // What each was told last, and how many it has under way.
        let mut told: BTreeMap<u32, bool> = BTreeMap::new();
        let mut active: BTreeMap<u32, u32> = BTreeMap::new();
        for (kind, peer, wait) in steps {
            now = now + Span::from_millis(wait);
            let taken: u32 = active.values().sum();
            match kind {
                0..=2 => {
                    let ask = wanted(peer, 0, now, None);
                    // A connection sends one thing at a time.
                    if active.contains_key(&peer) {
                        continue;
                    }
                    match choking.place((slots, taken), &ask, &mut askers) {
                        Ok(displaced) => {
                            prop_assert_eq!(displaced, None);
                            prop_assert_ne!(told.get(&peer), Some(&false), "{} was choked", peer);
                            askers.begins(&ask, None);
                            active.insert(peer, 1);
                            told.insert(peer, true);
                        }
                        Err(why) => {
                            prop_assert_eq!(why, Refusal::Choked);
                            told.insert(peer, false);
                        }
                    }
                }
                3 => {
                    if active.remove(&peer).is_some() {
                        askers.ended((PeerId(peer), Slot(0)));
                    }
                }
                4 => {
                    if active.remove(&peer).is_some() {
                        askers.ended((PeerId(peer), Slot(0)));
                    }
                    askers.leaves(PeerId(peer));
                    told.remove(&peer);
                }
                _ => {
                    let mut changes = Vec::new();
                    rule.decide(slots, now, &mut askers, &gave, &mut changes);
                    for (PeerId(peer), unchoked) in changes {
                        prop_assert_ne!(told.insert(peer, unchoked), Some(unchoked));
                        if !unchoked && active.remove(&peer).is_some() {
                            askers.ended((PeerId(peer), Slot(0)));
                        }
                    }
                    let waits = told.iter().filter(|(_, unchoked)| !**unchoked);
                    let waits: Vec<u32> = waits.map(|(peer, _)| *peer).collect();
                    prop_assert_eq!(!waits.is_empty(), askers.anybody_waits());
                    let unchoked: Vec<u32> =
                        active.keys().copied().filter(|peer| told[peer]).collect();
                    prop_assert!(unchoked.len() <= most);
                    if most > 2 && waits.len() > 1 {
                        // All slots but one go by what each gave.
                        let best = waits.iter().map(|peer| gave(PeerId(*peer))).max();
                        let others = told.iter().filter(|(_, unchoked)| **unchoked);
                        let better = others.filter(|(p, _)| Some(gave(PeerId(**p))) >= best);
                        prop_assert!(better.count() >= most - 1, "{told:?}");
                    }
                }
            }
            prop_assert!(active.values().sum::<u32>() <= slots);
            for (peer, unchoked) in &told {
                prop_assert!(*unchoked || askers.is_choked(PeerId(*peer)));
            }
        }
    }

    /// The most urgent are served, at most as many as there are slots.
    #[test]
    fn the_urgent_come_first(
        slots in 0u32..4,
        steps in prop::collection::vec((any::<bool>(), 0u32..30, 1u8..4), 1..100),
    ) {
        let urgency = Urgency { slots: 3, ..Urgency::default() };
        let mut askers = UploadChoice::Urgency(urgency).book();
        let mut running: BTreeMap<u32, Class> = BTreeMap::new();
        for (asks, peer, class) in steps {
            if !asks {
                if running.remove(&peer).is_some() {
                    askers.ended((PeerId(peer), Slot(1)));
                }
                continue;
            }
            if running.contains_key(&peer) {
                continue;
            }
            let class = [Class::Now, Class::Next, Class::Rest][usize::from(class) - 1];
            let ask = wanted(peer, 1, Time::ZERO, Some(class));
            let least = running.values().copied().max();
            let full = running.len() as u32 >= slots.min(3);
            match urgency.place((slots, running.len() as u32), &ask, &askers) {
                Ok(None) => prop_assert!(!full),
                Ok(Some((PeerId(other), slot))) => {
                    prop_assert!(full && slot == Slot(1));
                    prop_assert_eq!(running.remove(&other), least);
                    prop_assert!(least.is_some_and(|least| least > class));
                    askers.begins(&ask, Some((PeerId(other), slot)));
                    running.insert(peer, class);
                    continue;
                }
                Err(why) => {
                    prop_assert_eq!(why, Refusal::Busy);
                    prop_assert!(full && least.is_none_or(|least| least <= class));
                    continue;
                }
            }
            askers.begins(&ask, None);
            running.insert(peer, class);
        }
        running.keys().for_each(|peer| askers.ended((PeerId(*peer), Slot(1))));
        prop_assert!(askers.is_empty());
    }
}

/// Whoever waits has a slot in the end, though others give more.
#[test]
fn nobody_waits_for_ever() {
    let choking = Choking { slots: 3, ..Choking::default() };
    let rule = UploadChoice::Choking(choking);
    let mut askers = rule.book();
    let mut served = [false; 12];
    let mut now = Time::ZERO;
    for peer in 0..12 {
        let answer = choking.place((3, 0), &wanted(peer, 0, now, None), &mut askers);
        assert_eq!(answer.is_ok(), peer < 3, "slots are free for the first");
        served[peer as usize] |= answer.is_ok();
    }
    for _ in 0..30 {
        now = now + choking.round;
        let mut changes = Vec::new();
        // Those that are unchoked ask on.
        for peer in 0..12 {
            if !askers.is_choked(PeerId(peer)) {
                let _answer = choking.place((3, 0), &wanted(peer, 0, now, None), &mut askers);
            }
        }
        rule.decide(3, now, &mut askers, &gave, &mut changes);
        changes.iter().filter(|change| change.1).for_each(|(peer, _)| {
            served[peer.0 as usize] = true;
        });
    }
    assert_eq!(served, [true; 12]);
}
