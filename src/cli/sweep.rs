//! `offpeak sweep` and `offpeak merge`: a grid of scenarios, whole or in parts.

use std::path::{Path, PathBuf};

use clap::Args;

use super::work::{Part, Spent, Work};
use super::{Exit, Failure, output, run, shipped};
use crate::report;
use crate::results::{self, Folder, PARTIAL, Plan, Provenance, Run, Sweep, Units, point_name};
use crate::scenario::Loaded;
use crate::scenario::sweep::{AS_GIVEN, Axis, Level, MOST_POINTS, axes, grid, listed};

/// What is swept, and how.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  offpeak sweep uk-evening --set run.homes=2000,5000,10000 --reps 5 --out homes
  offpeak sweep sweep.toml --out part-1 --shard 1/2    (and 2/2 on another machine, then)
  offpeak merge part-1 part-2 --out whole")]
pub(super) struct Arguments {
    /// Scenario file, or the name of a shipped scenario; its [sweep] says what is varied
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Result folder; must not exist [default: out/NAME, out/NAME-2, …]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Only this arm, beside the baseline; may be repeated
    #[arg(long = "arm", value_name = "NAME")]
    arms: Vec<String>,
    /// Replications of every arm at every point
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    reps: Option<u32>,
    /// The number through which chance enters
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// Worker threads; results do not depend on it [default: all processors]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    threads: Option<u16>,
    /// Lay a value over the file, or vary a key: run.homes=1000,5000; may be repeated
    #[arg(long = "set", value_name = "KEY=VALUE[,VALUE…]", value_parser = shipped::set)]
    sets: Vec<(String, String)>,
    /// Vary one axis at a time, all others as in the file, in place of every combination
    #[arg(long)]
    one_at_a_time: bool,
    /// Do only part I of N of the runs; `offpeak merge` joins the parts
    #[arg(long, value_name = "I/N", value_parser = shard)]
    shard: Option<Part>,
}

/// Parts of a sweep, to be joined.
#[derive(Debug, Args)]
#[command(after_help = "Example:
  offpeak merge part-1 part-2 --out whole")]
pub(super) struct MergeArguments {
    /// Folders of parts, or unfinished ones (NAME.partial)
    #[arg(required = true, value_name = "DIR")]
    parts: Vec<PathBuf>,
    /// Result folder; must not exist
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
}

/// `i/n` of `--shard`.
fn shard(text: &str) -> Result<Part, String> {
    let numbers = text.split_once('/').and_then(|(i, n)| Some((i.parse().ok()?, n.parse().ok()?)));
    match numbers {
        Some((i, n)) if (1..=n).contains(&i) => Ok(Part { at: i - 1, of: n }),
        _ => Err("write it as 1/4: part 1 of 4".to_owned()),
    }
}

pub(super) fn sweep(arguments: &Arguments) -> Result<Exit, Failure> {
    let (axes, scenarios) = scenarios(arguments)?;
    let chosen = Chosen {
        axes,
        scenarios,
        arms: arguments.arms.clone(),
        part: arguments.shard.unwrap_or(Part::ALL),
        threads: run::threads(arguments.threads),
    };
    chosen.play(arguments.out.as_deref(), &arguments.file).map(|(_, exit)| exit)
}

/// Levels and scenario of each point.
pub(super) type Points = Vec<(Vec<String>, Loaded)>;

/// Points to be played.
pub(super) struct Chosen {
    pub(super) axes: Vec<String>,
    pub(super) scenarios: Points,
    pub(super) arms: Vec<String>,
    pub(super) part: Part,
    pub(super) threads: usize,
}

impl Chosen {
    /// Plays them into the folder `out`, or one named after `file`; what they are is said where all are
    /// there.
    pub(super) fn play(
        self,
        out: Option<&Path>,
        file: &Path,
    ) -> Result<(Option<Sweep>, Exit), Failure> {
        let first = &self.scenarios[0].1;
        shipped::warn(first);
        let arms = run::choose(first, &self.arms)?;
        let names: Vec<String> = arms.iter().map(|at| first.arms[*at].name.clone()).collect();
        for (_, other) in &self.scenarios {
            let missing = names.iter().find(|name| other.arms.iter().all(|arm| arm.name != **name));
            if let Some(missing) = missing {
                let message = format!("error: a point of the grid has no arm \"{missing}\"");
                return Err(Failure::new(Exit::Usage, message));
            }
        }
        let points: Vec<(Vec<String>, &Loaded)> =
            self.scenarios.iter().map(|(levels, loaded)| (levels.clone(), loaded)).collect();
        let plan = Plan::new(self.axes, &points, &names, false);
        let loaded: Vec<Loaded> = self.scenarios.into_iter().map(|(_, loaded)| loaded).collect();
        let folder = run::take(out, file, &plan)?;
        let work = Work { plan: &plan, scenarios: &loaded, part: self.part, threads: self.threads };
        let spent = work.play(&folder)?;
        if self.part.of > 1 {
            return part(&plan, self.part, folder).map(|()| (None, Exit::Done));
        }
        whole(&plan, folder, &spent, self.threads)
    }
}

/// The axes and each point's scenario; without an axis the scenario as it is.
fn scenarios(arguments: &Arguments) -> Result<(Vec<String>, Points), Failure> {
    let (mut sets, mut varied): (Vec<(String, String)>, Vec<Axis>) = (Vec::new(), Vec::new());
    for (key, value) in &arguments.sets {
        match listed(key, value) {
            Some(axis) => varied.push(axis),
            None => sets.push((key.clone(), value.clone())),
        }
    }
    let extra = [
        arguments.seed.map(|seed| ("run.seed", seed.to_string())),
        arguments.reps.map(|reps| ("run.replications", reps.to_string())),
    ];
    sets.extend(extra.into_iter().flatten().map(|(key, value)| (key.to_owned(), value)));
    let base = shipped::load(&arguments.file, &sets)?;
    let mut all = axes(&base.scenario);
    all.retain(|axis| varied.iter().all(|other| other.name != axis.name));
    // What the command line sets is not varied.
    all.retain(|axis| sets.iter().all(|(key, _)| *key != axis.name));
    all.extend(varied);
    let points = if arguments.one_at_a_time { one_at_a_time(&all) } else { everywhere(&all) };
    if points.len() > MOST_POINTS {
        let message = format!("error: a grid of {} points; at most {MOST_POINTS}", points.len());
        return Err(Failure::new(Exit::Usage, message));
    }
    let load = |point: Vec<Option<usize>>| {
        let chosen: Vec<Option<&Level>> =
            all.iter().zip(point).map(|(axis, at)| Some(&axis.levels[at?])).collect();
        let levels: Vec<String> = chosen
            .iter()
            .map(|level| level.map_or_else(|| AS_GIVEN.to_owned(), |level| level.name.clone()))
            .collect();
        let own = chosen.iter().flatten().flat_map(|level| level.sets.iter().cloned());
        let own: Vec<(String, String)> = sets.iter().cloned().chain(own).collect();
        let mut loaded = shipped::load(&arguments.file, &own)?;
        loaded.scenario.sweep.clear();
        Ok((levels, loaded))
    };
    let points: Result<Points, Failure> = points.into_iter().map(load).collect();
    Ok((all.iter().map(|axis| axis.name.clone()).collect(), points?))
}

/// Every combination.
fn everywhere(axes: &[Axis]) -> Vec<Vec<Option<usize>>> {
    grid(axes).into_iter().map(|point| point.into_iter().map(Some).collect()).collect()
}

/// The file as it is, then each level of each axis.
fn one_at_a_time(axes: &[Axis]) -> Vec<Vec<Option<usize>>> {
    let mut points = vec![vec![None; axes.len()]];
    for (at, axis) in axes.iter().enumerate() {
        for level in 0..axis.levels.len() {
            let mut point = vec![None; axes.len()];
            point[at] = Some(level);
            points.push(point);
        }
    }
    points
}

/// Publishes the units of a part as they are.
fn part(plan: &Plan, part: Part, mut folder: Folder) -> Result<(), Failure> {
    let units = folder.units();
    folder.add_plan(plan).map_err(Failure::internal)?;
    let done: Vec<_> = plan.units().into_iter().filter(|(key, ..)| units.has(key)).collect();
    for (key, ..) in &done {
        folder.staged_units().copy(key, &units).map_err(Failure::internal)?;
    }
    let target = folder.publish().map_err(Failure::internal)?;
    output::message(&format!(
        "part {} of {}: {} of {} runs · {}\n`offpeak merge` joins the parts",
        part.at + 1,
        part.of,
        done.len(),
        plan.units().len(),
        target.display()
    ));
    Ok(())
}

/// Writes the tables of all points.
fn whole(
    plan: &Plan,
    mut folder: Folder,
    spent: &Spent,
    threads: usize,
) -> Result<(Option<Sweep>, Exit), Failure> {
    let mut provenance = Provenance::default();
    let mut count = |runs: &[Run]| {
        let one = spent.provenance(runs, threads);
        let (events, transfers) = (provenance.events, provenance.transfers);
        provenance =
            Provenance { events: events + one.events, transfers: transfers + one.transfers, ..one };
    };
    if plan.axes.is_empty() {
        let (experiment, mut results) = run::whole(plan, 0, &folder)?;
        count(&experiment.runs);
        results::write(&experiment, &results, &mut folder, "").map_err(Failure::internal)?;
        run::draw(&mut results, &mut folder, "")?;
        output::result(&report::text(&results))?;
        let target = folder.commit(&results.manifest, &provenance).map_err(Failure::internal)?;
        output::message(&run::epilogue(experiment.runs.len(), &provenance, &target));
        return Ok((None, run::expected(&results)));
    }
    let mut exit = Exit::Done;
    let mut sweep = Sweep::new(plan);
    folder.add("scenario.toml", plan.scenario_text.as_bytes()).map_err(Failure::internal)?;
    let mut runs = 0;
    for at in 0..plan.points.len() {
        let name = point_name(at, plan.points.len());
        let prefix = format!("points/{name}/");
        let (experiment, mut results) = run::whole(plan, at, &folder)?;
        count(&experiment.runs);
        runs += experiment.runs.len();
        results::write(&experiment, &results, &mut folder, &prefix).map_err(Failure::internal)?;
        run::draw(&mut results, &mut folder, &prefix)?;
        folder.add_manifest(&prefix, &results.manifest).map_err(Failure::internal)?;
        sweep.add(&name, &results);
        if run::expected(&results) != Exit::Done {
            exit = Exit::Expectation;
            let levels = plan.points[at].levels.join(" ");
            output::message(&format!("point {name} ({levels}) does not meet what is expected"));
        }
    }
    sweep.rank();
    sweep.write(&mut folder).map_err(Failure::internal)?;
    output::result(&report::sweep_text(&sweep))?;
    let target = folder.commit_sweep(&sweep.manifest, &provenance).map_err(Failure::internal)?;
    output::message(&run::epilogue(runs, &provenance, &target));
    Ok((Some(sweep), exit))
}

/// Joins the units of parts.
pub(super) fn merge(arguments: &MergeArguments) -> Result<Exit, Failure> {
    let mut plan: Option<(Plan, &Path)> = None;
    for part in &arguments.parts {
        let own = Plan::read(part).ok_or_else(|| {
            let what = "is no part of a sweep: no readable plan.json is in it";
            Failure::internal(format!("{} {what}", part.display()))
        })?;
        match &plan {
            Some((other, first)) if *other != own => {
                let message = format!(
                    "{} and {} are of different sweeps, or of different versions of the program",
                    first.display(),
                    part.display()
                );
                return Err(Failure::internal(message));
            }
            Some(_) => {}
            None => plan = Some((own, part)),
        }
    }
    let (plan, _) = plan.ok_or_else(|| Failure::internal("no part"))?;
    if plan.results_version != results::RESULTS_VERSION {
        let message = format!(
            "the parts have results version {}, this program {}",
            plan.results_version,
            results::RESULTS_VERSION
        );
        return Err(Failure::internal(message));
    }
    let parts: Vec<Units> = arguments.parts.iter().map(|part| Units::within(part)).collect();
    let all = plan.units();
    let (mut found, mut missing) = (Vec::new(), Vec::new());
    for (key, point, arm, replication) in &all {
        match parts.iter().find(|units| units.get(key).is_some()) {
            Some(units) => found.push((*key, units)),
            None => {
                let (name, arms) =
                    (point_name(*point, plan.points.len()), &plan.points[*point].setting.arms);
                missing.push(format!("{name} {}/{replication}", arms[*arm]));
            }
        }
    }
    if !missing.is_empty() {
        let shown = missing.iter().take(20).cloned().collect::<Vec<_>>().join(", ");
        let more = if missing.len() > 20 { ", …" } else { "" };
        let message = format!(
            "incomplete: {} of {} runs are in none of the parts (point arm/replication): {shown}{more}",
            missing.len(),
            all.len(),
        );
        return Err(Failure::new(Exit::Incomplete, message));
    }
    let folder = Folder::claim(&arguments.out).map_err(Failure::internal)?;
    folder.keep_plan(&plan).map_err(Failure::internal)?;
    let units = folder.units();
    for (key, from) in found {
        if !units.has(key) {
            units.copy(key, from).map_err(Failure::internal)?;
        }
    }
    whole(&plan, folder, &Spent::nothing(), 0).map(|(_, exit)| exit)
}

/// The folder of a plan: as named, or while it is unfinished.
pub(super) fn plan_of(dir: &Path) -> Option<(Plan, PathBuf)> {
    let mut unfinished = dir.as_os_str().to_owned();
    unfinished.push(PARTIAL);
    [dir.to_owned(), PathBuf::from(unfinished)]
        .into_iter()
        .find_map(|dir| Some((Plan::read(&dir)?, dir)))
}
