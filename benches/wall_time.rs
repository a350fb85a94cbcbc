//! How long the machine needs for the inner parts and for a small evening. Results do not depend on
//! any of it; outcomes are in `simulated`.

use std::hint::black_box;
use std::path::Path;
use std::time::Duration;

use criterion::{Criterion, Throughput};
use offpeak::engine::queue::{Event, Queue};
use offpeak::engine::sharing::{LinkId, Sharing};
use offpeak::experiment::bench::replay::{replay, trace};
use offpeak::experiment::run_one;
use offpeak::peer::Item;
use offpeak::peer::cache::order::{Clock, Fifo, Lfu, Lru, Order, S3Fifo, Sieve};
use offpeak::peer::cache::{Cache, CachePolicy};
use offpeak::peer::segments::SegmentSet;
use offpeak::rng::{Draw, Roll, Site};
use offpeak::scenario;
use offpeak::units::{BitRate, Bytes, Span, Time};
use offpeak::world::World;

fn main() {
    let mut criterion = Criterion::default()
        .warm_up_time(Duration::from_millis(300))
        .measurement_time(Duration::from_secs(1))
        .sample_size(20)
        .configure_from_args();
    event_queue(&mut criterion);
    sharing(&mut criterion);
    segments(&mut criterion);
    cache(&mut criterion);
    orders(&mut criterion);
    evening(&mut criterion);
    criterion.final_summary();
}

fn roll() -> Roll {
    Draw::new(1, 0).at(Site::Experiment, 0, 0)
}

/// Takes the earliest event and puts in another, with so many pending.
fn event_queue(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("event_queue_hold");
    for pending in [1_000, 100_000] {
        group.bench_function(pending.to_string(), |bencher| {
            let mut roll = roll();
            let mut queue = Queue::default();
            let ahead = |roll: &mut Roll| Span(u64::from(roll.below(2_000_000_000)));
            for home in 0..pending {
                queue.push(Time::ZERO + ahead(&mut roll), Event::Wake { home });
            }
            bencher.iter(|| {
                let (at, event) = queue.pop().expect("as many go in as come out");
                queue.push(at + ahead(&mut roll), event);
            });
        });
    }
    group.finish();
}

/// Ends one transfer, starts another and finds all rates anew.
fn sharing(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("sharing_end_and_start");
    group.bench_function("over_access_links_of_10000_homes", |bencher| {
        const HOMES: u32 = 10_000;
        let mut roll = roll();
        let rates = [BitRate(2_000_000), BitRate(20_000_000)];
        let mut sharing = Sharing::new((0..2 * HOMES).map(|link| rates[link as usize % 2]));
        let path =
            |roll: &mut Roll| [LinkId(2 * roll.below(HOMES)), LinkId(2 * roll.below(HOMES) + 1)];
        let mut flows: Vec<_> =
            (0..HOMES).map(|_| sharing.start(&path(&mut roll), None, 1)).collect();
        let mut changed = Vec::new();
        sharing.settle(&mut changed);
        bencher.iter(|| {
            let at = roll.below(HOMES) as usize;
            sharing.end(flows[at]);
            flows[at] = sharing.start(&path(&mut roll), None, 1);
            changed.clear();
            sharing.settle(&mut changed);
            black_box(&changed);
        });
    });
    for count in [100, 10_000] {
        group.bench_function(format!("on_one_full_link_of_{count}_flows"), |bencher| {
            let mut roll = roll();
            let shared = BitRate(1_000_000 * u64::from(count));
            let lines = (0..count).map(|home| BitRate(1_000_000 + u64::from(home % 7) * 500_000));
            let mut sharing = Sharing::new(std::iter::once(shared).chain(lines));
            let path = |home: u32| [LinkId(0), LinkId(home + 1)];
            let mut flows: Vec<_> =
                (0..count).map(|home| sharing.start(&path(home), None, 1)).collect();
            let mut changed = Vec::new();
            sharing.settle(&mut changed);
            bencher.iter(|| {
                let home = roll.below(count);
                sharing.end(flows[home as usize]);
                changed.clear();
                sharing.settle(&mut changed);
                flows[home as usize] = sharing.start(&path(home), None, 1);
                sharing.settle(&mut changed);
                black_box(&changed);
            });
        });
    }
    group.finish();
}

/// A title's segments put in, in order and in any order.
fn segments(criterion: &mut Criterion) {
    const COUNT: u16 = 1_000;
    let mut group = criterion.benchmark_group("segment_set_insert_1000");
    group.throughput(Throughput::Elements(u64::from(COUNT)));
    group.bench_function("in_order", |bencher| {
        bencher.iter(|| {
            let mut set = SegmentSet::new();
            for segment in 0..COUNT {
                set.insert(segment);
            }
            set
        });
    });
    group.bench_function("in_any_order", |bencher| {
        let mut order: Vec<u16> = (0..COUNT).collect();
        let mut roll = roll();
        order.sort_by_cached_key(|_| roll.u32());
        bencher.iter(|| {
            let mut set = SegmentSet::new();
            for segment in &order {
                set.insert(*segment);
            }
            set
        });
    });
    group.finish();
}

/// One segment into a full cache of 32 titles: another goes.
fn cache(criterion: &mut Criterion) {
    criterion.bench_function("cache_insert_into_full_lru", |bencher| {
        let size = Bytes(1_000_000);
        let quota = Bytes(32 * 500 * size.0);
        let mut cache = Cache::default();
        let mut dropped = Vec::new();
        let mut next = 0u32;
        bencher.iter(|| {
            let item = Item { title: next / 500, rung: 0 };
            let segment = (next % 500) as u16;
            next += 1;
            dropped.clear();
            cache.insert(
                CachePolicy::Lru,
                quota,
                (item, segment, size),
                None,
                &|_, _| size,
                &mut dropped,
            )
        });
    });
}

/// A trace through every order of eviction, a tenth of 10,000 objects held.
fn orders(criterion: &mut Criterion) {
    const OBJECTS: u32 = 10_000;
    type Replayed = fn(&[u32]) -> u64;
    fn one<O: Order>(trace: &[u32]) -> u64 {
        replay::<O>(trace, OBJECTS, &|| 0).hits
    }
    let trace = trace(OBJECTS, 0.8, 100_000, 1);
    let mut group = criterion.benchmark_group("cache_replay");
    group.throughput(Throughput::Elements(trace.len() as u64));
    let policies: [(&str, Replayed); 6] = [
        ("fifo", one::<Fifo>),
        ("lru", one::<Lru>),
        ("clock", one::<Clock>),
        ("sieve", one::<Sieve>),
        ("s3-fifo", one::<S3Fifo>),
        ("lfu", one::<Lfu>),
    ];
    for (name, policy) in policies {
        group.bench_function(name, |bencher| bencher.iter(|| policy(&trace)));
    }
    group.finish();
}

/// A small scenario, world drawn before: one arm, one replication.
fn evening(criterion: &mut Criterion) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/small/two-providers.toml");
    let loaded = scenario::load(&path, &[]).expect("a shipped scenario is sound");
    let world = World::build(&loaded.scenario, &loaded.tables, 0);
    let mut group = criterion.benchmark_group("two_providers_wall_time");
    group.sample_size(10);
    for arm in &loaded.arms {
        let once = || run_one(&loaded.scenario, &world, arm, 0, |_, _| false);
        let events = once().expect("a run ends well").tables.events;
        group.throughput(Throughput::Elements(events));
        group.bench_function(&arm.name, |bencher| bencher.iter(once));
    }
    group.bench_function("world", |bencher| {
        bencher.iter(|| World::build(&loaded.scenario, &loaded.tables, 0));
    });
    group.finish();
}
