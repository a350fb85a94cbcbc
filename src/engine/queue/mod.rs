//! What happens next: events in order of time, then of a key made of their content.
//!
//! Invariant: the order never depends on who inserted first, so any way of running gives the same.

mod blocks;
mod leaf;
mod tuning;
mod wheel;

use crate::units::Time;

pub use wheel::Wheel;

/// Bits of a field of an event's key: homes, transfers under way and stamps have no more.
const FIELD_BITS: u32 = 30;
/// What fits such a field.
pub(super) const FIELD: u32 = (1 << FIELD_BITS) - 1;

/// Providers have lower numbers than this.
const ISPS: u32 = 1 << 8;

/// Something that will happen. Numbers are below 2^30, but for intents.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// An evening begins or ends for a provider's lines.
    Evening { isp: u8, begins: bool },
    /// Capacities change for the `index`th time, counted from 0.
    Capacity { index: u32 },
    /// What a home's uploads leave to its downloads is looked at.
    Uplink { home: u32 },
    /// All bytes of a transfer are here.
    Arrives { transfer: u32 },
    /// A refusal has reached the one who asked.
    Refused { transfer: u32, stamp: u32 },
    /// A request has reached its server or peer.
    Asked { transfer: u32, stamp: u32 },
    /// A neighbour learns that a connection is gone.
    Unlinked { home: u32, peer: u32 },
    /// The directory's answer is here.
    Answered { home: u32, viewing: u32 },
    /// A dial has come to its end.
    Dialed { home: u32, peer: u32 },
    /// A connection, by the home that dialed and its serial, may have lived its life, or is looked at
    /// for whether it is used.
    LinkDies { home: u32, serial: u32 },
    /// A peer names others to a home, or what it named arrives there.
    Names { home: u32, peer: u32 },
    /// A box is switched on.
    PowerOn { home: u32 },
    /// A box is switched off.
    PowerOff { home: u32 },
    /// A home decides whom it serves.
    Round { home: u32 },
    /// The household wants its set for something else.
    Leave { home: u32, viewing: u32 },
    /// Somebody presses play.
    Intent { index: u32 },
    /// A peer's timer.
    Wake { home: u32 },
    /// Word of whether it serves them has come from a peer.
    Word { home: u32, peer: u32 },
    /// A bin of the series ends.
    Bin,
    /// The end.
    End,
}

impl Event {
    /// The whole event: rank, entity and detail, and so its place among those of one instant. Capacity
    /// first, so that all else sees it; what arrives before what leaves, so that a peer leaving at t
    /// still has what reached it at t; timers last, so that they see everything; the bin after all of
    /// it.
    #[inline]
    const fn key(self) -> u64 {
        let (rank, entity, detail) = match self {
            Self::Evening { isp, begins } => (0, isp as u32, begins as u32),
            Self::Capacity { index } => (0, ISPS, index),
            Self::Uplink { home } => (1, home, 0),
            Self::Arrives { transfer } => (2, transfer, 0),
            Self::Refused { transfer, stamp } => (3, transfer, stamp),
            Self::Asked { transfer, stamp } => (4, transfer, stamp),
            Self::Unlinked { home, peer } => (5, home, peer),
            Self::Answered { home, viewing } => (6, home, viewing),
            Self::Dialed { home, peer } => (7, home, peer),
            Self::LinkDies { home, serial } => (8, home, serial),
            Self::Names { home, peer } => (9, home, peer),
            Self::PowerOn { home } => (10, home, 0),
            Self::PowerOff { home } => (11, home, 0),
            Self::Round { home } => (11, home, 1),
            Self::Leave { home, viewing } => (12, home, viewing),
            Self::Intent { index } => (13, index >> FIELD_BITS, index & FIELD),
            Self::Wake { home } => (14, home, 0),
            Self::Word { home, peer } => (14, home, peer + 1),
            Self::Bin => (15, 0, 0),
            Self::End => (15, 1, 0),
        };
        debug_assert!(entity <= FIELD && detail <= FIELD, "a number of 30 bits");
        (rank as u64) << (2 * FIELD_BITS) | (entity as u64) << FIELD_BITS | detail as u64
    }

    /// The event of a key.
    #[inline]
    const fn of(key: u64) -> Self {
        let (first, second) = ((key >> FIELD_BITS) as u32 & FIELD, key as u32 & FIELD);
        match key >> (2 * FIELD_BITS) {
            0 if first < ISPS => Self::Evening { isp: first as u8, begins: second != 0 },
            0 => Self::Capacity { index: second },
            1 => Self::Uplink { home: first },
            2 => Self::Arrives { transfer: first },
            3 => Self::Refused { transfer: first, stamp: second },
            4 => Self::Asked { transfer: first, stamp: second },
            5 => Self::Unlinked { home: first, peer: second },
            6 => Self::Answered { home: first, viewing: second },
            7 => Self::Dialed { home: first, peer: second },
            8 => Self::LinkDies { home: first, serial: second },
            9 => Self::Names { home: first, peer: second },
            10 => Self::PowerOn { home: first },
            11 if second == 0 => Self::PowerOff { home: first },
            11 => Self::Round { home: first },
            12 => Self::Leave { home: first, viewing: second },
            13 => Self::Intent { index: first << FIELD_BITS | second },
            14 if second == 0 => Self::Wake { home: first },
            14 => Self::Word { home: first, peer: second - 1 },
            _ if first == 0 => Self::Bin,
            _ => Self::End,
        }
    }
}

/// The pending events.
#[derive(Debug, Default)]
pub struct Queue {
    wheel: Wheel,
    popped: u64,
}

impl Queue {
    /// Adds an event, not before the one taken last.
    #[inline]
    pub fn push(&mut self, at: Time, event: Event) {
        self.wheel.push(at.0, event.key());
    }

    /// Takes the earliest event.
    #[inline]
    pub fn pop(&mut self) -> Option<(Time, Event)> {
        let (at, key) = self.wheel.pop()?;
        self.popped += 1;
        Some((Time(at), Event::of(key)))
    }

    /// The event `places` after the next one, when it is known without looking for it.
    #[inline]
    pub fn ahead(&self, places: usize) -> Option<Event> {
        self.wheel.ahead(places).map(|(_, key)| Event::of(key))
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

    const EVERY: [Event; 19] = [
        Event::Evening { isp: 255, begins: true },
        Event::Uplink { home: 6 },
        Event::Arrives { transfer: FIELD },
        Event::Refused { transfer: 0, stamp: FIELD },
        Event::Asked { transfer: 7, stamp: 0 },
        Event::Unlinked { home: FIELD, peer: FIELD },
        Event::Answered { home: 3, viewing: 4 },
        Event::Dialed { home: 1 << 29, peer: 5 },
        Event::LinkDies { home: 5, serial: 1 << 29 },
        Event::Names { home: FIELD, peer: 0 },
        Event::PowerOn { home: FIELD },
        Event::PowerOff { home: 0 },
        Event::Round { home: 0 },
        Event::Leave { home: 2, viewing: FIELD },
        Event::Intent { index: u32::MAX },
        Event::Wake { home: FIELD },
        Event::Word { home: FIELD, peer: FIELD - 1 },
        Event::Bin,
        Event::End,
    ];

    #[test]
    fn a_key_holds_the_whole_event_and_follows_its_rank() {
        for event in EVERY {
            assert_eq!(Event::of(event.key()), event);
        }
        assert!(EVERY.windows(2).all(|pair| pair[0].key() < pair[1].key()));
    }

    fn events() -> impl Strategy<Value = (Time, Event)> {
        let event = prop_oneof![
            (0u32..9).prop_map(|home| Event::Wake { home }),
            (0u32..9, 0u32..3).prop_map(|(transfer, stamp)| Event::Asked { transfer, stamp }),
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
