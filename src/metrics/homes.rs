//! What homes give, get, write and put up with.
//!
//! One row a home, whatever the length of the run.

use std::collections::BTreeMap;

use super::burden::Burden;
use super::period::{Period, Periods};
use super::qoe::Session;
use super::tables::Window;
use crate::engine::observe::Kit;
use crate::peer::Refusal;
use crate::scenario::ArmPlan;
use crate::scenario::model::{Tariff, Upload};
use crate::units::{BitRate, Bytes, Span, Time};
use crate::world::World;

/// A home in a part of the measured time.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Row {
    pub(super) sent: u64,
    pub(super) received: u64,
    /// Bytes written to disk.
    pub(super) written: u64,
    /// Time in which somebody watched while what the home sent held what it could receive.
    pub(super) slowed: Span,
    /// What it could have received more in that time.
    pub(super) withheld: u64,
    /// Whether it got anything from peers.
    pub(super) fed: bool,
}

impl Row {
    fn add(&mut self, other: &Self) {
        self.sent += other.sent;
        self.received += other.received;
        self.written += other.written;
        self.slowed += other.slowed;
        self.withheld += other.withheld;
        self.fed |= other.fed;
    }
}

/// What a home watched in all of the measured time.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Seen {
    pub(super) sessions: u32,
    pub(super) played: Span,
    pub(super) stood: Span,
    pub(super) startup_most: Span,
}

/// A home that its own uploads slow down.
#[derive(Clone, Copy, Debug)]
struct Slow {
    since: Time,
    by: BitRate,
}

/// All homes of a run.
#[derive(Debug)]
pub(super) struct Homes<'w> {
    pub(super) world: &'w World,
    /// By device.
    uploads: Vec<&'w Upload>,
    rows: Vec<Periods<Row>>,
    seen: Vec<Seen>,
    /// By device.
    kits: Vec<Kit>,
    never: BTreeMap<u32, Refusal>,
    slow: BTreeMap<u32, Slow>,
    /// On disk at the end.
    kept: Vec<u64>,
}

impl<'w> Homes<'w> {
    pub(super) fn new(world: &'w World, arm: &'w ArmPlan) -> Self {
        let count = world.homes.len();
        Self {
            world,
            uploads: arm.device.values().map(|device| &device.upload).collect(),
            rows: vec![Periods::default(); count],
            seen: vec![Seen::default(); count],
            kits: vec![Kit::default(); world.topology.devices.len()],
            never: BTreeMap::new(),
            slow: BTreeMap::new(),
            kept: vec![0; count],
        }
    }

    // ------------------------------------------------------- what is told

    pub(super) fn device(&mut self, device: u8, kit: Kit) {
        self.kits[usize::from(device)] = kit;
    }

    pub(super) fn never_gives(&mut self, home: u32, why: Refusal) {
        self.never.insert(home, why);
    }

    pub(super) fn keeps(&mut self, home: u32, bytes: Bytes) {
        self.kept[home as usize] = bytes.0;
    }

    /// Bytes arrived, from another home or from a server.
    pub(super) fn delivered(&mut self, period: Period, home: u32, from: Option<u32>, bytes: Bytes) {
        let row = self.rows[home as usize].at(period);
        row.received += bytes.0;
        if let Some(from) = from {
            row.fed = true;
            self.rows[from as usize].at(period).sent += bytes.0;
        }
    }

    /// A segment came whole: it is written where there is a disk.
    pub(super) fn whole(&mut self, period: Period, home: u32, size: Bytes) {
        if self.kit(home as usize).disk > Bytes::ZERO {
            self.rows[home as usize].at(period).written += size.0;
        }
    }

    /// What a home sends takes so much of what it can receive from now on.
    pub(super) fn slowed(
        &mut self,
        (at, period): (Time, Option<Period>),
        (home, watched): (u32, bool),
        by: BitRate,
    ) {
        self.accrue((at, period), home, watched);
        if by > BitRate::ZERO {
            self.slow.insert(home, Slow { since: at, by });
        } else {
            self.slow.remove(&home);
        }
    }

    /// Counts what a home has put up with since the last time; whether somebody watched.
    pub(super) fn accrue(
        &mut self,
        (at, period): (Time, Option<Period>),
        home: u32,
        watched: bool,
    ) {
        const PER_BYTE: u128 = 8_000_000_000;
        let Some(slow) = self.slow.get_mut(&home) else { return };
        let passed = at.since(std::mem::replace(&mut slow.since, at));
        if let Some(period) = period.filter(|_| watched) {
            let row = self.rows[home as usize].at(period);
            row.slowed += passed;
            row.withheld += (u128::from(slow.by.0) * u128::from(passed.0) / PER_BYTE) as u64;
        }
    }

    /// Counts the same for all homes.
    pub(super) fn accrue_all(
        &mut self,
        now: (Time, Option<Period>),
        watched: impl Fn(u32) -> bool,
    ) {
        let slow: Vec<u32> = self.slow.keys().copied().collect();
        slow.into_iter().for_each(|home| self.accrue(now, home, watched(home)));
    }

    /// A viewing is over.
    pub(super) fn viewed(&mut self, home: u32, session: &Session) {
        if session.period.is_some() {
            let seen = &mut self.seen[home as usize];
            seen.sessions += 1;
            seen.played += session.played;
            seen.stood += session.stood;
            seen.startup_most = seen.startup_most.max(session.startup.unwrap_or_default());
        }
    }

    // ------------------------------------------------------- what came of it

    pub(super) fn kit(&self, home: usize) -> Kit {
        self.kits[usize::from(self.world.homes.device[home])]
    }

    /// What its line is paid by.
    pub(super) fn tariff(&self, home: usize) -> Tariff {
        self.world.topology.tariffs[usize::from(self.world.homes.line[home])]
    }

    /// Most that it may send in thirty days, if there is a limit.
    pub(super) fn budget(&self, home: usize) -> Option<Bytes> {
        let upload = self.uploads[usize::from(self.world.homes.device[home])];
        let (day, month) = upload.budgets(self.tariff(home));
        let days = day.map(|day| Bytes(day.0.saturating_mul(30)));
        days.into_iter().chain(month).min()
    }

    pub(super) fn row(&self, home: usize, window: Window) -> Row {
        let mut sum = Row::default();
        self.rows[home].of(window).iter().for_each(|row| sum.add(row));
        sum
    }

    /// Bytes that each home sent, and received.
    pub(super) fn moved(&self, window: Window) -> Vec<(u64, u64)> {
        let rows = (0..self.rows.len()).map(|home| self.row(home, window));
        rows.map(|row| (row.sent, row.received)).collect()
    }

    pub(super) fn seen(&self, home: usize) -> Seen {
        self.seen[home]
    }

    pub(super) fn kept(&self, home: usize) -> u64 {
        self.kept[home]
    }

    /// Why it never sends, if so.
    pub(super) fn never(&self, home: usize) -> Option<Refusal> {
        self.never.get(&(home as u32)).copied()
    }

    pub(super) fn is_metered(&self, home: usize) -> bool {
        self.world.homes.metered.get(home) == Some(&true)
    }

    /// How sending is spread over these homes.
    pub(super) fn burden(&self, homes: &[usize], window: Window) -> Burden {
        let rows = homes.iter().map(|home| self.row(*home, window));
        let (sent, fed): (Vec<u64>, Vec<bool>) = rows.map(|row| (row.sent, row.fed)).unzip();
        let up: Vec<BitRate> = homes.iter().map(|home| self.world.homes.up[*home]).collect();
        Burden::of(&sent, &fed, &up)
    }
}
