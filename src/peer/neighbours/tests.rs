//! Neighbours come, send, fail and go.

use super::Neighbours;
use crate::peer::PeerId;
use crate::units::{BitRate, Bytes, Span, Time};

const NOW: Time = Time(100_000_000_000);

/// The segment that everybody has.
const SEGMENT: u16 = 7;

#[test]
fn who_sends_or_failed_is_not_asked_and_records_fade() {
    let mut known = Neighbours::default();
    let (first, second) = (PeerId(0), PeerId(1));
    known.add(first);
    known.add(second);
    known.delivered(first, NOW, Bytes(9_000 * 125), Span::from_secs(1));
    for neighbour in known.iter_mut() {
        neighbour.told.renew([(SEGMENT, SEGMENT + 1)].into_iter());
    }
    let names = |known: &Neighbours, segment| -> Vec<PeerId> {
        known.holders(segment).iter().map(|holder| holder.peer).collect()
    };
    assert_eq!(names(&known, SEGMENT), [first, second]);
    assert_eq!(names(&known, SEGMENT + 1), [], "nobody has it");
    let shown = known.rate_of(first, NOW);
    assert!(shown > BitRate(8_900_000) && shown <= BitRate(9_000_000), "{shown}");
    let holders = known.holders(SEGMENT);
    assert_eq!(known.rates(&holders, NOW)[..], [shown, shown], "the mean of those known");
    // Longer ago than the window: as good as unknown.
    assert_eq!(known.rate_of(first, NOW + Span::from_secs(16)), BitRate::ZERO);
    assert_eq!(known.failed(first, NOW), Some(1));
    known.wake(NOW + super::QUIET - Span(1));
    assert!(known.all[0].is_quiet() && !known.all[0].free());
    assert_eq!(names(&known, SEGMENT), [second], "only who is free");
    known.wake(NOW + super::QUIET);
    assert!(known.all[0].free() && !known.all[0].is_quiet());
    assert_eq!(known.failed(first, NOW), Some(2));
    known.delivered(first, NOW, Bytes(1), Span(1));
    assert_eq!(known.failed(first, NOW), Some(1), "errors in a row only");
    known.begins(second, 1);
    assert!(!known.all[1].free() && !known.all[1].is_quiet(), "it sends");
    known.cancelled(second);
    assert!(known.all[1].free());
    known.remove(first);
    assert!(!known.knows(first) && known.failed(first, NOW).is_none());
}
