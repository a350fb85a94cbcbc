//! Against a solver that is slow and obviously right: progressive filling in rationals of f64.

use super::*;
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

fn rates(capacities: &[u64], flows: &[(Vec<usize>, Option<u64>, u32)]) -> Vec<f64> {
    let mut sharing = Sharing::new(capacities.iter().map(|c| BitRate(*c)));
    let ids: Vec<_> = flows.iter().map(|flow| begin(&mut sharing, flow)).collect();
    sharing.settle(&mut Vec::new());
    sharing.check().unwrap();
    ids.into_iter().map(|id| sharing.rate(id) as f64 / 1000.0).collect()
}

fn begin(sharing: &mut Sharing, (path, cap, weight): &(Vec<usize>, Option<u64>, u32)) -> FlowId {
    let path: Vec<_> = path.iter().map(|link| LinkId(*link as u32)).collect();
    sharing.start(&path, cap.map(BitRate), *weight)
}

#[test]
fn textbook_cases() {
    let flow = |path: &[usize]| (path.to_vec(), None, 1);
    assert_eq!(rates(&[10, 4], &[flow(&[0]), flow(&[0, 1]), flow(&[1])]), [8.0, 2.0, 2.0]);
    let four = [flow(&[0]), flow(&[0]), flow(&[0, 1]), flow(&[1])];
    assert_eq!(rates(&[10, 6], &four), [3.5, 3.5, 3.0, 3.0]);
    assert_eq!(rates(&[10, 4], &[flow(&[0]), flow(&[0, 1])]), [6.0, 4.0]);
    assert_eq!(rates(&[9], &[(vec![0], None, 2), (vec![0], None, 1)]), [6.0, 3.0]);
    assert_eq!(rates(&[9], &[(vec![0], Some(1), 1), (vec![0], None, 1)]), [1.0, 8.0]);
    assert_eq!(rates(&[0, 5], &[flow(&[0, 1]), flow(&[1])]), [0.0, 5.0]);
}

type Case = (Vec<u64>, Vec<(Vec<usize>, Option<u64>, u32)>);

fn cases() -> impl Strategy<Value = Case> {
    (1usize..8).prop_flat_map(|links| {
        let path = prop::collection::btree_set(0..links, 1..=links.min(4));
        let cap = prop::option::of(0u64..2_000_000);
        let flow = (path.prop_map(|set| set.into_iter().collect()), cap, 1u32..4);
        (prop::collection::vec(0u64..5_000_000, links), prop::collection::vec(flow, 1..14))
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn agrees_with_progressive_filling((capacities, flows) in cases()) {
        let ours = rates(&capacities, &flows);
        let real: Vec<f64> = capacities.iter().map(|c| *c as f64).collect();
        let plain: Vec<_> = flows
            .iter()
            .map(|(path, cap, weight)| {
                (path.clone(), cap.map_or(f64::INFINITY, |c| c as f64), f64::from(*weight))
            })
            .collect();
        let theirs = progressive_filling(&real, &plain);
        for (ours, theirs) in ours.iter().zip(&theirs) {
            prop_assert!((ours - theirs).abs() < 0.1, "{ours} against {theirs}: {capacities:?} {flows:?}");
        }
    }

    #[test]
    fn the_way_there_does_not_matter(
        (capacities, flows) in cases(),
        gone in prop::collection::vec(any::<bool>(), 14),
        later in prop::collection::vec(0u64..5_000_000, 8),
    ) {
        // Start all, end some, change capacities; then the same allocation as from scratch.
        let mut sharing = Sharing::new(capacities.iter().map(|c| BitRate(*c)));
        let mut changed = Vec::new();
        let mut ids = Vec::new();
        for flow in &flows {
            ids.push(begin(&mut sharing, flow));
            sharing.settle(&mut changed);
            prop_assert_eq!(sharing.check(), Ok(()));
        }
        for (at, id) in ids.iter().enumerate() {
            if gone[at] {
                sharing.end(*id);
                sharing.settle(&mut changed);
                prop_assert_eq!(sharing.check(), Ok(()));
            }
        }
        let later = &later[..capacities.len()];
        for (link, capacity) in later.iter().enumerate() {
            sharing.set_capacity(LinkId(link as u32), BitRate(*capacity));
            sharing.settle(&mut changed);
            prop_assert_eq!(sharing.check(), Ok(()));
        }
        let left: Vec<_> = (0..flows.len()).filter(|at| !gone[*at]).collect();
        let fresh: Vec<_> = left.iter().map(|at| flows[*at].clone()).collect();
        let scratch = rates(later, &fresh);
        for (at, expected) in left.iter().zip(scratch) {
            let rate = sharing.rate(ids[*at]) as f64 / 1000.0;
            prop_assert!((rate - expected).abs() < 0.1, "{rate} against {expected}");
        }
    }
}
