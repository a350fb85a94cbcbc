//! Instructions per unit of work, counted by valgrind and held against `instructions.csv`: they do
//! not depend on the machine's neighbours, so that a change of more than two in a hundred is a change
//! of the program.
//!
//! `cargo bench --bench instructions`; `UPDATE_GOLDEN=1` before it writes the table anew. Where valgrind
//! is missing, or the table was made with another compiler, nothing can be compared, and it says so.

use std::env;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use offpeak::engine::queue::{Event, Queue};
use offpeak::engine::sharing::{Band, Demand, Discipline, FlowId, LinkId, Sharing};
use offpeak::experiment::bench::decision::{Happens, measure};
use offpeak::experiment::bench::replay::{replay, trace};
use offpeak::experiment::run_one;
use offpeak::peer::cache::order::{Clock, Fifo, Lfu, Lru, Order, S3Fifo, Sieve};
use offpeak::rng::{Draw, Roll, Site};
use offpeak::scenario;
use offpeak::units::{BitRate, Bytes, Span, Time};
use offpeak::world::World;

/// A part does so many units of work.
type Part = (&'static str, fn(u64));

/// The units of each part; an evening is one length and a longer one.
const PARTS: [Part; 14] = [
    ("queue_hold", queue),
    ("sharing_end_and_start", sharing),
    ("fifo_request", cache::<Fifo>),
    ("lru_request", cache::<Lru>),
    ("clock_request", cache::<Clock>),
    ("sieve_request", cache::<Sieve>),
    ("s3-fifo_request", cache::<S3Fifo>),
    ("lfu_request", cache::<Lfu>),
    ("look_hybrid", |calls| decisions("hybrid", Happens::Look, calls)),
    ("arrival_hybrid", |calls| decisions("hybrid", Happens::Arrival, calls)),
    ("look_timecritical", |calls| decisions("timecritical", Happens::Look, calls)),
    ("arrival_timecritical", |calls| decisions("timecritical", Happens::Arrival, calls)),
    ("evening_minute_hybrid", |minutes| evening("hybrid", minutes)),
    ("evening_minute_cdn-only", |minutes| evening("cdn-only", minutes)),
];

/// Counts may differ by this part from those of the table.
const TOLERANCE: f64 = 0.02;

/// Two amounts of work; their difference has no set-up in it.
const fn amounts(part: &str) -> [u64; 2] {
    if part.as_bytes()[0] == b'e' { [10, 20] } else { [20_000, 60_000] }
}

fn roll() -> Roll {
    Draw::new(1, 0).at(Site::Experiment, 0, 0)
}

/// Holds with 1,000 events pending.
fn queue(units: u64) {
    let mut roll = roll();
    let mut queue = Queue::default();
    for home in 0..1_000 {
        queue.push(Time::ZERO + Span(u64::from(roll.below(2_000_000_000))), Event::Wake { home });
    }
    for _ in 0..units {
        let (at, event) = queue.pop().expect("as many go in as come out");
        queue.push(at + Span(u64::from(roll.below(2_000_000_000))), event);
    }
}

/// Calls of one viewer's peer core, over and over.
fn decisions(scheduler: &'static str, happens: Happens, calls: u64) {
    let calls = u32::try_from(calls).expect("a small number");
    measure(scheduler, happens, (1, calls), 1, &|| 0);
}

/// One flow ends and another starts over access links, all rates found anew.
fn sharing(units: u64) {
    const HOMES: u32 = 1_000;
    let mut roll = roll();
    let rates = [BitRate(2_000_000), BitRate(20_000_000)];
    let lines = (0..2 * HOMES).map(|link| rates[link as usize % 2]);
    let mut sharing = Sharing::new(Discipline::MaxMin, Band::default(), lines, std::iter::empty());
    let demand = Demand { size: Bytes(1 << 40), cap: None, weight: 1 };
    let mut start = |sharing: &mut Sharing, flow: u32| {
        let path = [LinkId(2 * roll.below(HOMES)), LinkId(2 * roll.below(HOMES) + 1)];
        sharing.start(FlowId(flow), Time::ZERO, &path, demand);
    };
    (0..HOMES).for_each(|flow| start(&mut sharing, flow));
    let mut sooner = Vec::new();
    for unit in 0..units {
        let flow = (unit * 7 % u64::from(HOMES)) as u32;
        sharing.end(FlowId(flow), Time(unit));
        start(&mut sharing, flow);
        sooner.clear();
        sharing.settle(Time(unit), &mut sooner);
    }
}

/// Requests for 1,000 objects, a tenth of which fit; the drawing of the trace counts.
fn cache<O: Order>(units: u64) {
    replay::<O>(&trace(1_000, 0.8, units, 1), 1_000, &|| 0);
}

/// Minutes of a small scenario.
fn evening(arm: &str, minutes: u64) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/small/two-providers.toml");
    let sets = [
        ("run.homes", "100".to_owned()),
        ("run.length", format!("{minutes} min")),
        ("run.peak", "{ from = \"20:00\", to = \"20:05\" }".to_owned()),
    ];
    let sets: Vec<_> = sets.into_iter().map(|(key, value)| (key.to_owned(), value)).collect();
    let loaded = scenario::load(&path, &sets).expect("a shipped scenario is sound");
    let world = World::build(&loaded.scenario, &loaded.tables, 0);
    let arm = loaded.arms.iter().find(|known| known.name == arm).expect("a known arm");
    run_one(&loaded.scenario, &world, arm, 0, |_, _| false).expect("a run ends well");
}

fn table() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/instructions.csv")
}

/// Instructions of this program doing `units` of `part`.
fn count(part: &str, units: u64) -> u64 {
    let file = env::temp_dir().join(format!("offpeak-instructions-{}", std::process::id()));
    let status = Command::new("valgrind")
        .args(["--tool=callgrind", "--quiet"])
        .arg(format!("--callgrind-out-file={}", file.display()))
        .arg(env::current_exe().expect("this program has a path"))
        .args(["--part", part, &units.to_string()])
        .stdout(Stdio::null())
        .status()
        .expect("valgrind starts");
    assert!(status.success(), "{part}: {status}");
    let text = fs::read_to_string(&file).expect("valgrind writes its counts");
    fs::remove_file(&file).expect("a file of this program");
    let total = text.lines().find_map(|line| line.strip_prefix("totals: "));
    total.and_then(|total| total.trim().parse().ok()).expect("a total in valgrind's file")
}

/// What a program called with `argument` says in its first line.
fn says(program: &str, argument: &str) -> Option<String> {
    let output = Command::new(program).arg(argument).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    output.status.success().then(|| text.lines().next().unwrap_or_default().to_owned())
}

#[expect(clippy::print_stdout, reason = "the table is the outcome")]
fn compare() -> bool {
    if says("valgrind", "--version").is_none() {
        println!("instructions: not counted, valgrind is missing");
        return true;
    }
    let compiler = env::var("RUSTC").unwrap_or_else(|_| "rustc".to_owned());
    let compiler = says(&compiler, "--version").unwrap_or_else(|| "unknown compiler".to_owned());
    let known = fs::read_to_string(table()).unwrap_or_default();
    let update = env::var_os("UPDATE_GOLDEN").is_some();
    let same = known.lines().any(|line| line.strip_prefix("# ") == Some(&compiler));
    let mut text = format!("# {compiler}\npart,instructions_per_unit\n");
    let mut good = true;
    println!("{:<26}{:>14}{:>14}{:>9}", "instructions per unit", "table", "now", "change");
    for (part, _) in PARTS {
        let [less, more] = amounts(part);
        let now = (count(part, more) - count(part, less)) as f64 / (more - less) as f64;
        writeln!(text, "{part},{now:.1}").expect("text can be written");
        let row = known.lines().find_map(|line| line.strip_prefix(part)?.strip_prefix(','));
        let expected = row.and_then(|value| value.parse::<f64>().ok());
        let change = expected.map_or(f64::INFINITY, |expected| now / expected - 1.0);
        let expected = expected.unwrap_or(f64::NAN);
        println!("{part:<26}{expected:>14.1}{now:>14.1}{:>8.1}%", 100.0 * change);
        good &= change.abs() <= TOLERANCE;
    }
    if update {
        fs::write(table(), text).expect("the table can be written");
        println!("written: {}", table().display());
    } else if !same {
        println!("not compared: the table was made with another compiler than {compiler}");
    } else if !good {
        println!("FAILED: more than 2 % from the table; write it anew when that is meant");
    }
    good || update || !same
}

fn main() {
    let arguments: Vec<String> = env::args().collect();
    if let Some(at) = arguments.iter().position(|argument| argument == "--part") {
        let (_, run) = PARTS.iter().find(|part| part.0 == arguments[at + 1]).expect("a part");
        run(arguments[at + 2].parse().expect("a number"));
    } else if !compare() {
        std::process::exit(1);
    }
}
