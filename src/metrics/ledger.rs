//! From rows of homes to the ledger of all, of each provider, kind of line and device.

use super::curve::CURVE;
use super::homes::{Homes, Row};
use super::tables::{HomeRow, LedgerRow, Window, finite};
use crate::units::{Bytes, Span};

/// What is said of a home: nothing where it does not concern it.
type Says = fn(&View<'_>, usize, &Row) -> Option<f64>;

/// A column of the ledger.
struct Metric {
    name: &'static str,
    unit: &'static str,
    /// Whether its sum means something.
    adds_up: bool,
    /// Whether it is of the measured time as a whole alone.
    of_all: bool,
    says: Says,
}

const fn metric(name: &'static str, unit: &'static str, adds_up: bool, says: Says) -> Metric {
    Metric { name, unit, adds_up, of_all: false, says }
}

const fn of_all(name: &'static str, unit: &'static str, adds_up: bool, says: Says) -> Metric {
    Metric { name, unit, adds_up, of_all: true, says }
}

const METRICS: [Metric; 14] = [
    metric("upload_gb", "GB", true, |_, _, row| Some(giga(row.sent))),
    of_all("upload_gb_30_days", "GB", true, |view, _, row| Some(giga(row.sent) * view.of_month)),
    metric("upload_share_of_uplink", "1", false, |view, home, row| {
        let most = view.homes.world.homes.up[home].bytes_in(view.length);
        (most > Bytes::ZERO).then(|| row.sent as f64 / most.0 as f64)
    }),
    of_all("upload_share_of_budget", "1", false, |view, home, row| {
        let most = view.homes.budget(home).filter(|_| view.homes.never(home).is_none())?;
        Some(row.sent as f64 * view.of_month / most.0 as f64)
    }),
    of_all("upload_share_of_allowance", "1", false, |view, home, row| {
        view.of_allowance(home, row.sent)
    }),
    of_all("share_of_allowance", "1", false, |view, home, row| {
        view.of_allowance(home, row.sent + row.received)
    }),
    metric("download_gb", "GB", true, |_, _, row| Some(giga(row.received))),
    metric("metered_gb", "GB", true, |view, home, row| {
        view.homes.is_metered(home).then(|| giga(row.sent + row.received))
    }),
    metric("metered_upload_gb", "GB", true, |view, home, row| {
        view.homes.is_metered(home).then(|| giga(row.sent))
    }),
    metric("written_gb", "GB", true, |view, home, row| view.disk(home).map(|_| giga(row.written))),
    metric("written_share_of_cache", "1", false, |view, home, row| {
        view.disk(home).map(|disk| row.written as f64 / disk.0 as f64)
    }),
    of_all("cache_gb", "GB", true, |view, home, _| {
        view.disk(home).map(|_| giga(view.homes.kept(home)))
    }),
    metric("slowed_hours", "h", true, |_, _, row| Some(row.slowed.as_secs_f64() / 3_600.0)),
    metric("slowed_gb", "GB", true, |_, _, row| Some(giga(row.withheld))),
];

/// Statistics of every metric, with the thousandths of homes that do not exceed them.
const STATS: [(&str, u64); 4] = [("p50", 500), ("p95", 950), ("p99", 990), ("max", 1_000)];
/// The metric whose curve over all homes is told.
const DRAWN: &str = "upload_gb_30_days";

/// A window of the ledger.
pub(super) struct View<'a> {
    homes: &'a Homes<'a>,
    window: Window,
    length: Span,
    /// By this what was sent becomes that of thirty such days.
    of_month: f64,
}

impl<'a> View<'a> {
    pub(super) fn new(homes: &'a Homes<'a>, window: Window, length: Span) -> Self {
        // Less than a day stands for the whole of its day.
        let days = (length.as_secs_f64() / Span::DAY.as_secs_f64()).max(1.0);
        Self { homes, window, length, of_month: 30.0 / days }
    }

    /// Thirty days of these bytes, as a part of what the home's line includes.
    fn of_allowance(&self, home: usize, bytes: u64) -> Option<f64> {
        let most = self.homes.tariff(home).allowance?;
        Some(bytes as f64 * self.of_month / most.0 as f64)
    }

    fn disk(&self, home: usize) -> Option<Bytes> {
        Some(self.homes.kit(home).disk).filter(|disk| *disk > Bytes::ZERO)
    }

    /// The rows of `ledger_home.csv`.
    pub(super) fn rows(&self, rows: &mut Vec<LedgerRow>) {
        let (homes, topology) = (&self.homes.world.homes, &self.homes.world.topology);
        let all: Vec<usize> = (0..homes.len()).collect();
        self.class(("all", "all"), &all, rows);
        let isps: Vec<String> = topology.isps.iter().map(|isp| isp.name.clone()).collect();
        self.classes(("isp", &isps), |home| homes.isp[home].into(), rows);
        self.classes(("line", &topology.lines), |home| homes.line[home].into(), rows);
        self.classes(("device", &topology.devices), |home| homes.device[home].into(), rows);
    }

    /// Those of each class of a kind that has homes.
    fn classes(
        &self,
        (by, names): (&str, &[String]),
        class_of: impl Fn(usize) -> usize,
        rows: &mut Vec<LedgerRow>,
    ) {
        let mut classes = vec![Vec::new(); names.len()];
        (0..self.homes.world.homes.len()).for_each(|home| classes[class_of(home)].push(home));
        for (name, members) in names.iter().zip(&classes).filter(|(_, members)| !members.is_empty())
        {
            self.class((by, name), members, rows);
        }
    }

    fn class(&self, (by, class): (&str, &str), members: &[usize], rows: &mut Vec<LedgerRow>) {
        let mut row = |metric: &'static str, stat: &'static str, value: f64, unit: &'static str| {
            rows.push(LedgerRow {
                window: self.window,
                by: by.to_owned().into(),
                class: class.to_owned(),
                metric: metric.into(),
                stat: stat.into(),
                value: finite(value),
                unit: unit.into(),
            });
        };
        for metric in METRICS.iter().filter(|m| !m.of_all || self.window == Window::All) {
            let of = |home: &usize| (metric.says)(self, *home, &self.homes.row(*home, self.window));
            let mut values: Vec<f64> = members.iter().filter_map(of).collect();
            if values.is_empty() {
                continue;
            }
            let sum: f64 = values.iter().sum();
            row(metric.name, "mean", sum / values.len() as f64, metric.unit);
            for (stat, part) in STATS {
                row(metric.name, stat, quantile(&mut values, part), metric.unit);
            }
            if metric.adds_up {
                row(metric.name, "sum", sum, metric.unit);
            }
            if metric.name == DRAWN && by == "all" {
                for (part, stat) in
                    CURVE.iter().filter(|(_, stat)| !STATS.iter().any(|s| s.0 == *stat))
                {
                    row(metric.name, stat, quantile(&mut values, *part), metric.unit);
                }
            }
        }
        let burden = self.homes.burden(members, self.window);
        row("upload_jain", "index", burden.jain, "1");
        row("upload_gini", "index", burden.gini, "1");
        row("upload_top_1_share", "index", burden.top, "1");
        row("free_riders_share", "index", burden.riders, "1");
    }

    /// The rows of `homes.csv`.
    pub(super) fn each(&self) -> Vec<HomeRow> {
        let topology = &self.homes.world.topology;
        let columns = &self.homes.world.homes;
        let row = |home: usize| {
            let (row, seen) = (self.homes.row(home, self.window), self.homes.seen(home));
            let metered = if self.homes.is_metered(home) { row.sent + row.received } else { 0 };
            HomeRow {
                home: home as u32,
                isp: topology.isps[usize::from(columns.isp[home])].name.clone(),
                place: topology.places[usize::from(columns.place[home])].clone(),
                line: topology.lines[usize::from(columns.line[home])].clone(),
                device: topology.devices[usize::from(columns.device[home])].clone(),
                gives: self.homes.never(home).map_or("yes", |why| why.name()).into(),
                sessions: seen.sessions,
                played_h: finite(seen.played.as_secs_f64() / 3_600.0),
                stalled_s: finite(seen.stood.as_secs_f64()),
                startup_s_max: finite(seen.startup_most.as_secs_f64()),
                upload_gb: finite(giga(row.sent)),
                download_gb: finite(giga(row.received)),
                metered_gb: finite(giga(metered)),
                written_gb: finite(giga(row.written)),
                slowed_s: finite(row.slowed.as_secs_f64()),
            }
        };
        (0..columns.len()).map(row).collect()
    }

    /// Bytes that homes sent over lines where they are counted and paid for.
    pub(super) fn metered_upload(&self) -> u64 {
        let metered = (0..self.homes.world.homes.len()).filter(|home| self.homes.is_metered(*home));
        metered.map(|home| self.homes.row(home, self.window).sent).sum()
    }

    /// Hours in which viewers were slowed down by what their homes sent.
    pub(super) fn slowed_hours(&self) -> f64 {
        let homes = 0..self.homes.world.homes.len();
        let slowed: Span = homes.map(|home| self.homes.row(home, self.window).slowed).sum();
        slowed.as_secs_f64() / 3_600.0
    }

    /// Of homes with a disk, what they wrote, in GB: the 95th percentile.
    pub(super) fn written_p95(&self) -> f64 {
        let homes = (0..self.homes.world.homes.len()).filter(|home| self.disk(*home).is_some());
        let written = homes.map(|home| giga(self.homes.row(home, self.window).written));
        quantile(&mut written.collect::<Vec<f64>>(), 950)
    }

    /// Of all homes, what they sent, in GB: these percentiles.
    pub(super) fn sent<const N: usize>(&self, percents: [u64; N]) -> [f64; N] {
        let homes = 0..self.homes.world.homes.len();
        let sent = homes.map(|home| giga(self.homes.row(home, self.window).sent));
        let mut sent: Vec<f64> = sent.collect();
        percents.map(|percent| quantile(&mut sent, percent * 10))
    }
}

const fn giga(bytes: u64) -> f64 {
    bytes as f64 / 1e9
}

/// The smallest value that at least `part` thousandths do not exceed; NaN of nothing.
fn quantile(values: &mut [f64], part: u64) -> f64 {
    let rank = (values.len() * part as usize).div_ceil(1_000).max(1);
    if rank > values.len() {
        return f64::NAN;
    }
    *values.select_nth_unstable_by(rank - 1, f64::total_cmp).1
}
