//! `offpeak run`: all arms of a scenario, compared.

use std::path::{Path, PathBuf};

use clap::Args;

use super::work::{Part, Work};
use super::{Exit, Failure, output, shipped};
use crate::report;
use crate::results::{self, Experiment, Folder, FolderError, Outcome, Plan, Provenance, Results};
use crate::scenario::Loaded;

#[derive(Debug, Args)]
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
    /// Replications of every arm
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    reps: Option<u32>,
    /// The number through which chance enters
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// Worker threads; results do not depend on it [default: all processors]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    threads: Option<u16>,
    /// Lay a value over the file, such as run.homes=5000; may be repeated
    #[arg(long = "set", value_name = "KEY=VALUE", value_parser = shipped::set)]
    sets: Vec<(String, String)>,
    /// 5 % of the homes and one replication, for a first look
    #[arg(long)]
    quick: bool,
    /// Write homes.csv too: one row for every home, arm and replication
    #[arg(long)]
    per_home: bool,
    /// Print the summary as JSON
    #[arg(long)]
    json: bool,
}

/// `--quick` divides the homes by this …
const QUICK_PART: u32 = 20;
/// … but keeps so many, or all.
const QUICK_LEAST: u32 = 200;

pub(super) fn run(arguments: &Arguments) -> Result<Exit, Failure> {
    let loaded = load(arguments)?;
    shipped::warn(&loaded);
    let arms = choose(&loaded, &arguments.arms)?;
    let threads = threads(arguments.threads);
    let names: Vec<String> = arms.iter().map(|index| loaded.arms[*index].name.clone()).collect();
    let plan = Plan::new(Vec::new(), &[(Vec::new(), &loaded)], &names, arguments.per_home);
    let mut folder = take(arguments.out.as_deref(), &arguments.file, &plan)?;
    let scenarios = [loaded];
    let work = Work { plan: &plan, scenarios: &scenarios, part: Part::ALL, threads };
    let spent = work.play(&folder)?;
    let (experiment, mut results) = whole(&plan, 0, &folder)?;
    let provenance = spent.provenance(&experiment.runs, threads);
    results::write(&experiment, &results, &mut folder, "").map_err(Failure::internal)?;
    draw(&mut results, &mut folder, "")?;
    let target = folder.commit(&results.manifest, &provenance).map_err(Failure::internal)?;

    if arguments.json {
        output::result(&format!("{}\n", results::json(&results)))?;
    } else {
        output::result(&report::text(&results))?;
    }
    output::message(&epilogue(experiment.runs.len(), &provenance, &target));
    Ok(expected(&results))
}

/// Whether all came out as it must.
pub(super) fn expected(results: &Results) -> Exit {
    let met = results.expectations.iter().all(|row| row.outcome == Outcome::Met);
    if met { Exit::Done } else { Exit::Expectation }
}

/// Point `at` of a plan whose units are done, and its tables.
pub(super) fn whole(
    plan: &Plan,
    at: usize,
    folder: &Folder,
) -> Result<(Experiment, Results), Failure> {
    let missing = || Failure::internal("a run that was done is not there any more");
    let experiment = plan.experiment(at, &folder.units()).ok_or_else(missing)?;
    let results = Results::of(&experiment);
    Ok((experiment, results))
}

/// The scenario with everything of the command line laid over it.
fn load(arguments: &Arguments) -> Result<Loaded, Failure> {
    let mut sets = arguments.sets.clone();
    let mut set = |key: &str, value: String| sets.push((key.to_owned(), value));
    if let Some(seed) = arguments.seed {
        set("run.seed", seed.to_string());
    }
    if let Some(reps) = arguments.reps {
        set("run.replications", reps.to_string());
    } else if arguments.quick {
        set("run.replications", 1.to_string());
    }
    let loaded = shipped::load(&arguments.file, &sets)?;
    if !arguments.quick {
        return Ok(loaded);
    }
    let all = loaded.scenario.run.homes;
    let homes = (all / QUICK_PART).max(QUICK_LEAST).min(all);
    sets.push(("run.homes".to_owned(), homes.to_string()));
    output::message(&format!(
        "warning: --quick plays {homes} of {all} homes; smaller swarms save less, so do not quote it"
    ));
    shipped::load(&arguments.file, &sets)
}

/// Indices of the arms called `names`, and the baseline; all when there are none.
pub(super) fn choose(loaded: &Loaded, names: &[String]) -> Result<Vec<usize>, Failure> {
    for name in names {
        arm(loaded, name)?;
    }
    let mut chosen = Vec::new();
    for (index, arm) in loaded.arms.iter().enumerate() {
        let named = names.is_empty() || names.contains(&arm.name);
        if arm.baseline && !named {
            let message = format!("also playing {}: the others are compared with it", arm.name);
            output::message(&message);
        }
        if named || arm.baseline {
            chosen.push(index);
        }
    }
    Ok(chosen)
}

/// Index of the arm called `name`.
pub(super) fn arm(loaded: &Loaded, name: &str) -> Result<usize, Failure> {
    let known = || loaded.arms.iter().map(|arm| arm.name.as_str());
    known().position(|arm| arm == name).ok_or_else(|| {
        let near = known().min_by_key(|arm| strsim::damerau_levenshtein(arm, name));
        let message = format!(
            "error: no arm \"{name}\" in this scenario; did you mean \"{}\"? It has: {}",
            near.unwrap_or_default(),
            known().collect::<Vec<_>>().join(", ")
        );
        Failure::new(Exit::Usage, message)
    })
}

/// `asked`, or as many as there are processors.
pub(super) fn threads(asked: Option<u16>) -> usize {
    let all = || std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    asked.map_or_else(all, usize::from)
}

/// Takes the folder `out`, or else one below `out/` that is named after `file`: the first that is
/// neither there, nor being written, nor holds what another command has not finished, so that what was
/// interrupted is gone on with.
pub(super) fn take(out: Option<&Path>, file: &Path, plan: &Plan) -> Result<Folder, Failure> {
    let claim = |target: &Path| {
        let folder = Folder::claim(target)?;
        folder.keep_plan(plan)?;
        Ok(folder)
    };
    if let Some(out) = out {
        return claim(out).map_err(|error: FolderError| Failure::internal(error));
    }
    let stem = file.file_stem().unwrap_or(file.as_os_str());
    for number in 1.. {
        let mut name = stem.to_owned();
        if number > 1 {
            name.push(format!("-{number}"));
        }
        match claim(&Path::new("out").join(name)) {
            Err(FolderError::Exists(_) | FolderError::Busy(_) | FolderError::Others { .. }) => {}
            other => return other.map_err(Failure::internal),
        }
    }
    Err(Failure::internal("no free name below out/"))
}

/// Somebody pressed Ctrl-C; `left` says what there is now, and what the same command does next.
pub(super) fn interrupted(left: &str) -> Failure {
    let command: Vec<String> = std::env::args().map(|word| quoted(&word)).collect();
    Failure::new(Exit::Interrupted, format!("interrupted; {left}:\n  {}", command.join(" ")))
}

/// `word` as a shell reads it back.
fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./=:,+%@".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', "'\\''"))
}

/// Pictures and page, their names after `prefix`; the page has the digests of the tables that are
/// there.
pub(super) fn draw(
    results: &mut Results,
    folder: &mut Folder,
    prefix: &str,
) -> Result<(), Failure> {
    results.manifest.files = folder.digests(prefix);
    for file in report::files(results).map_err(Failure::internal)? {
        let name = format!("{prefix}{}", file.name);
        let done = if file.listed {
            folder.add(&name, &file.content)
        } else {
            folder.add_unlisted(&name, &file.content)
        };
        done.map_err(Failure::internal)?;
    }
    Ok(())
}

/// What it cost and where it is.
pub(super) fn epilogue(runs: usize, provenance: &Provenance, target: &Path) -> String {
    let memory = provenance
        .peak_memory_bytes
        .map_or_else(String::new, |bytes| format!(", {:.2} GB", bytes as f64 / 1e9));
    format!(
        "{runs} runs in {}, {} threads, {} events/s{memory} · {}",
        output::duration(provenance.wall_s),
        provenance.threads,
        output::short(provenance.events as f64 / provenance.wall_s.max(1e-9)),
        target.display()
    )
}
