//! Arms.

use super::{Checker, schedulers};
use crate::scenario::model::Scenario;

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
        schedulers::check(&format!("arm.{name}.scheduler"), &arm.scheduler, c);
    }
}
