//! Effects of connections, each alone, against what can be worked out by hand.

use std::path::Path;

use super::path::weight;
use super::*;
use crate::engine::Engine;
use crate::engine::causes::Why;
use crate::engine::observe::{Ended, Ending, Observer};
use crate::engine::paths::Paths;
use crate::engine::queue::{Event, Queue};
use crate::engine::sharing::{Band, Demand, Discipline, FlowId, LinkId, Sharing};
use crate::engine::transfers::Begin;
use crate::peer::upload::Askers;
use crate::peer::{Giving, Item, PeerId, Slot, Wanted};
use crate::scenario::{self, Loaded};
use crate::world::World;

/// When transfers were done.
#[derive(Default)]
struct Log {
    done: Vec<Time>,
}

impl Observer for Log {
    fn transfer_ended(&mut self, at: Time, ended: Ended) {
        if ended.ending == Ending::Done {
            self.done.push(at);
        }
    }
}

/// One home, 40 ms and 50 Mbit/s from the origin, that watches segments of 2 MB, four seconds each.
const LONE: [(&str, &str); 17] = [
    ("run.homes", "1"),
    ("line.fibre.down", "[\"50 Mbit/s\", \"50 Mbit/s\"]"),
    ("line.fibre.up", "[\"2 Mbit/s\", \"2 Mbit/s\"]"),
    ("cdn.exchange.holds", "0.0"),
    ("cdn.origin.egress", "1 Gbit/s"),
    ("isp.0.interconnect.down", "1 Gbit/s"),
    ("isp.0.aggregation.down", "1 Gbit/s"),
    ("video.ladder", "[\"4 Mbit/s\"]"),
    ("video.size_spread", "0.0"),
    ("run.peak", "{ from = \"20:10\", to = \"20:20\" }"),
    ("run.warm_up", "0 s"),
    ("at_home.present.floor", "0.99"),
    ("at_home.spell", "30 d"),
    ("demand.sessions_per_home_day", "300"),
    ("demand.length", "{ constant = \"20 min\" }"),
    ("player.patience", "60 s"),
    ("arm.cdn-only.scheduler", "{ cdn-only = { http_parallel = 1 } }"),
];
const TRIP: f64 = 0.04;
/// 2 MB at 50 Mbit/s.
const ALL: f64 = 0.32;

fn load(sets: &[(&str, &str)]) -> Loaded {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/small/one-title.toml");
    let sets: Vec<(String, String)> =
        [&LONE[..], sets].concat().iter().map(|(k, v)| ((*k).into(), (*v).into())).collect();
    scenario::load(&file, &sets).unwrap_or_else(|problems| panic!("{problems}"))
}

/// When each transfer of the lone viewer was asked for and done, in seconds since the first.
fn lone(sets: &[(&str, &str)]) -> Vec<(f64, f64)> {
    let loaded = load(sets);
    let world = World::build(&loaded.scenario, &loaded.tables, 0);
    let mut log = Log::default();
    let mut engine = Engine::new(&loaded.scenario, &world, &loaded.arms[0], 0, &mut log);
    let mut asked = Vec::new();
    while let Some((at, event)) = engine.queue.pop() {
        engine.now = at;
        if event == Event::End || asked.len() > 20 {
            break;
        }
        engine.happen(event);
        engine.share();
        asked.resize(engine.transfers.begun as usize, at);
    }
    engine.finish();
    assert_eq!(engine.audit.faults, Vec::<String>::new());
    assert!(log.done.len() > 15, "{} transfers", log.done.len());
    let since = |at: Time| at.since(asked[0]).as_secs_f64();
    asked.iter().zip(&log.done).map(|(asked, done)| (since(*asked), since(*done))).collect()
}

#[track_caller]
fn near(got: f64, expected: f64) {
    assert!((got - expected).abs() < 1e-6, "{got} s, expected {expected} s");
}

/// How long the first two transfers take, and one after a pause of more than two seconds.
#[track_caller]
fn lengths(sets: &[(&str, &str)], expected: [f64; 3]) {
    let all = lone(sets);
    let late = all[12].0 - all[11].1;
    assert!(late > 2.0 && (all[1].0 - all[0].1).abs() < 1e-9, "{late} s after the one before");
    for (at, expected) in [0, 1, 12].into_iter().zip(expected) {
        near(all[at].1 - all[at].0, expected);
    }
}

#[test]
fn all_off_costs_a_round_trip_each() {
    lengths(&[], [TRIP + ALL, TRIP + ALL, TRIP + ALL]);
}

/// Five windows of 10, 20, 40, 80 and 160 packets stay below the 250,000 bytes of the path; the rest
/// comes at its rate.
fn slow() -> f64 {
    5.0 * TRIP + (2e6 - 31.0 * 14_600.0) / 6.25e6
}

#[test]
fn a_cold_connection_starts_slowly_and_a_warm_one_does_not() {
    let on = ("network.tcp.initial_window", "10");
    lengths(&[on], [TRIP + slow(), TRIP + ALL, TRIP + slow()]);
    lengths(&[on, ("network.tcp.restart", "1 d")], [TRIP + slow(), TRIP + ALL, TRIP + ALL]);
}

#[test]
fn a_new_connection_is_set_up_first() {
    let on = ("network.tcp.set_up", "3");
    lengths(&[on], [4.0 * TRIP + ALL, TRIP + ALL, TRIP + ALL]);
    let short = ("network.tcp.keep_alive", "1 s");
    lengths(&[on, short], [4.0 * TRIP + ALL, TRIP + ALL, 4.0 * TRIP + ALL]);
}

#[test]
fn a_request_sent_ahead_costs_no_round_trip() {
    lengths(&[("network.tcp.pipelining", "true")], [TRIP + ALL, ALL, TRIP + ALL]);
}

#[test]
fn a_window_and_losses_bound_the_rate() {
    lengths(&[("network.tcp.window", "125 kB")], [TRIP + 0.64; 3]);
    lengths(&[("network.tcp.window", "250 kB")], [TRIP + ALL; 3]);
    // √(1.5 / 0.0006) = 50 packets a round trip.
    let length = TRIP + 2e6 / (50.0 * 1_460.0 / TRIP);
    lengths(&[("network.tcp.loss", "0.0006")], [length; 3]);
}

#[test]
fn requests_wait_for_a_free_connection() {
    let two = ("arm.cdn-only.scheduler", "{ cdn-only = { http_parallel = 2 } }");
    let done = lone(&[two]);
    near(done[0].1, TRIP + 2.0 * ALL);
    near(done[1].1, TRIP + 2.0 * ALL);
    let one = ("network.tcp.connections", "1");
    let done = lone(&[two, one]);
    near(done[0].1, TRIP + ALL);
    near(done[1].1, 2.0 * (TRIP + ALL));
    assert!(done[1].0 < 1e-9, "asked for at once");
}

#[test]
fn near_flows_take_more_of_a_full_link() {
    let full = [BitRate(10_000_000)].into_iter();
    let mut sharing = Sharing::new(Discipline::MaxMin, Band::NONE, full, std::iter::empty());
    for (flow, millis) in [(0, 10), (1, 40)] {
        let weight = weight(Span::from_millis(millis), 1.0);
        let demand = Demand { size: Bytes(1000), cap: None, weight };
        sharing.start(FlowId(flow), Time::ZERO, &[LinkId(0)], demand);
    }
    sharing.settle(Time::ZERO, &mut Vec::new());
    assert_eq!(sharing.rate(FlowId(0)), 8_000_000_000);
    assert_eq!(sharing.rate(FlowId(1)), 2_000_000_000);
}

const UPLOAD: Bytes = Bytes(100_000);

/// Begins an upload of the first of two homes to the second.
fn upload(engine: &mut Engine<'_, Log>) -> u32 {
    let item = Item { title: 0, rung: 0 };
    let begin = Begin {
        home: 1,
        slot: Slot(0),
        from: Some(0),
        via: Via::PeerPop,
        why: Why::NONE,
        item,
        segment: 0,
        size: UPLOAD,
        class: None,
    };
    let config = &engine.configs[0];
    engine.peers[0].remember(config, (item, 0, 1), &|_, _| Bytes(1), &mut Vec::new());
    let (from, slot, now) = (PeerId(1), Slot(0), engine.now);
    let wanted = Wanted { from, slot, now, class: None, item, segment: 0, bytes: Bytes(1) };
    let askers = &mut Askers::Unknown;
    let size_of = |_, _| Bytes(1);
    let answer = engine.peers[0].request(config, wanted, &Giving::FREELY, askers, &size_of);
    assert_eq!(answer, Ok(None));
    let transfer = engine.transfers.ask(engine.now, begin);
    engine.begin_flow(transfer);
    engine.share();
    transfer
}

/// Two homes 40 ms apart, of which the first watches and sends to the second.
fn uploading(share: &str, sets: &[(&str, &str)], look: impl FnOnce(&mut Engine<'_, Log>, u32)) {
    let lines = ("line.fibre.rtt", "[\"20 ms\", \"20 ms\"]");
    let two = [("run.homes", "2"), ("device.set-top.upload.share", share), lines];
    let loaded = load(&[&two[..], sets].concat());
    let world = World::build(&loaded.scenario, &loaded.tables, 0);
    let mut log = Log::default();
    let mut engine = Engine::new(&loaded.scenario, &world, &loaded.arms[0], 0, &mut log);
    // Nothing of its own happens.
    engine.queue = Queue::default();
    engine.homes[0].watching = true;
    engine.homes[1].seat = engine.seats.take(0);
    let opened = engine.mesh.open(&engine.draw, (1, 0), Time::ZERO);
    assert!(opened.is_some(), "every pair connects here");
    let transfer = upload(&mut engine);
    look(&mut engine, transfer);
}

fn down(engine: &Engine<'_, Log>) -> u64 {
    engine.sharing.load(Paths::down(0)).1 / 1000
}

/// Plays on until the next look at the first home's uplink; false when there is none.
fn next_look(engine: &mut Engine<'_, Log>) -> bool {
    while let Some((at, event)) = engine.queue.pop() {
        if event == (Event::Uplink { home: 0 }) {
            engine.now = at;
            engine.happen(event);
            engine.share();
            return true;
        }
    }
    false
}

#[test]
fn uploads_leave_a_home_what_it_can_acknowledge() {
    let acks = ("network.tcp.ack_share", "0.02");
    // 2 Mbit/s up: nothing is left, so the floor holds; it ends with the upload.
    uploading("1.0", &[acks], |engine, transfer| {
        assert_eq!(down(engine), 50_000_000, "a queue takes its time");
        assert!(next_look(engine));
        assert_eq!(down(engine), 5_000_000);
        assert_eq!(engine.now, Time::ZERO + Span::from_millis(100));
        engine.report(transfer);
        engine.end_transfer(transfer, Ending::PeerGone);
        engine.share();
        assert!(next_look(engine));
        assert_eq!(down(engine), 50_000_000);
        assert!(!next_look(engine), "nothing more changes");
    });
    // A fifth is left: 400 kbit/s acknowledge 20 Mbit/s.
    uploading("0.8", &[acks], |engine, _| {
        assert!(next_look(engine));
        assert_eq!(down(engine), 20_000_000);
    });
    uploading("1.0", &[acks, ("network.tcp.ack_floor", "0.3")], |engine, _| {
        assert!(next_look(engine));
        assert_eq!(down(engine), 15_000_000);
    });
    uploading("1.0", &[], |engine, _| {
        assert!(!next_look(engine), "acknowledgements are free");
        assert_eq!(down(engine), 50_000_000);
    });
}

#[test]
fn a_full_uplink_delays_what_passes_it() {
    let queue = ("network.tcp.uplink_queue", "300 ms");
    uploading("1.0", &[queue], |engine, _| {
        assert_eq!(engine.up_queue(0), Span::from_millis(300));
        assert_eq!(engine.up_queue(1), Span::ZERO, "nothing is sent there");
    });
    uploading("0.9", &[queue], |engine, _| assert_eq!(engine.up_queue(0), Span::ZERO));
    uploading("1.0", &[], |engine, _| assert_eq!(engine.up_queue(0), Span::ZERO));
}

#[test]
fn a_window_between_peers_bounds_their_rate() {
    let rate = |sets: &[(&str, &str)]| {
        let mut rate = 0;
        uploading("1.0", sets, |engine, transfer| {
            assert!(engine.transfers.get(transfer).flowing());
            rate = engine.sharing.rate(FlowId(transfer)) / 1000;
        });
        rate
    };
    assert_eq!(rate(&[]), 2_000_000);
    assert_eq!(rate(&[("mesh.window", "5 kB")]), 1_000_000);
    assert_eq!(rate(&[("network.tcp.window", "5 kB")]), 2_000_000, "that of servers");
}

#[test]
fn a_connection_between_peers_is_warm_while_it_is_used() {
    // One packet of 1,460 bytes in 40 ms: 1, 2 and 4 of them before the uplink is full.
    let slow = ("network.tcp.initial_window", "1");
    uploading("1.0", &[slow], |engine, first| {
        let rate = |engine: &Engine<'_, Log>, transfer| {
            assert!(engine.transfers.get(transfer).flowing());
            engine.sharing.rate(FlowId(transfer)) / 1000
        };
        let next = |engine: &mut Engine<'_, Log>, transfer, after| {
            engine.now = engine.now + Span::from_millis(after);
            engine.report(transfer);
            engine.end_transfer(transfer, Ending::PeerGone);
        };
        let size = UPLOAD.0 as f64;
        let lone =
            |trips: f64, sent: f64| (size * 8.0 / (trips * 0.04 + (size - sent) / 250e3)) as u64;
        let cold = lone(3.0, 7.0 * 1_460.0);
        assert_eq!(rate(engine, first), cold);
        next(engine, first, 120);
        engine.now = engine.now + Span::from_millis(900);
        let second = upload(engine);
        assert_eq!(rate(engine, second), 2_000_000, "still warm");
        next(engine, second, 0);
        engine.now = engine.now + Span::from_millis(1_100);
        let third = upload(engine);
        assert_eq!(rate(engine, third), cold, "cold again");
        next(engine, third, 79);
        let fourth = upload(engine);
        assert_eq!(rate(engine, fourth), lone(2.0, 6.0 * 1_460.0), "grown for one round trip");
        let back = engine.mesh.left(1, 0, engine.now).expect("they are connected");
        assert_eq!(back.0, Window::NONE, "nothing was sent the other way");
    });
}
