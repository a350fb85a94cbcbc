//! `offpeak report`: pictures and page of a result folder, made again from its tables.

use std::path::PathBuf;

use clap::Args;

use super::{Exit, Failure, output};
use crate::report;
use crate::results::{self, FolderError, Renewal};

#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Arguments {
    /// Result folder of `offpeak run`
    #[arg(value_name = "DIR")]
    dir: PathBuf,
}

const EXAMPLES: &str = "Draws DIR/plots and DIR/report.html from the tables of DIR; nothing is \
    simulated. The files are those that the run wrote, unless this program draws otherwise; then \
    DIR/manifest.json has their new digests.\n\nExamples:\n  offpeak report out/uk-evening";

pub(super) fn report(arguments: &Arguments) -> Result<Exit, Failure> {
    let dir = &arguments.dir;
    let results = results::read(dir).map_err(Failure::internal)?;
    let mut renewal = Renewal::new(dir, &results.manifest);
    let failed = |error: FolderError| Failure::internal(error);
    for file in report::files(&results).map_err(Failure::internal)? {
        if file.listed {
            renewal.put(&file.name, &file.content).map_err(failed)?;
        } else {
            renewal.put_unlisted(&file.name, &file.content).map_err(failed)?;
        }
    }
    renewal.finish().map_err(failed)?;
    output::message(&format!("drawn again · {}", dir.join(report::PAGE).display()));
    Ok(Exit::Done)
}
