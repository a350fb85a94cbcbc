//! Which rung is fetched next, and what the player is told of its line. A file per rule, named as its
//! paper or product names it.
//!
//! A player that adapts has a media buffer of its own (`buffer`): the rung of a segment is chosen when
//! there is room for it, and fixed once it is in. Rules are integers at run time; logarithms of a
//! ladder's rates are taken once, when the ladder is made.

mod bola;
mod buffer;
mod buffer_based;
mod dynamic;
mod ewma;
mod fixed;
mod ladder;
mod loader;
mod naive;
mod throughput;

pub use bola::Bola;
pub use buffer_based::BufferBased;
pub use dynamic::Dynamic;
pub use fixed::Fixed;
pub use ladder::Ladder;
pub use loader::Loader;
pub use naive::Naive;
pub use throughput::Throughput;

pub(super) use buffer::Buffer;
pub(super) use ladder::none as no_ladder;
pub(super) use loader::UnderWay;

use super::scheduler::named::choices;
use crate::units::{BitRate, Share, Span};

choices! {
    /// Which rung is fetched next.
    pub enum Abr ("a rule for rungs") {
        Fixed(Fixed) = "fixed", "the rung of the home, always";
        Throughput(Throughput) = "throughput", "the highest rung within a part of the rate shown (dash.js, Sabre)";
        Bola(Bola) = "bola", "what serves most per byte at this length of the buffer (BOLA)";
        BufferBased(BufferBased) = "buffer-based", "a rate that rises with the buffer between two reservoirs (BBA)";
        Dynamic(Dynamic) = "dynamic", "throughput while the buffer is short, bola while it is long (dash.js)";
    }
}

choices! {
    /// What the player takes for the rate of its line.
    pub enum Estimate ("an estimate of the rate") {
        Loader(Loader) = "loader", "what p2p-media-loader tells the player";
        Naive(Naive) = "naive", "bytes over time of each segment as the player sees it";
    }
}

impl Default for Abr {
    fn default() -> Self {
        Self::Fixed(Fixed {})
    }
}

impl Default for Estimate {
    fn default() -> Self {
        Self::Loader(Loader {})
    }
}

/// How a player adapts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Adapt {
    /// Which rung is fetched next.
    pub abr: Abr,
    /// What it takes for the rate of its line.
    pub estimate: Estimate,
    /// How much media its own buffer holds, begun segments whole; used when it adapts.
    pub buffer: Span,
}

impl Adapt {
    /// The media buffer of a player that adapts, unless something else is said (hls.js).
    pub const BUFFER: Span = Span::from_secs(30);
}

impl Default for Adapt {
    fn default() -> Self {
        Self { abr: Abr::default(), estimate: Estimate::default(), buffer: Self::BUFFER }
    }
}

/// What a rule looks at.
#[derive(Clone, Copy, Debug)]
pub struct Look<'a> {
    /// The rungs.
    pub ladder: &'a Ladder,
    /// The rung of the segment before.
    pub current: u8,
    /// The rate that the line has shown; `None` before the first segment.
    pub rate: Option<BitRate>,
    /// How long the picture can go on with what the media buffer has.
    pub buffered: Span,
    /// How much that can be at most.
    pub goal: Span,
    /// Playing time of a segment.
    pub segment: Span,
}

/// What rules remember between two looks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Mode {
    /// `bola`: a segment has been in the buffer since the beginning, or since a seek.
    pub steady: bool,
    /// `dynamic`: it goes by the buffer.
    pub by_buffer: bool,
}

impl Abr {
    /// Whether rungs can change at all.
    pub const fn adapts(&self) -> bool {
        !matches!(self, Self::Fixed(_))
    }

    /// The rung of the next segment, one of the ladder's.
    pub fn choose(&self, look: &Look<'_>, mode: &mut Mode) -> u8 {
        let rung = match self {
            Self::Fixed(_) => look.current,
            Self::Throughput(own) => own.choose(look),
            Self::Bola(own) => own.choose(look, mode),
            Self::BufferBased(own) => own.choose(look),
            Self::Dynamic(own) => own.choose(look, mode),
        };
        rung.min(look.ladder.top())
    }

    /// Half-lives of the means of the rate shown, the faster first; `None` when the rule does not ask.
    const fn half_lives(&self) -> Option<(Span, Span)> {
        match self {
            Self::Fixed(_) | Self::BufferBased(_) => None,
            Self::Throughput(own) => Some((own.fast, own.slow)),
            Self::Bola(own) => Some((own.fast, own.slow)),
            Self::Dynamic(own) => Some((own.fast, own.slow)),
        }
    }
}

/// The highest rung within `safety` of the rate shown; `None` before anything was shown.
fn sustainable(look: &Look<'_>, safety: Share) -> Option<u8> {
    look.rate.map(|rate| look.ladder.within(rate.part(safety)))
}

#[cfg(test)]
mod tests;
