//! The choice among holders, with every outcome of the dice.

use proptest::prelude::*;

use super::{Neighbour, speed_weighted};
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

fn neighbours(rates: &[Option<u64>]) -> Vec<Neighbour> {
    let one = |(at, rate): (usize, &Option<u64>)| {
        let mut neighbour = Neighbour::new(PeerId(at as u32));
        if let Some(kbps) = rate {
            neighbour.delivered(NOW, Bytes(kbps * 125), Span::from_secs(1));
        }
        neighbour
    };
    rates.iter().enumerate().map(one).collect()
}

/// How often each is chosen, of `of` evenly spread throws.
fn chosen(neighbours: &[Neighbour], of: u64) -> Vec<u64> {
    let holders: Vec<&Neighbour> = neighbours.iter().collect();
    let mut counts = vec![0; neighbours.len()];
    for shows in 0..of {
        let peer = speed_weighted(&holders, NOW, &mut Die { shows, of }).unwrap();
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
    assert_eq!(speed_weighted(&[], NOW, &mut Die { shows: 0, of: 1 }), None);
    let mut fast = neighbours(&[Some(9000), None]);
    assert!(chosen(&fast, 1000)[0] > 800);
    // Longer ago than the window: as good as unknown.
    let later = NOW + Span::from_secs(16);
    let holders: Vec<&Neighbour> = fast.iter().collect();
    let half = speed_weighted(&holders, later, &mut Die { shows: 1, of: 2 });
    assert_eq!(half, Some(PeerId(1)));
    assert_eq!(fast[0].failed(NOW), 1);
    assert!(!fast[0].free(NOW) && fast[0].free(NOW + super::QUIET));
    assert_eq!(fast[0].failed(NOW), 2);
    fast[0].delivered(NOW, Bytes(1), Span(1));
    assert_eq!(fast[0].failed(NOW), 1, "errors in a row only");
}
