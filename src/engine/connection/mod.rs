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
    /// When the flow began, with this window, and the round trips that slow start takes it.
    began: Time,
    window: Window,
    trips: u16,
    /// Whether the path holds the flow to its cap, not its sender.
    by_path: bool,
    /// Waits for a connection since; [`Time::NEVER`] when it does not.
    waits: Time,
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
    /// When.
    pub(super) now: Time,
    /// Bytes to come.
    pub(super) size: Bytes,
    /// What the sender holds it to, if that is a peer.
    pub(super) peer: Option<Option<BitRate>>,
    /// What its lines can carry: a window that allows as much holds nothing back.
    pub(super) lines: BitRate,
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
            self.carriers.resize(at + 1, Carrier::new(rtt));
        }
        self.carriers[at] = Carrier::new(rtt);
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
                carrier.waits = Time::NEVER;
                carrier.window = if idle > self.tcp.restart { initial } else { window };
                let sent_ahead = self.tcp.pipelining && idle == Span::ZERO;
                Some(if sent_ahead { Span::ZERO } else { trip })
            }
            Claim::Opened => {
                carrier.waits = Time::NEVER;
                carrier.window = initial;
                Some(trip.times(u64::from(self.tcp.set_up) + 1))
            }
            Claim::Full => {
                carrier.waits = carrier.waits.min(now);
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
        Some(self.carriers[transfer as usize].waits).filter(|since| *since != Time::NEVER)
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

    /// Begins the flow of a transfer: the rate it is held to, and its weight.
    pub(super) fn start(&mut self, transfer: u32, start: Start) -> (Option<BitRate>, u32) {
        let Start { now, size, peer, lines } = start;
        let carrier = &mut self.carriers[transfer as usize];
        carrier.began = now;
        let most = if peer.is_some() { self.peers } else { self.servers };
        let path = most.and_then(|bytes| per_trip(bytes, carrier.rtt));
        let cap = peer.flatten();
        let most = cap.into_iter().chain(path).min();
        carrier.by_path = path.is_some_and(|path| cap.is_none_or(|cap| path < cap));
        let weight = path::weight(carrier.rtt, self.tcp.rtt_fairness);
        let could = most.map_or(lines, |most| most.min(lines));
        let Some(slow) = carrier.window.slow(self.tcp.mss, carrier.rtt, size, could) else {
            carrier.window = Window::OPEN;
            return (most, weight);
        };
        carrier.trips = slow.trips as u16;
        carrier.by_path = true;
        (Some(slow.rate), weight)
    }

    /// Whether it is the path that holds a flow to its cap, not its sender.
    pub(super) fn by_path(&self, transfer: u32) -> bool {
        self.carriers[transfer as usize].by_path
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
        carrier.waits = Time::NEVER;
        let window = carrier.left(now);
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

impl Carrier {
    const fn new(rtt: Span) -> Self {
        let (began, waits) = (Time::NEVER, Time::NEVER);
        Self { rtt, began, window: Window::OPEN, trips: 0, by_path: false, waits }
    }

    /// The window that the connection has now: doubled in each round trip since the flow began.
    fn left(&self, now: Time) -> Window {
        if self.trips == 0 || self.began == Time::NEVER {
            return self.window;
        }
        let trips = now.since(self.began).0 / self.rtt.0.max(1);
        if trips >= u64::from(self.trips) { Window::OPEN } else { self.window.after(trips as u32) }
    }
}

#[cfg(test)]
mod tests;
