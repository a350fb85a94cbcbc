//! How peers hear of each other and connect.

use serde::{Deserialize, Serialize};

use crate::units::{Bytes, Share, Span};

/// Who tells peers about each other.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct Directory {
    /// Round trip to ask.
    pub rtt: Span,
    /// Names in one answer, at most.
    pub list: u32,
    /// Time between two questions of a viewer.
    pub refresh: Span,
    /// How old its view of who is there may be: changes are seen at multiples of this.
    pub staleness: Span,
    /// Which peers it names.
    pub order: Order,
}

/// Which peers a directory names.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Order {
    /// Any holders, by chance.
    #[default]
    Random,
    /// Same place and provider first, then same provider, then others; by chance within.
    Locality,
}

/// How introductions become working connections.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct Mesh {
    /// Chance that an introduction becomes a working connection.
    pub success: Share,
    /// Time from introduction to connection.
    pub set_up: Span,
    /// Connections of one peer at a time.
    pub links: u32,
    /// Unacknowledged bytes of a connection between peers, at most; no limit when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub window: Option<Bytes>,
    /// Mean life of a connection; endless when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub link_life: Option<Span>,
}

impl Default for Directory {
    fn default() -> Self {
        Self {
            rtt: Span::from_millis(60),
            list: 20,
            refresh: Span::from_secs(20),
            staleness: Span::from_secs(20),
            order: Order::Random,
        }
    }
}

impl Default for Mesh {
    fn default() -> Self {
        Self {
            success: Share::from_ppm(700_000),
            set_up: Span::from_millis(600),
            links: 10,
            window: None,
            link_life: None,
        }
    }
}
