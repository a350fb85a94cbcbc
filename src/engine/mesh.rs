//! Connections: from an introduction to a working link, and its life.
//!
//! Whether two homes can connect is a property of the pair (their routers), drawn by its address. A
//! home opens up to `links` connections as a viewer and accepts as many.

use smallvec::SmallVec;

use crate::rng::{Draw, Site};
use crate::scenario::model::Mesh as Knobs;
use crate::units::{Span, Time};

/// One end of a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct End {
    pub(super) peer: u32,
    /// Whether this end dialed.
    dialed: bool,
    serial: u32,
}

/// All connections.
#[derive(Debug)]
pub(super) struct Mesh {
    knobs: Knobs,
    ends: Vec<SmallVec<[End; 2]>>,
    opened: u32,
}

impl Mesh {
    pub(super) fn new(knobs: &Knobs, homes: usize) -> Self {
        Self { knobs: knobs.clone(), ends: vec![SmallVec::new(); homes], opened: 0 }
    }

    /// Time from introduction to connection beside the messages' own.
    pub(super) const fn set_up(&self) -> Span {
        self.knobs.set_up
    }

    /// Connections of a home.
    pub(super) fn of(&self, home: u32) -> &[End] {
        &self.ends[home as usize]
    }

    /// Whether two homes are connected.
    pub(super) fn connected(&self, a: u32, b: u32) -> bool {
        self.ends[a as usize].iter().any(|end| end.peer == b)
    }

    /// Opens a connection from `from` to `to` when the pair can connect and `to` accepts another;
    /// the time at which it dies, with its serial, when it does not live for ever.
    pub(super) fn open(
        &mut self,
        draw: &Draw,
        (from, to): (u32, u32),
        now: Time,
    ) -> Option<Option<(Time, u32)>> {
        let accepted = self.ends[to as usize].iter().filter(|end| !end.dialed).count();
        let mut roll = draw.at(Site::Link, from.min(to), from.max(to));
        if accepted >= self.knobs.links as usize
            || self.connected(from, to)
            || !roll.chance(self.knobs.success)
        {
            return None;
        }
        self.opened += 1;
        let serial = self.opened;
        self.ends[from as usize].push(End { peer: to, dialed: true, serial });
        self.ends[to as usize].push(End { peer: from, dialed: false, serial });
        let dies = self.knobs.link_life.map(|mean| {
            let mut roll = draw.at(Site::Link, serial, u32::MAX);
            let life = roll.exponential() * mean.as_secs_f64();
            (now + Span::from_secs_f64(life), serial)
        });
        Some(dies)
    }

    /// Closes a connection; false when there is none, or another than `serial`.
    pub(super) fn close(&mut self, a: u32, b: u32, serial: Option<u32>) -> bool {
        let ends = &mut self.ends[a as usize];
        let this = |end: &End| end.peer == b && serial.is_none_or(|serial| serial == end.serial);
        let Some(at) = ends.iter().position(this) else {
            return false;
        };
        ends.remove(at);
        self.ends[b as usize].retain(|end| end.peer != a);
        true
    }
}
