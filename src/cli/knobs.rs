//! `offpeak check --dead-knobs`: which keys of a scenario have an effect.

use std::path::Path;

use serde_json::json;

use super::progress::Meter;
use super::{Exit, Failure, interrupt, list, output, run};
use crate::experiment::knobs::{DeadKnobs, Effect, NoAudit, Tried, dead_knobs};
use crate::experiment::{Stopped, play};
use crate::scenario::Loaded;

/// Audits one scenario and prints what was found.
pub(super) fn audit(
    loaded: &Loaded,
    file: &Path,
    threads: usize,
    as_json: bool,
) -> Result<Exit, Failure> {
    let flag = interrupt::flag()?;
    let found = dead_knobs(loaded, file, &|units, ended| {
        let meter = Meter::new(units.len());
        play(units, (threads, false), &meter, &flag, ended);
        meter.finish();
    });
    let found = found.map_err(|why| match why {
        NoAudit::Refused(problems) => {
            Failure::new(Exit::Scenario, problems.render(output::colour()))
        }
        NoAudit::Stopped(Stopped::Interrupted) => run::interrupted("nothing is kept. To repeat it"),
        NoAudit::Stopped(Stopped::Failed(why)) => Failure::internal(why),
    })?;
    output::result(&if as_json { page(&found, file) } else { table(&found, file) })?;
    Ok(Exit::Done)
}

/// One JSON value.
fn page(found: &DeadKnobs, file: &Path) -> String {
    let run = &found.small.scenario.run;
    let key = |own: &Tried| {
        let (effect, why) = match &own.effect {
            Effect::Yes => (Some(true), None),
            Effect::No => (Some(false), None),
            Effect::Unvaried(why) => (None, Some(why)),
        };
        json!({
            "key": own.key, "value": own.value, "tried": own.tried, "effect": effect, "why": why,
        })
    };
    let all = json!({
        "file": file.display().to_string(),
        "played": {
            "homes": run.homes, "titles": found.small.scenario.catalogue.titles,
            "start": run.start.to_string(), "warm_up": run.warm_up.to_string(),
            "length": run.length.to_string(), "seed": run.seed,
            "arms": found.small.arms.iter().map(|arm| &arm.name).collect::<Vec<_>>(),
        },
        "keys": found.keys.iter().map(key).collect::<Vec<_>>(),
    });
    format!("{all:#}\n")
}

/// Keys without effect, then those that were not varied, then the others.
fn table(found: &DeadKnobs, file: &Path) -> String {
    let run = &found.small.scenario.run;
    let group = |wanted: &dyn Fn(&Effect) -> bool| -> Vec<&Tried> {
        found.keys.iter().filter(|own| wanted(&own.effect)).collect()
    };
    let groups = [
        ("no", group(&|effect| *effect == Effect::No)),
        ("not varied", group(&|effect| matches!(effect, Effect::Unvaried(_)))),
        ("yes", group(&|effect| *effect == Effect::Yes)),
    ];
    let head = ["effect", "key", "value", "tried"].map(str::to_owned).to_vec();
    let mut rows = vec![head];
    for (word, group) in &groups {
        for own in group {
            let tried = match &own.effect {
                Effect::Yes => own.tried.last().map(|value| short(value)).unwrap_or_default(),
                Effect::No => own.tried.iter().map(|v| short(v)).collect::<Vec<_>>().join(", "),
                Effect::Unvaried(why) => why.clone(),
            };
            rows.push(vec![(*word).to_owned(), own.key.clone(), short(&own.value), tried]);
        }
    }
    format!(
        "{}: {} keys, one at a time, in {} homes, {} titles, {} measured from {}, {} arms\n\
         {} without effect there, {} not varied, {} with an effect\n\n{}",
        file.display(),
        found.keys.len(),
        run.homes,
        found.small.scenario.catalogue.titles,
        run.length,
        run.start,
        found.small.arms.len(),
        groups[0].1.len(),
        groups[1].1.len(),
        groups[2].1.len(),
        list::columns(&rows)
    )
}

/// A value in one cell.
fn short(value: &str) -> String {
    let whole = value.chars().count() <= 40;
    if whole {
        value.to_owned()
    } else {
        format!("{} …", value.chars().take(38).collect::<String>())
    }
}
