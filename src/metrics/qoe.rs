//! What viewers got: viewings by provider, kind of line, device, rank of the title and hour.
//!
//! A viewing belongs to the part of the measured time in which it begins, with all that becomes of
//! it, and to one class of each kind; classes of a kind add up to all viewings.

use super::curve::CURVE;
use super::period::{Period, Periods};
use super::spread::Spread;
use super::tables::{Name, QoeRow, Window, finite};
use crate::engine::observe::StallCause;
use crate::peer::Item;
use crate::units::{Span, Time};
use crate::world::World;

const NS_PER_HOUR: f64 = 3.6e12;

/// A viewing, and what has become of it so far.
#[derive(Clone, Debug)]
pub(super) struct Session {
    pub(super) item: Item,
    /// Whether no server but the origin has the title.
    pub(super) origin_only: bool,
    pub(super) began: Time,
    /// When that was measured.
    pub(super) period: Option<Period>,
    /// Until the first picture, if there was one.
    pub(super) startup: Option<Span>,
    pub(super) stalled_by: Option<StallCause>,
    /// Whether the picture ever stood still.
    pub(super) stalled: bool,
    /// The rung played last.
    pub(super) rung: Option<u8>,
    pub(super) played: Span,
    pub(super) played_bytes: u64,
    pub(super) stood: Span,
    /// Stalls that came to their end.
    pub(super) stalls: u64,
    /// Waiting after seeks that came to a picture.
    pub(super) sought: Span,
    pub(super) switches: u64,
}

impl Session {
    /// Somebody presses play.
    pub(super) const fn new(
        (item, origin_only): (Item, bool),
        began: Time,
        period: Option<Period>,
    ) -> Self {
        Self {
            item,
            origin_only,
            began,
            period,
            startup: None,
            stalled_by: None,
            stalled: false,
            rung: None,
            played: Span::ZERO,
            played_bytes: 0,
            stood: Span::ZERO,
            stalls: 0,
            sought: Span::ZERO,
            switches: 0,
        }
    }
}

/// Viewings of a class, in sums and spreads.
#[derive(Clone, Debug)]
pub(super) struct Class {
    pub(super) sessions: u64,
    pub(super) stalled: u64,
    pub(super) gave_up: u64,
    played: Span,
    played_bytes: u64,
    stood: Span,
    stalls: u64,
    joining: Span,
    sought: Span,
    switches: u64,
    /// Of viewings that started, in µs.
    pub(super) startup: Spread,
    /// In µs.
    stall: Spread,
    /// Of viewings that started, in millionths.
    ratio: Spread,
    /// Of viewings that played something, in kbit/s.
    rate: Spread,
}

impl Class {
    const fn new(digits: u8) -> Self {
        Self {
            sessions: 0,
            stalled: 0,
            gave_up: 0,
            played: Span::ZERO,
            played_bytes: 0,
            stood: Span::ZERO,
            stalls: 0,
            joining: Span::ZERO,
            sought: Span::ZERO,
            switches: 0,
            startup: Spread::new(digits),
            stall: Spread::new(digits),
            ratio: Spread::new(digits),
            rate: Spread::new(digits),
        }
    }

    /// A viewing is over.
    fn add(&mut self, session: &Session, gave_up: bool) {
        let (played, stood) = (session.played.0, session.stood.0);
        self.sessions += 1;
        self.stalled += u64::from(session.stalled);
        self.gave_up += u64::from(gave_up);
        self.played += session.played;
        self.played_bytes += session.played_bytes;
        self.stood += session.stood;
        self.stalls += session.stalls;
        self.sought += session.sought;
        self.switches += session.switches;
        if let Some(startup) = session.startup {
            self.joining += startup;
            self.startup.add(startup.0 / 1_000);
            self.ratio.add(part(u128::from(stood) * 1_000_000, (played + stood).into()));
        }
        if played > 0 {
            let bits = u128::from(session.played_bytes) * 8_000_000;
            self.rate.add(part(bits, played.into()));
        }
    }

    fn merge(&mut self, other: &Self) {
        self.sessions += other.sessions;
        self.stalled += other.stalled;
        self.gave_up += other.gave_up;
        self.played += other.played;
        self.played_bytes += other.played_bytes;
        self.stood += other.stood;
        self.stalls += other.stalls;
        self.joining += other.joining;
        self.sought += other.sought;
        self.switches += other.switches;
        self.startup.merge(&other.startup);
        self.stall.merge(&other.stall);
        self.ratio.merge(&other.ratio);
        self.rate.merge(&other.rate);
    }

    /// Name, value and unit of each metric.
    fn metrics(&self) -> [(&'static str, f64, &'static str); 18] {
        let (played, stood) = (self.played.0 as f64, self.stood.0 as f64);
        let waits = (self.joining + self.sought).0 as f64;
        let (sessions, started) = (self.sessions as f64, self.startup.count() as f64);
        let told = |spread: &Spread, percent, unit: f64| {
            spread.quantile(percent).map_or(f64::NAN, |value| value as f64 / unit)
        };
        let (stalls, hours) = (self.stalls as f64, played / NS_PER_HOUR);
        [
            ("sessions", sessions, "1"),
            ("played_hours", hours, "h"),
            ("rebuffer_ratio", stood / (stood + played), "1"),
            ("rebuffer_ratio_exoplayer", stood / (stood + played + waits), "1"),
            ("rebuffer_ratio_p95", told(&self.ratio, 95, 1e6), "1"),
            ("rebuffer_ratio_p99", told(&self.ratio, 99, 1e6), "1"),
            ("stalled_sessions_share", self.stalled as f64 / started, "1"),
            ("stalls_per_hour", stalls / hours, "1/h"),
            ("stall_s_mean", stood / 1e9 / stalls, "s"),
            ("stall_s_p95", told(&self.stall, 95, 1e6), "s"),
            ("startup_s_p50", told(&self.startup, 50, 1e6), "s"),
            ("startup_s_p95", told(&self.startup, 95, 1e6), "s"),
            ("startup_s_p99", told(&self.startup, 99, 1e6), "s"),
            ("exits_before_start_share", (sessions - started) / sessions, "1"),
            ("abandoned_share", self.gave_up as f64 / sessions, "1"),
            ("bitrate_mbps", self.played_bytes as f64 * 8_000.0 / played, "Mbit/s"),
            ("bitrate_mbps_p5", told(&self.rate, 5, 1e3), "Mbit/s"),
            ("switches_per_hour", self.switches as f64 / hours, "1/h"),
        ]
    }

    /// Name, value and unit of what the curves of start-up and of stalled time have beyond
    /// [`Self::metrics`].
    fn curves(&self) -> impl Iterator<Item = (String, f64, &'static str)> {
        let told = self.metrics().map(|(metric, ..)| metric);
        let curves = [("rebuffer_ratio", &self.ratio, "1"), ("startup_s", &self.startup, "s")];
        let of = move |(name, spread, unit): (&'static str, &'_ Spread, &'static str)| {
            CURVE.map(|(part, at)| {
                let value = spread.quantile_of_1000(part).map_or(f64::NAN, |v| v as f64 / 1e6);
                (format!("{name}_{at}"), value, unit)
            })
        };
        curves.into_iter().flat_map(of).filter(move |(name, ..)| !told.contains(&name.as_str()))
    }
}

/// Kinds of classes, in the order of the table.
const BY: [&str; 6] = ["all", "isp", "line", "device", "rank", "hour"];
/// Classes of ranks: the last rank of each, from 1 on.
const RANKS: [(u32, &str); 3] = [(10, "1-10"), (100, "11-100"), (1_000, "101-1000")];

/// All viewings of a run.
#[derive(Debug)]
pub(super) struct Qoe<'w> {
    world: &'w World,
    /// By kind of class, then by class; those without viewings take no room.
    classes: [Vec<Periods<Option<Box<Class>>>>; BY.len()],
}

impl<'w> Qoe<'w> {
    pub(super) fn new(world: &'w World) -> Self {
        Self { world, classes: std::array::from_fn(|_| Vec::new()) }
    }

    /// One stall of a viewing came to its end.
    pub(super) fn stall(&mut self, home: u32, session: &Session, waited: Span) {
        self.each(home, session, |class| class.stall.add(waited.0 / 1_000));
    }

    /// A viewing is over; whether its viewer had had enough of waiting.
    pub(super) fn end(&mut self, home: u32, session: &Session, gave_up: bool) {
        self.each(home, session, |class| class.add(session, gave_up));
    }

    fn each(&mut self, home: u32, session: &Session, tell: impl Fn(&mut Class)) {
        let Some(period) = session.period else { return };
        for (by, class) in self.classes_of(home, session).into_iter().enumerate() {
            let classes = &mut self.classes[by];
            if classes.len() <= class {
                classes.resize_with(class + 1, Periods::default);
            }
            let digits = if by == 0 { 3 } else { 2 };
            let new = || Box::new(Class::new(digits));
            tell(classes[class].at(period).get_or_insert_with(new));
        }
    }

    /// The class of each kind.
    fn classes_of(&self, home: u32, session: &Session) -> [usize; BY.len()] {
        let (homes, at) = (&self.world.homes, home as usize);
        let title = session.item.title;
        let rank = match self.world.catalogue.live(title) {
            Some(_) => RANKS.len() + 1,
            None => RANKS
                .partition_point(|(last, _)| self.world.catalogue.rank[title as usize] >= *last),
        };
        let local = (self.world.start + session.began.since(Time::ZERO)).0 % Span::DAY.0;
        let hour = local / (Span::DAY.0 / 24);
        let (isp, line, device) = (homes.isp[at], homes.line[at], homes.device[at]);
        [0, isp.into(), line.into(), device.into(), rank, hour as usize]
    }

    fn name(&self, by: usize, class: usize) -> String {
        let topology = &self.world.topology;
        match BY[by] {
            "all" => "all".to_owned(),
            "isp" => topology.isps[class].name.clone(),
            "line" => topology.lines[class].clone(),
            "device" => topology.devices[class].clone(),
            "rank" if class > RANKS.len() => "live".to_owned(),
            "rank" => RANKS.get(class).map_or("beyond", |(_, name)| name).to_owned(),
            _ => class.to_string(),
        }
    }

    /// Viewings of a class in a window, if there were any.
    fn sum(&self, by: usize, class: usize, window: Window) -> Option<Class> {
        let parts = self.classes[by].get(class)?.of(window).iter().flatten();
        parts.fold(None, |sum: Option<Class>, part| match sum {
            None => Some((**part).clone()),
            Some(mut sum) => {
                sum.merge(part);
                Some(sum)
            }
        })
    }

    /// All viewings of a window.
    pub(super) fn all(&self, window: Window) -> Class {
        self.sum(0, 0, window).unwrap_or_else(|| Class::new(3))
    }

    /// The rows of `qoe.csv`.
    pub(super) fn rows(&self, window: Window, rows: &mut Vec<QoeRow>) {
        for (by, classes) in self.classes.iter().enumerate() {
            for class in 0..classes.len() {
                let Some(sum) = self.sum(by, class, window) else { continue };
                let name = self.name(by, class);
                let row = |metric: Name, value, unit: &'static str| QoeRow {
                    window,
                    by: BY[by].into(),
                    class: name.clone(),
                    metric,
                    value: finite(value),
                    unit: unit.into(),
                };
                let metrics = sum.metrics().into_iter();
                rows.extend(metrics.map(|(metric, value, unit)| row(metric.into(), value, unit)));
                if BY[by] == "all" {
                    let curves = sum.curves();
                    rows.extend(
                        curves.map(|(metric, value, unit)| row(metric.into(), value, unit)),
                    );
                }
            }
        }
    }
}

/// A part of a whole, rounded down; nothing of nothing.
fn part(part: u128, whole: u128) -> u64 {
    part.checked_div(whole).map_or(0, |part| u64::try_from(part).unwrap_or(u64::MAX))
}
