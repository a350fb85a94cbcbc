//! Arms and the parameters of their schedulers.

use super::Checker;
use crate::peer::scheduler::{CdnOnly, Hybrid, Oracle, Scheduler};
use crate::scenario::model::Scenario;
use crate::units::Span;

pub(super) fn check(scenario: &Scenario, c: &mut Checker<'_>) {
    let baselines: Vec<&String> =
        scenario.arm.iter().filter(|(_, arm)| arm.baseline).map(|(name, _)| name).collect();
    match baselines[..] {
        [] => {
            let message = "no arm is the baseline";
            c.error("S0213", "arm", message, "one needs `baseline = true`");
        }
        [_] => {}
        [first, ref others @ ..] => {
            for name in others {
                let message = format!("`{name}` and `{first}` are both the baseline");
                let path = format!("arm.{name}.baseline");
                c.error("S0213", &path, message, "only one arm can be");
            }
        }
    }
    for (name, arm) in &scenario.arm {
        // A name becomes part of file names and table cells.
        let plain = |ch: char| ch.is_ascii_alphanumeric() || "-_.".contains(ch);
        if name.is_empty() || !name.chars().all(plain) {
            let message = format!("`{name}` is not a name for an arm");
            let label = "letters, digits, `-`, `_` and `.`";
            c.key_error("S0202", &format!("arm.{name}"), message, label);
        }
        let path = format!("arm.{name}.scheduler.{}", arm.scheduler.name());
        scheduler(&path, &arm.scheduler, c);
    }
}

fn scheduler(path: &str, scheduler: &Scheduler, c: &mut Checker<'_>) {
    match *scheduler {
        Scheduler::CdnOnly(CdnOnly {
            ahead,
            http_parallel,
            http_idle,
            retries,
            failure_memory,
        }) => {
            windows(path, &[("ahead", ahead)], c);
            counts(path, &[("http_parallel", http_parallel)], c);
            idle(path, &[("http_idle", http_idle)], c);
            failures(path, retries, failure_memory, c);
        }
        Scheduler::Hybrid(Hybrid {
            high_demand,
            http_window,
            p2p_window,
            http_parallel,
            p2p_parallel,
            http_idle,
            p2p_idle,
            retries,
            failure_memory,
        }) => {
            let spans = [
                ("high_demand", high_demand),
                ("http_window", http_window),
                ("p2p_window", p2p_window),
            ];
            windows(path, &spans, c);
            counts(path, &[("http_parallel", http_parallel), ("p2p_parallel", p2p_parallel)], c);
            idle(path, &[("http_idle", http_idle), ("p2p_idle", p2p_idle)], c);
            failures(path, retries, failure_memory, c);
        }
        Scheduler::Oracle(Oracle {
            ahead,
            high_demand,
            http_parallel,
            p2p_parallel,
            http_idle,
            p2p_idle,
        }) => {
            windows(path, &[("ahead", ahead), ("high_demand", high_demand)], c);
            counts(path, &[("http_parallel", http_parallel), ("p2p_parallel", p2p_parallel)], c);
            idle(path, &[("http_idle", http_idle), ("p2p_idle", p2p_idle)], c);
        }
    }
}

fn windows(path: &str, spans: &[(&str, Span)], c: &mut Checker<'_>) {
    for (key, span) in spans {
        if *span == Span::ZERO || *span > Span::DAY {
            let message = format!("a window of {span} makes no sense");
            c.error("S0215", &format!("{path}.{key}"), message, "above zero, at most 1 d");
        }
    }
}

fn counts(path: &str, counts: &[(&str, u32)], c: &mut Checker<'_>) {
    for (key, count) in counts {
        if *count == 0 || *count > 1_000 {
            let message = format!("{count} transfers at once make no sense");
            c.error("S0215", &format!("{path}.{key}"), message, "1 to 1,000");
        }
    }
}

fn idle(path: &str, spans: &[(&str, Span)], c: &mut Checker<'_>) {
    for (key, span) in spans {
        if *span < Span::from_millis(1) || *span > Span::from_secs(3600) {
            let message = format!("giving up after {span} without a byte makes no sense");
            c.error("S0215", &format!("{path}.{key}"), message, "1 ms to 1 h");
        }
    }
}

fn failures(path: &str, retries: u32, memory: Span, c: &mut Checker<'_>) {
    if retries > 1_000 {
        let message = format!("{retries} retries make no sense");
        c.error("S0215", &format!("{path}.retries"), message, "at most 1,000");
    }
    if memory > Span::DAY {
        let message = format!("remembering a failure for {memory} makes no sense");
        c.error("S0215", &format!("{path}.failure_memory"), message, "at most 1 d");
    }
}
