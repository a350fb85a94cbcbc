//! How long the machine needs for the inner parts and for a small evening. Results do not depend on
//! any of it; outcomes are in `simulated`.

use std::hint::black_box;
use std::path::Path;
use std::time::Duration;

use criterion::{BatchSize, Criterion, Throughput};
use offpeak::engine::sharing::{Band, Demand, Discipline, FlowId, LinkId, Sharing};
use offpeak::experiment::bench::replay::{replay, trace};
use offpeak::experiment::run_one;
use offpeak::peer::Item;
use offpeak::peer::cache::order::{Clock, Fifo, Lfu, Lru, Order, S3Fifo, Sieve};
use offpeak::peer::cache::{Cache, CachePolicy, Grain, Rules};
use offpeak::rng::{Draw, Roll, Site};
use offpeak::scenario;
use offpeak::units::{BitRate, Bytes, Time};
use offpeak::world::World;

fn main() {
    let mut criterion = Criterion::default()
        .warm_up_time(Duration::from_millis(300))
        .measurement_time(Duration::from_secs(1))
        .sample_size(20)
        .configure_from_args();
    sharing(&mut criterion);
    filling(&mut criterion);
    segments(&mut criterion);
    cache(&mut criterion);
    orders(&mut criterion);
    evening(&mut criterion);
    criterion.final_summary();
}

fn roll() -> Roll {
    Draw::new(1, 0).at(Site::Experiment, 0, 0)
}

/// Ends one transfer, starts another and finds all rates anew: over lines alone, and over lines and
/// one full link that all share.
fn sharing(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("sharing_end_and_start");
    for flows in [10_000, 100_000] {
        for shared in [false, true] {
            let name = if shared { "and_one_full_link" } else { "over_lines" };
            group.bench_function(format!("{flows}_flows_{name}"), |bencher| {
                let mut roll = roll();
                let rates = [BitRate(2_000_000), BitRate(20_000_000)];
                let lines = (0..2 * flows).map(|link| rates[link as usize % 2]);
                let full = [BitRate(1_000_000 * u64::from(flows))];
                let mut sharing =
                    Sharing::new(Discipline::MaxMin, Band::default(), lines, full.into_iter());
                let demand = Demand { size: Bytes(1 << 40), cap: None, weight: 1 };
                let mut start = |sharing: &mut Sharing, flow: u32| {
                    let up = LinkId(2 * roll.below(flows));
                    let path = [up, LinkId(2 * flow + 1), LinkId(2 * flows)];
                    let path = if shared { &path[..] } else { &path[..2] };
                    sharing.start(FlowId(flow), Time::ZERO, path, demand);
                };
                let mut sooner = Vec::new();
                for flow in 0..flows {
                    start(&mut sharing, flow);
                    sharing.settle(Time::ZERO, &mut sooner);
                }
                let mut next = 0u64;
                bencher.iter(|| {
                    next += 1;
                    let flow = (next * 2_654_435_761 % u64::from(flows)) as u32;
                    sharing.end(FlowId(flow), Time(next));
                    sooner.clear();
                    sharing.settle(Time(next), &mut sooner);
                    start(&mut sharing, flow);
                    sharing.settle(Time(next), &mut sooner);
                    black_box(&sooner);
                });
            });
        }
    }
    group.finish();
}

/// A start, rates found anew, while 100,000 flows start one after another: over lines alone, and over
/// lines and one link that all share, for half of what the lines would let them have in the end.
fn filling(criterion: &mut Criterion) {
    const FLOWS: u32 = 100_000;
    let mut group = criterion.benchmark_group("sharing_start_of_100000");
    group.sample_size(10).throughput(Throughput::Elements(u64::from(FLOWS)));
    for shared in [false, true] {
        let name = if shared { "and_one_link_that_fills_up" } else { "over_lines" };
        let empty = || {
            let rates = [BitRate(2_000_000), BitRate(20_000_000)];
            let lines = (0..2 * FLOWS).map(|link| rates[link as usize % 2]);
            // 63 of 100 uplinks have a flow or more, and fill.
            let link = [BitRate(630_000 * u64::from(FLOWS))];
            Sharing::new(Discipline::MaxMin, Band::default(), lines, link.into_iter())
        };
        group.bench_function(name, |bencher| {
            let fill = |mut sharing: Sharing| {
                let demand = Demand { size: Bytes(1 << 40), cap: None, weight: 1 };
                let (mut roll, mut sooner) = (roll(), Vec::new());
                for flow in 0..FLOWS {
                    let up = LinkId(2 * roll.below(FLOWS));
                    let path = [up, LinkId(2 * flow + 1), LinkId(2 * FLOWS)];
                    let path = if shared { &path[..] } else { &path[..2] };
                    let now = Time(u64::from(flow));
                    sharing.start(FlowId(flow), now, path, demand);
                    sooner.clear();
                    sharing.settle(now, &mut sooner);
                }
                sharing
            };
            bencher.iter_batched(empty, fill, BatchSize::PerIteration);
        });
    }
    group.finish();
}

/// A title's segments put into an empty cache, in order and in any order.
fn segments(criterion: &mut Criterion) {
    const COUNT: u16 = 1_000;
    let fill = |order: &[u16]| {
        let (mut cache, mut dropped) = (Cache::default(), Vec::new());
        let (size, quota) = (Bytes(1), Bytes(u64::MAX));
        let rules = Rules { policy: CachePolicy::Lru, grain: Grain::Segment, quota };
        for &segment in order {
            let what = (Item { title: 0, rung: 0 }, segment, size);
            cache.insert(rules, what, None, &|_, _| size, &mut dropped);
        }
        cache
    };
    let mut order: Vec<u16> = (0..COUNT).collect();
    let mut group = criterion.benchmark_group("cache_insert_1000_segments");
    group.throughput(Throughput::Elements(u64::from(COUNT)));
    group.bench_function("in_order", |bencher| bencher.iter(|| fill(&order)));
    let mut roll = roll();
    order.sort_by_cached_key(|_| roll.u32());
    group.bench_function("in_any_order", |bencher| bencher.iter(|| fill(&order)));
    group.finish();
}

/// One segment into a full cache of 32 titles, so that another goes, and the beginning of a viewing
/// of one of 32 titles, by policy.
fn cache(criterion: &mut Criterion) {
    const TITLES: u32 = 32;
    const SEGMENTS: u32 = 500;
    let size = Bytes(1_000_000);
    let quota = Bytes(u64::from(TITLES * SEGMENTS) * size.0);
    let rules = |policy| Rules { policy, grain: Grain::Segment, quota };
    let policies = || CachePolicy::ALL.into_iter().filter(CachePolicy::keeps);
    let filled = |policy| {
        let (mut cache, mut dropped) = (Cache::default(), Vec::new());
        for title in 0..TITLES {
            let run = (Item { title, rung: 0 }, 0, SEGMENTS as u16);
            cache.insert_run(rules(policy), run, &|_, _| size, &mut dropped);
        }
        assert_eq!(cache.bytes(), quota);
        cache
    };
    let mut group = criterion.benchmark_group("cache_insert_into_full");
    for policy in policies() {
        let mut cache = filled(policy);
        let (mut dropped, mut next) = (Vec::new(), TITLES * SEGMENTS);
        group.bench_function(policy.name(), |bencher| {
            bencher.iter(|| {
                // Titles come round, as some policies keep the tails of all there ever were.
                let item = Item { title: next / SEGMENTS % (2 * TITLES), rung: 0 };
                let what = (item, (next % SEGMENTS) as u16, size);
                next += 1;
                dropped.clear();
                cache.insert(rules(policy), what, None, &|_, _| size, &mut dropped)
            });
        });
    }
    group.finish();
    let mut group = criterion.benchmark_group("cache_touch");
    for policy in policies() {
        let mut cache = filled(policy);
        let mut next = 0;
        group.bench_function(policy.name(), |bencher| {
            bencher.iter(|| {
                // Every title comes, none twice in a row.
                next = (next + 13) % TITLES;
                cache.touch(Item { title: next, rung: 0 }).map(|held| held.is_empty())
            });
        });
    }
    group.finish();
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
