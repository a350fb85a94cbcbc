//! V6: rules for segments in a swarm that counts time in slots, against the mean-field model.
//!
//! M peers watch one stream. In each slot the source gives a new segment to one of them at random;
//! each peer meets one other at random and takes at most one segment that it lacks; then all move on
//! by a segment. A segment is played n slots after it was made: by then it is there or lost for good.
//! Continuity is the share of segments that are there. The rules are those of the peer core, asked
//! for a segment as a scheduler asks them.
//!
//! `sequential` is the model's greedy: what is played next. For its rarest-first, `rarest` is told
//! what the model knows of copies, that there are the fewer the newer a segment is. Its mixed is no
//! single rule here: `rarest` is asked for the newest ten, then `sequential` for the rest. `bands` is
//! the mixture that there is.

use super::{Effort, Finding, compare};
use crate::peer::scheduler::segment::{Bands, Rarest, SegmentChoice, Sequential, Table};
use crate::rng::{Draw, Roll, Site};
use crate::units::Span;

/// Who asks, at [`Site::Experiment`].
const SEGMENT_POLICIES: u32 = 6;

/// How long a segment plays; a slot.
const SLOT: Span = Span::from_secs(1);

/// Segments that mixed takes rarest first.
const NEWEST: u32 = 10;

/// Segments next to play that `bands` takes in order.
const NEAR: u64 = 5;

const TOLERANCE: f64 = 0.015;

/// Swarms played for what is judged; one for what is shown beside it.
const SEEDS: u32 = 5;

/// A swarm, with what a simulation of the model gave for the three policies.
struct Swarm {
    peers: u32,
    buffer: u32,
    expected: [f64; 3],
    /// Slots measured, in full and in a quick run.
    slots: [u32; 2],
}

const SWARMS: [Swarm; 2] = [
    Swarm { peers: 1_000, buffer: 40, expected: [0.872, 0.974, 0.9995], slots: [1_200, 200] },
    Swarm { peers: 100, buffer: 20, expected: [0.824, 0.932, 0.946], slots: [6_000, 4_000] },
];

/// How a segment is chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Policy {
    Greedy,
    RarestFirst,
    Mixed,
    /// `rarest` with copies counted.
    Counted,
    Bands,
}

/// Those that the model knows, from worst to best.
const MODEL: [(Policy, &str); 3] =
    [(Policy::Greedy, "greedy"), (Policy::RarestFirst, "rarest first"), (Policy::Mixed, "mixed")];

/// When peers act within a slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Order {
    /// One after the other: what one took, the next can take from it.
    InTurn,
    /// All on what there was before the slot.
    AtOnce,
}

pub(super) fn run(effort: Effort, found: &mut dyn FnMut(Finding)) {
    let tolerance = TOLERANCE + if effort == Effort::Quick { 0.1 } else { 0.0 };
    for swarm in &SWARMS {
        let named = format!("{} peers, {} slots to play-out", swarm.peers, swarm.buffer);
        let mut got = Vec::new();
        for ((policy, name), expected) in MODEL.into_iter().zip(swarm.expected) {
            let continuity = swarm.play(policy, Order::InTurn, SEEDS, effort);
            let at_once = swarm.play(policy, Order::AtOnce, 1, effort);
            let note = format!(
                "{named}, {name}: share of segments there in time; peers act one after the other \
                 within a slot (all at once: {at_once:.3})"
            );
            found(compare("V6", expected, continuity, tolerance, note));
            got.push(continuity);
        }
        let [counted, bands] = [Policy::Counted, Policy::Bands]
            .map(|policy| swarm.play(policy, Order::InTurn, 1, effort));
        let falls = got.windows(2).filter(|pair| pair[0] >= pair[1]).count();
        let note = format!(
            "{named}: pairs out of the order mixed, rarest first, greedy (not in the model: rarest \
             with copies counted {counted:.3}, bands with {NEAR} segments in order {bands:.3})"
        );
        found(compare("V6", 0.0, falls as f64, 0.0, note));
    }
}

/// Bits below `count`.
const fn below(count: u32) -> u64 {
    (1 << count) - 1
}

impl Swarm {
    /// Mean continuity over so many seeds, one in a quick run.
    fn play(&self, policy: Policy, order: Order, seeds: u32, effort: Effort) -> f64 {
        let (seeds, slots) = match effort {
            Effort::Full => (seeds, self.slots[0]),
            Effort::Quick => (1, self.slots[1]),
        };
        let one = |seed| {
            let mut roll = Draw::new(1, seed).at(Site::Experiment, SEGMENT_POLICIES, self.peers);
            self.continuity(policy, order, slots, &mut roll)
        };
        (0..seeds).map(one).sum::<f64>() / f64::from(seeds)
    }

    fn continuity(&self, policy: Policy, order: Order, slots: u32, roll: &mut Roll) -> f64 {
        // Bit i of a peer: it has the segment that is played in i slots.
        let mut have = vec![0u64; self.peers as usize];
        let (mut there, newest) = (0, 1 << (self.buffer - 1));
        for slot in 0..slots + 2 * self.buffer {
            let holders = self.holders(policy, &have);
            let before = have.clone();
            for peer in 0..self.peers {
                let other = roll.below(self.peers - 1);
                let met = (other + u32::from(other >= peer)) as usize;
                let peer = peer as usize;
                let offered = if order == Order::AtOnce { before[met] } else { have[met] };
                let own = if order == Order::AtOnce { before[peer] } else { have[peer] };
                // What is played now comes too late.
                if let Some(place) = self.pick(policy, !own & !1, offered, &holders, roll) {
                    have[peer] |= 1 << place;
                }
            }
            have.iter_mut().for_each(|have| *have >>= 1);
            if slot >= 2 * self.buffer {
                there += have.iter().map(|have| have & 1).sum::<u64>();
            }
            have[roll.below(self.peers) as usize] |= newest;
        }
        there as f64 / f64::from(slots) / f64::from(self.peers)
    }

    /// How many hold each segment: as the model knows it, or counted as ranks.
    fn holders(&self, policy: Policy, have: &[u64]) -> [u8; Table::WIDTH] {
        let mut holders = [0; Table::WIDTH];
        if policy == Policy::Counted || policy == Policy::Bands {
            let count = |at: u32| have.iter().filter(|have| *have >> at & 1 == 1).count();
            let counts: Vec<usize> = (0..self.buffer).map(count).collect();
            for (rank, count) in holders.iter_mut().zip(&counts) {
                *rank = counts.iter().filter(|other| *other < count).count() as u8;
            }
        } else {
            for (at, rank) in (0..self.buffer).zip(&mut holders) {
                *rank = (self.buffer - at) as u8;
            }
        }
        holders
    }

    fn pick(
        &self,
        policy: Policy,
        wanted: u64,
        offered: u64,
        holders: &[u8; Table::WIDTH],
        roll: &mut Roll,
    ) -> Option<u16> {
        let mut ask = |rule: SegmentChoice, wanted: u64| {
            // Nothing to choose from is the same for every rule.
            if wanted & offered == 0 {
                return None;
            }
            let (wanted, offered) = (wanted.into(), offered.into());
            let table = Table { wanted, offered, holders: *holders };
            rule.pick_from(&table, SLOT, &mut |bound| roll.below(bound))
        };
        let in_order = SegmentChoice::Sequential(Sequential::default());
        let rarest = SegmentChoice::Rarest(Rarest::default());
        match policy {
            Policy::Greedy => ask(in_order, wanted),
            Policy::RarestFirst | Policy::Counted => ask(rarest, wanted),
            Policy::Mixed => {
                let older = below(self.buffer - NEWEST);
                ask(rarest, wanted & !older).or_else(|| ask(in_order, wanted & older))
            }
            Policy::Bands => {
                let high = SLOT.times(NEAR);
                ask(SegmentChoice::Bands(Bands { high, ..Bands::default() }), wanted)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The model: p(i+1) = p(i) + s(i) p(i) (1 − p(i)), with the share s(i) of slots free for it.
    fn model(swarm: &Swarm, policy: Policy) -> f64 {
        let (n, first) = (swarm.buffer as usize, 1.0 / f64::from(swarm.peers));
        // The last value is in the law of greedy: it is tried until it agrees.
        let end = |last: f64| {
            let (mut p, mut at_newest) = (first, first);
            for place in 1..n {
                if place == NEWEST as usize {
                    at_newest = p;
                }
                let rarest = match policy {
                    Policy::RarestFirst => true,
                    Policy::Mixed => place < NEWEST as usize,
                    _ => false,
                };
                let begun = if policy == Policy::Mixed { at_newest } else { first };
                p = if rarest {
                    p + (1.0 - p) * p * (1.0 - p)
                } else {
                    // s depends on the next p, which it makes: a line in it.
                    let gain = p * (1.0 - p);
                    (p + gain * (1.0 - last - begun)) / (1.0 - gain)
                };
            }
            p
        };
        let (mut low, mut high) = (0.0, 1.0);
        for _ in 0..60 {
            let middle = 0.5 * (low + high);
            if end(middle) > middle { low = middle } else { high = middle }
        }
        if policy == Policy::RarestFirst { end(0.0) } else { low }
    }

    /// The published equations give the reference column, and what is expected lies near it.
    #[test]
    fn the_model_gives_the_reference_values() {
        let columns = [[0.858, 0.967, 0.9991], [0.815, 0.925, 0.943]];
        for (swarm, column) in SWARMS.iter().zip(columns) {
            for (((policy, name), value), near) in MODEL.into_iter().zip(column).zip(swarm.expected)
            {
                let ours = model(swarm, policy);
                assert!((ours - value).abs() < 0.002, "{name}: {ours} against {value}");
                assert!((ours - near).abs() < 0.016, "{name}: {ours} against {near}");
            }
        }
    }

    #[test]
    fn copies_are_ranked() {
        let swarm = Swarm { peers: 3, buffer: 4, expected: [0.0; 3], slots: [0; 2] };
        let have = [0b0111, 0b0011, 0b0001];
        assert_eq!(swarm.holders(Policy::Counted, &have)[..4], [3, 2, 1, 0]);
        assert_eq!(swarm.holders(Policy::RarestFirst, &have)[..4], [4, 3, 2, 1]);
    }
}
