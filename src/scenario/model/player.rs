//! When play-out starts and resumes, and when viewers give up.

use serde::{Deserialize, Serialize};

use super::SpanLaw;
use crate::peer::abr::{Abr, Adapt, Estimate};
use crate::units::{Share, Span};

/// When play-out starts and resumes, which rung is played, and when viewers give up.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct Player {
    /// Media needed before the first picture.
    pub start_after: Span,
    /// Media needed to resume after a stall.
    pub resume_after: Span,
    /// Segments behind the newest one at which a live viewing begins.
    pub live_edge: u16,
    /// Waiting at the start that nobody minds.
    pub patience: Span,
    /// Share of viewers lost per second of waiting beyond `patience`.
    pub lost_per_second: Share,
    /// Total stalled time after which a viewer leaves; drawn per viewing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stall_patience: Option<SpanLaw>,
    /// Which rung is fetched next.
    pub abr: Abr,
    /// What a player that adapts takes for the rate of its line.
    pub estimate: Estimate,
    /// How much media a player that adapts keeps ahead in its own buffer.
    pub buffer: Span,
    /// The rung with which a player that adapts begins.
    pub start_rung: StartRung,
}

/// The rung with which a player that adapts begins.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum StartRung {
    /// The one that a home plays for ever without adaptation.
    #[default]
    Home,
    /// The lowest of the ladder.
    Lowest,
}

impl Default for Player {
    fn default() -> Self {
        Self {
            start_after: Span::from_secs(4),
            resume_after: Span::from_secs(4),
            live_edge: 3,
            patience: Span::from_secs(2),
            lost_per_second: Share::from_ppm(58_000),
            stall_patience: None,
            abr: Abr::default(),
            estimate: Estimate::default(),
            buffer: Adapt::BUFFER,
            start_rung: StartRung::Home,
        }
    }
}
