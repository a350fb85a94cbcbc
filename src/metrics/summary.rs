//! From counts to the rows of one run.

use std::collections::BTreeMap;

use super::bills::{Moved, bills};
use super::bin::Bin;
use super::boundaries;
use super::causes::Causes;
use super::collector::Counts;
use super::energy::energy;
use super::homes::Homes;
use super::ledger::View;
use super::links::{Links, Network};
use super::qoe::Qoe;
use super::tables::{
    CauseRow, HourRow, MatrixRow, RunTables, SeriesRow, SummaryRow, Window, finite,
};
use super::waste::Waste;
use crate::engine::observe::Via;
use crate::scenario::{ArmPlan, Scenario};
use crate::units::{Span, Time};
use crate::world::World;

const NS_PER_HOUR: f64 = 3.6e12;

/// All counts of a run.
pub(super) struct Counted<'a> {
    pub(super) scenario: &'a Scenario,
    pub(super) world: &'a World,
    pub(super) arm: &'a ArmPlan,
    pub(super) bin: Span,
    pub(super) bins: &'a [Bin],
    pub(super) links: &'a Links,
    /// Why, in each bin.
    pub(super) causes: &'a [Causes],
    pub(super) windows: [(Time, Time); 2],
    pub(super) counts: &'a [Counts; 2],
    pub(super) qoe: &'a Qoe<'a>,
    pub(super) homes: &'a Homes<'a>,
    pub(super) waste: &'a Waste<'a>,
    pub(super) per_home: bool,
    pub(super) midnight_offset: Span,
}

/// Names of [`Via`] in tables.
const VIA: [&str; 6] = [
    "bytes_peer_pop",
    "bytes_peer_isp",
    "bytes_peer_other",
    "bytes_appliance",
    "bytes_exchange",
    "bytes_origin",
];

impl Counted<'_> {
    pub(super) fn tables(&self) -> RunTables {
        let mut tables = RunTables::default();
        let network = self.network();
        for window in Window::ALL {
            self.summary(window, &mut tables.summary);
            self.matrix(window, &mut tables.isp_matrix);
            self.causes(window, &mut tables.causes);
            tables.links.extend(network.rows(window));
            tables.boundaries.extend(boundaries::rows(&network, self.bins, window));
            let via = self.sum(window).via;
            let energy = energy(&network, window as usize, via).into_iter();
            tables.energy.extend(energy.map(|(tier, joule)| (window, tier.into(), joule)));
            self.qoe.rows(window, &mut tables.qoe);
            self.ledger(window).rows(&mut tables.ledger_home);
            self.waste.rows(window, self.sum(window).control, &mut tables.waste);
        }
        if self.per_home {
            tables.homes = self.ledger(Window::All).each();
        }
        self.series(&mut tables.series);
        tables.links_series = network.series();
        let homes = self.homes.moved(Window::All);
        let moved = Moved { via: self.sum(Window::All).via, homes: &homes };
        (tables.bills, tables.stakeholders) = bills(&network, &self.arm.prices, &moved);
        self.causes_by_hour(&mut tables.causes_by_hour);
        tables
    }

    fn network(&self) -> Network<'_> {
        let place = |at: Time| (at.since(self.windows[0].0).0 / self.bin.0) as usize;
        let range = |(from, to): (Time, Time)| {
            // A window begins and ends with a bin, or with the first one that begins in it.
            let from = place(from + Span(self.bin.0 - 1)).min(self.bins.len());
            from..place(to + Span(self.bin.0 - 1)).clamp(from, self.bins.len())
        };
        Network {
            scenario: self.scenario,
            world: self.world,
            links: self.links,
            bin: self.bin,
            windows: self.windows.map(range),
            midnight_offset: self.midnight_offset,
        }
    }

    /// When bin `at` of the measured time begins.
    fn begin(&self, at: usize) -> Time {
        self.windows[0].0 + self.bin.times(at as u64)
    }

    /// The ledger of homes in a window.
    fn ledger(&self, window: Window) -> View<'_> {
        let (from, to) = self.windows[window as usize];
        View::new(self.homes, window, to.since(from))
    }

    fn sum(&self, window: Window) -> Bin {
        let (from, to) = self.windows[window as usize];
        let mut sum = Bin::default();
        let bins = self.bins.iter().enumerate();
        bins.filter(|(at, _)| from <= self.begin(*at) && self.begin(*at) < to)
            .for_each(|(_, bin)| sum.add(bin));
        sum
    }

    /// Bytes copied to appliances.
    fn copied(&self, window: Window) -> f64 {
        let (from, to) = self.windows[window as usize];
        self.world.fillings.iter().map(|fill| fill.bytes(from, to).0 as f64).sum()
    }

    fn summary(&self, window: Window, rows: &mut Vec<SummaryRow>) {
        let bin = self.sum(window);
        let counts = &self.counts[window as usize];
        let (viewed, ledger) = (self.qoe.all(window), self.ledger(window));
        let (startup, sent) = (&viewed.startup, ledger.sent([50, 95, 100]));
        let seconds = |value: Option<u64>| value.map_or(f64::NAN, |us| us as f64 / 1e6);
        let share = |part: f64, whole: f64| if whole > 0.0 { part / whole } else { f64::NAN };
        let (sessions, started) = (viewed.sessions as f64, startup.count() as f64);
        let (played, stood) = (bin.played.0 as f64, bin.stalled.0 as f64);
        let delivered: u64 = bin.via.iter().sum();
        let mut row = |metric: &'static str, value: f64, unit: &'static str| {
            let value = finite(value);
            rows.push(SummaryRow { window, metric: metric.into(), value, unit: unit.into() });
        };
        row("p2p_share", share(bin.peers() as f64, delivered as f64), "1");
        row("rebuffer_ratio", share(stood, stood + played), "1");
        row("stalled_sessions_share", share(viewed.stalled as f64, started), "1");
        row("startup_s_p50", seconds(startup.quantile(50)), "s");
        row("startup_s_p95", seconds(startup.quantile(95)), "s");
        row("exits_before_start_share", share(sessions - started, sessions), "1");
        row("played_hours", played / NS_PER_HOUR, "h");
        row("stalled_hours", stood / NS_PER_HOUR, "h");
        row("bitrate_mbps", share(bin.played_bytes as f64 * 8000.0, played), "Mbit/s");
        row("sessions", sessions, "1");
        row("viewers_peak", f64::from(bin.viewers_most), "1");
        row("upload_gb_p50", sent[0], "GB");
        row("upload_gb_p95", sent[1], "GB");
        row("upload_gb_max", sent[2], "GB");
        row("bytes_fill", self.copied(window), "B");
        row("bytes_played", bin.played_bytes as f64, "B");
        row("bytes_own_cache", bin.own_cache as f64, "B");
        for (name, bytes) in VIA.iter().zip(bin.via) {
            row(name, bytes as f64, "B");
        }
        row("bytes_interconnect", bin.interconnect() as f64, "B");
        row("bytes_control", bin.control as f64, "B");
        row("bytes_prefetched", bin.prefetched as f64, "B");
        row("bytes_prefetched_unplayed", bin.unplayed as f64, "B");
        row("bytes_origin_floor", counts.floor() as f64, "B");
        if let Some(mean) = counts.latency.mean() {
            row("latency_s_mean", mean / 1e6, "s");
            row("latency_s_p95", seconds(counts.latency.quantile(95)), "s");
        }
        row("switches_per_hour", share(bin.switches as f64 * NS_PER_HOUR, played), "1/h");
        row("rung_lowest_share", share(bin.lowest.0 as f64, played), "1");
        row("seek_s_mean", share(bin.sought.as_secs_f64(), bin.seeks as f64), "s");
        row("paused_hours", bin.paused.0 as f64 / NS_PER_HOUR, "h");
        row("bytes_corrupt", counts.corrupt.1 as f64, "B");
        row("transfers_corrupt", counts.corrupt.0 as f64, "1");
        let (asked, ago) = counts.asked;
        row("map_age_s_mean", share(ago as f64 / 1e9, asked as f64), "s");
        let all = played + stood + (bin.joining + bin.sought).0 as f64;
        row("rebuffer_ratio_exoplayer", share(stood, all), "1");
        row("stalls_per_hour", share(bin.stalls as f64 * NS_PER_HOUR, played), "1/h");
        row("stall_s_mean", share(stood / 1e9, bin.stalls as f64), "s");
        let all: Vec<usize> = (0..self.world.homes.len()).collect();
        let burden = self.homes.burden(&all, window);
        row("upload_jain", burden.jain, "1");
        row("upload_gini", burden.gini, "1");
        row("upload_top_1_share", burden.top, "1");
        row("free_riders_share", burden.riders, "1");
        row("abandoned_share", share(viewed.gave_up as f64, sessions), "1");
        row("bytes_metered_upload", ledger.metered_upload() as f64, "B");
        row("slowed_hours", ledger.slowed_hours(), "h");
        row("written_gb_p95", ledger.written_p95(), "GB");
        row("waste_share", share(self.waste.wasted(window) as f64, delivered as f64), "1");
    }

    fn series(&self, rows: &mut Vec<SeriesRow>) {
        for (at, bin) in self.bins.iter().enumerate() {
            let t_s = (self.begin(at) + self.midnight_offset).as_secs();
            let mut row = |metric: &'static str, value| {
                rows.push(SeriesRow { t_s, metric: metric.into(), value: finite(value) });
            };
            row("bytes_own_cache", bin.own_cache as f64);
            for (name, bytes) in VIA.iter().zip(bin.via) {
                row(name, bytes as f64);
            }
            row("bytes_interconnect", bin.interconnect() as f64);
            row("bytes_played", bin.played_bytes as f64);
            row("played_hours", bin.played.0 as f64 / NS_PER_HOUR);
            row("stalled_hours", bin.stalled.0 as f64 / NS_PER_HOUR);
            row("viewers", bin.viewers_ns as f64 / self.bin.0 as f64);
        }
    }

    fn matrix(&self, window: Window, rows: &mut Vec<MatrixRow>) {
        let isps = &self.world.topology.isps;
        for (at, bytes) in self.counts[window as usize].matrix.iter().enumerate() {
            rows.push(MatrixRow {
                window,
                from_isp: isps[at / isps.len()].name.clone(),
                to_isp: isps[at % isps.len()].name.clone(),
                bytes: *bytes,
            });
        }
    }

    fn causes(&self, window: Window, rows: &mut Vec<CauseRow>) {
        let (from, to) = self.windows[window as usize];
        let mut sum = Causes::default();
        for (at, causes) in self.causes.iter().enumerate() {
            if from <= self.begin(at) && self.begin(at) < to {
                sum.add(causes);
            }
        }
        sum.each(|what, cause, value| {
            let (what, cause, value) = (what.into(), cause.into(), finite(value));
            rows.push(CauseRow { window, what, cause, value });
        });
    }

    fn causes_by_hour(&self, rows: &mut Vec<HourRow>) {
        let mut hours: BTreeMap<u64, Causes> = BTreeMap::new();
        for (at, causes) in self.causes.iter().enumerate() {
            let hour = (self.begin(at) + self.midnight_offset).as_secs() / 3_600;
            hours.entry(hour).or_default().add(causes);
        }
        for (hour, causes) in hours {
            let t_s = hour * 3_600;
            causes.each(|what, cause, value| {
                if value > 0.0 {
                    let (what, cause) = (what.into(), cause.into());
                    rows.push(HourRow { t_s, what, cause, value: finite(value) });
                }
            });
        }
    }
}

/// Metrics of deliveries are named in the order of [`Via`].
const _: () = assert!(VIA.len() == Via::ALL.len());
