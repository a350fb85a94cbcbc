//! The core under a toy host: whatever happens in whatever order, it keeps its promises, and the
//! same inputs and dice give the same outputs.

use std::collections::BTreeMap;

use super::cache::CachePolicy;
use super::scheduler::late::Late;
use super::scheduler::neighbours::NeighbourChoice;
use super::scheduler::per_peer::PerPeer;
use super::scheduler::segment::SegmentChoice;
use super::scheduler::server::{Gate, Gates};
use super::scheduler::source::SourceChoice;
use super::scheduler::trust::Trust;
use super::scheduler::unit::Unit;
use super::scheduler::{Custom, Plan, RequestRules, Scheduler};
use super::upload::UploadChoice;
use super::*;
use crate::units::{BitRate, Span, TimeOfDay};
use proptest::prelude::*;

mod uploads;

const ITEM: Item = Item { title: 9, rung: 0 };
const SEGMENTS: u16 = 40;
const FROM: u16 = 3;

#[derive(Clone, Debug)]
struct UnderWay {
    segment: u16,
    source: Source,
    asked: Time,
    from_byte: Bytes,
    to_byte: Bytes,
}

impl UnderWay {
    fn stuck(&self) -> bool {
        self.source == Source::Peer(PeerId(5))
    }
}

/// Everything around one peer: dice by counter, neighbours with fixed holdings, steady transfers.
#[derive(Clone, Debug)]
struct Toy {
    dice: u64,
    now: Time,
    sets: Vec<Vec<u16>>,
    running: BTreeMap<u8, UnderWay>,
}

fn size_of(_: Item, segment: u16) -> Bytes {
    Bytes(900_000 + u64::from(segment % 7) * 50_000)
}

impl Toy {
    fn new(seed: u64) -> Self {
        let holdings = |peer: u64| {
            let all = 0..u64::from(SEGMENTS);
            let held = all.filter(|s| (s * 31 + peer * 17 + seed) % 5 < peer % 5);
            held.map(|segment| segment as u16).collect()
        };
        let sets = (0..6).map(holdings).collect();
        Self { dice: seed, now: Time::ZERO, sets, running: BTreeMap::new() }
    }

    fn so_far(&self, slot: u8) -> Bytes {
        self.running.get(&slot).map_or(Bytes::ZERO, |transfer| {
            let most = transfer.to_byte - transfer.from_byte;
            BitRate(2_000_000).bytes_in(self.now.since(transfer.asked)).min(most)
        })
    }
}

impl Surroundings for Toy {
    fn watches(&self, neighbour: PeerId, _: Item) -> bool {
        neighbour.0.is_multiple_of(2)
    }

    fn below(&mut self, bound: u32) -> u32 {
        self.dice = self.dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        ((self.dice >> 33) % u64::from(bound)) as u32
    }
    fn hear(&self, neighbour: PeerId, item: Item, told: &mut Told) {
        assert_eq!(item, ITEM);
        let at = neighbour.0 as usize;
        told.renew([(0, SEGMENTS)].into_iter());
        (0..SEGMENTS).filter(|s| !self.sets[at].contains(s)).for_each(|s| told.lacks(s));
        told.fetches(at as u16 * 3);
    }
    fn distance(&self, peer: PeerId) -> u8 {
        (peer.0 % 3) as u8
    }
    fn round_trip(&self, neighbour: PeerId) -> Span {
        Span::from_millis(u64::from(neighbour.0) * 10)
    }
    fn got(&self, slot: Slot) -> Bytes {
        // Peer 5 is stuck: it never sends a byte.
        let stuck = self.running.get(&slot.0).is_some_and(UnderWay::stuck);
        if stuck { Bytes::ZERO } else { self.so_far(slot.0) }
    }
    fn last(&self, slot: Slot) -> Time {
        // Asked for within this very call: the host has not heard of it yet.
        match self.running.get(&slot.0) {
            Some(transfer) if transfer.stuck() => transfer.asked,
            _ => self.now,
        }
    }
    fn size(&self, item: Item, segment: u16) -> Bytes {
        size_of(item, segment)
    }
    fn free_holder(&self, _: Item, segment: u16, _: BitRate) -> Option<PeerId> {
        let holds = |peer: &u32| self.sets[*peer as usize].contains(&segment);
        (0..6).find(holds).map(PeerId)
    }
}

/// A peer with its toy host, and what has been promised so far.
#[derive(Clone, Debug)]
struct Host {
    config: Config,
    peer: Peer,
    toy: Toy,
    log: Vec<(Time, Output)>,
    started: bool,
    played: Option<u16>,
    holds: bool,
    /// Who has said that it does not serve us.
    choked: Vec<PeerId>,
    /// Whose connection has just been closed.
    gone: Vec<PeerId>,
    /// Good less corrupt transfers, counted as libtorrent does, of each peer.
    points: BTreeMap<u32, i32>,
}

impl Host {
    fn handle(&mut self, input: Input<'_>) {
        let mut out = Vec::new();
        let now = self.toy.now;
        let active = self.peer.watching().is_some();
        if let Input::Play(_) = input {
            (self.started, self.played) = (false, None);
            self.choked.clear();
            self.points.clear();
        }
        self.peer.handle(&self.config, now, input, &mut self.toy, &mut out);
        assert!(active || matches!(input, Input::Play(_)) || out.is_empty(), "dormant, yet busy");
        for output in out {
            self.keep(now, output);
            self.log.push((now, output));
        }
        let disk = self.peer.store().disk().bytes();
        assert!(disk <= self.config.disk && self.peer.store().in_memory() <= self.config.memory);
        match self.peer.next_wake() {
            Some(wake) => assert!(wake > now && self.peer.watching().is_some()),
            None => assert!(self.peer.watching().is_none() && self.toy.running.is_empty()),
        }
        assert_eq!(self.holds, self.peer.store().get(ITEM).is_some_and(|held| !held.is_empty()));
        self.disconnect();
    }

    /// Breaks what flows over connections that are gone.
    fn disconnect(&mut self) {
        while let Some(peer) = self.gone.last().copied() {
            let over = self.config.plan.asks_peers();
            let from = |(_, other): &(&u8, &UnderWay)| over && other.source == Source::Peer(peer);
            let Some(slot) = self.toy.running.iter().find(from).map(|(slot, _)| *slot) else {
                self.choke(peer, false);
                self.gone.retain(|gone| *gone != peer);
                continue;
            };
            let got = self.toy.so_far(slot);
            self.toy.running.remove(&slot);
            self.handle(Input::Failed { slot: Slot(slot), why: End::PeerGone, got });
        }
    }

    /// Most transfers from the CDN, from peers, and of one segment.
    fn most(&self) -> (usize, usize, usize) {
        match self.config.plan {
            Plan::CdnOnly(own) => (own.http_parallel as usize, 0, 1),
            Plan::Oracle(own) => (own.http_parallel as usize, own.p2p_parallel as usize, 1),
            Plan::Peers(rules) => {
                let copies = match rules.late {
                    Late::Copies(own) => own.copies as usize,
                    _ => 1,
                };
                let own = rules.requests;
                (own.http_parallel as usize, own.p2p_parallel as usize, copies)
            }
        }
    }

    /// Carries out one output; every promise of the contract is asserted here.
    fn keep(&mut self, now: Time, output: Output) {
        match output {
            Output::Fetch { slot, segment, from, from_byte, to_byte, cause, class, news } => {
                assert!(usize::from(slot.0) < Slot::COUNT && segment < SEGMENTS);
                assert!(from_byte <= to_byte && to_byte <= size_of(ITEM, segment));
                let same = self.toy.running.values().filter(|other| {
                    other.segment == segment
                        && other.from_byte.max(from_byte) < other.to_byte.min(to_byte)
                });
                let senders: Vec<Source> = same.map(|other| other.source).collect();
                assert!(senders.len() < self.most().2, "segment {segment} is asked for too often");
                assert!(!senders.contains(&from), "segment {segment} is asked of {from:?} twice");
                assert!(!self.peer.holds(ITEM, segment), "segment {segment} is here already");
                if let Source::Peer(peer) = from {
                    let plan = &self.config.plan;
                    let serves = !plan.asks_peers() || !self.choked.contains(&peer);
                    assert!(serves, "{peer:?} does not serve us");
                    let of_one = self.toy.running.values().filter(|t| t.source == from).count();
                    assert!(of_one == 0 || plan.queues() || !plan.asks_peers());
                    let banned = self.points.get(&peer.0).is_some_and(|points| *points <= -7);
                    let bans = plan.points().is_some();
                    assert!(!bans || !banned, "{peer:?} is banned");
                    assert!(news.is_some() || !plan.asks_peers());
                    let says = matches!(plan.uploads(), UploadChoice::Urgency(_));
                    assert_eq!(class.is_some(), says);
                }
                let alone = matches!(self.config.plan, Plan::CdnOnly(_));
                assert_eq!(alone && from == Source::Cdn, cause == CdnCause::PeersOff);
                let transfer = UnderWay { segment, source: from, asked: now, from_byte, to_byte };
                assert!(self.toy.running.insert(slot.0, transfer).is_none(), "slot taken");
                let cdn = self.toy.running.values().filter(|t| t.source == Source::Cdn).count();
                let (most_cdn, most_peers, _) = self.most();
                assert!(cdn <= most_cdn && self.toy.running.len() - cdn <= most_peers);
            }
            Output::Cancel { slot, .. } => {
                assert!(self.toy.running.remove(&slot.0).is_some(), "nothing to cancel");
            }
            Output::Hangup(peer) => self.gone.push(peer),
            Output::Holds(item) => {
                assert!(item == ITEM && !self.holds);
                self.holds = true;
            }
            Output::Drops(item) => {
                assert!(item == ITEM && self.holds);
                self.holds = false;
            }
            Output::Note(Note::Started) => {
                assert!(!self.started);
                self.started = true;
            }
            Output::Note(Note::Played { segment, .. }) => {
                assert!(self.started);
                assert_eq!(segment, self.played.map_or(FROM, |last| last + 1), "out of order");
                self.played = Some(segment);
            }
            Output::Note(Note::Ended { started, .. }) => {
                assert_eq!(started, self.started);
                assert!(self.toy.running.is_empty(), "transfers go on after the end");
            }
            _ => {}
        }
    }

    /// Notes a good or a corrupt transfer of a neighbour.
    fn count(&mut self, from: Source, good: bool) {
        if let Source::Peer(peer) = from {
            let points = self.points.entry(peer.0).or_default();
            *points = if good { (*points + 1).min(8) } else { (*points - 2).max(-7) };
        }
    }

    /// Notes what a neighbour says; who is none is not heard.
    fn choke(&mut self, peer: PeerId, choked: bool) {
        self.choked.retain(|other| *other != peer);
        if choked && self.peer.is_neighbour(peer) {
            self.choked.push(peer);
        }
    }

    fn step(&mut self, (wait, kind, arg): (u64, u8, u8)) {
        let until = self.toy.now + Span::from_millis(wait);
        while let Some(wake) = self.peer.next_wake().filter(|wake| *wake <= until) {
            self.toy.now = wake;
            self.handle(Input::Wake);
        }
        self.toy.now = until;
        let slot = self.toy.running.keys().nth(usize::from(arg)).copied();
        let peer = PeerId(u32::from(arg) % 6);
        match kind {
            0 if self.peer.watching().is_none() => self.handle(Input::Play(Play {
                item: ITEM,
                from: FROM,
                until: SEGMENTS - u16::from(arg),
                segments: SEGMENTS,
                patience: Span::from_secs(8),
                stall_patience: Span::from_secs(20),
            })),
            1 if arg == 0 => self.handle(Input::Leave),
            2 => self.handle(Input::Candidates(&[peer, PeerId(0), PeerId(3)], Default::default())),
            3 | 4 => self.handle(Input::Linked(peer)),
            5 => self.handle(Input::DialFailed(peer)),
            6 if arg < 2 => {
                self.gone.push(peer);
                self.disconnect();
                self.handle(Input::Unlinked(peer));
            }
            9 => {
                let choked = self.choked.contains(&peer);
                self.choke(peer, !choked);
                self.handle(if choked { Input::Unchoked(peer) } else { Input::Choked(peer) });
            }
            7 | 8 => {
                if let Some(slot) = slot {
                    let why = match (arg, kind) {
                        (1, _) => End::PeerGone,
                        (0, 7) => End::Refused(Refusal::Busy),
                        (2, 7) => End::Refused(Refusal::Displaced),
                        (2, 8) => End::Corrupt,
                        _ => End::Refused(Refusal::Choked),
                    };
                    let from = self.toy.running[&slot].source;
                    if arg < 3 {
                        let got = self.toy.so_far(slot);
                        self.toy.running.remove(&slot);
                        if let (Source::Peer(peer), End::Refused(Refusal::Choked)) = (from, why) {
                            self.choke(peer, true);
                        }
                        if why == End::Corrupt {
                            self.count(from, false);
                        }
                        self.handle(Input::Failed { slot: Slot(slot), why, got });
                    }
                }
            }
            _ => {
                if let Some(slot) = slot {
                    let from = self.toy.running[&slot].source;
                    self.toy.running.remove(&slot);
                    self.count(from, true);
                    self.handle(Input::Arrived(Slot(slot)));
                }
            }
        }
    }
}

/// Every preset, and rules put together.
fn schedulers() -> impl Strategy<Value = Scheduler> {
    fn one<T: Copy + std::fmt::Debug + 'static>(
        all: impl Iterator<Item = T>,
    ) -> impl Strategy<Value = T> {
        prop::sample::select(all.collect::<Vec<T>>())
    }
    let gates = prop::collection::vec(one(Gate::all()), 0..=Gates::MOST);
    let (late, unit) = (one(Late::all()), one(Unit::all()));
    let peers = (
        one(PerPeer::all()),
        one(UploadChoice::all()),
        one(Trust::all()),
        one(NeighbourChoice::all()),
    );
    let rules = (one(SegmentChoice::all()), one(SourceChoice::all()), gates, late, unit, peers);
    let custom = rules.prop_map(|(segment, source, gates, late, unit, peers)| {
        let (per_peer, upload, trust, neighbours) = peers;
        let server = Gates::of(&gates).unwrap();
        let requests = RequestRules { unit, per_peer, trust, ..RequestRules::default() };
        Scheduler::Custom(Custom { segment, source, server, late, requests, upload, neighbours })
    });
    prop_oneof![one(Scheduler::all()), custom]
}

fn host(scheduler: Scheduler, disk: u64, memory: u64, seed: u64) -> Host {
    Host {
        config: Config {
            plan: scheduler.plan(),
            clock: TimeOfDay(Span::from_secs(72_000)),
            segment: Span::from_secs(4),
            start_after: Span::from_secs(4),
            resume_after: Span::from_secs(4),
            cache: CachePolicy::Lru,
            grain: Default::default(),
            disk: Bytes(disk),
            memory: Bytes(memory),
            upload_slots: 4,
            upload_in_standby: true,
            upload_least: BitRate::ZERO,
            links: 4,
            refresh: Span::from_secs(20),
        },
        peer: Peer::default(),
        toy: Toy::new(seed),
        log: Vec::new(),
        started: false,
        played: None,
        holds: false,
        choked: Vec::new(),
        gone: Vec::new(),
        points: BTreeMap::new(),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]
    #[test]
    fn promises_are_kept_and_repeated(
        scheduler in schedulers(),
        disk in prop::sample::select(vec![0u64, 500_000, 2_500_000, 8_000_000, 1_000_000_000]),
        memory in prop::sample::select(vec![1_000_000u64, 3_000_000, 9_000_000, 256_000_000]),
        seed in any::<u64>(),
        steps in prop::collection::vec((0u64..3000, 0u8..18, 0u8..4), 1..150),
    ) {
        let mut first = host(scheduler, disk, memory, seed % (1 << 40));
        let mut second = first.clone();
        first.step((0, 0, 0));
        let mut third = first.clone();
        for (at, step) in steps.iter().enumerate() {
            first.step(*step);
            if at == steps.len() / 2 {
                // A copy made on the way has all that matters.
                third = first.clone();
            } else if at > steps.len() / 2 {
                third.step(*step);
            }
        }
        second.step((0, 0, 0));
        steps.iter().for_each(|step| second.step(*step));
        prop_assert_eq!(&first.log, &second.log);
        if steps.len() > 1 {
            prop_assert_eq!(&first.log, &third.log);
        }
        prop_assert_eq!(format!("{first:?}"), format!("{second:?}"));
    }
}
