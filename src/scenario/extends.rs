//! `extends` and `without`: the bases of a scenario, and the whole that it and they come to.

use core::ops::Range;
use std::borrow::Cow;
use std::path::{Path, PathBuf};

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::library::{Library, Origin, read_file};
use super::merge;
use super::problem::{Problem, Problems, suggest};
use super::sets;
use super::source::Source;

/// The keys of a file that are not keys of the scenario.
pub(super) const KEYS: [&str; 2] = ["extends", "without"];

/// Bases that extend each other, at most.
const MOST_BASES: usize = 8;

/// A scenario or one of its bases.
pub(super) struct Layer {
    /// With the byte offsets of its place in the source.
    pub(super) text: String,
    origin: Origin,
    /// From the folder of the scenario to that of this text.
    way: PathBuf,
}

impl Layer {
    /// What it is called in messages.
    pub(super) fn name(&self) -> String {
        self.origin.name()
    }
}

/// The scenario, then its base, that one's base and so on; each added to `source`. Ends at the first
/// that cannot be had, which is told.
pub(super) fn layers(
    text: &str,
    origin: Origin,
    library: Library<'_>,
    source: &mut Source,
    problems: &mut Vec<Problem>,
) -> Vec<Layer> {
    let own = source.push(&origin.name(), text);
    let mut layers = vec![Layer { text: own, origin, way: PathBuf::new() }];
    while let Some(wanted) = wanted(&layers[layers.len() - 1].text) {
        match base(&wanted, &layers, library, source) {
            Ok((origin, way, text)) => {
                let text = source.push(&origin.name(), &text);
                layers.push(Layer { text, origin, way });
            }
            Err(found) => {
                problems.extend(found.0);
                break;
            }
        }
    }
    layers
}

/// What `text` extends.
fn wanted(text: &str) -> Option<Spanned<String>> {
    let (root, _) = DeTable::parse_recoverable(text);
    let value = root.get_ref().get("extends")?;
    Some(Spanned::new(value.span(), value.get_ref().as_str()?.to_owned()))
}

/// The base `wanted` by the last of `layers`: where it is, the way to its folder, its text.
fn base(
    wanted: &Spanned<String>,
    layers: &[Layer],
    library: Library<'_>,
    source: &Source,
) -> Result<(Origin, PathBuf, String), Problems> {
    let by = &layers[layers.len() - 1];
    let value = wanted.get_ref();
    let told = |problem| Problems(vec![problem]);
    let wrong = |code, message: String| Problem::error(code, source.at(&wanted.span()), message);
    let lost =
        |message, help: Option<String>| wrong("S0108", message).label("no such base").help(help);
    let (origin, way) = match &by.origin {
        _ if Path::new(value).extension().is_none_or(|ending| ending != "toml") => {
            (Origin::Name(value.clone()), PathBuf::new())
        }
        Origin::File(path) => {
            let folder = |path: &Path| path.parent().map(Path::to_path_buf).unwrap_or_default();
            (Origin::File(folder(path).join(value)), by.way.join(folder(Path::new(value))))
        }
        Origin::Name(_) => {
            let message = format!("a shipped scenario cannot extend the file `{value}`");
            return Err(told(lost(message, library.help(value))));
        }
    };
    if layers.iter().any(|layer| layer.origin.same(&origin)) {
        let message = format!("`{value}` comes to extend itself");
        return Err(told(wrong("S0109", message).label("closes a circle")));
    }
    if layers.len() > MOST_BASES {
        let message = format!("more than {MOST_BASES} bases, one under the other");
        return Err(told(wrong("S0109", message).label("one too many")));
    }
    let text = match &origin {
        Origin::Name(name) => library.text(name).map(str::to_owned).ok_or_else(|| {
            let help = library.help(name).unwrap_or_default();
            let message = format!("there is no shipped scenario `{name}`");
            told(lost(message, Some(format!("{help}; the path of a file ends in .toml"))))
        })?,
        Origin::File(path) => read_file(path, |error| {
            lost(format!("cannot read the base {}: {error}", path.display()), beside(path))
        })?,
    };
    Ok((origin, way, text))
}

/// Which scenarios there are where the file at `path` was looked for.
fn beside(path: &Path) -> Option<String> {
    let folder = path.parent().filter(|folder| *folder != Path::new(""));
    let folder = folder.unwrap_or_else(|| Path::new("."));
    let entries = std::fs::read_dir(folder).into_iter().flatten().filter_map(Result::ok);
    let names = entries.filter_map(|entry| entry.file_name().into_string().ok());
    let mut names: Vec<String> = names.filter(|name| name.ends_with(".toml")).collect();
    names.sort();
    let all = suggest(path.file_name()?.to_str()?, "there", names.iter().map(String::as_str))?;
    Some(format!("{all}; the path is relative to the file that says it"))
}

/// Lays each of `layers` over the next; `roots` are what their texts say.
pub(super) fn whole<'t>(
    layers: &[Layer],
    roots: Vec<DeTable<'t>>,
    source: &Source,
    problems: &mut Vec<Problem>,
) -> DeTable<'t> {
    let mut whole = DeTable::new();
    for (nth, (layer, mut root)) in layers.iter().zip(roots).enumerate().rev() {
        if let Some(value) = root.remove("extends").filter(|value| !value.get_ref().is_str()) {
            let message = "expected the name of a shipped scenario, or the path of a .toml file";
            problems.push(Problem::error("S0105", source.at(&value.span()), message));
        }
        if let Some(keys) = root.remove("without") {
            let based = nth + 1 < layers.len();
            take_out(&mut whole, &keys, based, source, problems);
        }
        merge::dotted_sets(&mut root);
        if nth > 0 {
            move_tables(&mut root, &layer.way);
        }
        merge::lay(&mut whole, root);
    }
    whole
}

/// Takes `keys` out of `whole`, which is nothing unless `based`.
fn take_out(
    whole: &mut DeTable<'_>,
    keys: &Spanned<DeValue<'_>>,
    based: bool,
    source: &Source,
    problems: &mut Vec<Problem>,
) {
    let mut tell = |code, span: &Range<usize>, message: String, help: Option<String>| {
        problems.push(Problem::error(code, source.at(span), message).help(help));
    };
    let Some(list) = keys.get_ref().as_array() else {
        let message = "expected a list of dotted keys, such as [\"arm.oracle\"]".to_owned();
        return tell("S0105", &keys.span(), message, None);
    };
    if !based {
        let message = "there is no base to take anything out of".to_owned();
        return tell("S0110", &keys.span(), message, Some("say what it `extends`".to_owned()));
    }
    for item in list {
        let key = item.get_ref().as_str();
        let Some((key, keys)) = key.and_then(|key| Some((key, sets::keys(key)?))) else {
            let message = "expected a dotted key, such as \"arm.oracle\"".to_owned();
            tell("S0105", &item.span(), message, None);
            continue;
        };
        if let Err(lost) = merge::take_out(whole, keys) {
            let message = format!("the base has no key `{key}`");
            let help = match lost.there {
                Some(names) => suggest(&lost.step, "there", names.iter().map(String::as_str)),
                None => Some(format!("`{}` is a value or a list: give it anew", lost.step)),
            };
            tell("S0110", &item.span(), message, help);
        }
    }
}

/// Writes `csv.folder` of a base so that it starts where the scenario is.
fn move_tables(root: &mut DeTable<'_>, way: &Path) {
    let csv = root.get_mut("csv").map(Spanned::get_mut);
    let Some(DeValue::Table(csv)) = csv else {
        return;
    };
    if let Some(DeValue::String(folder)) = csv.get_mut("folder").map(Spanned::get_mut) {
        *folder = Cow::Owned(way.join(folder.as_ref()).display().to_string());
    }
}
