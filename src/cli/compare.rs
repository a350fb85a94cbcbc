//! `offpeak compare` and `offpeak verify`: two result folders, and one against its own scenario.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use clap::Args;
use serde_json::json;

use super::progress::Meter;
use super::{Exit, Failure, interrupt, output, run};
use crate::experiment::{Stopped, Unit, play};
use crate::report;
use crate::results::{
    self, ComparisonRow, Experiment, Manifest, RESULTS_VERSION, Results, Run, Setting, VerdictRow,
};
use crate::scenario::{self, Loaded};

/// Two result folders.
#[derive(Debug, Args)]
#[command(
    after_help = "The same arm of both is compared, replication by replication: paired where \
    seed and scenario show both the same viewers. Exit code 4 when an expectation of NEW is not met.
Example, before and after a change of a scheduler:
  offpeak compare out/before out/after"
)]
pub(super) struct Arguments {
    /// What is compared with
    #[arg(value_name = "OLD")]
    old: PathBuf,
    /// What is compared
    #[arg(value_name = "NEW")]
    new: PathBuf,
    /// Only this arm; may be repeated
    #[arg(long = "arm", value_name = "NAME")]
    arms: Vec<String>,
    /// Only what differs beyond chance
    #[arg(long)]
    changed: bool,
    /// Print it as JSON
    #[arg(long)]
    json: bool,
}

/// A folder to be played again.
#[derive(Debug, Args)]
#[command(after_help = "Exit code 6 when something else comes out.
Example:
  offpeak verify results/two-providers --runs 2")]
pub(super) struct VerifyArguments {
    /// Result folder of `offpeak run`
    #[arg(value_name = "DIR")]
    dir: PathBuf,
    /// Play only so many of its runs again, the first replications first [default: all]
    #[arg(long, value_name = "K", value_parser = clap::value_parser!(u32).range(1..))]
    runs: Option<u32>,
    /// Worker threads [default: all processors]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    threads: Option<u16>,
}

fn read(dir: &Path) -> Result<Results, Failure> {
    results::read(dir).map_err(Failure::internal)
}

pub(super) fn compare(arguments: &Arguments) -> Result<Exit, Failure> {
    let (old, new) = (read(&arguments.old)?, read(&arguments.new)?);
    let (before, after) = (&old.manifest, &new.manifest);
    let paired = before.setting.seed == after.setting.seed
        && before.setting.homes == after.setting.homes
        && before.setting.measured_t_s == after.setting.measured_t_s;
    if !paired {
        output::message("warning: seed, homes or times differ: these are not the same viewers");
    }
    let mut arms: Vec<&String> = after.setting.arms.iter().collect();
    arms.retain(|arm| before.setting.arms.contains(arm));
    if let Some(unknown) = arguments.arms.iter().find(|arm| !arms.contains(arm)) {
        let known: Vec<&str> = arms.iter().map(|arm| arm.as_str()).collect();
        let message =
            format!("error: no arm \"{unknown}\" in both; they have: {}", known.join(", "));
        return Err(Failure::new(Exit::Usage, message));
    }
    if !arguments.arms.is_empty() {
        arms.retain(|arm| arguments.arms.contains(arm));
    }
    if arms.is_empty() {
        let message = format!(
            "error: no arm in both: {} has {}, {} has {}",
            arguments.old.display(),
            before.setting.arms.join(", "),
            arguments.new.display(),
            after.setting.arms.join(", ")
        );
        return Err(Failure::new(Exit::Usage, message));
    }
    let mut rows = Vec::new();
    for arm in arms {
        let (compared, behind) = results::between(&old, &new, arm);
        let pairs = compared.into_iter().zip(behind);
        rows.extend(pairs.filter(|(row, _)| !arguments.changed || row.verdict.differs()));
    }
    if arguments.json {
        output::result(&format!(
            "{}\n",
            json!({ "paired": paired, "rows": rows.iter().map(both).collect::<Vec<_>>() })
        ))?;
    } else {
        output::result(&report::changes(&rows))?;
    }
    Ok(run::expected(&new))
}

/// A row for programs.
fn both((row, behind): &(ComparisonRow, VerdictRow)) -> serde_json::Value {
    json!({
        "arm": row.arm, "window": row.window, "metric": row.metric, "mean": row.mean,
        "diff": row.diff, "ci_low": row.ci_low, "ci_high": row.ci_high, "n": row.n, "p": row.p,
        "p_holm": behind.p_holm, "verdict": row.verdict, "words": behind.verdict,
    })
}

/// Plays a folder's scenario again and compares what comes out.
pub(super) fn verify(arguments: &VerifyArguments) -> Result<Exit, Failure> {
    let dir = &arguments.dir;
    let version = results::version(dir);
    if version.is_some_and(|version| version != RESULTS_VERSION) {
        let message = format!(
            "{} has results version {}, this program {RESULTS_VERSION}: other numbers are meant",
            dir.display(),
            version.unwrap_or_default()
        );
        return Err(Failure::new(Exit::Differs, message));
    }
    let old = read(dir)?;
    files(dir, &old.manifest)?;
    let loaded = scenario::load(&dir.join("scenario.resolved.toml"), &[])
        .map_err(|problems| Failure::new(Exit::Scenario, problems.render(output::colour())))?;
    let setting = &old.manifest.setting;
    let (units, all) = chosen(&loaded, &setting.arms, arguments.runs)?;
    let mut runs = again(&units, run::threads(arguments.threads), !old.homes.is_empty())?;
    // As tables have them.
    runs.sort_by_key(|run| (setting.arms.iter().position(|arm| *arm == run.arm), run.replication));
    let experiment = Experiment {
        setting: Setting::new(&loaded.scenario, setting.arms.clone()),
        scenario_text: String::new(),
        resolved_text: loaded.resolved(),
        runs,
    };
    let differ = differences(dir, &experiment, units.len() == all)?;
    if differ.is_empty() {
        let (of, name) = (units.len(), dir.display());
        output::result(&format!("{name}: {of} of {all} runs come out the same\n"))?;
        return Ok(Exit::Done);
    }
    let message = format!("{} comes out otherwise:\n  {}", dir.display(), differ.join("\n  "));
    Err(Failure::new(Exit::Differs, message))
}

/// The first runs, replication by replication, the baseline of each before those compared with it;
/// and how many there are.
fn chosen<'a>(
    loaded: &'a Loaded,
    arms: &[String],
    count: Option<u32>,
) -> Result<(Vec<Unit<'a>>, usize), Failure> {
    let place = |name: &String| loaded.arms.iter().position(|arm| arm.name == *name);
    let places: Option<Vec<usize>> = arms.iter().map(place).collect();
    let mut places = places.ok_or_else(|| Failure::internal("an arm is not in its scenario"))?;
    places.sort_by_key(|at| !loaded.arms[*at].baseline);
    let replications = 0..loaded.scenario.run.replications;
    let unit = |replication| places.iter().map(move |arm| Unit { loaded, arm: *arm, replication });
    let mut units: Vec<Unit<'a>> = replications.flat_map(unit).collect();
    let all = units.len();
    units.truncate(count.map_or(all, |count| count as usize));
    Ok((units, all))
}

/// That every file is as the manifest says.
fn files(dir: &Path, manifest: &Manifest) -> Result<(), Failure> {
    for (name, digest) in &manifest.files {
        let text = fs::read(dir.join(name)).map_err(|error| {
            Failure::new(Exit::Differs, format!("{}: {error}", dir.join(name).display()))
        })?;
        if results::sha256(&text) != *digest {
            let path = dir.join(name);
            let message = format!("{} is not as it was written", path.display());
            return Err(Failure::new(Exit::Differs, message));
        }
    }
    Ok(())
}

fn again(units: &[Unit<'_>], threads: usize, per_home: bool) -> Result<Vec<Run>, Failure> {
    let (interrupt, meter) = (interrupt::flag()?, Meter::new(units.len()));
    let done = std::sync::Mutex::new(BTreeMap::new());
    let ended = |at: usize, run: Result<Run, Stopped>| {
        let goes_on = run.is_ok();
        done.lock().unwrap_or_else(std::sync::PoisonError::into_inner).insert(at, run);
        goes_on
    };
    play(units, (threads, per_home), &meter, &interrupt, &ended);
    meter.finish();
    let done = done.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
    let runs: Result<Vec<Run>, Stopped> = done.into_values().collect();
    runs.map_err(|stopped| match stopped {
        Stopped::Interrupted => run::interrupted("nothing was compared. To repeat it"),
        Stopped::Failed(why) => Failure::internal(why),
    })
}

/// Tables of which lines of these runs are not as they were; `whole` when these are all runs.
fn differences(dir: &Path, experiment: &Experiment, whole: bool) -> Result<Vec<String>, Failure> {
    let runs: BTreeSet<(&str, String)> =
        experiment.runs.iter().map(|run| (&*run.arm, run.replication.to_string())).collect();
    let mut differ = Vec::new();
    for (name, text) in results::tables(&Results::of(experiment)) {
        let path = dir.join(name);
        let before = fs::read_to_string(&path)
            .map_err(|error| Failure::internal(format!("{}: {error}", path.display())))?;
        let after = String::from_utf8_lossy(&text);
        let by_run = after.starts_with("arm,replication,");
        if !by_run && !whole {
            continue;
        }
        let own = |line: &&str| {
            let mut fields = line.split(',');
            let run = fields.next().zip(fields.next());
            !by_run || run.is_some_and(|(arm, rep)| runs.contains(&(arm, rep.to_owned())))
        };
        let (before, after): (Vec<&str>, Vec<&str>) =
            (before.lines().filter(own).collect(), after.lines().filter(own).collect());
        let first = before.iter().zip(&after).find(|(old, new)| old != new);
        if let Some((old, new)) = first {
            differ.push(format!("{name}: {old}\n  {}  {new}", " ".repeat(name.len())));
        } else if before.len() != after.len() {
            differ.push(format!("{name}: {} rows, now {}", before.len(), after.len()));
        }
    }
    Ok(differ)
}
