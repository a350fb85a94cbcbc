//! Scenarios inside the program, and how a name on the command line finds its text.

use std::fs;
use std::path::{Path, PathBuf};

use super::output;
use super::{Exit, Failure};
use crate::scenario::{Library, Loaded};

macro_rules! shipped {
    ($name:literal) => {
        ($name, include_str!(concat!("../../scenarios/", $name, ".toml")))
    };
}

/// Name and text of the scenarios that need no file beside them: `small/sessions` reads its sessions
/// from a table of its own.
pub(super) const SHIPPED: &[(&str, &str)] = &[
    shipped!("uk-evening"),
    shipped!("uk-country"),
    shipped!("sticks"),
    shipped!("mobile"),
    shipped!("bng"),
    shipped!("policies"),
    shipped!("policies-live"),
    shipped!("reference"),
    shipped!("small/adapting"),
    shipped!("small/connections"),
    shipped!("small/no-uplink"),
    shipped!("small/one-title"),
    shipped!("small/refused"),
    shipped!("small/sticks-without-storage"),
    shipped!("small/tight-interconnect"),
    shipped!("small/tiny-cache"),
    shipped!("small/two-providers"),
];

/// Where scenarios lie in a checkout.
const FOLDERS: [&str; 2] = ["scenarios", "scenarios/small"];

/// Loads the scenario file at `path` or, where there is none, the shipped scenario of that name.
pub(super) fn load(path: &Path, sets: &[(String, String)]) -> Result<Loaded, Failure> {
    let named = path
        .to_str()
        .filter(|_| !path.exists())
        .and_then(|name| Library(SHIPPED).load_named(name, sets));
    let shipped = named.is_some();
    named.unwrap_or_else(|| Library(SHIPPED).load(path, sets)).map_err(|problems| {
        let mut message = problems.render(output::colour());
        if !shipped && !path.exists() {
            message.push_str("\nshipped scenarios are listed by `offpeak list scenarios`");
        }
        Failure::new(Exit::Scenario, message)
    })
}

/// Loads the shipped scenario `name`, whatever files there are.
pub(super) fn embedded(name: &str, sets: &[(String, String)]) -> Result<Loaded, Failure> {
    let loaded = Library(SHIPPED).load_named(name, sets).expect("invariant: shipped");
    loaded.map_err(|problems| Failure::new(Exit::Scenario, problems.render(output::colour())))
}

/// What is legal, but somebody should know.
pub(super) fn warn(loaded: &Loaded) {
    for warning in &loaded.warnings {
        output::message(&warning.render(output::colour()));
    }
}

/// `key=value` of `--set`.
pub(super) fn set(text: &str) -> Result<(String, String), String> {
    let (key, value) =
        text.split_once('=').ok_or("write it as key=value, such as run.homes=5000")?;
    let key = key.trim();
    if key.is_empty() {
        return Err("the key is missing: write it as run.homes=5000".to_owned());
    }
    Ok((key.to_owned(), value.trim().to_owned()))
}

/// Scenario files of the working folder, by name.
pub(super) fn files() -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> = FOLDERS
        .iter()
        .filter_map(|folder| fs::read_dir(folder).ok())
        .flatten()
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.extension().is_some_and(|ending| ending == "toml"))
        .collect();
    found.sort();
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_shipped_scenario_loads_without_a_file() {
        for (name, _) in SHIPPED {
            let loaded = load(Path::new(name), &[]);
            let loaded = loaded.unwrap_or_else(|failure| panic!("{name}: {failure:?}"));
            // Some are about homes that give nothing; none sets what has no effect.
            let idle = loaded.warnings.iter().find(|warning| warning.code >= "S0407");
            assert!(idle.is_none(), "{name}: {idle:?}");
        }
    }

    #[test]
    fn a_scenario_is_the_same_by_name_and_as_a_file() {
        for (name, _) in SHIPPED {
            let named = embedded(name, &[]).expect("loads");
            let file = load(Path::new(&format!("scenarios/{name}.toml")), &[]).expect("loads");
            assert!(named.scenario == file.scenario && named.arms == file.arms, "{name}");
            assert_eq!(named.text, file.text, "{name}");
        }
    }
}
