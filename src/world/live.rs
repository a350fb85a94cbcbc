//! Live channels: broadcasts are titles whose segments come into being one by one.
//!
//! A broadcast that began before time 0 is numbered from the last segments that somebody who joins
//! then can ask for, so that a channel that is always on fits into numbers of segments.

use crate::rng::{Draw, Roll, Site};
use crate::scenario::Scenario;
use crate::scenario::model::Channel;
use crate::units::{Span, Time};

use super::clock::Clock;
use super::{Broadcast, Catalogue};

/// Draw of a channel at [`Site::Channel`].
const PHASE: u32 = 0;

/// Segments beyond the end of the run that a channel still has.
const SPARE: u64 = 4;

/// What is on air, and when.
#[derive(Clone, Debug)]
pub(super) struct Lineup {
    programmes: Vec<Programme>,
    /// Segments behind the newest at which viewers join.
    edge: u16,
}

/// A channel from going on air to going off it; nanoseconds from time 0.
#[derive(Clone, Copy, Debug)]
struct Programme {
    channel: u16,
    weight: f64,
    from: i64,
    to: i64,
    /// From here on enough is published for a first picture.
    watchable: i64,
    /// Its title; `None` when it is over before time 0.
    title: Option<u32>,
}

/// What somebody who turns to a channel gets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct OnAir {
    /// `None` when it is over before time 0.
    pub(super) title: Option<u32>,
    /// Until it goes off air; nanoseconds from time 0.
    pub(super) to: i64,
}

impl Lineup {
    /// What goes on air until the end, and in the `past` before time 0. Adds the broadcasts to the
    /// catalogue, as titles behind those on demand.
    pub(super) fn new(
        scenario: &Scenario,
        dice: &Draw,
        clock: &Clock,
        past: Span,
        catalogue: &mut Catalogue,
    ) -> Self {
        let edge = scenario.player.live_edge;
        let needed = scenario.player.start_after.0.div_ceil(catalogue.segment.0.max(1));
        let mut lineup = Self { programmes: Vec::new(), edge };
        for (own, channel) in scenario.channel.iter().zip(0..) {
            let delay = own.encode_delay.0 as i64;
            for (from, to) in times_on_air(own, clock, past) {
                let until = to.min(clock.until.0 as i64);
                // Whoever was on at its end may go on for a segment that has begun.
                let over = until.saturating_add(2 * catalogue.segment.0 as i64) < 0;
                let title = (!over).then(|| {
                    let phase = dice.at(Site::Channel, channel, PHASE);
                    catalogue.broadcast(channel as u16, (from, to, delay), clock.until, edge, phase)
                });
                let ready = catalogue.segment.times(needed).0 as i64 + delay;
                lineup.programmes.push(Programme {
                    channel: channel as u16,
                    weight: own.weight,
                    from,
                    to,
                    watchable: from.saturating_add(ready),
                    title,
                });
            }
        }
        lineup
    }

    /// Turns to a channel by weight among those that can be watched at this moment.
    pub(super) fn choose(&self, start: i64, roll: &mut Roll) -> Option<OnAir> {
        let on = || self.programmes.iter().filter(|own| own.watchable <= start && start < own.to);
        let total: f64 = on().map(|own| own.weight).sum();
        let mut left = roll.unit() * total;
        let chosen = on().filter(|own| own.weight > 0.0).find(|own| {
            left -= own.weight;
            left < 0.0
        });
        chosen.map(|own| OnAir { title: own.title, to: own.to })
    }

    /// What `channel` shows at this moment.
    pub(super) fn tune(&self, channel: u16, start: i64) -> Option<OnAir> {
        let on = |own: &&Programme| own.channel == channel && own.from <= start && start < own.to;
        self.programmes.iter().find(on).map(|own| OnAir { title: own.title, to: own.to })
    }

    /// The segment at which somebody joins a broadcast.
    pub(super) fn join(&self, catalogue: &Catalogue, title: u32, at: Time) -> u16 {
        catalogue.published(title, at).0.saturating_sub(self.edge)
    }
}

/// When a channel is on air, in nanoseconds from time 0, from `past` before it to the end.
fn times_on_air(channel: &Channel, clock: &Clock, past: Span) -> Vec<(i64, i64)> {
    let Some(window) = channel.on_air else {
        return vec![(i64::MIN / 4, i64::MAX / 4)];
    };
    let day = Span::DAY.0 as i64;
    let (from, to) = (window.from.0.0 as i64, window.to.0.0 as i64);
    let begin = clock.instant(0.0);
    let days = past.0.div_ceil(Span::DAY.0) as i64 + 1;
    (-days..)
        .map(|number| begin + number * day)
        .map(|midnight| (midnight + from, midnight + to))
        .take_while(|(from, _)| *from < clock.until.0 as i64)
        .collect()
}

impl Catalogue {
    /// Adds a broadcast as the last title; its number.
    fn broadcast(
        &mut self,
        channel: u16,
        (from, to, delay): (i64, i64, i64),
        until: Time,
        edge: u16,
        mut phase: Roll,
    ) -> u32 {
        let segment = self.segment.0.max(1) as i64;
        let always = from <= i64::MIN / 4;
        let edge = i64::from(edge);
        let from = if always {
            let part = i64::from(phase.below(1_000_000)) * segment / 1_000_000;
            -(edge + 1) * segment - part - delay
        } else {
            from
        };
        // Those published by time 0 but for the last few are left out.
        let published = ((-from - delay).max(0) / segment - edge).max(0);
        let first = from + delay + (published + 1) * segment;
        let all = if always {
            (until.0 as i64 - first).max(0) / segment + edge + SPARE as i64
        } else {
            ((to - from) + segment - 1) / segment - published
        };
        let title = self.titles() as u32;
        self.segments.push(u16::try_from(all.max(1)).unwrap_or(u16::MAX));
        // A cache fills once: whoever keeps anything keeps this.
        self.rank.push(0);
        self.offset.push(0);
        self.broadcasts.push(Broadcast { channel, first });
        title
    }

    /// Number of titles on demand; broadcasts have the numbers behind them.
    pub const fn on_demand(&self) -> usize {
        self.segments.len() - self.broadcasts.len()
    }

    /// The broadcast that a title is, if it is one.
    pub fn live(&self, title: u32) -> Option<&Broadcast> {
        let at = (title as usize).checked_sub(self.on_demand())?;
        self.broadcasts.get(at)
    }

    /// Segments of a title that exist at a moment, and when one more does.
    pub fn published(&self, title: u32, at: Time) -> (u16, Time) {
        let all = self.segments[title as usize];
        let Some(live) = self.live(title) else {
            return (all, Time::NEVER);
        };
        let (now, segment) = (at.0 as i64, self.segment.0.max(1) as i64);
        let count = if now < live.first { 0 } else { (now - live.first) / segment + 1 };
        let count = u16::try_from(count).unwrap_or(u16::MAX).min(all);
        let next = if count == all { Time::NEVER } else { self.published_at(title, count) };
        (count, next)
    }

    /// When a segment is published; at the beginning when that was before, as all on demand were.
    pub fn published_at(&self, title: u32, segment: u16) -> Time {
        let length = self.segment.0.max(1) as i64;
        let at = self.live(title).map_or(0, |own| own.first + i64::from(segment) * length);
        Time(u64::try_from(at).unwrap_or(0))
    }
}
