//! What peers send is verified: corrupt segments end there, and verifying takes its time.

use std::collections::BTreeMap;

use super::meter::Meter;
use super::observe::{Ending, Observer};
use super::queue::Event;
use super::{Engine, Item};
use crate::rng::{Draw, Site};
use crate::scenario::ArmPlan;
use crate::units::{BitRate, Bytes, Share, Span};
use crate::world::World;

/// What is corrupt, and how fast devices find out.
#[derive(Debug, Default)]
pub(super) struct Verification {
    /// By home: whether all it sends is corrupt; empty when nobody's is.
    polluters: Vec<bool>,
    /// Chance that a transfer is corrupt.
    corrupt: Share,
    /// By device: what it verifies a second.
    rates: Vec<Option<BitRate>>,
    /// By home: transfers for which chance was asked; empty when it never is.
    drawn: Vec<u32>,
    /// By transfer under way: what it brings; empty when nothing is ever corrupt.
    running: BTreeMap<u32, Part>,
    /// What is left of broken transfers and is corrupt, which nobody knows before all has come.
    left: BTreeMap<Target, Left>,
}

/// What a transfer brings: to whom, of which segment, up to which byte.
type Target = (u32, Item, u16, Bytes);

/// Up to where bytes are kept, and how many of them are corrupt.
#[derive(Clone, Copy, Debug)]
struct Left {
    at: Bytes,
    corrupt: Bytes,
}

#[derive(Clone, Copy, Debug)]
struct Part {
    target: Target,
    from: Bytes,
    /// Corrupt bytes that it goes on from.
    spoilt: Bytes,
}

impl Verification {
    pub(super) fn new(world: &World, arm: &ArmPlan, draw: &Draw, corrupt: Share) -> Self {
        let devices: Vec<_> = arm.device.values().collect();
        let part = |home: usize| devices[usize::from(world.homes.device[home])].pollutes;
        let polluted = |home: usize| draw.at(Site::Pollution, home as u32, 0).chance(part(home));
        let any = devices.iter().any(|device| device.pollutes > Share::ZERO);
        let count = if any { world.homes.len() } else { 0 };
        let polluters = (0..count).map(polluted).collect();
        let rates = devices.iter().map(|device| device.hash_rate).collect();
        let count = if corrupt > Share::ZERO { world.homes.len() } else { 0 };
        Self { polluters, corrupt, rates, drawn: vec![0; count], ..Self::default() }
    }

    /// Whether anything can be corrupt.
    fn any(&self) -> bool {
        !self.polluters.is_empty() || self.corrupt > Share::ZERO
    }

    /// A transfer begins, going on from byte `from`.
    pub(super) fn begins(&mut self, transfer: u32, target: Target, from: Bytes) {
        if self.any() {
            let left = self.left.get(&target).filter(|left| left.at == from);
            let spoilt = left.map_or(Bytes::ZERO, |left| left.corrupt);
            self.running.insert(transfer, Part { target, from, spoilt });
        }
    }

    /// A transfer of `peer` or of a server has ended; `kept` of it may be gone on from.
    pub(super) fn ends(
        &mut self,
        draw: &Draw,
        (transfer, peer): (u32, Option<u32>),
        ending: Ending,
        kept: Bytes,
    ) {
        let Some(part) = self.running.remove(&transfer) else {
            return;
        };
        if matches!(ending, Ending::Done | Ending::Corrupt) {
            self.left.remove(&part.target);
            return;
        }
        let home = part.target.0;
        let sent = peer.filter(|_| kept > Bytes::ZERO);
        let bad = sent.is_some_and(|peer| self.is_corrupt(draw, peer, home));
        let corrupt = part.spoilt + if bad { kept } else { Bytes::ZERO };
        if corrupt > Bytes::ZERO {
            self.left.insert(part.target, Left { at: part.from + kept, corrupt });
        }
    }

    /// Corrupt bytes that a transfer went on from.
    fn spoilt(&self, transfer: u32) -> Bytes {
        self.running.get(&transfer).map_or(Bytes::ZERO, |part| part.spoilt)
    }

    /// Whether what `peer` has sent to `home` is corrupt.
    fn is_corrupt(&mut self, draw: &Draw, peer: u32, home: u32) -> bool {
        if self.polluters.get(peer as usize) == Some(&true) {
            return true;
        }
        let Some(drawn) = self.drawn.get_mut(home as usize) else {
            return false;
        };
        *drawn = drawn.wrapping_add(1);
        draw.at(Site::Corruption, home, *drawn).chance(self.corrupt)
    }

    /// How long `device` takes to verify so much; `None` when it takes no time.
    pub(super) fn takes(&self, device: u8, size: Bytes) -> Option<Span> {
        const BIT_NS: u128 = 8_000_000_000;
        let rate = self.rates[usize::from(device)]?;
        let span = (u128::from(size.0) * BIT_NS).div_ceil(u128::from(rate.0.max(1)));
        Some(Span(u64::try_from(span).unwrap_or(u64::MAX / 4).min(u64::MAX / 4)))
    }
}

impl<O: Observer, M: Meter> Engine<'_, O, M> {
    /// All bytes of a transfer are here: whether it has to be verified, which takes until later. Its
    /// sender is free meanwhile.
    pub(super) fn verifies(&mut self, transfer: u32) -> bool {
        let done = self.transfers.get(transfer);
        let (home, size) = (done.home, done.size);
        let Some(peer) = done.from() else {
            return false;
        };
        let device = self.homes[home as usize].device;
        let Some(takes) = self.verification.takes(device, size) else {
            return false;
        };
        self.leave_sender(transfer);
        self.transfers.verify(transfer);
        let stamp = self.transfers.stamp(transfer);
        self.queue.push(self.now + takes, Event::Asked { transfer, stamp });
        self.next_in_line(peer, home);
        true
    }

    /// Whether what a transfer has brought, or what it went on from, is corrupt; then the observer is
    /// told.
    pub(super) fn is_corrupt(&mut self, transfer: u32) -> bool {
        let done = self.transfers.get(transfer);
        let (home, item, segment, size) = (done.home, done.item(), done.segment, done.size);
        let from = done.from();
        let spoilt = self.verification.spoilt(transfer);
        let sent = from.is_some_and(|peer| self.verification.is_corrupt(&self.draw, peer, home));
        if !sent && spoilt == Bytes::ZERO {
            return false;
        }
        self.report(transfer);
        let bytes = if sent { size + spoilt } else { spoilt };
        self.watch.corrupt(self.now, home, item, segment, bytes);
        true
    }
}
