//! How long a path between two homes takes, whatever its lines could carry.
//!
//! Measured transfers between browsers differ by distance, by who sends, by who receives and from one
//! to the next, and hardly by what else the sender sends: a cap on the flow, beside what links allow.

use crate::rng::{Draw, Site};
use crate::scenario::model::PathTime;
use crate::units::{BitRate, Span};

/// Draws the rates of transfers between homes.
#[derive(Debug)]
pub(in crate::engine) struct PathTimes {
    knobs: PathTime,
    /// By receiver: transfers begun so far, which name the next one's draw.
    begun: Vec<u32>,
}

impl PathTimes {
    pub(in crate::engine) fn new(knobs: PathTime, homes: usize) -> Self {
        Self { knobs, begun: vec![0; homes] }
    }

    /// The rate of the next transfer from `from` to `to`, whose round trip is `rtt`.
    pub(in crate::engine) fn rate(
        &mut self,
        draw: &Draw,
        (from, to): (u32, u32),
        rtt: Span,
    ) -> BitRate {
        let begun = &mut self.begun[to as usize];
        *begun = begun.wrapping_add(1);
        self.knobs.rate(draw, (from, to), *begun, rtt)
    }
}

impl PathTime {
    /// The rate of transfer `count` to `to` from `from` over a round trip of `rtt`: at least 1 bit/s.
    pub(crate) fn rate(
        &self,
        draw: &Draw,
        (from, to): (u32, u32),
        count: u32,
        rtt: Span,
    ) -> BitRate {
        let rolls = [
            (self.sender, Site::PathEnd, from, 0),
            (self.receiver, Site::PathEnd, to, 1),
            (self.pair, Site::PathPair, from, to),
            (self.transfer, Site::PathTransfer, to, count),
        ];
        let effect = |(deviation, site, entity, index): (f64, Site, u32, u32)| {
            if deviation > 0.0 { deviation * draw.at(site, entity, index).normal() } else { 0.0 }
        };
        let [sender, receiver, pair, transfer] = rolls.map(effect);
        let ends = self.base.as_secs_f64() * libm::exp(sender + receiver + pair + transfer);
        let takes = ends + self.per_rtt * rtt.as_secs_f64();
        // Casting saturates: whatever the knobs, a flow moves.
        BitRate(((self.size.0 as f64 * 8.0 / takes) as u64).max(1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::Bytes;
    use proptest::prelude::*;

    const PLAIN: PathTime = PathTime {
        size: Bytes(1_000_000),
        base: Span::from_secs(3),
        per_rtt: 10.0,
        sender: 0.0,
        receiver: 0.0,
        pair: 0.0,
        transfer: 0.0,
    };

    #[test]
    fn without_effects_it_is_the_median() {
        let draw = Draw::new(1, 0);
        let rate = |millis| PLAIN.rate(&draw, (1, 2), 3, Span::from_millis(millis));
        assert_eq!([rate(0), rate(100)], [BitRate(2_666_666), BitRate(2_000_000)]);
    }

    /// Mean and standard deviation of the logarithm of so many rates.
    fn spread(rates: impl Iterator<Item = BitRate>) -> (f64, f64) {
        let logs: Vec<f64> = rates.map(|rate| libm::log(rate.0 as f64)).collect();
        let mean = logs.iter().sum::<f64>() / logs.len() as f64;
        let square = logs.iter().map(|log| (log - mean) * (log - mean)).sum::<f64>();
        (mean, libm::sqrt(square / logs.len() as f64))
    }

    #[test]
    fn each_effect_belongs_to_what_it_is_named_after() {
        let draw = Draw::new(7, 0);
        let all = [
            PathTime { sender: 0.4, ..PLAIN },
            PathTime { receiver: 0.4, ..PLAIN },
            PathTime { pair: 0.4, ..PLAIN },
            PathTime { transfer: 0.4, ..PLAIN },
        ];
        for (at, knobs) in all.into_iter().enumerate() {
            let over = |vary: [bool; 3]| {
                let pick = |which: usize, i: u32| if vary[which] { i } else { 9 };
                let rates = (0..20_000u32)
                    .map(|i| knobs.rate(&draw, (pick(0, i), pick(1, i)), pick(2, i), Span::ZERO));
                spread(rates).1
            };
            let felt = [
                over([true, false, false]),
                over([false, true, false]),
                over([false, false, true]),
            ];
            let expected = match at {
                0 => [true, false, false],
                1 => [false, true, false],
                2 => [true, true, false],
                _ => [false, true, true],
            };
            for (felt, expected) in felt.into_iter().zip(expected) {
                let deviation = if expected { 0.4 } else { 0.0 };
                assert!((felt - deviation).abs() < 0.01, "effect {at}: {felt} for {deviation}");
            }
        }
    }

    #[test]
    fn transfers_are_counted_by_receiver() {
        let knobs = PathTime { transfer: 0.5, ..PLAIN };
        let draw = Draw::new(3, 0);
        let mut times = PathTimes::new(knobs, 4);
        let mut rate = |from, to| times.rate(&draw, (from, to), Span::ZERO);
        let (first, other, second) = (rate(0, 1), rate(0, 2), rate(3, 1));
        assert_ne!(first, second);
        assert_eq!(first, knobs.rate(&draw, (0, 1), 1, Span::ZERO));
        assert_eq!(other, knobs.rate(&draw, (0, 2), 1, Span::ZERO));
        assert_eq!(second, knobs.rate(&draw, (3, 1), 2, Span::ZERO));
    }

    proptest! {
        #[test]
        fn farther_is_never_faster_and_a_flow_always_moves(
            near in 0u64..10_000_000_000, more in 0u64..10_000_000_000, count in any::<u32>(),
            base in 1u64..600_000_000_000, deviation in 0.0..2.0f64,
        ) {
            let knobs = PathTime {
                base: Span(base),
                sender: deviation,
                receiver: deviation,
                pair: deviation,
                transfer: deviation,
                ..PLAIN
            };
            let rate = |rtt| knobs.rate(&Draw::new(5, 1), (count, 3), count, Span(rtt));
            prop_assert!(rate(near + more) <= rate(near));
            prop_assert!(rate(near + more) >= BitRate(1));
        }
    }
}
