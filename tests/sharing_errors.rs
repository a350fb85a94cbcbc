//! How far the faster ways of sharing are from exact max-min fairness, in rates and in times, on one mix
//! of peers and servers behind a link that is too small for half a minute. The table is
//! `tests/golden/sharing_errors.txt` and part of `docs/model.md`; `UPDATE_GOLDEN=1` writes it anew.

use std::fmt::Write as _;
use std::path::Path;

use offpeak::engine::queue::Wheel;
use offpeak::engine::sharing::{Arrival, Band, Demand, Discipline, FlowId, LinkId, Sharing};
use offpeak::rng::{Draw, Site};
use offpeak::units::{BitRate, Bytes, Share, Time};

const HOMES: u32 = 1_000;
const FLOWS: u32 = 6_000;
const SECOND: u64 = 1_000_000_000;
/// All flows begin within this.
const BEGIN_WITHIN: u64 = 30 * SECOND;
/// When rates are compared.
const LOOKS: [u64; 3] = [10 * SECOND, 20 * SECOND, 30 * SECOND];

struct Flow {
    begins: u64,
    size: Bytes,
    path: Vec<LinkId>,
}

/// Lines as in the chunk swarm; two thirds of the flows come from another home, all cross one link.
fn flows() -> Vec<Flow> {
    let draw = Draw::new(1, 0);
    let mut flows: Vec<Flow> = (0..FLOWS)
        .map(|flow| {
            let mut roll = draw.at(Site::Experiment, 3, flow);
            let begins = (roll.unit() * BEGIN_WITHIN as f64) as u64;
            let size = Bytes(1_000_000 + u64::from(roll.below(2_000_000)));
            let (from, to) = (roll.below(HOMES), roll.below(HOMES));
            let mut path = vec![LinkId(2 * to + 1), LinkId(2 * HOMES)];
            if roll.below(3) > 0 && from != to {
                path.insert(0, LinkId(2 * from));
            }
            Flow { begins, size, path }
        })
        .collect();
    flows.sort_by_key(|flow| flow.begins);
    flows
}

/// What one way of sharing gives: how long each flow takes, and its rates at the looks.
struct Played {
    took: Vec<f64>,
    rates: Vec<Vec<f64>>,
}

fn play(flows: &[Flow], discipline: Discipline, band: Band) -> Played {
    let line = |home: u32| [(16, 2), (50, 10), (150, 20)][home as usize % 3];
    let lines = (0..HOMES).flat_map(|home| {
        let (down, up) = line(home);
        [BitRate(up * 1_000_000), BitRate(down * 1_000_000)]
    });
    // Flows ask for 3.2 Gbit/s.
    let shared = [BitRate(2_000_000_000)].into_iter();
    let mut sharing = Sharing::new(discipline, band, lines, shared);
    let mut queue = Wheel::new();
    let (arrives, begins, looks) = (0, 1 << 32, 2 << 32);
    flows.iter().zip(0u64..).for_each(|(flow, at)| queue.push(flow.begins, begins | at));
    LOOKS.iter().for_each(|at| queue.push(*at, looks));
    let mut played = Played { took: vec![0.0; flows.len()], rates: Vec::new() };
    let mut sooner = Vec::new();
    while let Some((now, key)) = queue.pop() {
        let at = key as u32 as usize;
        let id = FlowId(at as u32);
        if key >= looks {
            let rate =
                |at: u32| if sharing.flowing(FlowId(at)) { sharing.rate(FlowId(at)) } else { 0 };
            played.rates.push((0..FLOWS).map(|at| rate(at) as f64).collect());
        } else if key >= begins {
            let demand = Demand { size: flows[at].size, cap: None, weight: 1 };
            sharing.start(id, Time(now), &flows[at].path, demand);
        } else {
            match sharing.arrives(id, Time(now)) {
                Arrival::Later(then) => queue.push(then.0, arrives | at as u64),
                Arrival::Done => {
                    sharing.end(id, Time(now));
                    played.took[at] = (now - flows[at].begins) as f64 / 1e9;
                }
                Arrival::Halted | Arrival::Stale => {}
            }
        }
        sharing.settle(Time(now), &mut sooner);
        for (flow, due) in sooner.drain(..) {
            queue.push(due.0, arrives | u64::from(flow.0));
        }
    }
    assert!(played.took.iter().all(|took| *took > 0.0), "every flow ends");
    played
}

/// Mean and largest relative difference from what is exact, where both are.
fn differences(exact: &[f64], other: &[f64]) -> (f64, f64) {
    let both = exact.iter().zip(other).filter(|(exact, other)| **exact > 0.0 && **other > 0.0);
    let off: Vec<f64> = both.map(|(exact, other)| (other / exact - 1.0).abs()).collect();
    (off.iter().sum::<f64>() / off.len() as f64, off.iter().copied().fold(0.0, f64::max))
}

#[test]
fn the_table_of_errors_is_as_published() {
    let flows = flows();
    let exact = play(&flows, Discipline::MaxMin, Band::NONE);
    let band = |ppm| Band { share: Share::from_ppm(ppm), from: 64 };
    let ways = [
        ("max-min, slack 0.005", Discipline::MaxMin, band(5_000)),
        ("max-min, slack 0.02", Discipline::MaxMin, band(20_000)),
        ("max-min, slack 0.08", Discipline::MaxMin, band(80_000)),
        ("split", Discipline::Split, Band::NONE),
        ("fifo", Discipline::Fifo, Band::NONE),
    ];
    let mut text = String::from(
        "way                     mean time, s  time off: mean    worst  rate off: mean    worst\n",
    );
    let mean = |took: &[f64]| took.iter().sum::<f64>() / took.len() as f64;
    writeln!(text, "{:<22}{:>14.3}", "max-min, slack 0", mean(&exact.took)).expect("text");
    for (name, discipline, band) in ways {
        let played = play(&flows, discipline, band);
        let times = differences(&exact.took, &played.took);
        let looks = exact.rates.iter().zip(&played.rates).map(|(a, b)| differences(a, b));
        let rates = looks.fold((0.0, 0.0f64), |sum: (f64, f64), look| {
            (sum.0 + look.0 / LOOKS.len() as f64, sum.1.max(look.1))
        });
        writeln!(
            text,
            "{name:<22}{:>14.3}{:>16.4}{:>9.4}{:>16.4}{:>9.4}",
            mean(&played.took),
            times.0,
            times.1,
            rates.0,
            rates.1
        )
        .expect("text");
        if discipline == Discipline::MaxMin {
            let slack = f64::from(band.share.ppm()) / 1e6;
            assert!(rates.0 <= slack, "{name}: rates are off by more than the band");
        }
    }
    let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/sharing_errors.txt");
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(&golden, &text).expect("the table can be written");
    }
    let known = std::fs::read_to_string(&golden).unwrap_or_default();
    assert_eq!(known, text, "UPDATE_GOLDEN=1 writes the table anew");
}
