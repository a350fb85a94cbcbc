//! Watches a run and counts: bins of the series, viewings, bytes by home, provider and cause.
//!
//! Invariant: everything that is counted by time is counted in exactly one bin; windows are sums of
//! bins, so that series and summary agree.

use std::collections::BTreeMap;

use super::bin::Bin;
use super::causes::Causes;
use super::latency::Latency;
use super::links::Links;
use super::summary::{self, Viewed};
use super::tables::{RunTables, Window};
use crate::engine::observe::{Delivery, Moment, Observer, SharedLink, StallCause};
use crate::peer::{Item, Note, Refusal};
use crate::scenario::{ArmPlan, Scenario};
use crate::units::{Bytes, Span, Time};
use crate::world::World;

/// What is counted per window.
#[derive(Clone, Debug)]
pub(super) struct Counts {
    /// Bytes sent by each home, and whether it got any from peers.
    pub(super) sent: Vec<u64>,
    pub(super) got: Vec<bool>,
    /// Peer bytes from provider to provider.
    pub(super) matrix: Vec<u64>,
    /// Bytes of segments played that nobody had when their viewing began, origin titles alone.
    pub(super) first_copies: u64,
    /// Bytes of origin titles played by viewings that began in the window, own cache apart.
    pub(super) origin_played: u64,
    /// What homes that give and are on could have sent.
    pub(super) could_send: u64,
    /// Of what was played live.
    pub(super) latency: Latency,
    /// Corrupt transfers, and their bytes.
    pub(super) corrupt: (u64, u64),
    /// Times a neighbour was asked, and how long ago it had told anything, in ns, summed.
    pub(super) asked: (u64, u128),
}

impl Counts {
    /// Bytes that must come from the origin at least.
    pub(super) fn floor(&self) -> u64 {
        self.first_copies.max(self.origin_played.saturating_sub(self.could_send))
    }
}

/// A viewing under way.
#[derive(Clone, Copy, Debug)]
struct Open {
    at: usize,
    item: Item,
    origin_only: bool,
    began: Time,
    stalled_by: Option<StallCause>,
    /// The rung played last.
    rung: Option<u8>,
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
    viewed: Vec<Viewed>,
    open: Vec<Option<Open>>,
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
            sent: vec![0; world.homes.len()],
            got: vec![false; world.homes.len()],
            matrix: vec![0; isps * isps],
            first_copies: 0,
            origin_played: 0,
            could_send: 0,
            latency: Latency::default(),
            corrupt: (0, 0),
            asked: (0, 0),
        };
        Self {
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
            viewed: Vec::new(),
            open: vec![None; world.homes.len()],
            viewers: 0,
            viewers_since: Time::ZERO,
            first: BTreeMap::new(),
            ahead: BTreeMap::new(),
            peer_bytes: 0,
            supply: 0,
            links: Links::default(),
            faults: Vec::new(),
        }
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
            viewed: &self.viewed,
            midnight_offset: self.scenario.run.start.0,
        };
        (view.tables(), self.faults)
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
        self.viewed.push(Viewed { began: at, startup: None, stalled: false });
        let (began, place) = (at, self.viewed.len() - 1);
        let open = Open { at: place, item, origin_only, began, stalled_by: None, rung: None };
        self.open[home as usize] = Some(open);
    }

    fn stood(&mut self, open: Open, waited: Span) {
        self.current.stalled += waited;
        self.current.stalls += u64::from(waited > Span::ZERO);
        let cause = open.stalled_by.unwrap_or(StallCause::NotRequested);
        self.cause.stood(cause, waited);
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
        segment: u16,
        (rung, own): (u8, bool),
        size: Bytes,
    ) {
        let Some(open) = &mut self.open[home as usize] else { return };
        let changed = open.rung.replace(rung).is_some_and(|last| last != rung);
        let open = *open;
        let catalogue = &self.world.catalogue;
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
                self.counts[window].latency.add(behind);
            }
        }
        if !open.origin_only || own {
            return;
        }
        let first = self.first.get_mut(&Item { rung, ..open.item });
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
        if self.open[home as usize].is_none_or(|open| open.item.title != item.title) {
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
        for window in self.inside() {
            let counts = &mut self.counts[window];
            if let Some(from) = from {
                counts.sent[from as usize] += bytes.0;
                counts.got[home as usize] = true;
                counts.matrix[isp(from) * isps + isp(home)] += bytes.0;
            }
        }
    }

    fn corrupt(&mut self, _: Time, _: u32, _: Item, _: u16, bytes: Bytes) {
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
            *first = self.open[home as usize].map_or(Time::ZERO, |open| open.began.max(published));
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
                return;
            }
        };
        let open = self.open[home as usize].expect("notes belong to a viewing");
        match note {
            Note::Started => {
                let waited = at.since(open.began);
                self.viewed[open.at].startup = Some(waited);
                self.current.joining += waited;
            }
            Note::Stalled(_) => {
                self.viewed[open.at].stalled = true;
                self.open[home as usize] = Some(Open { stalled_by: cause, ..open });
            }
            Note::Resumed { waited } => self.stood(open, waited),
            Note::Played { segment, rung, own } => {
                self.played((at, home), segment, (rung, own), size);
            }
            Note::Paused { paused } => self.current.paused += paused,
            Note::Sought { waited, shown: true, .. } => {
                self.current.sought += waited;
                self.current.seeks += 1;
            }
            Note::Sought { .. } => {}
            Note::Ended { stalled, .. } => {
                self.stood(open, stalled);
                self.change_viewers(at, false);
                self.open[home as usize] = None;
            }
        }
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
        self.current = Bin { viewers_most: self.viewers, ..Bin::default() };
        self.ended += 1;
    }

    fn checkpoint(&mut self, at: Time, events: u64) -> bool {
        (self.progress)(at, events)
    }
}
