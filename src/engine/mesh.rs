//! Connections: from an introduction to a working link, and its life.
//!
//! Whether two homes can connect is a property of the pair (their routers), drawn by its address. A
//! home opens up to `links` connections as a viewer and accepts as many. A connection ends with its
//! life, or when it has carried nothing for `give_up`.

use std::collections::BTreeMap;

use super::ahead::near;
use super::connection::Window;
use super::queue::FIELD;
use crate::rng::{Draw, Site};
use crate::scenario::model::{Exchange, Mesh as Knobs};
use crate::units::{Span, Time};

/// One end of a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct End {
    pub(super) peer: u32,
    /// Whether this end dialed.
    dialed: bool,
    serial: u32,
    /// When this end last sent anything, in ms, and the window it left.
    sent: u32,
    window: Window,
}

/// There are up to forty a home.
const _: () = assert!(size_of::<End>() == 16, "an end of a connection is small");

/// All connections.
#[derive(Debug)]
pub(super) struct Mesh {
    knobs: Knobs,
    ends: Vec<Vec<End>>,
    /// How many dials of (home, peer, viewing) are under way.
    dials: BTreeMap<(u32, u32, u32), u32>,
    /// By serial, when connections die that are looked at before.
    dies: BTreeMap<u32, Time>,
    opened: u32,
}

/// What becomes of a connection that is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Look {
    /// It is closed.
    Over,
    /// It is looked at again then.
    Again(Time),
}

impl Mesh {
    pub(super) fn new(knobs: &Knobs, homes: usize) -> Self {
        let ends = vec![Vec::new(); homes];
        Self {
            knobs: knobs.clone(),
            ends,
            dials: BTreeMap::new(),
            dies: BTreeMap::new(),
            opened: 0,
        }
    }

    /// Time from introduction to connection beside the messages' own.
    pub(super) const fn set_up(&self) -> Span {
        self.knobs.set_up
    }

    /// How neighbours tell each other whom they know.
    pub(super) const fn exchange(&self) -> Option<Exchange> {
        self.knobs.exchange
    }

    /// Connections of a home.
    pub(super) fn of(&self, home: u32) -> &[End] {
        &self.ends[home as usize]
    }

    /// Asks for the connections of a home that will be needed soon.
    pub(super) fn ask_for(&self, home: u32) {
        near(&self.ends[home as usize]);
    }

    /// And for what is kept of each.
    pub(super) fn ask_for_ends(&self, home: u32) {
        self.ends[home as usize].iter().step_by(4).for_each(near);
    }

    /// Whether two homes are connected.
    pub(super) fn connected(&self, a: u32, b: u32) -> bool {
        self.ends[a as usize].iter().any(|end| end.peer == b)
    }

    /// Notes that a home dials a peer for its viewing `viewing`.
    pub(super) fn dial(&mut self, home: u32, peer: u32, viewing: u32) {
        *self.dials.entry((home, peer, viewing)).or_default() += 1;
    }

    /// The viewing for which the dial was made that comes to its end. Those of a pair all take the
    /// same time, so the oldest ends first.
    pub(super) fn dialed(&mut self, home: u32, peer: u32) -> u32 {
        let of_pair = (home, peer, 0)..=(home, peer, u32::MAX);
        let (&dial, count) = self.dials.range_mut(of_pair).next().expect("it was under way");
        *count -= 1;
        if *count == 0 {
            self.dials.remove(&dial);
        }
        dial.2
    }

    /// The other end of the connection of `home` with this serial.
    pub(super) fn by_serial(&self, home: u32, serial: u32) -> Option<u32> {
        let mut ends = self.ends[home as usize].iter();
        ends.find(|end| end.serial == serial).map(|end| end.peer)
    }

    /// The serial of the connection of two homes.
    pub(super) fn serial(&self, a: u32, b: u32) -> Option<u32> {
        self.end(a, b).map(|end| end.serial)
    }

    fn end(&self, home: u32, peer: u32) -> Option<&End> {
        self.ends[home as usize].iter().find(|end| end.peer == peer)
    }

    /// Whether connections that carry nothing are closed.
    pub(super) const fn gives_up(&self) -> bool {
        self.knobs.give_up.is_some()
    }

    /// Looks at the connection of two homes; `busy` when something is on its way over it.
    pub(super) fn look(&self, (a, b): (u32, u32), busy: bool, now: Time) -> Look {
        let Some(serial) = self.serial(a, b) else {
            return Look::Over;
        };
        let Some(patience) = self.knobs.give_up else {
            return Look::Over;
        };
        let dies = self.dies.get(&serial).copied().unwrap_or(Time::NEVER);
        let idle = |from, to| self.left(from, to, now).map_or(Span::ZERO, |(_, idle)| idle);
        let idle = if busy { Span::ZERO } else { idle(a, b).min(idle(b, a)) };
        if dies <= now || idle >= patience {
            return Look::Over;
        }
        Look::Again(dies.min(now + (patience - idle)))
    }

    /// Opens a connection from `from` to `to` when the pair can connect and `to` accepts another;
    /// the time at which it is to be looked at, with its serial, when it does not live for ever.
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
        self.opened = (self.opened + 1) & FIELD;
        let serial = self.opened;
        let (sent, window) = (millis(now), Window::NONE);
        let end = |peer, dialed| End { peer, dialed, serial, sent, window };
        self.add(from, end(to, true));
        self.add(to, end(from, false));
        let dies = self.knobs.link_life.as_ref().map(|law| {
            let mut roll = draw.at(Site::Link, serial, u32::MAX);
            now + law.draw(&mut roll)
        });
        if let (Some(dies), true) = (dies, self.gives_up()) {
            self.dies.insert(serial, dies);
        }
        let bored = self.knobs.give_up.map(|patience| now + patience);
        Some(dies.into_iter().chain(bored).min().map(|look| (look, serial)))
    }

    /// The window with which a connection last sent from `from` to `to`, and how long ago that was;
    /// `None` when they are not connected.
    pub(super) fn left(&self, from: u32, to: u32, now: Time) -> Option<(Window, Span)> {
        let end = self.end(from, to)?;
        let idle = millis(now).wrapping_sub(end.sent);
        Some((end.window, Span::from_millis(u64::from(idle))))
    }

    /// Notes that a connection has sent from `from` to `to` up to now, and its window.
    pub(super) fn leave(&mut self, from: u32, to: u32, now: Time, window: Window) {
        let end = self.ends[from as usize].iter_mut().find(|end| end.peer == to);
        if let Some(end) = end {
            (end.sent, end.window) = (millis(now), window);
        }
    }

    /// Few at a time: there are millions of ends, and no room is wasted.
    fn add(&mut self, home: u32, end: End) {
        let ends = &mut self.ends[home as usize];
        if ends.len() == ends.capacity() {
            ends.reserve_exact(2);
        }
        ends.push(end);
    }

    fn remove(&mut self, home: u32, peer: u32) -> bool {
        let ends = &mut self.ends[home as usize];
        let Some(at) = ends.iter().position(|end| end.peer == peer) else {
            return false;
        };
        ends.remove(at);
        if ends.is_empty() {
            *ends = Vec::new();
        }
        true
    }

    /// Closes a connection; false when there is none.
    pub(super) fn close(&mut self, a: u32, b: u32) -> bool {
        if let Some(serial) = self.serial(a, b) {
            self.dies.remove(&serial);
        }
        self.remove(a, b) && self.remove(b, a)
    }
}

/// Milliseconds of a time, starting anew after 49 days: enough for how long something was idle.
const fn millis(at: Time) -> u32 {
    (at.0 / 1_000_000) as u32
}
