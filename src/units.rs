//! Time, bytes, rates and shares as integers, each a type of its own, with the one way to write it.
//!
//! Invariants: nothing here is a float outside [`Share::as_f64`]; arithmetic that could overflow
//! saturates (an absurd quantity is refused where it is read, see `scenario`); the text of a value
//! parses back to the same value.

use core::fmt;
use core::ops::{Add, AddAssign, Sub, SubAssign};
use core::str::FromStr;

use serde::de::{self, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

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

// ------------------------------------------------------------------ as text

/// Why a quantity was not understood; its text says what to write instead.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum QuantityError {
    /// No number at the beginning.
    NoNumber(&'static Form),
    /// A number without a unit.
    NoUnit(&'static Form),
    /// A unit that this kind of quantity does not have.
    WrongUnit(&'static Form),
    /// More digits than the unit can hold, or a value beyond 64 bits.
    OutOfRange(&'static Form),
}

/// How one kind of quantity is written: its name, an example, its units from the largest down.
#[derive(Debug, PartialEq, Eq)]
pub struct Form {
    name: &'static str,
    example: &'static str,
    units: &'static [(&'static str, u64)],
    /// Which units the printer uses, from the largest down.
    printed: &'static [(&'static str, u64)],
}

const SPAN: Form = Form {
    name: "a length of time",
    example: "15 s",
    units: &[
        ("d", 86_400 * NS_PER_S),
        ("h", 3_600 * NS_PER_S),
        ("min", 60 * NS_PER_S),
        ("s", NS_PER_S),
        ("ms", 1_000_000),
        ("us", 1_000),
        ("ns", 1),
    ],
    printed: &[
        ("d", 86_400 * NS_PER_S),
        ("h", 3_600 * NS_PER_S),
        ("min", 60 * NS_PER_S),
        ("s", NS_PER_S),
        ("ms", 1_000_000),
        ("us", 1_000),
        ("ns", 1),
    ],
};

const BYTES: Form = Form {
    name: "an amount of data",
    example: "4 GB",
    units: &[
        ("TB", 1_000_000_000_000),
        ("GB", 1_000_000_000),
        ("MB", 1_000_000),
        ("kB", 1_000),
        ("TiB", 1 << 40),
        ("GiB", 1 << 30),
        ("MiB", 1 << 20),
        ("KiB", 1 << 10),
        ("B", 1),
    ],
    printed: &[
        ("TB", 1_000_000_000_000),
        ("GB", 1_000_000_000),
        ("MB", 1_000_000),
        ("kB", 1_000),
        ("B", 1),
    ],
};

const RATE: Form = Form {
    name: "a data rate",
    example: "20 Mbit/s",
    units: &[
        ("Tbit/s", 1_000_000_000_000),
        ("Gbit/s", 1_000_000_000),
        ("Mbit/s", 1_000_000),
        ("kbit/s", 1_000),
        ("bit/s", 1),
    ],
    printed: &[
        ("Tbit/s", 1_000_000_000_000),
        ("Gbit/s", 1_000_000_000),
        ("Mbit/s", 1_000_000),
        ("kbit/s", 1_000),
        ("bit/s", 1),
    ],
};

impl Form {
    /// Sum of `number unit` pairs: "90 min", "6 h 30 min".
    fn parse(&'static self, text: &str) -> Result<u64, QuantityError> {
        let mut rest = text.trim();
        if rest.is_empty() {
            return Err(QuantityError::NoNumber(self));
        }
        let mut total: u64 = 0;
        while !rest.is_empty() {
            let digits = rest
                .find(|c: char| !(c.is_ascii_digit() || c == '.' || c == '_'))
                .unwrap_or(rest.len());
            let (number, after) = rest.split_at(digits);
            if number.is_empty() {
                return Err(QuantityError::NoNumber(self));
            }
            let after = after.trim_start();
            let letters = after.find(char::is_whitespace).unwrap_or(after.len());
            let (unit, after) = after.split_at(letters);
            if unit.is_empty() {
                return Err(QuantityError::NoUnit(self));
            }
            let scale = self.units.iter().find(|(name, _)| *name == unit);
            let Some(&(_, scale)) = scale else {
                return Err(QuantityError::WrongUnit(self));
            };
            let value = decimal(number, scale).ok_or(QuantityError::OutOfRange(self))?;
            total = total.checked_add(value).ok_or(QuantityError::OutOfRange(self))?;
            rest = after.trim_start();
        }
        Ok(total)
    }

    /// The largest unit that leaves no fraction.
    fn print(&self, value: u64, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let last = self.printed.len() - 1;
        let fits = |unit: &&(&str, u64)| value != 0 && value.is_multiple_of(unit.1);
        let zero = if self.name == SPAN.name { &("s", NS_PER_S) } else { &self.printed[last] };
        let (name, scale) = self.printed.iter().find(fits).unwrap_or(zero);
        write!(f, "{} {name}", value / scale)
    }
}

/// `number` × `scale`, exactly; `None` when malformed, finer than 1, or too large.
fn decimal(number: &str, scale: u64) -> Option<u64> {
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    let mut value: u64 = 0;
    let mut seen = false;
    for digit in whole.bytes().filter(|b| *b != b'_') {
        seen = true;
        value = value.checked_mul(10)?.checked_add(u64::from(digit.checked_sub(b'0')?))?;
    }
    let mut value = value.checked_mul(scale)?;
    let mut part = scale;
    for digit in fraction.bytes() {
        let digit = digit.checked_sub(b'0').filter(|d| *d < 10)?;
        seen = true;
        if digit != 0 && !part.is_multiple_of(10) {
            return None;
        }
        part /= 10;
        value = value.checked_add(part * u64::from(digit))?;
    }
    seen.then_some(value)
}

impl fmt::Display for QuantityError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (form, what) = match self {
            Self::NoNumber(form) => (form, "is not a number with a unit"),
            Self::NoUnit(form) => (form, "has no unit"),
            Self::WrongUnit(form) => (form, "has a unit that does not fit"),
            Self::OutOfRange(form) => (form, "is too large or too fine to be held exactly"),
        };
        write!(f, "{what}: write {} such as \"{}\" (units:", form.name, form.example)?;
        for (index, (name, _)) in form.units.iter().enumerate() {
            write!(f, "{}{name}", if index == 0 { " " } else { ", " })?;
        }
        f.write_str(")")
    }
}

macro_rules! written {
    ($($name:ident $form:ident),*) => {$(
        impl FromStr for $name {
            type Err = QuantityError;
            fn from_str(text: &str) -> Result<Self, QuantityError> {
                $form.parse(text).map(Self)
            }
        }
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                $form.print(self.0, f)
            }
        }
        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
                to.collect_str(self)
            }
        }
        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                struct Text;
                impl Visitor<'_> for Text {
                    type Value = $name;
                    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                        write!(f, "{} in quotes with its unit, such as \"{}\"", $form.name, $form.example)
                    }
                    fn visit_str<E: de::Error>(self, text: &str) -> Result<$name, E> {
                        text.parse().map_err(|error| E::custom(format_args!("\"{text}\" {error}")))
                    }
                }
                from.deserialize_any(Text)
            }
        }
    )*};
}
written!(Span SPAN, Bytes BYTES, BitRate RATE);

impl fmt::Display for Share {
    /// As a number between 0 and 1, without trailing zeros.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.as_f64())
    }
}

impl Serialize for Share {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_f64(self.as_f64())
    }
}

impl<'de> Deserialize<'de> for Share {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Number;
        impl Visitor<'_> for Number {
            type Value = Share;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a share between 0 and 1, or a text such as \"35 %\"")
            }
            fn visit_f64<E: de::Error>(self, value: f64) -> Result<Share, E> {
                let message = "is not a share: write a number between 0 and 1, or \"35 %\"";
                Share::from_f64(value).ok_or_else(|| E::custom(format_args!("{value} {message}")))
            }
            fn visit_i64<E: de::Error>(self, value: i64) -> Result<Share, E> {
                self.visit_f64(value as f64)
            }
            fn visit_u64<E: de::Error>(self, value: u64) -> Result<Share, E> {
                self.visit_f64(value as f64)
            }
            fn visit_str<E: de::Error>(self, text: &str) -> Result<Share, E> {
                let number = text.trim().strip_suffix('%').map(str::trim_end);
                match number.and_then(|number| number.parse::<f64>().ok()) {
                    Some(percent) => self.visit_f64(percent / 100.0),
                    None => Err(E::custom(format_args!(
                        "\"{text}\" is not a share: write a number between 0 and 1, or \"35 %\""
                    ))),
                }
            }
        }
        from.deserialize_any(Number)
    }
}

impl FromStr for TimeOfDay {
    type Err = &'static str;
    fn from_str(text: &str) -> Result<Self, &'static str> {
        let wrong = "is not a time of day: write it as \"20:30\", from \"00:00\" to \"24:00\"";
        let (hours, minutes) = text.split_once(':').ok_or(wrong)?;
        if hours.len() != 2 || minutes.len() != 2 {
            return Err(wrong);
        }
        let hours: u64 = hours.parse().map_err(|_| wrong)?;
        let minutes: u64 = minutes.parse().map_err(|_| wrong)?;
        if minutes > 59 || hours * 60 + minutes > 24 * 60 {
            return Err(wrong);
        }
        Ok(Self(Span::from_secs((hours * 60 + minutes) * 60)))
    }
}

impl fmt::Display for TimeOfDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let minutes = self.0.0 / (60 * NS_PER_S);
        write!(f, "{:02}:{:02}", minutes / 60, minutes % 60)
    }
}

impl Serialize for TimeOfDay {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for TimeOfDay {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Clock;
        impl Visitor<'_> for Clock {
            type Value = TimeOfDay;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a time of day in quotes, such as \"20:30\"")
            }
            fn visit_str<E: de::Error>(self, text: &str) -> Result<TimeOfDay, E> {
                text.parse().map_err(|error| E::custom(format_args!("\"{text}\" {error}")))
            }
        }
        from.deserialize_any(Clock)
    }
}

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
