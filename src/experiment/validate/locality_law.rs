//! V9: how many copies of a content enter each provider when neighbours are random, and when all but
//! one of them are of the own provider.
//!
//! Peers of equal providers want the same pieces, which one seed outside of all has. Time is in slots:
//! in each, every peer sends one piece, the seed four (assumption), to a random neighbour that lacks
//! something it has; the taker asks the rule `rarest` for the piece, with copies counted among its own
//! neighbours. Who has all goes on sending.
//!
//! A random partner is of the own provider, of n peers among N, with chance (n − 1) / (N − 1); what the
//! seed sends comes from outside. So `n (1 − s (n − 1) / (N − 1))` copies enter a provider, where s is
//! the share that peers send. With k of 35 neighbours outside and equal use of all, about
//! `1 + (n − 1) k / 35` enter: the first, and that share of the others. No rule of a client here keeps k
//! neighbours far away; the host does, as the tracker in the literature does. In the engine, with
//! whole viewings, homes meet by the rules that there are.

use super::{Effort, Finding, broken, compare, swarm};
use crate::peer::scheduler::segment::{Rarest, SegmentChoice, Table};
use crate::rng::{Draw, Roll, Site};
use crate::units::Span;

/// Who asks, at [`Site::Experiment`].
const LOCALITY_LAW: u32 = 9;

const SLOT: Span = Span::from_secs(1);

const PROVIDERS: usize = 14;

/// Peers of a provider: the published case, and twice as many.
const SIZES: [usize; 2] = [50, 100];

const NEIGHBOURS: usize = 35;

/// Neighbours outside, when all others are of the own provider.
const OUTSIDE: usize = 1;

/// Pieces that the seed sends in a slot.
const SEED: usize = 4;

/// Slots after which a swarm that is not done never will be: ten times what uplinks need.
const MOST_SLOTS: usize = 10 * Table::WIDTH;

/// What copies may be off with random neighbours.
const COPIES: f64 = 2.0;

/// What the mean time to the last piece may be off with near ones, as a part.
const TIME: f64 = 0.15;

/// What growth may be off: twice as many copies for twice the peers fail.
const GROWTH: f64 = 0.4;

/// What the share of bytes from the own provider may be off in the engine.
const SHARE: f64 = 0.01;

pub(super) fn run(effort: Effort, found: &mut dyn FnMut(Finding)) {
    let seeds = if effort == Effort::Full { 5 } else { 1 };
    let [random, near] = [None, Some(OUTSIDE)]
        .map(|outside| SIZES.map(|size| Outcome::mean(Case { size, outside }, seeds)));
    for (size, got) in SIZES.into_iter().zip(&random) {
        let note = format!(
            "{PROVIDERS} providers of {size} peers, {NEIGHBOURS} random neighbours: copies that enter \
             each provider ({:.2} of all pieces from the seed)",
            got.from_seed
        );
        found(compare("V9", by_chance(size, got.from_seed), got.entered, COPIES, note));
    }
    let note = format!(
        "{} peers, all but {OUTSIDE} neighbour of the own provider: mean slots until a peer has all, \
         as a part of those with random neighbours ({:.0})",
        PROVIDERS * SIZES[0],
        random[0].slots
    );
    found(compare("V9", 1.0, near[0].slots / random[0].slots, TIME, note));
    let shares = SIZES.map(|size| 1.0 + (size - 1) as f64 * OUTSIDE as f64 / NEIGHBOURS as f64);
    let note = format!(
        "the same, twice the peers: growth of the copies that enter a provider, from {:.2} to {:.2} \
         (equal use of neighbours: {:.2} to {:.2}; with random ones {:.2} to {:.2})",
        near[0].entered,
        near[1].entered,
        shares[0],
        shares[1],
        random[0].entered,
        random[1].entered
    );
    found(compare("V9", shares[1] / shares[0], near[1].entered / near[0].entered, GROWTH, note));
    in_engine(effort, found);
}

/// Copies that enter a provider of so many when partners are random.
fn by_chance(size: usize, from_seed: f64) -> f64 {
    let local = (size - 1) as f64 / (PROVIDERS * size - 1) as f64;
    size as f64 * (1.0 - (1.0 - from_seed) * local)
}

#[derive(Clone, Copy, Debug)]
struct Case {
    /// Peers of each provider.
    size: usize,
    /// Neighbours outside; all are random when `None`.
    outside: Option<usize>,
}

/// What became of swarms.
#[derive(Clone, Copy, Debug, Default)]
struct Outcome {
    /// Copies that entered a provider.
    entered: f64,
    /// Share of pieces that the seed sent.
    from_seed: f64,
    /// Slots until a peer had all; infinite when one never did.
    slots: f64,
}

impl Outcome {
    fn mean(case: Case, seeds: u32) -> Self {
        let mut mean = Self::default();
        for seed in 0..seeds {
            let mut roll = Draw::new(1, seed).at(Site::Experiment, LOCALITY_LAW, case.size as u32);
            let one = case.play(&mut roll);
            let part = 1.0 / f64::from(seeds);
            mean.entered += one.entered * part;
            mean.from_seed += one.from_seed * part;
            mean.slots += one.slots * part;
        }
        mean
    }
}

impl Case {
    const fn peers(self) -> usize {
        PROVIDERS * self.size
    }

    /// The provider of a peer; the seed, numbered after the last, has one of its own.
    const fn provider(self, peer: usize) -> usize {
        peer / self.size
    }

    fn play(self, roll: &mut Roll) -> Outcome {
        let peers = self.peers();
        let known = self.acquaintance(roll);
        let mut have = vec![0u128; peers + 1];
        have[peers] = u128::MAX;
        let (mut entered, mut from_seed, mut sent, mut slots) = (0u32, 0u32, 0u32, 0.0);
        let mut open = peers;
        for slot in 1..=MOST_SLOTS {
            let before = have.clone();
            for sender in shuffled(peers + 1, roll) {
                let copies = if sender == peers { SEED } else { 1 };
                for _ in 0..copies {
                    let offered = before[sender];
                    let Some(taker) = interested(&known[sender], &have, offered, peers, roll)
                    else {
                        break;
                    };
                    let Some(piece) = pick(taker, offered, &known[taker], &have, roll) else {
                        break;
                    };
                    have[taker] |= 1 << piece;
                    sent += 1;
                    from_seed += u32::from(sender == peers);
                    entered += u32::from(self.provider(sender) != self.provider(taker));
                    if have[taker] == u128::MAX {
                        open -= 1;
                        slots += slot as f64 / peers as f64;
                    }
                }
            }
            if open == 0 {
                break;
            }
        }
        Outcome {
            entered: f64::from(entered) / (Table::WIDTH * PROVIDERS) as f64,
            from_seed: f64::from(from_seed) / f64::from(sent),
            slots: if open == 0 { slots } else { f64::INFINITY },
        }
    }

    /// Whom each knows, mutually; the seed knows peers of any provider, beyond their other neighbours.
    fn acquaintance(self, roll: &mut Roll) -> Vec<Vec<usize>> {
        let peers = self.peers();
        let mut known = vec![Vec::new(); peers + 1];
        match self.outside {
            None => self.meet(&mut known, NEIGHBOURS, |_, _| true, roll),
            Some(outside) => {
                let provider = |peer| self.provider(peer);
                self.meet(&mut known, outside, |a, b| provider(a) != provider(b), roll);
                self.meet(&mut known, NEIGHBOURS, |a, b| provider(a) == provider(b), roll);
            }
        }
        for peer in shuffled(peers, roll).into_iter().take(NEIGHBOURS) {
            known[peer].push(peers);
            known[peers].push(peer);
        }
        known
    }

    /// Brings random pairs that `may` meet together until each knows so many, or hardly any are left.
    fn meet(
        self,
        known: &mut [Vec<usize>],
        most: usize,
        may: impl Fn(usize, usize) -> bool,
        roll: &mut Roll,
    ) {
        for peer in shuffled(self.peers(), roll) {
            let others: Vec<usize> = shuffled(self.peers(), roll);
            for other in others.into_iter().filter(|other| *other != peer && may(peer, *other)) {
                if known[peer].len() >= most {
                    break;
                }
                if known[other].len() < most && !known[peer].contains(&other) {
                    known[peer].push(other);
                    known[other].push(peer);
                }
            }
        }
    }
}

fn shuffled(count: usize, roll: &mut Roll) -> Vec<usize> {
    let mut order: Vec<usize> = (0..count).collect();
    for at in (1..count).rev() {
        order.swap(at, roll.below(at as u32 + 1) as usize);
    }
    order
}

/// A random one of those known who lacks something of what is offered; the seed wants nothing.
fn interested(
    known: &[usize],
    have: &[u128],
    offered: u128,
    seed: usize,
    roll: &mut Roll,
) -> Option<usize> {
    let lacks = |peer: &&usize| **peer != seed && offered & !have[**peer] != 0;
    let count = known.iter().filter(lacks).count();
    let chosen = (count > 0).then(|| roll.below(count as u32) as usize)?;
    known.iter().filter(lacks).nth(chosen).copied()
}

/// The piece that the rule takes, with copies counted among those whom the taker knows.
fn pick(
    taker: usize,
    offered: u128,
    known: &[usize],
    have: &[u128],
    roll: &mut Roll,
) -> Option<u16> {
    let wanted = !have[taker];
    let mut holders = [0u8; Table::WIDTH];
    for peer in known {
        let mut both = have[*peer] & wanted & offered;
        while both != 0 {
            holders[both.trailing_zeros() as usize] += 1;
            both &= both - 1;
        }
    }
    let table = Table { wanted, offered, holders };
    // Nothing is played: all pieces are in view, and chance decides between equals, as in BitTorrent.
    let rule = Rarest { window: SLOT.times(Table::WIDTH as u64), ties_by_chance: true };
    SegmentChoice::Rarest(rule).pick_from(&table, SLOT, &mut |bound| roll.below(bound))
}

/// One title watched by homes of as many providers, who meet as the directory names them.
fn in_engine(effort: Effort, found: &mut dyn FnMut(Finding)) {
    let viewers = PROVIDERS * SIZES[0];
    let local = (SIZES[0] - 1) as f64 / (viewers - 1) as f64;
    let wider = if effort == Effort::Full { 0.0 } else { 0.01 };
    match [local_share("random", viewers, effort), local_share("locality", viewers, effort)] {
        [Ok(random), Ok(near)] => {
            let note = format!(
                "{viewers} viewers of one title on average, {PROVIDERS} providers, {NEIGHBOURS} random \
                 neighbours, scheduler hybrid: share of what peers sent that came from the own \
                 provider (named by locality: {near:.3})"
            );
            found(compare("V9", local, random, SHARE + wider, note));
        }
        [Err(why), _] | [_, Err(why)] => found(broken("V9", local, SHARE + wider, &why)),
    }
}

/// Of what peers sent in the engine, the share from the own provider.
fn local_share(order: &str, viewers: usize, effort: Effort) -> Result<f64, String> {
    let plenty = "{ down = \"1 Gbit/s\", up = \"1 Gbit/s\" }";
    let provider = |at: usize| {
        format!(
            "{{ name = \"Net {at}\", market_share = {:.6}, lines = {{ first = 0.5, second = 0.5 }}, \
             turn_around = \"place\", aggregation = {plenty}, interconnect = {plenty} }}",
            1.0 / PROVIDERS as f64
        )
    };
    let providers: Vec<String> = (0..PROVIDERS).map(provider).collect();
    let (stay, watching) = (900.0, 0.25);
    let starts = watching / (1.0 - watching) * 86_400.0 / stay;
    let keys = [
        ("isp", format!("[{}]", providers.join(", "))),
        ("run.homes", (viewers * 4).to_string()),
        ("run.warm_up", "15 min".to_owned()),
        ("run.length", if effort == Effort::Full { "45 min" } else { "15 min" }.to_owned()),
        ("run.peak.from", "00:20".to_owned()),
        ("run.peak.to", "00:21".to_owned()),
        ("run.bin", "1 min".to_owned()),
        ("run.replications", "1".to_owned()),
        ("demand.rewatch", "1.0".to_owned()),
        ("demand.sessions_per_home_day", starts.to_string()),
        ("demand.length", format!("{{ constant = \"{stay} s\" }}")),
        ("directory.list", NEIGHBOURS.to_string()),
        ("directory.order", order.to_owned()),
        ("mesh.links", NEIGHBOURS.to_string()),
    ];
    let keys: Vec<(&str, &str)> = keys.iter().map(|(key, value)| (*key, &value[..])).collect();
    let loaded = swarm::load(&[(2.0, 1.0)], &keys)?;
    let runs = swarm::runs(&loaded, "hybrid")?;
    let sum = |metric: &str| runs.iter().map(|run| swarm::value(run, metric)).sum::<f64>();
    let own = sum("bytes_peer_pop") + sum("bytes_peer_isp");
    Ok(own / (own + sum("bytes_peer_other")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chance_gives_the_reference_value() {
        assert!((by_chance(50, 0.0) - 46.495).abs() < 1e-3);
        assert!((by_chance(50, 1.0) - 50.0).abs() < 1e-9);
    }

    #[test]
    fn peers_know_as_many_as_wanted_where_wanted() {
        let mut roll = Draw::new(1, 0).at(Site::Experiment, LOCALITY_LAW, 0);
        for outside in [None, Some(1), Some(5)] {
            let case = Case { size: 50, outside };
            let known = case.acquaintance(&mut roll);
            assert_eq!(known[case.peers()].len(), NEIGHBOURS);
            let (mut all, mut far) = (0, 0);
            for (peer, others) in known.iter().enumerate().take(case.peers()) {
                let met: Vec<usize> =
                    others.iter().copied().filter(|other| *other < case.peers()).collect();
                assert!(met.iter().all(|other| *other != peer && known[*other].contains(&peer)));
                all += met.len();
                far += met.iter().filter(|o| case.provider(**o) != case.provider(peer)).count();
            }
            let mean = |count: usize| count as f64 / case.peers() as f64;
            assert!((mean(all) - NEIGHBOURS as f64).abs() < 0.5, "{outside:?}: {}", mean(all));
            let wanted = outside.map_or(35.0 * 650.0 / 699.0, |outside| outside as f64);
            assert!((mean(far) - wanted).abs() < 0.2, "{outside:?}: {}", mean(far));
        }
    }

    /// Every peer ends with every piece, and each provider got at least one copy.
    #[test]
    fn all_end_with_all() {
        for outside in [None, Some(1)] {
            let mut roll = Draw::new(1, 7).at(Site::Experiment, LOCALITY_LAW, 1);
            let got = Case { size: 12, outside }.play(&mut roll);
            assert!(got.slots.is_finite() && got.slots >= 1.0, "{got:?}");
            assert!(got.entered >= 1.0 && got.entered <= 12.0, "{got:?}");
        }
    }
}
