//! By the length of the buffer, with logarithms of the rates as utilities (Spiteri, Urgaonkar,
//! Sitaraman, "BOLA: near-optimal bitrate adaptation for online videos", 2016; numbers as in Sabre).

use serde::{Deserialize, Serialize};

use super::throughput::Throughput;
use super::{Ladder, Look, Mode, sustainable};
use crate::units::{Share, Span};

/// The rung with the most (V (u + gp) − Q) / b: u its utility ln(b / b₀), b its rate, Q what is buffered,
/// V = (B − τ) / (u of the top + gp), B the media buffer and τ a segment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct Bola {
    /// What playing without stalls is worth beside a higher rung, in units of utility.
    pub gp: u32,
    /// Whether it only goes up to what the rate shown allows (BOLA-O).
    pub capped: bool,
    /// The part of the rate shown that is used, in the beginning and for `capped`.
    pub safety: Share,
    /// Half-life of the faster mean of the rate shown.
    pub fast: Span,
    /// Half-life of the slower mean.
    pub slow: Span,
}

impl Bola {
    pub(super) const GP: u32 = 5;
}

impl Default for Bola {
    fn default() -> Self {
        let Throughput { safety, fast, slow } = Throughput::default();
        Self { gp: Self::GP, capped: true, safety, fast, slow }
    }
}

impl Bola {
    pub(super) fn choose(self, look: &Look<'_>, mode: &mut Mode) -> u8 {
        let sustainable = sustainable(look, self.safety).unwrap_or(look.current);
        mode.steady |= look.buffered >= look.segment;
        if !mode.steady {
            return sustainable;
        }
        let rung = by_buffer(self.gp, look);
        if self.capped && rung > look.current {
            rung.min(sustainable.max(look.current))
        } else {
            rung
        }
    }
}

/// The rung of the formula; the lower of equals.
pub(super) fn by_buffer(gp: u32, look: &Look<'_>) -> u8 {
    let gp = i128::from(gp) * i128::from(Ladder::UNIT);
    let utility = |rung: u8| i128::from(look.ladder.utility(rung)) + gp;
    let (most, buffered) = (look.goal - look.segment, i128::from(look.buffered.0));
    let whole = utility(look.ladder.top());
    // All scores times the same (u of the top + gp), compared as fractions over their rates.
    let score = |rung: u8| i128::from(most.0) * utility(rung) - buffered * whole;
    let rate = |rung: u8| i128::from(look.ladder.rate(rung).0);
    (1..=look.ladder.top()).fold(0, |best, rung| {
        let better = score(rung) * rate(best) > score(best) * rate(rung);
        if better { rung } else { best }
    })
}
