//! Peers we are connected to: how fast they have been, whether they are sending.

mod rare;

use alloc::boxed::Box;
use alloc::vec::Vec;

use smallvec::SmallVec;

use super::samples::Samples;
use super::scheduler::trust::Points;
use super::{PeerId, Slot, Told};
use crate::units::{BitRate, Bytes, Span, Time};
use rare::{Rare, Review};

/// A neighbour that refused is left alone for this long.
pub(super) const QUIET: Span = Span::from_secs(2);

/// A peer we are connected to.
#[derive(Clone, Debug)]
pub(super) struct Neighbour {
    pub(super) told: Told,
    pub(super) peer: PeerId,
    /// How many of the records are its.
    samples: u16,
    errors: u8,
    state: State,
}

/// Ten of them and more are a viewer's.
const _: () = assert!(size_of::<Neighbour>() == 32, "a neighbour is small");

/// Whether a neighbour can be asked: how many transfers from it are under way, and a bit for each
/// reason not to ask it for another.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct State(u8);

impl State {
    const COUNT: u8 = 0x0f;
    /// As many transfers as one connection has at once.
    const FULL: u8 = 0x10;
    /// Left alone for a while after an error.
    const QUIET: u8 = 0x20;
    /// It does not serve us for now.
    const CHOKED: u8 = 0x40;

    const fn is(self, bit: u8) -> bool {
        self.0 & bit != 0
    }

    const fn set(&mut self, bit: u8, on: bool) {
        self.0 = if on { self.0 | bit } else { self.0 & !bit };
    }

    const fn count(self) -> u8 {
        self.0 & Self::COUNT
    }
}

/// A neighbour that can send a segment, with where its record is.
#[derive(Clone, Copy, Debug)]
pub(super) struct Holder {
    pub(super) peer: PeerId,
    first: usize,
    samples: u16,
    /// Transfers from it under way.
    pub(super) sending: u8,
}

impl Neighbour {
    /// Whether it can be asked now.
    pub(super) const fn free(&self) -> bool {
        !self.state.is(State::FULL | State::QUIET | State::CHOKED)
    }

    /// Whether it is left alone after an error.
    pub(super) const fn is_quiet(&self) -> bool {
        self.state.is(State::QUIET)
    }

    fn ended(&mut self) {
        debug_assert!(self.state.count() < Slot::COUNT as u8 + 1, "a viewer has eight transfers");
        if self.state.count() > 0 {
            self.state.0 -= 1;
        }
        self.state.set(State::FULL, false);
    }
}

/// All peers we are connected to, in the order in which connections came about.
#[derive(Clone, Debug, Default)]
pub(super) struct Neighbours {
    all: Vec<Neighbour>,
    /// Those of one neighbour side by side, neighbours in their order.
    samples: Samples,
    /// What most need not know of theirs.
    rare: Option<Box<Rare>>,
}

impl Neighbours {
    /// Where they lie.
    pub(super) fn place(&self, each: &mut impl FnMut(*const u8, usize)) {
        each(self.all.as_ptr().cast(), size_of_val(&self.all[..]));
    }

    /// Who they are.
    pub(super) fn names(&self) -> impl Iterator<Item = PeerId> + '_ {
        self.all.iter().map(|neighbour| neighbour.peer)
    }

    pub(super) const fn len(&self) -> usize {
        self.all.len()
    }

    pub(super) const fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Neighbour> {
        self.all.iter()
    }

    pub(super) fn iter_mut(&mut self) -> impl Iterator<Item = &mut Neighbour> {
        self.all.iter_mut()
    }

    pub(super) fn knows(&self, peer: PeerId) -> bool {
        self.all.iter().any(|known| known.peer == peer)
    }

    fn find(&mut self, peer: PeerId) -> Option<&mut Neighbour> {
        self.all.iter_mut().find(|known| known.peer == peer)
    }

    /// A connection has come about.
    pub(super) fn add(&mut self, peer: PeerId) {
        if !self.knows(peer) {
            // Few at a time: a viewer has as many as its place offers, and no room is wasted.
            if self.all.len() == self.all.capacity() {
                self.all.reserve_exact(2);
            }
            let told = Told::default();
            let state = State::default();
            self.all.push(Neighbour { told, peer, samples: 0, errors: 0, state });
        }
    }

    /// A connection is gone, and its record with it.
    pub(super) fn remove(&mut self, peer: PeerId) {
        let Some(at) = self.all.iter().position(|known| known.peer == peer) else {
            return;
        };
        self.forget(at);
        self.all.remove(at);
        if let Some(rare) = &mut self.rare {
            rare.gone(peer);
        }
    }

    /// Clears the record of a neighbour.
    fn forget(&mut self, at: usize) {
        let first = self.first_sample(at);
        let count = core::mem::take(&mut self.all[at].samples);
        self.samples.remove(first, usize::from(count));
    }

    /// Where the record of a neighbour begins.
    fn first_sample(&self, at: usize) -> usize {
        self.all[..at].iter().map(|known| usize::from(known.samples)).sum()
    }

    /// Lets those be asked again that have been left alone for long enough by `now`. To be called
    /// before anything else is, whenever time has passed.
    pub(super) fn wake(&mut self, now: Time) {
        let Some(rare) = &mut self.rare else {
            return;
        };
        let over = rare.quiet.iter().take_while(|(_, until)| *until <= now).count();
        for (peer, _) in rare.quiet.drain(..over) {
            if let Some(known) = self.all.iter_mut().find(|known| known.peer == peer) {
                known.state.set(State::QUIET, false);
            }
        }
        if rare.is_empty() {
            self.rare = None;
        }
    }

    /// A transfer from `peer` begins, of at most `most` at once.
    pub(super) fn begins(&mut self, peer: PeerId, most: u8) {
        if let Some(known) = self.find(peer) {
            known.state.0 += 1;
            known.state.set(State::FULL, known.state.count() >= most);
        }
    }

    /// `peer` has said whether it serves us.
    pub(super) fn choked(&mut self, peer: PeerId, choked: bool) {
        if let Some(known) = self.find(peer) {
            known.state.set(State::CHOKED, choked);
        }
    }

    /// A transfer from `peer` is not wanted any more.
    pub(super) fn cancelled(&mut self, peer: PeerId) {
        if let Some(known) = self.find(peer) {
            known.ended();
        }
    }

    /// Notes a finished transfer.
    pub(super) fn delivered(&mut self, peer: PeerId, now: Time, amount: Bytes, took: Span) {
        let Some(at) = self.all.iter().position(|known| known.peer == peer) else {
            return;
        };
        self.all[at].ended();
        self.all[at].errors = 0;
        self.samples.age(now, self.all.iter_mut().map(|known| &mut known.samples));
        let last = self.first_sample(at + 1);
        self.samples.insert(last, amount, took);
        self.all[at].samples += 1;
        if let Some(rare) = &mut self.rare {
            rare.gave(peer, amount);
        }
    }

    /// Notes a failed transfer; the record of `peer` is cleared. Errors in a row are returned;
    /// `None` when it is not known any more.
    pub(super) fn failed(&mut self, peer: PeerId, now: Time) -> Option<u32> {
        let at = self.all.iter().position(|known| known.peer == peer)?;
        self.forget(at);
        self.leave_alone(at, now);
        let known = &mut self.all[at];
        known.errors = known.errors.saturating_add(1);
        Some(u32::from(known.errors))
    }

    /// Notes a transfer that ended early without anybody's fault.
    pub(super) fn put_off(&mut self, peer: PeerId, now: Time) {
        if let Some(at) = self.all.iter().position(|known| known.peer == peer) {
            self.leave_alone(at, now);
        }
    }

    fn leave_alone(&mut self, at: usize, now: Time) {
        let known = &mut self.all[at];
        let peer = known.peer;
        known.ended();
        known.state.set(State::QUIET, true);
        let quiet = &mut self.rare.get_or_insert_default().quiet;
        quiet.retain(|(quiet, _)| *quiet != peer);
        quiet.push((peer, now + QUIET));
    }

    /// Notes a good or a corrupt transfer; whether `peer` is banned.
    pub(super) fn count(&mut self, peer: PeerId, rule: Points, good: bool) -> bool {
        let rare = self.rare.get_or_insert_default();
        rare.count(peer, rule, good);
        rule.bans(rare.points(peer))
    }

    /// Whether `peer` was banned, be it a neighbour or not.
    pub(super) fn is_banned(&self, peer: PeerId, rule: Option<Points>) -> bool {
        let points = self.rare.as_ref().zip(rule);
        points.is_some_and(|(rare, rule)| rule.bans(rare.points(peer)))
    }

    /// Once a period: of those that were neighbours all that while, the one which gave least and is
    /// not at it.
    pub(super) fn review(&mut self, period: Span, now: Time) -> Option<PeerId> {
        let review = self.rare.as_ref().and_then(|rare| rare.review.as_ref());
        if review.is_some_and(|review| now.since(review.since) < period) {
            return None;
        }
        let idle = |peer| self.all.iter().any(|k| k.peer == peer && k.state.count() == 0);
        let watched = review.iter().flat_map(|review| review.gave.iter());
        let least = watched.filter(|(peer, _)| idle(*peer)).min_by_key(|(_, gave)| *gave);
        let worst = least.map(|(peer, _)| *peer);
        let gave = self.all.iter().map(|known| (known.peer, Bytes::ZERO)).collect();
        self.rare.get_or_insert_default().review = Some(Box::new(Review { since: now, gave }));
        worst
    }

    /// How long ago `peer` last told anything; `None` for who is not known.
    pub(super) fn news(&self, peer: PeerId, now: Time) -> Option<Span> {
        self.all.iter().find(|known| known.peer == peer).map(|known| known.told.age(now))
    }

    /// Free neighbours that have announced `segment`.
    pub(super) fn holders(&self, segment: u16) -> SmallVec<[Holder; 16]> {
        let mut holders = SmallVec::new();
        let mut first = 0;
        for known in &self.all {
            if known.free() && known.told.has(segment) {
                let (peer, samples) = (known.peer, known.samples);
                let sending = known.state.count();
                holders.push(Holder { peer, first, samples, sending });
            }
            first += usize::from(known.samples);
        }
        holders
    }

    /// Mean rate of a neighbour's finished transfers of late; 0 without a record.
    pub(super) fn rate(&self, holder: &Holder, now: Time) -> BitRate {
        self.samples.rate(now, holder.first, usize::from(holder.samples))
    }

    /// The same by name; 0 for who is not known.
    pub(super) fn rate_of(&self, peer: PeerId, now: Time) -> BitRate {
        let at = self.all.iter().position(|known| known.peer == peer);
        at.map_or(BitRate::ZERO, |at| {
            self.samples.rate(now, self.first_sample(at), usize::from(self.all[at].samples))
        })
    }

    /// Rates of several, those without a record counting as the mean of all neighbours that have
    /// one; 0 when none has.
    pub(super) fn rates(&self, holders: &[Holder], now: Time) -> SmallVec<[BitRate; 16]> {
        let mut rates: SmallVec<[BitRate; 16]> =
            holders.iter().map(|holder| self.rate(holder, now)).collect();
        if rates.contains(&BitRate::ZERO) {
            let all = self.all.iter().map(|known| self.rate_of(known.peer, now).0);
            let (sum, count) =
                all.filter(|rate| *rate > 0).fold((0, 0), |(sum, n), rate| (sum + rate, n + 1));
            let mean = BitRate(sum.checked_div(count).unwrap_or(0));
            rates.iter_mut().filter(|rate| **rate == BitRate::ZERO).for_each(|rate| *rate = mean);
        }
        rates
    }
}

#[cfg(test)]
mod tests;
