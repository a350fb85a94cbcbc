//! The core under a toy host: whatever happens in whatever order, it keeps its promises, and the
//! same inputs and dice give the same outputs.

mod host;

use super::scheduler::late::Late;
use super::scheduler::per_peer::PerPeer;
use super::scheduler::prefetch::Prefetch;
use super::scheduler::segment::SegmentChoice;
use super::scheduler::server::{Gate, Gates};
use super::scheduler::source::SourceChoice;
use super::scheduler::unit::Unit;
use super::scheduler::{Custom, RequestRules, Scheduler};
use super::upload::UploadChoice;
use super::*;
use crate::units::BitRate;
use host::*;
use proptest::prelude::*;

/// Every preset, and rules put together.
fn schedulers() -> impl Strategy<Value = Scheduler> {
    fn one<T: Copy + std::fmt::Debug + 'static>(
        all: impl Iterator<Item = T>,
    ) -> impl Strategy<Value = T> {
        prop::sample::select(all.collect::<Vec<T>>())
    }
    let gates = prop::collection::vec(one(Gate::all()), 0..=Gates::MOST);
    let (late, unit) = (one(Late::all()), one(Unit::all()));
    let peers = (one(PerPeer::all()), one(UploadChoice::all()), one(Prefetch::all()));
    let rules = (one(SegmentChoice::all()), one(SourceChoice::all()), gates, late, unit, peers);
    let custom = rules.prop_map(|(segment, source, gates, late, unit, peers)| {
        let (per_peer, upload, prefetch) = peers;
        let server = Gates::of(&gates).unwrap();
        let requests = RequestRules { unit, per_peer, ..RequestRules::default() };
        Scheduler::Custom(Custom { segment, source, server, late, prefetch, requests, upload })
    });
    prop_oneof![one(Scheduler::all()), custom]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]
    #[test]
    fn promises_are_kept_and_repeated(
        scheduler in schedulers(),
        disk in prop::sample::select(vec![0u64, 500_000, 2_500_000, 8_000_000, 1_000_000_000]),
        memory in prop::sample::select(vec![1_000_000u64, 3_000_000, 9_000_000, 256_000_000]),
        seed in any::<u64>(),
        live in any::<bool>(),
        steps in prop::collection::vec((0u64..3000, 0u8..20, 0u8..4), 1..150),
    ) {
        let mut first = host(scheduler, disk, memory, seed % (1 << 40));
        first.live = live;
        let mut second = first.clone();
        first.step((0, 0, 0));
        let mut third = first.clone();
        for (at, step) in steps.iter().enumerate() {
            first.step(*step);
            if at == steps.len() / 2 {
                // A copy made on the way has all that matters.
                third = first.clone();
            } else if at > steps.len() / 2 {
                third.step(*step);
            }
        }
        second.step((0, 0, 0));
        steps.iter().for_each(|step| second.step(*step));
        prop_assert_eq!(&first.log, &second.log);
        if steps.len() > 1 {
            prop_assert_eq!(&first.log, &third.log);
        }
        prop_assert_eq!(format!("{first:?}"), format!("{second:?}"));
    }

    #[test]
    fn uploads_are_admitted_up_to_the_slots(slots in 0u32..5, asks in 0u32..9) {
        let mut host = host(Scheduler::named("hybrid").unwrap(), 1_000_000_000, 0, 1);
        host.config.upload_slots = slots;
        let ask = |host: &mut Host, segment, giving: Giving| {
            let wanted = wanted(segment, Bytes(1_000));
            let askers = &mut Askers::Unknown;
            host.peer.request(&host.config, wanted, &giving, askers, &size_of)
        };
        host.peer.remember(&host.config, (ITEM, 5, 6), &size_of, &mut Vec::new());
        prop_assert!(host.peer.store().get(ITEM).is_some_and(|held| held.contains(5)));
        for asked in 0..asks {
            let answer = ask(&mut host, 5, Giving::FREELY);
            prop_assert_eq!(answer, if asked < slots { Ok(None) } else { Err(Refusal::Busy) });
            prop_assert_eq!(host.peer.uploading(), (asked + 1).min(slots));
        }
        prop_assert_eq!(ask(&mut host, 4, Giving::FREELY), Err(Refusal::Absent));
        for why in [Refusal::NotPermitted, Refusal::Metered, Refusal::Battery] {
            let never = Giving { never: Some(why), ..Giving::FREELY };
            prop_assert_eq!(ask(&mut host, 5, never), Err(why));
        }
        host.config.upload_slots = 100;
        host.config.upload_least = BitRate(50);
        let slow = Giving { rate: BitRate(49), ..Giving::FREELY };
        prop_assert_eq!(ask(&mut host, 5, slow), Err(Refusal::UplinkFull));
        let spent = Giving { left: Bytes(999), ..Giving::FREELY };
        prop_assert_eq!(ask(&mut host, 5, spent), Err(Refusal::Budget));
        host.config.upload_in_standby = false;
        prop_assert_eq!(ask(&mut host, 5, Giving::FREELY), Err(Refusal::Standby));
        host.holds[0] = true;
        host.step((0, 0, 0));
        let just = Giving { rate: BitRate(50), left: Bytes(1_000), never: None };
        prop_assert_eq!(ask(&mut host, 5, just), Ok(None));
        for left in (0..host.peer.uploading()).rev() {
            host.peer.upload_ended((ITEM, 5), ASKER, &mut Askers::Unknown);
            prop_assert_eq!(host.peer.uploading(), left);
        }
    }

    /// What is sent stays, and leaves room to play: with slots for all, requests are refused before
    /// more than half of the store is taken.
    #[test]
    fn uploads_leave_room_to_play(
        disk in 2_500_000u64..20_000_000,
        asks in prop::collection::vec(0u16..40, 1..40),
    ) {
        let mut host = host(Scheduler::named("hybrid").unwrap(), disk, 0, 1);
        host.config.upload_slots = 1_000;
        host.peer.remember(&host.config, (ITEM, 0, 40), &size_of, &mut Vec::new());
        let mut sent = Vec::new();
        for segment in asks {
            let held = host.peer.store().get(ITEM).is_some_and(|held| held.contains(segment));
            let what = wanted(segment, size_of(ITEM, segment));
            let askers = &mut Askers::Unknown;
            let answer = host.peer.request(&host.config, what, &Giving::FREELY, askers, &size_of);
            let mut with: Vec<u16> = sent.clone();
            with.push(segment);
            with.sort_unstable();
            with.dedup();
            let bytes: u64 = with.iter().map(|s| size_of(ITEM, *s).0).sum();
            let fits = sent.contains(&segment) || bytes <= disk / 2;
            let expected = match (held, fits) {
                (false, _) => Err(Refusal::Absent),
                (true, false) => Err(Refusal::Storage),
                (true, true) => Ok(None),
            };
            prop_assert_eq!(answer, expected, "{} beside {:?}", segment, &sent);
            if answer.is_ok() {
                sent.push(segment);
            }
        }
        // Another title pushes out everything but that.
        let other = Item { title: ITEM.title + 1, ..ITEM };
        host.peer.remember(&host.config, (other, 0, 200), &size_of, &mut Vec::new());
        let left: Vec<u16> = host.peer.store().get(ITEM).map_or(Vec::new(), |held| {
            held.ranges().flat_map(|(from, to)| from..to).collect()
        });
        let mut expected = sent.clone();
        expected.sort_unstable();
        expected.dedup();
        prop_assert_eq!(left, expected);
        for segment in sent {
            host.peer.upload_ended((ITEM, segment), ASKER, &mut Askers::Unknown);
        }
        prop_assert_eq!(host.peer.uploading(), 0);
    }
}
