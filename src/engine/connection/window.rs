//! The congestion window of a connection, as far as slow start needs it.

use crate::units::Bytes;

/// Packets that may be under way. Slow start doubles it until something else holds the flow back;
/// then it counts no more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::engine) struct Window(u16);

impl Window {
    /// A connection that has sent nothing yet.
    pub(in crate::engine) const NONE: Self = Self(0);
    /// Slow start is over.
    pub(in crate::engine) const OPEN: Self = Self(u16::MAX);

    /// The window of a cold connection; without slow start, open.
    pub(super) const fn initial(packets: u32) -> Self {
        if packets == 0 { Self::OPEN } else { Self(packets as u16) }
    }

    /// The next round trip's.
    pub(super) const fn doubled(self) -> Self {
        Self(self.0.saturating_mul(2))
    }

    /// Bytes under way at most; `None` once slow start is over.
    pub(super) fn bytes(self, mss: Bytes) -> Option<Bytes> {
        (self != Self::OPEN).then(|| Bytes(u64::from(self.0) * mss.0))
    }
}
