//! What viewers do while they watch: pauses and seeks at rates per hour of watching, each viewing's at
//! an address of its own.

use super::laws::Law;
use super::{Action, Does};
use crate::rng::{Draw, Roll, Site};
use crate::scenario::model::Demand;
use crate::units::{Share, Span};

/// Pauses and seeks as the scenario wants them.
#[derive(Debug)]
pub(super) struct Actions {
    segment: f64,
    /// Seconds of watching between two, and how long or how far.
    pause: Option<(f64, Law)>,
    seek: Option<(f64, Law, Share)>,
}

impl Actions {
    pub(super) fn new(demand: &Demand, segment: Span) -> Self {
        let every = |per_hour: f64| 3_600.0 / per_hour;
        let pause = demand.pause.as_ref().filter(|pause| pause.per_hour > 0.0);
        let seek = demand.seek.as_ref().filter(|seek| seek.per_hour > 0.0);
        Self {
            segment: segment.as_secs_f64(),
            pause: pause.map(|pause| (every(pause.per_hour), Law::new(&pause.length))),
            seek: seek.map(|seek| (every(seek.per_hour), Law::new(&seek.length), seek.forward)),
        }
    }

    /// Whether anybody does anything.
    pub(super) const fn any(&self) -> bool {
        self.pause.is_some() || self.seek.is_some()
    }

    /// What is done in a viewing of `segments` from `from` on, of a title of `end`, with how many segments
    /// are played in the end: a seek towards the title's end leaves fewer. Without an `end` there are
    /// pauses alone.
    pub(super) fn draw(
        &self,
        dice: &Draw,
        (home, ordinal): (u32, u32),
        (from, segments, end): (u16, u16, Option<u16>),
    ) -> (Vec<Action>, u16) {
        let (mut pauses, mut seeks) = (
            dice.at(Site::Action, home, 2 * ordinal),
            dice.at(Site::Action, home, 2 * ordinal + 1),
        );
        let (mut pause_at, mut seek_at) = (f64::INFINITY, f64::INFINITY);
        if let Some((every, _)) = &self.pause {
            pause_at = every * pauses.exponential();
        }
        let seek = self.seek.as_ref().zip(end);
        if let Some(((every, ..), _)) = seek {
            seek_at = every * seeks.exponential();
        }
        let (mut all, mut left, mut position, mut played) = (Vec::new(), segments, from, 0);
        loop {
            // At the end of the segment in which it falls, one at a time.
            let at = pause_at.min(seek_at) / self.segment;
            let after = (libm::ceil(at.min(65_535.0)) as u16).max(played + 1);
            if at >= 65_535.0 || after - played >= left {
                return (all, played + left);
            }
            (left, position, played) =
                (left - (after - played), position + (after - played), after);
            let does = match (&self.pause, seek) {
                (Some((every, length)), _) if pause_at <= seek_at => {
                    pause_at += every * pauses.exponential();
                    Does::Pause(Span::from_secs_f64(length.draw(&mut pauses)))
                }
                (_, Some(((every, length, forward), end))) => {
                    seek_at += every * seeks.exponential();
                    let jump = length.draw(&mut seeks) / self.segment;
                    position = target(position, jump, *forward, end, &mut seeks);
                    left = left.min(end - position);
                    Does::Seek(position)
                }
                _ => return (all, played + left),
            };
            all.push(Action { after, does });
        }
    }
}

/// Where a seek by `jump` segments leads.
fn target(position: u16, jump: f64, forward: Share, end: u16, roll: &mut Roll) -> u16 {
    let jump = (jump + 0.5).clamp(1.0, 65_535.0) as u16;
    if roll.chance(forward) {
        position.saturating_add(jump).min(end - 1)
    } else {
        position.saturating_sub(jump)
    }
}
