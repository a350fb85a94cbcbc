//! `offpeak validate`: the simulator against theory and measurements.

use std::path::PathBuf;

use clap::Args;

use super::{Exit, Failure, output};
use crate::experiment::validate::{self as experiments, Finding, Verdict};

/// Notes are wrapped to this, so that a line has 120 columns.
const NOTE_WIDTH: usize = 79;

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Only this experiment, such as V4
    #[arg(long, value_name = "ID")]
    only: Option<String>,
    /// Folder of measured tables; experiments that need them are skipped without it
    #[arg(long, value_name = "FOLDER")]
    data: Option<PathBuf>,
    /// Smaller and with wider tolerance, for a first look
    #[arg(long)]
    quick: bool,
    /// One JSON object a line
    #[arg(long)]
    json: bool,
    /// The page docs/validation.md
    #[arg(long, conflicts_with = "json")]
    markdown: bool,
}

pub(super) fn validate(arguments: &Arguments) -> Result<Exit, Failure> {
    if let Some(only) = &arguments.only {
        known(only)?;
    }
    let mut findings = Vec::new();
    let mut broken = None;
    let mut tell = |text: &str| {
        if let Err(failure) = output::result(text) {
            broken.get_or_insert(failure);
        }
    };
    let (only, tables) = (arguments.only.as_deref(), arguments.data.as_deref());
    experiments::validate(only, arguments.quick, tables, &mut |finding| {
        if !arguments.markdown {
            let last = findings.last();
            tell(&if arguments.json { json(finding) } else { table(finding, last) });
        }
        findings.push(finding.clone());
    });
    if arguments.markdown {
        tell(&experiments::page(&findings));
    }
    if let Some(failure) = broken {
        return Err(failure);
    }
    match findings.iter().filter(|finding| finding.verdict == Verdict::Fail).count() {
        0 => Ok(Exit::Done),
        failed => {
            let message = format!("error: {failed} of {} findings failed", findings.len());
            Err(Failure::new(Exit::Expectation, message))
        }
    }
}

/// That there is an experiment called `only`.
fn known(only: &str) -> Result<(), Failure> {
    let names = || experiments::experiments().map(|experiment| experiment.name);
    if names().any(|name| name == only) {
        return Ok(());
    }
    let distance = |name: &&str| strsim::damerau_levenshtein(name, &only.to_uppercase());
    let near = names().min_by_key(distance).unwrap_or_default();
    let all: Vec<&str> = names().collect();
    let message =
        format!("error: no experiment {only}, did you mean {near}? There are: {}", all.join(", "));
    Err(Failure::new(Exit::Usage, message))
}

fn json(finding: &Finding) -> String {
    serde_json::to_string(finding).expect("invariant: plain data") + "\n"
}

/// Rows of the table for one finding, below a heading where its experiment begins.
fn table(finding: &Finding, last: Option<&Finding>) -> String {
    let mut text = String::new();
    if last.is_none_or(|last| last.id != finding.id) {
        let gap = if last.is_some() { "\n" } else { "" };
        let mut experiments = experiments::experiments();
        let title = experiments.find(|one| one.name == finding.id).map_or("", |one| one.title);
        text = format!(
            "{gap}{}: {title}\n{:<7}{:>10}{:>10}{:>12}  what\n",
            finding.id, "", "expected", "got", "may be off"
        );
    }
    let verdict = match finding.verdict {
        Verdict::Pass => "pass",
        Verdict::Fail => "FAIL",
        Verdict::Missed => "missed",
        Verdict::Skipped => "skipped",
    };
    let [expected, got, tolerance] = [finding.expected, finding.got, finding.tolerance].map(number);
    let numbers = format!("{verdict:<7}{expected:>10}{got:>10}{tolerance:>12}  ");
    let indent = " ".repeat(numbers.len());
    for (at, part) in wrapped(&finding.note, NOTE_WIDTH).iter().enumerate() {
        text += if at == 0 { &numbers } else { &indent };
        text += part;
        text.push('\n');
    }
    text
}

fn number(value: f64) -> String {
    match value.abs() {
        size if size.is_nan() => "-".to_owned(),
        0.0 => "0".to_owned(),
        size if size < 5e-5 => format!("{value:.1e}"),
        _ => format!("{value:.4}"),
    }
}

/// Lines of at most `width` characters where words allow; at least one.
fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split_whitespace() {
        let last = lines.last_mut().expect("invariant: never empty");
        if last.is_empty() {
            last.push_str(word);
        } else if last.chars().count() + 1 + word.chars().count() <= width {
            last.push(' ');
            last.push_str(word);
        } else {
            lines.push(word.to_owned());
        }
    }
    lines
}
