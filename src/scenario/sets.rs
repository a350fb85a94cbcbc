//! `--set key=value`: laid over the parsed file, so that its mistakes are told like the file's own.

use std::borrow::Cow;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::extends;
use super::merge::{Key, chooses, forget, is_set, steps};
use super::problem::{At, Problem};
use super::source::Source;

/// One `--set` as TOML text, with the byte offsets of its place in the source.
pub(super) struct Set {
    text: String,
    /// Keys on the way to the value.
    depth: usize,
}

/// The pairs as TOML, each added to `source`. A value that is not TOML is taken as a bare text.
pub(super) fn prepare(
    pairs: &[(String, String)],
    source: &mut Source,
    problems: &mut Vec<Problem>,
) -> Vec<Set> {
    let mut sets = Vec::new();
    for (key, value) in pairs {
        let key = key.trim();
        let at = At::within("--set", key, &(0..key.len()));
        let Some(keys) = keys(key) else {
            let help = "write --set run.homes=2000, keys separated by dots".to_owned();
            problems.push(
                Problem::error("S0107", at, format!("`{key}` is not a dotted key")).help(help),
            );
            continue;
        };
        if extends::KEYS.contains(&keys[0].get_ref().as_ref()) {
            let message = format!("`{}` can only be said by a file", keys[0].get_ref());
            let help = "a --set is laid over a file and its bases".to_owned();
            problems.push(Problem::error("S0107", at, message).help(help));
            continue;
        }
        let depth = keys.len();
        let text = source.push("--set", &line(key, value.trim(), depth));
        sets.push(Set { text, depth });
    }
    sets
}

/// The keys of a dotted key; `None` when it is not one.
pub(super) fn keys(key: &str) -> Option<Vec<Key<'static>>> {
    let text = format!("{key} = 0");
    let mut value = DeValue::Table(DeTable::parse(&text).ok()?.into_inner());
    let mut keys = Vec::new();
    while let DeValue::Table(table) = value {
        let mut entries = table.into_iter();
        let (key, inner) = entries.next()?;
        if entries.next().is_some() {
            return None;
        }
        let span = key.span();
        keys.push(Spanned::new(span, Cow::Owned(key.into_inner().into_owned())));
        value = inner.into_inner();
    }
    Some(keys)
}

/// `key = value` when that is TOML with this one value, `key = "value"` otherwise.
fn line(key: &str, value: &str, depth: usize) -> String {
    let text = format!("{key} = {value}");
    if let Ok(root) = DeTable::parse(&text) {
        let mut table = Some(root.get_ref());
        let mut last = None;
        let mut single = true;
        for _ in 0..depth {
            single &= table.is_some_and(|table| table.len() == 1);
            last = table.and_then(|table| table.values().next());
            table = last.and_then(|value| value.get_ref().as_table());
        }
        // A time of day is a text here, though TOML knows times.
        if single && last.is_some_and(|value| !value.get_ref().is_datetime()) {
            return text;
        }
    }
    format!("{key} = {}", toml::Value::String(value.to_owned()))
}

/// Lays each of `sets` over `root`.
pub(super) fn apply<'t>(
    root: DeTable<'t>,
    sets: &'t [Set],
    source: &Source,
    problems: &mut Vec<Problem>,
) -> DeTable<'t> {
    let mut whole = Spanned::new(0..0, DeValue::Table(root));
    for set in sets {
        let (keys, value) = taken_apart(set);
        if let Some(lost) = lay(&mut whole, &keys, value) {
            let at = source.at(&keys[lost.step].span());
            let message = format!("there is no element `{}`", keys[lost.step].get_ref());
            let help = format!("the list has {}, numbered from 0", lost.count);
            problems.push(Problem::error("S0107", at, message).help(help));
        }
    }
    match whole.into_inner() {
        DeValue::Table(root) => root,
        _ => DeTable::new(),
    }
}

/// The keys on the way to the value, and the value.
fn taken_apart(set: &Set) -> (Vec<Key<'_>>, Spanned<DeValue<'_>>) {
    let parsed = DeTable::parse(&set.text).expect("invariant: parsed when it was prepared");
    let mut value = Spanned::new(parsed.span(), DeValue::Table(parsed.into_inner()));
    let mut keys = Vec::new();
    while keys.len() < set.depth {
        let DeValue::Table(table) = value.into_inner() else {
            panic!("invariant: as deep as when it was prepared");
        };
        let entry = table.into_iter().next();
        let (key, inner) = entry.expect("invariant: one entry when it was prepared");
        keys.push(key);
        value = inner;
    }
    (steps(keys), value)
}

/// A list that has no element of the number asked for.
struct Lost {
    /// Which key asked for it.
    step: usize,
    /// How many elements there are.
    count: usize,
}

/// Puts `value` where `keys` lead, making tables on the way. A key on the way that names another policy
/// or law takes the place of the one there.
fn lay<'t>(
    whole: &mut Spanned<DeValue<'t>>,
    keys: &[Key<'t>],
    value: Spanned<DeValue<'t>>,
) -> Option<Lost> {
    let mut here = whole;
    for (step, key) in keys.iter().enumerate() {
        if !matches!(here.get_ref(), DeValue::Table(_) | DeValue::Array(_)) {
            *here.get_mut() = DeValue::Table(DeTable::new());
        }
        here = match here.get_mut() {
            DeValue::Array(items) => {
                let count = items.len();
                let number = key.get_ref().parse::<usize>().ok();
                match number.and_then(|number| items.get_mut(number)) {
                    Some(item) => item,
                    None => return Some(Lost { step, count }),
                }
            }
            DeValue::Table(table) => {
                let way: Vec<&str> =
                    keys[..step].iter().map(|key| key.get_ref().as_ref()).collect();
                if chooses(&way) && !table.contains_key(key.get_ref().as_ref()) {
                    table.clear();
                }
                if is_set(&way) {
                    forget(table, key.get_ref());
                }
                let empty = || Spanned::new(key.span(), DeValue::Table(DeTable::new()));
                table.entry(key.clone()).or_insert_with(empty)
            }
            _ => unreachable!("made a table above"),
        };
    }
    *here = value;
    None
}
