//! Other values of the kind of a given one: twice and half of it, the other of two, an hour later.

use toml::Value;

use crate::units::{BitRate, Bytes, Energy, Price, Span, TimeOfDay};

/// Other values in place of `value`, those that most likely make sense first.
pub(super) fn of(value: &Value) -> Vec<Value> {
    let mut found = match value {
        Value::Boolean(own) => vec![Value::Boolean(!own)],
        Value::Integer(own) => integers(*own),
        Value::Float(own) => floats(*own),
        Value::String(own) => quantities(own).unwrap_or_else(|| vec![text(format!("{own} x"))]),
        Value::Array(items) => lists(items),
        Value::Table(_) | Value::Datetime(_) => Vec::new(),
    };
    found.retain(|other| other != value);
    let mut seen: Vec<Value> = Vec::new();
    for other in found {
        if !seen.contains(&other) {
            seen.push(other);
        }
    }
    seen
}

/// Whether a text is a name, and no quantity.
pub(super) fn plain(text: &str) -> bool {
    quantities(text).is_none()
}

fn text(own: String) -> Value {
    Value::String(own)
}

fn integers(own: i64) -> Vec<Value> {
    let twice = own.saturating_mul(2);
    let all = [twice, own / 2, own.saturating_add(1), own - 1, own.saturating_mul(10), 0, 1];
    all.into_iter().filter(|other| *other >= 0).map(Value::Integer).collect()
}

fn floats(own: f64) -> Vec<Value> {
    let all = match own {
        0.0 => [0.1, 1.0, 0.5, 10.0],
        // A share, perhaps.
        _ if own > 0.0 && own <= 1.0 => [(own * 2.0).min(1.0), own / 2.0, 1.0, 0.0],
        _ => [own * 2.0, own / 2.0, own * 10.0, 1.0],
    };
    all.map(Value::Float).to_vec()
}

/// Of a quantity; `None` when the text is none.
fn quantities(own: &str) -> Option<Vec<Value>> {
    const SECOND: u64 = 1_000_000_000;
    if let Ok(Span(own)) = own.parse() {
        return Some(scaled(own, SECOND, |own| Span(own).to_string()));
    }
    if let Ok(Bytes(own)) = own.parse() {
        return Some(scaled(own, 1_000_000, |own| Bytes(own).to_string()));
    }
    if let Ok(BitRate(own)) = own.parse() {
        return Some(scaled(own, 1_000_000, |own| BitRate(own).to_string()));
    }
    if let Ok(Energy(own)) = own.parse() {
        return Some(scaled(own, 1_000_000, |own| Energy(own).to_string()));
    }
    if let Ok(price) = own.parse::<Price>() {
        return Some(scaled(price.micro, 1_000, |micro| Price { micro, ..price }.to_string()));
    }
    let clock: TimeOfDay = own.parse().ok()?;
    let shifted = |minutes: u64| {
        let later = clock.0 + Span::from_secs(60 * minutes);
        text(TimeOfDay(Span(later.0 % Span::DAY.0)).to_string())
    };
    Some([10, 24 * 60 - 10, 30, 24 * 60 - 30].map(shifted).to_vec())
}

/// Twice, half, tenfold and a tenth; of nothing, so much of `unit`.
fn scaled(own: u64, unit: u64, write: impl Fn(u64) -> String) -> Vec<Value> {
    let all = match own {
        0 => [unit, unit * 10, unit / 10, unit * 60],
        _ => [own.saturating_mul(2), own / 2, own.saturating_mul(10), own / 10],
    };
    all.into_iter().map(|other| text(write(other))).collect()
}

/// Every element in the same manner; or one element fewer.
fn lists(items: &[Value]) -> Vec<Value> {
    let names = items.iter().all(|item| item.as_str().is_some_and(plain));
    let each: Vec<Vec<Value>> = items.iter().map(of).collect();
    let most = each.iter().map(Vec::len).max().unwrap_or(0);
    let nth = |number: usize| {
        let own = items.iter().zip(&each);
        own.map(|(item, others)| others.get(number).unwrap_or(item).clone()).collect()
    };
    let mut found: Vec<Value> = Vec::new();
    if !names {
        found.extend((0..most).map(nth).map(Value::Array));
    }
    if let Some((_, fewer)) = items.split_last() {
        found.push(Value::Array(fewer.to_vec()));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn others_are_of_the_same_kind_and_differ() {
        for own in [
            Value::Boolean(true),
            Value::Integer(0),
            Value::Integer(7),
            Value::Float(0.0),
            Value::Float(0.3),
            Value::Float(-2.5),
            text("0 s".to_owned()),
            text("15 s".to_owned()),
            text("4 GB".to_owned()),
            text("20 Mbit/s".to_owned()),
            text("0 mJ/GB".to_owned()),
            text("0.02 GBP/GB".to_owned()),
            text("23:50".to_owned()),
            text("lru".to_owned()),
            Value::Array(vec![text("1 s".to_owned()), text("3 s".to_owned())]),
            Value::Array(vec![text("Alpha".to_owned())]),
        ] {
            let others = of(&own);
            assert!(!others.is_empty(), "{own}");
            for other in &others {
                assert_ne!(*other, own);
                assert_eq!(other.type_str(), own.type_str(), "{own}");
                if let (Some(a), Some(b)) = (own.as_str(), other.as_str()) {
                    assert_eq!(plain(a), plain(b), "{a} and {b}");
                }
            }
        }
        assert_eq!(of(&text("15 s".to_owned()))[0], text("30 s".to_owned()));
        assert_eq!(of(&text("23:50".to_owned()))[0], text("00:00".to_owned()));
    }
}
