//! What the simulator says about small scenarios: a table of outcomes. No clock is read, so the same
//! code prints the same table on every machine; a change of it is a change of results.
//!
//! `cargo bench --bench simulated`; with `-- --test` only the smallest of them.

use std::path::Path;

use offpeak::experiment::run_one;
use offpeak::results::{Experiment, Setting, Window, derive};
use offpeak::scenario;
use offpeak::world::World;

const SCENARIOS: [&str; 3] = ["one-title", "two-providers", "tight-interconnect"];
const METRICS: [&str; 4] = ["offload_origin", "attainable_origin", "p2p_share", "rebuffer_ratio"];

#[expect(clippy::print_stdout, reason = "the table is the outcome")]
fn main() {
    let quick = std::env::args().any(|argument| argument == "--test");
    let scenarios = if quick { &SCENARIOS[..1] } else { &SCENARIOS[..] };
    let head = METRICS.map(|metric| format!("{metric:>18}")).concat();
    println!("{:<20}{:<12}{head}{:>12}", "scenario", "arm", "events");
    for name in scenarios {
        let experiment = play(name);
        let rows = derive(&experiment);
        for run in &experiment.runs {
            let value = |metric: &str| {
                let mut of_run = rows.iter().filter(|of| {
                    of.arm == run.arm && of.row.window == Window::Peak && of.row.metric == metric
                });
                let value = of_run.next().and_then(|of| of.row.value);
                value.map_or_else(|| format!("{:>18}", "-"), |value| format!("{value:>18.4}"))
            };
            let values = METRICS.map(value).concat();
            println!("{name:<20}{:<12}{values}{:>12}", run.arm, run.tables.events);
        }
    }
}

/// Replication 0 of every arm.
fn play(name: &str) -> Experiment {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("scenarios/small/{name}.toml"));
    let loaded = scenario::load(&path, &[]).expect("a shipped scenario is sound");
    let world = World::build(&loaded.scenario, &loaded.tables, 0);
    let arms = loaded.arms.iter();
    let runs = arms.map(|arm| run_one(&loaded.scenario, &world, arm, 0, |_, _| false));
    let runs = runs.collect::<Result<_, _>>().expect("a run ends well");
    let names = loaded.arms.iter().map(|arm| arm.name.clone()).collect();
    Experiment {
        setting: Setting::new(&loaded.scenario, names),
        resolved_text: loaded.resolved(),
        scenario_text: loaded.text,
        runs,
    }
}
