//! Laws of reading: what loads, resolves and loads again; what every reader must survive.

use std::path::Path;

use super::*;

const REFERENCE: &str = include_str!("../../scenarios/reference.toml");

fn load_reference(sets: &[(&str, &str)]) -> Result<Loaded, Problems> {
    let sets: Vec<_> = sets
        .iter()
        .map(|(k, v)| ((*k).to_owned(), (*v).to_owned()))
        .collect();
    load_text(REFERENCE, Path::new("scenarios/reference.toml"), &sets)
}

#[test]
fn the_reference_loads_without_complaint() {
    let loaded = load_reference(&[]).unwrap_or_else(|problems| panic!("{problems}"));
    assert_eq!(loaded.warnings, []);
    assert_eq!(loaded.arms[0].name, "cdn-only");
}
#[test]
fn resolved_loads_again() {
    let loaded = load_reference(&[
        ("run.length", "2 h"),
        ("isp.1.market_share", "0.4"),
        ("run.start", "19:00"),
    ])
    .unwrap_or_else(|problems| panic!("{problems}"));
    let again = load_text(&loaded.resolved(), Path::new("r.toml"), &[])
        .unwrap_or_else(|problems| panic!("{problems}"));
    assert_eq!(again.scenario, loaded.scenario);
}
