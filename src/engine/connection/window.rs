//! Slow start: the congestion window of a connection that is cold, and what it costs a transfer.
//!
//! A cold connection sends W₀ in its first round trip and twice as much in each further one, until
//! its lines are full. That is not played out round by round: a flow is held to the mean rate at which
//! a lone transfer of its size would come, from its first byte to its last. So a lone transfer ends at
//! the very nanosecond, no event is needed, and flows that fill a line together are held by the line.

use crate::units::{BitRate, Bytes, Span};

/// Packets that may be under way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::engine) struct Window(u16);

/// What slow start costs a transfer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Slow {
    /// Mean rate of a lone transfer, from its first byte to its last.
    pub(super) rate: BitRate,
    /// Round trips after which the lines are full.
    pub(super) trips: u32,
}

impl Window {
    /// A connection that has sent nothing yet.
    pub(in crate::engine) const NONE: Self = Self(0);
    /// Slow start is over.
    pub(in crate::engine) const OPEN: Self = Self(u16::MAX);

    /// The window of a cold connection; without slow start, open.
    pub(super) const fn initial(packets: u32) -> Self {
        if packets == 0 { Self::OPEN } else { Self(packets as u16) }
    }

    /// The window after so many round trips.
    pub(super) fn after(self, trips: u32) -> Self {
        let packets = u64::from(self.0).checked_shl(trips).unwrap_or(u64::MAX);
        Self(u16::try_from(packets).unwrap_or(u16::MAX))
    }

    /// What a transfer of `size` suffers that could come at `most`; `None` when the window does not
    /// hold it back.
    pub(super) fn slow(self, mss: Bytes, rtt: Span, size: Bytes, most: BitRate) -> Option<Slow> {
        let first = u128::from(self.0) * u128::from(mss.0);
        // What a round trip carries at `most`.
        let full = u128::from(most.0) * u128::from(rtt.0) / BITS_TIMES_NANOS;
        if self == Self::OPEN || first == 0 || first >= full || size == Bytes::ZERO {
            return None;
        }
        let trips = (full.div_ceil(first) - 1).ilog2() + 1;
        let size = u128::from(size.0);
        // Whole round trips of `size`, each with twice as much as the one before.
        let whole = ((size - 1) / first + 1).ilog2().min(trips);
        let rest = size - first * ((1 << whole) - 1);
        let last = if whole == trips {
            rest * BITS_TIMES_NANOS / u128::from(most.0)
        } else {
            rest * u128::from(rtt.0) / (first << whole)
        };
        let took = u128::from(rtt.0) * u128::from(whole) + last;
        let rate = size * BITS_TIMES_NANOS / took.max(1);
        Some(Slow { rate: BitRate(u64::try_from(rate).unwrap_or(u64::MAX).max(1)), trips })
    }
}

const BITS_TIMES_NANOS: u128 = 8_000_000_000;

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Round trip by round trip: how long a lone transfer takes, in ns, and how many are slow.
    fn stepwise(first: u64, rtt: Span, size: u64, most: BitRate) -> (f64, u32) {
        let full = (u128::from(most.0) * u128::from(rtt.0) / BITS_TIMES_NANOS) as u64;
        let (mut window, mut left, mut took, mut trips) = (first, size, None, 0);
        let mut elapsed = 0.0;
        while window < full {
            if took.is_none() && left <= window {
                took = Some(elapsed + rtt.0 as f64 * left as f64 / window as f64);
            }
            left = left.saturating_sub(window);
            elapsed += rtt.0 as f64;
            window *= 2;
            trips += 1;
        }
        (took.unwrap_or(elapsed + left as f64 * 8e9 / most.0 as f64), trips)
    }

    proptest! {
        #[test]
        fn a_lone_transfer_takes_as_long_as_round_by_round(
            packets in 1u32..1000, rtt in 1u64..400_000_000, size in 1u64..1 << 30, most in 1u64..1 << 33,
        ) {
            let (mss, rtt, most) = (Bytes(1_460), Span(rtt), BitRate(most));
            let slow = Window::initial(packets).slow(mss, rtt, Bytes(size), most);
            let (took, trips) = stepwise(u64::from(packets) * mss.0, rtt, size, most);
            match slow {
                None => prop_assert_eq!(trips, 0),
                Some(slow) => {
                    prop_assert_eq!(slow.trips, trips);
                    let got = size as f64 * 8e9 / slow.rate.0 as f64;
                    // Rates are whole bits a second.
                    let rounding = 2.0 / slow.rate.0 as f64 + 1e-9;
                    prop_assert!((got - took).abs() <= took * rounding + 2.0, "{got} {took}");
                    prop_assert!(slow.rate <= most);
                }
            }
        }
    }

    #[test]
    fn hand_cases() {
        let (mss, rtt, most) = (Bytes(1_460), Span::from_millis(40), BitRate(50_000_000));
        let slow = |packets, size| Window::initial(packets).slow(mss, rtt, Bytes(size), most);
        // 10, 20, 40, 80 and 160 packets stay below the 250,000 bytes of a round trip.
        let all = 5.0 * 0.04 + (2e6 - 31.0 * 14_600.0) / 6.25e6;
        assert_eq!(
            slow(10, 2_000_000),
            Some(Slow { rate: BitRate((16e6 / all) as u64), trips: 5 })
        );
        // The first window alone: at its own rate, whatever its size.
        assert_eq!(slow(10, 14_600), Some(Slow { rate: BitRate(2_920_000), trips: 5 }));
        assert_eq!(slow(10, 7_300), Some(Slow { rate: BitRate(2_920_000), trips: 5 }));
        assert_eq!(slow(172, 1 << 20), None, "as wide as the lines");
        assert_eq!(slow(0, 1 << 20), None, "no slow start");
        assert_eq!(Window::NONE.slow(mss, rtt, Bytes(1), most), None);
        assert_eq!(Window::initial(10).after(3), Window::initial(80));
        assert_eq!(Window::initial(10).after(40), Window::OPEN);
    }
}
