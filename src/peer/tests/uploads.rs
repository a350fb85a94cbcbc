//! What a device sends, under the same host.

use super::*;

const ASKER: (PeerId, Slot) = (PeerId(1), Slot(0));

fn wanted(segment: u16, bytes: Bytes) -> Wanted {
    let (from, slot) = ASKER;
    Wanted { from, slot, now: Time::ZERO, class: None, item: ITEM, segment, bytes }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]
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
