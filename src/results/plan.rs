//! What is to be played: scenarios, arms and replications, with the key of each unit of work.
//!
//! Everything that the tables need beside what the units leave, so that parts can be put together
//! without the scenario's files.

use std::path::Path;

use serde::{Deserialize, Serialize};

use super::units::{Keys, UnitKey, Units};
use super::{Experiment, RESULTS_VERSION, Run, Setting};
use crate::scenario::Loaded;

/// All units of a run or a sweep.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
pub struct Plan {
    /// Version of the numbers.
    pub results_version: u32,
    /// Version of the program.
    pub program_version: String,
    /// The scenario file as it was given.
    pub scenario_text: String,
    /// Whether there is a row for every home.
    pub per_home: bool,
    /// What is swept, in order; nothing for a run.
    pub axes: Vec<String>,
    /// The scenarios: one for a run, else one for each point of the grid.
    pub points: Vec<Point>,
}

/// A scenario of a plan.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
pub struct Point {
    /// For each axis the level.
    pub levels: Vec<String>,
    /// What is run.
    pub setting: Setting,
    /// The scenario with every default and override filled in.
    pub resolved_text: String,
    /// By arm as in the setting, then replication.
    pub units: Vec<UnitKey>,
}

impl Plan {
    /// Name of its file.
    pub const FILE: &'static str = "plan.json";

    /// Plays each of `points` (levels, scenario) in the arms with these names.
    pub fn new(
        axes: Vec<String>,
        points: &[(Vec<String>, &Loaded)],
        arms: &[String],
        per_home: bool,
    ) -> Self {
        let point = |(levels, loaded): &(Vec<String>, &Loaded)| {
            let setting = Setting::new(&loaded.scenario, arms.to_vec());
            let keys = Keys::new(loaded);
            let of_arm = |arm| keys.of(arm, setting.replications, per_home);
            Point {
                levels: levels.clone(),
                resolved_text: loaded.resolved(),
                units: arms.iter().flat_map(|arm| of_arm(arm)).collect(),
                setting,
            }
        };
        Self {
            results_version: RESULTS_VERSION,
            program_version: env!("CARGO_PKG_VERSION").to_owned(),
            scenario_text: points.first().map_or_else(String::new, |(_, first)| first.text.clone()),
            per_home,
            axes,
            points: points.iter().map(point).collect(),
        }
    }

    /// The plan of the folder `dir`, if it has one.
    pub fn read(dir: &Path) -> Option<Self> {
        let text = std::fs::read_to_string(dir.join(Self::FILE)).ok()?;
        serde_json::from_str(&text).ok()
    }

    /// All units, with point, arm and replication of each: replication by replication, the baseline
    /// last, as it is mostly the shortest, and short ones at the end leave no thread waiting.
    pub fn units(&self) -> Vec<(&UnitKey, usize, usize, u32)> {
        let of_point = |(at, point): (usize, &'_ Point)| {
            let (arms, reps) = (point.setting.arms.len(), point.setting.replications);
            let of = move |replication: u32| (0..arms).rev().map(move |arm| (at, arm, replication));
            (0..reps).flat_map(of).collect::<Vec<_>>()
        };
        let places = self.points.iter().enumerate().flat_map(of_point);
        let key = |(at, arm, replication): (usize, usize, u32)| {
            let reps = self.points[at].setting.replications;
            let key = &self.points[at].units[arm * reps as usize + replication as usize];
            (key, at, arm, replication)
        };
        places.map(key).collect()
    }

    /// Point `at` with what its units left; nothing when one is missing.
    pub fn experiment(&self, at: usize, units: &Units) -> Option<Experiment> {
        let point = &self.points[at];
        let reps = point.setting.replications;
        let run = |(place, key): (usize, &UnitKey)| {
            let (arm, replication) = (place / reps as usize, (place % reps as usize) as u32);
            let tables = units.get(key)?;
            Some(Run { arm: point.setting.arms[arm].clone(), replication, tables })
        };
        let runs: Option<Vec<Run>> = point.units.iter().enumerate().map(run).collect();
        Some(Experiment {
            setting: point.setting.clone(),
            scenario_text: self.scenario_text.clone(),
            resolved_text: point.resolved_text.clone(),
            runs: runs?,
        })
    }
}
