//! A toy host of one peer: it asserts every promise of the contract while it carries out what is wanted.

use std::collections::BTreeMap;

use super::super::*;
use crate::peer::cache::CachePolicy;
use crate::peer::scheduler::late::Late;
use crate::peer::scheduler::{Plan, Scheduler};
use crate::peer::upload::UploadChoice;
use crate::units::{BitRate, Span, TimeOfDay};

pub(super) const ITEM: Item = Item { title: 9, rung: 0 };
/// What may be played after it.
pub(super) const NEXT: Item = Item { title: 4, rung: 0 };
pub(super) const SEGMENTS: u16 = 40;
pub(super) const FROM: u16 = 3;

pub(super) const ASKER: (PeerId, Slot) = (PeerId(1), Slot(0));

pub(super) fn wanted(segment: u16, bytes: Bytes) -> Wanted {
    let (from, slot) = ASKER;
    Wanted { from, slot, now: Time::ZERO, class: None, item: ITEM, segment, bytes }
}

#[derive(Clone, Debug)]
pub(super) struct UnderWay {
    pub(super) item: Item,
    pub(super) segment: u16,
    pub(super) source: Source,
    pub(super) asked: Time,
    pub(super) from_byte: Bytes,
    pub(super) to_byte: Bytes,
}

impl UnderWay {
    pub(super) fn stuck(&self) -> bool {
        self.source == Source::Peer(PeerId(5))
    }
}

/// Everything around one peer: dice by counter, neighbours with fixed holdings, steady transfers.
#[derive(Clone, Debug)]
pub(super) struct Toy {
    pub(super) dice: u64,
    pub(super) now: Time,
    pub(super) sets: Vec<Vec<u16>>,
    pub(super) running: BTreeMap<u8, UnderWay>,
}

pub(super) fn size_of(_: Item, segment: u16) -> Bytes {
    Bytes(900_000 + u64::from(segment % 7) * 50_000)
}

impl Toy {
    pub(super) fn new(seed: u64) -> Self {
        let holdings = |peer: u64| {
            let all = 0..u64::from(SEGMENTS);
            let held = all.filter(|s| (s * 31 + peer * 17 + seed) % 5 < peer % 5);
            held.map(|segment| segment as u16).collect()
        };
        let sets = (0..6).map(holdings).collect();
        Self { dice: seed, now: Time::ZERO, sets, running: BTreeMap::new() }
    }

    pub(super) fn so_far(&self, slot: u8) -> Bytes {
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
        assert!(item == ITEM || item == NEXT);
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
pub(super) struct Host {
    pub(super) config: Config,
    pub(super) peer: Peer,
    pub(super) toy: Toy,
    pub(super) log: Vec<(Time, Output)>,
    pub(super) started: bool,
    pub(super) played: Option<u16>,
    /// Which of the two items.
    pub(super) holds: [bool; 2],
    /// What is watched, and where it began.
    pub(super) watched: Option<(Item, u16)>,
    /// Whether what comes next was known, and what has come of it ahead.
    pub(super) hinted: bool,
    /// What stays of what comes next, once it is prepared.
    pub(super) ahead: Option<u32>,
    /// Who has said that it does not serve us.
    pub(super) choked: Vec<PeerId>,
    /// Whose connection has just been closed.
    pub(super) gone: Vec<PeerId>,
    /// Whether titles are watched as they are published, and how far this one was when play was pressed.
    pub(super) live: bool,
    pub(super) edge: Edge,
}

impl Host {
    pub(super) fn handle(&mut self, input: Input<'_>) {
        let mut out = Vec::new();
        let now = self.toy.now;
        let active = self.peer.watching().is_some();
        let waited = self.peer.waits();
        if let Input::Play(play) = input {
            (self.started, self.played) = (false, None);
            self.watched = Some((play.item, play.from));
            self.choked.clear();
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
        let held = |item| self.peer.store().get(item).map_or(0, |held| held.len());
        assert_eq!(self.holds, [held(ITEM) > 0, held(NEXT) > 0]);
        assert_eq!(self.watched.is_some(), self.peer.watching().is_some() && !self.peer.waits());
        if let Some(ahead) = self.peer.ahead() {
            let prefetches = self.config.plan.prefetches() && Store::on_disk(&self.config);
            assert!(prefetches && ahead == NEXT && (self.hinted || waited));
            // What is ahead stays.
            let before = self.ahead.replace(held(NEXT));
            assert!(before.is_none_or(|before| before <= held(NEXT)), "it went");
        } else {
            self.ahead = None;
            let all = self.toy.running.values();
            let others = all.filter(|t| Some(t.item) != self.watched.map(|watched| watched.0));
            assert_eq!(others.count(), 0, "a transfer of nothing that is wanted");
        }
        self.disconnect();
    }

    pub(super) fn at(item: Item) -> usize {
        usize::from(item == NEXT)
    }

    /// Breaks what flows over connections that are gone.
    pub(super) fn disconnect(&mut self) {
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
    pub(super) fn most(&self) -> (usize, usize, usize) {
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

    /// Segments that exist, counted anew.
    pub(super) fn published(&self, now: Time) -> u16 {
        match self.edge {
            Edge::Whole => SEGMENTS,
            Edge::Live { published, next } if now < next => published,
            Edge::Live { published, next } => {
                let more = now.since(next).0 / self.config.segment.0 + 1;
                SEGMENTS.min(published + more as u16)
            }
        }
    }

    /// Carries out one output; every promise of the contract is asserted here.
    pub(super) fn keep(&mut self, now: Time, output: Output) {
        match output {
            Output::Fetch { slot, item, segment, from, from_byte, to_byte, cause, class } => {
                let end = if item == ITEM { self.published(now) } else { SEGMENTS };
                assert!(usize::from(slot.0) < Slot::COUNT && segment < end);
                let wanted = self.watched.is_some_and(|watched| watched.0 == item);
                assert!(wanted || self.peer.ahead() == Some(item));
                assert!(from_byte <= to_byte && to_byte <= size_of(item, segment));
                let same = self.toy.running.values().filter(|other| {
                    (other.item, other.segment) == (item, segment)
                        && other.from_byte.max(from_byte) < other.to_byte.min(to_byte)
                });
                let senders: Vec<Source> = same.map(|other| other.source).collect();
                assert!(senders.len() < self.most().2, "segment {segment} is asked for too often");
                assert!(!senders.contains(&from), "segment {segment} is asked of {from:?} twice");
                assert!(!self.peer.holds(item, segment), "segment {segment} is here already");
                if let Source::Peer(peer) = from {
                    let plan = &self.config.plan;
                    let serves = !plan.asks_peers() || !self.choked.contains(&peer);
                    assert!(serves, "{peer:?} does not serve us");
                    let of_one = self.toy.running.values().filter(|t| t.source == from).count();
                    assert!(of_one == 0 || plan.queues() || !plan.asks_peers());
                    let says = matches!(plan.uploads(), UploadChoice::Urgency(_));
                    assert_eq!(class.is_some(), says);
                }
                let alone = matches!(self.config.plan, Plan::CdnOnly(_));
                assert_eq!(alone && from == Source::Cdn, cause == CdnCause::PeersOff);
                let transfer =
                    UnderWay { item, segment, source: from, asked: now, from_byte, to_byte };
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
                assert!(!self.holds[Self::at(item)]);
                self.holds[Self::at(item)] = true;
            }
            Output::Drops(item) => {
                assert!(self.holds[Self::at(item)]);
                self.holds[Self::at(item)] = false;
            }
            Output::Note(Note::Started) => {
                assert!(!self.started);
                self.started = true;
            }
            Output::Note(Note::Played { segment, .. }) => {
                assert!(self.started);
                let (item, from) = self.watched.unwrap();
                assert_eq!(segment, self.played.map_or(from, |last| last + 1), "out of order");
                let begun = Time(now.0.saturating_sub(4_000_000_000));
                assert!(item != ITEM || segment < self.published(begun));
                self.played = Some(segment);
            }
            Output::Note(Note::Ended { started, .. }) => {
                assert_eq!(started, self.started);
                let (item, _) = self.watched.take().unwrap();
                let mut left = self.toy.running.values();
                assert!(left.all(|t| t.item != item), "transfers go on after the end");
            }
            Output::Closed => {
                assert!(self.watched.is_none() && self.toy.running.is_empty());
            }
            _ => {}
        }
    }

    pub(super) fn play(&mut self, less: u8) {
        self.hinted = !self.live;
        self.handle(Input::Play(Play {
            item: ITEM,
            from: FROM,
            until: SEGMENTS - u16::from(less),
            segments: SEGMENTS,
            edge: self.edge,
            patience: Span::from_secs(8),
            stall_patience: Span::from_secs(20),
            next: (!self.live).then_some(Next { item: NEXT, segments: SEGMENTS }),
        }));
    }

    /// Notes what a neighbour says; who is none is not heard.
    pub(super) fn choke(&mut self, peer: PeerId, choked: bool) {
        self.choked.retain(|other| *other != peer);
        if choked && self.peer.is_neighbour(peer) {
            self.choked.push(peer);
        }
    }

    pub(super) fn fail(&mut self, slot: u8, why: End) {
        let got = self.toy.so_far(slot);
        let failed = self.toy.running.remove(&slot).expect("it runs");
        if let (Source::Peer(peer), End::Refused(Refusal::Choked)) = (failed.source, why) {
            self.choke(peer, true);
        }
        self.handle(Input::Failed { slot: Slot(slot), why, got });
    }

    /// Lets time pass; it wakes when it wants to.
    fn pass(&mut self, until: Time) {
        let mut in_vain = 0;
        while let Some(wake) = self.peer.next_wake().filter(|wake| *wake <= until) {
            let (before, outputs) = (self.toy.now, self.log.len());
            self.toy.now = wake;
            self.handle(Input::Wake);
            let again = wake.since(before) <= Span(1) && self.log.len() == outputs;
            in_vain = if again { in_vain + 1 } else { 0 };
            assert!(in_vain < 3, "it asks to be woken for nothing, again and again");
        }
        self.toy.now = until;
    }

    pub(super) fn step(&mut self, (wait, kind, arg): (u64, u8, u8)) {
        let until = self.toy.now + Span::from_millis(wait);
        self.pass(until);
        if self.live && self.peer.watching().is_none() {
            assert!(!self.holds[Self::at(ITEM)], "nobody watches it again");
            let next = until + Span::from_millis(250 + wait);
            self.edge = Edge::Live { published: FROM + u16::from(arg), next };
        }
        let slot = self.toy.running.keys().nth(usize::from(arg)).copied();
        let peer = PeerId(u32::from(arg) % 6);
        match kind {
            0 if self.peer.watching().is_none() => self.play(arg),
            1 if arg == 0 => self.handle(Input::Leave),
            18 => self.handle(Input::CandidatesAhead(&[peer, PeerId(2)], Default::default())),
            19 if self.peer.ahead() == Some(NEXT) => {
                self.handle(Input::Switch(NEXT));
                let (patience, stall_patience) = (Span::from_secs(8), Span::from_secs(20));
                let (from, until, segments) = (0, SEGMENTS, SEGMENTS);
                let play = Play {
                    item: NEXT,
                    from,
                    until,
                    segments,
                    edge: Edge::Whole,
                    patience,
                    stall_patience,
                    next: None,
                };
                self.hinted = false;
                self.handle(Input::Play(play));
            }
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
                if let Some(slot) = slot.filter(|_| arg < 3) {
                    self.fail(
                        slot,
                        match (arg, kind) {
                            (1, _) => End::PeerGone,
                            (0, 7) => End::Refused(Refusal::Busy),
                            (2, 7) => End::Refused(Refusal::Displaced),
                            _ => End::Refused(Refusal::Choked),
                        },
                    );
                }
            }
            _ => {
                if let Some(slot) = slot {
                    self.toy.running.remove(&slot);
                    self.handle(Input::Arrived(Slot(slot)));
                }
            }
        }
    }
}

pub(super) fn host(scheduler: Scheduler, disk: u64, memory: u64, seed: u64) -> Host {
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
        holds: [false; 2],
        watched: None,
        hinted: false,
        ahead: None,
        choked: Vec::new(),
        gone: Vec::new(),
        live: false,
        edge: Edge::Whole,
    }
}
