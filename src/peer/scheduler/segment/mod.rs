//! Which segment is asked from peers next. A file per rule; all but `sequential` look at a field of
//! at most 128 segments from the first that is missing.

mod bands;
mod edf;
mod field;
mod rarest;
mod sequential;
mod table;
mod time_critical;

pub use bands::Bands;
pub use edf::Edf;
pub use rarest::Rarest;
pub use sequential::Sequential;
pub use table::Table;
pub use time_critical::TimeCritical;

pub(super) use field::Field;

use super::super::viewing::{Desk, Viewing};
use super::named::choices;
use crate::units::Span;

choices! {
    /// Which segment is asked from peers next.
    pub enum SegmentChoice ("a choice of segments") {
        Sequential(Sequential) = "sequential", "the earliest that a neighbour can send";
        Rarest(Rarest) = "rarest", "the one that fewest neighbours have, within a window";
        Edf(Edf) = "edf", "the earliest that a neighbour can send in time";
        Bands(Bands) = "bands", "near ones in order, further ones rarest first, in three bands";
        TimeCritical(TimeCritical) = "time-critical", "in order within a horizon that follows the time segments take, then rarest";
    }
}

impl SegmentChoice {
    /// How far ahead peers are asked.
    pub const fn window(&self) -> Span {
        match self {
            Self::Sequential(own) => own.window,
            Self::Rarest(own) => own.window,
            Self::Edf(own) => own.window,
            Self::Bands(own) => own.window,
            Self::TimeCritical(own) => own.window,
        }
    }

    /// Whether it goes by order alone, and needs no field.
    pub(super) const fn in_order(&self) -> bool {
        matches!(self, Self::Sequential(_))
    }

    /// The next of the segments in `field`, among those in `able`; `None` when there is none.
    pub(super) fn pick(
        &self,
        field: &Field,
        able: u128,
        viewing: &Viewing,
        desk: &mut Desk<'_>,
    ) -> Option<u16> {
        match self {
            Self::Sequential(_) => field.earliest(able),
            Self::Rarest(own) => own.pick(field, able, desk),
            Self::Edf(own) => own.pick(field, able, viewing, desk),
            Self::Bands(own) => own.pick(field, able, viewing, desk),
            Self::TimeCritical(own) => own.pick(field, able, viewing, desk),
        }
    }

    /// The same for a source that has everything and is always in time.
    pub(super) fn pick_for_server(
        &self,
        field: &Field,
        viewing: &Viewing,
        desk: &mut Desk<'_>,
    ) -> Option<u16> {
        match self {
            Self::Edf(_) => field.earliest(field.wanted()),
            _ => self.pick(field, field.wanted(), viewing, desk),
        }
    }
}
