//! A window that is narrower in the hours in which the CDN is busy, as far as a clock tells.

use serde::{Deserialize, Serialize};

use super::{First, Open};
use crate::peer::viewing::{Desk, Viewing};
use crate::units::{Span, TimeOfDay};

/// The CDN within a window of the play position that narrows in busy hours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct PeakAware {
    /// The window in busy hours.
    pub least: Span,
    /// The window in all others.
    pub most: Span,
    /// When busy hours begin.
    pub from: TimeOfDay,
    /// When they end; earlier in the day than `from` when they go past midnight.
    pub to: TimeOfDay,
    /// How long the window takes to narrow before they begin, and to widen after.
    pub ramp: Span,
    /// Who comes first in the window.
    pub first: First,
}

impl Default for PeakAware {
    fn default() -> Self {
        Self {
            least: Span::from_secs(6),
            most: Span::from_secs(30),
            from: TimeOfDay(Span::from_secs(19 * 3600)),
            to: TimeOfDay(Span::from_secs(23 * 3600)),
            ramp: Span::from_secs(1800),
            first: First::Peers,
        }
    }
}

impl PeakAware {
    /// A parameter that makes no sense, and what would.
    pub fn wrong(&self) -> Option<(&'static str, &'static str)> {
        (self.least > self.most).then_some(("least", "not above `most`"))
    }

    pub(super) fn open(self, viewing: &Viewing, desk: &Desk<'_>, open: &mut Open) {
        let clock = Span((desk.config.clock.0.0 + desk.now.0) % Span::DAY.0);
        open.to(viewing.window(desk.config, self.at(clock)), self.first);
    }

    /// The window at a time of day.
    fn at(self, clock: Span) -> Span {
        let after = |from: Span, to: Span| (to.0 + Span::DAY.0 - from.0) % Span::DAY.0;
        let busy = after(self.from.0, self.to.0);
        let since = after(self.from.0, clock);
        if since < busy {
            return self.least;
        }
        let away = (Span::DAY.0 - since).min(since - busy);
        if away >= self.ramp.0 {
            return self.most;
        }
        let more = u128::from(self.most.0.saturating_sub(self.least.0));
        let part = more * u128::from(away) / u128::from(self.ramp.0);
        self.least + Span(part as u64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_window_follows_the_clock() {
        let rule = PeakAware::default();
        let hours = |hours: u64, minutes: u64| Span::from_secs(hours * 3600 + minutes * 60);
        for (clock, window) in [
            (hours(12, 0), 30),
            (hours(18, 30), 30),
            (hours(18, 45), 18),
            (hours(19, 0), 6),
            (hours(22, 59), 6),
            (hours(23, 0), 6),
            (hours(23, 15), 18),
            (hours(23, 30), 30),
            (hours(0, 0), 30),
        ] {
            assert_eq!(rule.at(clock), Span::from_secs(window), "{clock}");
        }
        let past = PeakAware { from: TimeOfDay(hours(22, 0)), to: TimeOfDay(hours(1, 0)), ..rule };
        assert_eq!(past.at(hours(0, 30)), past.least);
        assert_eq!(past.at(hours(1, 15)), Span::from_secs(18));
        assert_eq!(past.at(hours(21, 45)), Span::from_secs(18));
    }
}
