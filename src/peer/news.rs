//! Arrivals that are news to neighbours whose messages are still under way.

use crate::units::Time;

/// The latest arrivals.
#[derive(Clone, Debug, Default)]
pub(super) struct News {
    when: [Time; Self::KEPT],
    segments: [u16; Self::KEPT],
    /// One bit each.
    from_cdn: u8,
    /// How many there have been; more than are kept count as one round.
    count: u8,
}

impl News {
    /// How many are kept.
    const KEPT: usize = 8;

    /// A segment arrived.
    pub(super) const fn add(&mut self, now: Time, segment: u16, from_cdn: bool) {
        let at = self.count as usize % Self::KEPT;
        self.when[at] = now;
        self.segments[at] = segment;
        self.from_cdn = self.from_cdn & !(1 << at) | (from_cdn as u8) << at;
        self.count += 1;
        if self.count as usize == 2 * Self::KEPT {
            self.count = Self::KEPT as u8;
        }
    }

    /// When, which, whether from the CDN.
    pub(super) fn iter(&self) -> impl Iterator<Item = (Time, u16, bool)> + '_ {
        let kept = usize::from(self.count).min(Self::KEPT);
        (0..kept).map(|at| (self.when[at], self.segments[at], self.from_cdn >> at & 1 == 1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn the_latest_are_kept(all in prop::collection::vec(any::<(u64, u16, bool)>(), 0..60)) {
            let mut news = News::default();
            for &(when, segment, from_cdn) in &all {
                news.add(Time(when), segment, from_cdn);
            }
            let mut kept: Vec<_> = news.iter().map(|(at, which, cdn)| (at.0, which, cdn)).collect();
            let mut latest = all[all.len().saturating_sub(8)..].to_vec();
            kept.sort_unstable();
            latest.sort_unstable();
            prop_assert_eq!(kept, latest);
        }
    }
}
