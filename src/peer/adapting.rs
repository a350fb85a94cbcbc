//! A player that adapts: fills its media buffer from what the loader holds, and lets the loader change
//! the rung. Swarms are of one rung, so that a change leaves one swarm for another.

use alloc::boxed::Box;
use alloc::vec::Vec;

use super::abr::{Buffer, UnderWay};
use super::apart::Apart;
use super::dialing::Dialing;
use super::neighbours::Neighbours;
use super::news::News;
use super::requests::Requests;
use super::viewing::{Desk, Introduced, Viewing};
use super::{Config, Item, Output, Play, Slot, Stop, Store, Surroundings};
use crate::units::{Bytes, Span, Time};

impl Viewing {
    /// Puts up what an adapting player needs, and a viewer who does something, as play is pressed.
    pub(super) fn set_apart(
        &mut self,
        (config, now): (&Config, Time),
        play: &Play,
        store: &Store,
        around: &dyn Surroundings,
    ) {
        let adapts = config.adapt.abr.adapts();
        if adapts || around.action(0).is_some() {
            let buffer = adapts.then(|| Buffer::new(&config.adapt, now, play.from));
            let held = (play.item, &*self.own);
            self.apart = Some(Box::new(Apart::new(buffer, held, store, around)));
        }
    }

    /// Whether the rung has changed since this was asked.
    pub(super) fn has_switched(&mut self) -> bool {
        self.apart.as_mut().is_some_and(|apart| core::mem::take(&mut apart.switched))
    }

    /// The first segment that the player has not taken: the play position, or the end of its buffer.
    pub(super) fn wanted(&self) -> u16 {
        let buffer = self.apart.as_ref().and_then(|apart| apart.buffer.as_ref());
        buffer.map_or(self.player.position, |buffer| buffer.end())
    }

    /// Counts what has come since the last input, for the rate that the loader tells.
    pub(super) fn count(&mut self, now: Time, around: &dyn Surroundings) {
        let Some(apart) = &mut self.apart else { return };
        let Some(telling) = apart.buffer.as_mut().and_then(|buffer| buffer.telling()) else {
            return;
        };
        let cdn = self.requests.from_cdn() > 0;
        telling.pass(now, UnderWay { any: !self.requests.all().is_empty(), cdn });
        for request in self.requests.all() {
            telling.came(request.slot, around.got(request.slot), request.is_from_cdn());
        }
    }

    /// Counts what a transfer brought that is over, in all.
    pub(super) fn counted(&mut self, slot: Slot, got: Bytes, from_cdn: bool) {
        let Some(apart) = &mut self.apart else { return };
        if let Some(telling) = apart.buffer.as_mut().and_then(|buffer| buffer.telling()) {
            telling.came(slot, got, from_cdn);
        }
    }

    /// A transfer begins in `slot`.
    pub(super) fn counts_anew(&mut self, slot: Slot) {
        let Some(apart) = &mut self.apart else { return };
        if let Some(telling) = apart.buffer.as_mut().and_then(|buffer| buffer.telling()) {
            telling.begins(slot);
        }
    }

    /// Fills the media buffer as far as it reaches and the loader holds; up to where it can be played.
    pub(super) fn fill(&mut self, desk: &mut Desk<'_>) -> u16 {
        let goal = super::viewing::segments_in(desk.config, desk.config.adapt.buffer);
        loop {
            let end = self.wanted();
            let full = self.player.position.saturating_add(goal.max(1));
            if end >= full.min(self.end()) {
                return end;
            }
            self.choose(desk);
            if !desk.held.contains(end) {
                return end;
            }
            self.append(end, desk);
        }
    }

    /// Lets the rule choose the rung of the next segment, once.
    fn choose(&mut self, desk: &mut Desk<'_>) {
        let buffered = self.player.plays_at(desk.config, desk.now, self.wanted()).since(desk.now);
        let Some(buffer) = self.apart.as_mut().and_then(|apart| apart.buffer.as_mut()) else {
            return;
        };
        if buffer.has_chosen() {
            return;
        }
        let now = (self.item.rung, buffered, desk.config.segment);
        let rung = buffer.choose(&desk.config.adapt, desk.now, desk.around.ladder(), now);
        if rung != self.item.rung {
            self.change_rung(rung, desk);
        }
    }

    /// The next segment goes from the loader to the player.
    fn append(&mut self, segment: u16, desk: &mut Desk<'_>) {
        let size = desk.around.size(self.item, segment);
        let to = self.far().max(segment + 1);
        let held = desk
            .held
            .ranges()
            .map(|(from, end)| u32::from(end.min(to).saturating_sub(from.max(segment))));
        let queue = (held.sum(), u32::from(to - segment));
        let rate = desk.around.ladder().rate(self.item.rung);
        let Some(buffer) = self.apart.as_mut().and_then(|apart| apart.buffer.as_mut()) else {
            return;
        };
        buffer.append(&desk.config.adapt, desk.now, (self.item.rung, rate, size), queue);
        self.ahead -= size;
        self.requests.forget_before(segment + 1);
        desk.look_again(self.item, segment + 1);
    }

    /// Leaves one rung for another: its transfers, its neighbours, what is known of who has it.
    fn change_rung(&mut self, rung: u8, desk: &mut Desk<'_>) {
        self.cancel_all(desk);
        let gone: Vec<Output> = self.neighbours.names().map(Output::Hangup).collect();
        desk.out.extend(gone);
        self.item.rung = rung;
        desk.out.push(Output::ChangesRung(self.item));
        desk.changes.other();
        self.requests = Requests::default();
        self.neighbours = Neighbours::default();
        self.dialing = Dialing::default();
        self.news = News::default();
        self.introduced = Introduced::NotYet;
        self.poll = false;
        let asks = desk.config.plan.asks_peers();
        self.next_directory = if asks { desk.now } else { Time::NEVER };
        let at_random = desk.config.plan.at_random();
        self.next_random = if at_random { desk.now + Span::from_secs(1) } else { Time::NEVER };
        if let Some(apart) = &mut self.apart {
            apart.switched = true;
        }
        let wanted = self.wanted();
        desk.look_again(self.item, wanted);
        self.ahead = held_from(desk, self.item, wanted);
    }

    /// The item at all rungs that it may have been fetched at.
    pub(super) fn rungs(&self, around: &dyn Surroundings) -> impl Iterator<Item = Item> + use<> {
        let adapts = self.apart.as_ref().is_some_and(|apart| apart.buffer.is_some());
        let (item, top) = (self.item, around.ladder().top());
        let rungs = if adapts { 0..=top.max(item.rung) } else { item.rung..=item.rung };
        rungs.map(move |rung| Item { rung, ..item })
    }

    /// Cancels the transfers of segments that `wants` says.
    pub(super) fn cancel_where(&mut self, desk: &mut Desk<'_>, wants: impl Fn(u16) -> bool) {
        while let Some(request) = self.requests.all().iter().find(|r| wants(r.segment)).copied() {
            self.cancel(request.slot, Stop::Unwanted, desk);
        }
    }

    /// Rung of a segment that is played, and whether it was the home's own.
    pub(super) fn rung_played(&mut self, segment: u16) -> Option<(u8, bool)> {
        let apart = self.apart.as_mut()?;
        let mut rung = self.item.rung;
        if let Some(buffer) = &mut apart.buffer {
            rung = buffer.rung_of(segment).expect("invariant: what is played is in the buffer");
            buffer.forget_before(segment + 1);
        }
        Some((rung, apart.plays(rung, segment)))
    }
}

/// Bytes held of the item watched, from a segment on.
pub(super) fn held_from(desk: &Desk<'_>, item: Item, segment: u16) -> Bytes {
    let runs = desk.held.ranges().flat_map(|(from, to)| from.max(segment)..to.max(segment));
    runs.map(|segment| desk.around.size(item, segment)).sum()
}
