//! What connections cost, and which homes can reach each other.

use serde::{Deserialize, Serialize};

use crate::units::{Bytes, Share, Span};

/// How a connection speeds up, how fast its path lets it be, and what opening it costs. Every default
/// is the value that switches the effect off.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct Tcp {
    /// Payload of one packet.
    pub mss: Bytes,
    /// Packets of the first round trip of a cold connection, doubling each round trip; 0: no slow
    /// start.
    pub initial_window: u32,
    /// A connection that sent nothing for longer than this starts slowly again.
    pub restart: Span,
    /// Unacknowledged bytes of a connection with a server, at most; no limit when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub window: Option<Bytes>,
    /// Share of packets lost on the way, whatever the load; 0: the path sets no rate.
    pub loss: Share,
    /// Exponent α: flows share a full link in proportion to their round trip to the power of −α.
    pub rtt_fairness: f64,
    /// Round trips before the first request on a new connection with a server.
    pub set_up: u32,
    /// An idle connection with a server is closed after this.
    pub keep_alive: Span,
    /// Connections of one home with one server at a time; further requests wait. No limit when
    /// absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub connections: Option<u32>,
    /// Whether a request that follows at once on a kept connection has been sent ahead and costs no
    /// round trip.
    pub pipelining: bool,
    /// Bytes of acknowledgements per byte received; 0: they cost nothing.
    pub ack_share: Share,
    /// Part of its download rate that a home keeps however full its uplink is.
    pub ack_floor: Share,
    /// What a full uplink adds to whatever passes it; 0: no queue.
    pub uplink_queue: Span,
}

impl Default for Tcp {
    fn default() -> Self {
        Self {
            mss: Bytes(1_460),
            initial_window: 0,
            restart: Span::from_secs(1),
            window: None,
            loss: Share::from_ppm(0),
            rtt_fairness: 0.0,
            set_up: 0,
            keep_alive: Span::from_secs(75),
            connections: None,
            pipelining: false,
            ack_share: Share::from_ppm(0),
            ack_floor: Share::from_ppm(100_000),
            uplink_queue: Span::ZERO,
        }
    }
}

/// Shares of a provider's homes by what stands between them and the network; they add up to 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct Nat {
    /// Reachable without help.
    pub open: Share,
    /// One mapping for all, open to all.
    pub full_cone: Share,
    /// One mapping for all, open to addresses that were sent to.
    pub restricted: Share,
    /// One mapping for all, open to addresses and ports that were sent to.
    pub port_restricted: Share,
    /// Another mapping for every destination.
    pub symmetric: Share,
    /// Nothing but requests to servers passes.
    pub blocked: Share,
}

impl Nat {
    /// Every share, in the order of the fields.
    pub const fn shares(&self) -> [Share; 6] {
        let Self { open, full_cone, restricted, port_restricted, symmetric, blocked } = *self;
        [open, full_cone, restricted, port_restricted, symmetric, blocked]
    }
}

impl Default for Nat {
    fn default() -> Self {
        let none = Share::from_ppm(0);
        Self {
            open: none,
            full_cone: none,
            restricted: none,
            port_restricted: none,
            symmetric: none,
            blocked: none,
        }
    }
}
