//! `offpeak validate`: the simulator against theory and measurements.

use clap::Args;

use super::{Exit, Failure, output};
use crate::experiment::validate::{self as experiments, Finding, Verdict};

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Only this experiment, such as V4
    #[arg(long, value_name = "ID")]
    only: Option<String>,
    /// Smaller and with wider tolerance, for a first look
    #[arg(long)]
    quick: bool,
    /// One JSON object a line
    #[arg(long)]
    json: bool,
}

pub(super) fn validate(arguments: &Arguments) -> Result<Exit, Failure> {
    let known = experiments::experiments();
    if let Some(only) = &arguments.only
        && !known.contains(&only.as_str())
    {
        let message = format!("error: no experiment {only}; there are: {}", known.join(", "));
        return Err(Failure::new(Exit::Usage, message));
    }
    let mut failed = 0;
    let mut broken = None;
    experiments::validate(arguments.only.as_deref(), arguments.quick, &mut |finding| {
        failed += usize::from(finding.verdict == Verdict::Fail);
        if let Err(failure) = output::result(&line(finding, arguments.json)) {
            broken.get_or_insert(failure);
        }
    });
    match (broken, failed) {
        (Some(failure), _) => Err(failure),
        (None, 0) => Ok(Exit::Done),
        (None, _) => {
            Err(Failure::new(Exit::Expectation, format!("{failed} of the experiments failed")))
        }
    }
}

fn line(finding: &Finding, json: bool) -> String {
    if json {
        let text = serde_json::to_string(finding).expect("invariant: plain data");
        return text + "\n";
    }
    let Finding { id, expected, got, tolerance, note, .. } = finding;
    match finding.verdict {
        Verdict::Pass => {
            format!("pass     {id:<4} {got:.6} against {expected:.6} ± {tolerance:.6}  {note}\n")
        }
        Verdict::Fail => {
            format!("FAIL     {id:<4} {got:.6} against {expected:.6} ± {tolerance:.6}  {note}\n")
        }
        Verdict::Skipped => format!("skipped  {id:<4} {note}\n"),
    }
}
