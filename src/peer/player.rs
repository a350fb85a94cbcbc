//! Play-out: first picture, stall, resume, pause, seek, end. Whole segments are played one after the
//! other.
//!
//! Invariant: play time = segments played × their length; waiting is either before the first picture,
//! after a seek, or a stall; a pause is neither.

use super::{Config, Note, Play};
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
    /// Stopped by the viewer, until then.
    Paused { until: Time },
    /// Waiting for the picture after a seek.
    Seeking { since: Time },
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
    /// The pause was over at `until`; the segment at the position plays or is missing.
    GoesOn { until: Time, stalled: bool },
    /// The picture is back after a seek.
    Sought(Span),
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
            State::Seeking { since } => {
                let waited = now.since(since);
                if self.enough(config, config.start_after, ready) {
                    self.state = State::Playing { until: now + config.segment };
                    return Step::Sought(waited);
                }
                if waited > self.patience { Step::GaveUp } else { Step::Same }
            }
            State::Paused { until } if now < until => Step::Same,
            State::Paused { until } => {
                let stalled = self.play_from(config, until, ready);
                Step::GoesOn { until, stalled }
            }
            State::Playing { until } if now < until => Step::Same,
            State::Playing { until } => {
                let segment = self.position;
                self.position += 1;
                if self.position >= self.until {
                    return Step::Finished { segment };
                }
                let stalled = self.play_from(config, until, ready);
                Step::Played { segment, stalled }
            }
        }
    }

    /// Plays the segment at the position from `at` on; true when it is missing.
    fn play_from(&mut self, config: &Config, at: Time, ready: u16) -> bool {
        let stalled = self.position >= ready;
        self.state = if stalled {
            State::Stalled { since: at }
        } else {
            State::Playing { until: at + config.segment }
        };
        stalled
    }

    /// When the segment before the position ended, just after [`Step::Played`].
    fn ended(&self, config: &Config) -> Time {
        match self.state {
            State::Playing { until } => until - config.segment,
            State::Starting { since } | State::Stalled { since } | State::Seeking { since } => {
                since
            }
            State::Paused { until } => until,
        }
    }

    /// Stops for so long, just after [`Step::Played`]; when it began.
    pub(super) fn pause(&mut self, config: &Config, length: Span) -> Time {
        let since = self.ended(config);
        self.state = State::Paused { until: since + length };
        since
    }

    /// Goes on at `to`, just after [`Step::Played`], for as many segments as were left.
    pub(super) fn seek(&mut self, config: &Config, to: u16) {
        self.state = State::Seeking { since: self.ended(config) };
        let left = self.until.saturating_sub(self.position);
        self.position = to.min(self.end.saturating_sub(1));
        self.until = self.position.saturating_add(left).min(self.end);
    }

    /// Whether `needed` of media, or all that is left, is held.
    fn enough(&self, config: &Config, needed: Span, ready: u16) -> bool {
        let held = config.segment.times(u64::from(ready.saturating_sub(self.position)));
        ready > self.position && (held >= needed || ready >= self.end)
    }

    /// What there is to tell of a pause that began at `paused`, or of a seek, when the viewing ends in it.
    pub(super) fn cut_short(&self, now: Time, paused: Option<Time>) -> Option<Note> {
        match (self.state, paused) {
            (State::Paused { .. }, Some(since)) => Some(Note::Paused { paused: now.since(since) }),
            (State::Seeking { since }, _) => {
                let (to, waited) = (self.position, now.since(since));
                Some(Note::Sought { to, waited, shown: false })
            }
            _ => None,
        }
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
            State::Starting { since } | State::Seeking { since } => {
                since + self.patience + nanosecond
            }
            State::Playing { until } | State::Paused { until } => until,
            State::Stalled { since } => since + self.stall_patience + nanosecond,
        }
    }
}

#[cfg(test)]
mod tests;
