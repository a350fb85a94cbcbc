//! Time, bytes, rates and shares as integers, each a type of its own, with the one way to write it.
//!
//! Invariants: nothing here is a float outside [`Share::as_f64`]; arithmetic that could overflow
//! saturates (an absurd quantity is refused where it is read, see `scenario`); the text of a value
//! parses back to the same value.

mod price;
mod text;

use core::ops::{Add, AddAssign, Sub, SubAssign};

pub use price::{Currency, Per, Price, PriceError};
pub use text::{Form, QuantityError};

/// An instant: nanoseconds since the simulation began.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Time(pub u64);

/// A length of time in nanoseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span(pub u64);

/// An amount of data in bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Bytes(pub u64);

/// A data rate in bit/s.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BitRate(pub u64);

/// Energy for an amount of data, in mJ per 10⁹ bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Energy(pub u64);

/// A share of a whole in parts per million, 0 to 1,000,000.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Share(u32);

/// A time of day as the span since midnight, 00:00 to 24:00.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TimeOfDay(pub Span);

const NS_PER_S: u64 = 1_000_000_000;

impl Time {
    /// The instant at which the simulation begins.
    pub const ZERO: Self = Self(0);
    /// Later than everything that happens.
    pub const NEVER: Self = Self(u64::MAX);

    /// Time passed since `earlier`; zero when `earlier` is later.
    pub const fn since(self, earlier: Self) -> Span {
        Span(self.0.saturating_sub(earlier.0))
    }

    /// Whole seconds since the beginning, rounded down.
    pub const fn as_secs(self) -> u64 {
        self.0 / NS_PER_S
    }
}

impl Span {
    /// No time at all.
    pub const ZERO: Self = Self(0);
    /// One day of 24 hours.
    pub const DAY: Self = Self::from_secs(86_400);

    /// `secs` seconds.
    pub const fn from_secs(secs: u64) -> Self {
        Self(secs.saturating_mul(NS_PER_S))
    }

    /// `millis` milliseconds.
    pub const fn from_millis(millis: u64) -> Self {
        Self(millis.saturating_mul(1_000_000))
    }

    /// `secs` seconds, rounded to a nanosecond; negative, infinite and NaN become zero or the limit.
    pub const fn from_secs_f64(secs: f64) -> Self {
        Self((secs * 1e9 + 0.5) as u64)
    }

    /// Seconds, for summaries and formulas of the world.
    pub const fn as_secs_f64(self) -> f64 {
        self.0 as f64 / 1e9
    }

    /// `count` times this span.
    pub const fn times(self, count: u64) -> Self {
        Self(self.0.saturating_mul(count))
    }
}

impl Bytes {
    /// Nothing.
    pub const ZERO: Self = Self(0);

    /// What is left after taking `other`; zero when there is less.
    pub const fn saturating_sub(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }
}

impl BitRate {
    /// No flow.
    pub const ZERO: Self = Self(0);

    /// How long `amount` takes at this rate, rounded up; `None` at rate 0 unless nothing is to be sent.
    pub const fn time_for(self, amount: Bytes) -> Option<Span> {
        if amount.0 == 0 {
            return Some(Span::ZERO);
        }
        if self.0 == 0 {
            return None;
        }
        let bit_ns = amount.0 as u128 * 8 * NS_PER_S as u128;
        let ns = bit_ns.div_ceil(self.0 as u128);
        Some(Span(if ns > u64::MAX as u128 { u64::MAX } else { ns as u64 }))
    }

    /// How much passes within `span`, rounded down.
    pub const fn bytes_in(self, span: Span) -> Bytes {
        let bytes = self.0 as u128 * span.0 as u128 / (8 * NS_PER_S as u128);
        Bytes(if bytes > u64::MAX as u128 { u64::MAX } else { bytes as u64 })
    }

    /// The part `share` of this rate, rounded down.
    pub const fn part(self, share: Share) -> Self {
        Self((self.0 as u128 * share.0 as u128 / 1_000_000) as u64)
    }

    /// `count` times this rate.
    pub const fn times(self, count: u64) -> Self {
        Self(self.0.saturating_mul(count))
    }
}

impl Share {
    /// Nothing of it.
    pub const ZERO: Self = Self(0);
    /// All of it.
    pub const ONE: Self = Self(1_000_000);

    /// `ppm` parts per million; more than a million becomes the whole.
    pub const fn from_ppm(ppm: u32) -> Self {
        Self(if ppm > 1_000_000 { 1_000_000 } else { ppm })
    }

    /// Parts per million, 0 to 1,000,000.
    pub const fn ppm(self) -> u32 {
        self.0
    }

    /// Between 0 and 1, for formulas of the world.
    pub const fn as_f64(self) -> f64 {
        self.0 as f64 / 1e6
    }

    /// From a number between 0 and 1; anything else, NaN included, is `None`.
    pub const fn from_f64(value: f64) -> Option<Self> {
        if value >= 0.0 && value <= 1.0 { Some(Self((value * 1e6 + 0.5) as u32)) } else { None }
    }

    /// The part of `amount`, rounded down.
    pub const fn of(self, amount: Bytes) -> Bytes {
        Bytes((amount.0 as u128 * self.0 as u128 / 1_000_000) as u64)
    }
}

impl Add<Span> for Time {
    type Output = Self;
    fn add(self, span: Span) -> Self {
        Self(self.0.saturating_add(span.0))
    }
}

impl Sub<Span> for Time {
    type Output = Self;
    fn sub(self, span: Span) -> Self {
        Self(self.0.saturating_sub(span.0))
    }
}

macro_rules! additive {
    ($($name:ident),*) => {$(
        impl Add for $name {
            type Output = Self;
            fn add(self, other: Self) -> Self {
                Self(self.0.saturating_add(other.0))
            }
        }
        impl AddAssign for $name {
            fn add_assign(&mut self, other: Self) {
                *self = *self + other;
            }
        }
        impl Sub for $name {
            type Output = Self;
            /// Stops at zero.
            fn sub(self, other: Self) -> Self {
                Self(self.0.saturating_sub(other.0))
            }
        }
        impl SubAssign for $name {
            fn sub_assign(&mut self, other: Self) {
                *self = *self - other;
            }
        }
        impl core::iter::Sum for $name {
            fn sum<I: Iterator<Item = Self>>(values: I) -> Self {
                values.fold(Self(0), |sum, value| sum + value)
            }
        }
    )*};
}
additive!(Span, Bytes, BitRate);

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn quantities_read_as_people_write_them() {
        assert_eq!("6 h 30 min".parse(), Ok(Span::from_secs(23_400)));
        assert_eq!("1.5 Mbit/s".parse(), Ok(BitRate(1_500_000)));
        assert_eq!("64 KiB".parse(), Ok(Bytes(65_536)));
        assert_eq!("20_000 kbit/s".parse(), Ok(BitRate(20_000_000)));
        assert!("20".parse::<BitRate>().is_err());
        assert!("20 MB/s".parse::<BitRate>().is_err());
        assert!("-3 s".parse::<Span>().is_err());
        assert!(". s".parse::<Span>().is_err());
        assert!("0.1 B".parse::<Bytes>().is_err());
        assert_eq!("20:30".parse(), Ok(TimeOfDay(Span::from_secs(73_800))));
        assert!("25:00".parse::<TimeOfDay>().is_err());
    }

    #[test]
    fn an_error_says_what_to_write() {
        let error = "20".parse::<BitRate>().unwrap_err().to_string();
        assert!(error.contains("20 Mbit/s") && error.contains("Gbit/s"), "{error}");
    }

    proptest! {
        #[test]
        fn text_parses_back(value: u64) {
            prop_assert_eq!(Span(value).to_string().parse(), Ok(Span(value)));
            prop_assert_eq!(Bytes(value).to_string().parse(), Ok(Bytes(value)));
            prop_assert_eq!(BitRate(value).to_string().parse(), Ok(BitRate(value)));
        }

        #[test]
        fn no_text_panics(text in ".{0,24}") {
            let _ignored = (text.parse::<Span>(), text.parse::<Bytes>(), text.parse::<TimeOfDay>());
        }

        #[test]
        fn a_transfer_ends_with_all_its_bytes(rate in 1..u64::MAX / 16, bytes in 0..1u64 << 40) {
            let span = BitRate(rate).time_for(Bytes(bytes)).unwrap();
            prop_assert!(BitRate(rate).bytes_in(span) >= Bytes(bytes));
        }

        #[test]
        fn shares_survive_their_text(ppm in 0..=1_000_000u32) {
            let share = Share::from_ppm(ppm);
            prop_assert_eq!(Share::from_f64(share.as_f64()), Some(share));
        }
    }
}
