//! How fast a path lets a connection be.

use crate::units::{BitRate, Bytes, Share, Span};

/// Rate of `amount` per round trip; no limit without a round trip.
pub(in crate::engine) fn per_trip(amount: Bytes, rtt: Span) -> Option<BitRate> {
    const BITS_TIMES_NANOS: u128 = 8_000_000_000;
    if rtt == Span::ZERO {
        return None;
    }
    let rate = u128::from(amount.0) * BITS_TIMES_NANOS / u128::from(rtt.0);
    Some(BitRate(u64::try_from(rate).unwrap_or(u64::MAX).max(1)))
}

/// Bytes under way on average when packets of `mss` are lost with chance `loss`: mss √(3 / 2p)
/// (Mathis, Semke, Mahdavi, Ott, "The macroscopic behavior of the TCP congestion avoidance
/// algorithm", 1997, every packet acknowledged); no limit without loss.
pub(super) fn window_under_loss(mss: Bytes, loss: Share) -> Option<Bytes> {
    let packets = libm::sqrt(1.5 / loss.as_f64());
    (loss.ppm() > 0).then_some(Bytes((mss.0 as f64 * packets) as u64))
}

/// Round trip at which a flow weighs [`USUAL`] when round trips count, and the least that counts.
const USUAL_MS: f64 = 100.0;
const USUAL: f64 = 1_000.0;
/// Heaviest flow.
const MOST: f64 = 1_000_000.0;

/// Weight of a flow: 1,000 (100 ms / rtt)^α, within 1 to 10⁶, round trips below 1 ms counted as 1 ms;
/// 1 for all when α is 0.
pub(super) fn weight(rtt: Span, alpha: f64) -> u32 {
    if alpha == 0.0 {
        return 1;
    }
    let millis = (rtt.as_secs_f64() * 1e3).max(1.0);
    (USUAL * libm::pow(USUAL_MS / millis, alpha) + 0.5).clamp(1.0, MOST) as u32
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn hand_cases() {
        let ms = Span::from_millis;
        assert_eq!(per_trip(Bytes(125_000), ms(100)), Some(BitRate(10_000_000)));
        assert_eq!(per_trip(Bytes(1), Span::ZERO), None);
        assert_eq!(per_trip(Bytes(u64::MAX), Span(1)), Some(BitRate(u64::MAX)));
        // 1,460 bytes, 100 ms, one packet in 10,000: 122.47 packets a trip, 14.3 Mbit/s.
        let lossy = window_under_loss(Bytes(1_460), Share::from_ppm(100)).unwrap();
        assert_eq!(lossy, Bytes(178_812));
        assert_eq!(per_trip(lossy, ms(100)), Some(BitRate(14_304_960)));
        assert_eq!(window_under_loss(Bytes(1_460), Share::from_ppm(0)), None);
        assert_eq!(weight(ms(7), 0.0), 1);
        assert_eq!([100, 50, 10, 1].map(|at| weight(ms(at), 1.0)), [1_000, 2_000, 10_000, 100_000]);
        assert_eq!([Span::ZERO, ms(1)].map(|at| weight(at, 2.0)), [1_000_000; 2]);
    }

    proptest! {
        #[test]
        fn longer_is_never_faster(
            bytes in 1u64..1 << 40, a in 1u64..1 << 34, b in 1u64..1 << 34, alpha in 0.0..2.0f64,
        ) {
            let (near, far) = (Span(a.min(b)), Span(a.max(b)));
            prop_assert!(per_trip(Bytes(bytes), near) >= per_trip(Bytes(bytes), far));
            prop_assert!(weight(near, alpha) >= weight(far, alpha));
            let (few, many) = (Share::from_ppm(1 + (a % 99_999) as u32), Share::from_ppm(100_000));
            prop_assert!(window_under_loss(Bytes(1_460), few) >= window_under_loss(Bytes(1_460), many));
        }
    }
}
