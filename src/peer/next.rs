//! What may be played next: a viewing in the wings of the present one. It has its own transfers and
//! neighbours and a player that does not play; slots are shared, and the present one goes first.
//!
//! It comes on when that is played, with all it has; when something else is played it is given up.
//! When the present viewing has been played to its end it waits on the empty stage for a while.

use alloc::boxed::Box;
use alloc::vec::Vec;

use super::cache::Pin;
use super::neighbours::Neighbours;
use super::player::State;
use super::scheduler::shell::missing;
use super::viewing::{Beside, Desk, Viewing};
use super::{
    Config, Input, Item, Next, Output, PeerId, Play, Slot, Source, Stop, Store, Surroundings,
};
use crate::units::{Bytes, Time};

/// What is known of what may be played next.
#[derive(Clone, Debug)]
pub(super) enum Wings {
    /// What it is; it is not looked for yet.
    Known(Next),
    /// It is being fetched.
    Ahead(Box<Viewing>),
    /// This viewing itself has not begun, and is given up then.
    Empty(Time),
}

impl Wings {
    /// For a viewing that begins; none when the player adapts, as nobody knows which rung is next.
    pub(super) fn new(config: &Config, play: &Play) -> Option<Box<Self>> {
        let next = play.next.filter(|next| next.item != play.item)?;
        let looks = config.plan.prefetch().is_some() && !config.adapt.abr.adapts();
        (looks && Store::on_disk(config)).then(|| Box::new(Self::Known(next)))
    }
}

impl Viewing {
    // ------------------------------------------------------- for the peer

    /// The viewing that is being prepared.
    pub(super) fn ahead(&self) -> Option<&Self> {
        match self.next.as_deref() {
            Some(Wings::Ahead(next)) => Some(next),
            _ => None,
        }
    }

    pub(super) fn ahead_mut(&mut self) -> Option<&mut Self> {
        match self.next.as_deref_mut() {
            Some(Wings::Ahead(next)) => Some(next),
            _ => None,
        }
    }

    /// Whether it has not begun: the stage is empty.
    pub(super) fn waits(&self) -> bool {
        matches!(self.next.as_deref(), Some(Wings::Empty(_)))
    }

    /// After the end: what was prepared, to wait for somebody to play it.
    pub(super) fn succeed(self, config: &Config, now: Time) -> Option<Box<Self>> {
        let (_, rule) = config.plan.prefetch()?;
        match *self.next? {
            Wings::Ahead(mut next) => {
                let until = now + rule.peers_before;
                next.next = Some(Box::new(Wings::Empty(until)));
                next.wake_at = next.wake_at.min(until);
                Some(next)
            }
            _ => None,
        }
    }

    /// Somebody plays what has been waited with: it begins with all it has.
    pub(super) fn come_on(&mut self, config: &Config, now: Time, play: Play, store: &mut Store) {
        store.touch(play.item);
        let fresh = Self::new(config, now, play);
        let prepared = core::mem::replace(self, fresh);
        self.requests = prepared.requests;
        self.neighbours = prepared.neighbours;
        self.dialing = prepared.dialing;
        self.introduced = prepared.introduced;
        self.next_directory = prepared.next_directory;
        self.pace = prepared.pace;
        self.own = prepared.own;
        self.ahead = prepared.ahead;
        self.news = prepared.news;
    }

    /// Takes one input while the stage is empty; false when it is given up.
    pub(super) fn wait(
        &mut self,
        (config, now): (&Config, Time),
        input: &Input<'_>,
        store: &mut Store,
        around: &mut dyn Surroundings,
        out: &mut Vec<Output>,
    ) -> bool {
        let Some(Wings::Empty(until)) = self.next.as_deref() else {
            return false;
        };
        let until = *until;
        let goes_on = match *input {
            Input::Leave => false,
            Input::Switch(item) => item == self.item,
            // The answer to a question of the viewing that has ended.
            Input::Candidates(..) => true,
            Input::CandidatesAhead(list, swarm) => {
                let (meet, first) = (Input::Candidates(list, swarm), out.len());
                self.take(config, now, &meet, store, around, out);
                dial_ahead(&mut out[first..]);
                true
            }
            Input::Named(_) => {
                let first = out.len();
                self.take(config, now, input, store, around, out);
                dial_ahead(&mut out[first..]);
                true
            }
            _ => {
                self.take(config, now, input, store, around, out);
                true
            }
        };
        let mut desk = Desk::new(self, (config, now), store, Beside::default(), around, out);
        let goes_on = goes_on && now < until;
        if goes_on {
            self.prepare((0, 0), true, &mut desk);
            self.wake_at = self.wake_at.min(until);
        } else {
            self.cancel_all(&mut desk);
            desk.out.push(Output::Closed);
        }
        store.changes = desk.changes;
        goes_on
    }

    // ------------------------------------------------------- inputs

    /// Gives the viewing in the wings what concerns it alone; whether it did.
    pub(super) fn take_ahead(
        &mut self,
        (config, now): (&Config, Time),
        input: &Input<'_>,
        store: &mut Store,
        around: &dyn Surroundings,
        out: &mut Vec<Output>,
    ) -> bool {
        let pin = self.pin();
        let Self { next: Some(next), neighbours, .. } = self else {
            return false;
        };
        let Wings::Ahead(next) = &mut **next else {
            return matches!(input, Input::CandidatesAhead(..));
        };
        next.neighbours.wake(now);
        match *input {
            Input::Arrived(slot) if next.requests.has(slot) => {
                next.arrived(slot, pin, (config, now), store, around, out);
                store.changes.other();
                true
            }
            Input::Failed { slot, .. } if next.requests.has(slot) => {
                let first = out.len();
                next.take(config, now, input, store, around, out);
                keep_linked(neighbours, first, out);
                true
            }
            Input::CandidatesAhead(list, swarm) => {
                store.disk.hear(next.item, swarm);
                // Who is a neighbour already need not be dialed.
                let points = config.plan.points();
                for &peer in list.iter().filter(|peer| neighbours.knows(**peer)) {
                    if !next.neighbours.is_banned(peer, points) {
                        next.neighbours.add(peer);
                    }
                }
                let first = out.len();
                next.meet(list, (config, now), around, out);
                keep_linked(neighbours, first, out);
                dial_ahead(&mut out[first..]);
                true
            }
            Input::Linked(peer) if next.dialing.contains(peer) => {
                next.take(config, now, input, store, around, out);
                !self.dialing.contains(peer)
            }
            Input::DialFailed(_) | Input::Unlinked(_) | Input::Choked(_) | Input::Unchoked(_) => {
                next.take(config, now, input, store, around, out);
                false
            }
            _ => false,
        }
    }

    // ------------------------------------------------------- looking ahead

    /// Prepares what may be played next, after the present viewing has taken what it wants.
    pub(super) fn look_ahead(
        &mut self,
        (config, now): (&Config, Time),
        store: &mut Store,
        around: &mut dyn Surroundings,
        out: &mut Vec<Output>,
    ) {
        let Some((_, rule)) = config.plan.prefetch() else {
            return;
        };
        let end = self.player.plays_at(config, now, self.end());
        let left = end.since(now);
        let opens = matches!(self.next.as_deref(), Some(Wings::Known(_)));
        let mut marks = [Some(rule.peers_before).filter(|_| opens), Some(rule.cdn_before)];
        if matches!(self.player.state, State::Playing { .. }) {
            // While the picture stands still the end moves, and something else brings a look.
            for mark in marks.iter_mut().flatten().filter(|mark| left > **mark) {
                self.wake_at = self.wake_at.min(now + (left - *mark));
            }
        }
        if opens && left <= rule.peers_before {
            self.open_ahead((config, now), store, around);
        }
        if self.ahead().is_none() {
            return;
        }
        let used = (self.requests.from_cdn(), self.requests.from_peers());
        let slots = self.requests.slots();
        let desk = Desk::new(self, (config, now), store, Beside::default(), around, out);
        // Whatever the present one will want has its room.
        let bytes = self.claimed() + missing(self, &desk, self.end());
        let beside = Beside { slots, bytes, pin: Some(self.pin()) };
        let Some(next) = self.ahead_mut() else {
            return;
        };
        let mut desk = Desk::new(next, (config, now), store, beside, desk.around, desk.out);
        let first = desk.out.len();
        next.prepare(used, left <= rule.cdn_before, &mut desk);
        store.changes = desk.changes;
        let wake_at = next.wake_at;
        keep_linked(&self.neighbours, first, out);
        self.wake_at = self.wake_at.min(wake_at);
    }

    /// Begins to look for what is next, when what is held of it can stay.
    fn open_ahead(
        &mut self,
        (config, now): (&Config, Time),
        store: &Store,
        around: &dyn Surroundings,
    ) {
        let Some(Wings::Known(Next { item, segments })) = self.next.as_deref() else {
            return;
        };
        let play = Play::all(*item, *segments);
        let mut next = Self::new(config, now, play);
        next.next_random = Time::NEVER;
        next.open(&play, store, around);
        let size_of = |item, segment| around.size(item, segment);
        let sending = store.sending(self.pin(), &size_of);
        if self.claimed() + next.ahead + sending <= Store::room(config) {
            self.next = Some(Box::new(Wings::Ahead(Box::new(next))));
        }
    }

    /// Fetches what the rule wants of a viewing that has not begun, beside so many transfers of the
    /// present one.
    fn prepare(&mut self, used: (u32, u32), cdn: bool, desk: &mut Desk<'_>) {
        let Some((rules, rule)) = desk.config.plan.prefetch() else {
            return;
        };
        self.drop_idle(desk);
        if self.next_directory <= desk.now {
            desk.out.push(Output::AskAhead);
            self.next_directory = desk.now + desk.config.refresh;
        }
        rule.act(rules, used, cdn, self, desk);
        self.wake_at = self.next_look(desk);
    }

    // ------------------------------------------------------- the present one goes first

    /// What the viewing in the wings has taken.
    pub(super) fn beside(&self) -> Beside {
        self.ahead().map_or(Beside::default(), |next| Beside {
            slots: next.requests.slots(),
            bytes: next.claimed(),
            pin: None,
        })
    }

    /// Before a transfer of the present viewing begins: ends what stands in its way.
    pub(super) fn outrank(&mut self, from: Source, needs: Bytes, desk: &mut Desk<'_>) {
        if self.ahead().is_none() {
            return;
        }
        let (most_cdn, most_peers) = desk.config.plan.parallel();
        let cdn = from == Source::Cdn;
        let (mine, most) = match from {
            Source::Cdn => (self.requests.from_cdn(), most_cdn),
            Source::Peer(_) => (self.requests.from_peers(), most_peers),
        };
        let slots = self.requests.slots();
        let short = self.room(desk).0 < needs;
        let Some(next) = self.ahead_mut() else {
            return;
        };
        if short {
            self.give_up_next(desk);
            return;
        }
        loop {
            let all = next.requests.all().iter();
            let same = all.clone().filter(|request| request.is_from_cdn() == cdn);
            let full = mine + same.clone().count() as u32 >= most;
            let last = if full {
                same.max_by_key(|request| request.segment)
            } else if (slots | next.requests.slots()).count_ones() as usize >= Slot::COUNT {
                all.max_by_key(|request| request.segment)
            } else {
                None
            };
            let Some(slot) = last.map(|request| request.slot) else {
                break;
            };
            next.cancel(slot, Stop::Unwanted, desk);
        }
        desk.beside = self.beside();
    }

    /// Gives up what was prepared.
    pub(super) fn give_up_next(&mut self, desk: &mut Desk<'_>) {
        if let Some(next) = self.next.take()
            && let Wings::Ahead(mut next) = *next
        {
            next.cancel_all(desk);
        }
        desk.beside = Beside::default();
    }

    /// What stays in the cache because it is to be played.
    pub(super) fn pin(&self) -> Pin {
        let next = self.ahead();
        Pin {
            item: self.item,
            from: self.wanted(),
            bytes: self.ahead + next.map_or(Bytes::ZERO, |next| next.ahead),
            next: next.map(|next| next.item),
        }
    }

    /// Whether `peer` is known here or in the wings.
    pub(super) fn knows(&self, peer: PeerId) -> bool {
        self.neighbours.knows(peer) || self.ahead().is_some_and(|next| next.neighbours.knows(peer))
    }

    /// Whether what is prepared, here or in the wings, is `item`.
    pub(super) fn expects(&self, item: Item) -> bool {
        let next = if self.waits() { Some(self) } else { self.ahead() };
        next.is_some_and(|next| next.item == item)
    }
}

/// Whom the present viewing knows, that in the wings does not part from.
fn keep_linked(neighbours: &Neighbours, first: usize, out: &mut Vec<Output>) {
    let mut at = first;
    while let Some(output) = out.get(at) {
        if matches!(output, Output::Hangup(peer) if neighbours.knows(*peer)) {
            out.remove(at);
        } else {
            at += 1;
        }
    }
}

/// Makes dials those of the viewing in the wings.
fn dial_ahead(out: &mut [Output]) {
    for output in out {
        if let Output::Dial(peer) = *output {
            *output = Output::DialAhead(peer);
        }
    }
}

#[cfg(test)]
mod tests;
