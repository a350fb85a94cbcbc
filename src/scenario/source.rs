//! The texts a scenario comes from, as one row of bytes: the file, its bases, then each `--set`; and
//! where in them each key is.

use core::ops::Range;
use std::collections::BTreeMap;

use toml::Spanned;
use toml::de::{DeArray, DeTable, DeValue};

use super::problem::At;

/// Texts laid end to end, so that one byte range names a place in any of them.
#[derive(Clone, Debug, Default)]
pub(super) struct Source {
    parts: Vec<Part>,
}

#[derive(Clone, Debug)]
struct Part {
    name: String,
    text: String,
    start: usize,
}

impl Source {
    /// Adds a text, the scenario itself first; returns it written so far to the right that its byte
    /// offsets follow those before it.
    pub(super) fn push(&mut self, name: &str, text: &str) -> String {
        let start = self.parts.last().map_or(0, |part| part.start + part.text.len() + 1);
        self.parts.push(Part { name: name.to_owned(), text: text.to_owned(), start });
        // A byte order mark is one at the start of a text only.
        let body = text.strip_prefix('\u{feff}').unwrap_or(text);
        format!("{}{body}", " ".repeat(start + text.len() - body.len()))
    }

    /// Line and column of a range.
    pub(super) fn at(&self, span: &Range<usize>) -> At {
        let after = self.parts.partition_point(|part| part.start <= span.start);
        let part = &self.parts[after.saturating_sub(1)];
        let local = span.start - part.start..span.end.saturating_sub(part.start);
        At::within(&part.name, &part.text, &local)
    }

    /// The text of a range; empty when it is in none of the texts.
    pub(super) fn text(&self, span: &Range<usize>) -> &str {
        let after = self.parts.partition_point(|part| part.start <= span.start);
        let part = &self.parts[after.saturating_sub(1)];
        let local = span.start - part.start..span.end.saturating_sub(part.start);
        part.text.get(local).unwrap_or("")
    }
}

/// Where each dotted key path is: its key and its value. Elements of arrays are numbered from 0.
#[derive(Clone, Debug, Default)]
pub(super) struct Index {
    places: BTreeMap<String, (Range<usize>, Range<usize>)>,
}

impl Index {
    /// Of a parsed document.
    pub(super) fn new(root: &DeTable<'_>) -> Self {
        let mut index = Self::default();
        index.table("", root);
        index
    }

    fn table(&mut self, prefix: &str, table: &DeTable<'_>) {
        for (key, value) in table {
            let path = join(prefix, key.get_ref());
            self.value(path, key.span(), value);
        }
    }

    fn array(&mut self, prefix: &str, array: &DeArray<'_>) {
        for (number, value) in array.iter().enumerate() {
            self.value(join(prefix, &number.to_string()), value.span(), value);
        }
    }

    fn value(&mut self, path: String, key: Range<usize>, value: &Spanned<DeValue<'_>>) {
        match value.get_ref() {
            DeValue::Table(table) => self.table(&path, table),
            DeValue::Array(array) => self.array(&path, array),
            _ => {}
        }
        self.places.insert(path, (key, value.span()));
    }

    /// Whether a file or a `--set` names this path.
    pub(super) fn has(&self, path: &str) -> bool {
        self.places.contains_key(path)
    }

    /// The value at `path`, or the nearest table around it that is written out; the start of the
    /// file when there is none.
    pub(super) fn value_of(&self, path: &str) -> Range<usize> {
        self.nearest(path).map_or(0..0, |(_, value)| value.clone())
    }

    /// The key of `path`, or of the nearest table around it that is written out.
    pub(super) fn key_of(&self, path: &str) -> Range<usize> {
        self.nearest(path).map_or(0..0, |(key, _)| key.clone())
    }

    fn nearest(&self, mut path: &str) -> Option<&(Range<usize>, Range<usize>)> {
        loop {
            if let Some(place) = self.places.get(path) {
                return Some(place);
            }
            path = &path[..path.rfind('.')?];
        }
    }

    /// Every path, in order.
    #[cfg(test)]
    pub(super) fn paths(&self) -> impl Iterator<Item = &str> {
        self.places.keys().map(String::as_str)
    }
}

fn join(prefix: &str, key: &str) -> String {
    if prefix.is_empty() { key.to_owned() } else { format!("{prefix}.{key}") }
}
