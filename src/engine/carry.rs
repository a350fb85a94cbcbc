//! Carrying out what peers want, and telling them what came of it.

use super::host::NONE;
use super::host::{Probe, View, one_more};
use super::meter::{Meter, Part};
use super::observe::{Delivery, Ending, Moment, Observer, StallCause};
use super::paths::Paths;
use super::queue::Event;
use super::sharing::{Arrival, FlowId};
use super::transfers::Begin;
use super::{Draw, Engine, Input, Item, Output, PeerId, Site};
use crate::peer::wire::{Message, announcement_len};
use crate::peer::{CdnCause, End, Giving, Note, Refusal, Slot, Source, Waiting, Wanted};
use crate::units::{Bytes, Span};

impl<O: Observer, M: Meter> Engine<'_, O, M> {
    /// Gives a home's peer one input and carries out what it wants.
    pub(super) fn tell(&mut self, home: u32, input: Input<'_>) {
        let at = home as usize;
        let mut outputs = std::mem::take(&mut self.outputs);
        let mut item = match input {
            Input::Play(play) => Some(play.item),
            _ => self.peers[at].watching(),
        };
        // The peer steps out of the row while it looks at the others.
        let mut peer = std::mem::take(&mut self.peers[at]);
        let mut view = View {
            world: self.world,
            peers: &self.peers,
            homes: &self.homes,
            configs: &self.configs,
            transfers: &self.transfers,
            sharing: &self.sharing,
            directory: &self.directory,
            budgets: &self.budgets,
            slots: self.seats.slots(self.homes[at].seat),
            seats: &self.seats,
            ladder: &self.ladder,
            draw: &self.draw,
            drawn: self.homes[at].drawn,
            home,
            now: self.now,
        };
        let config = &self.configs[usize::from(self.homes[at].device)];
        let part = self.meter.enter(Part::Policy);
        peer.handle(config, self.now, input, &mut view, &mut outputs);
        self.meter.enter(part);
        let drawn = view.drawn;
        let row = &mut self.homes[at];
        row.drawn = drawn;
        row.probe = Probe::of(&peer);
        let wake = peer.next_wake();
        self.peers[at] = peer;
        if let Some(wake) = wake
            && wake < row.armed
        {
            row.armed = wake;
            self.queue.push(wake, Event::Wake { home });
        }
        for output in outputs.drain(..) {
            if let Output::Switch(to) = output {
                let from = item.replace(to).expect("only viewers switch");
                self.switch(home, from, to);
                continue;
            }
            self.carry_out(home, item, output);
        }
        self.outputs = outputs;
    }

    fn carry_out(&mut self, home: u32, item: Option<Item>, output: Output) {
        match output {
            Output::Fetch { slot, segment, from, from_byte, to_byte, cause } => {
                let item = item.expect("only viewers fetch");
                self.fetch(home, item, (slot, segment, (from_byte, to_byte)), from, cause);
            }
            Output::Cancel { slot, timed_out } => {
                let ending = if timed_out { Ending::TimedOut } else { Ending::Cancelled };
                self.end_slot(home, slot, ending);
            }
            Output::AskDirectory => {
                let viewing = self.homes[home as usize].viewing;
                let at = self.now + self.directory_rtt;
                self.queue.push(at, Event::Answered { home, viewing });
            }
            Output::Dial(PeerId(peer)) => {
                let viewing = self.homes[home as usize].viewing;
                let trip = self.delay(home, peer).times(2);
                let at = self.now + self.mesh.set_up() + trip;
                self.mesh.dial(home, peer, viewing);
                self.queue.push(at, Event::Dialed { home, peer });
            }
            Output::Hangup(PeerId(peer)) => self.disconnect(home, peer),
            Output::Holds(item) => {
                if self.homes[home as usize].permitted() {
                    self.directory.holds(home, item, self.now);
                }
            }
            Output::Drops(item) => self.directory.drops(home, item, self.now),
            Output::Switch(_) => unreachable!("carried out where the item is kept"),
            Output::Note(note) => self.note(home, item, note),
        }
    }

    /// A viewer leaves one rung for another: what is on its way for the old one finds a viewing that is
    /// over.
    fn switch(&mut self, home: u32, from: Item, to: Item) {
        self.directory.watches(from, false, self.now);
        self.directory.watches(to, true, self.now);
        let row = &mut self.homes[home as usize];
        row.viewing += 1;
        let (viewing, intent) = (row.viewing, self.seats.intent(row.seat));
        let deadline = self.world.intents[intent as usize].deadline.min(self.world.until);
        self.queue.push(deadline.max(self.now), Event::Leave { home, viewing });
    }

    fn note(&mut self, home: u32, item: Option<Item>, note: Note) {
        let mut size = Bytes::ZERO;
        let mut cause = None;
        match note {
            Note::Played { segment, rung, .. } => {
                let item = item.expect("only viewers play");
                size = self.world.catalogue.size(item.title, rung, segment);
            }
            Note::Stalled(waiting) => cause = Some(self.why_stalled(home, waiting)),
            Note::Ended { .. } => {
                let item = item.expect("only viewers leave");
                self.directory.watches(item, false, self.now);
                let row = &mut self.homes[home as usize];
                row.watching = false;
                self.seats.give_back(std::mem::replace(&mut row.seat, NONE));
                self.audit.viewings_ended += 1;
                self.close_idle_links(home);
                self.connections.close(home);
                self.update_power(home);
            }
            _ => {}
        }
        self.watch.viewing(self.now, home, Moment::Player(note, cause), size);
    }

    fn why_stalled(&self, home: u32, waiting: Waiting) -> StallCause {
        let Waiting::For(slot) = waiting else {
            return StallCause::NotRequested;
        };
        let transfer = self.slots(home)[usize::from(slot.0)];
        if transfer == NONE {
            return StallCause::NotRequested;
        }
        if !self.transfers.get(transfer).flowing() {
            return StallCause::RoundTrip;
        }
        match self.sharing.bottleneck(FlowId(transfer)) {
            None if self.transfers.get(transfer).carrier.by_path => StallCause::PathRate,
            link => self.paths.blame(link),
        }
    }

    /// After a viewing: connections stay while the other end uses them.
    fn close_idle_links(&mut self, home: u32) {
        let ends = self.mesh.of(home).iter().map(|end| end.peer);
        let idle: Vec<u32> =
            ends.filter(|peer| !self.peers[*peer as usize].is_neighbour(PeerId(home))).collect();
        for peer in idle {
            self.disconnect(home, peer);
        }
    }

    // ------------------------------------------------------------ transfers

    fn fetch(
        &mut self,
        home: u32,
        item: Item,
        (slot, segment, (from_byte, to_byte)): (Slot, u16, (Bytes, Bytes)),
        from: Source,
        cause: CdnCause,
    ) {
        let world = self.world;
        let size = to_byte - from_byte;
        let row = &self.homes[home as usize];
        let (via, sender) = match from {
            Source::Peer(PeerId(peer)) => {
                (Paths::between(&self.homes[peer as usize], row), Some(peer))
            }
            Source::Cdn => {
                let rank = world.catalogue.rank[item.title as usize];
                (self.paths.from_cdn(&self.sharing, rank, row), None)
            }
        };
        let begin = Begin { home, slot, from: sender, via, cause, item, segment, size };
        let transfer = self.transfers.ask(self.now, begin);
        self.seats.set(self.homes[home as usize].seat, slot, transfer);
        if let Some(peer) = sender {
            let stamp = self.transfers.stamp(transfer);
            let at = self.now + self.delay(peer, home) + self.up_queue(home);
            self.queue.push(at, Event::Asked { transfer, stamp });
            let whole = to_byte == world.catalogue.size(item.title, item.rung, segment);
            let to_byte = (!whole).then_some(to_byte.0 as u32);
            let request =
                Message::Request { item, segment, from_byte: from_byte.0 as u32, to_byte };
            self.watch.control(self.now, Bytes(request.len() as u64));
        } else {
            self.request_server(transfer);
        }
    }

    /// One-way delay of a message between two homes.
    fn delay(&self, a: u32, b: u32) -> Span {
        self.homes[a as usize].delay(self.world, &self.homes[b as usize])
    }

    /// A request has reached the one who can answer it.
    pub(super) fn asked(&mut self, transfer: u32, stamp: u32) {
        let Some(asked) = self.transfers.current(transfer, stamp) else {
            return;
        };
        if asked.flowing() {
            return;
        }
        let (home, from, segment, answered) =
            (asked.home, asked.from(), asked.segment, asked.answered());
        let bytes = asked.size;
        let Some(peer) = from else {
            self.begin_flow(transfer);
            return;
        };
        if answered {
            // The first byte has made its way back.
            self.begin_flow(transfer);
            return;
        }
        let device = usize::from(self.homes[home as usize].device);
        let over_link = self.configs[device].plan.asks_peers();
        let unlinked = over_link && !self.mesh.connected(home, peer);
        if unlinked || !self.directory.is_online(peer) {
            self.fail(transfer, Ending::PeerGone, End::PeerGone);
            return;
        }
        let item = self.peers[home as usize].watching().expect("a transfer has a viewer");
        let answer = self.request(peer, Wanted { item, segment, bytes });
        let back = self.now + self.delay(peer, home) + self.up_queue(peer);
        match answer {
            Ok(()) => {
                self.transfers.serve(transfer);
                self.queue.push(back, Event::Asked { transfer, stamp });
            }
            Err(why) => {
                self.watch.refused(self.now, why);
                let refused = Message::Refused { segment, why: why as u8 };
                self.watch.control(self.now, Bytes(refused.len() as u64));
                self.transfers.refuse(transfer, why);
                self.queue.push(back, Event::Refused { transfer, stamp });
            }
        }
    }

    /// Asks a peer's core for an upload.
    fn request(&mut self, peer: u32, wanted: Wanted) -> Result<(), Refusal> {
        let row = &self.homes[peer as usize];
        let config = &self.configs[usize::from(row.device)];
        let rate = one_more(&self.sharing, peer, self.peers[peer as usize].uploading());
        let left = self.budgets.left(peer, row.device, self.now);
        let giving = Giving { never: row.never, rate, left };
        let part = self.meter.enter(Part::Policy);
        let catalogue = &self.world.catalogue;
        let size_of = |item: Item, segment| catalogue.size(item.title, item.rung, segment);
        let answer = self.peers[peer as usize].request(config, wanted, &giving, &size_of);
        self.meter.enter(part);
        if answer.is_ok() {
            self.budgets.promise(peer, wanted.bytes, self.now);
        }
        answer
    }

    pub(super) fn refused(&mut self, transfer: u32, stamp: u32) {
        let Some(refused) = self.transfers.current(transfer, stamp) else {
            return;
        };
        let why = refused.refusal.expect("it was refused");
        self.fail(transfer, Ending::Refused, End::Refused(why));
    }

    /// An announced arrival comes up.
    pub(super) fn arrives(&mut self, transfer: u32) {
        match self.sharing.arrives(FlowId(transfer), self.now) {
            Arrival::Stale | Arrival::Halted => return,
            Arrival::Later(at) => {
                self.queue.push(at, Event::Arrives { transfer });
                return;
            }
            Arrival::Done => {}
        }
        let (home, slot, segment) = {
            let done = self.transfers.get(transfer);
            (done.home, done.slot, done.segment)
        };
        let item = self.peers[home as usize].watching().expect("a transfer has a viewer");
        self.end_transfer(transfer, Ending::Done);
        if !self.peers[home as usize].completes(slot) {
            self.tell(home, Input::Arrived(slot));
            return;
        }
        if self.origin_only(item) {
            self.watch.obtained(self.now, home, item, segment);
        }
        let links = self.mesh.of(home).len() as u64;
        if links > 0 {
            let ranges =
                self.peers[home as usize].store().get(item).map_or(0, |s| s.ranges().len());
            let bytes = announcement_len(ranges, 1) as u64 * links;
            self.watch.control(self.now, Bytes(bytes));
        }
        self.tell(home, Input::Arrived(slot));
    }

    /// Ends a transfer early and tells the receiver.
    fn fail(&mut self, transfer: u32, ending: Ending, why: End) {
        let (home, slot) = {
            let failed = self.transfers.get(transfer);
            (failed.home, failed.slot)
        };
        let got = self.end_transfer(transfer, ending);
        self.tell(home, Input::Failed { slot, why, got });
    }

    fn end_slot(&mut self, home: u32, slot: Slot, ending: Ending) {
        let transfer = self.slots(home)[usize::from(slot.0)];
        assert!(transfer != NONE, "a cancelled transfer was under way");
        self.end_transfer(transfer, ending);
    }

    pub(super) fn end_transfer(&mut self, transfer: u32, ending: Ending) -> Bytes {
        self.report(transfer);
        let ended = self.transfers.get(transfer);
        let (home, slot, from, answered) = (ended.home, ended.slot, ended.from(), ended.answered());
        let (item, segment) = (ended.item(), ended.segment);
        let (flowed, asked, size) = (ended.flowing(), ended.asked, ended.size);
        let window = ended.carrier.window_after(self.now.since(ended.last), self.round_trip(ended));
        let got = self.transfers.end(transfer, self.now, ending, &mut self.sharing);
        self.seats.set(self.homes[home as usize].seat, slot, NONE);
        if let (Some(peer), true) = (from, answered) {
            self.peers[peer as usize].upload_ended(item, segment);
            self.budgets.give_back(peer, size - got);
        }
        let done = ending == Ending::Done;
        let freed = self.connections.end((transfer, home), window, done, self.now);
        if let Some(peer) = from.filter(|_| flowed) {
            if self.connections.slow_start() {
                self.mesh.leave(peer, home, self.now, window);
            }
            self.uploads_changed(peer);
        }
        if freed {
            self.request_waiting(home);
        }
        self.audit.moved(home, from, got);
        if ending == Ending::Done {
            self.audit.arrived += 1;
            self.audit.arrived_from_peers += u64::from(from.is_some());
            self.audit.arrived_after += u128::from(self.now.since(asked).0);
        }
        self.watch.transfer_ended(self.now, ending, got);
        got
    }

    /// Tells the observer what came since the last time.
    pub(super) fn report(&mut self, transfer: u32) {
        let reported = self.transfers.get(transfer);
        if !reported.flowing() {
            return;
        }
        let path = self.path(reported);
        let bytes = self.transfers.report(transfer, self.now, &path, &self.sharing);
        if bytes == Bytes::ZERO {
            return;
        }
        let moved = self.transfers.get(transfer);
        let delivery = Delivery {
            home: moved.home,
            via: moved.via,
            from: moved.from(),
            cause: moved.cause,
            item: moved.item(),
            segment: moved.segment,
            bytes,
        };
        self.watch.delivered(self.now, delivery);
    }

    /// Breaks what a home is sending, to `to` alone or to all.
    pub(super) fn drop_uploads(&mut self, home: u32, to: Option<u32>) {
        let mine = |t: &u32| {
            let transfer = self.transfers.get(*t);
            transfer.from() == Some(home) && to.is_none_or(|to| transfer.home == to)
        };
        let broken: Vec<u32> = if let Some(to) = to {
            let slots = self.slots(to).iter().copied();
            slots.filter(|slot| *slot != NONE).filter(mine).collect()
        } else {
            self.transfers.alive().filter(mine).collect()
        };
        // A receiver that hears of the first may cancel the others, and ask anew under their numbers.
        let stamped: Vec<(u32, u32)> =
            broken.into_iter().map(|transfer| (transfer, self.transfers.stamp(transfer))).collect();
        for (transfer, stamp) in stamped {
            if self.transfers.current(transfer, stamp).is_some() {
                self.fail(transfer, Ending::PeerGone, End::PeerGone);
            }
        }
    }

    // ---------------------------------------------------------- connections

    pub(super) fn answered(&mut self, home: u32, viewing: u32) {
        let state = &mut self.homes[home as usize];
        if state.viewing != viewing || !state.watching {
            return;
        }
        state.asked += 1;
        let asked = state.asked;
        let item = self.peers[home as usize].watching().expect("somebody watches");
        let mut roll = Draw::at(&self.draw, Site::Directory, home, asked);
        let mut names = std::mem::take(&mut self.names);
        names.clear();
        self.directory.answer(&self.homes, (home, item, self.now), &mut roll, &mut names);
        let swarm = self.directory.swarm(item, self.now);
        self.tell(home, Input::Candidates(&names, swarm));
        self.names = names;
    }

    pub(super) fn dialed(&mut self, home: u32, peer: u32) {
        let viewing = self.mesh.dialed(home, peer);
        let state = self.homes[home as usize];
        if state.viewing != viewing || !state.watching {
            return;
        }
        let already = self.mesh.connected(home, peer);
        let with_isp = |home: u32| (home, self.homes[home as usize].isp);
        let reach = self.nats.reach(&self.draw, with_isp(home), with_isp(peer));
        let opened = if already || !reach || !self.directory.is_online(peer) {
            None
        } else {
            self.mesh.open(&self.draw, (home, peer), self.now)
        };
        if let Some(Some((dies, serial))) = opened {
            self.queue.push(dies, Event::LinkDies { home, serial });
        }
        if already || opened.is_some() {
            self.tell(home, Input::Linked(PeerId(peer)));
            if self.peers[peer as usize].watching() == self.peers[home as usize].watching() {
                self.tell(peer, Input::Linked(PeerId(home)));
            }
        } else {
            self.tell(home, Input::DialFailed(PeerId(peer)));
        }
    }

    /// Closes a connection, breaks what flows over it, and lets both ends know.
    pub(super) fn disconnect(&mut self, home: u32, peer: u32) {
        if !self.mesh.close(home, peer) {
            return;
        }
        self.drop_uploads(home, Some(peer));
        self.drop_uploads(peer, Some(home));
        let at = self.now + self.delay(home, peer);
        self.queue.push(at, Event::Unlinked { home: peer, peer: home });
        self.queue.push(at, Event::Unlinked { home, peer });
    }
}
