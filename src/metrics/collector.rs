//! Watches a run and counts bins of the series and bytes by provider and cause; what is about viewings,
//! homes and waste it hands to their ledgers.
//!
//! Invariant: everything that is counted by time is counted in exactly one bin; windows are sums of
//! bins, so that series and summary agree.

use std::collections::BTreeMap;

use super::bin::Bin;
use super::causes::Causes;
use super::homes::Homes;
use super::links::Links;
use super::period::Period;
use super::qoe::{Qoe, Session};
use super::spread::Spread;
use super::summary;
use super::tables::{RunTables, Window};
use super::waste::Waste;
use crate::engine::observe::{Delivery, Ended, Kit, Moment, Observer, SharedLink, StallCause};
use crate::peer::{Item, Note, Refusal};
use crate::scenario::{ArmPlan, Scenario};
use crate::units::{BitRate, Bytes, Span, Time};
use crate::world::World;

/// What is counted per window.
#[derive(Clone, Debug)]
pub(super) struct Counts {
    /// Peer bytes from provider to provider.
    pub(super) matrix: Vec<u64>,
    /// Bytes of segments played that nobody had when their viewing began, origin titles alone.
    pub(super) first_copies: u64,
    /// Bytes of origin titles played by viewings that began in the window, own cache apart.
    pub(super) origin_played: u64,
    /// What homes that give and are on could have sent.
    pub(super) could_send: u64,
    /// How far behind viewers were, of what was played live, in µs.
    pub(super) latency: Spread,
    /// Corrupt transfers, and their bytes.
    pub(super) corrupt: (u64, u64),
    /// Times a neighbour was asked, and how long ago it had told anything, in ns, summed.
    pub(super) asked: (u64, u128),
}

/// No title is watched.
const NOTHING: u32 = u32::MAX;

impl Counts {
    /// Bytes that must come from the origin at least.
    pub(super) fn floor(&self) -> u64 {
        self.first_copies.max(self.origin_played.saturating_sub(self.could_send))
    }
}

/// Counts one run.
pub struct Collector<'w, S> {
    scenario: &'w Scenario,
    world: &'w World,
    arm: &'w ArmPlan,
    /// Told how far it is; true stops the run.
    progress: S,
    bin: Span,
    bins: Vec<Bin>,
    current: Bin,
    /// Why, in each bin, and in the one under way.
    causes: Vec<Causes>,
    cause: Causes,
    /// Bins ended, warm-up included.
    ended: u64,
    windows: [(Time, Time); 2],
    counts: [Counts; 2],
    qoe: Qoe<'w>,
    homes: Homes<'w>,
    waste: Waste<'w>,
    /// Viewings under way, and their titles, which are asked for all the time.
    open: Vec<Option<Box<Session>>>,
    titles: Vec<u32>,
    /// Whether a row is left for every home.
    per_home: bool,
    viewers: u32,
    viewers_since: Time,
    /// For each segment of an origin title: when the viewing began that had it first.
    first: BTreeMap<Item, Vec<Time>>,
    /// By home: what was fetched ahead and is not played yet, in bytes.
    ahead: BTreeMap<u32, (Item, u64)>,
    /// Peer bytes, and what could have been sent, since the beginning.
    peer_bytes: u64,
    supply: u64,
    links: Links,
    faults: Vec<String>,
}

impl<'w, S: FnMut(Time, u64) -> bool> Collector<'w, S> {
    /// For a run of `arm` in `world`.
    pub fn new(scenario: &'w Scenario, world: &'w World, arm: &'w ArmPlan, progress: S) -> Self {
        let isps = world.topology.isps.len();
        let counts = Counts {
            matrix: vec![0; isps * isps],
            first_copies: 0,
            origin_played: 0,
            could_send: 0,
            latency: Spread::new(3),
            corrupt: (0, 0),
            asked: (0, 0),
        };
        let mut collector = Self {
            scenario,
            world,
            arm,
            progress,
            bin: scenario.run.bin,
            bins: Vec::new(),
            current: Bin::default(),
            causes: Vec::new(),
            cause: Causes::default(),
            ended: 0,
            windows: [(world.measure_from, world.until), world.peak],
            counts: [counts.clone(), counts],
            qoe: Qoe::new(world),
            homes: Homes::new(world, arm),
            waste: Waste::new(world),
            open: vec![None; world.homes.len()],
            titles: vec![NOTHING; world.homes.len()],
            per_home: false,
            viewers: 0,
            viewers_since: Time::ZERO,
            first: BTreeMap::new(),
            ahead: BTreeMap::new(),
            peer_bytes: 0,
            supply: 0,
            links: Links::default(),
            faults: Vec::new(),
        };
        collector.turn(&[]);
        collector
    }

    /// Leaves a row for every home too.
    #[must_use]
    pub fn per_home(self) -> Self {
        Self { per_home: true, ..self }
    }

    /// The tables, and laws that were broken.
    pub fn finish(mut self) -> (RunTables, Vec<String>) {
        let left: u64 = self.ahead.values().map(|(_, bytes)| bytes).sum();
        if let Some(last) = self.bins.last_mut() {
            last.unplayed += left;
        }
        let view = summary::Counted {
            scenario: self.scenario,
            world: self.world,
            arm: self.arm,
            bin: self.bin,
            bins: &self.bins,
            links: &self.links,
            causes: &self.causes,
            windows: self.windows,
            counts: &self.counts,
            qoe: &self.qoe,
            homes: &self.homes,
            waste: &self.waste,
            per_home: self.per_home,
            midnight_offset: self.scenario.run.start.0,
        };
        let tables = view.tables();
        (tables, self.faults.into_iter().chain(self.waste.faults()).collect())
    }

    /// When the bin under way began.
    fn bin_begin(&self) -> Time {
        Time::ZERO + self.bin.times(self.ended)
    }

    /// The windows that the bin under way belongs to.
    fn inside(&self) -> impl Iterator<Item = usize> + use<S> {
        let begin = self.bin_begin();
        let windows = self.windows;
        (0..2).filter(move |at| windows[*at].0 <= begin && begin < windows[*at].1)
    }

    /// The part of the measured time that the bin under way belongs to.
    fn period(&self) -> Option<Period> {
        self.period_at(self.bin_begin())
    }

    fn period_at(&self, at: Time) -> Option<Period> {
        let inside = |window: (Time, Time)| window.0 <= at && at < window.1;
        match self.windows.map(inside) {
            [_, true] => Some(Period::Peak),
            [true, false] => Some(Period::Rest),
            [false, false] => None,
        }
    }

    /// A bin begins that was preceded by one in these windows.
    fn turn(&mut self, before: &[usize]) {
        let now: Vec<usize> = self.inside().collect();
        for window in Window::ALL {
            let (was, is) = (before.contains(&(window as usize)), now.contains(&(window as usize)));
            if was != is {
                self.waste.turn(window, is);
            }
        }
    }

    fn count_viewers(&mut self, now: Time) {
        let span = now.since(self.viewers_since).0;
        self.current.viewers_ns += u128::from(self.viewers) * u128::from(span);
        self.viewers_since = now;
    }

    fn change_viewers(&mut self, now: Time, more: bool) {
        self.count_viewers(now);
        self.viewers = if more { self.viewers + 1 } else { self.viewers - 1 };
        self.current.viewers_most = self.current.viewers_most.max(self.viewers);
    }

    fn pressed(&mut self, at: Time, home: u32, item: Item, origin_only: bool) {
        self.change_viewers(at, true);
        self.plays(home, Some(item));
        let now = (at, self.period());
        self.waste.turns_to(now, home, Some(item.title));
        self.homes.accrue(now, home, false);
        let session = Session::new((item, origin_only), at, self.period_at(at));
        self.open[home as usize] = Some(Box::new(session));
        self.titles[home as usize] = item.title;
    }

    fn stood(&mut self, home: u32, session: &mut Session, waited: Span) {
        self.current.stalled += waited;
        self.current.stalls += u64::from(waited > Span::ZERO);
        session.stood += waited;
        if waited > Span::ZERO {
            session.stalls += 1;
            self.qoe.stall(home, session, waited);
        }
        let cause = session.stalled_by.unwrap_or(StallCause::NotRequested);
        self.cause.stood(cause, waited);
    }

    fn ended(&mut self, at: Time, home: u32, mut session: Box<Session>, end: (Span, bool)) {
        let (stalled, gave_up) = end;
        self.stood(home, &mut session, stalled);
        self.change_viewers(at, false);
        self.titles[home as usize] = NOTHING;
        let now = (at, self.period());
        self.homes.accrue(now, home, true);
        self.homes.viewed(home, &session);
        self.waste.viewed(now, home, session.item.title);
        self.qoe.end(home, &session, gave_up);
    }

    fn fetched_ahead(&mut self, home: u32, item: Item, bytes: u64) {
        self.current.prefetched += bytes;
        let ahead = self.ahead.entry(home).or_insert((item, 0));
        if ahead.0 != item {
            self.current.unplayed += ahead.1;
            *ahead = (item, 0);
        }
        ahead.1 += bytes;
    }

    /// A home begins to play an item, or gives up what it has fetched ahead.
    fn plays(&mut self, home: u32, item: Option<Item>) {
        if let Some((ahead, bytes)) = self.ahead.remove(&home)
            && item != Some(ahead)
        {
            self.current.unplayed += bytes;
        }
    }

    fn played(
        &mut self,
        (at, home): (Time, u32),
        open: &mut Session,
        segment: u16,
        (rung, own): (u8, bool),
        size: Bytes,
    ) {
        let changed = open.rung.replace(rung).is_some_and(|last| last != rung);
        let catalogue = &self.world.catalogue;
        open.played += catalogue.segment;
        open.played_bytes += size.0;
        open.switches += u64::from(changed);
        let item = Item { rung, ..open.item };
        self.waste.played(self.period(), home, item, segment);
        self.current.played += catalogue.segment;
        self.current.switches += u64::from(changed);
        if rung == 0 {
            self.current.lowest += catalogue.segment;
        }
        self.current.played_bytes += size.0;
        if own {
            self.current.own_cache += size.0;
        }
        if catalogue.live(open.item.title).is_some() {
            let published = catalogue.published_at(open.item.title, segment);
            let behind = at.since(published + catalogue.segment);
            for window in self.inside() {
                self.counts[window].latency.add(behind.0 / 1_000);
            }
        }
        if !open.origin_only || own {
            return;
        }
        let first = self.first.get_mut(&item);
        let first = first.and_then(|times| times.get_mut(usize::from(segment)));
        let new = first.is_some_and(|first| {
            let new = *first != Time::ZERO && *first >= open.began;
            if new {
                *first = Time::ZERO;
            }
            new
        });
        for window in self.inside() {
            if open.began >= self.windows[window].0 {
                let counts = &mut self.counts[window];
                counts.origin_played += size.0;
                counts.first_copies += if new { size.0 } else { 0 };
            }
        }
    }
}

impl<S: FnMut(Time, u64) -> bool> Observer for Collector<'_, S> {
    fn begins(&mut self, links: &[SharedLink]) {
        self.links.begins(links);
    }

    fn carried(&mut self, _: Time, bytes: &[u64]) {
        let measured = self.inside().any(|window| window == Window::All as usize);
        self.links.carried(bytes, measured);
    }

    fn delivered(&mut self, _: Time, delivery: Delivery) {
        let Delivery { home, via, from, why, item, bytes, .. } = delivery;
        // Whatever the rung, it is what is watched.
        if self.titles[home as usize] != item.title {
            self.fetched_ahead(home, item, bytes.0);
        }
        self.current.via[via as usize] += bytes.0;
        let isp = |home: u32| usize::from(self.world.homes.isp[home as usize]);
        let isps = self.world.topology.isps.len();
        if via.is_peer() {
            self.peer_bytes += bytes.0;
        } else {
            self.cause.fetched(why, bytes);
        }
        self.waste.delivered(bytes);
        if let Some(period) = self.period() {
            self.homes.delivered(period, home, from, bytes);
        }
        for window in self.inside() {
            let counts = &mut self.counts[window];
            if let Some(from) = from {
                counts.matrix[isp(from) * isps + isp(home)] += bytes.0;
            }
        }
    }

    fn device(&mut self, device: u8, kit: Kit) {
        self.homes.device(device, kit);
    }

    fn never_gives(&mut self, home: u32, why: Refusal) {
        self.homes.never_gives(home, why);
    }

    fn slowed(&mut self, at: Time, home: u32, by: BitRate) {
        let watched = self.titles[home as usize] != NOTHING;
        self.homes.slowed((at, self.period()), (home, watched), by);
    }

    fn keeps(&mut self, home: u32, bytes: Bytes) {
        self.homes.keeps(home, bytes);
    }

    fn transfer_ended(&mut self, _: Time, ended: Ended) {
        let period = self.period();
        self.waste.ended(period, &ended);
        if let Some(period) = period.filter(|_| ended.whole) {
            let Ended { home, item, segment, .. } = ended;
            let size = self.world.catalogue.size(item.title, item.rung, segment);
            self.homes.whole(period, home, size);
        }
    }

    fn corrupt(&mut self, _: Time, home: u32, item: Item, segment: u16, bytes: Bytes) {
        self.waste.corrupt(self.period(), (home, item, segment), bytes);
        for window in self.inside() {
            let (count, sum) = &mut self.counts[window].corrupt;
            *count += 1;
            *sum += bytes.0;
        }
    }

    fn asked(&mut self, _: Time, news: Span) {
        for window in self.inside() {
            let (count, sum) = &mut self.counts[window].asked;
            *count += 1;
            *sum += u128::from(news.0);
        }
    }

    fn obtained(&mut self, _: Time, home: u32, item: Item, segment: u16) {
        let segments = usize::from(self.world.catalogue.segments[item.title as usize]);
        let times = self.first.entry(item).or_insert_with(|| vec![Time::NEVER; segments]);
        if let Some(first) = times.get_mut(usize::from(segment))
            && *first == Time::NEVER
        {
            // Whoever had it first may have begun to fetch it as soon as its viewing began, or as it
            // was published.
            let published = self.world.catalogue.published_at(item.title, segment);
            let open = self.open[home as usize].as_ref();
            *first = open.map_or(Time::ZERO, |open| open.began.max(published));
        }
    }

    fn viewing(&mut self, at: Time, home: u32, moment: Moment, size: Bytes) {
        let (note, cause) = match moment {
            Moment::Pressed { item, origin_only } => {
                self.pressed(at, home, item, origin_only);
                return;
            }
            Moment::Player(note, cause) => (note, cause),
            Moment::Waits => return,
            Moment::Closed => {
                self.plays(home, None);
                self.waste.turns_to((at, self.period()), home, None);
                return;
            }
        };
        let mut open = self.open[home as usize].take().expect("notes belong to a viewing");
        match note {
            Note::Started => {
                let waited = at.since(open.began);
                open.startup = Some(waited);
                self.current.joining += waited;
            }
            Note::Stalled(_) => (open.stalled, open.stalled_by) = (true, cause),
            Note::Resumed { waited } => self.stood(home, &mut open, waited),
            Note::Played { segment, rung, own } => {
                self.played((at, home), &mut open, segment, (rung, own), size);
            }
            Note::Paused { paused } => self.current.paused += paused,
            Note::Sought { waited, shown: true, .. } => {
                open.sought += waited;
                self.current.sought += waited;
                self.current.seeks += 1;
            }
            Note::Sought { .. } => {}
            Note::Ended { stalled, gave_up, .. } => {
                self.ended(at, home, open, (stalled, gave_up));
                return;
            }
        }
        self.open[home as usize] = Some(open);
    }

    fn refused(&mut self, _: Time, why: Refusal) {
        self.cause.refused(why);
    }

    fn control(&mut self, _: Time, bytes: Bytes) {
        self.current.control += bytes.0;
    }

    fn bin(&mut self, at: Time, could_send: Bytes) {
        self.count_viewers(at);
        self.supply += could_send.0;
        if self.peer_bytes > self.supply {
            let (sent, could) = (self.peer_bytes, self.supply);
            let fault = format!("peers sent {sent} bytes, but could only send {could}");
            self.faults.push(fault);
        }
        let inside: Vec<usize> = self.inside().collect();
        for window in &inside {
            self.counts[*window].could_send += could_send.0;
        }
        let causes = std::mem::take(&mut self.cause);
        if inside.contains(&(Window::All as usize)) {
            self.bins.push(self.current);
            self.causes.push(causes);
        }
        let titles = &self.titles;
        let watched = |home: u32| titles[home as usize] != NOTHING;
        self.homes.accrue_all((at, self.period()), watched);
        self.current = Bin { viewers_most: self.viewers, ..Bin::default() };
        self.ended += 1;
        self.turn(&inside);
    }

    fn checkpoint(&mut self, at: Time, events: u64) -> bool {
        (self.progress)(at, events)
    }
}
