//! An active viewer: player, transfers and neighbours of one viewing, and the one place where
//! inputs are taken and the scheduler is asked.

use core::cell::Cell;

use alloc::boxed::Box;
use alloc::vec::Vec;

use super::apart::Apart;
use super::cache::{Cache, Pin};
use super::dialing::Dialing;
use super::live::Live;
use super::neighbours::Neighbours;
use super::news::News;
use super::next::Wings;
use super::pace::Pace;
use super::player::{Player, State};
use super::playing::Why;
use super::requests::Requests;
use super::scheduler;
use super::segments::Segments;
use super::{Changes, Config, End, Input, Item, Output, Play, Stop, Store, Surroundings, Told};
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
    /// Where it began, or went on after a seek.
    pub(super) from: u16,
    pub(super) player: Player,
    pub(super) requests: Requests,
    pub(super) neighbours: Neighbours,
    pub(super) introduced: Introduced,
    /// Segments of the scheduler's window.
    far: u16,
    /// What exists of it when it is watched as it is published.
    live: Option<Box<Live>>,
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
    pub(super) own: Box<[(u16, u16)]>,
    /// Bytes held that have not been played.
    pub(super) ahead: Bytes,
    pub(super) dialing: Dialing,
    pub(super) next_directory: Time,
    /// What only some viewings have: a media buffer, and what the viewer does.
    pub(super) apart: Option<Box<Apart>>,
    /// Arrivals that some neighbours have not heard of yet.
    pub(super) news: News,
    /// What may be played next, where that is looked for.
    pub(super) next: Option<Box<Wings>>,
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
    pub(super) beside: Beside,
    pub(super) around: &'a mut dyn Surroundings,
    pub(super) out: &'a mut Vec<Output>,
}

/// What another viewing of the same device has taken: the one in the wings, or the present one.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Beside {
    /// Slots, one bit each.
    pub(super) slots: u32,
    /// Bytes held or coming that stay.
    pub(super) bytes: Bytes,
    /// What stays for both, when that is not what the viewing itself says.
    pub(super) pin: Option<Pin>,
}

impl<'a> Desk<'a> {
    pub(super) fn new(
        viewing: &Viewing,
        (config, now): (&'a Config, Time),
        store: &'a Store,
        beside: Beside,
        around: &'a mut dyn Surroundings,
        out: &'a mut Vec<Output>,
    ) -> Self {
        let held = store.get(viewing.item).unwrap_or_default();
        let (gap, changes) = (held.next_gap(viewing.wanted()), store.changes);
        let (sending, listened) = (Cell::new(None), false);
        Self { config, now, store, sending, held, gap, changes, listened, beside, around, out }
    }

    /// Looks at what is held again: of another item, or from another segment on.
    pub(super) fn look_again(&mut self, item: Item, wanted: u16) {
        self.held = self.store.get(item).unwrap_or_default();
        self.gap = self.held.next_gap(wanted);
        self.listened = false;
        self.sending.set(None);
    }

    /// Whether this is about what may be played next.
    pub(super) const fn is_ahead(&self) -> bool {
        self.beside.pin.is_some()
    }
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
            live: Live::new(&play),
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
            apart: None,
            news: News::default(),
            next: Wings::new(config, &play),
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
        if self.apart.is_some() {
            self.count(now, around);
        }
        if let Some(live) = &mut self.live {
            live.publish(config.segment, now, self.player.end);
        }
        if self.next.is_some() {
            if self.waits() && !matches!(input, Input::Play(_)) {
                return self.wait((config, now), input, store, around, out);
            }
            if self.take_ahead((config, now), input, store, around, out) {
                return self.act(config, now, &Input::Wake, store, around, out);
            }
        }
        self.take(config, now, input, store, around, out);
        self.act(config, now, input, store, around, out)
    }

    /// Lets player and scheduler act; false when the viewing is over.
    fn act(
        &mut self,
        config: &Config,
        now: Time,
        input: &Input<'_>,
        store: &mut Store,
        around: &mut dyn Surroundings,
        out: &mut Vec<Output>,
    ) -> bool {
        // From here on the store stays as it is, and one look at it does.
        let mut desk = Desk::new(self, (config, now), store, self.beside(), around, out);
        let goes_on = match input {
            Input::Leave => {
                self.close(&mut desk, Why::Left, false);
                false
            }
            Input::Switch(item) => {
                let keeps = self.expects(*item);
                self.close(&mut desk, Why::Left, keeps);
                false
            }
            _ => self.go_on(&mut desk),
        };
        store.changes = desk.changes;
        if self.has_switched() {
            store.touch(self.item);
        }
        if goes_on && self.next.is_some() {
            self.look_ahead((config, now), store, around, out);
        }
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

    pub(super) fn take(
        &mut self,
        config: &Config,
        now: Time,
        input: &Input<'_>,
        store: &mut Store,
        around: &dyn Surroundings,
        out: &mut Vec<Output>,
    ) {
        match *input {
            Input::Play(play) => {
                if self.waits() {
                    self.come_on(config, now, play, store);
                } else {
                    store.touch(play.item);
                    self.open(&play, store, around);
                }
                self.set_apart((config, now), &play, store, around);
            }
            Input::Candidates(list, swarm) => {
                store.disk.hear(self.item, swarm);
                self.meet(list, (config, now), around, out);
            }
            Input::Named(list) => self.meet(list, (config, now), around, out),
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
            Input::Arrived(slot) => {
                self.arrived(slot, self.pin(), (config, now), store, around, out);
            }
            Input::Failed { slot, why, got } => {
                let size_of = |segment| around.size(self.item, segment);
                let kept = if why == End::Corrupt { Bytes::ZERO } else { got };
                if let Some(ended) = self.requests.end(slot, Some(kept), size_of) {
                    store.changes.watched();
                    self.turn(config, &ended, now);
                    self.counted(slot, got, ended.request.is_from_cdn());
                    self.failed(&ended.request, why, (config, now), around, out);
                }
            }
            Input::Choked(peer) => self.neighbours.choked(peer, true),
            Input::Unchoked(peer) => self.neighbours.choked(peer, false),
            _ => {}
        }
    }

    /// Looks at what is held of it already.
    pub(super) fn open(&mut self, play: &Play, store: &Store, around: &dyn Surroundings) {
        let held = store.get(play.item).unwrap_or_default();
        self.own = held.ranges().collect();
        for (from, to) in held.ranges() {
            for segment in from.max(play.from)..to {
                self.ahead += around.size(play.item, segment);
            }
        }
    }

    pub(super) fn cancel_all(&mut self, desk: &mut Desk<'_>) {
        while let Some(request) = self.requests.all().first().copied() {
            self.cancel(request.slot, Stop::Unwanted, desk);
        }
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

    /// Segments of the title that exist: what may be asked for ends there.
    pub(super) fn end(&self) -> u16 {
        self.live.as_ref().map_or(self.player.end, |live| live.published)
    }

    /// Whether it is watched as it is published.
    pub(super) const fn is_live(&self) -> bool {
        self.live.is_some()
    }

    /// How long the picture can go on with what is held.
    pub(super) fn buffered(&self, desk: &Desk<'_>) -> Span {
        self.player.plays_at(desk.config, desk.now, desk.gap).since(desk.now)
    }

    /// Free room for segments ahead, after all that is under way, and the whole of it.
    pub(super) fn room(&self, desk: &Desk<'_>) -> (Bytes, Bytes) {
        let whole = Store::room(desk.config);
        (whole - self.claimed() - desk.beside.bytes - self.sending(desk), whole)
    }

    /// Bytes that stay because they are being sent, beside what is pinned. Uploads and the play position
    /// stay as they are while the scheduler decides.
    pub(super) fn sending(&self, desk: &Desk<'_>) -> Bytes {
        let sending = desk.sending.get().unwrap_or_else(|| {
            let size_of = |item, segment| desk.around.size(item, segment);
            desk.store.sending(desk.beside.pin.unwrap_or_else(|| self.pin()), &size_of)
        });
        desk.sending.set(Some(sending));
        sending
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

    pub(super) fn next_look(&self, desk: &Desk<'_>) -> Time {
        let mut next = self.player.next_look().min(self.next_directory);
        if let Some(live) = &self.live {
            next = next.min(live.grows_at);
        }
        if !self.neighbours.is_empty() {
            next = next.min(self.next_random);
            if self.poll {
                next = next.min(desk.now + Span::from_secs(1));
            }
        }
        if !matches!(self.player.state, State::Playing { .. }) {
            let limits = desk.config.plan.idle_limits();
            let in_turn = !desk.config.plan.per_peer().is_one();
            for request in self.requests.due(in_turn) {
                let limit = if request.is_from_cdn() { limits.0 } else { limits.1 };
                let last = desk.around.last(request.slot).max(request.asked);
                next = next.min(last + limit);
            }
        }
        next.max(desk.now + Span(1))
    }
}

/// Segments that a span takes, begun ones included.
pub(super) fn segments_in(config: &Config, span: Span) -> u16 {
    u16::try_from(span.0.div_ceil(config.segment.0.max(1))).unwrap_or(u16::MAX)
}
