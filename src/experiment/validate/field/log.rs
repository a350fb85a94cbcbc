//! What a replayed day leaves: links in the form of the measured ones, and what viewers had of it.

use std::collections::BTreeMap;

use super::day::{Day, Use};
use crate::engine::observe::{Delivery, Moment, Observer};
use crate::peer::Note;
use crate::units::{Bytes, Time};
use crate::world::World;

/// Links of a played day, and stalls.
#[derive(Clone, Debug)]
pub(super) struct Outcome {
    /// The day as its links would have told it.
    pub(super) day: Day,
    /// Part of the time that pictures stood still.
    pub(super) stalled: f64,
}

/// Notes links while a run goes on.
#[derive(Debug)]
pub(super) struct Log {
    /// Bytes of a segment.
    size: u64,
    /// Whether a segment comes from one sender; else what makes up one is counted by their bytes.
    whole: bool,
    links: BTreeMap<(u32, u32), Use>,
    /// Bytes of segments that have not all come from one sender.
    parts: BTreeMap<(u32, u32, u16), u64>,
    stalled: f64,
    played: f64,
}

impl Log {
    pub(super) fn new(world: &World, whole: bool) -> Self {
        let size = world.catalogue.size(0, 0, 0).0;
        Self {
            size,
            whole,
            links: BTreeMap::new(),
            parts: BTreeMap::new(),
            stalled: 0.0,
            played: 0.0,
        }
    }

    /// What came of the viewers of `day`.
    pub(super) fn close(self, day: &Day) -> Outcome {
        let links = self.links.into_values().collect();
        let stalled = self.stalled / (self.stalled + self.played);
        Outcome { day: Day { viewers: day.viewers.clone(), links }, stalled }
    }
}

impl Observer for Log {
    fn delivered(&mut self, at: Time, Delivery { home, from, segment, bytes, .. }: Delivery) {
        let Some(from) = from else {
            return;
        };
        let now = at.since(Time::ZERO).as_secs_f64();
        let link = self.links.entry((home, from)).or_insert_with(|| Use::new(home, from, now));
        link.bytes += bytes.0 as f64;
        let segment = if self.whole { segment } else { 0 };
        let part = self.parts.entry((home, from, segment)).or_default();
        *part += bytes.0;
        if *part >= self.size {
            *part -= self.size;
            if self.whole {
                self.parts.remove(&(home, from, segment));
            }
            if link.segments == 0 {
                link.start = now;
            }
            (link.segments, link.end) = (link.segments + 1, now);
        }
    }

    fn viewing(&mut self, _: Time, _: u32, moment: Moment, size: Bytes) {
        match moment {
            Moment::Player(Note::Resumed { waited }, _) => self.stalled += waited.as_secs_f64(),
            Moment::Player(Note::Ended { stalled, .. }, _) => self.stalled += stalled.as_secs_f64(),
            Moment::Player(Note::Played { .. }, _) => {
                self.played += 6.0 * size.0 as f64 / self.size as f64;
            }
            _ => {}
        }
    }
}
