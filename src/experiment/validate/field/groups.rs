//! Numbers in groups: quantiles, and how much of a spread belongs to the group.

use std::collections::BTreeMap;

/// The value at `part` of sorted numbers, linear in between; NaN when there are none.
pub(super) fn quantile(sorted: &[f64], part: f64) -> f64 {
    crate::rng::quantile(sorted, part, |value| value)
        + if sorted.is_empty() { f64::NAN } else { 0.0 }
}

/// Sorted.
pub(super) fn sorted(values: impl Iterator<Item = f64>) -> Vec<f64> {
    let mut values: Vec<f64> = values.collect();
    values.sort_unstable_by(f64::total_cmp);
    values
}

pub(super) fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

/// Standard deviation around the mean.
pub(super) fn deviation(values: &[f64]) -> f64 {
    let mean = mean(values);
    let square: f64 = values.iter().map(|value| (value - mean) * (value - mean)).sum();
    libm::sqrt(square / values.len() as f64)
}

/// Part of the variance that lies between groups: the intraclass correlation of a one-way analysis of
/// variance with groups of unequal size.
pub(super) fn share_of_group(values: impl Iterator<Item = (u32, f64)>) -> f64 {
    let mut groups: BTreeMap<u32, (f64, f64, f64)> = BTreeMap::new();
    for (group, value) in values {
        let (count, sum, square) = groups.entry(group).or_default();
        (*count, *sum, *square) = (*count + 1.0, *sum + value, *square + value * value);
    }
    let count: f64 = groups.values().map(|group| group.0).sum();
    let mean = groups.values().map(|group| group.1).sum::<f64>() / count;
    let (mut between, mut within, mut squares) = (0.0, 0.0, 0.0);
    for (size, sum, square) in groups.values() {
        let off = sum / size - mean;
        between += size * off * off;
        within += square - sum * sum / size;
        squares += size * size;
    }
    let freedom = groups.len() as f64 - 1.0;
    let (between, within) = (between / freedom, within / (count - groups.len() as f64));
    let size = (count - squares / count) / freedom;
    (between - within) / (between + (size - 1.0) * within)
}

/// Slope of y over x within groups: both less their means in the group.
pub(super) fn slope_within(values: impl Iterator<Item = (u32, (f64, f64))>) -> f64 {
    let mut groups: BTreeMap<u32, Vec<(f64, f64)>> = BTreeMap::new();
    for (group, point) in values {
        groups.entry(group).or_default().push(point);
    }
    let (mut both, mut square) = (0.0, 0.0);
    for points in groups.values() {
        let count = points.len() as f64;
        let x = points.iter().map(|point| point.0).sum::<f64>() / count;
        let y = points.iter().map(|point| point.1).sum::<f64>() / count;
        for point in points {
            both += (point.0 - x) * (point.1 - y);
            square += (point.0 - x) * (point.0 - x);
        }
    }
    both / square
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::{Draw, Site};

    #[test]
    fn hand_cases() {
        assert!((quantile(&[1.0, 2.0, 4.0], 0.75) - 3.0).abs() < 1e-12);
        assert!(quantile(&[], 0.5).is_nan());
        assert!((deviation(&[1.0, 3.0]) - 1.0).abs() < 1e-12);
        // Two lines of slope 2, one far above the other.
        let points = [(0, (0.0, 0.0)), (0, (1.0, 2.0)), (1, (5.0, 90.0)), (1, (6.0, 92.0))];
        assert!((slope_within(points.into_iter()) - 2.0).abs() < 1e-12);
    }

    #[test]
    fn the_share_of_a_group_is_found() {
        let draw = Draw::new(4, 0);
        let value = |group: u32, at: u32| {
            let of_group = draw.at(Site::Experiment, 77, group).normal();
            let own = draw.at(Site::Experiment, 78, group * 100 + at).normal();
            (group, libm::sqrt(0.3) * of_group + libm::sqrt(0.7) * own)
        };
        let values =
            (0..2_000).flat_map(|group| (0..2 + group % 7).map(move |at| value(group, at)));
        let share = share_of_group(values);
        assert!((share - 0.3).abs() < 0.03, "{share}");
    }
}
