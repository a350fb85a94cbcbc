//! Running again, and in another order, changes nothing.

use offpeak::experiment::run_one;
use offpeak::metrics::tables::RunTables;
use offpeak::scenario::Loaded;
use offpeak::units::Time;
use offpeak::world::World;

use super::{hold, short};

fn tables(loaded: &Loaded, order: &[usize]) -> Vec<(usize, RunTables)> {
    let world = World::build(&loaded.scenario, &loaded.tables, 0);
    let one = |arm: &usize| {
        let told = |_: Time, _: u64| false;
        let run =
            run_one(&loaded.scenario, &world, &loaded.arms[*arm], 0, told).expect("the run ends");
        (*arm, run.tables)
    };
    let mut runs: Vec<_> = order.iter().map(one).collect();
    runs.sort_by_key(|(arm, _)| *arm);
    runs
}

/// NaN is a value here: nothing to say, both times.
fn text(tables: &[(usize, RunTables)]) -> String {
    format!("{tables:?}")
}

#[test]
fn order_and_repetition_do_not_matter() {
    for seed in ["1", "2"] {
        let loaded = short("two-providers.toml", &[("run.seed", seed), ("run.history", "1 d")]);
        assert_eq!(loaded.arms.len(), 4);
        let forwards = text(&tables(&loaded, &[0, 1, 2, 3]));
        assert_eq!(forwards, text(&tables(&loaded, &[0, 1, 2, 3])), "seed {seed}: run again");
        assert_eq!(forwards, text(&tables(&loaded, &[3, 1, 0, 2])), "seed {seed}: other order");
        let alone: Vec<_> = (0..4).flat_map(|arm| tables(&loaded, &[arm])).collect();
        assert_eq!(forwards, text(&alone), "seed {seed}: a world of its own each");
    }
}

#[test]
fn another_seed_is_another_evening() {
    let press = |seed| hold("seed", &short("two-providers.toml", &[("run.seed", seed)]));
    assert_ne!(press("1")[0].pressed, press("2")[0].pressed);
}
