//! What homes send: requests as they are admitted, put in line, displaced and choked.
//!
//! A sender answers what one viewer asks for over a connection in order, and begins with the next when
//! it is done with one, without a round trip. Rounds of decisions are events of those homes alone that
//! keep somebody waiting.

use super::follow::Followed;
use super::host::{NONE, one_more};
use super::meter::{Meter, Part};
use super::observe::{Ending, Observer};
use super::queue::Event;
use super::{Engine, Input, Item, PeerId};
use crate::peer::upload::Askers;
use crate::peer::wire::Message;
use crate::peer::{End, Giving, Refusal, Slot, Wanted};
use crate::units::{Bytes, Time};

use super::connection::Window;

/// What a sender does for a transfer.
#[derive(Clone, Copy)]
pub(super) struct Service {
    peer: u32,
    home: u32,
    item: Item,
    segment: u16,
    slot: Slot,
    size: Bytes,
    /// Whether it has a slot, and whether bytes flow.
    answered: bool,
    flowed: bool,
}

impl<O: Observer, M: Meter> Engine<'_, O, M> {
    /// Asks the sender of a transfer to serve it now; whether it does. A refusal takes its way back.
    pub(super) fn serve(&mut self, transfer: u32) -> bool {
        let asked = self.transfers.get(transfer);
        let (home, slot, bytes) = (asked.home, asked.slot, asked.size);
        let (item, segment, class) = (asked.item(), asked.segment, asked.class);
        let peer = asked.from().expect("invariant: a peer serves");
        let (from, now) = (PeerId(home), self.now);
        match self.request(peer, Wanted { from, slot, now, class, item, segment, bytes }) {
            Ok(displaced) => {
                if let Some((PeerId(other), Slot(slot))) = displaced {
                    self.stop(self.slots(other)[usize::from(slot)], Refusal::Displaced);
                }
                self.transfers.serve(transfer);
                self.follow(peer, Followed::Asked { by: home, item, segment, answer: Ok(()) });
                true
            }
            Err(why) => {
                self.refuse(transfer, why);
                false
            }
        }
    }

    /// Asks a peer's core for an upload.
    fn request(&mut self, peer: u32, wanted: Wanted) -> Result<Option<(PeerId, Slot)>, Refusal> {
        let row = &self.homes[peer as usize];
        let config = &self.configs[usize::from(row.device)];
        let rate = one_more(&self.sharing, peer, self.peers[peer as usize].uploading());
        let left = self.budgets.left(peer, self.now);
        let giving = Giving { never: row.never, rate, left };
        let part = self.meter.enter(Part::Policy);
        let catalogue = &self.world.catalogue;
        let size_of = |item: Item, segment| catalogue.size(item.title, item.rung, segment);
        let rule = config.plan.uploads();
        let nobody = Askers::Unknown;
        let remembers = rule.book() != nobody;
        let askers = if remembers {
            self.askers.entry(peer).or_insert_with(|| (rule.book(), Time::NEVER))
        } else {
            &mut (nobody, Time::NEVER)
        };
        let core = &mut self.peers[peer as usize];
        let answer = core.request(config, wanted, &giving, &mut askers.0, &size_of);
        self.meter.enter(part);
        if remembers && askers.0.is_empty() {
            self.askers.remove(&peer);
        }
        if answer.is_ok() {
            self.budgets.promise(peer, wanted.bytes, self.now);
        }
        if answer == Err(Refusal::Choked) {
            self.arm_round(peer);
        }
        answer
    }

    /// Sends a refusal.
    fn refuse(&mut self, transfer: u32, why: Refusal) {
        let refused = self.transfers.get(transfer);
        let (home, item, segment) = (refused.home, refused.item(), refused.segment);
        let peer = refused.from().expect("invariant: a peer refuses");
        self.follow(peer, Followed::Asked { by: home, item, segment, answer: Err(why) });
        self.watch.refused(self.now, why);
        let refused = Message::Refused { segment, why: why as u8 };
        self.watch.control(self.now, Bytes(refused.len() as u64));
        self.transfers.refuse(transfer, why);
        let back = self.now + self.delay(peer, home) + self.up_queue(peer);
        let stamp = self.transfers.stamp(transfer);
        self.queue.push(back, Event::Refused { transfer, stamp });
    }

    /// Breaks off a transfer that its sender has begun, or has in line.
    fn stop(&mut self, transfer: u32, why: Refusal) {
        let (_, home) = self.leave_sender(transfer);
        let peer = self.transfers.get(transfer).from().expect("invariant: a peer sent it");
        self.refuse(transfer, why);
        self.next_in_line(peer, home);
    }

    /// Takes a transfer from its sender, who is free then; it has not ended. What has come of it, and
    /// to whom.
    pub(super) fn leave_sender(&mut self, transfer: u32) -> (Bytes, u32) {
        self.report(transfer);
        let left = self.transfers.get(transfer);
        let window = left.carrier.window_after(self.now.since(left.last), self.round_trip(left));
        let (had, home) = (self.held_by(transfer), left.home);
        self.transfers.stop(transfer, self.now, &mut self.sharing);
        let got = self.transfers.got(transfer, self.now, &self.sharing);
        self.let_go(had, got, window);
        (got, home)
    }

    /// What a peer does for a transfer; `None` for a server's.
    pub(super) fn held_by(&self, transfer: u32) -> Option<Service> {
        let of = self.transfers.get(transfer);
        of.from().map(|peer| Service {
            peer,
            home: of.home,
            item: of.item(),
            segment: of.segment,
            slot: of.slot,
            size: of.size,
            answered: of.answered(),
            flowed: of.flowing(),
        })
    }

    /// Tells of a sender that is followed what came of a transfer that it served.
    #[inline]
    pub(super) fn follow_sent(&mut self, service: &Service, ending: Ending, bytes: Bytes) {
        let Service { peer, home: to, item, segment, answered, .. } = *service;
        if answered {
            self.follow(peer, Followed::Sent { to, item, segment, ending, bytes });
        }
    }

    /// The sender of a transfer is done with it, having sent `got`.
    pub(super) fn let_go(&mut self, service: Option<Service>, got: Bytes, window: Window) {
        let Some(Service { peer, home, item, segment, slot, size, answered, flowed }) = service
        else {
            return;
        };
        if answered {
            let mut nobody = Askers::Unknown;
            let known = self.askers.get_mut(&peer).map_or(&mut nobody, |(askers, _)| askers);
            let of = (PeerId(home), slot);
            self.peers[peer as usize].upload_ended((item, segment), of, known);
            if known.is_empty() {
                self.askers.remove(&peer);
            }
            self.budgets.give_back(peer, size - got);
        }
        if flowed {
            if self.connections.slow_start() || self.mesh.gives_up() {
                self.mesh.leave(peer, home, self.now, window);
            }
            self.uploads_changed(peer);
        }
    }

    // ------------------------------------------------------------- in line

    /// Whether `peer` has something under way to `home`.
    pub(super) fn is_sending(&self, peer: u32, home: u32) -> bool {
        self.from(peer, home).any(|transfer| self.transfers.get(transfer).answered())
    }

    /// What `home` has asked `peer` for.
    fn from(&self, peer: u32, home: u32) -> impl Iterator<Item = u32> + '_ {
        let all = self.slots(home).iter().copied().filter(|transfer| *transfer != NONE);
        all.filter(move |transfer| self.transfers.get(*transfer).from() == Some(peer))
    }

    /// Lets `peer` go on with what `home` asked for next, if there is anything.
    pub(super) fn next_in_line(&mut self, peer: u32, home: u32) {
        let device = usize::from(self.homes[home as usize].device);
        if !self.configs[device].plan.queues() {
            return;
        }
        loop {
            let key = |transfer: &u32| {
                let of = self.transfers.get(*transfer);
                (of.asked, of.segment, of.slot)
            };
            let waits = |transfer: &u32| self.transfers.get(*transfer).queued();
            let next = self.from(peer, home).filter(waits).min_by_key(key);
            let Some(next) = next else {
                return;
            };
            if self.is_sending(peer, home) || !self.mesh.connected(peer, home) {
                return;
            }
            if self.serve(next) {
                self.begin_flow(next);
                return;
            }
        }
    }

    // ------------------------------------------------------------- in rounds

    /// Announces the next round of a home that keeps somebody waiting.
    fn arm_round(&mut self, home: u32) {
        let row = &self.homes[home as usize];
        let round = self.configs[usize::from(row.device)].plan.uploads().round();
        let Some((round, (_, armed))) = round.zip(self.askers.get_mut(&home)) else {
            return;
        };
        if *armed != Time::NEVER {
            return;
        }
        // Homes do not decide all at once.
        let phase = u64::from(home).wrapping_mul(0x9e37_79b9_7f4a_7c15) % round.0;
        let next = (self.now.0 + round.0 - phase) / round.0 * round.0 + phase;
        *armed = Time(next.max(self.now.0 + 1));
        self.queue.push(*armed, Event::Round { home });
    }

    /// A home decides whom it serves.
    pub(super) fn round(&mut self, home: u32) {
        match self.askers.get_mut(&home) {
            Some((_, armed)) if *armed == self.now => *armed = Time::NEVER,
            _ => return,
        }
        self.decide(home);
        if self.askers.get(&home).is_some_and(|(askers, _)| askers.anybody_waits()) {
            self.arm_round(home);
        }
    }

    fn decide(&mut self, home: u32) {
        let config = &self.configs[usize::from(self.homes[home as usize].device)];
        let Some((askers, _)) = self.askers.get_mut(&home) else {
            return;
        };
        let mut changed = Vec::new();
        self.peers[home as usize].decide_uploads(config, self.now, askers, &mut changed);
        if askers.is_empty() {
            self.askers.remove(&home);
        }
        for (PeerId(peer), unchoked) in changed {
            let message = Message::Choke { choked: !unchoked };
            self.watch.control(self.now, Bytes(message.len() as u64));
            let at = self.now + self.delay(home, peer) + self.up_queue(home);
            self.queue.push(at, Event::Word { home: peer, peer: home });
            if !unchoked {
                self.choke(home, peer);
            }
        }
    }

    /// Drops what `to` has asked of a home.
    fn choke(&mut self, home: u32, to: u32) {
        let mut asked: Vec<u32> = self
            .from(home, to)
            .filter(|transfer| {
                let of = self.transfers.get(*transfer);
                of.answered() || of.queued()
            })
            .collect();
        // What waits goes first, so that it does not come up.
        asked.sort_unstable_by_key(|transfer| self.transfers.get(*transfer).answered());
        for transfer in asked {
            self.leave_sender(transfer);
            self.refuse(transfer, Refusal::Choked);
        }
    }

    /// Word of a choke or an unchoke has come from `peer`.
    pub(super) fn word(&mut self, home: u32, peer: u32) {
        if !self.homes[home as usize].watching || !self.mesh.connected(home, peer) {
            return;
        }
        let (choked, name) = (self.chokes(peer, home), PeerId(peer));
        self.tell(home, if choked { Input::Choked(name) } else { Input::Unchoked(name) });
    }

    /// Whether a home keeps `who` waiting.
    pub(super) fn chokes(&self, home: u32, who: u32) -> bool {
        self.askers.get(&home).is_some_and(|(askers, _)| askers.is_choked(PeerId(who)))
    }

    /// A viewing of a home is over: it says so to those who could serve it.
    pub(super) fn wants_nothing_more(&mut self, home: u32) {
        if self.askers.is_empty() {
            return;
        }
        let ends: Vec<u32> = self.mesh.of(home).iter().map(|end| end.peer).collect();
        for peer in ends {
            self.leaves_queue(peer, home);
        }
    }

    /// `who` does not wait for a home any more. Who else waits need not wait for the next round.
    pub(super) fn leaves_queue(&mut self, home: u32, who: u32) {
        let Some((askers, _)) = self.askers.get_mut(&home) else {
            return;
        };
        let room = askers.leaves(PeerId(who));
        if askers.is_empty() {
            self.askers.remove(&home);
        } else if room {
            self.decide(home);
        }
    }

    // ------------------------------------------------------------- the end

    /// Breaks what a home is sending, to `to` alone or to all.
    pub(super) fn drop_uploads(&mut self, home: u32, to: Option<u32>) {
        let mine = |t: &u32| {
            let transfer = self.transfers.get(*t);
            // What is being verified needs its sender no more.
            let needs = transfer.from() == Some(home) && !transfer.verifying();
            needs && to.is_none_or(|to| transfer.home == to)
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
}
