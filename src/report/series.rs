//! `series.csv` as columns over the bins.

use std::collections::BTreeMap;

use crate::results::Results;

/// The bins of the measured time.
pub(super) struct Bins {
    /// Begin of the first, seconds since midnight of the first day.
    pub(super) from: u64,
    /// Width in seconds.
    pub(super) width: u64,
    /// How many.
    pub(super) count: usize,
}

impl Bins {
    /// As the manifest says; no bins when it is damaged.
    pub(super) fn of(results: &Results) -> Self {
        let setting = &results.manifest.setting;
        let [from, to] = setting.measured_t_s;
        let width = setting.bin_s.max(1);
        // A year of minutes: more is no picture.
        let count = to.saturating_sub(from).div_ceil(width).min(600_000);
        Self { from, width, count: usize::try_from(count).unwrap_or(0) }
    }

    /// At most `most` bins for the same time, each of so many of these.
    pub(super) fn thinned(&self, most: usize) -> (Self, usize) {
        let group = self.count.div_ceil(most.max(1)).max(1);
        let width = self.width.saturating_mul(group as u64);
        (Self { from: self.from, width, count: self.count.div_ceil(group) }, group)
    }

    /// Values of `metric` in `arm`, by replication; 0 where no row is.
    pub(super) fn column(
        &self,
        results: &Results,
        arm: &str,
        metric: &str,
    ) -> BTreeMap<u32, Vec<f64>> {
        let mut columns: BTreeMap<u32, Vec<f64>> = BTreeMap::new();
        for of in results.series.iter().filter(|of| of.row.metric == metric && of.arm == arm) {
            let row = &of.row;
            let column = columns.entry(of.replication).or_insert_with(|| vec![0.0; self.count]);
            let bin = row.t_s.checked_sub(self.from).map(|t| t / self.width);
            let bin = bin.and_then(|bin| usize::try_from(bin).ok());
            if let (Some(bin), Some(value)) = (bin, row.value)
                && let Some(cell) = column.get_mut(bin)
            {
                *cell = value;
            }
        }
        columns
    }

    /// Mean over replications of `metric` in `arm`.
    pub(super) fn mean(&self, results: &Results, arm: &str, metric: &str) -> Vec<f64> {
        let columns = self.column(results, arm, metric);
        let mut mean = vec![0.0; self.count];
        for column in columns.values() {
            for (sum, value) in mean.iter_mut().zip(column) {
                *sum += value / columns.len() as f64;
            }
        }
        mean
    }

    /// Seconds since midnight of the first day at the middle of `bin`.
    pub(super) fn middle(&self, bin: usize) -> f64 {
        self.from as f64 + (bin as f64 + 0.5) * self.width as f64
    }
}

/// Means of `group` values each.
pub(super) fn means(values: &[f64], group: usize) -> Vec<f64> {
    let mean = |part: &[f64]| part.iter().sum::<f64>() / part.len() as f64;
    values.chunks(group.max(1)).map(mean).collect()
}

/// A length of time in words: 5 min, 90 s.
pub(super) fn span(seconds: u64) -> String {
    match seconds {
        s if s > 0 && s.is_multiple_of(3_600) => format!("{} h", s / 3_600),
        s if s > 0 && s.is_multiple_of(60) => format!("{} min", s / 60),
        s => format!("{s} s"),
    }
}
