//! Bytes begin to flow; requests find connections; uploads slow a home's downloads.

use super::connection::Start;
use super::host::NONE;
use super::meter::Meter;
use super::observe::Observer;
use super::paths::Paths;
use super::queue::Event;
use super::{Engine, Slot};
use crate::units::{BitRate, Span, Time};

impl<O: Observer, M: Meter> Engine<'_, O, M> {
    /// Sends a request to a server, now or when a connection is free.
    pub(super) fn request_server(&mut self, transfer: u32, rtt: Span) {
        let asked = self.transfers.get(transfer);
        let (home, via) = (asked.home, asked.via);
        let trip = rtt + self.up_queue(home);
        if let Some(after) = self.connections.connect(transfer, (home, via), trip, self.now) {
            let stamp = self.transfers.stamp(transfer);
            self.queue.push(self.now + after, Event::Asked { transfer, stamp });
        }
    }

    /// Lets the oldest requests of a home have the connections that have become free.
    pub(super) fn request_waiting(&mut self, home: u32) {
        let slots = self.slots[home as usize].iter().zip(0..Slot::COUNT as u32);
        let transfers = slots.filter(|(transfer, _)| **transfer != NONE);
        let mut waiting: Vec<(Time, u32, u32)> = transfers
            .filter_map(|(transfer, slot)| {
                let since = self.connections.waits(*transfer)?;
                Some((since, slot, *transfer))
            })
            .collect();
        waiting.sort_unstable();
        for (.., transfer) in waiting {
            self.request_server(transfer, self.connections.rtt(transfer));
        }
    }

    /// The first bytes of a transfer are here.
    pub(super) fn begin_flow(&mut self, transfer: u32) {
        let (home, from) = {
            let asked = self.transfers.get(transfer);
            (asked.home, asked.from)
        };
        let capacity = |link| BitRate(self.sharing.capacity(link) / 1000);
        let mut lines = capacity(Paths::down(home));
        let mut cap = None;
        if let Some(peer) = from {
            lines = lines.min(capacity(Paths::up(peer)));
            cap = self.caps[usize::from(self.world.homes.device[peer as usize])];
            if self.connections.slow_start()
                && let Some((window, idle)) = self.mesh.left(peer, home, self.now)
            {
                self.connections.over(transfer, window, idle);
            }
        }
        let (now, size) = (self.now, self.transfers.get(transfer).size);
        let start = Start { now, size, peer: from.map(|_| cap), lines };
        let held = self.connections.start(transfer, start);
        self.transfers.flow(transfer, now, held, &mut self.sharing);
    }

    /// A home's whole uplink, and how much of it uploads use.
    fn uplink(&self, home: u32) -> (BitRate, BitRate) {
        let used = self.sharing.load(Paths::up(home)).0 / 1000;
        (self.world.homes.up[home as usize], BitRate(used))
    }

    /// What passes a home's uplink waits for this long.
    pub(super) fn up_queue(&self, home: u32) -> Span {
        let (rate, used) = self.uplink(home);
        self.uplinks.delay(rate, used)
    }

    /// A home sends at another rate than before. Its own downloads feel it a little later.
    pub(super) fn uploads_changed(&mut self, home: u32) {
        if !self.uplinks.acks() || !self.homes[home as usize].watching {
            return;
        }
        // Most lines leave enough for acknowledgements whatever peers take.
        let (at, homes) = (home as usize, &self.world.homes);
        let usable = self.sharing.capacity(Paths::up(home)) / 1000;
        let least = BitRate(homes.up[at].0.saturating_sub(usable));
        let fastest = homes.down[at].max(homes.down_evening[at]);
        if self.uplinks.download(fastest, least) == fastest {
            return;
        }
        if let Some(after) = self.uplinks.changed(home) {
            self.queue.push(self.now + after, Event::Uplink { home });
        }
    }

    /// Sets what a home can receive, by the hour and by what its uploads leave.
    pub(super) fn set_down(&mut self, home: u32) {
        let (at, homes) = (home as usize, &self.world.homes);
        let evening = self.evenings[usize::from(homes.isp[at])];
        let rate = if evening { homes.down_evening[at] } else { homes.down[at] };
        let (up, used) = self.uplink(home);
        let free = BitRate(up.0.saturating_sub(used.0));
        let rate = if self.homes[at].watching { self.uplinks.download(rate, free) } else { rate };
        self.sharing.set_capacity(Paths::down(home), rate);
    }
}
