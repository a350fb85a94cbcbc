//! `offpeak status`: how far a run or a sweep is.

use std::path::PathBuf;

use clap::Args;
use serde_json::json;

use super::sweep::plan_of;
use super::{Exit, Failure, output};
use crate::results::{Units, point_name};

#[derive(Debug, Args)]
#[command(after_help = "Exit code 0 when everything is there, 5 when something is missing.
Example:
  offpeak status out/uk-evening")]
pub(super) struct Arguments {
    /// Result folder, finished or not, or a part of a sweep
    #[arg(value_name = "DIR")]
    dir: PathBuf,
    /// Print it as JSON
    #[arg(long)]
    json: bool,
}

pub(super) fn status(arguments: &Arguments) -> Result<Exit, Failure> {
    let dir = &arguments.dir;
    let Some((plan, at)) = plan_of(dir) else {
        if dir.join("manifest.json").is_file() {
            let said = if arguments.json {
                format!("{}\n", json!({ "complete": true }))
            } else {
                format!("{}: complete\n", dir.display())
            };
            output::result(&said)?;
            return Ok(Exit::Done);
        }
        let message = format!(
            "{} is no result folder, finished or not; `offpeak run` and `offpeak sweep` make them",
            dir.display()
        );
        return Err(Failure::internal(message));
    };
    let units = Units::within(&at);
    let (mut lines, mut missing, mut failed, mut points) = (String::new(), 0, 0, Vec::new());
    for (place, point) in plan.points.iter().enumerate() {
        let (name, reps) = (point_name(place, plan.points.len()), point.setting.replications);
        let (mut left, mut broken) = (Vec::new(), Vec::new());
        for (unit, key) in point.units.iter().enumerate().filter(|(_, key)| !units.has(key)) {
            let arm = &point.setting.arms[unit / reps as usize];
            let who = format!("{arm}/{}", unit % reps as usize);
            if let Some(why) = units.failures(key).pop() {
                broken.push(json!({ "unit": who, "why": why, "given_up": units.given_up(key) }));
            }
            left.push(who);
        }
        let done = point.units.len() - left.len();
        let levels: Vec<String> =
            plan.axes.iter().zip(&point.levels).map(|(axis, at)| format!("{axis}={at}")).collect();
        let label =
            if levels.is_empty() { String::new() } else { format!("{} ", levels.join(" ")) };
        lines.push_str(&format!("{name} {label}{done} of {}", point.units.len()));
        if !left.is_empty() {
            lines.push_str(&format!(", missing: {}", left.join(" ")));
        }
        if !broken.is_empty() {
            lines.push_str(&format!(" ({} failed)", broken.len()));
        }
        lines.push('\n');
        missing += left.len();
        failed += broken.len();
        points.push(json!({
            "point": name, "levels": levels, "done": done, "missing": left, "failed": broken,
        }));
    }
    if arguments.json {
        let all = json!({
            "complete": false, "folder": at, "missing": missing, "failed": failed, "points": points,
        });
        output::result(&format!("{all}\n"))?;
    } else {
        let words = if missing == 0 { "all runs are done" } else { "unfinished" };
        output::result(&format!("{}: {words}\n{lines}", at.display()))?;
    }
    Ok(if missing == 0 { Exit::Done } else { Exit::Incomplete })
}
