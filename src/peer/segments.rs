//! Which segments of one item somebody has: sorted ranges, so that a title watched in order costs
//! eight bytes however long it is.
//!
//! Invariant: ranges are rising, not empty, and never touch.

use smallvec::SmallVec;

/// A set of segment indices.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SegmentSet {
    /// Half-open, rising.
    ranges: SmallVec<[(u16, u16); 2]>,
}

impl SegmentSet {
    /// Nothing.
    pub const fn new() -> Self {
        Self { ranges: SmallVec::new_const() }
    }

    /// Whether nothing is held.
    pub fn is_empty(&self) -> bool {
        self.ranges.is_empty()
    }

    /// How many segments are held.
    pub fn len(&self) -> u32 {
        self.ranges.iter().map(|&(from, to)| u32::from(to - from)).sum()
    }

    /// The ranges, half-open and rising.
    pub fn ranges(&self) -> &[(u16, u16)] {
        &self.ranges
    }

    /// Whether `segment` is held.
    pub fn contains(&self, segment: u16) -> bool {
        self.end_of_run(segment).is_some()
    }

    /// The first segment that is not held, at `segment` or after it in one run; `None` when
    /// `segment` is not held.
    pub fn end_of_run(&self, segment: u16) -> Option<u16> {
        let after = self.ranges.partition_point(|&(from, _)| from <= segment);
        let (_, to) = *self.ranges.get(after.checked_sub(1)?)?;
        (segment < to).then_some(to)
    }

    /// The first held segment at `segment` or after it.
    pub fn next(&self, segment: u16) -> Option<u16> {
        if self.contains(segment) {
            return Some(segment);
        }
        let after = self.ranges.partition_point(|&(from, _)| from <= segment);
        self.ranges.get(after).map(|&(from, _)| from)
    }

    /// The first segment at `segment` or after it that is not held.
    pub fn next_gap(&self, segment: u16) -> u16 {
        self.end_of_run(segment).unwrap_or(segment)
    }

    /// The first held segment.
    pub fn first(&self) -> Option<u16> {
        self.ranges.first().map(|&(from, _)| from)
    }

    /// Adds `segment`; false when it was held already.
    pub fn insert(&mut self, segment: u16) -> bool {
        let after = self.ranges.partition_point(|&(from, _)| from <= segment);
        let joins_left = after > 0 && self.ranges[after - 1].1 >= segment;
        if joins_left && self.ranges[after - 1].1 > segment {
            return false;
        }
        let joins_right = self.ranges.get(after).is_some_and(|&(from, _)| from == segment + 1);
        match (joins_left, joins_right) {
            (true, true) => {
                self.ranges[after - 1].1 = self.ranges[after].1;
                self.ranges.remove(after);
            }
            (true, false) => self.ranges[after - 1].1 = segment + 1,
            (false, true) => self.ranges[after].0 = segment,
            (false, false) => self.ranges.insert(after, (segment, segment + 1)),
        }
        true
    }

    /// Adds `from..to`.
    pub fn insert_run(&mut self, from: u16, to: u16) {
        if from >= to {
            return;
        }
        // Ranges that overlap or touch become one.
        let first = self.ranges.partition_point(|&(_, end)| end < from);
        let after = self.ranges.partition_point(|&(start, _)| start <= to);
        if first == after {
            self.ranges.insert(first, (from, to));
            return;
        }
        let (start, end) = (self.ranges[first].0.min(from), self.ranges[after - 1].1.max(to));
        self.ranges[first] = (start, end);
        self.ranges.drain(first + 1..after);
    }

    /// Takes `segment` out; false when it was not held.
    pub fn remove(&mut self, segment: u16) -> bool {
        let after = self.ranges.partition_point(|&(from, _)| from <= segment);
        let Some(at) = after.checked_sub(1) else {
            return false;
        };
        let (from, to) = self.ranges[at];
        if segment >= to {
            return false;
        }
        match (from == segment, to == segment + 1) {
            (true, true) => {
                self.ranges.remove(at);
            }
            (true, false) => self.ranges[at].0 = segment + 1,
            (false, true) => self.ranges[at].1 = segment,
            (false, false) => {
                self.ranges[at].1 = segment;
                self.ranges.insert(at + 1, (segment + 1, to));
            }
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::SegmentSet;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    proptest! {
        #[test]
        fn a_run_is_its_segments(
            before in prop::collection::vec(0u16..40, 0..20),
            from in 0u16..40,
            length in 0u16..20,
        ) {
            let (mut runs, mut singles) = (SegmentSet::new(), SegmentSet::new());
            for segment in before {
                runs.insert(segment);
                singles.insert(segment);
            }
            runs.insert_run(from, from + length);
            (from..from + length).for_each(|segment| { singles.insert(segment); });
            prop_assert_eq!(runs, singles);
        }

        #[test]
        fn behaves_as_a_set(steps in prop::collection::vec((any::<bool>(), 0u16..40), 0..200)) {
            let mut set = SegmentSet::new();
            let mut model = BTreeSet::new();
            for (add, segment) in steps {
                if add {
                    prop_assert_eq!(set.insert(segment), model.insert(segment));
                } else {
                    prop_assert_eq!(set.remove(segment), model.remove(&segment));
                }
                prop_assert_eq!(set.len() as usize, model.len());
                prop_assert_eq!(set.first(), model.first().copied());
                for probe in 0..42 {
                    prop_assert_eq!(set.contains(probe), model.contains(&probe));
                    prop_assert_eq!(set.next(probe), model.range(probe..).next().copied());
                    let gap = (probe..).find(|s| !model.contains(s)).unwrap();
                    prop_assert_eq!(set.next_gap(probe), gap);
                }
                let apart = set.ranges().windows(2).all(|w| w[0].1 < w[1].0);
                prop_assert!(apart && set.ranges().iter().all(|r| r.0 < r.1));
            }
        }
    }
}
