//! Against a solver that is slow and obviously right: progressive filling in f64.

use super::*;
use crate::units::Share;
use proptest::prelude::*;

/// All flows rise together, in proportion to their weights; those at their cap or on a full link
/// stop.
fn progressive_filling(capacities: &[f64], flows: &[(Vec<usize>, f64, f64)]) -> Vec<f64> {
    let mut rates = vec![0.0; flows.len()];
    let mut stopped = vec![false; flows.len()];
    while stopped.iter().any(|s| !s) {
        let mut step = f64::INFINITY;
        for (link, capacity) in capacities.iter().enumerate() {
            let on = |f: &usize| flows[*f].0.contains(&link);
            let used: f64 = (0..flows.len()).filter(on).map(|f| rates[f]).sum();
            let rising: f64 =
                (0..flows.len()).filter(on).filter(|f| !stopped[*f]).map(|f| flows[f].2).sum();
            if rising > 0.0 {
                step = step.min(((capacity - used) / rising).max(0.0));
            }
        }
        for (f, (_, cap, weight)) in flows.iter().enumerate() {
            if !stopped[f] {
                step = step.min((cap - rates[f]) / weight);
            }
        }
        for (f, (_, _, weight)) in flows.iter().enumerate() {
            if !stopped[f] {
                rates[f] += step * weight;
            }
        }
        for f in 0..flows.len() {
            let (path, cap, _) = &flows[f];
            let full = path.iter().any(|link| {
                let on = (0..flows.len()).filter(|g| flows[*g].0.contains(link));
                let used: f64 = on.map(|g| rates[g]).sum();
                used >= capacities[*link] - 1e-6
            });
            stopped[f] |= full || rates[f] >= cap - 1e-6;
        }
    }
    rates
}

/// Capacities, how many of these links are narrow, and flows: path, cap, weight.
#[derive(Clone, Debug)]
struct Case {
    narrow: usize,
    capacities: Vec<u64>,
    flows: Vec<(Vec<usize>, Option<u64>, u32)>,
}

fn links(discipline: Discipline, band: Band, narrow: usize, capacities: &[u64]) -> Sharing {
    let (narrow, wide) = capacities.split_at(narrow);
    let rates = |links: &[u64]| links.iter().map(|c| BitRate(*c)).collect::<Vec<_>>();
    Sharing::new(discipline, band, rates(narrow).into_iter(), rates(wide).into_iter())
}

fn begin(sharing: &mut Sharing, at: usize, (path, cap, weight): &(Vec<usize>, Option<u64>, u32)) {
    let path: Vec<_> = path.iter().map(|link| LinkId(*link as u32)).collect();
    let demand = Demand { size: Bytes(1 << 30), cap: cap.map(BitRate), weight: *weight };
    sharing.start(FlowId(at as u32), Time::ZERO, &path, demand);
}

fn settle(sharing: &mut Sharing) {
    sharing.settle(Time::ZERO, &mut Vec::new());
    sharing.check().unwrap();
}

fn rates(discipline: Discipline, band: Band, case: &Case) -> Vec<f64> {
    let mut sharing = links(discipline, band, case.narrow, &case.capacities);
    case.flows.iter().enumerate().for_each(|(at, flow)| begin(&mut sharing, at, flow));
    settle(&mut sharing);
    (0..case.flows.len()).map(|at| rate(&sharing, at)).collect()
}

fn rate(sharing: &Sharing, at: usize) -> f64 {
    sharing.rate(FlowId(at as u32)) as f64 / 1000.0
}

fn filled(capacities: &[u64], flows: &[(Vec<usize>, Option<u64>, u32)]) -> Vec<f64> {
    let real: Vec<f64> = capacities.iter().map(|c| *c as f64).collect();
    let plain: Vec<_> = flows
        .iter()
        .map(|(path, cap, weight)| {
            (path.clone(), cap.map_or(f64::INFINITY, |c| c as f64), f64::from(*weight))
        })
        .collect();
    progressive_filling(&real, &plain)
}

#[test]
fn textbook_cases() {
    let flow = |path: &[usize]| (path.to_vec(), None, 1);
    let both = |capacities: &[u64], flows: &[(Vec<usize>, Option<u64>, u32)], expected: &[f64]| {
        for narrow in [0, 1, capacities.len()] {
            let (capacities, flows) = (capacities.to_vec(), flows.to_vec());
            let case = Case { narrow, capacities, flows };
            assert_eq!(rates(Discipline::MaxMin, Band::NONE, &case), expected, "{case:?}");
        }
    };
    both(&[10, 4], &[flow(&[0]), flow(&[0, 1]), flow(&[1])], &[8.0, 2.0, 2.0]);
    let four = [flow(&[0]), flow(&[0]), flow(&[0, 1]), flow(&[1])];
    both(&[10, 6], &four, &[3.5, 3.5, 3.0, 3.0]);
    both(&[10, 4], &[flow(&[0]), flow(&[0, 1])], &[6.0, 4.0]);
    both(&[9], &[(vec![0], None, 2), (vec![0], None, 1)], &[6.0, 3.0]);
    both(&[9], &[(vec![0], Some(1), 1), (vec![0], None, 1)], &[1.0, 8.0]);
    both(&[0, 5], &[flow(&[0, 1]), flow(&[1])], &[0.0, 5.0]);
}

#[test]
fn equal_shares_leave_to_nobody_what_a_flow_leaves() {
    for narrow in [0, 2] {
        let flow = |path: &[usize]| (path.to_vec(), None, 1);
        let flows = vec![flow(&[0]), flow(&[0, 1]), flow(&[1])];
        let case = Case { narrow, capacities: vec![10, 4], flows };
        assert_eq!(rates(Discipline::Split, Band::NONE, &case), [5.0, 2.0, 2.0]);
    }
}

#[test]
fn an_uplink_serves_whole_transfers_in_turn() {
    let mut sharing = links(Discipline::Fifo, Band::NONE, 4, &[8_000, 16_000, 4_000, 8_000]);
    let demand = Demand { size: Bytes(1000), cap: None, weight: 1 };
    let second = 1_000_000_000;
    let mut due = Vec::new();
    // One second to a fast line, two to a slow one, after it; a server needs no turn.
    sharing.start(FlowId(0), Time::ZERO, &[LinkId(0), LinkId(1)], demand);
    sharing.start(FlowId(1), Time::ZERO, &[LinkId(0), LinkId(2)], demand);
    sharing.start(FlowId(2), Time::ZERO, &[LinkId(3)], demand);
    sharing.settle(Time::ZERO, &mut due);
    let ends: Vec<_> = due.iter().map(|(flow, at)| (flow.0, at.0)).collect();
    assert_eq!(ends, [(0, second), (1, 3 * second), (2, second)]);
    assert_eq!(sharing.last(FlowId(1), Time(second / 2)), None);
    assert_eq!(sharing.left(FlowId(1), Time(2 * second)), 500 * UNITS_PER_BYTE);
    // What an abort leaves is not given back.
    sharing.end(FlowId(1), Time(2 * second));
    sharing.start(FlowId(1), Time(2 * second), &[LinkId(0), LinkId(1)], demand);
    due.clear();
    sharing.settle(Time(2 * second), &mut due);
    assert_eq!(due, [(FlowId(1), Time(4 * second))]);
}

fn cases() -> impl Strategy<Value = Case> {
    (1usize..8).prop_flat_map(|links| {
        let narrow = 0..=links;
        let path = prop::collection::btree_set(0..links, 1..=links.min(5));
        let cap = prop::option::of(0u64..2_000_000);
        let flow = (path, cap, 1u32..4);
        let flows = prop::collection::vec(flow, 1..14);
        (narrow, prop::collection::vec(0u64..5_000_000, links), flows).prop_map(
            |(narrow, capacities, flows)| {
                let flow = |(path, cap, weight): (std::collections::BTreeSet<usize>, _, _)| {
                    let lines = path.iter().copied().filter(|link| *link < narrow).take(2);
                    let shared = path.iter().copied().filter(|link| *link >= narrow);
                    (lines.chain(shared).collect(), cap, weight)
                };
                Case { narrow, capacities, flows: flows.into_iter().map(flow).collect() }
            },
        )
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn agrees_with_progressive_filling(case in cases()) {
        let ours = rates(Discipline::MaxMin, Band::NONE, &case);
        let theirs = filled(&case.capacities, &case.flows);
        for (ours, theirs) in ours.iter().zip(&theirs) {
            prop_assert!((ours - theirs).abs() < 0.1, "{ours} against {theirs}: {case:?}");
        }
    }

    #[test]
    fn equal_shares_are_the_least_of_capacity_over_weight(case in cases()) {
        let ours = rates(Discipline::Split, Band::NONE, &case);
        for (at, (path, cap, weight)) in case.flows.iter().enumerate() {
            let share = |link: &usize| {
                let on = case.flows.iter().filter(|flow| flow.0.contains(link));
                let weights: f64 = on.map(|flow| f64::from(flow.2)).sum();
                case.capacities[*link] as f64 * f64::from(*weight) / weights
            };
            let least = path.iter().map(share).fold(f64::INFINITY, f64::min);
            let expected = cap.map_or(least, |cap| least.min(cap as f64));
            prop_assert!((ours[at] - expected).abs() < 0.1, "{} not {expected}: {case:?}", ours[at]);
        }
    }

    #[test]
    fn the_way_there_does_not_matter(
        case in cases(),
        gone in prop::collection::vec(any::<bool>(), 14),
        later in prop::collection::vec(0u64..5_000_000, 8),
        caps in prop::collection::vec(prop::option::of(prop::option::of(0u64..2_000_000)), 14),
    ) {
        // Start all, end some, change capacities and caps; then the same as from scratch.
        let mut sharing = links(Discipline::MaxMin, Band::NONE, case.narrow, &case.capacities);
        for (at, flow) in case.flows.iter().enumerate() {
            begin(&mut sharing, at, flow);
            settle(&mut sharing);
        }
        for at in (0..case.flows.len()).filter(|at| gone[*at]) {
            sharing.end(FlowId(at as u32), Time::ZERO);
            settle(&mut sharing);
        }
        let later = &later[..case.capacities.len()];
        for (link, capacity) in later.iter().enumerate() {
            sharing.set_capacity(LinkId(link as u32), BitRate(*capacity));
            settle(&mut sharing);
        }
        let left: Vec<_> = (0..case.flows.len()).filter(|at| !gone[*at]).collect();
        let mut fresh: Vec<_> = left.iter().map(|at| case.flows[*at].clone()).collect();
        for (flow, at) in fresh.iter_mut().zip(&left) {
            if let Some(cap) = caps[*at] {
                flow.1 = cap;
                sharing.set_cap(FlowId(*at as u32), cap.map(BitRate));
                settle(&mut sharing);
            }
        }
        for (at, expected) in left.iter().zip(filled(later, &fresh)) {
            let rate = rate(&sharing, *at);
            prop_assert!((rate - expected).abs() < 0.1, "{rate} against {expected}: {case:?}");
        }
    }

    #[test]
    fn a_band_is_never_left(
        changes in prop::collection::vec((0u32..300, 1u64..4_000_000, any::<bool>()), 1..600),
        share in 0u32..200_000,
    ) {
        // One shared link, own lines: it carries at most its capacity, and with all it is asked for
        // no less than the band allows.
        let capacity = 20_000_000;
        let band = Band { share: Share::from_ppm(share), from: 8 };
        let lines: Vec<BitRate> = (0..300).map(|at| BitRate(50_000 + at * 10_000)).collect();
        let asked = lines.clone();
        let shared = [BitRate(capacity)].into_iter();
        let mut sharing = Sharing::new(Discipline::MaxMin, band, lines.into_iter(), shared);
        for (at, cap, again) in changes {
            let id = FlowId(at);
            if sharing.flowing(id) && again {
                sharing.set_cap(id, Some(BitRate(cap)));
            } else if sharing.flowing(id) {
                sharing.end(id, Time::ZERO);
            } else {
                let demand = Demand { size: Bytes(1 << 30), cap: None, weight: 1 };
                sharing.start(id, Time::ZERO, &[LinkId(at), LinkId(300)], demand);
            }
            settle(&mut sharing);
            let flows = (0..300).filter(|at| sharing.flowing(FlowId(*at)));
            let wanted: u64 = flows.map(|at| {
                (asked[at as usize].0 * 1000).min(sharing.flows[at as usize].cap)
            }).sum();
            let (used, full) = sharing.load(LinkId(300));
            let floor = full - full * u64::from(share) / 1_000_000;
            prop_assert!(used + 1000 >= wanted.min(floor), "{used} of {full}, {wanted} wanted");
        }
    }
}
