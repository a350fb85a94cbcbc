//! `offpeak explain`: what a code, cause, metric, policy, verdict or exit code means.

mod codes;
mod words;

use clap::Args;
use serde_json::json;

use super::{Exit, Failure, list, output};
use crate::results::catalogue::METRICS;
use crate::scenario::{CODES, nearest};

const REFERENCE: &str = include_str!("../../scenarios/reference.toml");
const MISTAKES: &str = include_str!("../../tests/golden/bad_keys.txt");
const BAD_TABLES: &str = include_str!("../../tests/golden/bad_tables.txt");
const POLICIES: &str = include_str!("../../docs/policies.md");

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  offpeak explain                (lists all names)
  offpeak explain S0204
  offpeak explain holder busy
  offpeak explain rebuffer_ratio --json")]
pub(super) struct Arguments {
    /// A code, or a name as tables of results have it; all are listed when left out
    name: Vec<String>,
    /// Print as JSON
    #[arg(long)]
    json: bool,
}

/// A code: why it is told, where in `docs/scenarios.md`, an example.
struct Text(&'static str, &'static str, &'static str, Example);

/// What is wrong, and what is right.
enum Example {
    /// The so-many-th row of this code in the tables of mistakes.
    Row(usize),
    /// What is laid over the reference scenario, with complaint and without.
    Given(&'static [(&'static str, &'static str)], &'static [(&'static str, &'static str)]),
    /// It takes more than a line.
    Nothing,
}

/// Something that has an explanation.
#[derive(Debug)]
struct Entry {
    kind: &'static str,
    name: String,
    meaning: String,
    why: String,
    /// Wrong, then right.
    example: Option<[String; 2]>,
    see: String,
}

pub(super) fn explain(arguments: &Arguments) -> Result<Exit, Failure> {
    let all = entries();
    let wanted = arguments.name.join(" ");
    let found: Vec<&Entry> = all
        .iter()
        .filter(|own| wanted.is_empty() || own.name.eq_ignore_ascii_case(&wanted))
        .collect();
    if found.is_empty() {
        let upper = wanted.to_uppercase();
        let names = || all.iter().map(|own| own.name.as_str());
        let near = nearest(&wanted, names()).or_else(|| nearest(&upper, names()));
        let near = near.map(|name| format!("; did you mean \"{name}\"?")).unwrap_or_default();
        let message = format!(
            "error: nothing is called \"{wanted}\"{near}\n`offpeak explain` lists all names"
        );
        return Err(Failure::new(Exit::Usage, message));
    }
    let text = if arguments.json {
        let pages: Vec<serde_json::Value> = found.iter().map(|own| own.json()).collect();
        format!("{:#}\n", serde_json::Value::Array(pages))
    } else if wanted.is_empty() {
        let row = |own: &&Entry| vec![own.kind.to_owned(), own.name.clone(), own.meaning.clone()];
        list::columns(&found.iter().map(row).collect::<Vec<_>>())
    } else {
        found.iter().map(|own| own.page()).collect::<Vec<_>>().join("\n")
    };
    output::result(&text)?;
    Ok(Exit::Done)
}

impl Entry {
    fn new(kind: &'static str, name: &str, meaning: &str, see: &str) -> Self {
        Self {
            kind,
            name: name.to_owned(),
            meaning: meaning.to_owned(),
            why: String::new(),
            example: None,
            see: see.to_owned(),
        }
    }

    fn page(&self) -> String {
        let mut text = format!("{} ({}): {}\n", self.name, self.kind, self.meaning);
        if !self.why.is_empty() {
            text.push_str(&wrapped(&self.why));
        }
        if let Some([wrong, right]) = &self.example {
            text.push_str(&format!("wrong:\n{}right:\n{}", indented(wrong), indented(right)));
        }
        text.push_str(&format!("see {}\n", self.see));
        text
    }

    fn json(&self) -> serde_json::Value {
        let example = self.example.as_ref();
        json!({
            "kind": self.kind, "name": self.name, "meaning": self.meaning, "why": self.why,
            "wrong": example.map(|[wrong, _]| wrong), "right": example.map(|[_, right]| right),
            "see": self.see,
        })
    }
}

/// All there is, codes first.
fn entries() -> Vec<Entry> {
    let codes = CODES.iter().map(|(code, meaning)| {
        let text = codes::TEXTS.iter().find(|text| text.0 == *code);
        let mut entry = Entry::new("code", code, meaning, "docs/scenarios.md");
        if let Some(Text(_, why, section, example)) = text {
            entry.why = (*why).to_owned();
            entry.see.push_str(section);
            entry.example = example.shown(code);
        }
        entry
    });
    let metrics = METRICS.iter().map(|own| {
        let unit = if own.unit == "1" { String::new() } else { format!(", in {}", own.unit) };
        Entry::new("metric", own.name, &format!("{}{unit}", own.meaning), "docs/results.md#metrics")
    });
    let see = "docs/policies.md#causes";
    let fetched =
        rows("| cause | when |").map(move |(name, why)| Entry::new("cdn_bytes", name, why, see));
    let see = "docs/policies.md#uploads";
    let refused = rows("| reason | when |")
        .map(move |(name, why)| Entry::new("refused_uploads", name, why, see));
    let named = |kind, all: &'static [(&'static str, &'static str)], see| {
        all.iter().map(move |(name, why)| Entry::new(kind, name, why, see))
    };
    let stalls = named("stalled_s", &words::STALLS, "docs/results.md#causes");
    let tiers = named("cdn_tier_bytes", &words::TIERS, "docs/results.md#causes");
    let verdicts = named("verdict", &words::VERDICTS, "docs/results.md#columns");
    let exits = named("exit code", &words::EXITS, "offpeak --help");
    let policies = list::policies()
        .map(|(family, name, about)| Entry::new(family, name, about, "docs/policies.md"));
    let causes = fetched.chain(tiers).chain(stalls).chain(refused);
    codes.chain(metrics).chain(causes).chain(verdicts).chain(exits).chain(policies).collect()
}

/// Rows of the table of `docs/policies.md` with this head.
fn rows(head: &str) -> impl Iterator<Item = (&'static str, &'static str)> {
    let after = POLICIES.split_once(head).map_or("", |(_, after)| after);
    let rows = after.lines().skip(2).take_while(|line| line.starts_with('|'));
    rows.filter_map(|line| {
        let mut cells = line.split('|').map(str::trim).skip(1);
        Some((cells.next()?, cells.next()?))
    })
}

impl Example {
    /// The lines that differ.
    fn shown(&self, code: &str) -> Option<[String; 2]> {
        match self {
            Self::Row(number) => row(MISTAKES, code, *number)
                .and_then(|[_, old, new, ..]| in_reference(&old, &new))
                .or_else(|| {
                    let [_, file, old, new, _] = row(BAD_TABLES, code, *number)?;
                    Some([format!("{file}: … {new} …"), format!("{file}: … {old} …")])
                }),
            Self::Given(wrong, right) => {
                let each = |sets: &[(&str, &str)]| {
                    let one = |(key, value): &(&str, &str)| format!("--set '{key}={value}'");
                    sets.iter().map(one).collect::<Vec<_>>().join(" ")
                };
                Some([each(wrong), each(right)])
            }
            Self::Nothing => None,
        }
    }
}

/// The so-many-th row of `code` in a table of mistakes.
fn row(table: &str, code: &str, number: usize) -> Option<[String; 5]> {
    let lines = table.lines().filter(|line| line.split(" ¦ ").next() == Some(code));
    let line = lines.into_iter().nth(number)?;
    let fields: Vec<String> = line.split(" ¦ ").map(|f| f.replace("\\n", "\n")).collect();
    fields.try_into().ok()
}

/// The whole lines of the reference scenario that become others when `new` stands for `old`.
fn in_reference(old: &str, new: &str) -> Option<[String; 2]> {
    let at = REFERENCE.find(old)?;
    let from = REFERENCE[..at].rfind('\n').map_or(0, |end| end + 1);
    let end = at + old.trim_end_matches('\n').len();
    let to = REFERENCE[end..].find('\n').map_or(REFERENCE.len(), |more| end + more);
    let right = &REFERENCE[from..to];
    let wrong = right.replacen(old.trim_end_matches('\n'), new.trim_end_matches('\n'), 1);
    Some([bare(&wrong), bare(right)])
}

/// Lines without comments.
fn bare(text: &str) -> String {
    let lines = text.lines().map(|line| line.split(" #").next().unwrap_or(line).trim_end());
    let lines: Vec<&str> =
        lines.filter(|line| !line.is_empty() && !line.starts_with('#')).collect();
    if lines.is_empty() { "(without it)".to_owned() } else { lines.join("\n") }
}

fn indented(text: &str) -> String {
    text.lines().map(|line| format!("  {line}\n")).collect()
}

/// In lines of 80 characters.
fn wrapped(text: &str) -> String {
    let (mut lines, mut line) = (String::new(), String::new());
    for word in text.split_whitespace() {
        if !line.is_empty() && line.chars().count() + word.chars().count() >= 80 {
            lines.push_str(&line);
            lines.push('\n');
            line.clear();
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    lines + &line + "\n"
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::results::Verdict;
    use crate::scenario::{Loaded, Problems, load_text};
    use std::path::Path;

    /// The codes that are told of a text.
    fn told(text: &str, sets: &[(&str, &str)]) -> Vec<&'static str> {
        let sets: Vec<_> = sets.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
        let result: Result<Loaded, Problems> = load_text(text, Path::new("bad.toml"), &sets);
        let problems = result.map_or_else(|problems| problems.0, |loaded| loaded.warnings);
        problems.iter().map(|problem| problem.code).collect()
    }

    #[test]
    fn every_code_has_a_text_and_its_example_is_true() {
        let listed: Vec<&str> = CODES.iter().map(|(code, _)| *code).collect();
        let explained: Vec<&str> = codes::TEXTS.iter().map(|text| text.0).collect();
        assert_eq!(explained, listed);
        for Text(code, why, _, example) in codes::TEXTS {
            assert!(why.len() > 30 && why.ends_with(['.', '?']), "{code}: {why}");
            match example {
                Example::Given(wrong, right) => {
                    assert!(told(REFERENCE, wrong).contains(code), "{code}: {wrong:?}");
                    assert_eq!(told(REFERENCE, right), [""; 0], "{code}: {right:?}");
                }
                Example::Row(number) => {
                    let shown = example.shown(code);
                    let [wrong, right] = shown.unwrap_or_else(|| panic!("{code}: no such row"));
                    assert_ne!(wrong, right, "{code}");
                    if let Some([_, old, new, ..]) = row(MISTAKES, code, *number) {
                        let wrong = told(&REFERENCE.replacen(&old, &new, 1), &[]);
                        assert!(wrong.contains(code), "{code}: {old} → {new}: {wrong:?}");
                    }
                }
                Example::Nothing => assert!(["S0106", "S0406"].contains(code), "{code}"),
            }
        }
        assert_eq!(told(REFERENCE, &[]), [""; 0], "what all right examples are part of");
    }

    #[test]
    fn sections_exist() {
        let page = include_str!("../../docs/scenarios.md");
        let heads = page.lines().filter_map(|line| line.strip_prefix("## "));
        let anchors: Vec<String> =
            heads.map(|head| format!("#{}", head.to_lowercase().replace(' ', "-"))).collect();
        for Text(code, _, section, _) in codes::TEXTS {
            let known = section.is_empty() || anchors.iter().any(|own| own == section);
            assert!(known, "{code}: {section} is not in {anchors:?}");
        }
    }

    #[test]
    fn words_are_those_of_the_tables() {
        for (word, _) in words::VERDICTS {
            assert_eq!(word.parse::<Verdict>().map(|own| own.to_string()), Ok(word.to_owned()));
        }
        for (code, _) in words::EXITS {
            assert!(super::super::EXIT_CODES.contains(&format!("{code} ")), "{code}");
        }
    }
}
