//! A run looked at after every event: what peers keep, send and are connected to.

use std::collections::BTreeSet;
use std::path::Path;

use super::Engine;
use super::causes::FetchCause;
use super::host::NONE;
use super::observe::Observer;
use super::queue::Event;
use crate::peer::{CdnCause, Item, Refusal};
use crate::scenario;
use crate::units::{Span, Time};
use crate::world::World;

/// Sees nothing.
struct Blind;

impl Observer for Blind {}

/// Runs all arms of a small scenario, calling `look` after every event.
fn watch(file: &str, sets: &[(&str, &str)], look: fn(&Engine<'_, Blind>)) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/small");
    let sets: Vec<(String, String)> =
        sets.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
    let loaded = scenario::load(&folder.join(file), &sets).unwrap();
    let world = World::build(&loaded.scenario, &loaded.tables, 0);
    for arm in &loaded.arms {
        let mut blind = Blind;
        let mut engine = Engine::new(&loaded.scenario, &world, arm, 0, &mut blind);
        let mut last = Time::ZERO;
        while let Some((at, event)) = engine.queue.pop() {
            assert!(at >= last, "time runs back from {last:?} to {at:?}");
            (last, engine.now) = (at, at);
            if event == Event::End {
                break;
            }
            engine.happen(event);
            engine.share();
            look(&engine);
        }
        engine.finish();
        assert_eq!(engine.audit.faults, Vec::<String>::new(), "{file}, {}", arm.name);
    }
}

const SHORT: [(&str, &str); 5] = [
    ("run.homes", "60"),
    ("run.warm_up", "0 s"),
    ("run.length", "10 min"),
    ("run.peak", "{ from = \"19:55\", to = \"20:00\" }"),
    ("demand.sessions_per_home_day", "150"),
];

fn keeps_its_bounds(engine: &Engine<'_, Blind>) {
    let mut sending = vec![0; engine.peers.len()];
    for at in engine.transfers.alive() {
        let transfer = engine.transfers.get(at);
        let slot = engine.slots(transfer.home)[usize::from(transfer.slot.0)];
        assert_eq!(slot, at, "a transfer is named by its slot");
        assert!(engine.homes[transfer.home as usize].watching, "a transfer has a viewer");
        if let Some(from) = transfer.from().filter(|_| transfer.answered()) {
            sending[from as usize] += 1;
            assert!(engine.directory.is_online(from), "home {from} sends while it is off");
            assert!(engine.homes[from as usize].permitted(), "home {from} must not send");
        }
    }
    for (home, peer) in engine.peers.iter().enumerate() {
        let config = &engine.configs[usize::from(engine.world.homes.device[home])];
        assert!(peer.store().disk().bytes() <= config.disk, "home {home}: disk above its quota");
        assert!(peer.store().in_memory() <= config.memory, "home {home}: memory above its quota");
        assert_eq!(peer.uploading(), sending[home], "home {home}: uploads miscounted");
        assert!(peer.uploading() <= config.upload_slots);
        assert!(engine.mesh.of(home as u32).len() <= 2 * config.links as usize);
        let watches = peer.watching().is_some();
        assert_eq!(watches, engine.homes[home].watching, "home {home}: a viewing without a viewer");
        assert!(watches || engine.homes[home].seat == NONE);
        assert!(!watches || engine.directory.is_online(home as u32));
    }
}

#[test]
fn peers_keep_their_bounds_after_every_event() {
    watch("two-providers.toml", &SHORT, keeps_its_bounds);
    watch("tiny-cache.toml", &SHORT, keeps_its_bounds);
    let few = [("device.stick.memory", "5 MB"), ("device.stick.upload.slots", "1")];
    watch("sticks-without-storage.toml", &[&SHORT[..], &few].concat(), keeps_its_bounds);
    let full = [("device.set-top.cache.size", "20 MB"), ("mesh.link_life", "20 s")];
    watch("tight-interconnect.toml", &[&SHORT[..], &full].concat(), keeps_its_bounds);
}

#[test]
fn the_directory_knows_in_truth_exactly_who_holds() {
    watch("tiny-cache.toml", &SHORT, |engine| {
        // Looking up every title after every event is slow; every hundredth does.
        if !engine.queue.popped().is_multiple_of(100) {
            return;
        }
        for title in 0..engine.world.catalogue.titles() as u32 {
            for rung in 0..engine.world.catalogue.ladder.len() as u8 {
                let item = Item { title, rung };
                let mut named: Vec<u32> = engine.directory.truth(item).collect();
                named.sort_unstable();
                let holds = |home: &u32| {
                    let at = *home as usize;
                    let held = engine.peers[at].store().get(item);
                    engine.homes[at].permitted() && held.is_some_and(|held| !held.is_empty())
                };
                let held: Vec<u32> = (0..engine.peers.len() as u32).filter(holds).collect();
                assert_eq!(named, held, "{item:?}");
            }
        }
    });
}

/// What each home keeps on disk when measuring begins, and its viewings before.
fn kept(drawn: bool, seed: &str) -> (Vec<BTreeSet<(Item, u16)>>, Vec<usize>) {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/small/two-providers.toml");
    let sets = [
        ("run.homes", "100"),
        ("run.seed", seed),
        ("run.warm_up", "0 s"),
        ("run.history", if drawn { "2 d" } else { "0 s" }),
        ("demand.sessions_per_home_day", "12"),
        ("video.segment", "10 s"),
        ("device.set-top.cache.size", "1 GB"),
    ];
    let sets: Vec<(String, String)> =
        sets.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
    let mut loaded = scenario::load(&file, &sets).unwrap();
    if !drawn {
        loaded.scenario.run.warm_up = Span::DAY.times(2);
    }
    let world = World::build(&loaded.scenario, &loaded.tables, 0);
    let arm = loaded.arms.iter().find(|arm| arm.baseline).unwrap();
    let mut blind = Blind;
    let mut engine = Engine::new(&loaded.scenario, &world, arm, 0, &mut blind);
    while let Some((at, event)) = engine.queue.pop().filter(|(at, _)| *at < world.measure_from) {
        engine.now = at;
        engine.happen(event);
        engine.share();
    }
    let disk = |peer: &crate::peer::Peer| {
        let mut all = BTreeSet::new();
        for held in peer.store().disk().holdings() {
            let ranges = held.segments.ranges();
            all.extend(ranges.flat_map(|(from, to)| (from..to).map(|s| (held.item, s))));
        }
        all
    };
    let mut viewings: Vec<usize> = world.history.iter().map(Vec::len).collect();
    for intent in world.intents.iter().filter(|intent| intent.start < world.measure_from) {
        viewings[intent.home.0 as usize] += 1;
    }
    (engine.peers.iter().map(disk).collect(), viewings)
}

/// The draw puts whole intended viewings through the cache. What differs in simulated days: viewers
/// who give up fetch less, who leaves has up to 15 s fetched ahead, and a new segment may push out
/// one that was watched at the other end of the two days.
#[test]
fn a_drawn_history_fills_caches_as_simulated_days_do() {
    for seed in ["1", "2"] {
        let ((drawn, viewings), (simulated, others)) = (kept(true, seed), kept(false, seed));
        let sum = |counts: &[usize]| counts.iter().sum::<usize>() as f64;
        let more = sum(&viewings) / sum(&others);
        assert!((more - 1.0).abs() < 0.05, "seed {seed}: {more} times the viewings");
        let count = |kept: &[BTreeSet<(Item, u16)>]| kept.iter().map(BTreeSet::len).sum::<usize>();
        let (a, b) = (count(&drawn) as f64, count(&simulated) as f64);
        assert!(a > 1000.0 && (a / b - 1.0).abs() < 0.05, "seed {seed}: {a} drawn, {b} simulated");
        let items = |kept: &[BTreeSet<(Item, u16)>]| {
            let of = |all: &BTreeSet<(Item, u16)>| {
                all.iter().map(|(item, _)| *item).collect::<BTreeSet<Item>>().len()
            };
            kept.iter().map(of).sum::<usize>() as f64
        };
        let ratio = items(&drawn) / items(&simulated);
        assert!((ratio - 1.0).abs() < 0.05, "seed {seed}: {ratio} times the items");
        let both: usize =
            drawn.iter().zip(&simulated).map(|(a, b)| a.intersection(b).count()).sum();
        let overlap = both as f64 / a;
        assert!(overlap > 0.75, "seed {seed}: {overlap} of the segments are the same");
    }
}

/// Small worlds do not look ahead by themselves.
#[test]
fn looking_ahead_changes_nothing() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/small");
    for file in ["two-providers.toml", "connections.toml"] {
        let loaded = scenario::load(&folder.join(file), &[]).unwrap();
        let world = World::build(&loaded.scenario, &loaded.tables, 0);
        for arm in &loaded.arms {
            let run = |looks_ahead| {
                let mut blind = Blind;
                let mut engine = Engine::new(&loaded.scenario, &world, arm, 0, &mut blind);
                engine.looks_ahead = looks_ahead;
                engine.run().expect("nobody stops it")
            };
            assert_eq!(run(true), run(false), "{file}, {}", arm.name);
        }
    }
}

/// Counts of holders are those of the stores, and what a home is told to blame is true.
fn blames_what_is_so(engine: &Engine<'_, Blind>) {
    if !engine.queue.popped().is_multiple_of(7) {
        return;
    }
    engine.check_holders();
    // A viewer and a segment that depend on the moment.
    let Some(home) = (0..engine.homes.len() as u32)
        .cycle()
        .skip((engine.queue.popped() % engine.homes.len() as u64) as usize)
        .take(engine.homes.len())
        .find(|home| engine.peers[*home as usize].watching().is_some())
    else {
        return;
    };
    let item = engine.peers[home as usize].watching().expect("it watches");
    let segment = (engine.queue.popped() % 700) as u16;
    let holds = |other: &u32| {
        let held = engine.peers[*other as usize].store().get(item);
        *other != home && held.is_some()
    };
    let has = |other: &u32| {
        let held = engine.peers[*other as usize].store().get(item);
        held.is_some_and(|held| held.contains(segment))
    };
    let gives = |other: &u32| engine.homes[*other as usize].never.is_none();
    let on = |other: &u32| engine.directory.is_online(*other);
    let all: Vec<u32> = (0..engine.homes.len() as u32).filter(holds).collect();
    let any = |test: &dyn Fn(&u32) -> bool| all.iter().any(test);
    let serves = any(&|other| gives(other) && on(other) && has(other));
    for said in [CdnCause::NoHolder, CdnCause::NotIntroduced, CdnCause::NotConnected] {
        let why = engine.why_cdn(home, (item, segment), said);
        let of_never = |why| move |other: &u32| engine.homes[*other as usize].never == Some(why);
        let is_so = match why {
            FetchCause::NotIntroduced
            | FetchCause::NotConnected
            | FetchCause::NotYetAnnounced
            | FetchCause::TrackerStale
            | FetchCause::HolderBusy => serves,
            FetchCause::HolderOffline => any(&|other| gives(other) && !on(other)),
            FetchCause::OptOut => !any(&gives) && any(&of_never(Refusal::NotPermitted)),
            FetchCause::Metered => !any(&gives) && any(&of_never(Refusal::Metered)),
            FetchCause::Battery => !any(&gives) && any(&of_never(Refusal::Battery)),
            FetchCause::Evicted => all.is_empty(),
            // With more holders than are looked at, one of the others may have it.
            FetchCause::NoHolder => all.is_empty() || !serves || all.len() > 8,
            _ => false,
        };
        assert!(is_so, "home {home} at {:?}, {said:?}: {why:?}, held by {all:?}", engine.now);
    }
    let said = CdnCause::DeadlineNear;
    assert_eq!(engine.why_cdn(home, (item, segment), said), FetchCause::DeadlineNear);
}

#[test]
fn causes_are_true_whatever_gives_holds_and_goes_off() {
    let boxes = [
        ("box.on", "{ exponential = { mean = \"3 min\" } }"),
        ("box.off", "{ exponential = { mean = \"3 min\" } }"),
        ("directory.staleness", "90 s"),
    ];
    for file in ["two-providers.toml", "tiny-cache.toml", "sticks-without-storage.toml"] {
        watch(file, &[&SHORT[..], &boxes].concat(), blames_what_is_so);
    }
    watch("adapting.toml", &SHORT, blames_what_is_so);
    let shy = [("device.pc.upload.permitted", "0.3"), ("directory.among", "viewers")];
    watch("refused.toml", &[&SHORT[..], &shy].concat(), blames_what_is_so);
    let counted = [("device.pc.upload.permitted", "0.3"), ("line.fibre.metered", "true")];
    watch("refused.toml", &[&SHORT[..], &counted].concat(), blames_what_is_so);
}
