//! The choice among holders, with every outcome of the dice.

use proptest::prelude::*;

use super::Neighbours;
use crate::peer::{Item, PeerId, Slot, Surroundings, Told};
use crate::units::{BitRate, Bytes, Span, Time};

/// A die that shows a given part of its range.
struct Die {
    shows: u64,
    of: u64,
}

impl Surroundings for Die {
    fn watches(&self, _: PeerId, _: Item) -> bool {
        unreachable!("the choice does not look")
    }

    fn below(&mut self, bound: u32) -> u32 {
        (u64::from(bound) * self.shows / self.of) as u32
    }
    fn hear(&self, _: PeerId, _: Item, _: &mut Told) {}
    fn got(&self, _: Slot) -> Bytes {
        Bytes::ZERO
    }
    fn last(&self, _: Slot) -> Time {
        Time::ZERO
    }
    fn size(&self, _: Item, _: u16) -> Bytes {
        Bytes::ZERO
    }
    fn free_holder(&self, _: Item, _: u16, _: BitRate) -> Option<PeerId> {
        None
    }
}

const NOW: Time = Time(100_000_000_000);

/// The segment that everybody has.
const SEGMENT: u16 = 7;

fn neighbours(rates: &[Option<u64>]) -> Neighbours {
    let mut neighbours = Neighbours::default();
    for (peer, rate) in (0..).map(PeerId).zip(rates) {
        neighbours.add(peer);
        if let Some(kbps) = rate {
            neighbours.delivered(peer, NOW, Bytes(kbps * 125), Span::from_secs(1));
        }
    }
    for neighbour in neighbours.iter_mut() {
        neighbour.told.renew([(SEGMENT, SEGMENT + 1)].into_iter());
    }
    neighbours
}

/// How often each is chosen, of `of` evenly spread throws.
fn chosen(neighbours: &Neighbours, of: u64) -> Vec<u64> {
    let mut counts = vec![0; neighbours.len()];
    for shows in 0..of {
        let peer = neighbours.holder(SEGMENT, NOW, &mut Die { shows, of }).unwrap();
        counts[peer.0 as usize] += 1;
    }
    counts
}

proptest! {
    #[test]
    fn the_proven_get_at_least_half(
        rates in prop::collection::vec(prop::option::weighted(0.3, 100u64..50_000), 1..40),
    ) {
        const OF: u64 = 4000;
        let counts = chosen(&neighbours(&rates), OF);
        let proven: u64 =
            counts.iter().zip(&rates).filter(|(_, rate)| rate.is_some()).map(|(n, _)| n).sum();
        let any = rates.iter().any(Option::is_some);
        // A grid of throws misses each holder's part by at most one.
        prop_assert!(!any || proven + rates.len() as u64 >= OF / 2, "{proven} of {OF}: {rates:?}");
    }

    #[test]
    fn faster_is_never_chosen_less(
        rates in prop::collection::vec(prop::option::weighted(0.6, 100u64..50_000), 2..20),
    ) {
        let counts = chosen(&neighbours(&rates), 4000);
        for a in 0..rates.len() {
            for b in 0..rates.len() {
                let slower = rates[a].unwrap_or(0) < rates[b].unwrap_or(0);
                prop_assert!(!slower || counts[a] <= counts[b] + 2, "{rates:?} {counts:?}");
            }
        }
    }
}

#[test]
fn nobody_is_chosen_of_nobody_and_records_fade() {
    let die = |shows| Die { shows, of: 2 };
    assert_eq!(Neighbours::default().holder(SEGMENT, NOW, &mut die(0)), None);
    let mut fast = neighbours(&[Some(9000), None]);
    assert_eq!(fast.holder(SEGMENT + 1, NOW, &mut die(0)), None, "nobody has it");
    assert!(chosen(&fast, 1000)[0] > 800);
    // Longer ago than the window: as good as unknown.
    let later = NOW + Span::from_secs(16);
    let second = Some(PeerId(1));
    assert_eq!(fast.holder(SEGMENT, later, &mut die(1)), second);
    let first = PeerId(0);
    assert_eq!(fast.failed(first, NOW), Some(1));
    fast.wake(NOW + super::QUIET - Span(1));
    assert!(fast.all[0].is_quiet() && !fast.all[0].free());
    assert_eq!(fast.holder(SEGMENT, NOW, &mut die(0)), second, "only who is free");
    fast.wake(NOW + super::QUIET);
    assert!(fast.all[0].free() && !fast.all[0].is_quiet());
    assert_eq!(fast.failed(first, NOW), Some(2));
    fast.delivered(first, NOW, Bytes(1), Span(1));
    assert_eq!(fast.failed(first, NOW), Some(1), "errors in a row only");
    fast.begins(PeerId(1));
    assert!(!fast.all[1].free() && !fast.all[1].is_quiet(), "it sends");
    fast.cancelled(PeerId(1));
    assert!(fast.all[1].free());
    fast.remove(first);
    assert!(!fast.knows(first) && fast.failed(first, NOW).is_none());
}
