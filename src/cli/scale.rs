//! `offpeak scale`: the same scenario with fewer homes. Have the answers converged?

use std::path::PathBuf;

use clap::Args;

use super::sweep::{Chosen, Points};
use super::work::Part;
use super::{Exit, Failure, output, run, shipped};
use crate::report;

/// Parts of the homes, in hundredths.
const PARTS: [u32; 3] = [10, 30, 100];

#[derive(Debug, Args)]
#[command(
    after_help = "Capacities that homes share are stated by the home, so that a part of the homes \
    has a part of each. What still moves between the last two sizes has not converged: swarms of rarer \
    titles go on filling.
Example:
  offpeak scale uk-evening --arm hybrid --reps 5"
)]
pub(super) struct Arguments {
    /// Scenario file, or the name of a shipped scenario
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Result folder; must not exist [default: out/NAME, out/NAME-2, …]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Only this arm, beside the baseline; may be repeated
    #[arg(long = "arm", value_name = "NAME")]
    arms: Vec<String>,
    /// Replications of every arm at every size
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    reps: Option<u32>,
    /// Worker threads; results do not depend on it [default: all processors]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    threads: Option<u16>,
    /// Lay a value over the file, such as run.homes=5000; may be repeated
    #[arg(long = "set", value_name = "KEY=VALUE", value_parser = shipped::set)]
    sets: Vec<(String, String)>,
}

pub(super) fn scale(arguments: &Arguments) -> Result<Exit, Failure> {
    let mut sets = arguments.sets.clone();
    sets.extend(arguments.reps.map(|reps| ("run.replications".to_owned(), reps.to_string())));
    let whole = shipped::load(&arguments.file, &sets)?.scenario.run.homes;
    let mut scenarios = Points::new();
    for part in PARTS {
        let homes = (u64::from(whole) * u64::from(part) / 100).max(1).to_string();
        let mut own = sets.clone();
        own.push(("run.homes".to_owned(), homes.clone()));
        let mut loaded = shipped::load(&arguments.file, &own)?;
        loaded.scenario.sweep.clear();
        scenarios.push((vec![homes], loaded));
    }
    let chosen = Chosen {
        axes: vec!["run.homes".to_owned()],
        scenarios,
        arms: arguments.arms.clone(),
        part: Part::ALL,
        threads: run::threads(arguments.threads),
    };
    let (sweep, exit) = chosen.play(arguments.out.as_deref(), &arguments.file)?;
    if let Some(sweep) = sweep {
        output::result(&report::scale_text(&sweep))?;
    }
    Ok(exit)
}
