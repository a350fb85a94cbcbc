//! The choice among holders, with every outcome of the dice.

use proptest::prelude::*;

use super::{LeastEta, Locality, SourceChoice, SpeedWeighted};
use crate::peer::neighbours::Neighbours;
use crate::peer::scheduler::neighbours::NeighbourChoice;
use crate::peer::{Item, PeerId, Slot, Surroundings, Told};
use crate::units::{BitRate, Bytes, Share, Span, Time};

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
    fn distance(&self, peer: PeerId) -> u8 {
        (peer.0 % 4) as u8
    }
    fn round_trip(&self, neighbour: PeerId) -> Span {
        Span::from_millis(10 * u64::from(neighbour.0 % 7))
    }
    fn got(&self, _: Slot) -> Bytes {
        Bytes::ZERO
    }
    fn last(&self, _: Slot) -> Time {
        Time::ZERO
    }
    fn size(&self, _: Item, _: u16) -> Bytes {
        Bytes(1_000_000)
    }
    fn free_holder(&self, _: Item, _: u16, _: BitRate) -> Option<PeerId> {
        None
    }
}

const ITEM: Item = Item { title: 1, rung: 0 };
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
fn chosen(rule: SourceChoice, neighbours: &Neighbours, of: u64) -> Vec<u64> {
    let mut counts = vec![0; neighbours.len()];
    for shows in 0..of {
        let peer = rule.among(neighbours, (ITEM, SEGMENT), NOW, &mut Die { shows, of }).unwrap();
        counts[peer.0 as usize] += 1;
    }
    counts
}

fn by_speed(neighbours: &Neighbours, of: u64) -> Vec<u64> {
    chosen(SourceChoice::SpeedWeighted(SpeedWeighted::default()), neighbours, of)
}

proptest! {
    #[test]
    fn the_proven_get_at_least_half(
        rates in prop::collection::vec(prop::option::weighted(0.3, 100u64..50_000), 1..40),
    ) {
        const OF: u64 = 4000;
        let counts = by_speed(&neighbours(&rates), OF);
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
        let counts = by_speed(&neighbours(&rates), 4000);
        for a in 0..rates.len() {
            for b in 0..rates.len() {
                let slower = rates[a].unwrap_or(0) < rates[b].unwrap_or(0);
                prop_assert!(!slower || counts[a] <= counts[b] + 2, "{rates:?} {counts:?}");
            }
        }
    }
}

proptest! {
    #[test]
    fn the_expected_first_is_first(
        rates in prop::collection::vec(prop::option::weighted(0.7, 100u64..50_000), 1..25),
        drop in prop::sample::select(vec![0u32, 100_000, 500_000]),
    ) {
        let known = neighbours(&rates);
        let rule = LeastEta { drop_slowest: Share::from_ppm(drop), ..LeastEta::default() };
        let peer = SourceChoice::LeastEta(rule)
            .among(&known, (ITEM, SEGMENT), NOW, &mut Die { shows: 0, of: 1 })
            .unwrap();
        let holders = known.holders(SEGMENT);
        let rates = known.rates(&holders, NOW);
        let finish = |at: usize| {
            8e6 / rates[at].0.max(1) as f64 + 0.01 * f64::from(holders[at].peer.0 % 7)
        };
        let at = peer.0 as usize;
        let better = (0..rates.len()).filter(|other| finish(*other) < finish(at) - 1e-6).count();
        prop_assert_eq!(better, 0, "{:?}", rates);
        // The one that is chosen is not among the slowest.
        let slower = rates.iter().filter(|rate| **rate <= rates[at]).count();
        prop_assert!(slower > rates.len() * drop as usize / 1_000_000);
    }
}

#[test]
fn nobody_is_asked_beyond_the_queue() {
    // 8 s a request.
    for (cap, sending, asked) in
        [(0, 2, true), (2, 0, true), (2, 1, false), (9, 1, true), (9, 2, false)]
    {
        for rates in [&[Some(1_000)][..], &[Some(1_000), Some(10)]] {
            let mut known = neighbours(rates);
            (0..sending).for_each(|_| known.begins(PeerId(0), 8));
            let rule = LeastEta { queue_cap: Span::from_secs(cap), ..LeastEta::default() };
            let rule = SourceChoice::LeastEta(rule);
            let peer = rule.among(&known, (ITEM, SEGMENT), NOW, &mut Die { shows: 0, of: 1 });
            assert_eq!(peer, asked.then_some(PeerId(0)), "{cap} s, {sending} under way");
        }
    }
}

#[test]
fn near_ones_are_chosen_as_often_as_is_wanted() {
    let known = neighbours(&[None; 9]);
    for (ranked, least) in [(1_000_000, 900), (0, 250), (500_000, 450)] {
        let rule = SourceChoice::Locality(Locality { ranked: Share::from_ppm(ranked) });
        // A die whose throws are all alike decides for one side or the other; both weighed alike.
        let counts = chosen(rule, &known, 900);
        let near: u64 = counts.iter().step_by(4).sum();
        assert!(near >= least, "{ranked}: {counts:?}");
    }
}

#[test]
fn a_provider_that_peers_is_nearer_than_one_behind_transit() {
    let mut known = Neighbours::default();
    for peer in [3, 7, 2] {
        known.add(PeerId(peer));
    }
    for neighbour in known.iter_mut() {
        neighbour.told.renew([(SEGMENT, SEGMENT + 1)].into_iter());
    }
    let rule = SourceChoice::Locality(Locality { ranked: Share::ONE });
    for shows in 0..100 {
        let die = &mut Die { shows, of: 100 };
        assert_eq!(rule.among(&known, (ITEM, SEGMENT), NOW, die), Some(PeerId(2)));
    }
    let mut candidates = [3, 2, 7, 1].map(PeerId);
    let rule = NeighbourChoice::named("locality").unwrap();
    rule.order(&mut candidates, &Die { shows: 0, of: 1 });
    assert_eq!(candidates, [1, 2, 3, 7].map(PeerId));
}

#[test]
fn nobody_is_chosen_of_nobody_by_any_rule() {
    for rule in SourceChoice::all() {
        let die = &mut Die { shows: 0, of: 2 };
        assert_eq!(rule.among(&Neighbours::default(), (ITEM, SEGMENT), NOW, die), None);
        let one = neighbours(&[None]);
        assert_eq!(rule.among(&one, (ITEM, SEGMENT + 1), NOW, die), None, "nobody has it");
        assert_eq!(rule.among(&one, (ITEM, SEGMENT), NOW, die), Some(PeerId(0)));
    }
}
