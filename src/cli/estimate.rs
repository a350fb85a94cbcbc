//! What a scenario would cost, from its demand alone: nothing is drawn or played.

use std::fmt;

use super::output;
use crate::peer::scheduler::Scheduler;
use crate::scenario::model::{Curve, SpanLaw};
use crate::scenario::{Loaded, Scenario, Tables};
use crate::units::Span;

/// Events a thread handles in a second.
const EVENTS_PER_S: f64 = 500_000.0;
/// Memory of a home that does not watch, of a viewer on top, and of the program itself, in bytes.
const PER_HOME: f64 = 3_000.0;
const PER_VIEWER: f64 = 12_000.0;
const PROGRAM: f64 = 40e6;
/// Demand is summed in steps of this many seconds.
const STEP_S: u64 = 300;

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
        let length = viewing_s(scenario, &loaded.tables);
        let simulated = run.warm_up + run.length;
        let mut viewing_seconds = 0.0;
        let mut most: f64 = 0.0;
        let viewers = Viewers::new(scenario, &loaded.tables, length);
        let begin = run.start.0.as_secs_f64() as u64;
        let steps = (simulated.as_secs_f64() as u64).div_ceil(STEP_S);
        for step in 0..steps {
            let now = viewers.at((begin + step * STEP_S) % 86_400);
            viewing_seconds += now * STEP_S as f64;
            most = most.max(now);
        }
        let segments = viewing_seconds / scenario.video.segment.as_secs_f64().max(1e-3);
        let per_segment: f64 = loaded.arms.iter().map(|arm| events(&arm.scheduler)).sum();
        let replications = f64::from(run.replications);
        let events = segments * per_segment * replications;
        let runs = loaded.arms.len() * run.replications as usize;
        let at_once = threads.min(runs).max(1) as f64;
        Self {
            homes: run.homes,
            arms: loaded.arms.len(),
            replications: run.replications,
            simulated,
            viewings: viewing_seconds / length.max(1.0),
            viewers: most,
            events,
            bytes: PROGRAM + at_once * (f64::from(run.homes) * PER_HOME + most * PER_VIEWER),
            seconds: events / EVENTS_PER_S / at_once,
            threads,
        }
    }
}

/// Events for each segment watched: request, answer, end and, with peers, their announcements.
const fn events(scheduler: &Scheduler) -> f64 {
    match scheduler {
        Scheduler::CdnOnly(_) => 4.0,
        Scheduler::Hybrid(_) => 10.0,
        Scheduler::Oracle(_) => 6.0,
    }
}

/// Viewers over the day.
struct Viewers<'a> {
    scenario: &'a Scenario,
    tables: &'a Tables,
    /// Viewers for each unit of the starts curve.
    scale: f64,
}

impl<'a> Viewers<'a> {
    fn new(scenario: &'a Scenario, tables: &'a Tables, length_s: f64) -> Self {
        let steps = 86_400 / STEP_S;
        let day: f64 = (0..steps)
            .map(|step| height(&scenario.demand.starts, step * STEP_S) * STEP_S as f64)
            .sum();
        let starts = f64::from(scenario.run.homes) * scenario.demand.sessions_per_home_day;
        Self { scenario, tables, scale: if day > 0.0 { starts * length_s / day } else { 0.0 } }
    }

    /// Mean number at `t_s` seconds after midnight, by Little's law.
    fn at(&self, t_s: u64) -> f64 {
        let demand = &self.scenario.demand;
        if let (Some(rows), Some(share)) = (&self.tables.demand, demand.service_share) {
            let row = rows.get(t_s as usize / 600);
            let watching = row.map_or(0.0, |row| row.watching);
            return f64::from(self.scenario.run.homes) * watching * share.as_f64();
        }
        self.scale * height(&demand.starts, t_s)
    }
}

/// Mean viewing in seconds: how long people watch, at most a mean title.
fn viewing_s(scenario: &Scenario, tables: &Tables) -> f64 {
    let mean_of = |spans: &[Span]| {
        let sum: f64 = spans.iter().map(|span| span.as_secs_f64()).sum();
        sum / spans.len().max(1) as f64
    };
    let watching =
        tables.watching.as_deref().map_or_else(|| mean_s(&scenario.demand.length), mean_of);
    let runtime = tables.titles.as_deref().map_or_else(
        || mean_s(&scenario.catalogue.runtime),
        |titles| {
            let views: f64 = titles.iter().map(|title| title.views).sum();
            let hours = titles.iter().map(|title| title.views * title.runtime.as_secs_f64());
            hours.sum::<f64>() / views
        },
    );
    if runtime > 0.0 { watching.min(runtime) } else { watching }
}

fn mean_s(law: &SpanLaw) -> f64 {
    match law {
        SpanLaw::Constant(mean)
        | SpanLaw::Exponential { mean }
        | SpanLaw::Lognormal { mean, .. }
        | SpanLaw::Weibull { mean, .. } => mean.as_secs_f64(),
        SpanLaw::Quantiles(quantiles) => {
            let steps = quantiles.windows(2);
            let sum: f64 =
                steps.map(|pair| 0.5 * (pair[0].as_secs_f64() + pair[1].as_secs_f64())).sum();
            sum / quantiles.len().saturating_sub(1).max(1) as f64
        }
    }
}

/// Height of `curve` at `t_s`, on a day closed into a ring.
fn height(curve: &Curve, t_s: u64) -> f64 {
    let bump = |bump: &crate::scenario::model::Bump| {
        let apart = (t_s as f64 - bump.at.0.as_secs_f64()).abs();
        let apart = apart.min(86_400.0 - apart) / bump.width.as_secs_f64().max(1.0);
        bump.height * libm::exp(-0.5 * apart * apart)
    };
    curve.floor + curve.bumps.iter().map(bump).sum::<f64>()
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
    fn a_day_has_the_viewings_that_the_scenario_asks_for() {
        let loaded =
            reference(&[("run.homes", "10000"), ("run.warm_up", "0 s"), ("run.length", "24 h")]);
        let expected = 10_000.0 * loaded.scenario.demand.sessions_per_home_day;
        let got = Estimate::of(&loaded, 1).viewings;
        assert!((got / expected - 1.0).abs() < 1e-6, "{got} is not {expected}");
    }
}
