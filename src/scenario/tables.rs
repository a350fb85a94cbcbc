//! The CSV tables that a scenario may bring, as values.

use crate::units::{BitRate, Bytes, Span};

/// What `[csv]` brought; `None` where the scenario has its own.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Tables {
    /// One row a home, drawn by weight with replacement.
    pub homes: Option<Vec<HomeRow>>,
    /// 144 weekday slots of ten minutes from midnight.
    pub demand: Option<Vec<DemandRow>>,
    /// Titles with their weight.
    pub titles: Option<Vec<TitleRow>>,
    /// Sizes of one title, repeated for all: rungs with their segments.
    pub segments: Option<SegmentTable>,
    /// Viewing times.
    pub watching: Option<Vec<Span>>,
    /// Times on and the times off between them.
    pub box_on: Option<BoxTable>,
    /// Who watches what, when.
    pub sessions: Option<SessionTable>,
}

/// An access line that was measured.
#[derive(Clone, Debug, PartialEq)]
pub struct HomeRow {
    /// Index of its place.
    pub place: u16,
    /// Name of its provider; one of `[[isp]]`, or `Other` when there is such a one.
    pub isp: String,
    /// How it gets there, as the table says.
    pub tech: String,
    /// Towards the home.
    pub down: BitRate,
    /// Towards the home in the evening.
    pub down_peak: BitRate,
    /// From the home.
    pub up: BitRate,
    /// Round-trip time.
    pub rtt: Span,
    /// How many homes it stands for.
    pub weight: f64,
}

/// Ten minutes of a day.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct DemandRow {
    /// Share of homes with somebody at home and awake.
    pub present: f64,
    /// Share of homes watching television.
    pub watching: f64,
}

/// A title.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TitleRow {
    /// Viewings, as a weight.
    pub views: f64,
    /// Running time.
    pub runtime: Span,
}

/// Sizes of the segments of one title.
#[derive(Clone, Debug, PartialEq)]
pub struct SegmentTable {
    /// Nominal rate of each rung, rising.
    pub ladder: Vec<BitRate>,
    /// For each rung, the bytes of each segment.
    pub sizes: Vec<Vec<Bytes>>,
}

/// Times on and off.
#[derive(Clone, Debug, PartialEq)]
pub struct BoxTable {
    /// Lengths of times on.
    pub on: Vec<Span>,
    /// Lengths of times off.
    pub off: Vec<Span>,
}

/// Viewings that take the place of drawn ones.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SessionTable {
    /// What is said of each home, in order of first appearance.
    pub homes: Vec<SessionHome>,
    /// In order of (home, start); no two of a home start at once.
    pub rows: Vec<SessionRow>,
}

/// What a table of sessions says of a home; the rest is drawn.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SessionHome {
    /// Index of its provider.
    pub isp: Option<u8>,
    /// Index of its place.
    pub place: Option<u16>,
    /// Index of its kind of line, in order of name.
    pub line: Option<u16>,
    /// Index of its device, in order of name.
    pub device: Option<u8>,
    /// Whether it gives.
    pub upload: Option<bool>,
}

/// A viewing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SessionRow {
    /// Index into [`SessionTable::homes`].
    pub home: u32,
    /// Nanoseconds since midnight of the first day; negative the days before.
    pub start: i64,
    /// Until the viewer leaves.
    pub length: Span,
    /// What is watched.
    pub shown: Shown,
}

/// What a row shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shown {
    /// A title by its number.
    Title(u32),
    /// A channel by its number.
    Channel(u16),
}
