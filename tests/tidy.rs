//! House rules that no lint knows: sizes of files, leftovers, one word per thing.

use std::fs;
use std::path::{Path, PathBuf};

/// Lines of a file before its tests.
const MOST_LINES: usize = 500;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn files(folder: &Path, out: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            files(&path, out);
        } else if path.extension().is_some_and(|ext| ext == "rs") {
            out.push(path);
        }
    }
    out.sort();
}

/// Every Rust file below `folder`, with its text.
fn texts(folder: &str) -> Vec<(String, String)> {
    let mut all = Vec::new();
    files(&root().join(folder), &mut all);
    let named = |path: PathBuf| {
        let name = path.strip_prefix(root()).expect("below the root").display().to_string();
        (name, fs::read_to_string(path).expect("text"))
    };
    all.into_iter().map(named).collect()
}

/// What comes before the tests of a file.
fn before_tests(text: &str) -> &str {
    text.split("#[cfg(test)]\nmod tests {").next().unwrap_or(text)
}

/// A line without what stands in double quotes.
fn without_texts(line: &str) -> String {
    line.split('"').step_by(2).collect::<Vec<_>>().join(" ")
}

/// Whether `word` or its plural stands in `line`, names of methods of others apart.
fn has_word(line: &str, word: &str) -> bool {
    let mut before = ' ';
    line.split_inclusive(|c: char| !c.is_alphanumeric()).any(|part| {
        let sign = part.chars().last().filter(|c| !c.is_alphanumeric());
        let name = part.trim_end_matches(|c: char| !c.is_alphanumeric());
        let plural = name.strip_suffix('s').unwrap_or(name);
        let found = name.eq_ignore_ascii_case(word) || plural.eq_ignore_ascii_case(word);
        let own = before != '.';
        before = sign.unwrap_or(' ');
        found && own
    })
}

/// The last column of the table of words.
fn refused_words() -> Vec<String> {
    let page = fs::read_to_string(root().join("ARCHITECTURE.md")).expect("ARCHITECTURE.md");
    let after = page.split("## Words").nth(1).expect("the page has the table");
    let rows = after.lines().skip_while(|line| !line.starts_with('|')).skip(2);
    let last = rows
        .take_while(|line| line.starts_with('|'))
        .filter_map(|line| line.trim_end_matches('|').rsplit('|').next().map(str::to_owned));
    let words =
        last.flat_map(|cell| cell.split(',').map(|w| w.trim().to_owned()).collect::<Vec<_>>());
    words.filter(|word| !word.is_empty()).collect()
}

#[test]
fn no_file_is_long() {
    for (name, text) in texts("src") {
        let lines = before_tests(&text).lines().count();
        assert!(lines <= MOST_LINES, "{name} has {lines} lines before its tests");
    }
}

#[test]
fn nothing_is_left_over() {
    // Written in parts, so that this file does not find itself.
    let refused = [
        concat!("TO", "DO"),
        concat!("FIX", "ME"),
        concat!("#[al", "low("),
        concat!("#![al", "low("),
    ];
    for (name, text) in ["src", "tests", "benches", "examples"].into_iter().flat_map(texts) {
        for (number, line) in text.lines().enumerate() {
            for word in refused {
                assert!(!line.contains(word), "{name}:{}: {word}", number + 1);
            }
        }
    }
}

#[test]
fn every_thing_has_one_word() {
    let refused = refused_words();
    assert!(refused.iter().any(|word| word == "chunk"), "the table of words was read: {refused:?}");
    for (name, text) in texts("src") {
        for (number, line) in text.lines().enumerate() {
            let plain = without_texts(line);
            for word in &refused {
                // Columns of foreign tables keep their names; they stand in backticks.
                let own = plain.split('`').step_by(2).collect::<Vec<_>>().join(" ");
                assert!(
                    !has_word(&own, word),
                    "{name}:{}: `{word}` has another name here",
                    number + 1
                );
            }
        }
    }
}
