//! Carrying out what peers want, and telling them what came of it.

use super::causes::Why;
use super::follow::Followed;
use super::host::NONE;
use super::host::{Probe, View};
use super::meter::{Meter, Part};
use super::observe::{Delivery, Ended, Ending, Moment, Observer, StallCause};
use super::paths::Paths;
use super::queue::Event;
use super::sharing::{Arrival, FlowId};
use super::transfers::Begin;
use super::{Engine, Input, Item, Output, PeerId};
use crate::peer::wire::{Message, announcement_len};
use crate::peer::{CdnCause, Class, End, Note, Refusal, Slot, Source, Stop, Waiting};
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
        self.count_holdings(home, &outputs);
        if self.is_followed(home) {
            self.follow_decision(home, input, &outputs);
        }
        for output in outputs.drain(..) {
            self.follow(home, Followed::Does(&output));
            if let Output::ChangesRung(to) = output {
                let from = item.replace(to).expect("only viewers change it");
                self.change_rung(home, from, to);
                continue;
            }
            self.carry_out(home, item, output);
        }
        self.outputs = outputs;
    }

    fn carry_out(&mut self, home: u32, item: Option<Item>, output: Output) {
        match output {
            Output::Fetch { slot, item, segment, from, from_byte, to_byte, cause, class, news } => {
                if let Some(news) = news {
                    self.watch.asked(self.now, news);
                }
                let what = (slot, segment, (from_byte, to_byte));
                self.fetch((home, item), what, from, (cause, class));
            }
            Output::Cancel { slot, why } => {
                let ending = match why {
                    Stop::Unwanted => Ending::Cancelled,
                    Stop::TimedOut => Ending::TimedOut,
                    Stop::Needless => Ending::Needless,
                };
                self.end_slot(home, slot, ending);
            }
            Output::AskDirectory | Output::AskAhead => {
                let ahead = u32::from(output == Output::AskAhead);
                let viewing = self.homes[home as usize].viewing + ahead;
                let at = self.now + self.directory_rtt;
                self.queue.push(at, Event::Answered { home, viewing });
            }
            Output::Dial(PeerId(peer)) | Output::DialAhead(PeerId(peer)) => {
                let ahead = u32::from(matches!(output, Output::DialAhead(_)));
                let viewing = self.homes[home as usize].viewing + ahead;
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
            Output::ChangesRung(_) => unreachable!("carried out where the item is kept"),
            Output::Closed => {
                self.clear(home);
                self.watch.viewing(self.now, home, Moment::Closed, Bytes::ZERO);
            }
            Output::Note(note) => self.note(home, item, note),
        }
    }

    /// A viewer leaves one rung for another: what is on its way for the old one finds a viewing that is
    /// over.
    fn change_rung(&mut self, home: u32, from: Item, to: Item) {
        self.directory.watches((home, from), false, self.now);
        self.directory.watches((home, to), true, self.now);
        let row = &mut self.homes[home as usize];
        row.viewing += 2;
        row.introduced = [false; 2];
        let (viewing, intent) = (row.viewing, self.seats.intent(row.seat));
        let deadline = self.world.intents[intent as usize].deadline.min(self.world.until);
        self.queue.push(deadline.max(self.now), Event::Leave { home, viewing });
    }

    fn note(&mut self, home: u32, item: Option<Item>, note: Note) {
        let mut size = Bytes::ZERO;
        let mut cause = None;
        let mut waits = false;
        match note {
            Note::Played { segment, rung, .. } => {
                let item = item.expect("only viewers play");
                size = self.world.catalogue.size(item.title, rung, segment);
            }
            Note::Stalled(waiting) => {
                cause = Some(self.why_stalled(home, waiting));
                if self.is_followed(home) {
                    self.follow_waiting(home, waiting);
                }
            }
            Note::Ended { .. } => {
                let item = item.expect("only viewers leave");
                self.directory.watches((home, item), false, self.now);
                self.audit.viewings_ended += 1;
                waits = self.peers[home as usize].waits();
                if waits {
                    self.close_idle_links(home);
                } else {
                    self.clear(home);
                }
            }
            _ => {}
        }
        self.watch.viewing(self.now, home, Moment::Player(note, cause), size);
        if waits {
            self.watch.viewing(self.now, home, Moment::Waits, Bytes::ZERO);
        }
    }

    /// Nobody watches any more, and nothing is prepared.
    fn clear(&mut self, home: u32) {
        self.wants_nothing_more(home);
        let row = &mut self.homes[home as usize];
        row.watching = false;
        self.seats.give_back(std::mem::replace(&mut row.seat, NONE));
        self.close_idle_links(home);
        self.connections.close(home);
        self.update_power(home);
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

    /// After a viewing: connections stay while the other end uses them, or what is prepared does.
    fn close_idle_links(&mut self, home: u32) {
        let ends = self.mesh.of(home).iter().map(|end| end.peer);
        let uses = |a: u32, b: u32| self.peers[a as usize].is_neighbour(PeerId(b));
        let idle: Vec<u32> = ends.filter(|peer| !uses(*peer, home) && !uses(home, *peer)).collect();
        for peer in idle {
            self.disconnect(home, peer);
        }
    }

    // ------------------------------------------------------------ transfers

    fn fetch(
        &mut self,
        (home, item): (u32, Item),
        (slot, segment, (from_byte, to_byte)): (Slot, u16, (Bytes, Bytes)),
        from: Source,
        (cause, class): (CdnCause, Option<Class>),
    ) {
        let world = self.world;
        let size = to_byte - from_byte;
        let row = &self.homes[home as usize];
        let (via, sender, why) = match from {
            Source::Peer(PeerId(peer)) => {
                let via = Paths::between(&self.homes[peer as usize], row);
                (via, Some(peer), Why::NONE)
            }
            Source::Cdn => {
                let rank = world.catalogue.rank[item.title as usize];
                let (via, tier) = self.paths.from_cdn(&self.sharing, rank, row);
                let cause = self.why_cdn(home, (item, segment), cause);
                (via, None, Why { cause, tier })
            }
        };
        let begin = Begin { home, slot, from: sender, via, why, item, segment, size, class };
        let transfer = self.transfers.ask(self.now, begin);
        self.follow(home, Followed::Asks { slot, via, why });
        self.seats.set(self.homes[home as usize].seat, slot, transfer);
        self.verification.begins(transfer, (home, item, segment, to_byte), from_byte);
        if let Some(peer) = sender {
            let stamp = self.transfers.stamp(transfer);
            let at = self.now + self.delay(peer, home) + self.up_queue(home);
            self.queue.push(at, Event::Asked { transfer, stamp });
            let whole = to_byte == world.catalogue.size(item.title, item.rung, segment);
            let to_byte = (!whole).then_some(to_byte.0 as u32);
            let from_byte = from_byte.0 as u32;
            let class = class.map(|class| class as u8);
            let request = Message::Request { item, segment, from_byte, to_byte, class };
            self.watch.control(self.now, Bytes(request.len() as u64));
        } else {
            self.request_server(transfer);
        }
    }

    /// One-way delay of a message between two homes.
    pub(super) fn delay(&self, a: u32, b: u32) -> Span {
        self.homes[a as usize].delay(self.world, &self.homes[b as usize])
    }

    /// A request has reached the one who can answer it.
    pub(super) fn asked(&mut self, transfer: u32, stamp: u32) {
        let Some(asked) = self.transfers.current(transfer, stamp) else {
            return;
        };
        if asked.flowing() || asked.refusal.is_some() {
            return;
        }
        if asked.verifying() {
            self.arrived(transfer);
            return;
        }
        let (home, from, answered) = (asked.home, asked.from(), asked.answered());
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
        let plan = &self.configs[device].plan;
        let (over_link, queues) = (plan.asks_peers(), plan.queues());
        let unlinked = over_link && !self.mesh.connected(home, peer);
        if unlinked || !self.directory.is_online(peer) {
            self.fail(transfer, Ending::PeerGone, End::PeerGone);
            return;
        }
        if queues && self.is_sending(peer, home) {
            self.transfers.queue(transfer);
            return;
        }
        if self.serve(transfer) {
            let back = self.now + self.delay(peer, home) + self.up_queue(peer);
            self.queue.push(back, Event::Asked { transfer, stamp });
        }
    }

    pub(super) fn refused(&mut self, transfer: u32, stamp: u32) {
        let Some(refused) = self.transfers.current(transfer, stamp) else {
            return;
        };
        let why = refused.refusal.expect("it was refused");
        let (home, from) = (refused.home, refused.from());
        self.fail(transfer, Ending::Refused, End::Refused(why));
        // A later word may have come first, when the sender's line was fuller before.
        if let Some(peer) = from.filter(|_| why == Refusal::Choked)
            && !self.chokes(peer, home)
        {
            self.word(home, peer);
        }
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
        if !self.verifies(transfer) {
            self.arrived(transfer);
        }
    }

    /// A transfer is here to its last byte, and was looked at.
    fn arrived(&mut self, transfer: u32) {
        if self.is_corrupt(transfer) {
            self.fail(transfer, Ending::Corrupt, End::Corrupt);
            return;
        }
        let (home, slot, item, segment) = {
            let done = self.transfers.get(transfer);
            (done.home, done.slot, done.item(), done.segment)
        };
        let (_, whole) = self.end_transfer(transfer, Ending::Done);
        if !whole {
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
    pub(super) fn fail(&mut self, transfer: u32, ending: Ending, why: End) {
        let (home, slot) = {
            let failed = self.transfers.get(transfer);
            (failed.home, failed.slot)
        };
        let (got, _) = self.end_transfer(transfer, ending);
        self.tell(home, Input::Failed { slot, why, got });
    }

    fn end_slot(&mut self, home: u32, slot: Slot, ending: Ending) {
        let transfer = self.slots(home)[usize::from(slot.0)];
        assert!(transfer != NONE, "a cancelled transfer was under way");
        let ended = self.transfers.get(transfer);
        if ended.from().is_some() {
            let cancel = Message::Cancel { segment: ended.segment };
            self.watch.control(self.now, Bytes(cancel.len() as u64));
        }
        self.end_transfer(transfer, ending);
    }

    /// What it brought, and whether its segment is whole now.
    pub(super) fn end_transfer(&mut self, transfer: u32, ending: Ending) -> (Bytes, bool) {
        self.report(transfer);
        let ended = self.transfers.get(transfer);
        let (home, slot, from) = (ended.home, ended.slot, ended.from());
        let (had, asked) = (self.held_by(transfer), ended.asked);
        let (item, segment, verifying) = (ended.item(), ended.segment, ended.verifying());
        let window = ended.carrier.window_after(self.now.since(ended.last), self.round_trip(ended));
        let got = self.transfers.end(transfer, self.now, ending, &mut self.sharing);
        if let Some(service) = &had {
            self.follow_sent(service, ending, got);
        }
        let kept = if verifying { Bytes::ZERO } else { got };
        self.verification.ends(&self.draw, (transfer, from), ending, kept);
        self.seats.set(self.homes[home as usize].seat, slot, NONE);
        let done = ending == Ending::Done;
        let whole = done && self.peers[home as usize].completes(slot);
        let freed = self.connections.end((transfer, home), window, done, self.now);
        self.let_go(had, got, window);
        if freed {
            self.request_waiting(home);
        }
        self.audit.moved(home, from, got);
        if ending == Ending::Done {
            self.audit.arrived += 1;
            self.audit.arrived_from_peers += u64::from(from.is_some());
            self.audit.arrived_after += u128::from(self.now.since(asked).0);
        }
        self.watch
            .transfer_ended(self.now, Ended { home, item, segment, ending, got, asked, whole });
        if let Some(peer) = from {
            self.next_in_line(peer, home);
        }
        (got, whole)
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
            why: moved.why,
            item: moved.item(),
            segment: moved.segment,
            bytes,
        };
        self.watch.delivered(self.now, delivery);
    }
}
