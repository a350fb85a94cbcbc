//! `offpeak schema`: the scenario format as JSON Schema, for editors.

use std::collections::BTreeMap;

use clap::Args;
use serde_json::{Map, Value, json};

use super::{Exit, Failure, output};
use crate::scenario::schema::{Field, Name, Shape, replaces, shape};

const DESCRIPTION: &str = include_str!("../../docs/scenarios.md");
/// Parts that stand more than once and are longer than this are written once.
const WORTH: usize = 200;

#[derive(Debug, Args)]
#[command(after_help = "Example:
  offpeak schema > scenario.schema.json

For editors with taplo (Even Better TOML), as the first line of a scenario:
  #:schema ./scenario.schema.json")]
pub(super) struct Arguments {}

pub(super) fn schema(_: &Arguments) -> Result<Exit, Failure> {
    output::result(&format!("{:#}\n", whole()))?;
    Ok(Exit::Done)
}

/// The schema. A file that extends another need not say what that says.
fn whole() -> Value {
    let shape = shape();
    let writer = Writer { meanings: meanings() };
    let mut root = writer.write(&shape, &mut Vec::new(), false);
    let properties = root["properties"].as_object_mut().expect("invariant: a scenario is a table");
    properties.insert(
        "extends".into(),
        json!({ "type": "string", "description": writer.about("extends") }),
    );
    properties.insert(
        "without".into(),
        json!({ "type": "array", "items": { "type": "string" }, "description": writer.about("without") }),
    );
    let mut defs = quantities();
    hoist(&mut root, &mut defs);
    defs.insert("whole".into(), needs(&shape, &mut Vec::new()).unwrap_or_default());
    let root = root.as_object_mut().expect("invariant: as above");
    root.insert("$schema".into(), json!("https://json-schema.org/draft/2020-12/schema"));
    root.insert("title".into(), json!("A scenario of offpeak"));
    root.insert("dependentRequired".into(), json!({ "without": ["extends"] }));
    root.insert("if".into(), json!({ "not": { "required": ["extends"] } }));
    root.insert("then".into(), json!({ "$ref": "#/$defs/whole" }));
    root.insert("$defs".into(), Value::Object(defs));
    Value::Object(root.clone())
}

/// Texts with a unit, and shares.
fn quantities() -> Map<String, Value> {
    let units = |description: &str, units: &str| {
        let pattern = format!(r"^\s*([0-9._]+\s*({units})(\s+|$))+$");
        json!({ "type": "string", "pattern": pattern, "description": description })
    };
    let all = [
        (
            "time",
            units("a time with its unit, such as \"15 s\" or \"6 h 30 min\"", "d|h|min|s|ms|us|ns"),
        ),
        (
            "amount",
            units(
                "an amount of data with its unit, such as \"4 GB\"",
                "TB|GB|MB|kB|TiB|GiB|MiB|KiB|B",
            ),
        ),
        (
            "rate",
            units(
                "a data rate with its unit, such as \"20 Mbit/s\"",
                "Tbit/s|Gbit/s|Mbit/s|kbit/s|bit/s",
            ),
        ),
        (
            "energy",
            units(
                "energy for an amount of data, such as \"7 Wh/GB\"",
                "kWh/GB|Wh/GB|nJ/bit|J/GB|mJ/GB",
            ),
        ),
        (
            "price",
            json!({
                "type": "string", "pattern": r"^\s*[0-9._]+\s+[A-Z]{3}/(GB|Mbit/s|kWh)$",
                "description": "a price, such as \"0.02 GBP/GB\"",
            }),
        ),
        (
            "clock",
            json!({
                "type": "string", "pattern": "^([01][0-9]|2[0-3]):[0-5][0-9]$|^24:00$",
                "description": "a time of day, such as \"20:30\"",
            }),
        ),
        (
            "share",
            json!({
                "anyOf": [
                    { "type": "number", "minimum": 0, "maximum": 1 },
                    { "type": "string", "pattern": r"^\s*[0-9.]+\s*%\s*$" },
                ],
                "description": "a share from 0 to 1, or such as \"35 %\"",
            }),
        ),
    ];
    all.into_iter().map(|(name, schema)| (name.to_owned(), schema)).collect()
}

/// Which of them the reader means by these words.
fn quantity(expected: &str) -> Value {
    let kinds = [
        ("a length of time", "time"),
        ("an amount of data", "amount"),
        ("a data rate", "rate"),
        ("energy for", "energy"),
        ("a price", "price"),
        ("a time of day", "clock"),
        ("a share", "share"),
    ];
    let kind = kinds.iter().find(|(begin, _)| expected.starts_with(begin));
    let (_, name) = kind.expect("invariant: every quantity has its pattern");
    json!({ "$ref": format!("#/$defs/{name}") })
}

/// What `docs/scenarios.md` says of each key.
fn meanings() -> BTreeMap<&'static str, String> {
    let mut all = BTreeMap::new();
    for line in DESCRIPTION.lines().filter(|line| line.starts_with("| `")) {
        let cells: Vec<&str> = line.trim_matches('|').split(" | ").map(str::trim).collect();
        let (Some(keys), Some(meaning)) = (cells.first(), cells.get(3)) else {
            continue;
        };
        let default = match cells[2] {
            "needed" | "needed*" => "needed".to_owned(),
            "–" => "optional".to_owned(),
            other => format!("default {other}"),
        };
        for key in keys.split('`').skip(1).step_by(2) {
            all.insert(key, format!("{meaning} ({default})"));
        }
    }
    all
}

struct Writer {
    meanings: BTreeMap<&'static str, String>,
}

impl Writer {
    fn about(&self, key: &str) -> Option<&String> {
        // Presets of one family are described once.
        let key = key.replace("hybrid-page", "hybrid").replace("hybrid-peers-first", "hybrid");
        self.meanings.get(key.replace("webtorrent-sequential", "webtorrent-rarest").as_str())
    }

    /// The schema of what stands at `path`; `closed` where a file says the whole of it or nothing.
    fn write(&self, shape: &Shape, path: &mut Vec<String>, closed: bool) -> Value {
        let closed = closed || replaces(path);
        match shape {
            Shape::Unknown | Shape::Any => json!({}),
            Shape::Flag => json!({ "type": "boolean" }),
            Shape::Text => json!({ "type": "string" }),
            Shape::Number => json!({ "type": "number" }),
            Shape::Count(most) => json!({ "type": "integer", "minimum": 0, "maximum": most }),
            Shape::Quantity(expected) => quantity(expected),
            Shape::Nothing => json!({ "type": "object", "maxProperties": 0 }),
            Shape::List(own) => {
                json!({ "type": "array", "items": self.element(own, path) })
            }
            Shape::OneOrList(own) => {
                let one = self.element(own, path);
                json!({ "anyOf": [one, { "type": "array", "items": one }] })
            }
            Shape::Tuple(all) => {
                let items: Vec<Value> = all.iter().map(|own| self.write(own, path, true)).collect();
                let count = items.len();
                json!({ "type": "array", "prefixItems": items, "minItems": count, "maxItems": count })
            }
            Shape::Named(own) => {
                path.push("NAME".to_owned());
                let inner = self.write(own, path, closed);
                path.pop();
                json!({ "type": "object", "additionalProperties": inner })
            }
            Shape::Table(fields) => self.table(fields, path, closed),
            Shape::Names { names, or } => self.names(names, or.as_deref(), path),
        }
    }

    /// An element of a list, which is there as a whole.
    fn element(&self, shape: &Shape, path: &mut Vec<String>) -> Value {
        let last = path.pop().unwrap_or_default();
        path.push(format!("{last}[]"));
        let schema = self.write(shape, path, true);
        path.pop();
        path.push(last);
        schema
    }

    fn table(&self, fields: &[Field], path: &mut Vec<String>, closed: bool) -> Value {
        let mut properties = Map::new();
        for field in fields {
            path.push(field.name.to_owned());
            let mut schema = self.write(&field.shape, path, closed);
            if let (Some(own), Some(about)) = (schema.as_object_mut(), self.about(&path.join(".")))
            {
                own.insert("description".into(), json!(about));
            }
            path.pop();
            properties.insert(field.name.to_owned(), schema);
        }
        let mut schema = json!({
            "type": "object", "additionalProperties": false, "properties": properties,
        });
        let needed = needed(fields);
        if closed && !needed.is_empty() {
            schema["required"] = json!(needed);
        }
        schema
    }

    fn names(&self, names: &[Name], or: Option<&str>, path: &mut Vec<String>) -> Value {
        let alone: Vec<&str> = names.iter().filter(|own| own.alone).map(|own| own.name).collect();
        let mut any = Vec::new();
        any.extend(or.map(quantity));
        if !alone.is_empty() {
            any.push(json!({ "enum": alone }));
        }
        for own in names.iter().filter(|own| own.shape != Shape::Nothing) {
            path.push(own.name.to_owned());
            let inner = self.write(&own.shape, path, true);
            path.pop();
            any.push(json!({
                "type": "object", "additionalProperties": false, "required": [own.name],
                "properties": { own.name: inner },
            }));
        }
        if any.len() == 1 { any.remove(0) } else { json!({ "anyOf": any }) }
    }
}

fn needed(fields: &[Field]) -> Vec<&'static str> {
    fields.iter().filter(|own| own.needed == Some(true)).map(|own| own.name).collect()
}

/// What a scenario must say when it extends no other, where that is not said in any case.
fn needs(shape: &Shape, path: &mut Vec<String>) -> Option<Value> {
    if replaces(path) {
        return None;
    }
    match shape {
        Shape::Named(own) => {
            path.push("NAME".to_owned());
            let inner = needs(own, path);
            path.pop();
            inner.map(|inner| json!({ "additionalProperties": inner }))
        }
        Shape::Table(fields) => {
            let mut properties = Map::new();
            for field in fields {
                path.push(field.name.to_owned());
                if let Some(inner) = needs(&field.shape, path) {
                    properties.insert(field.name.to_owned(), inner);
                }
                path.pop();
            }
            let needed = needed(fields);
            let some = !needed.is_empty() || !properties.is_empty();
            some.then(|| json!({ "required": needed, "properties": properties }))
        }
        _ => None,
    }
}

/// Puts long parts that stand more than once among `defs`, named after the key that they stand under.
fn hoist(root: &mut Value, defs: &mut Map<String, Value>) {
    let mut counts = BTreeMap::new();
    count(root, &mut counts);
    counts.retain(|_, (times, name)| *times > 1 && !name.is_empty());
    let mut names: BTreeMap<String, String> = BTreeMap::new();
    let mut taken: Vec<String> = defs.keys().cloned().collect();
    for (text, (_, name)) in &counts {
        let numbered = (2..).map(|number| format!("{name}-{number}"));
        let free = std::iter::once(name.clone()).chain(numbered).find(|own| !taken.contains(own));
        let free = free.expect("invariant: numbers do not end");
        taken.push(free.clone());
        names.insert(text.clone(), free);
    }
    for (text, name) in &names {
        let mut part: Value = serde_json::from_str(text).expect("invariant: it was written");
        inside(&mut part, &names);
        defs.insert(name.clone(), part);
    }
    inside(root, &names);
}

/// The text of a part without its description, when it is long enough.
fn worth(part: &Value) -> Option<String> {
    let mut bare = part.as_object()?.clone();
    bare.remove("description");
    let schema = bare.contains_key("type") || bare.contains_key("anyOf");
    let text = Value::Object(bare).to_string();
    (schema && text.len() > WORTH).then_some(text)
}

fn count(part: &Value, counts: &mut BTreeMap<String, (usize, String)>) {
    let each: Vec<(&str, &Value)> = match part {
        Value::Object(own) => own.iter().map(|(key, inner)| (key.as_str(), inner)).collect(),
        Value::Array(own) => own.iter().map(|inner| ("", inner)).collect(),
        _ => return,
    };
    for (key, inner) in each {
        if let Some(text) = worth(inner) {
            let key = if key == "items" { "" } else { key };
            let (times, name) = counts.entry(text).or_insert_with(|| (0, key.to_owned()));
            *times += 1;
            if name.is_empty() {
                key.clone_into(name);
            }
        }
        count(inner, counts);
    }
}

/// Puts references in place of what is below `part`.
fn inside(part: &mut Value, names: &BTreeMap<String, String>) {
    let each: Vec<&mut Value> = match part {
        Value::Object(own) => own.values_mut().collect(),
        Value::Array(own) => own.iter_mut().collect(),
        _ => return,
    };
    for inner in each {
        let name = worth(inner).and_then(|text| names.get(&text));
        match name {
            Some(name) => {
                let about = inner.get("description").cloned();
                *inner = json!({ "$ref": format!("#/$defs/{name}") });
                if let Some(about) = about {
                    inner["description"] = about;
                }
            }
            None => inside(inner, names),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reference_leads_somewhere() {
        let schema = whole();
        let text = schema.to_string();
        let names: Vec<&str> =
            text.split("#/$defs/").skip(1).filter_map(|rest| rest.split('"').next()).collect();
        assert!(names.len() > 100, "{}", names.len());
        for name in names {
            assert!(schema["$defs"].get(name).is_some(), "{name}");
        }
        assert_eq!(schema["then"]["$ref"], "#/$defs/whole");
    }
}
