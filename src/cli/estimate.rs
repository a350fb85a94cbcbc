//! What a scenario would cost: its viewers are drawn, as a run would draw them, for a sample of its
//! homes; nothing is played.

use std::fmt;

use super::output;
use crate::peer::scheduler::Scheduler;
use crate::scenario::{Loaded, Scenario};
use crate::units::{Span, Time};
use crate::world::World;

/// Events a thread handles in a second, and the bytes of a home that does not watch, of a viewer on
/// top and of the program itself: measured with `uk-evening` and the small scenarios.
const EVENTS_PER_S: f64 = 900_000.0;
const PER_HOME: f64 = 900.0;
const PER_VIEWER: f64 = 5_000.0;
const PROGRAM: f64 = 40e6;
/// Homes that are drawn.
const SAMPLE: u32 = 2_000;

/// A guess before the run; right within a factor of about three.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Estimate {
    homes: u32,
    arms: usize,
    replications: u32,
    simulated: Span,
    /// In one run.
    viewings: f64,
    /// Most viewers at once.
    viewers: f64,
    /// In all runs.
    events: f64,
    bytes: f64,
    seconds: f64,
    threads: usize,
}

impl Estimate {
    pub(super) fn of(loaded: &Loaded, threads: usize) -> Self {
        let scenario = &loaded.scenario;
        let run = &scenario.run;
        let sample = Sample::of(loaded);
        let scale = f64::from(run.homes) / f64::from(sample.homes);
        let per_segment: f64 = loaded.arms.iter().map(|arm| events(&arm.scheduler)).sum();
        let events = sample.segments * scale * per_segment * f64::from(run.replications);
        let runs = loaded.arms.len() * run.replications as usize;
        let at_once = threads.min(runs).max(1) as f64;
        let viewers = sample.viewers * scale;
        Self {
            homes: run.homes,
            arms: loaded.arms.len(),
            replications: run.replications,
            simulated: run.warm_up + run.length,
            viewings: sample.viewings * scale,
            viewers,
            events,
            bytes: PROGRAM + at_once * (f64::from(run.homes) * PER_HOME + viewers * PER_VIEWER),
            seconds: events / EVENTS_PER_S / at_once,
            threads,
        }
    }
}

/// What a sample of homes would watch.
struct Sample {
    homes: u32,
    viewings: f64,
    segments: f64,
    /// Most at once.
    viewers: f64,
}

impl Sample {
    fn of(loaded: &Loaded) -> Self {
        let homes = loaded.scenario.run.homes.min(SAMPLE);
        let mut scenario: Scenario = loaded.scenario.clone();
        scenario.run.homes = homes;
        scenario.run.history = Span::ZERO;
        let world = World::build(&scenario, &loaded.tables, 0);
        let segments = world.intents.iter().map(|intent| f64::from(intent.segments)).sum();
        // Begins and ends in order; at one instant ends come first.
        let mut edges: Vec<(Time, i32)> = Vec::with_capacity(2 * world.intents.len());
        for intent in &world.intents {
            let length = world.catalogue.segment.times(u64::from(intent.segments));
            edges.extend([(intent.start, 1), (intent.start + length, -1)]);
        }
        edges.sort_unstable();
        let now = edges.iter().scan(0, |now, (_, change)| {
            *now += change;
            Some(*now)
        });
        let viewers = f64::from(now.max().unwrap_or(0));
        Self { homes, viewings: world.intents.len() as f64, segments, viewers }
    }
}

/// Events for each segment watched: request, answer, end and, with peers, their announcements.
const fn events(scheduler: &Scheduler) -> f64 {
    match scheduler {
        Scheduler::CdnOnly(_) => 3.2,
        Scheduler::Oracle(_) => 4.0,
        _ => 6.7,
    }
}

impl fmt::Display for Estimate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { homes, arms, replications, simulated, threads, .. } = self;
        writeln!(
            f,
            "  {arms} × {replications} runs (arms × replications), {homes} homes, {simulated} simulated"
        )?;
        writeln!(
            f,
            "  about {} viewings a run, at most {} viewers at once",
            output::short(self.viewings),
            output::short(self.viewers)
        )?;
        writeln!(
            f,
            "  about {} events, {:.2} GB, {} with {threads} threads (estimates, within a factor of 3)",
            output::short(self.events),
            self.bytes / 1e9,
            output::duration(self.seconds)
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::shipped::SHIPPED;
    use std::path::Path;

    fn reference(sets: &[(&str, &str)]) -> Loaded {
        let (_, text) = SHIPPED.iter().find(|(name, _)| *name == "reference").unwrap();
        let sets: Vec<_> = sets.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
        crate::scenario::load_text(text, Path::new("reference.toml"), &sets).unwrap()
    }

    #[test]
    fn cost_grows_with_homes_and_replications() {
        let one = Estimate::of(&reference(&[("run.homes", "10000")]), 1);
        let more = Estimate::of(&reference(&[("run.homes", "30000")]), 1);
        assert!((more.viewings / one.viewings - 3.0).abs() < 1e-9);
        assert!((more.viewers / one.viewers - 3.0).abs() < 1e-9);
        let twice =
            Estimate::of(&reference(&[("run.homes", "10000"), ("run.replications", "2")]), 1);
        let once =
            Estimate::of(&reference(&[("run.homes", "10000"), ("run.replications", "1")]), 1);
        assert!((twice.events / once.events - 2.0).abs() < 1e-9);
    }

    #[test]
    fn the_sample_is_the_world_when_it_is_small() {
        let loaded = reference(&[("run.homes", "300")]);
        let world = World::build(&loaded.scenario, &loaded.tables, 0);
        let viewings = Estimate::of(&loaded, 1).viewings;
        // History changes what is drawn for an evening, not how much.
        assert!((viewings / world.intents.len() as f64 - 1.0).abs() < 0.3, "{viewings}");
    }
}
