//! Parameters of schedulers and their rules: a parameter means the same wherever it occurs, so its
//! limits go by its name.

use core::str::FromStr;

use toml::Value;

use super::Checker;
use crate::peer::Slot;
use crate::peer::scheduler::Scheduler;
use crate::units::{BitRate, Bytes, Span};

/// What a parameter may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Limit {
    /// A stretch ahead of the play position: above zero, at most a day.
    Window,
    /// The same, or nothing at all.
    Stretch,
    /// Transfers at once: 1 to 1,000.
    Parallel,
    /// How often or how much: 1 to 1,000.
    Times,
    /// The same, or 0.
    Retries,
    /// Silence after which a transfer is given up: 1 ms to 1 h.
    Silence,
    /// How long something is remembered: at most a day.
    Memory,
    /// Time between decisions: 1 s to a day.
    Round,
    /// A rate above zero.
    Rate,
    /// Bytes of a piece: 1 kB at least.
    Amount,
    /// Whatever its type can be.
    Any,
}

/// By name of the parameter; `None` for what is not known.
fn limit(key: &str) -> Option<Limit> {
    Some(match key {
        "ahead" | "high_demand" | "http_window" | "p2p_window" | "window" | "most" | "least"
        | "head" | "throttle" | "high" | "panic_until" => Limit::Window,
        "below" | "until" | "panic_below" | "grace" | "reserve" | "ramp" | "critical"
        | "peers_before" | "cdn_before" | "soon" | "hold" | "queue" | "queue_cap" => Limit::Stretch,
        "http_parallel" | "p2p_parallel" | "slots" | "count" | "fewest" => Limit::Parallel,
        "copies" | "patient" | "idle" | "faster" | "quota" | "loss" | "ban" => Limit::Times,
        "round" | "optimistic" | "period" => Limit::Round,
        "retries" | "deviations" | "mid" | "gain" | "cap" => Limit::Retries,
        "http_idle" | "p2p_idle" => Limit::Silence,
        "failure_memory" => Limit::Memory,
        "slow" => Limit::Rate,
        "size" | "piece" => Limit::Amount,
        "first" | "from" | "to" | "ranked" | "drop_slowest" | "ties_by_chance" | "stop_uploads" => {
            Limit::Any
        }
        _ => return None,
    })
}

/// Checks all parameters of `scheduler`, which stands at `path`.
pub(super) fn check(path: &str, scheduler: &Scheduler, c: &mut Checker<'_>) {
    let written = Value::try_from(scheduler).expect("invariant: whatever was read can be written");
    each(path, &written, &mut |path, key, value| parameter(path, key, value, c));
    super::rules::check(path, scheduler, c);
}

/// Calls `see` with path, key and value of every parameter.
fn each(path: &str, value: &Value, see: &mut dyn FnMut(&str, &str, &Value)) {
    match value {
        Value::Table(table) => {
            for (key, value) in table {
                let path = format!("{path}.{key}");
                match value {
                    Value::Table(_) | Value::Array(_) => each(&path, value, see),
                    _ => see(&path, key, value),
                }
            }
        }
        Value::Array(list) => {
            for (at, value) in list.iter().enumerate() {
                each(&format!("{path}.{at}"), value, see);
            }
        }
        _ => {}
    }
}

fn read<T: FromStr>(value: &Value) -> Option<T> {
    value.as_str().and_then(|text| text.parse().ok())
}

fn parameter(path: &str, key: &str, value: &Value, c: &mut Checker<'_>) {
    let span: Option<Span> = read(value);
    let count = value.as_integer();
    let (wrong, label) = match (limit(key), span, count) {
        (Some(Limit::Window), Some(span), _) if span == Span::ZERO || span > Span::DAY => {
            (format!("a window of {span} makes no sense"), "above zero, at most 1 d")
        }
        (Some(Limit::Stretch), Some(span), _) if span > Span::DAY => {
            (format!("a time of {span} makes no sense"), "at most 1 d")
        }
        (Some(Limit::Parallel), _, Some(count)) if !(1..=1_000).contains(&count) => {
            (format!("{count} transfers at once make no sense"), "1 to 1,000")
        }
        (Some(Limit::Times), _, Some(count)) if !(1..=1_000).contains(&count) => {
            (format!("{count} times make no sense"), "1 to 1,000")
        }
        (Some(Limit::Retries), _, Some(count)) if count > 1_000 => {
            (format!("{count} {key} make no sense"), "at most 1,000")
        }
        (Some(Limit::Silence), Some(span), _)
            if span < Span::from_millis(1) || span > Span::from_secs(3600) =>
        {
            (format!("giving up after {span} without a byte makes no sense"), "1 ms to 1 h")
        }
        (Some(Limit::Round), Some(span), _) if span < Span::from_secs(1) || span > Span::DAY => {
            (format!("decisions every {span} make no sense"), "1 s to 1 d")
        }
        (Some(Limit::Memory), Some(span), _) if span > Span::DAY => {
            (format!("remembering a failure for {span} makes no sense"), "at most 1 d")
        }
        (Some(Limit::Rate), ..) if read::<BitRate>(value) == Some(BitRate::ZERO) => {
            ("a rate of nothing makes no sense".to_owned(), "above zero")
        }
        (Some(Limit::Amount), ..) if read::<Bytes>(value).is_some_and(|size| size.0 < 1_000) => {
            (format!("pieces of {} make no sense", value.as_str().unwrap_or("")), "1 kB or more")
        }
        (Some(Limit::Parallel), _, Some(count))
            if key.ends_with("_parallel") && count > Slot::COUNT as i64 =>
        {
            let message = format!("`{key}` above {} has no effect", Slot::COUNT);
            c.warn("S0408", path, message, "more than a viewer has transfers at once");
            return;
        }
        _ => return,
    };
    c.error("S0215", path, wrong, label).help = super::defaults::help(path);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::peer::scheduler::late::Late;
    use crate::peer::scheduler::neighbours::NeighbourChoice;
    use crate::peer::scheduler::per_peer::PerPeer;
    use crate::peer::scheduler::prefetch::Prefetch;
    use crate::peer::scheduler::segment::SegmentChoice;
    use crate::peer::scheduler::server::Gate;
    use crate::peer::scheduler::source::SourceChoice;
    use crate::peer::scheduler::trust::Trust;
    use crate::peer::upload::UploadChoice;

    #[test]
    fn every_parameter_of_every_rule_has_limits_of_its_type() {
        let mut seen = Vec::new();
        let mut look = |value: Result<Value, _>| {
            let value = value.expect("it can be written");
            each("", &value, &mut |path, key, value| {
                let fits = match limit(key) {
                    Some(Limit::Parallel | Limit::Times | Limit::Retries) => value.is_integer(),
                    Some(Limit::Rate) => read::<BitRate>(value).is_some(),
                    Some(Limit::Amount) => read::<Bytes>(value).is_some(),
                    Some(Limit::Any) => true,
                    Some(_) => read::<Span>(value).is_some(),
                    None => false,
                };
                assert!(fits, "{path} = {value} has no limits of its type");
                seen.push(path.to_owned());
            });
        };
        Scheduler::all().for_each(|own| look(Value::try_from(own)));
        SegmentChoice::all().for_each(|own| look(Value::try_from(own)));
        SourceChoice::all().for_each(|own| look(Value::try_from(own)));
        Gate::all().for_each(|own| look(Value::try_from(own)));
        Late::all().for_each(|own| look(Value::try_from(own)));
        Prefetch::all().for_each(|own| look(Value::try_from(own)));
        PerPeer::all().for_each(|own| look(Value::try_from(own)));
        UploadChoice::all().for_each(|own| look(Value::try_from(own)));
        NeighbourChoice::all().for_each(|own| look(Value::try_from(own)));
        Trust::all().for_each(|own| look(Value::try_from(own)));
        assert!(seen.len() > 60, "{seen:?}");
    }
}
