//! `docs/scenario.schema.json` is what the program prints, takes every scenario there is, and refuses what
//! the reader refuses. `UPDATE_GOLDEN=1 cargo test --test schema` writes it anew.

use std::fs;
use std::path::{Path, PathBuf};

use assert_cmd::Command;
use jsonschema::Validator;

const REFERENCE: &str = include_str!("../scenarios/reference.toml");
const MISTAKES: &str = include_str!("golden/bad_keys.txt");

fn printed() -> String {
    let output = Command::cargo_bin("offpeak").expect("built").arg("schema").output();
    let output = output.expect("started");
    assert_eq!(output.status.code(), Some(0));
    String::from_utf8(output.stdout).expect("UTF-8")
}

fn validator() -> Validator {
    let schema = serde_json::from_str(&printed()).expect("JSON");
    jsonschema::draft202012::meta::validate(&schema).expect("a schema");
    jsonschema::validator_for(&schema).expect("a schema")
}

fn json(text: &str) -> Option<serde_json::Value> {
    let table: toml::Table = text.parse().ok()?;
    serde_json::to_value(table).ok()
}

fn faults(validator: &Validator, text: &str) -> Vec<String> {
    let value = json(text).expect("TOML");
    validator.iter_errors(&value).map(|e| format!("{}: {e}", e.instance_path())).collect()
}

fn scenarios(folder: &Path, out: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            scenarios(&path, out);
        } else if path.extension().is_some_and(|ext| ext == "toml") {
            out.push(path);
        }
    }
}

#[test]
fn the_committed_copy_is_what_the_program_prints() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/scenario.schema.json");
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        fs::write(&path, printed()).expect("written");
    }
    let committed = fs::read_to_string(&path).expect("docs/scenario.schema.json");
    assert!(committed == printed(), "UPDATE_GOLDEN=1 cargo test --test schema writes it anew");
}

#[test]
fn every_scenario_and_template_is_valid() {
    let validator = validator();
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut all = Vec::new();
    for folder in ["scenarios", "src/cli/templates", "tests/data/csv"] {
        scenarios(&root.join(folder), &mut all);
    }
    assert!(all.len() > 20, "{}", all.len());
    for path in all {
        let text = fs::read_to_string(&path).expect("text");
        let faults = faults(&validator, &text);
        assert!(faults.is_empty(), "{}:\n{}", path.display(), faults.join("\n"));
    }
}

/// Keys, names and types that the reader refuses are refused by the schema too.
#[test]
fn what_the_reader_refuses_is_refused() {
    let validator = validator();
    let mut tried = 0;
    for line in MISTAKES.lines().filter(|line| !line.starts_with('#')) {
        let fields: Vec<String> = line.split(" ¦ ").map(|f| f.replace("\\n", "\n")).collect();
        let [code, old, new, ..] = &fields[..] else { panic!("five fields in `{line}`") };
        // What an arm or level sets may be any key; homes come from a table where there is one; how many
        // rules are too many is not said.
        let open = old.contains("device.stick.cache") || new.contains("\"window\", \"panic\"");
        let open = open || old.starts_with("homes") && new.is_empty();
        if !["S0102", "S0103", "S0104", "S0105"].contains(&code.as_str()) || open {
            continue;
        }
        let text = REFERENCE.replacen(old.as_str(), new, 1);
        let (Some(value), false) = (json(&text), new.contains("nan")) else {
            continue;
        };
        tried += 1;
        assert!(!validator.is_valid(&value), "taken as good: `{old}` → `{new}`");
    }
    assert!(tried > 25, "{tried}");
}

#[test]
fn a_file_that_extends_says_only_what_differs() {
    let validator = validator();
    let faults = |text: &str| faults(&validator, text);
    assert_eq!(faults("extends = \"uk-evening\"\n[run]\nhomes = 5"), [""; 0]);
    assert!(!faults("schema = 1\n[run]\nhomes = 5").is_empty(), "the rest is missing");
    assert!(!faults("extends = \"uk-evening\"\nrunn = 1").is_empty());
    assert!(
        !faults("extends = \"uk-evening\"\n[[place]]\nname = \"x\"").is_empty(),
        "lists are whole"
    );
    let text = REFERENCE.replacen("schema = 1", "schema = 1\nwithout = [\"arm.oracle\"]", 1);
    assert!(!faults(&text).is_empty(), "there is no base");
}
