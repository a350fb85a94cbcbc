//! An active viewer: player, transfers and neighbours of one viewing, and the one place where
//! inputs are taken and the scheduler is asked.

use core::cell::Cell;

use alloc::boxed::Box;
use alloc::vec::Vec;

use smallvec::SmallVec;

use super::cache::Cache;
use super::dialing::Dialing;
use super::neighbours::Neighbours;
use super::news::News;
use super::pace::Pace;
use super::player::{Player, State, Step};
use super::requests::Requests;
use super::scheduler;
use super::segments::{self, Segments};
use super::{
    Changes, Config, End, Input, Item, Note, Output, PeerId, Play, Store, Surroundings, Told,
    Waiting,
};
use crate::units::{Bytes, Span, Time};

/// What the directory has brought so far.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Introduced {
    /// No answer yet.
    NotYet,
    /// Nobody to meet.
    Nobody,
    /// Somebody.
    Some,
}

/// One viewing.
#[derive(Clone, Debug)]
pub(super) struct Viewing {
    pub(super) item: Item,
    /// Where it began.
    from: u16,
    pub(super) player: Player,
    pub(super) requests: Requests,
    pub(super) neighbours: Neighbours,
    pub(super) introduced: Introduced,
    /// Segments of the scheduler's window.
    far: u16,
    /// Whether the buffer is too short, or has not been long enough since.
    pub(super) panics: bool,
    /// How long segments from peers have been taking.
    pub(super) pace: Pace,
    pub(super) next_random: Time,
    /// Whether a look at the neighbours in a second may bring something.
    pub(super) poll: bool,
    pub(super) wake_at: Time,
    /// What is held of the item on a device without a disk.
    pub(super) memory: Option<Box<Cache>>,
    /// Runs held when the viewing began.
    own: Box<[(u16, u16)]>,
    /// Bytes held that have not been played.
    pub(super) ahead: Bytes,
    dialing: Dialing,
    next_directory: Time,
    /// Arrivals that some neighbours have not heard of yet.
    pub(super) news: News,
}

/// What lies on the table while a viewer decides.
pub(super) struct Desk<'a> {
    pub(super) config: &'a Config,
    pub(super) now: Time,
    store: &'a Store,
    /// Bytes that stay because they are being sent, once somebody wants to know.
    sending: Cell<Option<Bytes>>,
    /// What is held of the item watched.
    pub(super) held: Segments<'a>,
    /// The first segment that is not held, from the play position on.
    pub(super) gap: u16,
    pub(super) changes: Changes,
    listened: bool,
    pub(super) around: &'a mut dyn Surroundings,
    pub(super) out: &'a mut Vec<Output>,
}

impl Viewing {
    pub(super) fn new(config: &Config, now: Time, play: Play) -> Self {
        let asks = config.plan.asks_peers();
        let at_random = config.plan.at_random();
        Self {
            item: play.item,
            from: play.from,
            player: Player::new(now, &play),
            requests: Requests::default(),
            neighbours: Neighbours::default(),
            introduced: Introduced::NotYet,
            far: segments_in(config, config.plan.window()),
            panics: false,
            pace: Pace::default(),
            next_random: if at_random { now + Span::from_secs(1) } else { Time::NEVER },
            poll: false,
            wake_at: now,
            memory: None,
            own: Box::default(),
            ahead: Bytes::ZERO,
            dialing: Dialing::default(),
            next_directory: if asks { now } else { Time::NEVER },
            news: News::default(),
        }
    }

    /// Takes one input; false when the viewing is over.
    pub(super) fn handle(
        &mut self,
        config: &Config,
        now: Time,
        input: &Input<'_>,
        store: &mut Store,
        around: &mut dyn Surroundings,
        out: &mut Vec<Output>,
    ) -> bool {
        self.neighbours.wake(now);
        self.take(config, now, input, store, around, out);
        // From here on the store stays as it is, and one look at it does.
        let held = store.get(self.item).unwrap_or_default();
        let changes = store.changes;
        let gap = held.next_gap(self.player.position);
        let mut desk = Desk {
            config,
            now,
            store,
            sending: Cell::new(None),
            held,
            gap,
            changes,
            listened: false,
            around,
            out,
        };
        let goes_on = match input {
            Input::Leave => {
                self.close(&mut desk, false);
                false
            }
            _ => self.go_on(&mut desk),
        };
        store.changes = desk.changes;
        goes_on
    }

    /// Plays, and lets the scheduler act; false when the viewing is over.
    fn go_on(&mut self, desk: &mut Desk<'_>) -> bool {
        if !self.play_on(desk) {
            return false;
        }
        self.drop_idle(desk);
        if self.next_directory <= desk.now {
            desk.out.push(Output::AskDirectory);
            self.next_directory = desk.now + desk.config.refresh;
        }
        scheduler::decide(self, desk);
        self.wake_at = self.next_look(desk);
        true
    }

    fn take(
        &mut self,
        config: &Config,
        now: Time,
        input: &Input<'_>,
        store: &mut Store,
        around: &dyn Surroundings,
        out: &mut Vec<Output>,
    ) {
        match *input {
            Input::Play(play) => self.open(play, store, around),
            Input::Candidates(list, swarm) => {
                store.disk.hear(self.item, swarm);
                self.meet(list, (config, now), around, out);
            }
            Input::Linked(peer) => {
                self.dialed(peer);
                if self.neighbours.is_banned(peer, config.plan.points()) {
                    out.push(Output::Hangup(peer));
                    return;
                }
                self.first_neighbour(now);
                self.neighbours.add(peer);
            }
            Input::DialFailed(peer) => self.dialed(peer),
            Input::Unlinked(peer) => self.neighbours.remove(peer),
            Input::Arrived(slot) => self.arrived(slot, (config, now), store, around, out),
            Input::Failed { slot, why, got } => {
                let size_of = |segment| around.size(self.item, segment);
                let kept = if why == End::Corrupt { Bytes::ZERO } else { got };
                if let Some(ended) = self.requests.end(slot, Some(kept), size_of) {
                    store.changes.watched();
                    self.turn(config, &ended, now);
                    self.failed(&ended.request, why, (config, now), out);
                }
            }
            Input::Choked(peer) => self.neighbours.choked(peer, true),
            Input::Unchoked(peer) => self.neighbours.choked(peer, false),
            _ => {}
        }
    }

    fn open(&mut self, play: Play, store: &mut Store, around: &dyn Surroundings) {
        store.touch(play.item);
        let held = store.get(play.item).unwrap_or_default();
        self.own = held.ranges().collect();
        for (from, to) in held.ranges() {
            for segment in from.max(play.from)..to {
                self.ahead += around.size(play.item, segment);
            }
        }
    }

    /// Dials candidates that are new, while there is room for connections.
    fn meet(
        &mut self,
        list: &[PeerId],
        (config, now): (&Config, Time),
        around: &dyn Surroundings,
        out: &mut Vec<Output>,
    ) {
        if !list.is_empty() {
            self.introduced = Introduced::Some;
        } else if self.introduced == Introduced::NotYet {
            self.introduced = Introduced::Nobody;
        }
        let (rule, points) = (config.plan.neighbours(), config.plan.points());
        let mut candidates: SmallVec<[PeerId; 32]> = SmallVec::from_slice(list);
        rule.order(&mut candidates, around);
        for peer in candidates {
            let known = self.dialing.contains(peer) || self.neighbours.knows(peer);
            if known || self.neighbours.is_banned(peer, points) {
                continue;
            }
            if self.neighbours.len() + self.dialing.len() >= config.links as usize {
                let Some(worst) = rule.goes(&mut self.neighbours, now) else {
                    return;
                };
                self.neighbours.remove(worst);
                out.push(Output::Hangup(worst));
            }
            self.dialing.begin(peer);
            out.push(Output::Dial(peer));
        }
    }

    /// Before the first neighbour comes: without any, the CDN's turn at random came every second,
    /// with nothing to do.
    fn first_neighbour(&mut self, now: Time) {
        if self.neighbours.is_empty() && self.next_random <= now {
            let second = Span::from_secs(1);
            let late = Span(now.since(self.next_random).0 % second.0);
            self.next_random = now + (second - late);
        }
    }

    /// A dial came to its end.
    fn dialed(&mut self, peer: PeerId) {
        self.dialing.ended(peer);
    }

    /// Lets the player go on; false when the viewing is over.
    fn play_on(&mut self, desk: &mut Desk<'_>) -> bool {
        loop {
            match self.player.step(desk.config, desk.now, desk.gap) {
                Step::Same => return true,
                Step::Started => desk.out.push(Output::Note(Note::Started)),
                Step::Resumed(waited) => desk.out.push(Output::Note(Note::Resumed { waited })),
                Step::Played { segment, stalled } => {
                    self.played(segment, desk);
                    if stalled {
                        let waiting = self.requests.of(self.player.position);
                        let waiting =
                            waiting.map_or(Waiting::NotRequested, |r| Waiting::For(r.slot));
                        desk.out.push(Output::Note(Note::Stalled(waiting)));
                    }
                }
                Step::Finished { segment } => {
                    self.played(segment, desk);
                    self.close(desk, true);
                    return false;
                }
                Step::GaveUp => {
                    self.close(desk, false);
                    return false;
                }
            }
        }
    }

    fn played(&mut self, segment: u16, desk: &mut Desk<'_>) {
        debug_assert!(desk.gap > segment, "what is played is held, and the gap lies beyond");
        self.ahead -= desk.around.size(self.item, segment);
        self.requests.forget_before(self.player.position);
        let own = segments::end_of_run(&self.own, segment).is_some();
        desk.out.push(Output::Note(Note::Played { segment, own }));
    }

    fn close(&mut self, desk: &mut Desk<'_>, complete: bool) {
        while let Some(request) = self.requests.all().first().copied() {
            self.cancel(request.slot, false, desk);
        }
        desk.out.push(Output::Note(Note::Ended {
            started: self.player.started(),
            stalled: self.player.standing(desk.now),
            complete,
        }));
    }

    /// Takes in what neighbours have told since the last time. Nobody else can tell anything while
    /// one peer decides: once is enough, and not before it is needed.
    pub(super) fn listen(&mut self, desk: &mut Desk<'_>) {
        if core::mem::replace(&mut desk.listened, true) {
            return;
        }
        for neighbour in self.neighbours.iter_mut() {
            desk.around.hear(neighbour.peer, self.item, &mut neighbour.told);
        }
    }

    // ------------------------------------------------------- for schedulers

    /// The end of a window of `span` from the play position, in segments of the title.
    pub(super) fn window(&self, config: &Config, span: Span) -> u16 {
        self.ahead_by(segments_in(config, span))
    }

    /// The end of the scheduler's window.
    pub(super) fn far(&self) -> u16 {
        self.ahead_by(self.far)
    }

    /// The end of the first `span` of what is watched.
    pub(super) fn head(&self, config: &Config, span: Span) -> u16 {
        self.from.saturating_add(segments_in(config, span)).min(self.end())
    }

    fn ahead_by(&self, count: u16) -> u16 {
        self.player.position.saturating_add(count).min(self.end())
    }

    /// Segments of the title.
    pub(super) const fn end(&self) -> u16 {
        self.player.end
    }

    /// How long the picture can go on with what is held.
    pub(super) fn buffered(&self, desk: &Desk<'_>) -> Span {
        self.player.plays_at(desk.config, desk.now, desk.gap).since(desk.now)
    }

    /// Free room for segments ahead, after all that is under way, and the whole of it.
    pub(super) fn room(&self, desk: &Desk<'_>) -> (Bytes, Bytes) {
        let whole = Store::room(desk.config);
        // Uploads and the play position stay as they are while the scheduler decides.
        let sending = desk.sending.get().unwrap_or_else(|| {
            let size_of = |item, segment| desk.around.size(item, segment);
            desk.store.sending(self.pinned(), &size_of)
        });
        desk.sending.set(Some(sending));
        (whole - self.claimed() - sending, whole)
    }

    /// What stays because it has not been played: an item, from a segment on.
    pub(super) const fn pinned(&self) -> (Item, u16) {
        (self.item, self.player.position)
    }

    /// Bytes that are held ahead of the play position, and for which room is kept.
    pub(super) fn claimed(&self) -> Bytes {
        self.ahead + self.requests.coming()
    }

    // ------------------------------------------------------- for neighbours

    /// Tells what messages that take `delay` have brought by `now`, of what is held and fetched.
    pub(super) fn announce(&self, now: Time, delay: Span, told: &mut Told) {
        for (when, segment, from_cdn) in self.news.iter() {
            if when + delay > now {
                told.lacks(segment);
                told.expects(when + delay);
                if from_cdn {
                    told.fetches(segment);
                }
            }
        }
        for request in self.requests.all().iter().filter(|r| r.is_from_cdn()) {
            if request.asked + delay > now {
                told.expects(request.asked + delay);
            } else {
                told.fetches(request.segment);
            }
        }
    }

    fn next_look(&self, desk: &Desk<'_>) -> Time {
        let mut next = self.player.next_look().min(self.next_directory);
        if !self.neighbours.is_empty() {
            next = next.min(self.next_random);
            if self.poll {
                next = next.min(desk.now + Span::from_secs(1));
            }
        }
        if !matches!(self.player.state, State::Playing { .. }) {
            let limits = desk.config.plan.idle_limits();
            for request in self.requests.all() {
                let limit = if request.is_from_cdn() { limits.0 } else { limits.1 };
                let last = desk.around.last(request.slot).max(request.asked);
                next = next.min(last + limit);
            }
        }
        next.max(desk.now + Span(1))
    }
}

/// Segments that a span takes, begun ones included.
fn segments_in(config: &Config, span: Span) -> u16 {
    u16::try_from(span.0.div_ceil(config.segment.0.max(1))).unwrap_or(u16::MAX)
}
