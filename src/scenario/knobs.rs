//! Every key of a scenario with other values that it could have, to be tried one at a time.

mod others;

use std::path::{Path, PathBuf};

use toml::{Table, Value};

use super::model::{Scenario, Window};
use super::resolve::resolved;
use super::{Loaded, Problems, load_text};
use crate::units::{Span, TimeOfDay};

/// Homes of the small version of a scenario, at most.
const MOST_HOMES: u32 = 150;
/// Titles of it, at most.
const MOST_TITLES: u32 = 60;
/// Its warm-up and its measured time, at most.
const LONGEST: (Span, Span) = (Span::from_secs(30 * 60), Span::from_secs(90 * 60));
/// Measured before its peak, at most.
const BEFORE_PEAK: Span = Span::from_secs(15 * 60);
/// Past viewing that fills its caches, at most.
const MOST_HISTORY: Span = Span::DAY;
/// A name that nothing has: asked for, the reader tells those there are.
const NOBODY: &str = "zzz-nobody";

/// A scenario as tables, whose values can be changed.
#[derive(Clone, Debug)]
pub struct Knobs {
    root: Value,
    file: PathBuf,
}

/// A key, in all elements of the lists that it is in.
#[derive(Clone, Debug, PartialEq)]
pub struct Knob {
    /// Dotted; `[]` stands for the elements of a list.
    pub key: String,
    /// What it is, in the first of them.
    pub value: String,
    /// The arm that it belongs to, when it is one's alone.
    pub arm: Option<String>,
    /// What else it could be, best first. The checker may refuse some.
    pub changes: Vec<Change>,
    /// Why it is not varied, where that is known beforehand.
    pub fixed: Option<&'static str>,
    /// Whether it is a name under which parameters stand that are keys of their own.
    pub names: bool,
}

/// Other values for one key.
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    /// The new value, in the first place.
    pub value: String,
    puts: Vec<(Way, Value)>,
}

/// Keys and numbers of elements on the way to a value.
type Way = Vec<String>;

/// A value with its way, and its key with `[]` for numbers.
struct Leaf<'a> {
    key: String,
    way: Way,
    value: &'a Value,
}

impl Knobs {
    /// Those of a small version of `loaded` that plays in a moment: few homes and titles, two hours, one
    /// replication. `file` is where paths in it start. Falls back to what differs less where
    /// the scenario does not allow that.
    ///
    /// # Errors
    /// What is wrong with even the whole.
    pub fn small(loaded: &Loaded, file: &Path) -> Result<(Self, Loaded), Problems> {
        let mut versions = versions(&loaded.scenario).into_iter();
        loop {
            let scenario = versions.next().unwrap_or_else(|| loaded.scenario.clone());
            let last = versions.len() == 0;
            let table: Table = resolved(&scenario).parse().expect("invariant: it was written");
            let own = Self { root: Value::Table(table), file: file.to_owned() };
            match own.load(&own.root) {
                Ok(small) => return Ok((own, small)),
                Err(problems) if last => return Err(problems),
                Err(_) => {}
            }
        }
    }

    /// Every key, in order.
    pub fn all(&self) -> Vec<Knob> {
        let mut leaves = Vec::new();
        walk(&self.root, &mut Way::new(), "", &mut leaves);
        let mut keys: Vec<&str> = leaves.iter().map(|leaf| leaf.key.as_str()).collect();
        keys.sort_unstable();
        keys.dedup();
        keys.into_iter().map(|key| self.knob(key, &leaves)).collect()
    }

    /// The scenario with a change.
    ///
    /// # Errors
    /// What makes it no scenario.
    pub fn with(&self, change: &Change) -> Result<Loaded, Problems> {
        let mut root = self.root.clone();
        for (way, value) in &change.puts {
            *at(&mut root, way).expect("invariant: ways lead to values") = value.clone();
        }
        self.load(&root)
    }

    fn load(&self, root: &Value) -> Result<Loaded, Problems> {
        let text = toml::to_string(root).expect("invariant: it was read");
        load_text(&text, &self.file, &[])
    }

    fn knob(&self, key: &str, leaves: &[Leaf<'_>]) -> Knob {
        let own: Vec<&Leaf<'_>> = leaves.iter().filter(|leaf| leaf.key == key).collect();
        let first = own[0];
        let names = first.value.is_table();
        let mut changes = match first.value {
            Value::Table(_) => self.named(&own),
            Value::String(text) if others::plain(text) => {
                let mut named = self.named(&own);
                named.extend(changes(&own));
                named
            }
            _ => changes(&own),
        };
        changes.extend(shifted(&own, leaves));
        let arm = (first.way[0] == "arm").then(|| first.way[1].clone());
        let value = if names { chosen(first.value) } else { first.value.to_string() };
        Knob { key: key.to_owned(), value, arm, changes, fixed: fixed(key), names }
    }

    /// Each of the names that the reader knows for this place, the one after the present one first.
    fn named(&self, own: &[&Leaf<'_>]) -> Vec<Change> {
        let change = |name: &str| Change {
            value: format!("\"{name}\""),
            puts: own
                .iter()
                .map(|leaf| (leaf.way.clone(), Value::String(name.to_owned())))
                .collect(),
        };
        let Err(problems) = self.with(&change(NOBODY)) else {
            return Vec::new();
        };
        let told = problems.0.iter().find(|problem| problem.message.contains(NOBODY));
        let told = told.filter(|problem| ["S0103", "S0205"].contains(&problem.code));
        let help = told.and_then(|problem| problem.help.as_deref()).unwrap_or_default();
        let list = help.rsplit_once(": ").map_or("", |(_, list)| list);
        let mut names: Vec<&str> = list.split('`').skip(1).step_by(2).collect();
        let now = chosen(own[0].value);
        if let Some(at) = names.iter().position(|name| *name == now) {
            names.rotate_left(at);
            names.remove(0);
        }
        names.into_iter().map(change).collect()
    }
}

/// What else the leaves could be, all of them in the same manner.
fn changes(own: &[&Leaf<'_>]) -> Vec<Change> {
    let each: Vec<Vec<Value>> = own.iter().map(|leaf| others::of(leaf.value)).collect();
    let most = each.iter().map(Vec::len).max().unwrap_or(0);
    let nth = |number: usize| {
        let others = own.iter().zip(&each);
        let puts: Vec<(Way, Value)> = others
            .filter_map(|(leaf, others)| Some((leaf.way.clone(), others.get(number)?.clone())))
            .collect();
        Change { value: puts[0].1.to_string(), puts }
    };
    (0..most).map(nth).collect()
}

/// For a share that makes up a whole with others: half of it goes to another, or comes from there.
fn shifted(own: &[&Leaf<'_>], leaves: &[Leaf<'_>]) -> Option<Change> {
    let share = |leaf: &Leaf<'_>| leaf.value.as_float().filter(|share| (0.0..=1.0).contains(share));
    let beside = |a: &Leaf<'_>, b: &Leaf<'_>| {
        let differ = a.way.iter().zip(&b.way).filter(|(a, b)| a != b).count();
        a.way.len() == b.way.len() && differ == 1
    };
    let pairs = own.iter().flat_map(|one| leaves.iter().map(move |other| (*one, other)));
    let mut pairs = pairs.filter(|(one, other)| beside(one, other));
    pairs.find_map(|(one, other)| {
        let (a, b) = (share(one)?, share(other)?);
        let moved = if a > 0.0 { a / 2.0 } else { -b / 2.0 };
        let put = |leaf: &Leaf<'_>, share: f64| {
            (leaf.way.clone(), Value::Float((share * 1e6).round() / 1e6))
        };
        let puts = vec![put(one, a - moved), put(other, b + moved)];
        let fits = moved != 0.0 && b + moved <= 1.0;
        fits.then(|| Change { value: format!("{} (other: {})", puts[0].1, puts[1].1), puts })
    })
}

/// The name of a table that chooses, or a text without quotes.
fn chosen(value: &Value) -> String {
    let name = value.as_table().and_then(|table| table.keys().next().cloned());
    name.or_else(|| value.as_str().map(str::to_owned)).unwrap_or_default()
}

/// Why a key is not varied.
fn fixed(key: &str) -> Option<&'static str> {
    match key.split('.').next() {
        Some("schema") => Some("the version of the format"),
        Some("report") => Some("says how results are summarised, not what happens"),
        _ if key == "run.replications" => Some("one replication is played"),
        _ => None,
    }
}

/// Every value below `value`; tables with one key too, as that may be a name.
fn walk<'a>(value: &'a Value, way: &mut Way, key: &str, out: &mut Vec<Leaf<'a>>) {
    let leaf = |way: &Way| Leaf { key: key.to_owned(), way: way.clone(), value };
    match value {
        Value::Table(table) => {
            if table.len() == 1 && way.len() > 1 {
                out.push(leaf(way));
            }
            for (name, value) in table {
                let bare = name.chars().all(|c| c.is_ascii_alphanumeric() || "-_".contains(c));
                let step = if bare { name.clone() } else { format!("\"{name}\"") };
                let key = if key.is_empty() { step } else { format!("{key}.{step}") };
                way.push(name.clone());
                walk(value, way, &key, out);
                way.pop();
            }
        }
        Value::Array(items) if items.iter().any(|item| item.is_table() || item.is_array()) => {
            for (number, item) in items.iter().enumerate() {
                way.push(number.to_string());
                walk(item, way, &format!("{key}[]"), out);
                way.pop();
            }
        }
        _ => out.push(leaf(way)),
    }
}

/// The value that `way` leads to.
fn at<'v>(root: &'v mut Value, way: &[String]) -> Option<&'v mut Value> {
    way.iter().try_fold(root, |here, step| match here {
        Value::Table(table) => table.get_mut(step),
        Value::Array(items) => items.get_mut(step.parse::<usize>().ok()?),
        _ => None,
    })
}

/// Small versions, the smallest first.
fn versions(scenario: &Scenario) -> Vec<Scenario> {
    let mut fewer = scenario.clone();
    fewer.sweep.clear();
    let run = &mut fewer.run;
    run.replications = 1;
    run.homes = run.homes.min(MOST_HOMES);
    run.history = run.history.min(MOST_HISTORY);
    let mut titles = fewer.clone();
    titles.catalogue.titles = titles.catalogue.titles.min(MOST_TITLES);
    let mut short = titles.clone();
    shorten(&mut short);
    vec![short, titles, fewer]
}

/// Cuts warm-up and measured time around the beginning of the peak.
fn shorten(scenario: &mut Scenario) {
    let run = &mut scenario.run;
    let warm_up = run.warm_up.min(LONGEST.0);
    let length = run.length.min(LONGEST.1);
    let day = |time: Span| TimeOfDay(Span(time.0 % Span::DAY.0));
    let since = |from: TimeOfDay, to: TimeOfDay| day(to.0 + Span::DAY - from.0).0;
    let before = since(day(run.start.0 + run.warm_up), run.peak.from).min(BEFORE_PEAK);
    let peak = since(run.peak.from, run.peak.to).min(length - before);
    let from = run.peak.from;
    run.start = day(from.0 + Span::DAY - before - warm_up);
    run.peak = Window { from, to: day(from.0 + peak) };
    (run.warm_up, run.length) = (warm_up, length);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::load;

    fn knobs(name: &str) -> (Knobs, Loaded) {
        let path = format!("scenarios/{name}.toml");
        let loaded = load(Path::new(&path), &[]).unwrap_or_else(|problems| panic!("{problems}"));
        Knobs::small(&loaded, Path::new(&path)).unwrap_or_else(|problems| panic!("{problems}"))
    }

    #[test]
    fn a_small_version_is_small_and_keeps_the_peak() {
        let (_, small) = knobs("reference");
        let run = &small.scenario.run;
        assert_eq!((run.homes, run.replications), (150, 1));
        assert!(run.warm_up + run.length <= LONGEST.0 + LONGEST.1);
        assert_eq!(run.peak.from, "20:40".parse().unwrap());
        assert!(small.scenario.sweep.is_empty());
    }

    #[test]
    fn nearly_every_key_can_be_varied_to_what_differs() {
        let (knobs, small) = knobs("reference");
        let all = knobs.all();
        let mut stuck = Vec::new();
        for knob in all.iter().filter(|knob| knob.fixed.is_none() && !knob.names) {
            let varied = knob.changes.iter().find_map(|change| knobs.with(change).ok());
            match varied {
                Some(other) => {
                    assert!(
                        other.scenario != small.scenario || other.arms != small.arms,
                        "{}: {:?} changes nothing",
                        knob.key,
                        knob.changes[0]
                    );
                }
                None => stuck.push(knob.key.as_str()),
            }
        }
        assert!(all.len() > 250, "{}", all.len());
        assert!(stuck.len() * 10 < all.len(), "cannot be varied: {stuck:?}");
        let of = |key: &str| all.iter().find(|knob| knob.key == key).unwrap();
        assert!(of("directory.order").changes[0].value.contains("locality"));
        assert!(of("isp[].market_share").changes.iter().any(|own| own.puts.len() == 2));
        assert_eq!(of("arm.hybrid.scheduler").value, "hybrid");
        assert_eq!(of("arm.hybrid.scheduler").arm.as_deref(), Some("hybrid"));
    }
}
