//! How many requests one neighbour is sent before the first is answered.
//!
//! A neighbour answers those of one viewer in their order, and begins with the next as soon as it is
//! done with one: no round trip lies between.

use serde::{Deserialize, Serialize};

use super::named::choices;
use crate::peer::Slot;
use crate::units::{BitRate, Bytes, Span};

choices! {
    /// How many requests to one peer are under way at once.
    pub enum PerPeer ("a rule for requests to one peer") {
        Fixed(Fixed) = "fixed", "so many";
        QueueTime(QueueTime) = "queue-time", "as many as it sends in a given time, by the rate it has shown";
    }
}

/// The same number for all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct Fixed {
    /// Requests to one peer at once. p2p-media-loader: a second one ends the first.
    pub count: u32,
}

/// As many as the peer answers in a given time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct QueueTime {
    /// What a peer sends in this time is asked for beforehand.
    pub queue: Span,
    /// Requests to one peer at once, at least.
    pub fewest: u32,
    /// And at most.
    pub count: u32,
}

impl Default for Fixed {
    fn default() -> Self {
        Self { count: 1 }
    }
}

impl Default for QueueTime {
    /// libtorrent's, in its blocks.
    fn default() -> Self {
        Self { queue: Span::from_secs(3), fewest: 2, count: 500 }
    }
}

impl QueueTime {
    /// A parameter that makes no sense, and what would.
    pub fn wrong(&self) -> Option<(&'static str, &'static str)> {
        (self.fewest > self.count).then_some(("fewest", "not above `count`"))
    }
}

impl PerPeer {
    /// One request at a time, whatever the peer.
    pub(in crate::peer) const fn is_one(&self) -> bool {
        matches!(self, Self::Fixed(Fixed { count: 0 | 1 }))
    }

    /// Requests of `amount` each to a peer that has shown `rate`; a viewer has eight in all.
    pub(in crate::peer) fn most(&self, amount: Bytes, rate: impl FnOnce() -> BitRate) -> u8 {
        let most = match self {
            Self::Fixed(own) => own.count,
            Self::QueueTime(own) => {
                let sends = rate().bytes_in(own.queue).0 / amount.0.max(1);
                let sends = u32::try_from(sends).unwrap_or(u32::MAX);
                sends.clamp(own.fewest.min(own.count), own.count)
            }
        };
        most.clamp(1, Slot::COUNT as u32) as u8
    }
}
