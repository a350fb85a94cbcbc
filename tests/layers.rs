//! Who uses whom: the imports of `src/` held against the table in ARCHITECTURE.md.
//!
//! Reads Rust by its words, not by its grammar: comments, texts and test modules are taken out, then
//! every path is looked at that begins with `crate`, with enough `super`s to leave its module, or
//! with a crate from outside.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// Parts of `std` that touch the machine and must be allowed by name.
const MACHINE: [&str; 9] = ["env", "fs", "io", "net", "os", "process", "sync", "thread", "time"];

/// What a module may use.
#[derive(Debug, Default)]
struct Row {
    inside: BTreeSet<String>,
    outside: BTreeSet<String>,
}

type Table = BTreeMap<String, Row>;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Names in backticks.
fn quoted(cell: &str) -> BTreeSet<String> {
    cell.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

fn table(page: &str) -> Table {
    let after = page.split("## Who may use whom").nth(1).expect("the page has the table");
    let rows = after.lines().skip_while(|line| !line.starts_with('|'));
    let rows = rows.take_while(|line| line.starts_with('|')).skip(2);
    rows.map(|line| {
        let cells: Vec<&str> = line.split('|').collect();
        let module = quoted(cells[1]).into_iter().next().expect("a row names its module");
        (module, Row { inside: quoted(cells[2]), outside: quoted(cells[3]) })
    })
    .collect()
}

/// Crates of `[dependencies]`, as code names them, and what comes with the compiler.
fn crates(manifest: &str) -> BTreeSet<String> {
    let after = manifest.split("\n[dependencies]\n").nth(1).expect("a table of dependencies");
    let lines = after.lines().take_while(|line| !line.starts_with('['));
    let named = lines.filter_map(|line| line.split_once('=')).map(|(name, _)| name.trim());
    named.chain(["core", "alloc", "std"]).map(|name| name.replace('-', "_")).collect()
}

/// `text` without comments, texts and characters; lines stay where they are.
fn code(text: &str) -> String {
    let source: Vec<char> = text.chars().collect();
    let mut out = String::new();
    let mut at = 0;
    let starts = |at: usize, what: &str| {
        what.chars().enumerate().all(|(i, c)| source.get(at + i) == Some(&c))
    };
    while at < source.len() {
        let end = if starts(at, "//") {
            (at..source.len()).find(|i| source[*i] == '\n').unwrap_or(source.len())
        } else if starts(at, "/*") {
            (at..source.len()).find(|i| starts(*i, "*/")).map_or(source.len(), |i| i + 2)
        } else if starts(at, "r#\"") {
            (at + 3..source.len()).find(|i| starts(*i, "\"#")).map_or(source.len(), |i| i + 2)
        } else if source[at] == '"' {
            let mut end = at + 1;
            while end < source.len() && source[end] != '"' {
                end += if source[end] == '\\' { 2 } else { 1 };
            }
            end + 1
        } else if starts(at, "'\\") {
            (at + 3..source.len()).find(|i| source[*i] == '\'').map_or(source.len(), |i| i + 1)
        } else if source[at] == '\'' && source.get(at + 2) == Some(&'\'') {
            at + 3
        } else {
            out.push(source[at]);
            at += 1;
            continue;
        };
        let end = end.min(source.len());
        out.extend(source[at..end].iter().filter(|c| **c == '\n'));
        out.push(' ');
        at = end;
    }
    out
}

/// Words and signs, each with its line; `::` is one sign.
fn words(code: &str) -> Vec<(String, usize)> {
    let mut words: Vec<(String, usize)> = Vec::new();
    for (number, line) in code.lines().enumerate() {
        let chars: Vec<char> = line.chars().collect();
        let mut at = 0;
        while at < chars.len() {
            let of_word = |c: &char| c.is_alphanumeric() || *c == '_';
            let length = chars[at..].iter().take_while(|c| of_word(c)).count();
            let length = match length {
                0 if chars[at..].starts_with(&[':', ':']) => 2,
                0 => 1,
                more => more,
            };
            if !chars[at].is_whitespace() {
                words.push((chars[at..at + length].iter().collect(), number + 1));
            }
            at += length;
        }
    }
    words
}

/// Takes out what is compiled for tests alone; the names of test modules in files of their own.
fn without_tests(words: &[(String, usize)]) -> (Vec<(String, usize)>, Vec<String>) {
    let mark = ["#", "[", "cfg", "(", "test", ")", "]"];
    let (mut kept, mut modules, mut at) = (Vec::new(), Vec::new(), 0);
    while at < words.len() {
        let marked =
            mark.iter().enumerate().all(|(i, w)| words.get(at + i).is_some_and(|x| x.0 == *w));
        if !marked {
            kept.push(words[at].clone());
            at += 1;
            continue;
        }
        at += mark.len();
        if words[at].0 == "mod" && words[at + 2].0 == ";" {
            modules.push(words[at + 1].0.clone());
        }
        let mut depth = 0usize;
        loop {
            match words[at].0.as_str() {
                "{" => depth += 1,
                "}" => depth -= 1,
                _ => {}
            }
            at += 1;
            if depth == 0 && matches!(words[at - 1].0.as_str(), "}" | ";") {
                break;
            }
        }
    }
    (kept, modules)
}

/// The words that may follow `words[at]` after `::`, groups taken apart.
fn followers(words: &[(String, usize)], at: usize) -> Vec<String> {
    if words.get(at + 1).is_none_or(|word| word.0 != "::") {
        return Vec::new();
    }
    if words[at + 2].0 != "{" {
        return vec![words[at + 2].0.clone()];
    }
    let (mut found, mut depth, mut first) = (Vec::new(), 0, true);
    for (word, _) in &words[at + 2..] {
        match word.as_str() {
            "{" => (depth, first) = (depth + 1, true),
            "}" => depth -= 1,
            "," => first = true,
            _ if first && depth == 1 => {
                found.push(word.clone());
                first = false;
            }
            _ => {}
        }
        if depth == 0 {
            break;
        }
    }
    found
}

/// What one file uses: (line, name, whether it is inside).
fn uses(
    words: &[(String, usize)],
    depth: usize,
    known: &BTreeSet<String>,
) -> Vec<(usize, String, bool)> {
    let mut found = Vec::new();
    // Braces of modules written out within the file.
    let (mut braces, mut inner) = (0usize, Vec::new());
    for (at, (word, line)) in words.iter().enumerate() {
        let before = at.checked_sub(1).map_or("", |before| words[before].0.as_str());
        match word.as_str() {
            "{" => {
                braces += 1;
                if at >= 2 && words[at - 2].0 == "mod" {
                    inner.push(braces);
                }
            }
            "}" => {
                if inner.last() == Some(&braces) {
                    inner.pop();
                }
                braces -= 1;
            }
            "crate" if before != "(" => {
                found.extend(followers(words, at).into_iter().map(|name| (*line, name, true)));
            }
            "super" if before != "::" && before != "(" => {
                let mut last = at;
                let mut ups = 1;
                while followers(words, last) == ["super"] {
                    (last, ups) = (last + 2, ups + 1);
                }
                if ups >= depth + inner.len() {
                    let names = followers(words, last).into_iter();
                    found.extend(names.map(|name| (*line, name, true)));
                }
            }
            name if known.contains(name) && before != "::" && before != "." => {
                let path = followers(words, at);
                let imported = before == "use";
                if name == "std" {
                    let part = |part: &String| MACHINE.contains(&part.as_str());
                    let named =
                        |p: String| if part(&p) { format!("std::{p}") } else { "std".into() };
                    found.extend(path.into_iter().map(|p| (*line, named(p), false)));
                } else if imported || !path.is_empty() {
                    found.push((*line, name.to_owned(), false));
                }
            }
            _ => {}
        }
    }
    found
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

/// Complaints about one file: `parts` are its folders and name below `src`.
fn judge(
    text: &str,
    parts: &[&str],
    table: &Table,
    known: &BTreeSet<String>,
) -> (Vec<String>, Vec<String>) {
    let (words, test_modules) = without_tests(&words(&code(text)));
    let module = parts[0].trim_end_matches(".rs");
    let last = parts[parts.len() - 1];
    let depth = if last == "mod.rs" { parts.len() - 1 } else { parts.len() };
    let own = if module == "main" { "cli" } else { module };
    let Some(row) = table.get(own) else {
        return (vec![format!("`{own}` is not in the table")], test_modules);
    };
    let mut faults = Vec::new();
    for (line, name, inside) in uses(&words, depth, known) {
        let allowed = if inside {
            name == own || row.inside.contains(&name) || !table.contains_key(&name)
        } else {
            row.outside.contains(&name)
        };
        if inside && !table.contains_key(&name) {
            faults.push(format!(
                "src/{}:{line}: `{name}` is no module of the table",
                parts.join("/")
            ));
        } else if !allowed {
            faults.push(format!("src/{}:{line}: `{own}` may not use `{name}`", parts.join("/")));
        }
    }
    (faults, test_modules)
}

#[test]
fn modules_use_only_what_the_table_allows() {
    let page = fs::read_to_string(root().join("ARCHITECTURE.md")).expect("ARCHITECTURE.md");
    let table = table(&page);
    let manifest = fs::read_to_string(root().join("Cargo.toml")).expect("Cargo.toml");
    let known = crates(&manifest);
    for (module, row) in &table {
        for name in &row.inside {
            assert!(table.contains_key(name), "the row of `{module}` allows `{name}`: no row");
        }
        for name in &row.outside {
            let of = name.split("::").next().unwrap_or(name);
            assert!(known.contains(of), "the row of `{module}` allows `{name}`: no dependency");
        }
    }
    let source = root().join("src");
    let mut all = Vec::new();
    files(&source, &mut all);
    let (mut faults, mut tests, mut modules) = (Vec::new(), BTreeSet::new(), BTreeSet::new());
    let parts_of = |path: &Path| -> Vec<String> {
        let below = path.strip_prefix(&source).expect("below src");
        below.iter().map(|part| part.to_string_lossy().into_owned()).collect()
    };
    let texts: Vec<(PathBuf, String)> = all
        .into_iter()
        .map(|path| (path.clone(), fs::read_to_string(path).expect("text")))
        .collect();
    for (path, text) in &texts {
        let (_, names) = without_tests(&words(&code(text)));
        for name in names {
            // Beside a `mod.rs`, below any other file.
            tests.insert(path.with_file_name(format!("{name}.rs")));
            tests.insert(path.with_extension("").join(format!("{name}.rs")));
        }
    }
    // A module of tests in a file of its own may have others in its folder.
    let of_tests = |path: &PathBuf| {
        let folder = path.parent().map(|folder| folder.with_extension("rs"));
        tests.contains(path) || folder.is_some_and(|file| tests.contains(&file))
    };
    for (path, text) in texts.iter().filter(|(path, _)| !of_tests(path)) {
        let parts = parts_of(path);
        let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
        if parts[0] != "lib.rs" {
            modules.insert(parts[0].trim_end_matches(".rs").to_owned());
            faults.extend(judge(text, &parts, &table, &known).0);
        }
    }
    modules.remove("main");
    let rows: BTreeSet<String> = table.keys().cloned().collect();
    assert_eq!(modules, rows, "modules of src/ and rows of the table");
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
}

#[test]
fn every_way_out_is_seen() {
    let page = "## Who may use whom\n\n| module | in | out | not |\n| --- | --- | --- | --- |\n\
                | `peer` | `units` | `core` | - |\n| `units` | – | – | - |\n| `engine` | – | – | - |\n";
    let table = table(page);
    let known = crates("[package]\n\n[dependencies]\nserde-json = \"1\"\nrand = \"1\"\n[lints]\n");
    let faults = |text: &str| judge(text, &["peer", "cache", "lru.rs"], &table, &known).0.len();
    for bad in [
        "use crate::engine::Queue;",
        "fn f() { crate::engine::run() }",
        "use crate::{units::Time, engine};",
        "use super::super::super::engine::Queue;",
        "mod inner { use super::super::super::super::engine::Queue; }",
        "pub(crate) use crate::net;",
        "use rand::Rng;",
        "use rand;",
        "fn f() { serde_json::to_string(&1) }",
        "use std::time::Instant;",
        "use std::{fs, io};",
        "fn f() -> u8 { let c = '\"'; rand::random() }",
    ] {
        assert!(faults(bad) > 0, "not seen: {bad}");
    }
    for good in [
        "use crate::units::Time;",
        "use super::super::Item;",
        "// use crate::engine;",
        "/// [`crate::engine`]",
        "const A: &str = \"crate::engine\";",
        "#[cfg(test)]\nmod tests { use crate::engine::Queue; fn f() {} }",
        "#[cfg(test)]\nmod tests;",
        "pub(crate) struct A;",
        "use core::fmt;",
        "fn f(rand: u8) -> u8 { rand }",
    ] {
        assert_eq!(faults(good), 0, "refused: {good}");
    }
}
