//! Play-out: first picture, stall, resume, end. Whole segments are played one after the other.
//!
//! Invariant: play time = segments played × their length; waiting is either before the first
//! picture or a stall.

use super::{Config, Play};
use crate::units::{Span, Time};

/// Where play-out stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    /// Waiting for the first picture.
    Starting { since: Time },
    /// Playing the segment at the position, until then.
    Playing { until: Time },
    /// Standing still.
    Stalled { since: Time },
}

/// What a look at the clock and the store brought.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// Nothing new.
    Same,
    /// The first picture.
    Started,
    /// Moving again.
    Resumed(Span),
    /// The segment at the position was played; the next plays or is missing.
    Played { segment: u16, stalled: bool },
    /// The last one that the viewer wanted was played.
    Finished { segment: u16 },
    /// The viewer has had enough of waiting.
    GaveUp,
}

/// The player of one viewing.
#[derive(Clone, Copy, Debug)]
pub(super) struct Player {
    /// The segment that is played or waited for.
    pub(super) position: u16,
    pub(super) state: State,
    until: u16,
    pub(super) end: u16,
    patience: Span,
    /// How much longer the viewer stands stalls.
    stall_patience: Span,
}

impl Player {
    pub(super) const fn new(now: Time, play: &Play) -> Self {
        Self {
            position: play.from,
            state: State::Starting { since: now },
            until: play.until,
            end: play.segments,
            patience: play.patience,
            stall_patience: play.stall_patience,
        }
    }

    /// One step at `now`, with media held without a gap up to `ready` (exclusive). Call again until
    /// [`Step::Same`].
    pub(super) fn step(&mut self, config: &Config, now: Time, ready: u16) -> Step {
        match self.state {
            State::Starting { since } => {
                if self.enough(config, config.start_after, ready) {
                    self.state = State::Playing { until: now + config.segment };
                    return Step::Started;
                }
                if now.since(since) > self.patience { Step::GaveUp } else { Step::Same }
            }
            State::Stalled { since } => {
                let waited = now.since(since);
                if self.enough(config, config.resume_after, ready) {
                    self.stall_patience -= waited;
                    self.state = State::Playing { until: now + config.segment };
                    return Step::Resumed(waited);
                }
                if waited > self.stall_patience { Step::GaveUp } else { Step::Same }
            }
            State::Playing { until } if now < until => Step::Same,
            State::Playing { until } => {
                let segment = self.position;
                self.position += 1;
                if self.position >= self.until {
                    return Step::Finished { segment };
                }
                let stalled = self.position >= ready;
                self.state = if stalled {
                    State::Stalled { since: until }
                } else {
                    State::Playing { until: until + config.segment }
                };
                Step::Played { segment, stalled }
            }
        }
    }

    /// Whether `needed` of media, or all that is left, is held.
    fn enough(&self, config: &Config, needed: Span, ready: u16) -> bool {
        let held = config.segment.times(u64::from(ready.saturating_sub(self.position)));
        ready > self.position && (held >= needed || ready >= self.end)
    }

    /// How long it has been standing still.
    pub(super) fn standing(&self, now: Time) -> Span {
        match self.state {
            State::Stalled { since } => now.since(since),
            _ => Span::ZERO,
        }
    }

    /// Whether there has been a picture.
    pub(super) const fn started(&self) -> bool {
        !matches!(self.state, State::Starting { .. })
    }

    /// When a segment at or after the position is played if nothing stands still from `now` on.
    pub(super) fn plays_at(&self, config: &Config, now: Time, segment: u16) -> Time {
        let ahead = u64::from(segment.saturating_sub(self.position));
        match self.state {
            State::Playing { .. } if ahead == 0 => now,
            State::Playing { until } => until + config.segment.times(ahead - 1),
            _ => now + config.segment.times(ahead),
        }
    }

    /// When to look again if nothing arrives.
    pub(super) fn next_look(&self) -> Time {
        let nanosecond = Span(1);
        match self.state {
            State::Starting { since } => since + self.patience + nanosecond,
            State::Playing { until } => until,
            State::Stalled { since } => since + self.stall_patience + nanosecond,
        }
    }
}

#[cfg(test)]
mod tests;
