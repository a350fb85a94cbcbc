//! V15, links: the engine's sharing against cases solved by hand and a plain solver.

use super::max_min::{self, Flow};
use super::{Effort, Finding, compare};
use crate::engine::sharing::{Band, Demand, Discipline, FlowId, LinkId, Sharing};
use crate::rng::{Draw, Roll, Site};
use crate::units::{BitRate, Bytes, Time};

/// Links, the first of them narrow, and the flows over them: indices of links, a cap, a weight.
#[derive(Clone, Debug)]
struct Case {
    narrow: usize,
    links: Vec<u64>,
    flows: Vec<(Vec<usize>, Option<u64>, u32)>,
}

/// What is asked, links, path of each flow, and its rate.
type ByHand = (&'static str, &'static [u64], &'static [&'static [usize]], &'static [f64]);

/// Solved with pencil and paper.
const BY_HAND: [ByHand; 3] = [
    (
        "links X 10, Y 4; A on X, B on both, C on Y: rates 8, 2, 2",
        &[10, 4],
        &[&[0], &[0, 1], &[1]],
        &[8.0, 2.0, 2.0],
    ),
    ("the same after C ended: rates 6, 4", &[10, 4], &[&[0], &[0, 1]], &[6.0, 4.0]),
    (
        "links 10 and 6; two flows on the first, one on both, one on the second: 3.5, 3.5, 3, 3",
        &[10, 6],
        &[&[0], &[0], &[0, 1], &[1]],
        &[3.5, 3.5, 3.0, 3.0],
    ),
];

/// The engine's rates are whole thousandths of a bit/s, rounded down link by link; the slowest flows
/// here have some 600 bit/s.
const ROUNDING: f64 = 1e-5;

/// Who asks, at [`Site::Experiment`].
const LINK_SHARING: u32 = 15;

pub(super) fn run(effort: Effort, found: &mut dyn FnMut(Finding)) {
    for (what, links, paths, rates) in BY_HAND {
        let off = |narrow: usize| {
            let flows = paths.iter().map(|path| (path.to_vec(), None, 1)).collect();
            let got = engine(&Case { narrow, links: links.to_vec(), flows });
            let off = got.iter().zip(rates).map(|(got, rate)| (got - rate).abs());
            off.fold(0.0, f64::max)
        };
        let worst = off(0).max(off(links.len()));
        let note = format!("max-min by hand, {what}; largest difference in bit/s");
        found(compare("V15", 0.0, worst, 0.0, note));
    }
    let cases = match effort {
        Effort::Full => 20_000,
        Effort::Quick => 2_000,
    };
    let worst = (0..cases).map(|case| {
        let case = random(&mut Draw::new(1, 0).at(Site::Experiment, LINK_SHARING, case));
        difference(&case)
    });
    let note = format!(
        "{cases} random topologies (up to 12 links from 100 kbit/s to 1 Gbit/s, up to 40 flows, \
         caps, weights 1 to 4), engine against a plain solver: largest relative difference of a rate"
    );
    found(compare("V15", 0.0, worst.fold(0.0, f64::max), ROUNDING, note));
}

/// Rates in the engine, in bit/s.
fn engine(case: &Case) -> Vec<f64> {
    let (lines, shared) = case.links.split_at(case.narrow);
    let rates = |links: &[u64]| links.iter().map(|rate| BitRate(*rate)).collect::<Vec<_>>();
    let (lines, shared) = (rates(lines).into_iter(), rates(shared).into_iter());
    let mut sharing = Sharing::new(Discipline::MaxMin, Band::NONE, lines, shared);
    for (id, (path, cap, weight)) in (0..).zip(&case.flows) {
        let path: Vec<LinkId> = path.iter().map(|link| LinkId(*link as u32)).collect();
        let demand = Demand { size: Bytes(1), cap: cap.map(BitRate), weight: *weight };
        sharing.start(FlowId(id), Time::ZERO, &path, demand);
    }
    sharing.settle(Time::ZERO, &mut Vec::new());
    (0..case.flows.len() as u32).map(|id| sharing.rate(FlowId(id)) as f64 / 1e3).collect()
}

/// Largest relative difference of a rate between engine and plain solver.
fn difference(case: &Case) -> f64 {
    let links: Vec<f64> = case.links.iter().map(|rate| *rate as f64).collect();
    let flows: Vec<Flow> = case
        .flows
        .iter()
        .map(|(path, cap, weight)| Flow {
            path: path.clone(),
            cap: cap.map_or(f64::INFINITY, |cap| cap as f64),
            weight: f64::from(*weight),
        })
        .collect();
    let plain = max_min::rates(&links, &flows);
    let off = engine(case)
        .into_iter()
        .zip(plain)
        .map(|(engine, plain)| (engine - plain).abs() / plain.max(1.0));
    off.fold(0.0, f64::max)
}

/// Links from 100 kbit/s to 1 Gbit/s, evenly in the logarithm; every third flow has a cap.
fn random(roll: &mut Roll) -> Case {
    let rate = |roll: &mut Roll| libm::pow(10.0, 5.0 + 4.0 * roll.unit()) as u64;
    let links: Vec<u64> = (0..1 + roll.below(12)).map(|_| rate(roll)).collect();
    let narrow = roll.below(links.len() as u32 + 1) as usize;
    let count = 1 + roll.below(40);
    let flow = |_| {
        let mut path: Vec<usize> = (0..links.len()).collect();
        let hops = 1 + roll.below(links.len().min(5) as u32) as usize;
        for at in 0..hops {
            path.swap(at, at + roll.below((links.len() - at) as u32) as usize);
        }
        path.truncate(hops);
        // A flow crosses at most two narrow links.
        let mut lines = 0;
        path.retain(|link| {
            lines += usize::from(*link < narrow);
            *link >= narrow || lines <= 2
        });
        let cap = if roll.below(3) == 0 { Some(rate(roll)) } else { None };
        (path, cap, 1 + roll.below(4))
    };
    Case { narrow, flows: (0..count).map(flow).collect(), links }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_solver_agrees_with_hand() {
        for (what, links, paths, rates) in BY_HAND {
            let links: Vec<f64> = links.iter().map(|rate| *rate as f64).collect();
            let flow =
                |path: &&[usize]| Flow { path: path.to_vec(), cap: f64::INFINITY, weight: 1.0 };
            let flows: Vec<Flow> = paths.iter().map(flow).collect();
            assert_eq!(max_min::rates(&links, &flows), rates, "{what}");
        }
        let flows = [
            Flow { path: vec![0], cap: 1.0, weight: 1.0 },
            Flow { path: vec![0], cap: f64::INFINITY, weight: 2.0 },
            Flow { path: vec![0], cap: f64::INFINITY, weight: 1.0 },
        ];
        assert_eq!(max_min::rates(&[10.0], &flows), [1.0, 6.0, 3.0]);
    }

    #[test]
    fn a_wrong_rate_is_seen() {
        let mut roll = Draw::new(1, 0).at(Site::Experiment, LINK_SHARING, 0);
        let case = random(&mut roll);
        assert!(difference(&case) < ROUNDING);
        // The plain solver is asked about other links than the engine.
        let mut other = case.clone();
        other.links.iter_mut().for_each(|rate| *rate += *rate / 100);
        let (one, two) = (engine(&case), engine(&other));
        assert!(one.iter().zip(&two).any(|(one, two)| (one - two).abs() / one > 1e-3));
    }
}
