//! How much is kept, what goes and what stays.

use serde::{Deserialize, Serialize};

use super::CachePolicy;
use crate::peer::Item;
use crate::peer::segments::Segments;
use crate::units::Bytes;

/// What the item that has to go gives up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Grain {
    /// Its earliest segment.
    #[default]
    Segment,
    /// Its last segment, so that beginnings survive.
    Prefix,
    /// All of it that may go.
    Title,
}

/// How much is kept, and what goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rules {
    /// Which item gives way.
    pub policy: CachePolicy,
    /// What it gives up.
    pub grain: Grain,
    /// Never held more than this.
    pub quota: Bytes,
}

/// What is held of one item.
#[derive(Clone, Copy, Debug)]
pub struct Holding<'a> {
    /// Which item.
    pub item: Item,
    /// Which segments: at least one.
    pub segments: Segments<'a>,
}

/// What stays untouched while an item is played: its segments from here on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pin {
    /// The item that is played.
    pub item: Item,
    /// The segment at the play position.
    pub from: u16,
    /// Bytes held of the item from there on, and of the next.
    pub bytes: Bytes,
    /// What waits to be played next: all of it stays.
    pub next: Option<Item>,
}

impl Pin {
    /// Whether a segment stays.
    pub(in crate::peer) fn covers(&self, item: Item, segment: u16) -> bool {
        self.item == item && segment >= self.from || self.next == Some(item)
    }
}
