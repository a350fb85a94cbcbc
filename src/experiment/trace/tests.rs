use std::path::Path;

use super::*;
use crate::engine::Followed;
use crate::engine::observe::{Delivery, Ended, Kit, Moment, Observer, SharedLink, StallCause};
use crate::metrics::Collector;
use crate::peer::{Item, Note, Refusal, Waiting};
use crate::scenario;
use crate::units::{BitRate, Bytes, Span};

type Counted = (crate::metrics::tables::RunTables, Vec<String>);

/// A CDN with little to give, so that pictures stand still.
fn slow() -> (Loaded, World) {
    let sets = [
        ("run.homes", "200"),
        ("cdn.exchange.egress", "\"3 kbit/s\""),
        ("cdn.origin.egress", "\"3 kbit/s\""),
        ("device.set-top.upload.permitted", "0.3"),
        ("player.patience", "\"1 h\""),
    ];
    let sets = sets.map(|(key, value)| (key.to_owned(), value.to_owned()));
    play("tight-interconnect.toml", &sets)
}

fn small(name: &str) -> (Loaded, World) {
    play(name, &[])
}

fn play(name: &str, sets: &[(String, String)]) -> (Loaded, World) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/small");
    let loaded = scenario::load(&folder.join(name), sets).expect("a scenario");
    let world = World::build(&loaded.scenario, &loaded.tables, 0);
    (loaded, world)
}

fn told(loaded: &Loaded, world: &World, request: Request) -> Vec<Line> {
    let mut lines = Vec::new();
    trace(loaded, world, request, |line| lines.push(line), |_, _| false)
        .expect("it was not stopped");
    lines
}

/// Who stalls waiting for a transfer, when, and how long all of a home's stalls take.
#[derive(Default)]
struct Stalls {
    first: Option<(u32, Time)>,
    lasted: std::collections::BTreeMap<u32, Span>,
}

impl Observer for Stalls {
    fn viewing(&mut self, at: Time, home: u32, moment: Moment, _: Bytes) {
        match moment {
            Moment::Player(Note::Stalled(Waiting::For(_)), _) => {
                self.first.get_or_insert((home, at));
            }
            Moment::Player(
                Note::Resumed { waited: stood } | Note::Ended { stalled: stood, .. },
                _,
            ) => *self.lasted.entry(home).or_default() += stood,
            _ => {}
        }
    }
}

/// Counts as ever, while one home is followed.
struct Both<A, B>(A, B);

impl<A: Observer, B: Observer> Observer for Both<A, B> {
    fn begins(&mut self, links: &[SharedLink]) {
        self.0.begins(links);
    }
    fn carried(&mut self, at: Time, bytes: &[u64]) {
        self.0.carried(at, bytes);
    }
    fn delivered(&mut self, at: Time, delivery: Delivery) {
        self.0.delivered(at, delivery);
        self.1.delivered(at, delivery);
    }
    fn device(&mut self, device: u8, kit: Kit) {
        self.0.device(device, kit);
    }
    fn never_gives(&mut self, home: u32, why: Refusal) {
        self.0.never_gives(home, why);
    }
    fn slowed(&mut self, at: Time, home: u32, by: BitRate) {
        self.0.slowed(at, home, by);
    }
    fn keeps(&mut self, home: u32, bytes: Bytes) {
        self.0.keeps(home, bytes);
    }
    fn transfer_ended(&mut self, at: Time, ended: Ended) {
        self.0.transfer_ended(at, ended);
    }
    fn corrupt(&mut self, at: Time, home: u32, item: Item, segment: u16, bytes: Bytes) {
        self.0.corrupt(at, home, item, segment, bytes);
    }
    fn asked(&mut self, at: Time, news: Span) {
        self.0.asked(at, news);
    }
    fn obtained(&mut self, at: Time, home: u32, item: Item, segment: u16) {
        self.0.obtained(at, home, item, segment);
    }
    fn viewing(&mut self, at: Time, home: u32, moment: Moment, size: Bytes) {
        self.0.viewing(at, home, moment, size);
        self.1.viewing(at, home, moment, size);
    }
    fn refused(&mut self, at: Time, why: Refusal) {
        self.0.refused(at, why);
    }
    fn control(&mut self, at: Time, bytes: Bytes) {
        self.0.control(at, bytes);
    }
    fn bin(&mut self, at: Time, could_send: Bytes) {
        self.0.bin(at, could_send);
    }
    fn follows(&self) -> Option<u32> {
        self.1.follows()
    }
    fn followed(&mut self, at: Time, what: Followed<'_>) {
        self.1.followed(at, what);
    }
    fn mark(&self) -> Time {
        self.1.mark()
    }
    fn marked(&mut self, at: Time) -> bool {
        self.1.marked(at)
    }
}

/// The first home of the first arm that is not the baseline to stall for a transfer, with the stalls.
fn stalling(loaded: &Loaded, world: &World) -> (Request, Time, Stalls) {
    let mut stalls = Stalls::default();
    let run = Engine::new(&loaded.scenario, world, &loaded.arms[1], 0, &mut stalls).run();
    assert!(run.is_some());
    let (home, at) = stalls.first.expect("somebody stalls");
    let (from, to) = (Time::ZERO, world.until);
    (Request { arm: 1, replication: 0, home, from, to }, at, stalls)
}

#[test]
fn a_stall_is_told_with_what_it_waits_for_and_why() {
    let (loaded, world) = slow();
    let (request, at, stalls) = stalling(&loaded, &world);
    let lines = told(&loaded, &world, request);
    let clock = loaded.scenario.run.start.0.0;
    let stall = lines.iter().find(|line| {
        line.t_ns == at.0 + clock && matches!(line.fact, Fact::Stalls { waits_for: Some(_), .. })
    });
    let Some(Line { fact: Fact::Stalls { segment, waits_for: Some((transfer, ..)), why }, .. }) =
        stall
    else {
        panic!("home {} stalls at {at:?}: {lines:?}", request.home);
    };
    assert_eq!(transfer.segment, *segment);
    assert!(StallCause::ALL.iter().any(|cause| cause.name() == *why), "{why}");
    // That segment was asked for as it says, and comes or is given up.
    let asked = lines.iter().any(|line| {
        matches!(line.fact, Fact::Fetches { segment, from, .. }
            if segment == transfer.segment && from == transfer.from && line.t_ns <= at.0 + clock)
    });
    assert!(asked, "{transfer:?}");
    let Some(Line { fact: Fact::Sums(sums), .. }) = lines.last() else {
        panic!("it ends with sums");
    };
    let lasted = stalls.lasted[&request.home].as_secs_f64();
    assert!((sums.stalled_s - lasted).abs() < 1e-6, "{} of {lasted}", sums.stalled_s);
}

#[test]
fn parts_of_a_run_add_up_and_are_told_as_in_the_whole() {
    let (loaded, world) = slow();
    let (request, at, _) = stalling(&loaded, &world);
    let whole = told(&loaded, &world, request);
    let middle = Request { to: at, ..request };
    let rest = Request { from: at + Span(1), ..request };
    let (first, second) = (told(&loaded, &world, middle), told(&loaded, &world, rest));
    let facts = |lines: &[Line]| -> Vec<Line> {
        let edge = |line: &&Line| matches!(line.fact, Fact::Before { .. } | Fact::Sums(_));
        lines.iter().filter(|line| !edge(line)).cloned().collect()
    };
    assert_eq!([facts(&first), facts(&second)].concat(), facts(&whole));
    let sums = |lines: &[Line]| match &lines.last().expect("there are some").fact {
        Fact::Sums(sums) => sums.clone(),
        other => panic!("{other:?}"),
    };
    let (whole, first, second) = (sums(&whole), sums(&first), sums(&second));
    assert!((first.stalled_s + second.stalled_s - whole.stalled_s).abs() < 1e-6);
    assert!((first.played_s + second.played_s - whole.played_s).abs() < 1e-6);
    assert_eq!(first.sent + second.sent, whole.sent);
    let bytes = |sums: &Sums| sums.bytes.iter().map(|(_, bytes)| bytes).sum::<u64>();
    assert_eq!(bytes(&first) + bytes(&second), bytes(&whole));
}

#[test]
fn whoever_is_followed_the_tables_are_the_same() {
    for name in ["tight-interconnect.toml", "adapting.toml"] {
        let (loaded, world) = small(name);
        let (arm, start) = (&loaded.arms[1], loaded.scenario.run.start.0);
        let counted = || Collector::new(&loaded.scenario, &world, arm, |_, _| false);
        let mut alone = counted();
        let plain = Engine::new(&loaded.scenario, &world, arm, 0, &mut alone).run();
        let middle = Time(world.until.0 / 2);
        let interval = Interval { from: middle, to: world.until, clock: start };
        let mut lines = 0;
        let count = |_| lines += 1;
        let mut both = Both(counted(), Follower::new(&world, 3, interval, count, |_, _| false));
        let followed = Engine::new(&loaded.scenario, &world, arm, 0, &mut both).run();
        let events = |audit: Option<crate::engine::Audit>| audit.map(|audit| audit.events);
        assert_eq!(events(plain), events(followed), "{name}");
        let text = |counted: Counted| format!("{counted:?}");
        assert!(text(alone.finish()) == text(both.0.finish()), "{name}");
        assert!(lines > 0, "{name}");
    }
}

#[test]
fn who_sleeps_has_little_to_tell() {
    let (loaded, world) = small("no-uplink.toml");
    let idle = (0..world.homes.len() as u32).find(|home| {
        let watches = world.intents.iter().any(|intent| intent.home.0 == *home);
        !watches && world.power[*home as usize].len() < 2
    });
    let Some(home) = idle else { panic!("everybody watches") };
    let (from, to) = (Time::ZERO, world.until);
    let lines = told(&loaded, &world, Request { arm: 1, replication: 0, home, from, to });
    assert!(lines.len() <= 4, "{lines:?}");
}
