//! Money: integers of millionths, with their currency, per unit of something.

use core::fmt;
use core::str::FromStr;

use serde::de::{self, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Three capital letters, as ISO 4217 has them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Currency([u8; 3]);

/// What a price is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Per {
    /// 10⁹ bytes.
    Gigabyte,
    /// A Mbit/s for a month.
    Megabit,
    /// A kilowatt-hour.
    KilowattHour,
}

/// So many millionths of a currency per unit of something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Price {
    /// Millionths, at most [`Price::MOST`].
    pub micro: u64,
    /// Of what.
    pub currency: Currency,
    /// For what.
    pub per: Per,
}

/// A text that is no price; its own text says what to write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PriceError;

impl Per {
    const ALL: [Self; 3] = [Self::Gigabyte, Self::Megabit, Self::KilowattHour];

    /// As it is written.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Gigabyte => "GB",
            Self::Megabit => "Mbit/s",
            Self::KilowattHour => "kWh",
        }
    }
}

impl Price {
    /// A thousand million.
    pub const MOST: u64 = 1_000_000_000_000_000;

    /// Per unit, for summaries.
    pub const fn as_f64(self) -> f64 {
        self.micro as f64 / 1e6
    }
}

impl Currency {
    /// Its three letters.
    pub fn name(&self) -> &str {
        core::str::from_utf8(&self.0).unwrap_or_default()
    }
}

impl FromStr for Price {
    type Err = PriceError;

    /// `number CUR/unit`: "0.02 GBP/GB", "1.5 USD/Mbit/s", "0.14 EUR/kWh".
    fn from_str(text: &str) -> Result<Self, PriceError> {
        let (number, rest) = text.trim().split_once(char::is_whitespace).ok_or(PriceError)?;
        let (letters, unit) = rest.trim_start().split_once('/').ok_or(PriceError)?;
        let currency: [u8; 3] = letters.as_bytes().try_into().map_err(|_| PriceError)?;
        if !currency.iter().all(u8::is_ascii_uppercase) {
            return Err(PriceError);
        }
        let per = Per::ALL.into_iter().find(|per| per.name() == unit).ok_or(PriceError)?;
        if !number.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'_')) {
            return Err(PriceError);
        }
        let micro = super::text::decimal(number, 1_000_000).ok_or(PriceError)?;
        if micro > Self::MOST {
            return Err(PriceError);
        }
        Ok(Self { micro, currency: Currency(currency), per })
    }
}

impl fmt::Display for Price {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.micro / 1_000_000)?;
        let fraction = self.micro % 1_000_000;
        if fraction != 0 {
            let mut shown = fraction;
            let mut digits = 6;
            while shown.is_multiple_of(10) {
                (shown, digits) = (shown / 10, digits - 1);
            }
            write!(f, ".{shown:0digits$}")?;
        }
        write!(f, " {}/{}", self.currency.name(), self.per.name())
    }
}

impl fmt::Display for PriceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(
            "is no price: write an amount, a currency and what it is for, such as \"0.02 GBP/GB\", \
             \"1.5 USD/Mbit/s\" (by the month) or \"0.14 EUR/kWh\", with six decimals at most",
        )
    }
}

impl Serialize for Price {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Price {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Text;
        impl Visitor<'_> for Text {
            type Value = Price;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a price such as \"0.02 GBP/GB\"")
            }
            fn visit_str<E: de::Error>(self, text: &str) -> Result<Price, E> {
                text.parse().map_err(|error| E::custom(format_args!("\"{text}\" {error}")))
            }
        }
        from.deserialize_str(Text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn prices_read_as_people_write_them() {
        let price: Price = "0.02 GBP/GB".parse().unwrap();
        assert_eq!((price.micro, price.currency.name(), price.per), (20_000, "GBP", Per::Gigabyte));
        assert_eq!("1.5 USD/Mbit/s".parse::<Price>().unwrap().per, Per::Megabit);
        for wrong in ["", "2", "2 GBP", "2 gbp/GB", "2 GBP/TB", "x GBP/GB", "0.0000001 GBP/GB"] {
            assert!(wrong.parse::<Price>().is_err(), "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn text_parses_back(micro in 0..=Price::MOST, letters in "[A-Z]{3}", per in 0..3usize) {
            let currency = Currency(letters.as_bytes().try_into().unwrap());
            let price = Price { micro, currency, per: Per::ALL[per] };
            prop_assert_eq!(price.to_string().parse(), Ok(price));
        }

        #[test]
        fn no_text_panics(text in ".{0,24}") {
            let _ignored = text.parse::<Price>();
        }
    }
}
