//! Bytes begin to flow; requests find connections; uploads slow a home's downloads.

use super::connection::Start;
use super::host::NONE;
use super::meter::Meter;
use super::observe::Observer;
use super::paths::{Path, Paths};
use super::queue::Event;
use super::transfers::Transfer;
use super::{Engine, Slot};
use crate::units::{BitRate, Span, Time};

impl<O: Observer, M: Meter> Engine<'_, O, M> {
    /// Round trip of a transfer's path.
    pub(super) fn round_trip(&self, transfer: &Transfer) -> Span {
        let to = &self.homes[transfer.home as usize];
        match transfer.from() {
            Some(peer) => self.homes[peer as usize].delay(self.world, to).times(2),
            None => to.access_delay.times(2) + self.paths.server_rtt(transfer.via, to),
        }
    }

    /// The links that a transfer crosses.
    pub(super) fn path(&self, transfer: &Transfer) -> Path {
        let row = |home: u32| (home, &self.homes[home as usize]);
        self.paths.links(transfer.via, transfer.from().map(row), row(transfer.home))
    }

    /// Sends a request to a server, now or when a connection is free.
    pub(super) fn request_server(&mut self, transfer: u32) {
        let asked = self.transfers.get(transfer);
        let (home, via) = (asked.home, asked.via);
        let trip = self.round_trip(asked) + self.up_queue(home);
        let carrier = self.transfers.carrier(transfer);
        let found = self.connections.connect(carrier, (home, via, transfer), trip, self.now);
        if let Some(after) = found {
            let stamp = self.transfers.stamp(transfer);
            self.queue.push(self.now + after, Event::Asked { transfer, stamp });
        }
    }

    /// Lets the oldest requests of a home have the connections that have become free.
    pub(super) fn request_waiting(&mut self, home: u32) {
        let slots = self.slots(home).iter().zip(0..Slot::COUNT as u32);
        let transfers = slots.filter(|(transfer, _)| **transfer != NONE);
        let mut waiting: Vec<(Time, u32, u32)> = transfers
            .filter_map(|(transfer, slot)| {
                let asked = self.transfers.get(*transfer);
                asked.carrier.waits.then_some((asked.asked, slot, *transfer))
            })
            .collect();
        waiting.sort_unstable();
        for (.., transfer) in waiting {
            self.request_server(transfer);
        }
    }

    /// The first bytes of a transfer are here.
    pub(super) fn begin_flow(&mut self, transfer: u32) {
        let asked = self.transfers.get(transfer);
        let (home, from, size) = (asked.home, asked.from(), asked.size);
        let (rtt, path) = (self.round_trip(asked), self.path(asked));
        let capacity = |link| BitRate(self.sharing.capacity(link) / 1000);
        let mut lines = capacity(Paths::down(home));
        let mut cap = None;
        let mut pace = None;
        let carrier = self.transfers.carrier(transfer);
        if let Some(peer) = from {
            if let Some(times) = &mut self.path_times {
                pace = Some(times.rate(&self.draw, (peer, home), rtt));
            }
            lines = lines.min(capacity(Paths::up(peer)));
            cap = self.caps[usize::from(self.homes[peer as usize].device)];
            if self.connections.slow_start()
                && let Some((window, idle)) = self.mesh.left(peer, home, self.now)
            {
                self.connections.over(carrier, window, idle);
            }
        }
        let start = Start { size, rtt, peer: from.map(|_| cap), pace, lines };
        let held = self.connections.start(carrier, start);
        self.transfers.flow(transfer, self.now, &path, held, &mut self.sharing);
    }

    /// A home's whole uplink, and how much of it uploads use.
    fn uplink(&self, home: u32) -> (BitRate, BitRate) {
        let used = self.sharing.load(Paths::up(home)).0 / 1000;
        (self.homes[home as usize].up, BitRate(used))
    }

    /// What passes a home's uplink waits for this long.
    pub(super) fn up_queue(&self, home: u32) -> Span {
        let (rate, used) = self.uplink(home);
        self.uplinks.delay(rate, used)
    }

    /// A home sends at another rate than before. Its own downloads feel it a little later.
    pub(super) fn uploads_changed(&mut self, home: u32) {
        let row = &self.homes[home as usize];
        if !row.yields || !row.watching {
            return;
        }
        if let Some(after) = self.uplinks.changed(home) {
            self.queue.push(self.now + after, Event::Uplink { home });
        }
    }

    /// Whether what a home sends can slow what it receives: most lines leave enough for
    /// acknowledgements whatever peers take.
    pub(super) fn yields(&self, home: usize) -> bool {
        let homes = &self.world.homes;
        let usable = self.sharing.capacity(Paths::up(home as u32)) / 1000;
        let least = BitRate(homes.up[home].0.saturating_sub(usable));
        let fastest = homes.down[home].max(homes.down_evening[home]);
        self.uplinks.download(fastest, least) != fastest
    }

    /// Sets what a home can receive, by the hour and by what its uploads leave.
    pub(super) fn set_down(&mut self, home: u32) {
        let (at, homes) = (home as usize, &self.world.homes);
        let evening = self.evenings[usize::from(homes.isp[at])];
        let rate = if evening { homes.down_evening[at] } else { homes.down[at] };
        let (up, used) = self.uplink(home);
        let free = BitRate(up.0.saturating_sub(used.0));
        let left = if self.homes[at].watching { self.uplinks.download(rate, free) } else { rate };
        self.sharing.set_capacity(Paths::down(home), left);
        if self.uplinks.acks() {
            self.watch.slowed(self.now, home, BitRate(rate.0 - left.0));
        }
    }
}
