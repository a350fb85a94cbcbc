//! The command line. Standard output carries results only; progress and messages go to standard
//! error.

mod bench;
mod check;
mod compare;
mod completions;
mod cost;
mod estimate;
mod explain;
mod interrupt;
mod knobs;
mod list;
mod new;
mod output;
mod pages;
mod progress;
mod report;
mod run;
mod scale;
mod schema;
mod shipped;
mod status;
mod sweep;
mod trace;
mod validate;
mod work;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// What peers take off the upstream of a streaming service, whom that costs, and what it does to
/// rebuffering.
#[derive(Debug, Parser)]
#[command(version, arg_required_else_help = true, after_help = EXIT_CODES)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

const EXIT_CODES: &str = "Exit codes: 0 done, 1 internal or input/output error, 2 wrong usage, \
    3 scenario invalid, 4 expectation not met, 5 incomplete, 6 other results, 130 interrupted and resumable";

#[derive(Debug, Subcommand)]
enum Command {
    /// Play all arms of a scenario and compare them
    Run(run::Arguments),
    /// Play a scenario at every point of a grid
    Sweep(sweep::Arguments),
    /// Play a scenario with 10, 30 and 100 % of its homes: have the answers converged?
    Scale(scale::Arguments),
    /// Join the parts of a sweep
    Merge(sweep::MergeArguments),
    /// Say how far a run or a sweep is
    Status(status::Arguments),
    /// Compare two result folders, arm by arm
    Compare(compare::Arguments),
    /// Play a result folder's scenario again: does the same come out?
    Verify(compare::VerifyArguments),
    /// Validate scenarios and estimate what they cost
    Check(check::Arguments),
    /// Draw the pictures and the page of a result folder again
    Report(report::Arguments),
    /// Follow one home: what it knew and decided, and why its picture stood still
    Trace(trace::Arguments),
    /// List policies, metrics or scenarios
    List(list::Arguments),
    /// Say what a code, cause, metric, policy, verdict or exit code means
    Explain(explain::Arguments),
    /// Write a scenario to start from
    New(new::Arguments),
    /// Hold the simulator against theory and measurements
    Validate(validate::Arguments),
    /// Time the inner parts and a whole evening
    Bench(bench::Arguments),
    /// Print the scenario format as JSON Schema, for editors
    Schema(schema::Arguments),
    /// Print what a shell needs to complete this command line
    Completions(completions::Arguments),
}

/// How the program ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Exit {
    Done = 0,
    Internal = 1,
    Usage = 2,
    Scenario = 3,
    Expectation = 4,
    Incomplete = 5,
    Differs = 6,
    Interrupted = 130,
}

/// Why a command did not do what was asked.
#[derive(Debug)]
struct Failure {
    exit: Exit,
    message: String,
}

impl Failure {
    fn new(exit: Exit, message: impl Into<String>) -> Self {
        Self { exit, message: message.into() }
    }

    /// Of the machine or the program, not of the input.
    fn internal(error: impl std::fmt::Display) -> Self {
        Self::new(Exit::Internal, format!("error: {error}"))
    }
}

/// Reads the command line, does what it asks and returns how that ended.
pub fn main() -> ExitCode {
    let command = Arguments::parse().command;
    if matches!(
        command,
        Command::Run(_)
            | Command::Sweep(_)
            | Command::Scale(_)
            | Command::Verify(_)
            | Command::Check(check::Arguments { dead_knobs: true, .. })
            | Command::Trace(_)
            | Command::Validate(_)
            | Command::Bench(_)
    ) {
        pages::ask_for_large_ones();
    }
    let result = match command {
        Command::Run(arguments) => run::run(&arguments),
        Command::Sweep(arguments) => sweep::sweep(&arguments),
        Command::Scale(arguments) => scale::scale(&arguments),
        Command::Merge(arguments) => sweep::merge(&arguments),
        Command::Status(arguments) => status::status(&arguments),
        Command::Compare(arguments) => compare::compare(&arguments),
        Command::Verify(arguments) => compare::verify(&arguments),
        Command::Check(arguments) => check::check(&arguments),
        Command::Report(arguments) => report::report(&arguments),
        Command::Trace(arguments) => trace::trace(&arguments),
        Command::List(arguments) => list::list(&arguments),
        Command::Explain(arguments) => explain::explain(&arguments),
        Command::New(arguments) => new::new(&arguments),
        Command::Validate(arguments) => validate::validate(&arguments),
        Command::Bench(arguments) => bench::bench(&arguments),
        Command::Schema(arguments) => schema::schema(&arguments),
        Command::Completions(arguments) => completions::completions(&arguments),
    };
    let exit = result.unwrap_or_else(|failure| {
        output::message(&failure.message);
        failure.exit
    });
    ExitCode::from(exit as u8)
}
