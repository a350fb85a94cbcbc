//! What a viewer knows while it decides, for whoever follows it. The core itself has no use for it.

use alloc::vec::Vec;

use super::neighbours::Neighbour;
use super::player::State;
use super::{Config, Item, Output, Peer, PeerId, Source};
use crate::units::{Span, Time};

/// What a viewer knows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Knows {
    /// What it watches.
    pub item: Item,
    /// The segment that is played or waited for.
    pub position: u16,
    /// Whether the picture moves.
    pub playing: bool,
    /// How long it can go on with what is held.
    pub buffered: Span,
    /// Neighbours, and how many of them can be asked now.
    pub neighbours: u32,
    /// See `neighbours`.
    pub free: u32,
    /// Dials under way.
    pub dialing: u32,
    /// The next segments that it lacks, at most [`Knows::MOST`].
    pub lacks: Vec<Lacking>,
}

/// A segment that is not held, and what neighbours have told of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lacking {
    /// Which.
    pub segment: u16,
    /// How many announced it, how many of these can be asked now.
    pub announced: u32,
    /// See `announced`.
    pub free: u32,
    /// How many are fetching it from the CDN.
    pub fetching: u32,
}

impl Knows {
    /// Segments looked at.
    pub const MOST: usize = 4;
}

impl Peer {
    /// What the viewer knew at `now` when it decided on `outputs`; `None` while nobody watches. What
    /// neighbours have told is as it was when the viewer last wanted to know.
    pub fn knows(&self, config: &Config, now: Time, outputs: &[Output]) -> Option<Knows> {
        let viewing = self.viewing.as_ref().filter(|viewing| !viewing.waits())?;
        let held = self.store().get(viewing.item).unwrap_or_default();
        let wanted = viewing.wanted();
        let gap = held.next_gap(wanted);
        let missing = (gap..viewing.end()).filter(|segment| !held.contains(*segment));
        let count = |has: &dyn Fn(&Neighbour) -> bool| {
            viewing.neighbours.iter().filter(|known| has(known)).count() as u32
        };
        // Who has just been asked could be.
        let asked = |who: PeerId| {
            let whom = |output: &Output| match output {
                Output::Fetch { from, .. } => *from == Source::Peer(who),
                _ => false,
            };
            outputs.iter().any(whom)
        };
        let free = |known: &Neighbour| known.free() || asked(known.peer);
        let lacks = missing.take(Knows::MOST).map(|segment| Lacking {
            segment,
            announced: count(&|known| known.told.has(segment)),
            free: count(&|known| known.told.has(segment) && free(known)),
            fetching: count(&|known| known.told.is_fetching(segment)),
        });
        let playing = matches!(viewing.player.state, State::Playing { .. });
        let end = viewing.player.plays_at(config, now, gap);
        Some(Knows {
            item: viewing.item,
            position: viewing.player.position,
            playing,
            buffered: end.since(now),
            neighbours: viewing.neighbours.len() as u32,
            free: count(&free),
            dialing: viewing.dialing.len() as u32,
            lacks: lacks.collect(),
        })
    }
}
