//! What is varied. How many points a grid may have is for who plays it.

use super::Checker;
use crate::scenario::model::Scenario;
use crate::scenario::sweep::{MOST_POINTS, axes};

/// That every axis has levels, and each level sets something.
pub(super) fn check(scenario: &Scenario, c: &mut Checker<'_>) {
    let axes = axes(scenario);
    for axis in &axes {
        let path = format!("sweep.{}", axis.name);
        c.count(&path, axis.levels.len() as u64, 1, MOST_POINTS as u64);
        for (at, level) in axis.levels.iter().enumerate() {
            let path = format!("{path}.{at}");
            if level.sets.is_empty() {
                let label = "write { name = \"…\", set = { \"a.key\" = … } }";
                c.error("S0222", &path, "a level that sets nothing", label);
            }
            for (key, _) in &level.sets {
                let family = key.split('.').next().unwrap_or_default();
                if family == "sweep" || family == "schema" {
                    let message = format!("`{key}` cannot be varied");
                    c.error("S0222", &path, message, "not a key of what is played");
                }
            }
        }
    }
}
