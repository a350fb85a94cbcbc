//! Time passes: events in order, peers asked, transfers over shared links, everything told to an
//! [`Observer`].
//!
//! Invariants: time never runs back; a run is a function of scenario, world and arm; it ends with an
//! [`Audit`], and a failed audit is a bug.

mod ahead;
mod audit;
mod budgets;
mod capacities;
mod carry;
pub mod causes;
mod connection;
mod directory;
mod exchange;
mod flows;
mod follow;
mod holders;
mod homes;
mod host;
mod layout;
mod meeting;
mod mesh;
pub mod meter;
pub mod observe;
mod paths;
#[doc(hidden)] // open to benches
pub mod queue;
mod seats;
mod set_up;
pub mod sharing;
mod transfers;
mod uploads;
mod verify;

use std::collections::BTreeMap;

pub use audit::Audit;
#[doc(hidden)] // open to tests
pub use connection::BYTES_OF_CONNECTION;
pub use follow::Followed;
pub use host::{BYTES_OF_END, BYTES_OF_HOME};
#[doc(hidden)] // open to tests
pub use set_up::config;
pub use set_up::never;

use crate::peer::abr::Ladder;
use crate::peer::upload::Askers;
use crate::peer::{Config, Edge, Input, Item, Next, Output, Peer, PeerId, Play, Slot};
use crate::rng::{Draw, Site};
use crate::scenario::{ArmPlan, Scenario};
use crate::units::{BitRate, Bytes, Span, Time};
use crate::world::World;
use budgets::Budgets;
use capacities::Capacities;
use connection::{Connections, Nats, PathTimes, Uplinks};
use directory::Directory;
use exchange::Exchange;
use holders::Holders;
use homes::Home;
use host::NONE;
use mesh::Mesh;
use meter::{Meter, Part, Unmetered};
use observe::{Moment, Observer};
use paths::Paths;
use queue::{Event, Queue};
use seats::{Seats, Slots};
use sharing::{FlowId, Sharing};
use transfers::Transfers;
use verify::Verification;

/// Events between two looks at whether to stop.
const CHECK_EVERY: u64 = 1 << 14;

/// One run: one arm of one replication.
pub struct Engine<'w, O, M = Unmetered> {
    world: &'w World,
    draw: Draw,
    watch: &'w mut O,
    meter: M,
    now: Time,
    queue: Queue,
    paths: Paths,
    sharing: Sharing,
    transfers: Transfers,
    directory: Directory,
    holders: Holders,
    mesh: Mesh,
    exchange: Exchange,
    connections: Connections,
    nats: Nats,
    path_times: Option<PathTimes>,
    capacities: Capacities,
    uplinks: Uplinks,
    budgets: Budgets,
    /// Who asks a home, where its rule wants to know, and when its next round is.
    askers: BTreeMap<u32, (Askers, Time)>,
    verification: Verification,
    /// By provider: whether it is evening.
    evenings: Vec<bool>,
    /// By device.
    configs: Vec<Config>,
    caps: Vec<Option<BitRate>>,
    /// The rungs, and whether viewings begin at the lowest.
    ladder: Ladder,
    starts_lowest: bool,
    directory_rtt: Span,
    bin: Span,
    peers: Vec<Peer>,
    homes: Vec<Home>,
    seats: Seats,
    /// Whether to look ahead, and how many of the next events have been looked at.
    looks_ahead: bool,
    looked_at: usize,
    /// Arrivals to announce.
    sooner: Vec<(FlowId, Time)>,
    outputs: Vec<Output>,
    names: Vec<PeerId>,
    audit: Audit,
    supply: Supply,
}

/// What permitted homes that are on could send.
#[derive(Clone, Copy, Debug, Default)]
struct Supply {
    /// Now, in bit/s.
    rate: u64,
    since: Time,
    /// In bit/s times nanoseconds, since the last report.
    sum: u128,
}

impl Supply {
    fn advance(&mut self, now: Time) {
        self.sum += u128::from(self.rate) * u128::from(now.since(self.since).0);
        self.since = now;
    }

    /// Whole bytes since the last report; the rest is kept for the next.
    fn take(&mut self) -> Bytes {
        const PER_BYTE: u128 = 8_000_000_000;
        let bytes = self.sum / PER_BYTE;
        self.sum %= PER_BYTE;
        Bytes(bytes as u64)
    }
}

impl<O: Observer, M: Meter> Engine<'_, O, M> {
    /// Plays it to the end; `None` when the observer stopped it.
    pub fn run(mut self) -> Option<Audit> {
        let mut next_check = CHECK_EVERY;
        while let Some((at, event)) = self.queue.pop() {
            assert!(at >= self.now, "time runs back");
            if at > self.watch.mark() && self.pass_marks(at) {
                return None;
            }
            self.now = at;
            if event == Event::End {
                break;
            }
            self.meter.event();
            self.look_ahead();
            self.happen(event);
            self.share();
            self.meter.done();
            if self.queue.popped() >= next_check {
                next_check += CHECK_EVERY;
                if self.watch.checkpoint(self.now, self.queue.popped()) {
                    return None;
                }
            }
        }
        self.finish();
        self.watch.checkpoint(self.now, self.queue.popped());
        Some(self.audit)
    }

    fn happen(&mut self, event: Event) {
        match event {
            Event::Evening { isp, begins } => self.evening(isp, begins),
            Event::Capacity { index } => self.set_capacities(index),
            Event::Uplink { home } => {
                self.uplinks.looked(home);
                self.set_down(home);
            }
            Event::Arrives { transfer } => self.arrives(transfer),
            Event::Refused { transfer, stamp } => self.refused(transfer, stamp),
            Event::Asked { transfer, stamp } => self.asked(transfer, stamp),
            Event::Unlinked { home, peer } => {
                if !self.mesh.connected(home, peer) {
                    self.tell(home, Input::Unlinked(PeerId(peer)));
                }
            }
            Event::Answered { home, viewing } => self.answered(home, viewing),
            Event::Dialed { home, peer } => self.dialed(home, peer),
            Event::LinkDies { home, serial } => self.link_dies(home, serial),
            Event::Names { home, peer } => self.names(home, peer),
            Event::PowerOn { home } => self.power(home, true),
            Event::PowerOff { home } => self.power(home, false),
            Event::Round { home } => self.round(home),
            Event::Word { home, peer } => self.word(home, peer),
            Event::Leave { home, viewing } => {
                if self.homes[home as usize].viewing == viewing {
                    self.leave(home);
                }
            }
            Event::Intent { index } => self.intent(index),
            Event::Wake { home } => self.wake(home),
            Event::Bin => self.end_bin(),
            Event::End => {}
        }
    }

    /// A timer comes up. One that has been put off since is armed anew: that happens once, where
    /// following every change would leave most timers stale.
    fn wake(&mut self, home: u32) {
        if self.homes[home as usize].armed != self.now {
            return;
        }
        self.homes[home as usize].armed = Time::NEVER;
        match self.peers[home as usize].next_wake() {
            Some(at) if at > self.now => {
                self.homes[home as usize].armed = at;
                self.queue.push(at, Event::Wake { home });
            }
            Some(_) => self.tell(home, Input::Wake),
            None => {}
        }
    }

    /// Brings rates up to date after whatever happened in this instant.
    fn share(&mut self) {
        let part = self.meter.enter(Part::Sharing);
        self.sharing.settle(self.now, &mut self.sooner);
        self.meter.enter(part);
        for (FlowId(transfer), at) in self.sooner.drain(..) {
            self.queue.push(at, Event::Arrives { transfer });
        }
        if self.uplinks.acks() {
            let moved = self.sharing.take_moved();
            for flow in &moved {
                if let Some(peer) = Paths::sender(&self.sharing, *flow) {
                    self.uploads_changed(peer);
                }
            }
            self.sharing.give_back(moved);
        }
    }

    fn evening(&mut self, isp: u8, begins: bool) {
        self.evenings[usize::from(isp)] = begins;
        for home in 0..self.world.homes.len() {
            if self.world.homes.isp[home] == isp {
                self.set_down(home as u32);
            }
        }
    }

    fn set_capacities(&mut self, index: u32) {
        for (link, capacity) in self.capacities.at(self.world, self.now) {
            self.sharing.set_capacity(link, capacity);
        }
        self.await_capacities(index + 1);
    }

    /// Announces the `index`th change of capacities, if there is one.
    fn await_capacities(&mut self, index: u32) {
        if let Some(at) = self.capacities.time(index) {
            self.queue.push(at, Event::Capacity { index });
        }
    }

    fn intent(&mut self, index: u32) {
        let intent = self.world.intents[index as usize];
        if let Some(next) = self.world.intents.get(index as usize + 1) {
            self.queue.push(next.start, Event::Intent { index: index + 1 });
        }
        let home = intent.home.0;
        let rung = if self.starts_lowest { 0 } else { self.world.homes.rung[home as usize] };
        let item = Item { title: intent.title, rung };
        let carried = intent.from == 0 && self.peers[home as usize].ahead() == Some(item);
        if carried {
            self.tell(home, Input::Switch(item));
        } else {
            self.leave(home);
        }
        if carried {
            // What came so far came ahead.
            let mine: Vec<u32> = self.slots(home).iter().copied().filter(|t| *t != NONE).collect();
            mine.into_iter().for_each(|transfer| self.report(transfer));
        }
        let state = &mut self.homes[home as usize];
        // What was asked for the one to come is answered to it alone.
        state.viewing += if carried { 1 } else { 2 };
        state.watching = true;
        state.introduced = [carried && state.introduced[1], false];
        if carried {
            self.seats.go_on(state.seat, index);
        } else {
            state.seat = self.seats.take(index);
        }
        let viewing = state.viewing;
        self.update_power(home);
        if self.uplinks.acks() {
            self.set_down(home);
        }
        self.queue.push(intent.deadline.min(self.world.until), Event::Leave { home, viewing });
        self.audit.viewings_begun += 1;
        // What came before it was played is no part of the floor.
        let origin_only = self.origin_only(item) && !carried;
        let moment = Moment::Pressed { item, origin_only };
        self.watch.viewing(self.now, home, moment, Bytes::ZERO);
        let catalogue = &self.world.catalogue;
        let edge = match catalogue.live(intent.title) {
            None => Edge::Whole,
            Some(_) => {
                let (published, next) = catalogue.published(intent.title, self.now);
                Edge::Live { published, next }
            }
        };
        let play = Play {
            item,
            from: intent.from,
            until: intent.from + intent.segments,
            segments: catalogue.segments[intent.title as usize],
            edge,
            patience: intent.patience,
            stall_patience: intent.stall_patience,
            next: intent.next.map(|title| Next {
                item: Item { title, rung },
                segments: self.world.catalogue.segments[title as usize],
            }),
        };
        self.directory.watches((home, item), true, self.now);
        self.tell(home, Input::Play(play));
    }

    /// The transfer in each slot of a home.
    fn slots(&self, home: u32) -> &Slots {
        self.seats.slots(self.homes[home as usize].seat)
    }

    fn origin_only(&self, item: Item) -> bool {
        self.paths.origin_only(self.world.catalogue.rank[item.title as usize])
    }

    /// Ends the viewing of a home, if there is one.
    fn leave(&mut self, home: u32) {
        if self.homes[home as usize].watching {
            self.tell(home, Input::Leave);
        }
    }

    fn power(&mut self, home: u32, on: bool) {
        self.homes[home as usize].standby = on;
        self.update_power(home);
    }

    fn update_power(&mut self, home: u32) {
        let Home { standby, watching, .. } = self.homes[home as usize];
        let on = standby || watching;
        if on == self.directory.is_online(home) {
            return;
        }
        self.directory.online(home, on, self.now);
        self.count_power(home, on);
        self.follow(home, Followed::Power(on));
        self.supply.advance(self.now);
        let uplink = self.sharing.capacity(Paths::up(home)) / 1000;
        if on {
            self.supply.rate += uplink;
        } else {
            self.supply.rate -= uplink;
        }
        if !on {
            while let Some(end) = self.mesh.of(home).first() {
                let peer = end.peer;
                self.disconnect(home, peer);
            }
            if self.peers[home as usize].uploading() > 0 {
                self.drop_uploads(home, None);
            }
        }
    }

    fn end_bin(&mut self) {
        let alive: Vec<u32> = self.transfers.alive().collect();
        for transfer in alive {
            self.report(transfer);
        }
        self.supply.advance(self.now);
        self.watch.carried(self.now, &self.transfers.over[2 * self.homes.len()..]);
        self.watch.bin(self.now, self.supply.take());
        if self.now + self.bin < self.world.until {
            self.queue.push(self.now + self.bin, Event::Bin);
        }
    }

    /// Stops everything at the end and closes the books.
    fn finish(&mut self) {
        for home in 0..self.homes.len() as u32 {
            self.leave(home);
            self.share();
            self.watch.keeps(home, self.peers[home as usize].store().disk().bytes());
        }
        let begun = self.transfers.begun;
        self.audit.close(self.world, &self.sharing, &self.transfers, self.now);
        self.audit.events = self.queue.popped();
        self.audit.transfers = begun;
        self.end_bin();
    }
}

#[cfg(test)]
mod tests;
