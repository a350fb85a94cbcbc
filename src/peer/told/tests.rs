//! What neighbours told against sets kept by hand.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::Told;
use crate::peer::Item;
use crate::peer::segments::{Key, Row, Segments};

/// The runs of a set.
fn runs(set: &BTreeSet<u16>) -> Vec<(u16, u16)> {
    let mut runs: Vec<(u16, u16)> = Vec::new();
    for &segment in set {
        match runs.last_mut().filter(|run| run.1 == segment) {
            Some(run) => run.1 += 1,
            None => runs.push((segment, segment + 1)),
        }
    }
    runs
}

proptest! {
    #[test]
    fn told_is_what_was_told(
        rounds in prop::collection::vec(
            (
                prop::collection::btree_set(0u16..60, 0..40),
                prop::collection::vec((any::<bool>(), 0u16..60), 0..12),
            ),
            1..4,
        ),
        mine in prop::collection::btree_set(0u16..60, 0..50),
        from in 0u16..62,
        to in 0u16..62,
    ) {
        let key = Key::of(Item { title: 0, rung: 0 });
        let rows: Vec<Row> =
            runs(&mine).into_iter().map(|(from, to)| Row { key, from, to }).collect();
        // The same one again and again, as its room grows and shrinks.
        let mut told = Told::default();
        prop_assert_eq!(told.next_useful(Segments(&rows), from, to), None);
        for (mut theirs, news) in rounds {
            told.renew(runs(&theirs).into_iter());
            let mut fetched = BTreeSet::new();
            for (from_cdn, segment) in news {
                told.lacks(segment);
                theirs.remove(&segment);
                if from_cdn {
                    told.fetches(segment);
                    fetched.insert(segment);
                }
            }
            prop_assert_eq!(told.loaded(), &runs(&theirs)[..]);
            for segment in 0..62 {
                prop_assert_eq!(told.has(segment), theirs.contains(&segment));
                prop_assert_eq!(told.is_fetching(segment), fetched.contains(&segment));
                let end = (segment..).find(|s| !theirs.contains(s)).filter(|end| *end > segment);
                prop_assert_eq!(told.end_of_run(segment), end);
            }
            let expected = (from..to).find(|at| theirs.contains(at) && !mine.contains(at));
            prop_assert_eq!(told.next_useful(Segments(&rows), from, to), expected);
        }
    }
}
