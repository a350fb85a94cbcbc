//! An observer with books of its own, kept from the world and from what it is told.

use std::collections::{BTreeMap, BTreeSet};

use offpeak::engine::observe::{Delivery, Ended, Kit, Moment, Observer, SharedLink, Via};
use offpeak::peer::{Item, Note, Refusal};
use offpeak::scenario::ArmPlan;
use offpeak::scenario::model::Upload;
use offpeak::units::{BitRate, Bytes, Span, Time};
use offpeak::world::World;

/// Somebody pressed play: when, where, what.
pub(crate) type Press = (Time, u32, Item);

/// A viewing under way.
struct Viewing {
    item: Item,
    began: Time,
    startup: Option<Span>,
    stalled: Span,
    /// In pauses, and in waiting after seeks.
    paused: Span,
    sought: Span,
    played: u64,
    last: Option<u16>,
    /// Rung and segment of what was played.
    heard: BTreeSet<(u8, u16)>,
}

/// Passes everything on to `inner`, and notes each broken law.
pub(crate) struct Witness<'w, O> {
    world: &'w World,
    inner: O,
    bin: Span,
    now: Time,
    bins: u64,
    /// What each home may send.
    usable: Vec<BitRate>,
    /// Items and segments that were in some cache at the beginning, by home.
    initial: BTreeSet<(u32, Item, u16)>,
    /// Bytes that came to each home, of each segment, from anywhere.
    came: BTreeMap<(u32, Item, u16), u64>,
    seen: BTreeSet<(Item, u16)>,
    sent: Vec<u64>,
    watched: Vec<Vec<(Time, Time)>>,
    viewing: Vec<Option<Viewing>>,
    /// Since when a home stays on for what it has fetched ahead.
    waiting: Vec<Option<Time>>,
    /// Whether anything may be fetched ahead.
    prefetches: bool,
    /// Whether players change the rung.
    adapts: bool,
    /// All peers send corrupt segments only: what comes from them does not count.
    spoils: bool,
    pressed: Vec<Press>,
    /// Refusals within the measured time, by reason.
    pub(crate) refused: BTreeMap<&'static str, u64>,
    ended: usize,
    transfers: [u64; 7],
    could_send: u64,
    faults: Vec<String>,
}

/// Of a million homes, how many give for this reward in millionths: by looking at each stretch.
fn permits(upload: &Upload, reward: u64) -> u32 {
    let points: Vec<(f64, f64)> = upload
        .opt_in
        .iter()
        .map(|(price, share)| (price.micro as f64, share.ppm().into()))
        .collect();
    let reward = reward as f64;
    for pair in points.windows(2) {
        let ((x, y), (next, high)) = (pair[0], pair[1]);
        if (x..=next).contains(&reward) {
            return (y + (high - y) * (reward - x) / (next - x)).floor() as u32;
        }
    }
    match (points.first(), points.last()) {
        (Some(first), _) if reward < first.0 => first.1 as u32,
        (_, Some(last)) => last.1 as u32,
        _ => upload.permitted.ppm(),
    }
}

impl<'w, O: Observer> Witness<'w, O> {
    pub(crate) fn new(world: &'w World, arm: &ArmPlan, bin: Span, inner: O) -> Self {
        let devices: Vec<_> = arm.device.values().collect();
        let homes = &world.homes;
        let usable = |home: usize| {
            let upload = &devices[usize::from(homes.device[home])].upload;
            let metered = !upload.metered && homes.metered.get(home) == Some(&true);
            let battery = !upload.on_battery && homes.battery.get(home) == Some(&true);
            let willing = homes.willing[home]
                < permits(upload, arm.prices.reward.map_or(0, |reward| reward.micro))
                && upload.slots > 0;
            let able = homes.able.get(home) != Some(&false);
            let gives = willing && !metered && !battery && able;
            if gives { homes.up[home].part(upload.share) } else { BitRate::ZERO }
        };
        let mut initial = BTreeSet::new();
        let mut seen = BTreeSet::new();
        for (home, past) in world.history.iter().enumerate() {
            for viewing in past {
                let item = Item { title: viewing.title, rung: homes.rung[home] };
                for segment in viewing.from..viewing.from + viewing.segments {
                    initial.insert((home as u32, item, segment));
                    seen.insert((item, segment));
                }
            }
        }
        Self {
            world,
            inner,
            bin,
            now: Time::ZERO,
            bins: 0,
            usable: (0..homes.len()).map(usable).collect(),
            initial,
            came: BTreeMap::new(),
            seen,
            sent: vec![0; homes.len()],
            watched: vec![Vec::new(); homes.len()],
            viewing: (0..homes.len()).map(|_| None).collect(),
            waiting: vec![None; homes.len()],
            prefetches: arm.scheduler.plan().prefetches(),
            adapts: arm.player.abr.adapts(),
            spoils: devices.iter().all(|device| device.pollutes == offpeak::units::Share::ONE),
            pressed: Vec::new(),
            refused: BTreeMap::new(),
            ended: 0,
            transfers: [0; 7],
            could_send: 0,
            faults: Vec::new(),
        }
    }

    /// The collector, who pressed play, and what was broken.
    pub(crate) fn close(mut self) -> (O, Vec<Press>, Vec<String>) {
        self.law(self.ended == self.pressed.len(), || "a viewing has no end".to_owned());
        let open = self.viewing.iter().any(Option::is_some);
        self.law(!open, || "somebody still watches after the end".to_owned());
        let waits = self.waiting.iter().any(Option::is_some);
        self.law(!waits, || "a home still waits after the end".to_owned());
        let until = self.world.until;
        self.law(self.bins * self.bin.0 == until.0, || "bins do not fill the time".to_owned());
        (self.inner, self.pressed, self.faults)
    }

    fn law(&mut self, holds: bool, broken: impl FnOnce() -> String) {
        if !holds && self.faults.len() < 20 {
            self.faults.push(format!("at {}: {}", self.now.since(Time::ZERO), broken()));
        }
    }

    fn tick(&mut self, at: Time) {
        let before = self.now;
        self.law(at >= before, || format!("time runs back to {at:?}"));
        self.law(at <= self.world.until, || "something happens after the end".to_owned());
        self.now = at;
    }

    fn item_of(&self, home: u32) -> Option<Item> {
        self.viewing[home as usize].as_ref().map(|viewing| viewing.item)
    }

    /// How long a box has been on: powered, or watched.
    fn on_time(&self, home: usize) -> Span {
        let mut times: Vec<(Time, Time)> = self.world.power[home].clone();
        times.extend(&self.watched[home]);
        times.extend(self.viewing[home].as_ref().map(|viewing| (viewing.began, self.now)));
        times.extend(self.waiting[home].map(|since| (since, self.now)));
        times.sort_unstable();
        let mut on = Span::ZERO;
        let mut reached = Time::ZERO;
        for (from, to) in times {
            let (from, to) = (from.max(reached), to.min(self.now));
            on += to.since(from);
            reached = reached.max(to);
        }
        on
    }

    /// A home stays on no longer for what it has fetched ahead.
    fn waits_no_more(&mut self, at: Time, home: u32) {
        if let Some(since) = self.waiting[home as usize].take() {
            self.watched[home as usize].push((since, at));
        }
    }

    /// Time since a segment was published; a law is broken when it is still to come.
    fn exists(&mut self, item: Item, segment: u16, at: Time) {
        let catalogue = &self.world.catalogue;
        let first = catalogue.titles() - catalogue.broadcasts.len();
        let Some(live) = (item.title as usize).checked_sub(first) else {
            return;
        };
        let time = i128::from(segment) * i128::from(catalogue.segment.0);
        let published = i128::from(catalogue.broadcasts[live].first) + time;
        let there = published <= i128::from(at.0);
        self.law(there, || format!("{item:?} segment {segment} is not published yet"));
    }

    fn from_peer(&mut self, from: u32, item: Item, segment: u16) {
        let usable = self.usable[from as usize];
        self.law(usable > BitRate::ZERO, || format!("home {from} sends, but gives nothing"));
        let size = self.world.catalogue.size(item.title, item.rung, segment).0;
        let whole = self.came.get(&(from, item, segment)).is_some_and(|came| *came >= size);
        let had = whole || self.initial.contains(&(from, item, segment));
        self.law(had, || format!("home {from} sends {item:?} segment {segment}, never had it"));
    }

    fn note(&mut self, at: Time, home: u32, note: Note) {
        let segment_time = self.world.catalogue.segment;
        let Some(mut viewing) = self.viewing[home as usize].take() else {
            self.law(false, || format!("home {home}: {note:?} without a viewing"));
            return;
        };
        match note {
            Note::Started => {
                let first = viewing.startup.is_none();
                self.law(first, || format!("home {home}: two first pictures"));
                viewing.startup = Some(at.since(viewing.began));
            }
            Note::Resumed { waited } => viewing.stalled += waited,
            Note::Stalled(_) => {}
            Note::Paused { paused } => viewing.paused += paused,
            Note::Sought { to, waited, .. } => {
                viewing.sought += waited;
                viewing.last = to.checked_sub(1);
            }
            Note::Played { segment, rung, own } => {
                let next = viewing.last.is_none_or(|last| last + 1 == segment);
                self.law(next, || format!("home {home}: segment {segment} out of order"));
                let item = Item { rung, ..viewing.item };
                let key = (home, item, segment);
                let replayed = !viewing.heard.insert((rung, segment));
                let kept = own || !replayed;
                self.law(kept, || format!("home {home}: {segment} again, and not its own"));
                let size = self.world.catalogue.size(item.title, item.rung, segment).0;
                let here = self.came.get(&key).is_some_and(|came| *came >= size);
                let had = here || self.initial.contains(&key);
                let began = Time(at.0.saturating_sub(segment_time.0));
                self.exists(item, segment, began);
                self.law(had, || format!("home {home} plays {segment} without having it"));
                viewing.played += 1;
                viewing.last = Some(segment);
            }
            Note::Ended { started, stalled, complete, .. } => {
                let told = started == viewing.startup.is_some();
                self.law(told, || format!("home {home}: started or not?"));
                let lived = at.since(viewing.began);
                let known = viewing.startup.unwrap_or(lived)
                    + viewing.stalled
                    + viewing.paused
                    + viewing.sought
                    + stalled
                    + segment_time.times(viewing.played);
                // The segment that was on when the viewer left is the only rest.
                let rest = lived.0.checked_sub(known.0);
                let part = rest
                    .is_some_and(|rest| if complete { rest == 0 } else { rest <= segment_time.0 });
                self.law(part, || format!("home {home}: {known} known of a viewing of {lived}"));
                self.watched[home as usize].push((viewing.began, at));
                self.ended += 1;
                return;
            }
        }
        self.viewing[home as usize] = Some(viewing);
    }
}

impl<O: Observer> Observer for Witness<'_, O> {
    fn delivered(&mut self, at: Time, delivery: Delivery) {
        self.tick(at);
        let Delivery { home, via, from, item, segment, bytes, .. } = delivery;
        self.law(via.is_peer() == from.is_some(), || "a sender without being a peer".to_owned());
        let watches = self.item_of(home);
        let waits = self.waiting[home as usize].is_some();
        if watches.is_none() && !waits {
            self.law(false, || format!("home {home} gets bytes, but watches nothing"));
            return;
        }
        let same = |watched: Item| match self.adapts {
            true => watched.title == item.title,
            false => watched == item,
        };
        let own = watches.is_some_and(same) || self.prefetches;
        self.law(own, || format!("home {home} gets {item:?}, watches {watches:?}"));
        if let Some(from) = from {
            self.law(from != home, || format!("home {home} sends to itself"));
            self.from_peer(from, item, segment);
            self.sent[from as usize] += bytes.0;
            let (isp, place) = (&self.world.homes.isp, &self.world.homes.place);
            let (a, b) = (from as usize, home as usize);
            let expected = match (isp[a] == isp[b], place[a] == place[b]) {
                (true, true) => Via::PeerPop,
                (true, false) => Via::PeerIsp,
                _ => Via::PeerOther,
            };
            self.law(via == expected, || format!("{from} to {home} is not {via:?}"));
        }
        self.exists(item, segment, at);
        let new = self.seen.insert((item, segment));
        let first = !new || !via.is_peer();
        self.law(first, || format!("{item:?} segment {segment} comes first from a peer"));
        let counts = if self.spoils && via.is_peer() { 0 } else { bytes.0 };
        *self.came.entry((home, item, segment)).or_default() += counts;
        self.inner.delivered(at, delivery);
    }

    fn device(&mut self, device: u8, kit: Kit) {
        self.inner.device(device, kit);
    }

    fn never_gives(&mut self, home: u32, why: Refusal) {
        let gives = self.usable[home as usize] > BitRate::ZERO;
        self.law(!gives, || format!("home {home} never gives: {why:?}"));
        self.inner.never_gives(home, why);
    }

    fn slowed(&mut self, at: Time, home: u32, by: BitRate) {
        self.tick(at);
        let homes = &self.world.homes;
        let (down, evening) = (homes.down[home as usize], homes.down_evening[home as usize]);
        self.law(by < down.max(evening), || format!("home {home} is slowed by {by}"));
        self.inner.slowed(at, home, by);
    }

    fn keeps(&mut self, home: u32, bytes: Bytes) {
        self.inner.keeps(home, bytes);
    }

    fn transfer_ended(&mut self, at: Time, ended: Ended) {
        self.tick(at);
        self.transfers[ended.ending as usize] += 1;
        self.inner.transfer_ended(at, ended);
    }

    fn corrupt(&mut self, at: Time, home: u32, item: Item, segment: u16, bytes: Bytes) {
        self.tick(at);
        if !self.spoils {
            let came = self.came.entry((home, item, segment)).or_default();
            let less = came.checked_sub(bytes.0);
            *came = less.unwrap_or(0);
            self.law(less.is_some(), || format!("home {home}: more is corrupt than came"));
        }
        self.inner.corrupt(at, home, item, segment, bytes);
    }

    fn begins(&mut self, links: &[SharedLink]) {
        self.inner.begins(links);
    }

    fn carried(&mut self, at: Time, bytes: &[u64]) {
        self.tick(at);
        self.inner.carried(at, bytes);
    }

    fn asked(&mut self, at: Time, news: Span) {
        self.tick(at);
        self.law(news <= at.since(Time::ZERO), || {
            format!("news from before the beginning: {news}")
        });
        self.inner.asked(at, news);
    }

    fn obtained(&mut self, at: Time, home: u32, item: Item, segment: u16) {
        self.tick(at);
        self.inner.obtained(at, home, item, segment);
    }

    fn viewing(&mut self, at: Time, home: u32, moment: Moment, size: Bytes) {
        self.tick(at);
        match moment {
            Moment::Pressed { item, .. } => {
                let alone = self.viewing[home as usize].is_none();
                self.law(alone, || format!("home {home} watches twice"));
                self.waits_no_more(at, home);
                self.pressed.push((at, home, item));
                self.viewing[home as usize] = Some(Viewing {
                    item,
                    began: at,
                    startup: None,
                    stalled: Span::ZERO,
                    paused: Span::ZERO,
                    sought: Span::ZERO,
                    played: 0,
                    last: None,
                    heard: BTreeSet::new(),
                });
            }
            Moment::Waits => {
                let free = self.viewing[home as usize].is_none() && self.prefetches;
                let twice = self.waiting[home as usize].replace(at).is_some();
                self.law(free && !twice, || format!("home {home} waits, and for what?"));
            }
            Moment::Closed => {
                let waits = self.waiting[home as usize].is_some();
                self.law(waits, || format!("home {home} stops waiting without having begun"));
                self.waits_no_more(at, home);
            }
            Moment::Player(note, cause) => {
                let told = matches!(note, Note::Stalled(_)) == cause.is_some();
                self.law(told, || format!("{note:?} because of {cause:?}"));
                self.note(at, home, note);
            }
        }
        self.inner.viewing(at, home, moment, size);
    }

    fn refused(&mut self, at: Time, why: Refusal) {
        self.tick(at);
        if at >= self.world.measure_from {
            *self.refused.entry(why.name()).or_default() += 1;
        }
        self.inner.refused(at, why);
    }

    fn control(&mut self, at: Time, bytes: Bytes) {
        self.tick(at);
        self.inner.control(at, bytes);
    }

    fn bin(&mut self, at: Time, could_send: Bytes) {
        self.tick(at);
        self.bins += 1;
        self.could_send += could_send.0;
        let mut supply = 0;
        for home in 0..self.sent.len() {
            let most = self.usable[home].bytes_in(self.on_time(home)).0;
            supply += most;
            let sent = self.sent[home];
            self.law(sent <= most, || format!("home {home} sent {sent} bytes, at most {most}"));
        }
        // Each home's part is rounded down by itself, the sum once.
        let (told, homes) = (self.could_send, self.sent.len() as u64);
        let agree = supply <= told + 1 && told <= supply + homes;
        self.law(agree, || format!("could send {told} bytes, by other books {supply}"));
        self.inner.bin(at, could_send);
    }

    fn checkpoint(&mut self, at: Time, events: u64) -> bool {
        self.inner.checkpoint(at, events)
    }
}

mod sees {
    use offpeak::engine::causes::Why;
    use offpeak::engine::observe::StallCause;
    use offpeak::peer::Waiting;

    use super::*;
    use crate::short;

    const ITEM: Item = Item { title: 0, rung: 0 };

    /// Sees nothing, so that nobody but the witness stumbles.
    struct Blind;

    impl Observer for Blind {
        fn checkpoint(&mut self, _: Time, _: u64) -> bool {
            false
        }
    }

    /// Faults of a run that consists of what `tell` says, beside that it stops before its end.
    fn faults(tell: impl FnOnce(&mut dyn Observer)) -> String {
        let loaded = short("two-providers.toml", &[("run.homes", "9")]);
        let world = World::build(&loaded.scenario, &loaded.tables, 0);
        let bin = loaded.scenario.run.bin;
        let mut witness = Witness::new(&world, &loaded.arms[0], bin, Blind);
        tell(&mut witness);
        witness.faults.join("; ")
    }

    fn press(to: &mut dyn Observer, home: u32) {
        let moment = Moment::Pressed { item: ITEM, origin_only: false };
        to.viewing(Time(10), home, moment, Bytes::ZERO);
    }

    fn deliver(to: &mut dyn Observer, at: Time, home: u32, from: Option<u32>, bytes: u64) {
        let via = from.map_or(Via::Origin, |_| Via::PeerPop);
        let why = Why::NONE;
        let (item, segment, bytes) = (ITEM, 0, Bytes(bytes));
        to.delivered(at, Delivery { home, via, from, why, item, segment, bytes });
    }

    fn say(to: &mut dyn Observer, at: Time, note: Note) {
        let cause = matches!(note, Note::Stalled(_)).then_some(StallCause::OwnLine);
        to.viewing(at, 1, Moment::Player(note, cause), Bytes::ZERO);
    }

    #[test]
    fn every_broken_law() {
        const ALL: u64 = 100_000_000;
        let later = Time(20);
        let over = |to: &mut dyn Observer, complete| {
            let (started, stalled, gave_up) = (true, Span::ZERO, false);
            say(to, Time(500), Note::Ended { started, stalled, complete, gave_up });
        };
        assert_eq!(faults(|to| (press(to, 1), deliver(to, later, 1, None, ALL)).1), "");
        let seen = |word: &str, tell: &dyn Fn(&mut dyn Observer)| {
            let found = faults(|to| tell(to));
            assert!(found.contains(word), "{word}: {found}");
        };
        seen("watches nothing", &|to| deliver(to, later, 1, None, 1));
        seen("comes first from a peer", &|to| {
            press(to, 1);
            deliver(to, later, 1, Some(2), 1);
        });
        seen("never had it", &|to| {
            press(to, 1);
            deliver(to, later, 1, None, 1);
            press(to, 3);
            deliver(to, later, 3, Some(1), 1);
        });
        seen("time runs back", &|to| {
            press(to, 1);
            to.control(Time(9), Bytes(1));
        });
        seen("sent 100000000 bytes, at most", &|to| {
            press(to, 1);
            press(to, 2);
            deliver(to, later, 1, None, ALL);
            deliver(to, later, 2, Some(1), ALL);
            to.bin(Time(30), Bytes::ZERO);
        });
        seen("by other books", &|to| to.bin(Time(30), Bytes(1000)));
        seen("watches twice", &|to| (press(to, 1), press(to, 1)).1);
        seen("plays 0 without having it", &|to| {
            press(to, 1);
            say(to, later, Note::Played { segment: 0, rung: 0, own: false });
        });
        seen("two first pictures", &|to| {
            press(to, 1);
            say(to, later, Note::Started);
            say(to, later, Note::Started);
        });
        seen("known of a viewing", &|to| {
            press(to, 1);
            say(to, later, Note::Started);
            over(to, true);
        });
        seen("started or not", &|to| (press(to, 1), over(to, false)).1);
        seen("without a viewing", &|to| say(to, later, Note::Started));
        seen("because of", &|to| {
            press(to, 1);
            let note = Note::Stalled(Waiting::NotRequested);
            to.viewing(later, 1, Moment::Player(note, None), Bytes::ZERO);
        });
    }
}
