//! How much work the same things take, counted in units of our own: the same on every machine and
//! under every compiler. A change that makes the program do more shows here before any clock.
//!
//! `UPDATE_GOLDEN=1 cargo test --test work` writes the table anew when that is meant.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use offpeak::experiment::bench::replay;
use offpeak::experiment::run_one;
use offpeak::scenario;
use offpeak::world::World;

/// Hits and the row of victims of every order of eviction.
fn replays(out: &mut String) {
    *out += "cache replay, 1,000 objects, seed 1\npolicy   alpha  requests  hit ratio  victims\n";
    replay::run(1_000, 1, &|| 0, &mut |outcome| {
        writeln!(
            out,
            "{:<9}{:>5.1}{:>10}{:>11.5}  {}",
            outcome.policy, outcome.alpha, outcome.requests, outcome.hit_ratio, outcome.checksum
        )
        .expect("text can be written");
    });
}

/// Events and transfers of short runs.
fn evenings(out: &mut String) {
    *out += "\nscenario            arm             events  transfers  events/transfer\n";
    for name in ["one-title", "two-providers", "tight-interconnect"] {
        let path =
            Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("scenarios/small/{name}.toml"));
        let sets = [
            ("run.homes", "200"),
            ("run.length", "10 min"),
            ("run.peak", "{ from = \"20:01\", to = \"20:05\" }"),
        ];
        let sets = sets.map(|(key, value)| (key.to_owned(), value.to_owned()));
        let loaded = scenario::load(&path, &sets).expect("a shipped scenario is sound");
        let world = World::build(&loaded.scenario, &loaded.tables, 0);
        for arm in &loaded.arms {
            let run = run_one(&loaded.scenario, &world, arm, 0, |_, _| false).expect("ends well");
            let (events, transfers) = (run.tables.events, run.tables.transfers);
            let each = events as f64 / transfers as f64;
            writeln!(out, "{name:<20}{:<13}{events:>9}{transfers:>11}{each:>17.2}", run.arm)
                .expect("text can be written");
        }
    }
}

#[test]
fn no_more_work_than_before() {
    let mut now = String::new();
    replays(&mut now);
    evenings(&mut now);
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/work.txt");
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        fs::write(&path, &now).expect("the table can be written");
    }
    let known = fs::read_to_string(&path).expect("the table");
    assert_eq!(now, known, "UPDATE_GOLDEN=1 writes it anew when that is meant; now:\n{now}");
}
