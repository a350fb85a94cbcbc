//! How values of metrics are written for people.

use super::axis::label;
use crate::results::catalogue::unit;

/// What a value is multiplied by to be shown, and the unit that it then has.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Quantity {
    pub(super) factor: f64,
    pub(super) unit: &'static str,
}

/// Parts of names of metrics that are ratios; others without a unit are counts.
const RATIOS: [&str; 9] = [
    "_share",
    "_ratio",
    "ratio_",
    "offload_",
    "attainable_",
    "upload_jain",
    "upload_gini",
    "share_of_",
    "p2p_share",
];

impl Quantity {
    /// Of `metric`: ratios in per cent, bytes in GB.
    pub(super) fn of(metric: &str) -> Self {
        let unit = unit(metric).unwrap_or("1");
        match unit {
            "1" if is_ratio(metric) => Self { factor: 100.0, unit: "%" },
            "B" => Self { factor: 1e-9, unit: "GB" },
            "1" => Self { factor: 1.0, unit: "" },
            unit => Self { factor: 1.0, unit },
        }
    }

    /// Of a difference of `metric`: ratios in percentage points.
    pub(super) fn difference(metric: &str) -> Self {
        match Self::of(metric) {
            Self { factor, unit: "%" } => Self { factor, unit: "percentage points" },
            other => other,
        }
    }
}

fn is_ratio(metric: &str) -> bool {
    RATIOS.iter().any(|part| metric.contains(part))
}

/// `text` of a number with its sign, a true minus.
pub(super) fn signed(text: &str) -> String {
    let nothing = text.bytes().all(|b| !b.is_ascii_digit() || b == b'0');
    match text.strip_prefix('-') {
        Some(rest) if nothing => rest.to_owned(),
        Some(rest) => format!("−{rest}"),
        None if nothing => text.to_owned(),
        None => format!("+{text}"),
    }
}

/// `value` with three digits that count, a true minus and no exponent; whole from 1,000 on.
pub(super) fn short(value: f64) -> String {
    if !value.is_finite() {
        return "–".to_owned();
    }
    let size = value.abs();
    let mut step = 1e-6;
    while step < 1.0 && size >= step * 999.5 {
        step *= 10.0;
    }
    let text = label(value, step);
    let text = match text.split_once('.') {
        Some((_, _)) if size < 1e-6 => "0".to_owned(),
        _ => text,
    };
    match text.strip_prefix('-') {
        Some(rest) => format!("−{rest}"),
        None => text,
    }
}

/// A rate of so many Mbit/s in a handy unit.
pub(super) fn rate(mbps: f64) -> String {
    let units = [("Tbit/s", 1e6), ("Gbit/s", 1e3), ("Mbit/s", 1.0), ("kbit/s", 1e-3)];
    let (unit, scale) = units
        .into_iter()
        .find(|(_, scale)| mbps.abs() >= *scale)
        .unwrap_or(if mbps == 0.0 { units[2] } else { units[3] });
    format!("{} {unit}", short(mbps / scale))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::results::catalogue::METRICS;

    #[test]
    fn three_digits_count() {
        let texts = [0.0, 1.0, 12.34, 0.001_234, 99.96, 1_234.5, -0.5, f64::NAN].map(short);
        let expected = ["0", "1.00", "12.3", "0.00123", "100", "1234", "−0.500", "–"];
        assert_eq!(texts, expected);
        assert_eq!(
            [rate(0.0), rate(1_500.0), rate(0.02)],
            ["0 Mbit/s", "1.50 Gbit/s", "20.0 kbit/s"]
        );
        assert_eq!([signed("-0.00"), signed("-1.5"), signed("2")], ["0.00", "−1.5", "+2"]);
    }

    #[test]
    fn every_ratio_is_shown_in_per_cent() {
        const COUNTS: [&str; 3] = ["viewers_peak", "sessions", "transfers_corrupt"];
        for metric in METRICS.iter().filter(|metric| metric.unit == "1") {
            let percent = Quantity::of(metric.name).unit == "%";
            assert_eq!(percent, !COUNTS.contains(&metric.name), "{}", metric.name);
        }
    }
}
