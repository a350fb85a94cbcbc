//! What a scenario means: everything that types cannot say. Tells all of it in one go.

mod arms;
mod channels;
mod connections;
mod content;
mod defaults;
mod devices;
mod events;
mod interconnects;
mod laws;
mod mesh;
mod networks;
mod player;
mod prices;
mod rules;
mod run;
mod schedulers;
mod sweep;
mod viewing;

pub(super) use content::{MOST_RUNG, MOST_SEGMENT, MOST_SEGMENTS};

use core::ops::Range;

use super::model::Scenario;
use super::problem::{Problem, Severity};
use super::resolve::ArmPlan;
use super::source::{Index, Source};
use super::tables::Tables;
use crate::units::{Share, Span};

/// Homes at most.
const MOST_HOMES: u32 = 20_000_000;
/// Shares may miss 1 by this much.
const TOLERANCE_PPM: u64 = 1_000;
/// Longest round trip that is believed.
const MOST_RTT: Span = Span::from_secs(10);
/// Longest time that is believed where days make sense.
const MOST_DAYS: Span = Span::from_secs(366 * 86_400);

/// Collects problems with their places.
pub(super) struct Checker<'a> {
    source: &'a Source,
    index: &'a Index,
    /// Values that could not be read, which has been told.
    unread: &'a [Range<usize>],
    /// Put before every path; what is not written out under it has been checked already.
    prefix: String,
    pub(super) found: Vec<Problem>,
    /// Takes what concerns a place that is checked elsewhere.
    elsewhere: Problem,
}

impl<'a> Checker<'a> {
    pub(super) fn new(source: &'a Source, index: &'a Index, unread: &'a [Range<usize>]) -> Self {
        let nowhere = super::problem::At::file("");
        Self {
            source,
            index,
            unread,
            prefix: String::new(),
            found: Vec::new(),
            elsewhere: Problem::error("", nowhere, ""),
        }
    }

    /// Whether the file or a `--set` names this path.
    pub(super) fn has(&self, path: &str) -> bool {
        self.index.has(path)
    }

    /// An error at the value of `path`.
    pub(super) fn error(
        &mut self,
        code: &'static str,
        path: &str,
        message: impl Into<String>,
        label: impl Into<String>,
    ) -> &mut Problem {
        let path = format!("{}{path}", self.prefix);
        if !self.prefix.is_empty() && !self.index.has(&path) {
            return &mut self.elsewhere;
        }
        let span = self.index.value_of(&path);
        let told = |unread: &Range<usize>| span.start <= unread.start && unread.end <= span.end;
        if self.unread.iter().any(told) {
            return &mut self.elsewhere;
        }
        let at = self.source.at(&span);
        self.push(Problem::error(code, at, message).label(label))
    }

    /// An error at the key of `path`.
    pub(super) fn key_error(
        &mut self,
        code: &'static str,
        path: &str,
        message: impl Into<String>,
        label: impl Into<String>,
    ) -> &mut Problem {
        let at = self.source.at(&self.index.key_of(path));
        self.push(Problem::error(code, at, message).label(label))
    }

    /// A warning at the value of `path`.
    pub(super) fn warn(
        &mut self,
        code: &'static str,
        path: &str,
        message: impl Into<String>,
        label: impl Into<String>,
    ) -> &mut Problem {
        let problem = self.error(code, path, message, label);
        problem.severity = Severity::Warning;
        problem
    }

    fn push(&mut self, problem: Problem) -> &mut Problem {
        self.found.push(problem);
        self.found.last_mut().expect("invariant: just pushed")
    }

    /// Runs `check` on what the arm `name` sets.
    fn within(&mut self, name: &str, check: impl FnOnce(&mut Self)) {
        self.prefix = format!("arm.{name}.set.");
        check(self);
        self.prefix.clear();
    }

    /// That `value` is finite and within `least` to `most`.
    fn number(&mut self, path: &str, value: f64, least: f64, most: f64) -> bool {
        let fits = value >= least && value <= most;
        if !fits {
            let message = format!("{value} is not between {least} and {most}");
            self.error("S0212", path, message, "out of range").help = defaults::help(path);
        }
        fits
    }

    /// That `value` is within `least` to `most`.
    fn count(&mut self, path: &str, value: u64, least: u64, most: u64) -> bool {
        let fits = value >= least && value <= most;
        if !fits {
            let message = format!("{value} is not between {least} and {most}");
            self.error("S0202", path, message, "out of range").help = defaults::help(path);
        }
        fits
    }

    /// That `value` is above zero and at most `most`.
    fn span(&mut self, path: &str, value: Span, most: Span) -> bool {
        if value == Span::ZERO {
            let message = "a time of zero makes no sense here";
            self.error("S0211", path, message, "must be longer").help = defaults::help(path);
        } else if value > most {
            let message = format!("{value} is longer than {most}, the most that makes sense here");
            self.error("S0211", path, message, "too long").help =
                Some("check the unit: d, h, min, s, ms, us, ns".to_owned());
        }
        value > Span::ZERO && value <= most
    }

    /// That shares add up to 1.
    fn whole(&mut self, path: &str, what: &str, shares: impl Iterator<Item = Share>) {
        let total: u64 = shares.map(|share| u64::from(share.ppm())).sum();
        let miss = total.abs_diff(1_000_000);
        if miss > TOLERANCE_PPM {
            let sum = total as f64 / 1e6;
            let way = if total > 1_000_000 { "much" } else { "little" };
            let message = format!("{what} add up to {sum}, {} too {way}", miss as f64 / 1e6);
            self.error("S0204", path, message, "must add up to 1");
        }
    }
}

/// Checks everything but the CSV tables' own content.
pub(super) fn check(scenario: &Scenario, tables: &Tables, plans: &[ArmPlan], c: &mut Checker<'_>) {
    run::check(scenario, c);
    networks::check(scenario, c);
    connections::check(scenario, c);
    devices::check(scenario, plans, c);
    viewing::check(scenario, c);
    channels::check(scenario, plans, c);
    player::check(scenario, plans, c);
    content::check(scenario, tables, c);
    events::check(scenario, c);
    prices::check(scenario, plans, c);
    arms::check(scenario, c);
    sweep::check(scenario, c);
    devices::uplink(scenario, tables, c);
}

/// That `key` is given when no CSV table replaces it, and not given when one does.
fn once(key: &str, table: &str, replaced: bool, c: &mut Checker<'_>) {
    match (replaced, c.has(key)) {
        (true, true) => {
            let message = format!("`{key}` is given twice: here and by `csv.{table}`");
            c.key_error("S0216", key, message, "take one of them out");
        }
        (false, false) => {
            let message = format!("`{key}` is not given");
            let label = format!("needs `{key}`, or a table `csv.{table}` in its place");
            c.key_error("S0216", key, message, label);
        }
        _ => {}
    }
}
