//! The event queue beside the standard heap: one hold (the earliest entry out, and in again later)
//! with so many pending. Both draw the same increments and give the same order.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::hint::black_box;
use std::time::Duration;

use criterion::Criterion;
use offpeak::engine::queue::Wheel;
use offpeak::rng::{Draw, Site};

/// Increments drawn beforehand, so that drawing costs nothing: exponential with mean 1 s.
fn increments() -> Vec<u64> {
    let mut roll = Draw::new(1, 0).at(Site::Experiment, 0, 0);
    (0..1 << 16).map(|_| (roll.exponential() * 1e9) as u64 + 1).collect()
}

fn main() {
    let mut criterion = Criterion::default()
        .warm_up_time(Duration::from_secs(1))
        .measurement_time(Duration::from_secs(1))
        .sample_size(20)
        .configure_from_args();
    let increments = increments();
    let after = |at: &mut usize| {
        *at = (*at + 1) % increments.len();
        increments[*at]
    };
    let mut group = criterion.benchmark_group("hold");
    for pending in [1_000u64, 100_000, 1_000_000] {
        group.bench_function(format!("wheel_{pending}"), |bencher| {
            let (mut wheel, mut at) = (Wheel::new(), 0);
            (0..pending).for_each(|key| wheel.push(after(&mut at) + key, key));
            bencher.iter(|| {
                let (time, key) = wheel.pop().expect("as many go in as come out");
                wheel.push(time + after(&mut at), key);
                black_box(key)
            });
        });
        group.bench_function(format!("binary_heap_{pending}"), |bencher| {
            let (mut heap, mut at) = (BinaryHeap::new(), 0);
            heap.extend((0..pending).map(|key| Reverse((after(&mut at) + key, key))));
            bencher.iter(|| {
                let Reverse((time, key)) = heap.pop().expect("as many go in as come out");
                heap.push(Reverse((time + after(&mut at), key)));
                black_box(key)
            });
        });
    }
    group.finish();
    criterion.final_summary();
}
