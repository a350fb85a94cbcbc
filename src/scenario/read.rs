//! From text to [`Scenario`]: syntax, types, names of keys. Goes on after a mistake where it can, so
//! that several are told in one go.

use core::ops::Range;

use serde::Deserialize;
use toml::Spanned;
use toml::de::{DeTable, DeValue, Deserializer};

use super::library::{Library, Origin};
use super::problem::{At, Problem, suggest};
use super::source::{Index, Source};
use super::{Scenario, extends, merge, sets};

/// Told at most: one mistake early in a file can upset everything after it.
const MOST: usize = 20;
/// Where a file begins: what is wrong with it as a whole has no other place.
const WHOLE: Range<usize> = 0..0;

/// A scenario with the place of each key, and what was wrong with its text.
pub(super) struct Read {
    /// `None` when something was wrong that could not be passed over.
    pub(super) scenario: Option<Scenario>,
    pub(super) source: Source,
    pub(super) index: Index,
    pub(super) problems: Vec<Problem>,
    /// Where values were that could not be read: nothing more is said of them.
    pub(super) unread: Vec<Range<usize>>,
}

/// Reads `text`, which is at `origin`, with its bases, and `pairs` laid over it.
pub(super) fn read(
    text: &str,
    origin: Origin,
    library: Library<'_>,
    pairs: &[(String, String)],
) -> Read {
    let mut source = Source::default();
    let mut problems = Vec::new();
    let layers = extends::layers(text, origin, library, &mut source, &mut problems);
    let mut roots = Vec::new();
    for layer in &layers {
        let (root, errors) = DeTable::parse_recoverable(&layer.text);
        if layer.text.trim().is_empty() {
            let help = "a scenario begins with `schema = 1`; see docs/scenarios.md".to_owned();
            let at = At::file(layer.name());
            problems.push(Problem::error("S0106", at, "the file is empty").help(help));
        }
        for error in errors.iter().take(5) {
            let at = source.at(&error.span().unwrap_or(0..0));
            let message = error.message().lines().next().unwrap_or("not TOML").to_owned();
            problems.push(Problem::error("S0101", at, message));
        }
        roots.push(root.into_inner());
    }
    let mut scenario = None;
    let mut unread = Vec::new();
    let mut index = Index::default();
    if problems.is_empty() {
        let sets = sets::prepare(pairs, &mut source, &mut problems);
        let root = extends::whole(&layers, roots, &source, &mut problems);
        let mut root = sets::apply(root, &sets, &source, &mut problems);
        merge::dotted_sets(&mut root);
        index = Index::new(&root);
        scenario = values(root, &source, &mut problems, &mut unread);
    }
    Read { scenario, source, index, problems, unread }
}

/// Tries until it succeeds or meets something that cannot be passed over.
fn values(
    mut root: DeTable<'_>,
    source: &Source,
    problems: &mut Vec<Problem>,
    unread: &mut Vec<Range<usize>>,
) -> Option<Scenario> {
    let mut removed: Vec<String> = Vec::new();
    loop {
        let document = Spanned::new(WHOLE, root.clone());
        let error = match Scenario::deserialize(Deserializer::from(document)) {
            Ok(scenario) => return Some(scenario),
            Err(error) => error,
        };
        let message = error.message();
        let place = error.span().unwrap_or(0..0);
        let missing = message.starts_with("missing field");
        if missing && already_told(quoted(message).first(), &removed, problems) {
            return None;
        }
        // What is left of a law or policy whose only name was wrong, and has been told.
        if message.starts_with("wanted exactly 1 element, found 0") && !removed.is_empty() {
            removed.push(remove(&mut root, &place)?);
            continue;
        }
        // The whole file is no place to point at.
        let at = match source.at(&place) {
            at if place == WHOLE => At::file(at.file),
            at => at,
        };
        let mut told = told(message, source.text(&place));
        if root.keys().any(|key| key.span() == place) && message.starts_with("unknown field") {
            let names = quoted(message).into_iter().skip(1).chain(extends::KEYS);
            told.help = suggest(source.text(&place), "allowed", names);
        }
        problems
            .push(Problem::error(told.code, at, told.message).label(told.label).help(told.help));
        if missing || problems.len() >= MOST {
            return None;
        }
        removed.push(remove(&mut root, &place)?);
        unread.push(place);
    }
}

/// Whether a missing `key` is there after all, but wrong or misspelt, and that has been told.
fn already_told(key: Option<&&str>, removed: &[String], problems: &[Problem]) -> bool {
    let Some(key) = key else {
        return false;
    };
    let meant = format!("did you mean `{key}`?");
    let misspelt =
        |problem: &Problem| problem.help.as_ref().is_some_and(|help| help.contains(&meant));
    removed.iter().any(|gone| gone == key) || problems.iter().any(misspelt)
}

/// The words between backticks.
fn quoted(message: &str) -> Vec<&str> {
    message.split('`').skip(1).step_by(2).collect()
}

/// An error of serde in the words of this program.
pub(super) struct Told {
    pub(super) code: &'static str,
    pub(super) message: String,
    pub(super) label: String,
    pub(super) help: Option<String>,
}

/// Translates serde's `message` about the text `found`.
pub(super) fn told(message: &str, found: &str) -> Told {
    let names = quoted(message);
    let first = names.first().copied().unwrap_or("");
    let allowed = names.iter().skip(1).copied();
    let unknown = |name: &str, help| Told {
        code: "S0102",
        message: format!("there is no key `{name}` here"),
        label: "unknown key".to_owned(),
        help,
    };
    if message.starts_with("missing field") {
        return Told {
            code: "S0104",
            message: format!("the key `{first}` is missing"),
            label: format!("this table needs `{first}`"),
            help: None,
        };
    }
    if message.starts_with("unknown field") {
        return unknown(first, suggest(first, "allowed", allowed));
    }
    if let Some((_, allowed)) = message.split_once("available keys: ") {
        return unknown(found, suggest(found, "allowed", allowed.trim().split(", ")));
    }
    if message.starts_with("unknown variant") {
        return Told {
            code: "S0103",
            message: format!("`{first}` is not one of the names allowed here"),
            label: "unknown name".to_owned(),
            help: suggest(first, "allowed", allowed),
        };
    }
    Told {
        code: "S0105",
        message: in_plain_words(message),
        label: String::new(),
        help: bare_time(found).or_else(|| rules(message)),
    }
}

/// What to do when there are too many rules for the server, or something else stands there.
fn rules(message: &str) -> Option<String> {
    let server = message.contains("a rule for the server");
    server.then(|| "the default is one, `window`; of several the widest holds".to_owned())
}

/// What to do when a time of day or a quantity was written without quotes.
fn bare_time(text: &str) -> Option<String> {
    let time = text.len() <= 8 && text.contains(':') && !text.starts_with('"');
    time.then(|| format!("write it in quotes: \"{text}\""))
}

/// serde says "invalid type: integer `4`, expected u32"; users ask what was expected first, and do
/// not know the types of Rust.
fn in_plain_words(message: &str) -> String {
    let message = message.lines().next().unwrap_or("");
    if message.starts_with("wanted exactly 1 element") {
        return "name exactly one".to_owned();
    }
    let kinds = ["invalid type: ", "invalid value: ", "invalid length "];
    let stripped = kinds.iter().find_map(|kind| message.strip_prefix(kind));
    let Some((found, expected)) = stripped.and_then(|rest| rest.split_once(", expected ")) else {
        return message.to_owned();
    };
    let expected = match expected {
        "u32" => "a whole number from 0 to 4294967295",
        "u64" => "a whole number from 0 to 9223372036854775807",
        "f64" => "a number",
        "a boolean" => "true or false",
        "a sequence" => "a list in brackets",
        "a map" => "a table",
        other if other.starts_with("struct ") => "a table",
        other => other,
    };
    let found = match found {
        "map" => "a table or a time",
        "sequence" => "a list",
        other => other,
    };
    format!("expected {expected}, found {found}")
}

/// Takes out the entry whose key or value is at `place`, the innermost one; returns its key.
fn remove(table: &mut DeTable<'_>, place: &Range<usize>) -> Option<String> {
    let mut found = None;
    for (key, value) in table.iter_mut() {
        if key.span() == *place {
            found = Some(key.get_ref().to_string());
            break;
        }
        let span = value.span();
        let inner = match value.get_mut() {
            DeValue::Table(inner) => remove(inner, place),
            DeValue::Array(items) => items.iter_mut().find_map(|item| match item.get_mut() {
                DeValue::Table(inner) => remove(inner, place),
                _ => None,
            }),
            _ => None,
        };
        if inner.is_some() {
            return inner;
        }
        if span.start <= place.start && place.end <= span.end {
            found = Some(key.get_ref().to_string());
            break;
        }
    }
    let key = found?;
    table.remove(key.as_str());
    Some(key)
}
