//! What peers send is verified: corrupt segments end there, and verifying takes its time.

use super::Engine;
use super::meter::Meter;
use super::observe::Observer;
use super::queue::Event;
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
    /// Transfers for which chance was asked.
    drawn: u32,
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
        Self { polluters, corrupt, rates, drawn: 0 }
    }

    /// Whether what `peer` has sent to `home` is corrupt.
    pub(super) fn is_corrupt(&mut self, draw: &Draw, peer: u32, home: u32) -> bool {
        if self.polluters.get(peer as usize) == Some(&true) {
            return true;
        }
        if self.corrupt == Share::ZERO {
            return false;
        }
        self.drawn = self.drawn.wrapping_add(1);
        draw.at(Site::Corruption, home, self.drawn).chance(self.corrupt)
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

    /// Whether what a transfer has brought is corrupt; then the observer is told.
    pub(super) fn is_corrupt(&mut self, transfer: u32) -> bool {
        let done = self.transfers.get(transfer);
        let (home, item, segment, size) = (done.home, done.item(), done.segment, done.size);
        let Some(peer) = done.from() else {
            return false;
        };
        let corrupt = self.verification.is_corrupt(&self.draw, peer, home);
        if corrupt {
            self.report(transfer);
            self.watch.corrupt(self.now, home, item, segment, size);
        }
        corrupt
    }
}
