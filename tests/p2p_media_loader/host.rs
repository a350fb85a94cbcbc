//! A viewer of ours in a recorded situation, and what it decides.

use std::collections::BTreeMap;

use offpeak::peer::cache::{CachePolicy, Grain};
use offpeak::peer::scheduler::{Hybrid, Scheduler};
use offpeak::peer::{
    Config, Edge, End, Input, Item, Output, Peer, PeerId, Play, Refusal, Slot, Source, Stop,
    Surroundings, Told,
};
use offpeak::units::{BitRate, Bytes, Span, Time, TimeOfDay};

use super::situation::{Decision, Situation};

const ITEM: Item = Item { title: 0, rung: 0 };

/// Dice of a seed, or that always show the same part of their range.
#[derive(Debug)]
pub(crate) enum Dice {
    Seed(u64),
    Part(f64),
}

impl Dice {
    fn below(&mut self, bound: u32) -> u32 {
        let state = match self {
            Self::Part(part) => return (f64::from(bound) * *part) as u32,
            Self::Seed(state) => state,
        };
        // SplitMix64.
        *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (*state ^ (*state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        let random = (mixed ^ (mixed >> 31)) >> 32;
        ((random * u64::from(bound)) >> 32) as u32
    }
}

#[derive(Debug)]
struct UnderWay {
    segment: u16,
    from: Source,
    got: Bytes,
    last: Time,
}

/// Runs that a peer holds, and segments that it fetches from the CDN.
type Announcement = (Vec<(u16, u16)>, Vec<u16>);

/// What is around the viewer: scripted announcements and transfers.
#[derive(Debug)]
struct World {
    now: Time,
    dice: Dice,
    size: Bytes,
    told: BTreeMap<u32, Announcement>,
    running: BTreeMap<u8, UnderWay>,
}

impl Surroundings for World {
    fn below(&mut self, bound: u32) -> u32 {
        self.dice.below(bound)
    }
    fn hear(&self, neighbour: PeerId, _: Item, told: &mut Told) {
        let Some((loaded, fetching)) = self.told.get(&neighbour.0) else {
            return;
        };
        told.renew(loaded.iter().copied());
        fetching.iter().for_each(|segment| told.fetches(*segment));
    }
    fn watches(&self, _: PeerId, _: Item) -> bool {
        true
    }
    fn distance(&self, _: PeerId) -> u8 {
        unreachable!("not asked by this scheduler")
    }
    fn round_trip(&self, _: PeerId) -> Span {
        unreachable!("not asked by this scheduler")
    }
    fn got(&self, slot: Slot) -> Bytes {
        self.running.get(&slot.0).map_or(Bytes::ZERO, |transfer| transfer.got)
    }
    fn last(&self, slot: Slot) -> Time {
        self.running.get(&slot.0).map_or(self.now, |transfer| transfer.last)
    }
    fn size(&self, _: Item, _: u16) -> Bytes {
        self.size
    }
    fn free_holder(&self, _: Item, _: u16, _: BitRate) -> Option<PeerId> {
        unreachable!("not asked by this scheduler")
    }
}

fn letter(peer: PeerId) -> char {
    char::from(b'A' + peer.0 as u8)
}

fn name(from: Source) -> String {
    match from {
        Source::Cdn => "cdn".to_owned(),
        Source::Peer(peer) => letter(peer).to_string(),
    }
}

fn config(situation: &Situation) -> Config {
    let mut own = Hybrid::default();
    for (key, &value) in &situation.with {
        match key.as_str() {
            "high_demand" => own.high_demand = Span::from_secs(value),
            "http_window" => own.http_window = Span::from_secs(value),
            "p2p_window" => own.p2p_window = Span::from_secs(value),
            "http_parallel" => own.http_parallel = value as u32,
            "p2p_parallel" => own.p2p_parallel = value as u32,
            _ => panic!("{}: {key}", situation.name),
        }
    }
    Config {
        plan: Scheduler::Hybrid(own).plan(),
        clock: TimeOfDay::default(),
        segment: Span::from_secs(situation.length),
        start_after: Span::from_millis(1),
        resume_after: Span::from_millis(1),
        cache: CachePolicy::Lru,
        grain: Grain::default(),
        disk: Bytes(situation.room),
        memory: Bytes::ZERO,
        upload_slots: 4,
        upload_in_standby: true,
        upload_least: BitRate::ZERO,
        links: 50,
        refresh: Span::from_secs(1000),
        adapt: Default::default(),
    }
}

/// A viewer in a situation.
struct Viewer<'a> {
    situation: &'a Situation,
    config: Config,
    peer: Peer,
    world: World,
    decisions: Vec<Decision>,
}

impl<'a> Viewer<'a> {
    fn new(situation: &'a Situation, dice: Dice) -> Self {
        let config = config(situation);
        let size = Bytes(situation.size);
        let mut peer = Peer::default();
        for &(from, to) in &situation.held {
            peer.remember(&config, (ITEM, from, to), &|_, _| size, &mut Vec::new());
        }
        let (told, running) = (BTreeMap::new(), BTreeMap::new());
        let world = World { now: Time::ZERO, dice, size, told, running };
        Self { situation, config, peer, world, decisions: Vec::new() }
    }

    fn handle(&mut self, input: Input<'_>) {
        let mut out = Vec::new();
        self.peer.handle(&self.config, self.world.now, input, &mut self.world, &mut out);
        out.into_iter().for_each(|output| self.take(output));
    }

    fn take(&mut self, output: Output) {
        let words = match output {
            Output::Fetch { slot, segment, from, from_byte, .. } => {
                let last = self.world.now;
                let transfer = UnderWay { segment, from, got: Bytes::ZERO, last };
                self.world.running.insert(slot.0, transfer);
                // In walks, bytes of what made way are another matter.
                let whole = from_byte == Bytes::ZERO || self.situation.kind == "a walk";
                let rest = if whole { String::new() } else { format!(" from {}", from_byte.0) };
                format!("ask {segment} {}{rest}", name(from))
            }
            Output::Cancel { slot, why } => {
                let transfer = self.world.running.remove(&slot.0).expect("it is under way");
                let verb = if why == Stop::TimedOut { "give up" } else { "end" };
                format!("{verb} {} {}", transfer.segment, name(transfer.from))
            }
            Output::Hangup(peer) => format!("leave {}", letter(peer)),
            _ => return,
        };
        self.decisions.push(Decision::What(words));
    }

    fn pass_to(&mut self, time: Time) {
        while let Some(wake) = self.peer.next_wake().filter(|wake| *wake <= time) {
            self.world.now = wake;
            self.handle(Input::Wake);
        }
        self.world.now = time;
    }

    /// The slot in which `segment` is under way.
    fn slot(&self, segment: u16) -> Option<u8> {
        let mut running = self.world.running.iter();
        running.find(|(_, transfer)| transfer.segment == segment).map(|(slot, _)| *slot)
    }

    fn act(&mut self, act: &[serde_json::Value]) {
        let text = |at: usize| act[at].as_str().expect("a word");
        let peer = |at: usize| PeerId(u32::from(text(at).as_bytes()[0] - b'A'));
        let number = |at: usize| act[at].as_u64().expect("a number");
        match text(0) {
            "peer" => self.handle(Input::Linked(peer(1))),
            "tell" => {
                let loaded = serde_json::from_value(act[2].clone()).expect("runs");
                let fetching = act.get(3).cloned().map(serde_json::from_value);
                let fetching = fetching.transpose().expect("segments").unwrap_or_default();
                self.world.told.insert(peer(1).0, (loaded, fetching));
            }
            "play" => self.handle(Input::Wake),
            "bytes" => self.bytes(number(1) as u16, Bytes(number(2))),
            "done" => self.done(number(1) as u16),
            "one done" => self.one_done(number(1) as usize),
            "alive" => self.alive(),
            "fail" => self.fail(number(1) as u16),
            "fail from the CDN" => self.fail_from_cdn(number(1) as u16),
            "gone" => self.gone(peer(1)),
            "watch" => self.watch(number(1)),
            other => panic!("{}: {other}", self.situation.name),
        }
    }

    fn bytes(&mut self, segment: u16, count: Bytes) {
        let Some(slot) = self.slot(segment) else { return };
        let transfer = self.world.running.get_mut(&slot).expect("it is under way");
        transfer.got += count;
        transfer.last = self.world.now;
    }

    fn one_done(&mut self, number: usize) {
        let mut all: Vec<u16> = self.world.running.values().map(|one| one.segment).collect();
        all.sort_unstable();
        if !all.is_empty() {
            self.done(all[number % all.len()]);
        }
    }

    fn alive(&mut self) {
        for transfer in self.world.running.values_mut() {
            transfer.got += Bytes(1);
            transfer.last = self.world.now;
        }
    }

    fn fail_from_cdn(&mut self, segment: u16) {
        let from_cdn = |one: &&UnderWay| one.segment == segment && one.from == Source::Cdn;
        if self.world.running.values().any(|one| from_cdn(&one)) {
            self.fail(segment);
        }
    }

    fn done(&mut self, segment: u16) {
        let Some(slot) = self.slot(segment) else { return };
        self.world.running.remove(&slot);
        self.handle(Input::Arrived(Slot(slot)));
    }

    fn fail(&mut self, segment: u16) {
        let Some(slot) = self.slot(segment) else { return };
        let transfer = self.world.running.remove(&slot).expect("it is under way");
        let mut why = End::PeerGone;
        if let Source::Peer(peer) = transfer.from {
            why = End::Refused(Refusal::Absent);
            let loaded = &mut self.world.told.get_mut(&peer.0).expect("it has told").0;
            let split =
                |&(from, to): &(u16, u16)| [(from, segment.min(to)), (from.max(segment + 1), to)];
            *loaded = loaded.iter().flat_map(split).filter(|(from, to)| from < to).collect();
        }
        self.handle(Input::Failed { slot: Slot(slot), why, got: transfer.got });
    }

    fn gone(&mut self, peer: PeerId) {
        while let Some((&slot, transfer)) =
            self.world.running.iter().find(|(_, one)| one.from == Source::Peer(peer))
        {
            let got = transfer.got;
            self.world.running.remove(&slot);
            self.handle(Input::Failed { slot: Slot(slot), why: End::PeerGone, got });
        }
        self.handle(Input::Unlinked(peer));
    }

    /// Looks often until then; what is asked of the CDN comes at once. When it was asked stays.
    fn watch(&mut self, until: u64) {
        let mut times = Vec::new();
        for now in (self.world.now.0 / 1_000_000..=until).step_by(10) {
            self.pass_to(Time::ZERO + Span::from_millis(now));
            if !self.world.running.is_empty() {
                times.push(Decision::When(now));
            }
            while let Some(segment) = self.world.running.values().map(|one| one.segment).next() {
                self.done(segment);
            }
        }
        self.decisions = times;
    }
}

/// Decisions when play is pressed, and of every step.
pub(crate) fn played(situation: &Situation, dice: Dice) -> Vec<Vec<Decision>> {
    let mut viewer = Viewer::new(situation, dice);
    viewer.handle(Input::Play(Play {
        item: ITEM,
        from: situation.from,
        until: situation.title,
        segments: situation.title,
        edge: Edge::Whole,
        patience: Span::from_secs(1000),
        stall_patience: Span::from_secs(1000),
        next: None,
    }));
    let mut steps = vec![std::mem::take(&mut viewer.decisions)];
    for step in &situation.steps {
        viewer.pass_to(Time::ZERO + Span::from_millis(step.at));
        let acts: Vec<_> = step.acts.iter().map(|act| act.as_array().expect("an act")).collect();
        let verb = |act: &[serde_json::Value]| act[0].as_str().expect("a word").to_owned();
        for wanted in ["peer", "tell"] {
            acts.iter().filter(|act| verb(act) == wanted).for_each(|act| viewer.act(act));
        }
        if acts.iter().any(|act| verb(act) == "tell") {
            viewer.handle(Input::Wake);
        }
        let others = acts.iter().filter(|act| !["peer", "tell"].contains(&verb(act).as_str()));
        others.for_each(|act| viewer.act(act));
        steps.push(std::mem::take(&mut viewer.decisions));
    }
    steps
}
