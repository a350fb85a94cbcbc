//! Which segments of one item somebody has: sorted runs, so that a title watched in order costs a
//! few bytes however long it is.
//!
//! Invariant of every row of runs here: rising, not empty, and never touching.

use super::Item;

/// Segments from one up to another, which is not among them.
pub(super) trait Run: Copy {
    /// The first, and the first beyond.
    fn ends(self) -> (u16, u16);
}

impl Run for (u16, u16) {
    fn ends(self) -> (u16, u16) {
        self
    }
}

/// An item in half the bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Key(u32);

impl Key {
    pub(super) const fn of(item: Item) -> Self {
        debug_assert!(item.title < Item::TITLES, "a title has 24 bits");
        Self(item.title << 8 | item.rung as u32)
    }

    pub(super) const fn item(self) -> Item {
        Item { title: self.0 >> 8, rung: self.0 as u8 }
    }
}

/// A run of an item in a store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Row {
    pub(super) key: Key,
    pub(super) from: u16,
    pub(super) to: u16,
}

impl Run for Row {
    fn ends(self) -> (u16, u16) {
        (self.from, self.to)
    }
}

/// What is held of one item, to be looked at.
#[derive(Clone, Copy, Debug, Default)]
pub struct Segments<'a>(pub(super) &'a [Row]);

impl<'a> Segments<'a> {
    /// Whether nothing is held.
    pub const fn is_empty(self) -> bool {
        self.0.is_empty()
    }

    /// How many segments are held.
    pub fn len(self) -> u32 {
        self.0.iter().map(|run| u32::from(run.to - run.from)).sum()
    }

    /// The runs, half-open and rising.
    pub fn ranges(self) -> impl ExactSizeIterator<Item = (u16, u16)> + 'a {
        self.0.iter().map(|run| run.ends())
    }

    /// Whether `segment` is held.
    pub fn contains(self, segment: u16) -> bool {
        end_of_run(self.0, segment).is_some()
    }

    /// The first segment that is not held, at `segment` or after it in one run; `None` when
    /// `segment` is not held.
    pub fn end_of_run(self, segment: u16) -> Option<u16> {
        end_of_run(self.0, segment)
    }

    /// The first held segment at `segment` or after it.
    pub fn next(self, segment: u16) -> Option<u16> {
        let run = &self.0.get(before(self.0, segment))?;
        Some(run.from.max(segment))
    }

    /// The first segment at `segment` or after it that is not held.
    pub fn next_gap(self, segment: u16) -> u16 {
        end_of_run(self.0, segment).unwrap_or(segment)
    }

    /// The first held segment.
    pub fn first(self) -> Option<u16> {
        self.0.first().map(|run| run.from)
    }
}

/// How many runs end at `segment` or before it. There is one run most of the time, and a few
/// otherwise: to walk along them is faster than to halve them.
fn before<R: Run>(runs: &[R], segment: u16) -> usize {
    const FEW: usize = 8;
    if runs.len() > FEW {
        return runs.partition_point(|run| run.ends().1 <= segment);
    }
    runs.iter().take_while(|run| run.ends().1 <= segment).count()
}

/// See [`Segments::end_of_run`].
pub(super) fn end_of_run<R: Run>(runs: &[R], segment: u16) -> Option<u16> {
    let (from, to) = runs.get(before(runs, segment))?.ends();
    (from <= segment).then_some(to)
}

/// The first segment in `from..to` that `theirs` has and `mine` lacks.
pub(super) fn next_beyond<A: Run, B: Run>(
    theirs: &[A],
    mine: &[B],
    from: u16,
    to: u16,
) -> Option<u16> {
    // Nearly always there is nothing that far, and one look says so.
    if theirs.last()?.ends().1 <= from {
        return None;
    }
    let mut mine = mine[before(mine, from)..].iter();
    let mut next = mine.next().map(|run| run.ends());
    for run in &theirs[before(theirs, from)..] {
        let (first, end) = run.ends();
        let mut at = first.max(from);
        while at < end.min(to) {
            match next {
                Some((_, held_to)) if held_to <= at => next = mine.next().map(|run| run.ends()),
                Some((held_from, held_to)) if held_from <= at => at = held_to,
                _ => return Some(at),
            }
        }
        if at >= to {
            return None;
        }
    }
    None
}

/// What adding a segment to a row of runs does to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Placed {
    /// Nothing: it is there.
    Held,
    /// The run there grows at its end.
    After(usize),
    /// The run there grows at its beginning.
    Before(usize),
    /// The run there and the next become one.
    Between(usize),
    /// It is a new run there.
    Alone(usize),
}

/// Where `segment` goes.
pub(super) fn place<R: Run>(runs: &[R], segment: u16) -> Placed {
    // Most are added behind everything else.
    let at = match runs.last() {
        Some(last) if last.ends().1 < segment => runs.len(),
        _ => before(runs, segment),
    };
    let starts = runs.get(at).map(|run| run.ends().0);
    if starts.is_some_and(|from| from <= segment) {
        return Placed::Held;
    }
    let left = at > 0 && runs[at - 1].ends().1 == segment;
    let right = starts.is_some_and(|from| from == segment + 1);
    match (left, right) {
        (true, true) => Placed::Between(at - 1),
        (true, false) => Placed::After(at - 1),
        (false, true) => Placed::Before(at),
        (false, false) => Placed::Alone(at),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    /// The runs of a set, put together by hand.
    fn rows(set: &BTreeSet<u16>) -> Vec<Row> {
        let key = Key::of(Item { title: 1, rung: 2 });
        let mut rows: Vec<Row> = Vec::new();
        for &segment in set {
            match rows.last_mut().filter(|row| row.to == segment) {
                Some(row) => row.to += 1,
                None => rows.push(Row { key, from: segment, to: segment + 1 }),
            }
        }
        rows
    }

    proptest! {
        #[test]
        fn runs_say_what_their_segments_say(set in prop::collection::btree_set(0u16..60, 0..50)) {
            let rows = rows(&set);
            let held = Segments(&rows);
            prop_assert_eq!(held.len() as usize, set.len());
            prop_assert_eq!(held.is_empty(), set.is_empty());
            prop_assert_eq!(held.first(), set.first().copied());
            let all: Vec<u16> = held.ranges().flat_map(|(from, to)| from..to).collect();
            prop_assert!(all.iter().eq(&set));
            for probe in 0..62 {
                prop_assert_eq!(held.contains(probe), set.contains(&probe));
                prop_assert_eq!(held.next(probe), set.range(probe..).next().copied());
                let gap = (probe..).find(|s| !set.contains(s)).unwrap();
                prop_assert_eq!(held.next_gap(probe), gap);
                prop_assert_eq!(held.end_of_run(probe), set.contains(&probe).then_some(gap));
            }
        }

        #[test]
        fn the_first_beyond_is_that_of_a_search(
            theirs in prop::collection::btree_set(0u16..60, 0..50),
            mine in prop::collection::btree_set(0u16..60, 0..50),
            from in 0u16..62,
            to in 0u16..62,
        ) {
            let expected = (from..to).find(|at| theirs.contains(at) && !mine.contains(at));
            prop_assert_eq!(next_beyond(&rows(&theirs), &rows(&mine), from, to), expected);
        }

        #[test]
        fn a_segment_has_one_place(
            mut set in prop::collection::btree_set(0u16..40, 0..30),
            segment in 0u16..42,
        ) {
            let before = rows(&set);
            let placed = place(&before, segment);
            let new = set.insert(segment);
            let after = rows(&set);
            let (more, grown) = match placed {
                Placed::Held => (0, None),
                Placed::After(at) | Placed::Before(at) => (0, Some(at)),
                Placed::Between(at) => (-1, Some(at)),
                Placed::Alone(at) => (1, Some(at)),
            };
            prop_assert_eq!(new, grown.is_some());
            prop_assert_eq!(after.len() as i64 - before.len() as i64, more);
            prop_assert!(grown.is_none_or(|at| (after[at].from..after[at].to).contains(&segment)));
        }

        #[test]
        fn a_key_is_its_item(title in 0..Item::TITLES, rung in any::<u8>()) {
            let item = Item { title, rung };
            prop_assert_eq!(Key::of(item).item(), item);
        }
    }
}
