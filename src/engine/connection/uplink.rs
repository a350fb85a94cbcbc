//! A home's uploads against its own downloads: acknowledgements and requests need the uplink too.

use crate::scenario::model::Tcp;
use crate::units::{BitRate, Share, Span};

/// Time a queue needs to build up or drain, at least.
const LEAST_REACTION: Span = Span::from_millis(100);
/// Parts in a million of an uplink from which on it counts as full.
const FULL: u32 = 950_000;

/// What a full uplink does.
#[derive(Debug)]
pub(in crate::engine) struct Uplinks {
    ack: Share,
    floor: Share,
    queue: Span,
    /// Homes that will be looked at.
    pending: Vec<bool>,
}

impl Uplinks {
    pub(in crate::engine) fn new(tcp: &Tcp, homes: usize) -> Self {
        let acks = tcp.ack_share.ppm() > 0;
        Self {
            ack: tcp.ack_share,
            floor: tcp.ack_floor,
            queue: tcp.uplink_queue,
            pending: vec![false; if acks { homes } else { 0 }],
        }
    }

    /// Whether acknowledgements cost anything.
    pub(in crate::engine) const fn acks(&self) -> bool {
        self.ack.ppm() > 0
    }

    /// What remains of a download rate when uploads leave `free` of the uplink: as much as that can
    /// acknowledge, and at least the floor.
    pub(in crate::engine) fn download(&self, rate: BitRate, free: BitRate) -> BitRate {
        if !self.acks() {
            return rate;
        }
        let acknowledged = u128::from(free.0) * 1_000_000 / u128::from(self.ack.ppm());
        let acknowledged = BitRate(u64::try_from(acknowledged).unwrap_or(u64::MAX));
        rate.min(acknowledged.max(rate.part(self.floor)).max(BitRate(1)))
    }

    /// The delay at an uplink of `rate` that sends `used`.
    pub(in crate::engine) fn delay(&self, rate: BitRate, used: BitRate) -> Span {
        let full = used > BitRate::ZERO && used >= rate.part(Share::from_ppm(FULL));
        if full { self.queue } else { Span::ZERO }
    }

    /// Notes that a home's uploads have changed; the time after which that is felt, unless a look is
    /// already due.
    pub(in crate::engine) fn changed(&mut self, home: u32) -> Option<Span> {
        let pending = &mut self.pending[home as usize];
        let reaction = self.queue.max(LEAST_REACTION);
        (!std::mem::replace(pending, true)).then_some(reaction)
    }

    /// The look is taken.
    pub(in crate::engine) fn looked(&mut self, home: u32) {
        self.pending[home as usize] = false;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn uplinks(ack: u32, floor: u32) -> Uplinks {
        let (ack_share, ack_floor) = (Share::from_ppm(ack), Share::from_ppm(floor));
        let uplink_queue = Span::from_millis(300);
        Uplinks::new(&Tcp { ack_share, ack_floor, uplink_queue, ..Tcp::default() }, 2)
    }

    #[test]
    fn hand_cases() {
        let uplinks = uplinks(20_000, 100_000);
        let mega = |rate: u64| BitRate(rate * 1_000_000);
        assert_eq!(uplinks.download(mega(20), mega(1)), mega(20), "1 Mbit/s acknowledges 50");
        assert_eq!(uplinks.download(mega(20), BitRate(200_000)), mega(10));
        assert_eq!(uplinks.download(mega(20), BitRate::ZERO), mega(2), "the floor");
        assert_eq!(uplinks.delay(mega(1), BitRate(940_000)), Span::ZERO);
        assert_eq!(uplinks.delay(mega(1), BitRate(950_000)), Span::from_millis(300));
        assert_eq!(uplinks.delay(BitRate::ZERO, BitRate::ZERO), Span::ZERO);
    }

    #[test]
    fn one_look_for_many_changes() {
        let mut uplinks = uplinks(20_000, 100_000);
        assert_eq!(uplinks.changed(0), Some(Span::from_millis(300)));
        assert_eq!(uplinks.changed(0), None);
        assert_eq!(uplinks.changed(1), Some(Span::from_millis(300)));
        uplinks.looked(0);
        assert_eq!(uplinks.changed(0), Some(Span::from_millis(300)));
    }

    proptest! {
        #[test]
        fn between_the_floor_and_the_line(
            rate in 1u64..1 << 40, free in 0u64..1 << 40, ack in 0u32..500_000, floor in 1u32..=1_000_000,
        ) {
            let uplinks = uplinks(ack, floor);
            let got = uplinks.download(BitRate(rate), BitRate(free));
            prop_assert!(got <= BitRate(rate));
            prop_assert!(got >= BitRate(rate).part(Share::from_ppm(floor)) && got > BitRate::ZERO);
            prop_assert!(ack > 0 || got == BitRate(rate));
            let more = uplinks.download(BitRate(rate), BitRate(free + 1_000));
            prop_assert!(more >= got, "a freer uplink never slows a download");
        }
    }
}
