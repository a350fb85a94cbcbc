//! `--set key=value`: laid over the parsed file, so that its mistakes are told like the file's own.

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::problem::{At, Problem};
use super::source::Source;

/// One `--set` as TOML text, written so far to the right that its byte offsets follow the file's.
pub(super) struct Set {
    text: String,
    /// Keys on the way to the value.
    depth: usize,
}

/// The pairs as TOML; adds each to `source`. A value that is not TOML is taken as a bare text.
pub(super) fn prepare(
    pairs: &[(String, String)],
    source: &mut Source,
    problems: &mut Vec<Problem>,
) -> Vec<Set> {
    let mut sets = Vec::new();
    for (key, value) in pairs {
        let key = key.trim();
        let Some(depth) = depth(key) else {
            let at = At::within("--set", key, &(0..key.len()));
            let help = "write --set run.homes=2000, keys separated by dots".to_owned();
            problems.push(
                Problem::error("S0107", at, format!("`{key}` is not a dotted key")).help(help),
            );
            continue;
        };
        let text = line(key, value.trim(), depth);
        let start = source.push("--set", &text);
        let text = format!("{}{text}", " ".repeat(start));
        sets.push(Set { text, depth });
    }
    sets
}

/// Number of keys in a dotted key; `None` when it is not one.
fn depth(key: &str) -> Option<usize> {
    let text = format!("{key} = 0");
    let root = DeTable::parse(&text).ok()?.into_inner();
    let mut table = &root;
    for depth in 1.. {
        if table.len() != 1 {
            return None;
        }
        match table.values().next()?.get_ref() {
            DeValue::Table(inner) => table = inner,
            _ => return Some(depth),
        }
    }
    None
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
    root: &mut DeTable<'t>,
    sets: &'t [Set],
    source: &Source,
    problems: &mut Vec<Problem>,
) {
    for set in sets {
        let parsed = DeTable::parse(&set.text).expect("invariant: parsed when it was prepared");
        if let Err(problem) = lay(root, parsed.into_inner(), set.depth, source) {
            problems.push(problem);
        }
    }
}

/// Puts the only value `depth` keys down in `addition` at the same keys of `table`.
fn lay<'t>(
    table: &mut DeTable<'t>,
    addition: DeTable<'t>,
    depth: usize,
    source: &Source,
) -> Result<(), Problem> {
    for (key, value) in addition {
        if depth > 1 {
            match (
                table.get_mut(key.get_ref().as_ref()).map(Spanned::get_mut),
                value,
            ) {
                (Some(DeValue::Table(inner)), value) => {
                    return match value.into_inner() {
                        DeValue::Table(value) => lay(inner, value, depth - 1, source),
                        _ => Ok(()),
                    };
                }
                (Some(DeValue::Array(items)), value) => {
                    let name = key.get_ref().as_ref();
                    return match value.into_inner() {
                        DeValue::Table(value) => element(items, value, depth - 1, source, name),
                        _ => Ok(()),
                    };
                }
                (_, value) => {
                    table.remove(key.get_ref().as_ref());
                    table.insert(key, value);
                }
            }
        } else {
            table.remove(key.get_ref().as_ref());
            table.insert(key, value);
        }
    }
    Ok(())
}

/// As [`lay`], where the first key is the number of an element.
fn element<'t>(
    items: &mut toml::de::DeArray<'t>,
    addition: DeTable<'t>,
    depth: usize,
    source: &Source,
    name: &str,
) -> Result<(), Problem> {
    let count = items.len();
    for (key, value) in addition {
        let number = key.get_ref().parse::<usize>().ok();
        let Some(item) = number.and_then(|number| items.iter_mut().nth(number)) else {
            let at = source.at(&key.span());
            let message = format!("`{name}` has no element `{}`", key.get_ref());
            let help = format!("it has {count}, numbered from 0");
            return Err(Problem::error("S0107", at, message).help(help));
        };
        match (item.get_mut(), value) {
            (DeValue::Table(inner), value) if depth > 1 => {
                if let DeValue::Table(value) = value.into_inner() {
                    lay(inner, value, depth - 1, source)?;
                }
            }
            (_, value) => *item = value,
        }
    }
    Ok(())
}
