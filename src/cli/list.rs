//! `offpeak list`: what there is to choose from.

use clap::{Args, ValueEnum};

use super::shipped::{SHIPPED, files};
use super::{Exit, Failure, output};
use crate::peer::abr::{Abr, Estimate};
use crate::peer::cache::CachePolicy;
use crate::peer::scheduler::Scheduler;
use crate::peer::scheduler::late::Late;
use crate::peer::scheduler::neighbours::NeighbourChoice;
use crate::peer::scheduler::per_peer::PerPeer;
use crate::peer::scheduler::prefetch::Prefetch;
use crate::peer::scheduler::segment::SegmentChoice;
use crate::peer::scheduler::server::Gate;
use crate::peer::scheduler::source::SourceChoice;
use crate::peer::scheduler::trust::Trust;
use crate::peer::scheduler::unit::Unit;
use crate::peer::upload::UploadChoice;
use crate::results::catalogue::{Direction, METRICS};

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// What to list
    what: What,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum What {
    /// Policies a scenario can name
    Policies,
    /// Metrics of the result tables
    Metrics,
    /// Scenarios shipped and in the working folder
    Scenarios,
}

/// Family, name as in a scenario, meaning.
pub(super) fn policies() -> impl Iterator<Item = (&'static str, &'static str, &'static str)> {
    let schedulers = Scheduler::all().map(|own| ("scheduler", own.name(), own.about()));
    let segments = SegmentChoice::all().map(|own| ("segment", own.name(), own.about()));
    let sources = SourceChoice::all().map(|own| ("source", own.name(), own.about()));
    let gates = Gate::all().map(|own| ("server", own.name(), own.about()));
    let late = Late::all().map(|own| ("late", own.name(), own.about()));
    let ahead = Prefetch::all().map(|own| ("prefetch", own.name(), own.about()));
    let units = Unit::all().map(|own| ("unit", own.name(), own.about()));
    let per_peer = PerPeer::all().map(|own| ("per_peer", own.name(), own.about()));
    let uploads = UploadChoice::all().map(|own| ("upload", own.name(), own.about()));
    let trust = Trust::all().map(|own| ("trust", own.name(), own.about()));
    let met = NeighbourChoice::all().map(|own| ("neighbours", own.name(), own.about()));
    let caches = CachePolicy::ALL.iter().map(|own| ("cache", own.name(), own.about()));
    let rungs = Abr::all().map(|own| ("abr", own.name(), own.about()));
    let estimates = Estimate::all().map(|own| ("estimate", own.name(), own.about()));
    let rules = segments.chain(sources).chain(gates).chain(late).chain(ahead).chain(units);
    let rules = schedulers.chain(rules).chain(per_peer).chain(trust).chain(uploads);
    rules.chain(met).chain(caches).chain(rungs).chain(estimates)
}

pub(super) fn list(arguments: &Arguments) -> Result<Exit, Failure> {
    let rows = match arguments.what {
        What::Policies => policies()
            .map(|(family, name, about)| [family, name, about].map(str::to_owned).to_vec())
            .collect(),
        What::Metrics => METRICS
            .iter()
            .map(|metric| {
                let better = match metric.better {
                    Direction::Higher => "higher is better",
                    Direction::Lower => "lower is better",
                    Direction::Neither => "",
                };
                [metric.name, metric.unit, better, metric.meaning].map(str::to_owned).to_vec()
            })
            .collect(),
        What::Scenarios => scenarios(),
    };
    output::result(&columns(&rows))?;
    Ok(Exit::Done)
}

/// Shipped ones by name, files of the working folder by path, each with its title.
fn scenarios() -> Vec<Vec<String>> {
    let row = |name: String, text: &str| vec![name, title(text)];
    let shipped = SHIPPED.iter().map(|(name, text)| row((*name).to_owned(), text));
    let files = files().into_iter().map(|path| {
        let text = std::fs::read_to_string(&path).unwrap_or_default();
        row(path.display().to_string(), &text)
    });
    shipped.chain(files).collect()
}

/// What a scenario calls itself, or what it extends.
fn title(text: &str) -> String {
    let table: Option<toml::Table> = text.parse().ok();
    let said = |key| table.as_ref().and_then(|table| table.get(key)?.as_str());
    match (said("title"), said("extends")) {
        (Some(title), _) => title.to_owned(),
        (None, Some(base)) => format!("(extends {base})"),
        (None, None) => "(not readable: see `offpeak check`)".to_owned(),
    }
}

/// Rows with columns two spaces apart.
pub(super) fn columns(rows: &[Vec<String>]) -> String {
    let count = rows.iter().map(Vec::len).max().unwrap_or(0);
    let width = |column: usize| {
        let cells = rows.iter().filter_map(|row| row.get(column));
        cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..count).map(width).collect();
    let mut text = String::new();
    for row in rows {
        let cells = row.iter().zip(&widths);
        let line: String = cells.map(|(cell, width)| format!("{cell:<width$}  ")).collect();
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_listed_scheduler_can_be_named_in_a_scenario() {
        #[derive(serde::Deserialize)]
        struct Arm {
            scheduler: Scheduler,
        }
        for (family, name, _) in policies() {
            if family == "scheduler" {
                let arm: Arm = toml::from_str(&format!("scheduler = \"{name}\"")).unwrap();
                let text = serde_json::to_string(&arm.scheduler).unwrap();
                assert!(text.contains(name), "{text}");
            }
        }
    }
}
