//! By the rate shown while the buffer is short, by the buffer while it is long (dash.js,
//! `AbrController`; Spiteri, Sitaraman, Sparacio, "From theory to practice", 2018).

use serde::{Deserialize, Serialize};

use super::bola::Bola;
use super::throughput::Throughput;
use super::{Look, Mode};
use crate::units::{Share, Span};

/// `throughput`, and `bola` from when `up` is buffered until less than `down` is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct Dynamic {
    /// It goes by the buffer from here on.
    pub up: Span,
    /// Below this it goes by the rate shown again.
    pub down: Span,
    /// As of `bola`.
    pub gp: u32,
    /// As of `throughput`.
    pub safety: Share,
    /// Half-life of the faster mean of the rate shown.
    pub fast: Span,
    /// Half-life of the slower mean.
    pub slow: Span,
}

impl Default for Dynamic {
    fn default() -> Self {
        let Throughput { safety, fast, slow } = Throughput::default();
        let (up, down) = (Span::from_secs(18), Span::from_secs(9));
        Self { up, down, gp: Bola::GP, safety, fast, slow }
    }
}

impl Dynamic {
    pub(super) fn choose(self, look: &Look<'_>, mode: &mut Mode) -> u8 {
        let Self { up, down, gp, safety, fast, slow } = self;
        mode.by_buffer = look.buffered >= if mode.by_buffer { down } else { up };
        if mode.by_buffer {
            Bola { gp, capped: true, safety, fast, slow }.choose(look, mode)
        } else {
            Throughput { safety, fast, slow }.choose(look)
        }
    }
}
