//! What a user is told about a bad scenario: the code, the place, what is allowed. The tables of
//! mistakes are in `tests/golden`; each changes one thing in a good scenario.

use std::path::Path;

use offpeak::scenario::{CODES, Loaded, Problems, load, load_text};

const REFERENCE: &str = include_str!("../scenarios/reference.toml");
const KEYS: &str = include_str!("golden/bad_keys.txt");
const TABLES: &str = include_str!("golden/bad_tables.txt");

/// Rows of a golden table.
fn rows(table: &str) -> impl Iterator<Item = [String; 5]> {
    let lines = table.lines().filter(|line| !line.starts_with('#'));
    lines.map(|line| {
        let fields: Vec<String> = line.split(" ¦ ").map(|f| f.replace("\\n", "\n")).collect();
        fields.try_into().unwrap_or_else(|_| panic!("five fields in `{line}`"))
    })
}

/// A copy of the good tables and their scenario.
fn tables() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    for entry in std::fs::read_dir("tests/data/csv").expect("the good tables") {
        let entry = entry.expect("a table");
        std::fs::copy(entry.path(), folder.path().join(entry.file_name())).expect("a copy");
    }
    folder
}

fn message(result: Result<Loaded, Problems>) -> String {
    match result {
        Ok(_) => "it was taken as good".to_owned(),
        Err(problems) => problems.to_string(),
    }
}

fn told(text: &str) -> String {
    message(load_text(text, Path::new("bad.toml"), &[]))
}

/// Line and column of byte `at`, counted here a second time on purpose.
fn place(text: &str, at: usize) -> String {
    let line = text[..at].matches('\n').count() + 1;
    let column = text[..at].rsplit('\n').next().unwrap_or("").chars().count() + 1;
    format!("bad.toml:{line}:{column}\n")
}

#[test]
fn each_mistake_is_told_with_its_place() {
    let mut wrong = Vec::new();
    for [code, old, new, at, says] in rows(KEYS) {
        let Some(begin) = REFERENCE.find(&old) else {
            wrong.push(format!("`{old}` is not in the reference"));
            continue;
        };
        let text = REFERENCE.replacen(&old, &new, 1);
        let told = told(&text);
        let line = text[..begin].rfind('\n').map_or(0, |at| at + 1);
        let after = text[line..].find(&at).map(|found| line + found);
        let expected = match after.or_else(|| text.find(&at)) {
            Some(found) if !at.is_empty() => place(&text, found),
            _ => "bad.toml:".to_owned(),
        };
        for part in [format!("[{code}]"), expected, says] {
            if !told.contains(&part) {
                wrong.push(format!("`{old}` → `{new}`: no \"{part}\" in\n{told}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

#[test]
fn each_bad_table_is_told_with_its_place() {
    let mut wrong = Vec::new();
    for [code, file, old, new, says] in rows(TABLES) {
        let folder = tables();
        let path = folder.path().join(&file);
        let text = std::fs::read_to_string(&path).expect("a table");
        assert!(text.contains(&old), "`{old}` is not in {file}");
        std::fs::write(&path, text.replace(&old, &new)).expect("a bad table");
        let told = message(load(&folder.path().join("scenario.toml"), &[]));
        let named = if file == "scenario.toml" { String::new() } else { file.clone() };
        for part in [format!("[{code}]"), says, named] {
            if !told.contains(&part) {
                wrong.push(format!("{file}: `{old}` → `{new}`: no \"{part}\" in\n{told}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

#[test]
fn tables_that_are_no_tables_are_refused() {
    for (bytes, says) in [
        (&b"\xff\xfe\x00"[..], "not UTF-8"),
        (b"", "the table is empty"),
        (b"node,start_s,end_s\n", "no rows"),
        (b"\x00\x01\x02\n", "is missing"),
        (b"node,start_s,end_s\n\"1,2,3\n", "fields where the header has"),
    ] {
        let folder = tables();
        std::fs::write(folder.path().join("box_on.csv"), bytes).unwrap();
        let told = message(load(&folder.path().join("scenario.toml"), &[]));
        assert!(told.contains(says), "no \"{says}\" in\n{told}");
    }
}

#[test]
fn files_that_are_no_scenarios_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("s.toml");
    let told = || message(load(&path, &[]));
    assert!(told().contains("[S0106]: cannot read the scenario"), "{}", told());
    for (bytes, says) in [
        (&b""[..], "[S0106]: the file is empty"),
        (b" \n\t\n", "[S0106]: the file is empty"),
        (b"schema = 1\ntitle = \"\xff\"\n", "s.toml:2:10"),
        (b"\x7fELF\x02\x01\x01\x00", "[S0101]"),
        (b"\x00\x00\x00\x00", "[S0101]"),
    ] {
        std::fs::write(&path, bytes).unwrap();
        assert!(told().contains(says), "no \"{says}\" in\n{}", told());
    }
    let told = message(load(folder.path(), &[]));
    assert!(told.contains("[S0106]: cannot read the scenario"), "{told}");
}

#[test]
fn sets_are_told_like_the_file() {
    let told = |key: &str, value: &str| {
        let sets = [(key.to_owned(), value.to_owned())];
        message(load_text(REFERENCE, Path::new("bad.toml"), &sets))
    };
    for (key, value, says) in [
        ("run.lenght", "2 h", "did you mean `length`?"),
        ("run.length", "2", "--set:1:14"),
        ("run.homes", "0", "[S0202]"),
        ("run.homes", "1\nseed = 2", "[S0105]"),
        ("isp.7.name", "x", "the list has 2, numbered from 0"),
        ("isp.x.name", "x", "[S0107]"),
        ("run..homes", "1", "[S0107]"),
        ("", "1", "[S0107]"),
        ("a\nb", "1", "[S0107]"),
        ("run", "1", "expected a table"),
    ] {
        let told = told(key, value);
        assert!(told.contains(says), "{key}={value}: no \"{says}\" in\n{told}");
    }
}

#[test]
fn all_mistakes_are_told_in_one_go() {
    let text = REFERENCE
        .replacen("homes = 300 ", "homes = 0 ", 1)
        .replacen("bin = \"5 min\"", "bin = \"7 min\"", 1)
        .replacen("spread = 0.5 ", "spred = 0.5 ", 1)
        .replacen("market_share = 0.6", "market_share = 0.5", 1)
        .replacen("slots = 4 ", "slots = \"4\" ", 1)
        .replacen("baseline = true", "baseline = false", 1);
    let told = told(&text);
    for code in ["S0202", "S0203", "S0102", "S0204", "S0105", "S0213"] {
        assert!(told.contains(code), "no {code} in\n{told}");
    }
}

#[test]
fn warnings_do_not_refuse() {
    for (code, old, new) in [
        ("S0401", "replications = 5", "replications = 4"),
        ("S0402", "warm_up = \"30 min\"", "warm_up = \"5 min\""),
        ("S0403", "size = \"4 GB\"", "size = \"1 MB\""),
        ("S0404", "slots = 4 ", "slots = 0 "),
        ("S0405", "sessions_per_home_day = 3.0", "sessions_per_home_day = 900.0"),
        ("S0407", "server = [{ web-seed = {} }]", "server = []"),
        ("S0407", "server = [{ web-seed = {} }]", "server = [\"random-http\"]"),
        ("S0407", "server = [{ web-seed = {} }]", "server = [{ panic = { below = \"0 s\" } }]"),
        ("S0408", "ramp = \"30 min\", first = \"peers\"", "first = \"cdn\""),
        ("S0408", "buffer = \"30 s\"", "buffer = \"40 s\""),
        ("S0408", "start_rung = \"home\"", "start_rung = \"lowest\""),
        ("S0408", "estimate = { loader = {} }", "estimate = \"naive\""),
        ("S0408", "\"device.stick.cache.size\" = \"64 GB\"", "\"player.buffer\" = \"60 s\""),
        ("S0408", "live = 0.05", "live = 0.0"),
        ("S0408", "p2p_parallel = 3,", "p2p_parallel = 9,"),
        ("S0408", "http_parallel = 1 ", "http_parallel = 9 "),
        ("S0409", "hash_rate = \"400 Mbit/s\"", "hash_rate = \"5 Mbit/s\""),
    ] {
        // Only one device sends; few of its homes in the last case; a peak for either warm-up.
        let text = REFERENCE
            .replacen("share = 0.3\n", "share = 0.3\nupload = { slots = 0 }\n", 1)
            .replacen("permitted = 0.8", "permitted = 0.01", usize::from(code == "S0405"))
            .replacen("from = \"20:40\", to = \"20:55\"", "from = \"20:31\", to = \"20:34\"", 1)
            .replacen(old, new, 1);
        let loaded = load_text(&text, Path::new("s.toml"), &[]).unwrap_or_else(|e| panic!("{e}"));
        let codes: Vec<_> = loaded.warnings.iter().map(|warning| warning.code).collect();
        assert_eq!(codes, [code], "{new}");
        assert!(loaded.warnings[0].to_string().starts_with("warning["));
    }
    let loaded = load(Path::new("tests/data/csv/scenario.toml"), &[]).unwrap();
    assert_eq!(loaded.warnings.len(), 1);
    assert_eq!(loaded.warnings[0].code, "S0406");
}

#[test]
fn what_has_an_effect_is_not_warned_of() {
    let server = "arm.rules-d.scheduler.custom.server";
    for sets in [
        // One window for the CDN first, one for peers.
        &[(server, r#"["window", { window = { first = "peers" } }, "wait-for-loading-peer"]"#)][..],
        &[(server, r#"{ panic = { below = "12 s", until = "12 s" } }"#)],
        &[("device.stick.hash_rate", "6 Mbit/s")],
        &[("arm.oracle.scheduler.oracle.p2p_parallel", "8")],
        &[("player.buffer", "30 s"), ("player.start_rung", "home")],
        // One arm adapts.
        &[("player.buffer", "40 s"), ("arm.hybrid-page.set.player.abr", "bola")],
        &[("demand.live", "0.001")],
    ] {
        let own = |(key, value): &(&str, &str)| ((*key).to_owned(), (*value).to_owned());
        let sets: Vec<_> = sets.iter().map(own).collect();
        let loaded =
            load_text(REFERENCE, Path::new("s.toml"), &sets).unwrap_or_else(|e| panic!("{e}"));
        let told: Vec<_> = loaded.warnings.iter().map(ToString::to_string).collect();
        assert!(told.is_empty(), "{sets:?}: {}", told.join("\n"));
    }
}

#[test]
fn every_code_has_a_case() {
    let cases = [include_str!("bad_input.rs"), KEYS, TABLES].concat();
    for (code, _) in CODES {
        let forms = [
            format!("\"{code}\""),
            format!("[{code}]"),
            format!(
                "
{code} ¦"
            ),
        ];
        assert!(forms.iter().any(|form| cases.contains(form)), "{code}");
    }
}

#[test]
fn a_message_in_full() {
    let text = REFERENCE.replacen("{ fibre = 0.7,", "{ fiber = 0.7,", 1);
    let problems = load_text(&text, Path::new("bad.toml"), &[]).unwrap_err();
    let line = text[..text.find("{ fiber").unwrap()].matches('\n').count() + 1;
    let edge = " ".repeat(line.to_string().len());
    let expected = format!(
        "error[S0205]: there is no line `fiber`
{edge}--> bad.toml:{line}:11
{edge} |
{line} | lines = {{ fiber = 0.7, copper = 0.3 }}   # kinds of [line] of its homes; add up to 1
{edge} |           ^^^^^ not defined
{edge} |
{edge} = help: did you mean `fibre`? defined: `copper`, `fibre`"
    );
    assert_eq!(problems.render(false), expected);
    assert!(problems.render(true).contains("\u{1b}["));
}
