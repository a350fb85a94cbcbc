//! The core under a toy host: whatever happens in whatever order, it keeps its promises, and the
//! same inputs and dice give the same outputs.

use super::cache::CachePolicy;
use super::scheduler::late::Late;
use super::scheduler::{Plan, Scheduler};
use super::upload::UploadChoice;
use super::*;
use crate::units::{BitRate, Span, TimeOfDay};
use proptest::prelude::*;
use schedulers::schedulers;
use std::collections::BTreeMap;
use toy::{Toy, UnderWay, size_of};

mod schedulers;
mod toy;
mod uploads;

const ITEM: Item = Item { title: 9, rung: 0 };
/// What may be played after it.
const NEXT: Item = Item { title: 4, rung: 0 };
const SEGMENTS: u16 = 40;
const FROM: u16 = 3;

/// A peer with its toy host, and what has been promised so far.
#[derive(Clone, Debug)]
struct Host {
    config: Config,
    peer: Peer,
    toy: Toy,
    log: Vec<(Time, Output)>,
    started: bool,
    played: Option<u16>,
    /// Which of the two items.
    holds: [bool; 2],
    /// What is watched, and where it began.
    watched: Option<(Item, u16)>,
    /// Whether what comes next was known, and what has come of it ahead.
    hinted: bool,
    /// What stays of what comes next, once it is prepared.
    ahead: Option<u32>,
    /// Who has said that it does not serve us.
    choked: Vec<PeerId>,
    /// Whose connection has just been closed.
    gone: Vec<PeerId>,
    /// Whether titles are watched as they are published, and how far this one was when play was pressed.
    live: bool,
    edge: Edge,
    /// Good less corrupt transfers, counted as libtorrent does, of each peer.
    points: BTreeMap<u32, i32>,
}

impl Host {
    fn handle(&mut self, input: Input<'_>) {
        let mut out = Vec::new();
        let now = self.toy.now;
        let active = self.peer.watching().is_some();
        let waited = self.peer.waits();
        if let Input::Play(play) = input {
            (self.started, self.played) = (false, None);
            self.watched = Some((play.item, play.from));
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

    fn at(item: Item) -> usize {
        usize::from(item == NEXT)
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

    /// Segments that exist, counted anew.
    fn published(&self, now: Time) -> u16 {
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
    fn keep(&mut self, now: Time, output: Output) {
        match output {
            Output::Fetch { slot, item, segment, from, from_byte, to_byte, cause, class, news } => {
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
                    self.asks(peer, class, news);
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
            Output::Hangup(peer) => {
                let mut left = self.toy.running.values();
                assert!(left.all(|t| t.source != Source::Peer(peer)), "{peer:?} still sends");
                self.gone.push(peer);
            }
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

    /// A neighbour is asked: it serves us, is not banned, and is told how urgent it is where that counts.
    fn asks(&self, peer: PeerId, class: Option<Class>, news: Option<Span>) {
        let from = Source::Peer(peer);
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

    fn play(&mut self, less: u8) {
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

    fn fail(&mut self, slot: u8, why: End) {
        let got = self.toy.so_far(slot);
        let failed = self.toy.running.remove(&slot).expect("it runs");
        if let (Source::Peer(peer), End::Refused(Refusal::Choked)) = (failed.source, why) {
            self.choke(peer, true);
        }
        if why == End::Corrupt {
            self.count(failed.source, false);
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

    fn step(&mut self, (wait, kind, arg): (u64, u8, u8)) {
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
                            (2, 8) => End::Corrupt,
                            _ => End::Refused(Refusal::Choked),
                        },
                    );
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
            adapt: Default::default(),
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
        live in any::<bool>(),
        steps in prop::collection::vec((0u64..3000, 0u8..20, 0u8..4), 1..150),
    ) {
        let mut first = host(scheduler, disk, memory, seed % (1 << 40));
        first.live = live;
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
