//! A title that is watched as it is published.

use alloc::boxed::Box;

use super::{Edge, Play};
use crate::units::{Span, Time};

/// Where the edge is. The playlist tells, and costs no time.
#[derive(Clone, Debug)]
pub(super) struct Live {
    /// Segments of the title that exist.
    pub(super) published: u16,
    /// When one more does.
    pub(super) grows_at: Time,
}

impl Live {
    /// For a viewing that begins; `None` on demand.
    pub(super) fn new(play: &Play) -> Option<Box<Self>> {
        match play.edge {
            Edge::Whole => None,
            Edge::Live { published, next } => {
                Some(Box::new(Self { published: published.min(play.segments), grows_at: next }))
            }
        }
    }

    /// Takes note of the segments published by now, of a title that ends at `end`.
    pub(super) fn publish(&mut self, segment: Span, now: Time, end: u16) {
        while self.published < end && self.grows_at <= now {
            self.published += 1;
            self.grows_at = self.grows_at + segment;
        }
        if self.published >= end {
            self.grows_at = Time::NEVER;
        }
    }
}
