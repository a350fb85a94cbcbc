//! Measured time in two parts, so that whatever is counted by window is counted once.

use super::tables::Window;

/// A part of the measured time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Period {
    /// Measured, but outside the peak.
    Rest = 0,
    /// The peak, all of it measured.
    Peak = 1,
}

/// One of something for each part.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Periods<T>(pub(super) [T; 2]);

impl<T> Periods<T> {
    /// That of a part.
    pub(super) const fn at(&mut self, period: Period) -> &mut T {
        &mut self.0[period as usize]
    }

    /// Those that make up a window.
    pub(super) fn of(&self, window: Window) -> &[T] {
        match window {
            Window::All => &self.0,
            Window::Peak => &self.0[Period::Peak as usize..],
        }
    }
}
