//! What becomes of a neighbour that sends corrupt segments.

use serde::{Deserialize, Serialize};

use super::named::choices;

choices! {
    /// What becomes of a neighbour that sends corrupt segments.
    pub enum Trust ("a rule for trust") {
        Errors(Errors) = "errors", "a corrupt transfer counts like any other failure";
        Points(Points) = "points", "good and corrupt transfers count for and against a neighbour, until it is banned";
    }
}

/// Like any other failure: the neighbour is left after more than three in a row, and may come back.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Errors {}

/// Points for and against each neighbour; who has lost too many is banned for the viewing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct Points {
    /// Points for a good transfer.
    pub gain: u32,
    /// Most points there can be.
    pub cap: u32,
    /// Points that a corrupt transfer takes.
    pub loss: u32,
    /// Banned at so many points below zero.
    pub ban: u32,
}

impl Default for Points {
    /// libtorrent's (`peer_connection.cpp`).
    fn default() -> Self {
        Self { gain: 1, cap: 8, loss: 2, ban: 7 }
    }
}

impl Points {
    /// The points after a transfer.
    pub(in crate::peer) fn after(self, points: i32, good: bool) -> i32 {
        let whole = |count: u32| i32::try_from(count).unwrap_or(i32::MAX);
        if good {
            points.saturating_add(whole(self.gain)).min(whole(self.cap))
        } else {
            points.saturating_sub(whole(self.loss)).max(-whole(self.ban))
        }
    }

    /// Whether a neighbour with so many points is banned.
    pub(in crate::peer) fn bans(self, points: i32) -> bool {
        i64::from(points) <= -i64::from(self.ban)
    }
}
