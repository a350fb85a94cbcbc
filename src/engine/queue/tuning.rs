//! How wide the wheel's slots should be, from what they held.

/// Entries that an entry should share its slot with, itself included: a change is worth it outside.
const FEWEST: u64 = 10;
const MOST: u64 = 24;
/// Entries looked at before a change: the first time, and later.
const FIRST_WINDOW: u64 = 512;
const WINDOW: u64 = 8_192;

/// Counts of what was loaded since the last look.
#[derive(Debug)]
pub(super) struct Tuning {
    entries: u64,
    /// Sum over slots of entries times entries, and of entries times different times: by `entries`
    /// how many an entry shares its slot with.
    squares: u64,
    crowds: u64,
    /// Entries loaded before another change may be worth its cost.
    window: u64,
    /// Late entries that the leaf had no place for.
    late: u64,
}

impl Default for Tuning {
    fn default() -> Self {
        Self { entries: 0, squares: 0, crowds: 0, window: FIRST_WINDOW, late: 0 }
    }
}

impl Tuning {
    /// About a millisecond.
    pub(super) const FIRST_SHIFT: u32 = 20;
    const MOST_SHIFT: u32 = 53;

    /// A slot of `entries` at `times` different times was loaded.
    #[inline]
    pub(super) const fn loaded(&mut self, entries: usize, times: usize) {
        let (entries, times) = (entries as u64, times as u64);
        self.entries += entries;
        self.squares += entries * entries;
        self.crowds += entries * times;
    }

    /// The leaf has no place for a late entry: whether to look for another width.
    pub(super) fn crowded(&mut self, pending: usize) -> bool {
        self.late += 1;
        let look = self.late >= FIRST_WINDOW.max(pending as u64 / 4);
        if look {
            *self = Self { window: WINDOW.max(pending as u64), ..Self::default() };
        }
        look
    }

    /// The width at which a slot holds a good number, when `entries` take `span` nanoseconds; the
    /// greatest there is when they cannot be parted.
    pub(super) fn shift_for(span: u64, entries: u64) -> u32 {
        let width = u128::from(span) * u128::from((FEWEST + MOST) / 2) / u128::from(entries.max(1));
        if span == 0 { Self::MOST_SHIFT } else { width.max(1).ilog2().min(Self::MOST_SHIFT) }
    }

    /// Another width, when it is worth moving all `pending` entries.
    #[inline]
    pub(super) fn wanted(&mut self, shift: u32, pending: usize) -> Option<u32> {
        if self.entries < self.window { None } else { self.look(shift, pending) }
    }

    /// Entries of one time cannot be parted: only different times call for narrower slots.
    #[cold]
    fn look(&mut self, shift: u32, pending: usize) -> Option<u32> {
        let (shared, crowd) = (self.squares / self.entries, self.crowds / self.entries);
        let wanted = if crowd > MOST {
            shift.saturating_sub((2 * crowd / MOST).ilog2())
        } else if shared < FEWEST {
            (shift + (2 * FEWEST / shared.max(1)).ilog2()).min(Self::MOST_SHIFT)
        } else {
            shift
        };
        let window = WINDOW.max(pending as u64);
        *self = Self { window: WINDOW, ..Self::default() };
        if wanted == shift {
            return None;
        }
        self.window = window;
        Some(wanted)
    }
}
