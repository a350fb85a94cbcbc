//! What a sweep found: every metric at every point, and which axis moves it most.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::comparison::Verdict;
use super::folder::{Folder, FolderError};
use super::rows::Row;
use super::write::table;
use super::{Plan, Results};
use crate::metrics::tables::{Name, Window, finite, number};
use crate::scenario::sweep::AS_GIVEN;

/// A row of `points.csv`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct PointRow {
    /// Name of the point, and of its folder below `points/`.
    pub point: String,
    /// What is varied.
    pub axis: String,
    /// The value, or `=`: as in the file.
    pub level: String,
}

/// A row of `sweep.csv`.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
pub struct SweepRow {
    /// Name of the point.
    pub point: String,
    /// Name of the arm.
    pub arm: String,
    /// When.
    pub window: Window,
    /// What.
    pub metric: Name,
    /// Mean over replications.
    #[serde(with = "number")]
    pub mean: Option<f64>,
    /// Lower end of the interval of the mean.
    #[serde(with = "number")]
    pub ci_low: Option<f64>,
    /// Upper end of the interval of the mean.
    #[serde(with = "number")]
    pub ci_high: Option<f64>,
    /// Replications with a value.
    pub n: usize,
    /// Mean of the paired differences from the baseline at this point; empty for the baseline.
    #[serde(with = "number")]
    pub diff: Option<f64>,
    /// Lower end of the interval of `diff`.
    #[serde(with = "number")]
    pub diff_low: Option<f64>,
    /// Upper end of the interval of `diff`.
    #[serde(with = "number")]
    pub diff_high: Option<f64>,
    /// What follows; empty for the baseline.
    pub verdict: Option<Verdict>,
}

/// A row of `sensitivity.csv`.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
pub struct SensitivityRow {
    /// Name of the arm.
    pub arm: String,
    /// When.
    pub window: Window,
    /// What.
    pub metric: Name,
    /// 1 for the axis that moves this metric most.
    pub rank: usize,
    /// What is varied.
    pub axis: String,
    /// The level at which the metric is lowest.
    pub lowest_level: String,
    /// The metric there, mean over replications and the levels of other axes.
    #[serde(with = "number")]
    pub lowest: Option<f64>,
    /// The level at which it is highest.
    pub highest_level: String,
    /// The metric there.
    #[serde(with = "number")]
    pub highest: Option<f64>,
    /// Their difference.
    #[serde(with = "number")]
    pub spread: Option<f64>,
}

impl Row for PointRow {
    const FILE: &'static str = "points.csv";
    const COLUMNS: &'static str = "point,axis,level";
}

impl Row for SweepRow {
    const FILE: &'static str = "sweep.csv";
    const COLUMNS: &'static str =
        "point,arm,window,metric,mean,ci_low,ci_high,n,diff,diff_low,diff_high,verdict";
}

impl Row for SensitivityRow {
    const FILE: &'static str = "sensitivity.csv";
    const COLUMNS: &'static str =
        "arm,window,metric,rank,axis,lowest_level,lowest,highest_level,highest,spread";
}

/// `manifest.json` of a sweep: as that of a run.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
pub struct SweepManifest {
    /// Version of the numbers.
    pub results_version: u32,
    /// Version of the program.
    pub program_version: String,
    /// One line for plots and reports.
    pub title: String,
    /// What is varied.
    pub axes: Vec<String>,
    /// Points of the grid, each with a folder of its own.
    pub points: usize,
    /// Arms at every point.
    pub arms: Vec<String>,
    /// The arm the others are compared with.
    pub baseline: String,
    /// Replications of every arm.
    pub replications: u32,
    /// Confidence of intervals.
    pub confidence: f64,
    /// Chance entered only through this number.
    pub seed: u64,
    /// SHA-256 of every file that is the same on every platform, by its path.
    pub files: BTreeMap<String, String>,
}

/// Levels of an axis, each with points.
type Levels<'a> = Vec<(&'a str, Vec<&'a str>)>;

/// The tables of a sweep.
#[derive(Clone, Debug, PartialEq)]
pub struct Sweep {
    /// What they belong to.
    pub manifest: SweepManifest,
    /// Where each point is on each axis.
    pub points: Vec<PointRow>,
    /// Every metric at every point.
    pub rows: Vec<SweepRow>,
    /// Which axis moves what.
    pub sensitivity: Vec<SensitivityRow>,
}

/// Name of point `at` of `count`, such that names sort as points do.
pub fn point_name(at: usize, count: usize) -> String {
    let width = count.to_string().len();
    format!("{:0width$}", at + 1)
}

impl Sweep {
    /// Without points yet.
    pub fn new(plan: &Plan) -> Self {
        let first = &plan.points[0].setting;
        let mut points = Vec::new();
        for (at, point) in plan.points.iter().enumerate() {
            for (axis, level) in plan.axes.iter().zip(&point.levels) {
                let point = point_name(at, plan.points.len());
                points.push(PointRow { point, axis: axis.clone(), level: level.clone() });
            }
        }
        Self {
            manifest: SweepManifest {
                results_version: plan.results_version,
                program_version: plan.program_version.clone(),
                title: first.title.clone(),
                axes: plan.axes.clone(),
                points: plan.points.len(),
                arms: first.arms.clone(),
                baseline: first.baseline.clone(),
                replications: first.replications,
                confidence: first.confidence,
                seed: first.seed,
                files: BTreeMap::new(),
            },
            points,
            rows: Vec::new(),
            sensitivity: Vec::new(),
        }
    }

    /// Adds what `results` say of the point called `point`.
    pub fn add(&mut self, point: &str, results: &Results) {
        let mut seen = std::collections::BTreeSet::new();
        for of in &results.summary {
            let (window, metric) = (of.row.window, &of.row.metric);
            if !seen.insert((&of.arm, window, metric)) {
                continue;
            }
            let got = results.interval(&of.arm, window, metric);
            let compared = results
                .comparison
                .iter()
                .find(|row| row.arm == of.arm && row.window == window && row.metric == *metric);
            self.rows.push(SweepRow {
                point: point.to_owned(),
                arm: of.arm.clone(),
                window,
                metric: metric.clone(),
                mean: finite(got.mean),
                ci_low: finite(got.low),
                ci_high: finite(got.high),
                n: got.n,
                diff: compared.and_then(|row| row.diff),
                diff_low: compared.and_then(|row| row.ci_low),
                diff_high: compared.and_then(|row| row.ci_high),
                verdict: compared.map(|row| row.verdict),
            });
        }
    }

    /// Ranks the axes, when all points are there.
    pub fn rank(&mut self) {
        let points = self.by_axis();
        let mut cells: BTreeMap<(&str, Window, &str), BTreeMap<&str, f64>> = BTreeMap::new();
        let mut order = Vec::new();
        for row in &self.rows {
            let key = (&*row.arm, row.window, &*row.metric);
            let cell = cells.entry(key).or_insert_with(|| {
                order.push(key);
                BTreeMap::new()
            });
            if let Some(mean) = row.mean {
                cell.insert(&row.point, mean);
            }
        }
        let mut ranked = Vec::new();
        for key in order {
            let axes =
                points.iter().filter_map(|(axis, levels)| spread(axis, levels, &cells[&key]));
            let mut rows: Vec<SensitivityRow> = axes
                .map(|row| SensitivityRow {
                    arm: key.0.to_owned(),
                    window: key.1,
                    metric: key.2.to_owned().into(),
                    ..row
                })
                .collect();
            rows.sort_by(|a, b| b.spread.unwrap_or(0.0).total_cmp(&a.spread.unwrap_or(0.0)));
            rows.iter_mut().enumerate().for_each(|(at, row)| row.rank = at + 1);
            ranked.extend(rows);
        }
        self.sensitivity = ranked;
    }

    /// For each axis its levels, in order, each with the points that say something of it: all of a
    /// grid, and where axes were varied one at a time those that leave the others as given.
    fn by_axis(&self) -> Vec<(&str, Levels<'_>)> {
        let mut levels: BTreeMap<&str, BTreeMap<&str, &str>> = BTreeMap::new();
        let mut names: Vec<&str> = Vec::new();
        for row in &self.points {
            levels.entry(&row.point).or_default().insert(&row.axis, &row.level);
            if !names.contains(&&*row.axis) {
                names.push(&row.axis);
            }
        }
        let alone = self.points.iter().any(|row| row.level == AS_GIVEN);
        let of_axis = |axis: &&'_ str| {
            let mut found: Levels<'_> = Vec::new();
            for (point, at) in &levels {
                let others = at.iter().filter(|(other, _)| *other != axis);
                if alone && others.into_iter().any(|(_, level)| *level != AS_GIVEN) {
                    continue;
                }
                let level = at[axis];
                match found.iter_mut().find(|(known, _)| *known == level) {
                    Some((_, points)) => points.push(point),
                    None => found.push((level, vec![point])),
                }
            }
            found
        };
        names.iter().map(|axis| (*axis, of_axis(axis))).collect()
    }

    /// Writes the tables into `folder`.
    ///
    /// # Errors
    /// When the system refuses.
    pub fn write(&self, folder: &mut Folder) -> Result<(), FolderError> {
        for (name, text) in [table(&self.points), table(&self.rows), table(&self.sensitivity)] {
            folder.add(name, &text)?;
        }
        Ok(())
    }
}

/// How far an axis moves a metric whose means by point are `cells`.
fn spread(
    axis: &str,
    levels: &[(&str, Vec<&str>)],
    cells: &BTreeMap<&str, f64>,
) -> Option<SensitivityRow> {
    let mean = |points: &Vec<&str>| -> Option<f64> {
        let values: Vec<f64> =
            points.iter().filter_map(|point| cells.get(point).copied()).collect();
        finite(values.iter().sum::<f64>() / values.len() as f64)
    };
    let means: Vec<(&str, f64)> =
        levels.iter().filter_map(|(level, points)| Some((*level, mean(points)?))).collect();
    let lowest = means.iter().min_by(|a, b| a.1.total_cmp(&b.1))?;
    let highest = means.iter().max_by(|a, b| a.1.total_cmp(&b.1))?;
    Some(SensitivityRow {
        arm: String::new(),
        window: Window::All,
        metric: Name::default(),
        rank: 0,
        axis: axis.to_owned(),
        lowest_level: lowest.0.to_owned(),
        lowest: finite(lowest.1),
        highest_level: highest.0.to_owned(),
        highest: finite(highest.1),
        spread: finite(highest.1 - lowest.1),
    })
}
