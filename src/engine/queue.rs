//! What happens next: events in order of time, then of a key made of their content.
//!
//! Invariant: the order never depends on who inserted first, so any way of running gives the same.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use crate::units::Time;

/// Something that will happen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Event {
    /// An evening begins or ends for a provider's lines.
    Evening { isp: u8, begins: bool },
    /// What a home's uploads leave to its downloads is looked at.
    Uplink { home: u32 },
    /// All bytes of a transfer are here.
    Arrives { transfer: u32, stamp: u32 },
    /// A refusal has reached the one who asked.
    Refused { transfer: u32, stamp: u32 },
    /// A request has reached its server or peer.
    Asked { transfer: u32, stamp: u32 },
    /// A round trip of slow start is over.
    Grow { transfer: u32, serial: u32 },
    /// A neighbour learns that a connection is gone.
    Unlinked { home: u32, peer: u32 },
    /// The directory's answer is here.
    Answered { home: u32, viewing: u32 },
    /// A dial has come to its end.
    Dialed { home: u32, peer: u32, viewing: u32 },
    /// A connection has lived its life.
    LinkDies { home: u32, peer: u32, serial: u32 },
    /// A box is switched on.
    PowerOn { home: u32 },
    /// A box is switched off.
    PowerOff { home: u32 },
    /// The household wants its set for something else.
    Leave { home: u32, viewing: u32 },
    /// Somebody presses play.
    Intent { index: u32 },
    /// A peer's timer.
    Wake { home: u32 },
    /// A bin of the series ends.
    Bin,
    /// The end.
    End,
}

impl Event {
    /// Rank, entity and detail of an event: its place among those of one instant. Capacity first, so
    /// that all else sees it; what arrives before what leaves, so that a peer leaving at t still has
    /// what reached it at t; timers last, so that they see everything; the bin after all of it.
    const fn key(self) -> u64 {
        let (rank, entity, detail) = match self {
            Self::Evening { isp, begins } => (0, isp as u32, begins as u32),
            Self::Uplink { home } => (1, home, 0),
            Self::Arrives { transfer, stamp } => (2, transfer, stamp),
            Self::Refused { transfer, stamp } => (3, transfer, stamp),
            Self::Asked { transfer, stamp } => (4, transfer, stamp),
            Self::Grow { transfer, serial } => (5, transfer, serial),
            Self::Unlinked { home, peer } => (6, home, peer),
            Self::Answered { home, viewing } => (7, home, viewing),
            Self::Dialed { home, peer, .. } => (8, home, peer),
            Self::LinkDies { home, peer, .. } => (9, home, peer),
            Self::PowerOn { home } => (10, home, 0),
            Self::PowerOff { home } => (11, home, 0),
            Self::Leave { home, .. } => (12, home, 0),
            Self::Intent { index } => (13, index, 0),
            Self::Wake { home } => (14, home, 0),
            Self::Bin => (15, 0, 0),
            Self::End => (16, 0, 0),
        };
        (rank as u64) << 56 | (entity as u64) << 24 | (detail & 0xff_ffff) as u64
    }
}

/// The pending events.
#[derive(Debug, Default)]
pub struct Queue {
    heap: BinaryHeap<Reverse<(Time, u64, Event)>>,
    popped: u64,
}

impl Queue {
    /// Adds an event.
    pub fn push(&mut self, at: Time, event: Event) {
        self.heap.push(Reverse((at, event.key(), event)));
    }

    /// Takes the earliest event.
    pub fn pop(&mut self) -> Option<(Time, Event)> {
        let Reverse((at, _, event)) = self.heap.pop()?;
        self.popped += 1;
        Some((at, event))
    }

    /// Events taken so far.
    pub const fn popped(&self) -> u64 {
        self.popped
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn events() -> impl Strategy<Value = (Time, Event)> {
        let event = prop_oneof![
            (0u32..9).prop_map(|home| Event::Wake { home }),
            (0u32..9, 0u32..3).prop_map(|(transfer, stamp)| Event::Arrives { transfer, stamp }),
            (0u32..9, 0u32..9).prop_map(|(home, peer)| Event::Unlinked { home, peer }),
            Just(Event::Bin),
        ];
        (0u64..20, event).prop_map(|(at, event)| (Time(at), event))
    }

    proptest! {
        #[test]
        fn order_of_insertion_does_not_matter(mut list in prop::collection::vec(events(), 0..60)) {
            let drain = |list: &[(Time, Event)]| {
                let mut queue = Queue::default();
                list.iter().for_each(|(at, event)| queue.push(*at, *event));
                std::iter::from_fn(move || queue.pop()).collect::<Vec<_>>()
            };
            let forwards = drain(&list);
            prop_assert!(forwards.windows(2).all(|pair| pair[0].0 <= pair[1].0));
            list.reverse();
            prop_assert_eq!(forwards, drain(&list));
        }
    }
}
