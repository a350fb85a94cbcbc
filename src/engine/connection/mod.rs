//! What connections cost: opening them, slow start, and the rate a path allows.
//!
//! Invariant: an effect that is switched off leaves no trace: no event, no cap, no memory per home.

mod nat;
mod path;
mod path_time;
mod pool;
mod uplink;
mod window;

pub(super) use nat::Nats;
pub(super) use path::per_trip;
pub(super) use path_time::PathTimes;
pub use pool::BYTES_OF_CONNECTION;
pub(super) use pool::Claim;
pub(super) use uplink::Uplinks;
pub(super) use window::Window;

use crate::scenario::model::Tcp;
use crate::units::{BitRate, Bytes, Span, Time};
use pool::Pool;

use super::ahead::near;
use super::observe::Via;

/// What is known of the connection under a transfer.
#[derive(Clone, Copy, Debug)]
pub(super) struct Carrier {
    /// The window with which the flow begins, and the round trips that slow start takes from there.
    window: Window,
    trips: u8,
    /// Whether the path holds the flow to its cap, not its sender.
    pub(super) by_path: bool,
    /// Whether it waits for a connection.
    pub(super) waits: bool,
}

/// Connections kept with servers, and what those under transfers cost.
#[derive(Debug)]
pub(super) struct Connections {
    tcp: Tcp,
    /// Most bytes under way on connections with servers, and between peers.
    servers: Option<Bytes>,
    peers: Option<Bytes>,
    pool: Option<Pool>,
}

/// How a flow begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Start {
    /// Bytes to come.
    pub(super) size: Bytes,
    /// Round trip of its path.
    pub(super) rtt: Span,
    /// What the sender holds it to, if that is a peer.
    pub(super) peer: Option<Option<BitRate>>,
    /// What its path takes, where times are drawn.
    pub(super) pace: Option<BitRate>,
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
            tcp: tcp.clone(),
        }
    }

    /// Finds a connection with a server for a transfer; the time until its first byte when a round
    /// trip takes `trip` now, or `None` when it has to wait.
    pub(super) fn connect(
        &mut self,
        carrier: &mut Carrier,
        (home, via, transfer): (u32, Via, u32),
        trip: Span,
        now: Time,
    ) -> Option<Span> {
        let Some(pool) = &mut self.pool else {
            return Some(trip);
        };
        let initial = Window::initial(self.tcp.initial_window);
        match pool.claim(home, via, transfer, now) {
            Claim::Kept(idle, window) => {
                carrier.waits = false;
                carrier.window = if idle > self.tcp.restart { initial } else { window };
                let sent_ahead = self.tcp.pipelining && idle == Span::ZERO;
                Some(if sent_ahead { Span::ZERO } else { trip })
            }
            Claim::Opened => {
                carrier.waits = false;
                carrier.window = initial;
                Some(trip.times(u64::from(self.tcp.set_up) + 1))
            }
            Claim::Full => {
                carrier.waits = true;
                None
            }
        }
    }

    /// Takes over the window of a connection between peers that has sent nothing for `idle`.
    pub(super) fn over(&self, carrier: &mut Carrier, window: Window, idle: Span) {
        let cold = window == Window::NONE || idle > self.tcp.restart;
        let initial = Window::initial(self.tcp.initial_window);
        carrier.window = if cold { initial } else { window };
    }

    /// Whether connections between peers have a window to remember.
    pub(super) const fn slow_start(&self) -> bool {
        self.tcp.initial_window > 0
    }

    /// Begins the flow of a transfer: the rate it is held to, and its weight.
    pub(super) fn start(&self, carrier: &mut Carrier, start: Start) -> (Option<BitRate>, u32) {
        let Start { size, rtt, peer, pace, lines } = start;
        let most = if peer.is_some() { self.peers } else { self.servers };
        let path = most.and_then(|bytes| per_trip(bytes, rtt)).into_iter().chain(pace).min();
        let cap = peer.flatten();
        let most = cap.into_iter().chain(path).min();
        carrier.by_path = path.is_some_and(|path| cap.is_none_or(|cap| path < cap));
        let weight = path::weight(rtt, self.tcp.rtt_fairness);
        let could = most.map_or(lines, |most| most.min(lines));
        let Some(slow) = carrier.window.slow(self.tcp.mss, rtt, size, could) else {
            carrier.window = Window::OPEN;
            return (most, weight);
        };
        carrier.trips = slow.trips as u8;
        carrier.by_path = true;
        (Some(slow.rate), weight)
    }

    /// The transfer is over and leaves its connection with this window; `done` when all came. Whether
    /// a request that waits can have a connection now.
    pub(super) fn end(
        &mut self,
        (transfer, home): (u32, u32),
        window: Window,
        done: bool,
        now: Time,
    ) -> bool {
        let Some(pool) = &mut self.pool else {
            return false;
        };
        // A broken request closes its connection, as in HTTP/1.1.
        let freed = pool.release(home, transfer, done.then_some(window), now);
        freed && pool.limits()
    }

    /// Asks for a home's connections that will be needed soon.
    pub(super) fn ask_for(&self, home: u32) {
        if let Some(pool) = &self.pool {
            near(pool.of(home));
        }
    }

    /// And for what is kept of each.
    pub(super) fn ask_for_connections(&self, home: u32) {
        if let Some(pool) = &self.pool {
            pool.of(home).iter().step_by(2).for_each(near);
        }
    }

    /// The viewing of a home is over, and with it its connections with servers.
    pub(super) fn close(&mut self, home: u32) {
        if let Some(pool) = &mut self.pool {
            pool.close(home);
        }
    }
}

impl Carrier {
    /// Before anything is known.
    pub(super) const NEW: Self =
        Self { window: Window::OPEN, trips: 0, by_path: false, waits: false };

    /// The window after the flow has lasted for `span`: doubled in each round trip.
    pub(super) fn window_after(&self, span: Span, rtt: Span) -> Window {
        if self.trips == 0 {
            return self.window;
        }
        let trips = span.0 / rtt.0.max(1);
        if trips >= u64::from(self.trips) { Window::OPEN } else { self.window.after(trips as u32) }
    }
}

#[cfg(test)]
mod tests;
