//! By the length of the buffer, along a line between two reservoirs (Huang et al., "A buffer-based
//! approach to rate adaptation", 2014; the line and its ends as in Puffer).

use serde::{Deserialize, Serialize};

use super::Look;
use crate::units::{BitRate, Share, Span};

/// The highest rung within a rate that rises with the buffer: the lowest rung's up to `low` of the media
/// buffer, the top rung's from `high` on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct BufferBased {
    /// The part of the media buffer that is kept for bad times.
    pub low: Share,
    /// The part of it from which on the top rung is fetched.
    pub high: Share,
}

impl Default for BufferBased {
    fn default() -> Self {
        Self { low: Share::from_ppm(200_000), high: Share::from_ppm(800_000) }
    }
}

impl BufferBased {
    pub(super) fn choose(self, look: &Look<'_>) -> u8 {
        let part = |share: Share| {
            Span((u128::from(look.goal.0) * u128::from(share.ppm()) / 1_000_000) as u64)
        };
        let (low, high) = (part(self.low), part(self.high));
        let (least, most) = (look.ladder.rate(0), look.ladder.rate(look.ladder.top()));
        if look.buffered >= high {
            return look.ladder.top();
        }
        let (above, width) = ((look.buffered - low).0, (high - low).0.max(1));
        let more = u128::from((most - least).0) * u128::from(above) / u128::from(width);
        look.ladder.within(least + BitRate(more as u64))
    }
}
