//! One viewer, one neighbour that has everything, transfers that take a second.

use alloc::vec::Vec;

use crate::peer::cache::CachePolicy;
use crate::peer::scheduler::prefetch::{NextItem, Prefetch};
use crate::peer::scheduler::server::{First, Gate, Gates, Window};
use crate::peer::scheduler::{Custom, Scheduler};
use crate::peer::{
    Config, Edge, Input, Item, Next, Note, Output, Peer, PeerId, Play, Slot, Source, Surroundings,
    Told,
};
use crate::units::{BitRate, Bytes, Span, Time, TimeOfDay};

const NOW: Item = Item { title: 1, rung: 0 };
const NEXT: Item = Item { title: 2, rung: 0 };
const OTHER: Item = Item { title: 3, rung: 0 };
const SEGMENTS: u16 = 25;
const SIZE: Bytes = Bytes(100_000);
const SECOND: Span = Span::from_secs(1);

/// Everybody has everything.
struct Full(Time);

impl Surroundings for Full {
    fn below(&mut self, _: u32) -> u32 {
        0
    }
    fn hear(&self, _: PeerId, _: Item, told: &mut Told) {
        told.renew([(0, SEGMENTS)].into_iter());
    }
    fn watches(&self, _: PeerId, _: Item) -> bool {
        false
    }
    fn distance(&self, _: PeerId) -> u8 {
        0
    }
    fn round_trip(&self, _: PeerId) -> Span {
        Span::from_millis(10)
    }
    fn got(&self, _: Slot) -> Bytes {
        Bytes(1_000)
    }
    fn last(&self, _: Slot) -> Time {
        self.0
    }
    fn size(&self, _: Item, _: u16) -> Bytes {
        SIZE
    }
    fn free_holder(&self, _: Item, _: u16, _: BitRate) -> Option<PeerId> {
        None
    }
}

struct Host {
    config: Config,
    peer: Peer,
    now: Time,
    running: Vec<(Time, Slot)>,
    /// When, what, which segment, from where.
    fetched: Vec<(Time, Item, u16, Source)>,
    notes: Vec<Note>,
    asked: Vec<Time>,
    closed: Vec<Time>,
    /// Whether the directory names anybody of what is next.
    found: bool,
}

impl Host {
    fn new(disk: Bytes, found: bool) -> Self {
        let config = Config {
            plan: Scheduler::named("spotify-2010").expect("it is there").plan(),
            clock: TimeOfDay(Span::ZERO),
            segment: Span::from_secs(4),
            start_after: Span::from_secs(4),
            resume_after: Span::from_secs(4),
            cache: CachePolicy::Lru,
            grain: Default::default(),
            disk,
            memory: Bytes(200_000),
            upload_slots: 4,
            upload_in_standby: true,
            upload_least: BitRate::ZERO,
            links: 4,
            refresh: Span::from_secs(20),
            adapt: Default::default(),
        };
        Self {
            config,
            peer: Peer::default(),
            now: Time::ZERO,
            running: Vec::new(),
            fetched: Vec::new(),
            notes: Vec::new(),
            asked: Vec::new(),
            closed: Vec::new(),
            found,
        }
    }

    fn tell(&mut self, input: Input<'_>) {
        let mut out = Vec::new();
        self.peer.handle(&self.config, self.now, input, &mut Full(self.now), &mut out);
        for output in out {
            match output {
                Output::Fetch { slot, item, segment, from, .. } => {
                    assert!(self.running.iter().all(|(_, other)| *other != slot), "{slot:?}");
                    self.running.push((self.now + SECOND, slot));
                    self.fetched.push((self.now, item, segment, from));
                }
                Output::Cancel { slot, .. } => {
                    let before = self.running.len();
                    self.running.retain(|(_, other)| *other != slot);
                    assert_eq!(self.running.len() + 1, before);
                }
                Output::AskAhead => {
                    self.asked.push(self.now);
                    let names = if self.found { &[PeerId(7)][..] } else { &[] };
                    self.tell(Input::CandidatesAhead(names, Default::default()));
                }
                Output::DialAhead(peer) => self.tell(Input::Linked(peer)),
                Output::Closed => self.closed.push(self.now),
                Output::Note(note) => self.notes.push(note),
                _ => {}
            }
        }
    }

    fn play(&mut self, item: Item, next: Option<Item>) {
        let (patience, stall_patience) = (Span::from_secs(30), Span::from_secs(30));
        let next = next.map(|item| Next { item, segments: SEGMENTS });
        let (from, until, segments) = (0, SEGMENTS, SEGMENTS);
        let edge = Edge::Whole;
        let play = Play { item, from, until, segments, patience, stall_patience, next, edge };
        self.tell(Input::Play(play));
    }

    fn go_on(&mut self, until: Time) {
        loop {
            let arrives = self.running.iter().min().copied();
            let wakes = self.peer.next_wake().unwrap_or(Time::NEVER);
            let next = arrives.map_or(wakes, |(at, _)| at.min(wakes));
            if next > until {
                break;
            }
            self.now = next;
            match arrives.filter(|(at, _)| *at == next) {
                Some((at, slot)) => {
                    self.running.retain(|other| *other != (at, slot));
                    self.tell(Input::Arrived(slot));
                }
                None => self.tell(Input::Wake),
            }
        }
        self.now = until;
    }

    /// What came of an item: when the first was asked for, and how many from there.
    fn of(&self, item: Item, cdn: bool) -> (Option<Time>, usize) {
        let all = self.fetched.iter().filter(|f| f.1 == item && (f.3 == Source::Cdn) == cdn);
        (all.clone().map(|f| f.0).min(), all.count())
    }

    fn ended(&self) -> usize {
        self.notes.iter().filter(|note| matches!(note, Note::Ended { .. })).count()
    }
}

/// The present title plays from 1 s to 101 s.
fn at(secs: u64) -> Time {
    Time::ZERO + Span::from_secs(secs)
}

const PLENTY: Bytes = Bytes(100_000_000);

#[test]
fn peers_are_looked_for_early_and_bring_all_of_it() {
    let mut host = Host::new(PLENTY, true);
    host.play(NOW, Some(NEXT));
    host.go_on(at(70));
    assert!(host.asked.is_empty() && host.peer.ahead().is_none());
    host.go_on(at(100));
    assert_eq!(host.asked[0], at(71), "30 s before the end");
    assert_eq!(host.of(NEXT, true).1, 0, "the server is not needed");
    assert_eq!(host.of(NEXT, false), (Some(at(71)), usize::from(SEGMENTS)));
    // It is played without any wait, and without asking for anything more.
    host.go_on(at(103));
    assert!(host.peer.waits() && host.ended() == 1 && host.peer.watching() == Some(NEXT));
    host.tell(Input::Switch(NEXT));
    host.notes.clear();
    host.play(NEXT, None);
    assert_eq!(host.notes.first(), Some(&Note::Started));
    host.go_on(at(300));
    assert_eq!(host.of(NEXT, false).1 + host.of(NEXT, true).1, usize::from(SEGMENTS));
    let own = |note: &&Note| matches!(note, Note::Played { own: true, .. });
    assert_eq!(host.notes.iter().filter(own).count(), 0, "it came over the network");
    assert!(host.ended() == 1 && host.peer.watching().is_none() && host.closed.is_empty());
}

#[test]
fn the_server_brings_the_head_when_nobody_else_does() {
    let mut host = Host::new(PLENTY, false);
    host.play(NOW, Some(NEXT));
    host.go_on(at(101));
    // Its throttle of 15 s are four segments.
    assert_eq!(host.of(NEXT, true), (Some(at(91)), 4), "10 s before the end");
    assert_eq!(host.of(NEXT, false).1, 0);
}

#[test]
fn what_is_not_played_is_given_up() {
    let mut host = Host::new(PLENTY, true);
    host.play(NOW, Some(NEXT));
    host.go_on(at(101));
    assert!(host.peer.waits());
    host.go_on(at(130));
    assert!(host.peer.waits() && host.closed.is_empty());
    host.go_on(at(140));
    assert_eq!(host.closed, [at(131)], "after as long as peers were looked for before");
    assert!(host.peer.watching().is_none() && host.peer.next_wake().is_none());
    // What came stays on disk.
    assert!(host.peer.store().get(NEXT).is_some());

    for leaves in [Input::Leave, Input::Switch(OTHER)] {
        let mut host = Host::new(PLENTY, true);
        host.play(NOW, Some(NEXT));
        host.go_on(at(72));
        assert!(host.peer.ahead() == Some(NEXT) && !host.running.is_empty());
        host.tell(leaves);
        assert!(host.running.is_empty() && host.peer.watching().is_none() && host.ended() == 1);
        assert!(host.closed.is_empty(), "nobody waited");
    }
}

/// The viewer goes on before the end: what is under way is not begun anew.
#[test]
fn transfers_go_on_over_a_switch() {
    let mut host = Host::new(PLENTY, true);
    let gate = Gate::Window(Window { first: First::Peers, ..Window::default() });
    let server = Gates::of(&[gate]).expect("one is few enough");
    let prefetch = Prefetch::NextItem(NextItem::default());
    host.config.plan = Scheduler::Custom(Custom { server, prefetch, ..Custom::default() }).plan();
    host.play(NOW, Some(NEXT));
    host.go_on(at(72));
    let (running, fetched) = (host.running.clone(), host.fetched.len());
    assert!(!running.is_empty());
    host.tell(Input::Switch(NEXT));
    assert_eq!(host.running, running);
    host.play(NEXT, None);
    let kept = running.iter().filter(|one| host.running.contains(one)).count();
    assert_eq!(kept, running.len());
    let twice = host.fetched[fetched..].iter().filter(|new| {
        new.1 == NEXT && host.fetched[..fetched].iter().any(|old| (old.1, old.2) == (new.1, new.2))
    });
    assert_eq!(twice.count(), 0);
    host.go_on(at(300));
    assert_eq!(host.ended(), 2);
}

#[test]
fn nothing_is_prepared_without_room_hint_or_disk() {
    // The disk holds the present title, and hardly more.
    for (disk, next) in [(PLENTY, None), (PLENTY, Some(NOW)), (Bytes::ZERO, Some(NEXT))] {
        let mut host = Host::new(disk, true);
        host.play(NOW, next);
        host.go_on(at(200));
        assert!(host.asked.is_empty() && host.of(NEXT, false).1 == 0, "{disk:?} {next:?}");
        assert_eq!(host.ended(), 1);
    }
    // A disk for 6 segments: the present title is played to its end all the same.
    let mut host = Host::new(Bytes(600_000), true);
    host.play(NOW, Some(NEXT));
    host.go_on(at(100));
    let stalls = host.notes.iter().filter(|note| matches!(note, Note::Stalled(_))).count();
    let played = host.notes.iter().filter(|note| matches!(note, Note::Played { .. })).count();
    assert!(stalls == 0 && played >= 24, "{stalls} stalls, {played} played");
}
