//! `[run]`, `[report]` and `schema`.

use super::{Checker, MOST_DAYS, MOST_HOMES};
use crate::scenario::metric::METRICS;
use crate::scenario::model::{Run, Scenario, Window};
use crate::scenario::problem::suggest;
use crate::units::{Share, Span};

/// Bins of `series.csv` at most.
const MOST_BINS: u64 = 1_000_000;

pub(super) fn check(scenario: &Scenario, c: &mut Checker<'_>) {
    if scenario.schema != 1 {
        let message = format!("schema {} is not known to this program", scenario.schema);
        c.error("S0201", "schema", message, "this program reads schema 1");
    }
    let run = &scenario.run;
    homes(scenario, c);
    c.count("run.replications", u64::from(run.replications), 1, 100_000);
    // TOML has no larger integers, and the resolved file must hold it.
    c.count("run.seed", run.seed, 0, i64::MAX.unsigned_abs());
    if (1..5).contains(&run.replications) {
        let message = match run.replications {
            1 => "one replication gives no interval".to_owned(),
            count => format!("{count} replications give no meaningful interval"),
        };
        c.warn("S0401", "run.replications", message, "5 or more");
    }
    if run.history > MOST_DAYS {
        c.span("run.history", run.history, MOST_DAYS);
    }
    if !sure(scenario.report.confidence) {
        let message = format!("a confidence of {} makes no interval", scenario.report.confidence);
        c.error("S0212", "report.confidence", message, "above 0.5 and below 1, such as 0.95");
    }
    metrics(scenario, c);
    times(run, c);
}

/// That what `[report]` says of metrics makes sense.
fn metrics(scenario: &Scenario, c: &mut Checker<'_>) {
    for (name, most) in &scenario.report.negligible {
        let path = format!("report.negligible.{name}");
        known(name, &path, c);
        c.number(&path, *most, 0.0, 1e300);
    }
    for (at, expect) in scenario.report.expect.iter().enumerate() {
        let path = |key: &str| format!("report.expect.{at}.{key}");
        known(&expect.metric, &path("metric"), c);
        if !scenario.arm.contains_key(&expect.arm) {
            let message = format!("there is no arm `{}`", expect.arm);
            let help = suggest(&expect.arm, "defined", scenario.arm.keys().map(String::as_str));
            c.error("S0205", &path("arm"), message, "not defined").help = help;
        }
        let bounds = [("at_most", expect.at_most), ("at_least", expect.at_least)];
        for (key, bound) in bounds {
            if let Some(bound) = bound {
                c.number(&path(key), bound, -1e300, 1e300);
            }
        }
        if bounds.iter().filter(|(_, bound)| bound.is_some()).count() != 1 {
            let whole = format!("report.expect.{at}");
            let message = "an expectation has one bound";
            c.error("S0223", &whole, message, "either `at_most` or `at_least`");
        }
        if expect.confidence.is_some_and(|share| !sure(share)) {
            let message = "a confidence that makes no interval";
            c.error("S0212", &path("confidence"), message, "above 0.5 and below 1, such as 0.95");
        }
    }
}

/// That there is such a metric.
fn known(name: &str, path: &str, c: &mut Checker<'_>) {
    let mut names = METRICS.iter().map(|metric| metric.name);
    if !names.any(|known| known == name) {
        let message = format!("there is no metric `{name}`");
        let names = METRICS.iter().map(|metric| metric.name);
        let help = suggest(name, "known", names);
        c.error("S0205", path, message, "`offpeak list metrics` names all").help = help;
    }
}

/// Whether this is a confidence.
fn sure(share: Share) -> bool {
    (500_001..1_000_000).contains(&share.ppm())
}

fn homes(scenario: &Scenario, c: &mut Checker<'_>) {
    let table = scenario.csv.as_ref().is_some_and(|csv| csv.sessions.is_some());
    if !table && !c.has("run.homes") {
        let message = "the key `homes` is missing";
        c.error("S0104", "run", message, "needs `homes`, or a table `csv.sessions` in its place");
    } else if c.has("run.homes") {
        c.count("run.homes", u64::from(scenario.run.homes), 1, u64::from(MOST_HOMES));
    }
}

fn times(run: &Run, c: &mut Checker<'_>) {
    if run.start.0 >= Span::DAY {
        c.error("S0203", "run.start", "the day ends at 24:00", "write 00:00");
    }
    let fits = c.span("run.length", run.length, MOST_DAYS);
    if run.warm_up > MOST_DAYS {
        c.span("run.warm_up", run.warm_up, MOST_DAYS);
        return;
    }
    if run.warm_up < Span::from_secs(600) {
        let message = format!("a warm-up of {} starts with an empty network", run.warm_up);
        c.warn("S0402", "run.warm_up", message, "10 min or more");
    }
    if !fits {
        return;
    }
    if run.length < run.warm_up {
        let message = format!(
            "the measured time of {} is shorter than the warm-up of {}",
            run.length, run.warm_up
        );
        c.error("S0203", "run.length", message, "at least as long as `run.warm_up`");
    }
    bins(run, c);
    peak(run, c);
}

fn bins(run: &Run, c: &mut Checker<'_>) {
    if !c.span("run.bin", run.bin, run.length) {
        return;
    }
    for (name, span) in [("warm_up", run.warm_up), ("length", run.length)] {
        if !span.0.is_multiple_of(run.bin.0) {
            let message = format!("a bin of {} does not divide {name}, {span}", run.bin);
            c.error("S0203", "run.bin", message, "must divide warm_up and length");
        }
    }
    if run.length.0 / run.bin.0 > MOST_BINS {
        let message = format!("{} bins are too many", run.length.0 / run.bin.0);
        c.error("S0203", "run.bin", message, format!("at most {MOST_BINS} bins"));
    }
}

/// That the window lies within the measured time on some day.
fn peak(run: &Run, c: &mut Checker<'_>) {
    if !rises("run.peak", &run.peak, c) {
        return;
    }
    let begin = run.start.0 + run.warm_up;
    let end = begin + run.length;
    let first = begin.0 / Span::DAY.0;
    let inside = (first..=first + 1).any(|day| {
        let midnight = Span::DAY.times(day);
        run.peak.from.0 + midnight >= begin && run.peak.to.0 + midnight <= end
    });
    if !inside {
        let clock = |span: Span| crate::units::TimeOfDay(Span(span.0 % Span::DAY.0));
        let message = format!(
            "the peak, {} to {}, is not within the measured time, {} to {} ({})",
            run.peak.from,
            run.peak.to,
            clock(begin),
            clock(end),
            run.length
        );
        let help = "measured is `length` from `start` + `warm_up`; it may pass midnight";
        c.error("S0203", "run.peak", message, "outside").help = Some(help.to_owned());
    }
}

/// That a window ends after it begins.
pub(super) fn rises(path: &str, window: &Window, c: &mut Checker<'_>) -> bool {
    let rises = window.from < window.to;
    if !rises {
        let message = format!("the window from {} to {} is empty", window.from, window.to);
        c.error("S0203", path, message, "`to` comes after `from` on the same day");
    }
    rises
}
