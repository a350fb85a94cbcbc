//! What a home and a viewer cost, in bytes, counted by the allocator. Sizes do not depend on how the
//! program is built.
//!
//! `cargo test --test memory -- --nocapture` prints the parts.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::path::Path;

use offpeak::engine::observe::{Moment, Observer};
use offpeak::engine::sharing::{Band, Discipline, Sharing};
use offpeak::engine::{BYTES_OF_CONNECTION, BYTES_OF_END, BYTES_OF_HOME, Engine, config};
use offpeak::peer::scheduler::Scheduler;
use offpeak::peer::{
    Config, Edge, Input, Item, Note, Output, Peer, PeerId, Play, Slot, Source, Surroundings, Told,
};
use offpeak::scenario::{self, ArmPlan, Loaded};
use offpeak::units::{BitRate, Bytes, Span, Time, TimeOfDay};
use offpeak::world::World;

/// Bytes that a home costs that is not watching: its peer with what it keeps, the engine's row, two
/// links, the world's row.
const DORMANT: f64 = 400.0;
/// Bytes that a viewer with ten neighbours costs beyond that, with all it keeps of its transfers but
/// what the engine has of them: 340 for the viewing, 320 for the neighbours, 190 for records of who was
/// how fast (three neighbours send at any time), 140 for requests, 160 for the ends of connections, 30
/// for connections with a server.
const ACTIVE: usize = 1_200;

struct Counting;

thread_local! {
    /// Bytes that this thread took and has not given back: what others do at the time, the harness
    /// among them, does not count.
    static LIVE: Cell<usize> = const { Cell::new(0) };
}

#[expect(unsafe_code, reason = "an allocator cannot be written without")]
// SAFETY: everything is passed on to the system's allocator.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        LIVE.set(LIVE.get().wrapping_add(layout.size()));
        // SAFETY: as the caller promised.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, place: *mut u8, layout: Layout) {
        LIVE.set(LIVE.get().wrapping_sub(layout.size()));
        // SAFETY: as the caller promised.
        unsafe { System.dealloc(place, layout) }
    }
}

#[global_allocator]
static HEAP: Counting = Counting;

fn live() -> usize {
    LIVE.get()
}

/// Bytes on the heap that `made` holds.
fn bytes_of<T>(make: impl FnOnce() -> T) -> (T, usize) {
    let before = live();
    let made = make();
    (made, live().wrapping_sub(before))
}

fn evening(homes: u32) -> (Loaded, World) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/uk-evening.toml");
    let sets = [("run.homes".to_owned(), homes.to_string())];
    let loaded = scenario::load(&path, &sets).expect("a shipped scenario is sound");
    let world = World::build(&loaded.scenario, &loaded.tables, 0);
    (loaded, world)
}

fn hybrid(loaded: &Loaded) -> &ArmPlan {
    loaded.arms.iter().find(|arm| arm.name == "hybrid").expect("it has the arm")
}

/// Every device of a scenario as its core is set.
fn configs(loaded: &Loaded) -> Vec<Config> {
    let arm = hybrid(loaded);
    let segment = loaded.scenario.video.segment;
    let config = |device| config(&loaded.scenario, arm, segment, device);
    arm.device.values().map(config).collect()
}

/// Bytes of a row of the world's table of homes.
fn row_of_the_world(world: &World) -> usize {
    fn width<T>(_: &[T]) -> usize {
        size_of::<T>()
    }
    let homes = &world.homes;
    width(&homes.isp)
        + width(&homes.place)
        + width(&homes.line)
        + width(&homes.down)
        + width(&homes.down_evening)
        + width(&homes.up)
        + width(&homes.access_delay)
        + width(&homes.device)
        + width(&homes.willing)
        + width(&homes.rung)
}

#[test]
fn a_home_that_sleeps_is_small() {
    let (loaded, world) = evening(4_000);
    let configs = configs(&loaded);
    let homes = world.homes.len();
    let (peers, kept) = bytes_of(|| {
        let mut peers = vec![Peer::default(); homes];
        for (home, past) in world.history.iter().enumerate() {
            let size = |item: Item, segment| world.catalogue.size(item.title, item.rung, segment);
            for viewing in past {
                let item = Item { title: viewing.title, rung: world.homes.rung[home] };
                let run = (item, viewing.from, viewing.from.saturating_add(viewing.segments));
                let config = &configs[usize::from(world.homes.device[home])];
                peers[home].remember(config, run, &size, &mut Vec::new());
            }
        }
        peers
    });
    let held: usize = peers.iter().map(|peer| peer.store().disk().holdings().count()).sum();
    assert!(held > 10 * homes, "homes keep something");
    let lines = (0..2 * homes).map(|_| BitRate(1));
    let (_sharing, links) =
        bytes_of(|| Sharing::new(Discipline::MaxMin, Band::default(), lines, std::iter::empty()));
    let each = |bytes: usize| bytes as f64 / homes as f64;
    let parts = [each(kept), BYTES_OF_HOME as f64, each(links), row_of_the_world(&world) as f64];
    println!(
        "a home: peer with {:.1} items {:.1} B, engine {} B, links {:.1} B, world {} B",
        each(held),
        parts[0],
        parts[1],
        parts[2],
        parts[3]
    );
    let sum: f64 = parts.iter().sum();
    println!("a home: {sum:.1} B");
    assert!(sum <= DORMANT, "{sum} bytes a home: {parts:?}");
}

/// Ten neighbours with a run or two each, transfers that take two seconds.
struct Place {
    now: Time,
    dice: u64,
}

const ITEM: Item = Item { title: 3, rung: 1 };
const SIZE: Bytes = Bytes(1_000_000);

impl Surroundings for Place {
    fn distance(&self, _: PeerId) -> u8 {
        0
    }
    fn round_trip(&self, _: PeerId) -> Span {
        Span::from_millis(20)
    }
    fn below(&mut self, bound: u32) -> u32 {
        self.dice = self.dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        ((self.dice >> 33) % u64::from(bound)) as u32
    }
    fn hear(&self, neighbour: PeerId, _: Item, told: &mut Told) {
        let apart = neighbour.0 as u16 * 5;
        told.renew([(0, 40 + apart), (60 + apart, 300)].into_iter());
        if neighbour.0.is_multiple_of(4) {
            told.fetches(50 + apart);
        }
    }
    fn watches(&self, neighbour: PeerId, _: Item) -> bool {
        neighbour.0.is_multiple_of(2)
    }
    fn got(&self, _: Slot) -> Bytes {
        Bytes::ZERO
    }
    fn last(&self, _: Slot) -> Time {
        self.now
    }
    fn size(&self, _: Item, _: u16) -> Bytes {
        SIZE
    }
    fn free_holder(&self, _: Item, _: u16, _: BitRate) -> Option<PeerId> {
        None
    }
}

fn viewer_config() -> Config {
    Config {
        plan: Scheduler::named("hybrid").expect("it is there").plan(),
        clock: TimeOfDay(Span::ZERO),
        segment: Span::from_secs(4),
        start_after: Span::from_secs(4),
        resume_after: Span::from_secs(4),
        cache: Default::default(),
        grain: Default::default(),
        disk: Bytes(8_000_000_000),
        memory: Bytes::ZERO,
        upload_slots: 4,
        upload_in_standby: true,
        upload_least: BitRate::ZERO,
        links: 10,
        refresh: Span::from_secs(20),
        adapt: Default::default(),
    }
}

/// Lets a viewer watch for so many seconds; transfers take two, and the most there were at once, from
/// servers and from all.
fn watch(peer: &mut Peer, neighbours: u32, secs: u64) -> (usize, usize) {
    let config = viewer_config();
    let mut place = Place { now: Time::ZERO, dice: 1 };
    let (mut out, mut servers, mut most) = (Vec::new(), 0, 0);
    let mut running: Vec<(Time, Slot, bool)> = Vec::new();
    let play = Play {
        item: ITEM,
        from: 0,
        until: 300,
        segments: 300,
        edge: Edge::Whole,
        patience: Span::from_secs(30),
        stall_patience: Span::from_secs(60),
        next: None,
    };
    let names: Vec<PeerId> = (1..=neighbours).map(PeerId).collect();
    peer.handle(&config, place.now, Input::Play(play), &mut place, &mut out);
    peer.handle(
        &config,
        place.now,
        Input::Candidates(&names, Default::default()),
        &mut place,
        &mut out,
    );
    for name in &names {
        peer.handle(&config, place.now, Input::Linked(*name), &mut place, &mut out);
    }
    loop {
        for output in out.drain(..) {
            match output {
                Output::Fetch { slot, from, .. } => {
                    let takes = if from == Source::Cdn { 1_500 } else { 2_000 };
                    running.push((place.now + Span::from_millis(takes), slot, from == Source::Cdn));
                }
                Output::Cancel { slot, .. } => running.retain(|(_, other, _)| *other != slot),
                Output::Note(Note::Stalled(_) | Note::Ended { .. }) => panic!("{output:?}"),
                _ => {}
            }
        }
        most = most.max(running.len());
        servers = servers.max(running.iter().filter(|(_, _, cdn)| *cdn).count());
        let wake = peer.next_wake().expect("it watches");
        let first = running.iter().copied().min().filter(|(at, ..)| *at <= wake);
        place.now = first.map_or(wake, |(at, ..)| at);
        if place.now > Time::ZERO + Span::from_secs(secs) {
            return (servers, most);
        }
        let input = first.map_or(Input::Wake, |(_, slot, _)| Input::Arrived(slot));
        running.retain(|(_, slot, _)| first.is_none_or(|(_, done, _)| done != *slot));
        peer.handle(&config, place.now, input, &mut place, &mut out);
    }
}

#[test]
fn a_viewer_is_small() {
    let mut most = 0;
    // Three neighbours are usual on an evening of a few thousand homes.
    for (neighbours, secs) in [(10, 30), (10, 120), (10, 600), (3, 600), (20, 600)] {
        let mut peer = Peer::default();
        let ((servers, at_once), core) = bytes_of(|| watch(&mut peer, neighbours, secs));
        assert!(at_once >= 4, "it fetches from servers and neighbours: {at_once} at once");
        assert!((1..=neighbours).all(|name| peer.is_neighbour(PeerId(name))));
        // Room for both grows as it is needed: for ends two at a time.
        let ends = neighbours.next_multiple_of(2) as usize * BYTES_OF_END;
        let pool = servers * BYTES_OF_CONNECTION;
        let all = core + ends + pool;
        println!(
            "a viewer with {neighbours} neighbours after {secs} s: core {core} B, ends {ends} B, \
             pool {pool} B, all {all} B"
        );
        if neighbours == 10 {
            most = most.max(all);
        }
    }
    assert!(most <= ACTIVE, "{most} bytes a viewer");
}

/// Counts viewers, and stops at a time of day with what the heap has then.
struct Until {
    stop: Time,
    viewers: i64,
    live: usize,
}

impl Observer for Until {
    fn viewing(&mut self, _: Time, _: u32, moment: Moment, _: Bytes) {
        match moment {
            Moment::Pressed { .. } => self.viewers += 1,
            Moment::Player(Note::Ended { .. }, _) => self.viewers -= 1,
            Moment::Player(..) | Moment::Waits | Moment::Closed => {}
        }
    }
    fn checkpoint(&mut self, at: Time, _: u64) -> bool {
        self.live = live();
        at >= self.stop
    }
}

/// All that the engine holds, whatever it is for: directory, queue, transfers, slack.
#[test]
fn an_engine_is_not_larger_than_it_was() {
    let stop = Time::ZERO + Span::from_secs(4 * 3600);
    let run = |homes: u32| {
        let (loaded, world) = evening(homes);
        let arm = hybrid(&loaded);
        let before = live();
        let mut watch = Until { stop, viewers: 0, live: 0 };
        let engine = Engine::new(&loaded.scenario, &world, arm, 0, &mut watch);
        let dormant = live().wrapping_sub(before);
        assert!(engine.run().is_none(), "it is stopped");
        (dormant, watch.live.wrapping_sub(before + dormant), watch.viewers)
    };
    let (small, large) = (run(1_000), run(3_000));
    let each_home = (large.0 - small.0) as f64 / 2_000.0;
    let each_viewer = (large.1 - small.1) as f64 / (large.2 - small.2) as f64;
    println!(
        "the whole engine: {each_home:.0} B a home, {each_viewer:.0} B more a viewer at 20:30"
    );
    assert!(each_home < 800.0, "{each_home} bytes a home");
    assert!(each_viewer < 5_500.0, "{each_viewer} bytes a viewer");
}
