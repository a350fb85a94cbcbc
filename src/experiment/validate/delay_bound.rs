//! V10: how many slots a segment takes from a source to all of N peers, with uplinks of one segment a
//! slot.
//!
//! Holders double in a slot at best, so that `⌈log₂ N⌉ + 1` slots are the least. A new segment in
//! every slot leaves no uplink idle: it is reached when those who have just finished with one segment
//! take the next ones. Each sender asks the rule `edf` for what to send: the table that it is shown
//! is in the order of deadlines. As in deadline-based scheduling a copy's deadline, that of the
//! sender too, is put off by two slots each time it is sent. The host says to whom, as no rule of a
//! client does: to the one whose latest segment is oldest (earliest latest).

use super::{Effort, Finding, compare};
use crate::peer::scheduler::segment::{Edf, SegmentChoice, Table};
use crate::rng::{Draw, Roll, Site};
use crate::units::Span;

/// Who asks, at [`Site::Experiment`].
const DELAY_BOUND: u32 = 10;

const SLOT: Span = Span::from_secs(1);

/// Slots that a segment is followed.
const FOLLOWED: usize = 60;

const PEERS: [u32; 3] = [31, 100, 1_000];

/// Slots more than the least that are granted to peers who know few others.
const GRANTED: u32 = 2;

/// A burst: viewers, and copies that the server sends a slot.
const BURST: (u32, u32) = (1_000, 10);

pub(super) fn run(effort: Effort, found: &mut dyn FnMut(Finding)) {
    let segments = if effort == Effort::Full { 150 } else { 30 };
    for peers in PEERS {
        let least = log2_up(peers) + 1;
        let spread = Spread::play(peers, None, 1, segments);
        let note = format!(
            "{peers} peers who all know each other, a new segment in every slot: slots until the \
             slowest of {segments} segments is with all (the fastest takes {})",
            spread.least
        );
        found(compare("V10", f64::from(least), spread.got(), 0.0, note));
    }
    for peers in PEERS {
        let known = log2_up(peers);
        let apart = Spread::play(peers, Some(known), 2 * known, segments / 5);
        let stream = Spread::play(peers, Some(known), 1, segments);
        let note = format!(
            "{peers} peers who know {known} others each, one segment at a time: slots until the \
             slowest of {} is with all, {GRANTED} more than the least granted (with a new one in \
             every slot the slowest takes {})",
            segments / 5,
            stream.most
        );
        let least = f64::from(known + 1);
        found(compare("V10", least, apart.got(), f64::from(GRANTED), note));
    }
    let (viewers, copies) = BURST;
    let least = libm::ceil(libm::log2(f64::from(viewers) / f64::from(copies) + 1.0));
    let note = format!(
        "{viewers} viewers want one segment at once, the server sends {copies} copies a slot: slots \
         until all have it"
    );
    found(compare("V10", least, f64::from(burst(viewers, copies)), 0.0, note));
}

/// ⌈log₂⌉ of a number above 1.
const fn log2_up(number: u32) -> u32 {
    u32::BITS - (number - 1).leading_zeros()
}

/// Slots that segments took to be with all.
#[derive(Clone, Copy, Debug)]
struct Spread {
    least: u32,
    most: u32,
}

impl Spread {
    /// `segments`, one every so many slots, among peers who know all or so many others each.
    fn play(peers: u32, known: Option<u32>, every: u32, segments: u32) -> Self {
        let mut roll = Draw::new(1, 0).at(Site::Experiment, DELAY_BOUND, peers);
        let mut mesh = Mesh::new(peers, known, &mut roll);
        let mut spread = Self { least: u32::MAX, most: 0 };
        for slot in 0..segments * every + FOLLOWED as u32 {
            let new = slot % every == 0 && slot < segments * every;
            mesh.slot(new);
            for took in mesh.finished() {
                spread.least = spread.least.min(took);
                spread.most = spread.most.max(took);
            }
        }
        spread
    }

    /// The slowest, for a finding.
    fn got(self) -> f64 {
        f64::from(self.most)
    }
}

/// Peers with what they have; segments by age in slots.
struct Mesh {
    /// Whom each knows; nobody's list when all know all.
    known: Option<Vec<Vec<u32>>>,
    /// Bit a: it has the segment that is a slots old.
    have: Vec<u64>,
    /// Scheduling deadlines of each peer's copies, by age.
    due: Vec<[u32; FOLLOWED]>,
    /// Whether there is a segment of that age on its way.
    open: [bool; FOLLOWED],
    now: u32,
}

impl Mesh {
    fn new(peers: u32, known: Option<u32>, roll: &mut Roll) -> Self {
        let count = peers as usize;
        let known = known.map(|known| acquaintance(peers, known, roll));
        let (have, due) = (vec![0; count], vec![[0; FOLLOWED]; count]);
        Self { known, have, due, open: [false; FOLLOWED], now: 0 }
    }

    /// One slot: the source and every peer send one segment each.
    fn slot(&mut self, new: bool) {
        self.now += 1;
        self.open.rotate_right(1);
        self.open[0] = new;
        for (have, due) in self.have.iter_mut().zip(&mut self.due) {
            // What is followed no longer is forgotten.
            *have = *have << 1 & ((1 << FOLLOWED) - 1);
            due.rotate_right(1);
        }
        let before = self.have.clone();
        if new {
            let first = self.neediest(None, 0).expect("invariant: nobody has what is new");
            self.give(first, 0, self.now + 2);
        }
        for (sender, have) in before.into_iter().enumerate() {
            self.send(sender, have);
        }
    }

    /// Lets `sender`, who had so much before the slot, send what the rule picks.
    fn send(&mut self, sender: usize, have: u64) {
        let mut ages: Vec<usize> = (1..FOLLOWED).filter(|age| have >> age & 1 == 1).collect();
        let due = self.due[sender];
        ages.sort_unstable_by_key(|age| (due[*age], *age));
        let takers: Vec<Option<usize>> =
            ages.iter().map(|age| self.neediest(Some(sender), *age)).collect();
        let wanted =
            takers.iter().rev().fold(0, |bits, taker| bits << 1 | u128::from(taker.is_some()));
        let table = Table { wanted, offered: u128::MAX, holders: [1; Table::WIDTH] };
        let rule = SegmentChoice::Edf(Edf::default());
        let Some(place) = rule.pick_from(&table, SLOT, &mut |_| 0) else {
            return;
        };
        let age = ages[usize::from(place)];
        let taker = takers[usize::from(place)].expect("invariant: the rule picks what is wanted");
        let later = due[age] + 2;
        self.due[sender][age] = later;
        self.give(taker, age, later);
    }

    fn give(&mut self, taker: usize, age: usize, due: u32) {
        self.have[taker] |= 1 << age;
        self.due[taker][age] = due;
    }

    /// Of those whom `sender` knows (the source knows all) and who lack the segment, the one whose
    /// latest is oldest.
    fn neediest(&self, sender: Option<usize>, age: usize) -> Option<usize> {
        let lacks = |peer: &usize| self.have[*peer] >> age & 1 == 0 && Some(*peer) != sender;
        let latest = |peer: &usize| (self.have[*peer].trailing_zeros(), std::cmp::Reverse(*peer));
        match (&self.known, sender) {
            (Some(known), Some(sender)) => {
                known[sender].iter().map(|peer| *peer as usize).filter(lacks).max_by_key(latest)
            }
            _ => (0..self.have.len()).filter(lacks).max_by_key(latest),
        }
    }

    /// How many slots each took that is now with all; those that will not be are a failure.
    fn finished(&mut self) -> Vec<u32> {
        let all = self.have.iter().fold(u64::MAX, |all, have| all & have);
        let mut took = Vec::new();
        for (age, open) in self.open.iter_mut().enumerate() {
            let with_all = all >> age & 1 == 1;
            if *open && (with_all || age + 1 == FOLLOWED) {
                *open = false;
                took.push(age as u32 + 1);
            }
        }
        took
    }
}

/// Random cycles through all peers, and a random pairing when `known` is odd: each knows about so
/// many others, and is known by them.
fn acquaintance(peers: u32, known: u32, roll: &mut Roll) -> Vec<Vec<u32>> {
    let mut lists = vec![Vec::new(); peers as usize];
    let mut meet = |one: u32, other: u32| {
        if one != other && !lists[one as usize].contains(&other) {
            lists[one as usize].push(other);
            lists[other as usize].push(one);
        }
    };
    for round in 0..known.div_ceil(2) {
        let mut order: Vec<(u32, u32)> = (0..peers).map(|peer| (roll.u32(), peer)).collect();
        order.sort_unstable();
        let whole = 2 * round + 1 < known;
        for (at, (_, peer)) in order.iter().enumerate() {
            // Of a pairing only every other step.
            if whole || at % 2 == 0 {
                meet(*peer, order[(at + 1) % order.len()].1);
            }
        }
    }
    lists
}

/// Slots until all viewers have a segment of which the server sends so many copies a slot, and each
/// holder one, to whom the rule asks for it.
fn burst(viewers: u32, copies: u32) -> u32 {
    let rule = SegmentChoice::Edf(Edf::default());
    let mut holders = 0;
    for slot in 1.. {
        let uploads = holders + copies;
        let asking = viewers - holders;
        for _ in 0..asking.min(uploads) {
            let table = Table { wanted: 1, offered: 1, holders: [1; Table::WIDTH] };
            holders += u32::from(rule.pick_from(&table, SLOT, &mut |_| 0).is_some());
        }
        if holders == viewers || slot > viewers {
            return slot;
        }
    }
    unreachable!("an endless range")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_least_is_that_of_the_reference() {
        for (peers, slots) in [(15, 5), (31, 6), (63, 7), (100, 8), (1_000, 11), (10_000, 15)] {
            assert_eq!(log2_up(peers) + 1, slots, "{peers}");
        }
        for ((viewers, copies), slots) in [((1_000, 10), 7), ((10_000, 10), 10), ((10_000, 100), 7)]
        {
            assert_eq!(burst(viewers, copies), slots, "{viewers} {copies}");
        }
    }

    #[test]
    fn peers_know_about_as_many_as_wanted() {
        let mut roll = Draw::new(1, 0).at(Site::Experiment, DELAY_BOUND, 0);
        for (peers, known) in [(31, 5), (100, 7), (1_000, 10)] {
            let lists = acquaintance(peers, known, &mut roll);
            let mean = lists.iter().map(Vec::len).sum::<usize>() as f64 / f64::from(peers);
            assert!((mean - f64::from(known)).abs() < 1.2, "{peers}: {mean}");
            for (one, list) in lists.iter().enumerate() {
                assert!(!list.is_empty() && !list.contains(&(one as u32)));
                let mutual = |other: &u32| lists[*other as usize].contains(&(one as u32));
                assert!(list.iter().all(mutual));
            }
        }
    }
}
