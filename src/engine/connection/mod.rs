//! What connections cost: opening them, slow start, and the rate a path allows.
//!
//! Invariant: an effect that is switched off leaves no trace: no event, no cap, no memory per home.

mod nat;
mod path;
mod pool;
mod uplink;
mod window;

pub(super) use nat::Nats;
pub(super) use path::per_trip;
pub(super) use pool::Claim;
pub(super) use uplink::Uplinks;
pub(super) use window::Window;

use crate::scenario::model::Tcp;
use crate::units::{BitRate, Bytes, Span, Time};
use pool::Pool;

use super::observe::Via;

/// What is known of the connection under a transfer, beside what the transfer itself knows.
#[derive(Clone, Copy, Debug)]
struct Carrier {
    rtt: Span,
    window: Window,
    /// The rate that it has when slow start is over, and whether the path sets it.
    most: Option<BitRate>,
    by_path: bool,
    /// What its lines can carry: a window that allows as much holds nothing back.
    lines: BitRate,
    /// Changes with every transfer in this row.
    serial: u32,
    /// Waits for a connection since.
    waits: Option<Time>,
}

/// The connections under transfers, and those kept with servers.
#[derive(Debug)]
pub(super) struct Connections {
    tcp: Tcp,
    /// Most bytes under way on connections with servers, and between peers.
    servers: Option<Bytes>,
    peers: Option<Bytes>,
    pool: Option<Pool>,
    /// By transfer.
    carriers: Vec<Carrier>,
}

/// How a flow begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Start {
    pub(super) cap: Option<BitRate>,
    pub(super) weight: u32,
    /// In slow start: the time of the first doubling, with the serial it is for.
    pub(super) grows: Option<(Span, u32)>,
}

impl Connections {
    /// Under `tcp` and a window of `peers` between homes.
    pub(super) fn new(tcp: &Tcp, peers: Option<Bytes>, homes: usize) -> Self {
        let lossy = path::window_under_loss(tcp.mss, tcp.loss);
        let least = |window: Option<Bytes>| window.into_iter().chain(lossy).min();
        // Without these, a kept connection is no better than a new one.
        let kept =
            tcp.set_up > 0 || tcp.initial_window > 0 || tcp.pipelining || tcp.connections.is_some();
        Self {
            servers: least(tcp.window),
            peers: least(peers),
            pool: kept.then(|| Pool::new(tcp.keep_alive, tcp.connections, homes)),
            carriers: Vec::new(),
            tcp: tcp.clone(),
        }
    }

    /// A transfer over a path with this round trip is asked for.
    pub(super) fn ask(&mut self, transfer: u32, rtt: Span) {
        let at = transfer as usize;
        if self.carriers.len() <= at {
            self.carriers.resize(at + 1, Carrier::new(rtt, 0));
        }
        let carrier = &mut self.carriers[at];
        let serial = carrier.serial.wrapping_add(1) & SERIALS;
        *carrier = Carrier::new(rtt, serial);
    }

    /// Finds a connection with a server for a transfer; the time until its first byte when a round
    /// trip takes `trip` now, or `None` when it has to wait.
    pub(super) fn connect(
        &mut self,
        transfer: u32,
        (home, via): (u32, Via),
        trip: Span,
        now: Time,
    ) -> Option<Span> {
        let Some(pool) = &mut self.pool else {
            return Some(trip);
        };
        let carrier = &mut self.carriers[transfer as usize];
        let initial = Window::initial(self.tcp.initial_window);
        match pool.claim(home, via, transfer, now) {
            Claim::Kept(idle, window) => {
                carrier.waits = None;
                carrier.window = if idle > self.tcp.restart { initial } else { window };
                let sent_ahead = self.tcp.pipelining && idle == Span::ZERO;
                Some(if sent_ahead { Span::ZERO } else { trip })
            }
            Claim::Opened => {
                carrier.waits = None;
                carrier.window = initial;
                Some(trip.times(u64::from(self.tcp.set_up) + 1))
            }
            Claim::Full => {
                carrier.waits.get_or_insert(now);
                None
            }
        }
    }

    /// Round trip of a transfer's path.
    pub(super) fn rtt(&self, transfer: u32) -> Span {
        self.carriers[transfer as usize].rtt
    }

    /// Since when a transfer waits for a connection.
    pub(super) fn waits(&self, transfer: u32) -> Option<Time> {
        self.carriers[transfer as usize].waits
    }

    /// Takes over the window of a connection between peers that has sent nothing for `idle`.
    pub(super) fn over(&mut self, transfer: u32, window: Window, idle: Span) {
        let cold = window == Window::NONE || idle > self.tcp.restart;
        let initial = Window::initial(self.tcp.initial_window);
        self.carriers[transfer as usize].window = if cold { initial } else { window };
    }

    /// Whether connections between peers have a window to remember.
    pub(super) const fn slow_start(&self) -> bool {
        self.tcp.initial_window > 0
    }

    /// How the flow of a transfer begins over lines that can carry `lines`, held to `cap` by its
    /// sender if that is a peer.
    pub(super) fn start(
        &mut self,
        transfer: u32,
        peer: bool,
        cap: Option<BitRate>,
        lines: BitRate,
    ) -> Start {
        let carrier = &mut self.carriers[transfer as usize];
        carrier.lines = lines;
        let most = if peer { self.peers } else { self.servers };
        let path = most.and_then(|bytes| per_trip(bytes, carrier.rtt));
        carrier.most = cap.into_iter().chain(path).min();
        carrier.by_path = path.is_some_and(|path| cap.is_none_or(|cap| path < cap));
        let weight = path::weight(carrier.rtt, self.tcp.rtt_fairness);
        let (cap, grows) = match carrier.slow(self.tcp.mss) {
            Some(cap) => (Some(cap), Some((carrier.rtt, carrier.serial))),
            None => (carrier.most, None),
        };
        Start { cap, weight, grows }
    }

    /// Whether it is the path that holds a flow to its cap, not its sender.
    pub(super) fn by_path(&self, transfer: u32) -> bool {
        let carrier = &self.carriers[transfer as usize];
        carrier.by_path || carrier.window != Window::OPEN
    }

    /// A round trip of slow start is over, in which `held_back` says that something else than the
    /// window held the flow: its next cap, and when that is over in turn. `None` for a transfer that
    /// is no more.
    pub(super) fn grow(
        &mut self,
        transfer: u32,
        serial: u32,
        held_back: bool,
    ) -> Option<(Option<BitRate>, Option<Span>)> {
        let carrier = &mut self.carriers[transfer as usize];
        if carrier.serial != serial {
            return None;
        }
        carrier.window = if held_back { Window::OPEN } else { carrier.window.doubled() };
        Some(match carrier.slow(self.tcp.mss) {
            Some(cap) => (Some(cap), Some(carrier.rtt)),
            None => (carrier.most, None),
        })
    }

    /// The transfer is over; `done` when all came. The window its connection is left with, and
    /// whether a connection with a server has become free.
    pub(super) fn end(
        &mut self,
        transfer: u32,
        home: u32,
        done: bool,
        now: Time,
    ) -> (Window, bool) {
        let carrier = &mut self.carriers[transfer as usize];
        carrier.serial = carrier.serial.wrapping_add(1) & SERIALS;
        carrier.waits = None;
        let window = carrier.window;
        let Some(pool) = &mut self.pool else {
            return (window, false);
        };
        // A broken request closes its connection, as in HTTP/1.1.
        let freed = pool.release(home, transfer, done.then_some(window), now);
        (window, freed && pool.limits())
    }

    /// The viewing of a home is over, and with it its connections with servers.
    pub(super) fn close(&mut self, home: u32) {
        if let Some(pool) = &mut self.pool {
            pool.close(home);
        }
    }
}

/// Serials fit a field of an event.
const SERIALS: u32 = (1 << 30) - 1;

impl Carrier {
    const fn new(rtt: Span, serial: u32) -> Self {
        let (window, lines) = (Window::OPEN, BitRate(u64::MAX));
        Self { rtt, window, most: None, by_path: false, lines, serial, waits: None }
    }

    /// The rate of slow start, while it is below what path and lines allow; else slow start is over.
    fn slow(&mut self, mss: Bytes) -> Option<BitRate> {
        let slow = self.window.bytes(mss).and_then(|bytes| per_trip(bytes, self.rtt));
        let most = self.most.map_or(self.lines, |most| most.min(self.lines));
        let slow = slow.filter(|slow| *slow < most);
        if slow.is_none() {
            self.window = Window::OPEN;
        }
        slow
    }
}

#[cfg(test)]
mod tests;
