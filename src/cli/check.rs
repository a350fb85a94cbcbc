//! `offpeak check`: what is wrong with scenarios, and what they would cost.

use std::path::PathBuf;

use clap::Args;

use super::estimate::Estimate;
use super::{Exit, Failure, knobs, output, run, shipped};

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  offpeak check evening.toml
  offpeak check uk-evening --resolved > whole.toml
  offpeak check evening.toml --dead-knobs --json > knobs.json")]
pub(super) struct Arguments {
    /// Scenario files, or names of shipped scenarios
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Print the scenario with every default filled in instead of the estimate
    #[arg(long)]
    resolved: bool,
    /// Play a small version with each key changed, one at a time, and say which have no effect
    #[arg(long, conflicts_with = "resolved")]
    pub(super) dead_knobs: bool,
    /// Print what --dead-knobs finds as JSON
    #[arg(long, requires = "dead_knobs")]
    json: bool,
    /// Lay a value over the file, such as run.homes=5000
    #[arg(long = "set", value_name = "KEY=VALUE", value_parser = shipped::set)]
    sets: Vec<(String, String)>,
    /// Worker threads, of the estimate or of --dead-knobs
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    threads: Option<u16>,
}

pub(super) fn check(arguments: &Arguments) -> Result<Exit, Failure> {
    let mut worst = Exit::Done;
    for path in &arguments.files {
        match shipped::load(path, &arguments.sets) {
            Ok(loaded) if arguments.resolved => output::result(&loaded.resolved())?,
            Ok(loaded) if arguments.dead_knobs => {
                shipped::warn(&loaded);
                let threads = run::threads(arguments.threads);
                knobs::audit(&loaded, path, threads, arguments.json)?;
            }
            Ok(loaded) => {
                shipped::warn(&loaded);
                let threads = run::threads(arguments.threads);
                let estimate = Estimate::of(&loaded, threads);
                output::result(&format!("{}: ok\n{estimate}", path.display()))?;
            }
            Err(failure) => {
                output::message(&failure.message);
                output::message("");
                worst = failure.exit;
            }
        }
    }
    Ok(worst)
}
