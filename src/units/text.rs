//! Quantities as people write them: parsed and printed in one form each.

use core::fmt;
use core::str::FromStr;

use serde::de::{self, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{BitRate, Bytes, Energy, NS_PER_S, Share, Span, TimeOfDay};

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

const ENERGY: Form = Form {
    name: "energy for an amount of data",
    example: "7 Wh/GB",
    units: &[
        ("kWh/GB", 3_600_000_000),
        ("Wh/GB", 3_600_000),
        ("nJ/bit", 8_000),
        ("J/GB", 1_000),
        ("mJ/GB", 1),
    ],
    printed: &[("kWh/GB", 3_600_000_000), ("Wh/GB", 3_600_000), ("J/GB", 1_000), ("mJ/GB", 1)],
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
pub(super) fn decimal(number: &str, scale: u64) -> Option<u64> {
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
written!(Span SPAN, Bytes BYTES, BitRate RATE, Energy ENERGY);

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
