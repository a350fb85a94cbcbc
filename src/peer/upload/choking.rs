//! BitTorrent's choking, as libtorrent does it: upload slots are given away in rounds to those who gave
//! most, and one of them to whoever waited longest.
//!
//! Who asks is interested, and stays so until it leaves or, unchoked, asks for nothing for a round.
//! While a slot is free it is given at once; rounds matter only when more ask than there are slots.

use alloc::vec::Vec;
use core::cmp::Reverse;

use serde::{Deserialize, Serialize};

use super::{Askers, Displaced};
use crate::peer::{PeerId, Refusal, Wanted};
use crate::units::{BitRate, Span, Time};

/// Slots in rounds, by what each gave; the longest wait among equals.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct Choking {
    /// Peers unchoked at once, if the owner allows as many uploads.
    pub slots: u32,
    /// Time between two rounds.
    pub round: Span,
    /// How long one slot is left to whoever waited longest.
    pub optimistic: Span,
    /// Transfers after which a slot goes to the next, when nobody gives.
    pub quota: u32,
    /// But not before it was held for so long.
    pub hold: Span,
}

impl Default for Choking {
    /// libtorrent's (`settings_pack.cpp`, `choker.cpp`).
    fn default() -> Self {
        Self {
            slots: 8,
            round: Span::from_secs(15),
            optimistic: Span::from_secs(30),
            quota: 20,
            hold: Span::from_secs(60),
        }
    }
}

/// Somebody who asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Asker {
    peer: PeerId,
    unchoked: bool,
    /// Transfers under way, and those begun since it was unchoked.
    active: u8,
    served: u32,
    /// When it asked last.
    asked: Time,
    /// When it was choked or unchoked last, or came.
    since: Time,
}

/// Those who ask, in the order in which they came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Queue {
    all: Vec<Asker>,
    /// Who has the slot of who waited longest, and since when.
    lucky: Option<(PeerId, Time)>,
}

impl Queue {
    pub(super) const NEW: Self = Self { all: Vec::new(), lucky: None };

    pub(super) const fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    pub(super) fn anybody_waits(&self) -> bool {
        self.all.iter().any(|asker| !asker.unchoked)
    }

    pub(super) fn is_choked(&self, peer: PeerId) -> bool {
        self.all.iter().any(|asker| asker.peer == peer && !asker.unchoked)
    }

    fn unchoked(&self) -> usize {
        self.all.iter().filter(|asker| asker.unchoked).count()
    }

    pub(super) fn leaves(&mut self, peer: PeerId) -> bool {
        let at = self.all.iter().position(|asker| asker.peer == peer);
        at.is_some_and(|at| self.all.remove(at).unchoked) && self.anybody_waits()
    }

    fn find(&mut self, peer: PeerId) -> Option<&mut Asker> {
        self.all.iter_mut().find(|asker| asker.peer == peer)
    }

    pub(super) fn begins(&mut self, peer: PeerId) {
        if let Some(asker) = self.find(peer) {
            asker.active += 1;
            asker.served += 1;
        }
    }

    pub(super) fn ended(&mut self, peer: PeerId) {
        if let Some(asker) = self.find(peer) {
            asker.active = asker.active.saturating_sub(1);
        }
    }

    /// Forgets those who are unchoked and have asked for nothing for a round.
    fn forget_idle(&mut self, round: Span, now: Time) {
        self.all
            .retain(|asker| !asker.unchoked || asker.active > 0 || now.since(asker.asked) < round);
    }
}

impl Choking {
    pub(super) fn place(
        self,
        (slots, taken): (u32, u32),
        wanted: &Wanted,
        askers: &mut Askers,
    ) -> Result<Displaced, Refusal> {
        let Askers::Choked(queue) = askers else {
            return Err(Refusal::Busy);
        };
        if slots == 0 {
            return Err(Refusal::Busy);
        }
        let now = wanted.now;
        if queue.find(wanted.from).is_none() {
            queue.forget_idle(self.round, now);
            let unchoked = queue.unchoked() < self.most(slots) && !queue.anybody_waits();
            let (active, served) = (0, 0);
            let peer = wanted.from;
            queue.all.push(Asker { peer, unchoked, active, served, asked: now, since: now });
        }
        let asker = queue.find(wanted.from).expect("it has just been put in");
        asker.asked = now;
        if !asker.unchoked {
            Err(Refusal::Choked)
        } else if taken < slots {
            Ok(None)
        } else {
            Err(Refusal::Busy)
        }
    }

    fn most(self, slots: u32) -> usize {
        self.slots.min(slots) as usize
    }

    pub(super) fn decide(
        self,
        slots: u32,
        now: Time,
        queue: &mut Queue,
        gave: &dyn Fn(PeerId) -> BitRate,
        out: &mut Vec<(PeerId, bool)>,
    ) {
        queue.forget_idle(self.round, now);
        let most = self.most(slots);
        let mut order: Vec<usize> = (0..queue.all.len()).collect();
        order.sort_by_key(|at| self.rank(&queue.all[*at], now, gave));
        // With one slot alone there is none to spare.
        let spare = usize::from(most > 1 && order.len() > most);
        let rest = order.split_off((most - spare).min(order.len()));
        if spare == 1 {
            order.extend(self.lucky(queue, &rest, now));
        } else {
            queue.lucky = None;
        }
        for (at, asker) in queue.all.iter_mut().enumerate() {
            let unchoked = order.contains(&at);
            if unchoked != asker.unchoked {
                (asker.unchoked, asker.since, asker.served) = (unchoked, now, 0);
                // To be unchoked is a reason to ask anew.
                asker.asked = now;
                out.push((asker.peer, unchoked));
            }
        }
    }

    /// Who comes first: what it gave, then unchoked before choked before who has had its share, then
    /// who waited longest.
    fn rank(
        self,
        asker: &Asker,
        now: Time,
        gave: &dyn Fn(PeerId) -> BitRate,
    ) -> (Reverse<BitRate>, u8, Time, PeerId) {
        let served = asker.served >= self.quota && now.since(asker.since) >= self.hold;
        let stage = match (asker.unchoked, served) {
            (true, false) => 0,
            (false, _) => 1,
            (true, true) => 2,
        };
        (Reverse(gave(asker.peer)), stage, asker.since, asker.peer)
    }

    /// The one of `rest` that has the spare slot: the same for a while, then who was choked longest.
    fn lucky(self, queue: &mut Queue, rest: &[usize], now: Time) -> Option<usize> {
        let all = &queue.all;
        if let Some((peer, since)) = queue.lucky
            && now.since(since) < self.optimistic
            && let Some(at) = rest.iter().copied().find(|at| all[*at].peer == peer)
        {
            return Some(at);
        }
        let longest = rest
            .iter()
            .copied()
            .min_by_key(|at| (all[*at].unchoked, all[*at].since, all[*at].peer))?;
        queue.lucky = Some((all[longest].peer, now));
        Some(longest)
    }
}
