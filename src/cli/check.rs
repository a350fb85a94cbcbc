//! `offpeak check`: what is wrong with scenarios, and what they would cost.

use std::path::PathBuf;

use clap::Args;

use super::estimate::Estimate;
use super::{Exit, Failure, output, run, shipped};

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Scenario files, or names of shipped scenarios
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Print the scenario with every default filled in instead of the estimate
    #[arg(long)]
    resolved: bool,
    /// Lay a value over the file, such as run.homes=5000
    #[arg(long = "set", value_name = "KEY=VALUE", value_parser = shipped::set)]
    sets: Vec<(String, String)>,
    /// Worker threads the estimate is for
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    threads: Option<u16>,
}

pub(super) fn check(arguments: &Arguments) -> Result<Exit, Failure> {
    let mut worst = Exit::Done;
    for path in &arguments.files {
        match shipped::load(path, &arguments.sets) {
            Ok(loaded) if arguments.resolved => output::result(&loaded.resolved())?,
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
