//! What neighbours told against a search by hand.

use proptest::prelude::*;

use super::Told;
use crate::peer::segments::SegmentSet;

fn set(of: &[u16]) -> SegmentSet {
    let mut set = SegmentSet::new();
    for segment in of {
        set.insert(*segment);
    }
    set
}

proptest! {
    #[test]
    fn next_useful_is_the_first_that_is_known_and_lacking(
        theirs in prop::collection::vec(0u16..60, 0..50),
        mine in prop::collection::vec(0u16..60, 0..50),
        from in 0u16..62,
        to in 0u16..62,
    ) {
        let (loaded, mine) = (set(&theirs), set(&mine));
        let told = Told { loaded, ..Told::default() };
        for segment in 0..62 {
            prop_assert_eq!(told.has(segment), theirs.contains(&segment));
        }
        let expected = (from..to).find(|segment| told.has(*segment) && !mine.contains(*segment));
        prop_assert_eq!(told.next_useful(&mine, from, to), expected);
        prop_assert_eq!(Told::default().next_useful(&mine, from, to), None);
    }
}
