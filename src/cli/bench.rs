//! `offpeak bench`: what the inner parts and a whole evening need of the machine.

use clap::{Args, ValueEnum};

use super::cost::{Growth, thread_ns};
use super::{Exit, Failure, output, shipped};
use crate::experiment::Stopped;
use crate::experiment::bench::hold::{Increments, hold};
use crate::experiment::bench::swarm::{self, Swarm};
use crate::experiment::bench::{More, Row, decision, evening, replay};

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Which workload [default: all]
    #[arg(value_enum)]
    workload: Option<Workload>,
    /// Pending events, viewers, objects or homes [default: 100000 for w1 and w3, 10000 viewers (w2,
    /// decision), 2000 homes]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=MOST))]
    n: Option<u32>,
    /// How w2 shares links [default: max-min]
    #[arg(long, value_enum)]
    sharing: Option<Sharing>,
    /// Whether viewers of w2 ask eight segments ahead or at once [default: paced]
    #[arg(long, value_enum)]
    pace: Option<Pace>,
    /// Simulated time of w2 [default: 30], or of the evening from half past eight on [default: all]
    #[arg(long, value_name = "T", value_parser = clap::value_parser!(u32).range(1..=86_400))]
    seconds: Option<u32>,
    /// The number through which chance enters
    #[arg(long, value_name = "S", default_value_t = 1)]
    seed: u64,
    /// One JSON object a line
    #[arg(long)]
    json: bool,
}

/// Holds of w1.
const HOLDS: u64 = 5_000_000;

/// Indices are 32 bits wide, with some to spare.
const MOST: i64 = 100_000_000;

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Workload {
    /// The event queue alone: take the earliest event, put it back later
    W1,
    /// A swarm of viewers over shared links
    W2,
    /// A trace of requests through every cache policy
    W3,
    /// Calls of the peer core, by scheduler, hot and among many viewers
    Decision,
    /// A British evening with the real client
    Evening,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Sharing {
    /// Max-min fair, exact
    MaxMin,
    /// The smaller of two equal shares
    Split,
    /// One upload at a time
    Fifo,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Pace {
    /// Eight segments ahead of play
    Paced,
    /// At once
    Greedy,
}

const ALL: [Workload; 5] =
    [Workload::W1, Workload::W2, Workload::W3, Workload::Decision, Workload::Evening];

pub(super) fn bench(arguments: &Arguments) -> Result<Exit, Failure> {
    refuse(arguments)?;
    let mut printer = Printer { json: arguments.json, begun: false, broken: None };
    for workload in ALL {
        if arguments.workload.is_none_or(|only| only == workload) {
            measure(workload, arguments, &mut |row| printer.print(row))?;
        }
    }
    printer.broken.map_or(Ok(Exit::Done), Err)
}

/// Options of another workload are mistakes.
fn refuse(arguments: &Arguments) -> Result<(), Failure> {
    let named = [("--sharing", arguments.sharing.is_some()), ("--pace", arguments.pace.is_some())];
    let of_swarm = matches!(arguments.workload, None | Some(Workload::W2));
    if let Some((name, _)) = named.iter().find(|(_, given)| *given && !of_swarm) {
        return Err(Failure::new(Exit::Usage, format!("error: {name} is an option of w2 alone")));
    }
    let timed = matches!(arguments.workload, Some(Workload::W2 | Workload::Evening) | None);
    if arguments.seconds.is_some() && !timed {
        let message = "error: --seconds is an option of w2 and evening alone";
        return Err(Failure::new(Exit::Usage, message));
    }
    if arguments.workload == Some(Workload::Evening) && arguments.seconds.is_some_and(|s| s < 60) {
        let message = "error: --seconds of evening is 60 or more";
        return Err(Failure::new(Exit::Usage, message));
    }
    Ok(())
}

/// One workload; every row as soon as it is there.
fn measure(
    workload: Workload,
    arguments: &Arguments,
    each: &mut dyn FnMut(&Row),
) -> Result<(), Failure> {
    match workload {
        Workload::W1 => {
            let n = arguments.n.unwrap_or(100_000) as usize;
            for state in [false, true] {
                for law in [Increments::Exponential, Increments::Mix] {
                    each(&hold(n, law, state, HOLDS, arguments.seed, &thread_ns).into());
                }
            }
        }
        Workload::W2 => each(&swarm(arguments)),
        Workload::W3 => {
            let n = arguments.n.unwrap_or(100_000);
            let mut wrong = Vec::new();
            replay::run(n, arguments.seed, &thread_ns, &mut |outcome| {
                if !outcome.agrees() {
                    wrong.push(outcome.policy);
                }
                each(&outcome.into());
            });
            if !wrong.is_empty() {
                let message = format!("error: hits differ from elsewhere: {}", wrong.join(", "));
                return Err(Failure::new(Exit::Expectation, message));
            }
        }
        Workload::Decision => {
            let n = arguments.n.unwrap_or(10_000);
            decision::run(n, arguments.seed, &thread_ns, &mut |decisions| each(&decisions.into()));
        }
        Workload::Evening => each(&evening(arguments)?),
    }
    Ok(())
}

/// The swarm, with the memory it needed.
fn swarm(arguments: &Arguments) -> Row {
    let knobs = Swarm {
        n: arguments.n.unwrap_or(10_000),
        sharing: match arguments.sharing {
            None | Some(Sharing::MaxMin) => swarm::Discipline::MaxMin,
            Some(Sharing::Split) => swarm::Discipline::Split,
            Some(Sharing::Fifo) => swarm::Discipline::Fifo,
        },
        pace: match arguments.pace {
            None | Some(Pace::Paced) => swarm::Pace::Paced,
            Some(Pace::Greedy) => swarm::Pace::Greedy,
        },
        seconds: arguments.seconds.unwrap_or(30),
        seed: arguments.seed,
    };
    let growth = Growth::begin();
    let mut row = Row::from(swarm::run(&knobs, &thread_ns));
    row.bytes_per_peer = growth.bytes().map(|bytes| bytes / u64::from(knobs.n));
    row
}

/// The shipped evening with other homes and seed, or a part of it at its height.
fn evening(arguments: &Arguments) -> Result<Row, Failure> {
    let homes = arguments.n.unwrap_or(2_000);
    let set = |key: &str, value: String| (key.to_owned(), value);
    let mut sets = vec![
        set("run.homes", homes.to_string()),
        set("run.seed", arguments.seed.to_string()),
        set("run.replications", 1.to_string()),
    ];
    // Without a workload the seconds are those of w2.
    let part = arguments.seconds.filter(|_| arguments.workload.is_some());
    sets.extend(part.into_iter().flat_map(|seconds| {
        [
            set("run.start", "\"20:30\"".to_owned()),
            set("run.warm_up", "\"0 s\"".to_owned()),
            set("run.length", format!("\"{seconds} s\"")),
            set("run.bin", format!("\"{seconds} s\"")),
            set("run.peak", "{ from = \"20:30\", to = \"20:31\" }".to_owned()),
        ]
    }));
    let loaded = shipped::embedded("uk-evening", &sets)?;
    let growth = Growth::begin();
    let evening = evening::run(&loaded, &thread_ns).expect("invariant: the scenario has the arm");
    let evening = evening.map_err(|stopped| match stopped {
        Stopped::Failed(why) => Failure::internal(why),
        Stopped::Interrupted => Failure::new(Exit::Interrupted, "interrupted"),
    })?;
    let mut row = Row::from(evening);
    row.bytes_per_peer = growth.bytes().map(|bytes| bytes / u64::from(homes));
    Ok(row)
}

/// Prints rows as they come.
struct Printer {
    json: bool,
    begun: bool,
    broken: Option<Failure>,
}

impl Printer {
    fn print(&mut self, row: &Row) {
        let mut text = String::new();
        if self.json {
            text = serde_json::to_string(row).expect("invariant: plain data");
        } else {
            if !self.begun {
                text = HEAD.to_owned();
            }
            text.push_str(&line(row));
        }
        text.push('\n');
        self.begun = true;
        if let Err(failure) = output::result(&text) {
            self.broken.get_or_insert(failure);
        }
    }
}

const HEAD: &str = "bench           n  what                transfers  from peers   mean s  CPU ns/unit  \
                    bytes/peer  also\n";

/// A line of the table.
fn line(row: &Row) -> String {
    let cell = |value: Option<String>| value.unwrap_or_else(|| "-".to_owned());
    let (what, also) = words(row);
    let share = row.from_peers.zip(row.transfers);
    let share = share.map(|(some, all)| format!("{:.1} %", 100.0 * some as f64 / all as f64));
    let line = format!(
        "{:<7}{:>10}  {what:<18}{:>11}{:>12}{:>9}{:>13.1}{:>12}  {also}",
        row.bench,
        row.n,
        cell(row.transfers.map(|count| count.to_string())),
        cell(share),
        cell(row.mean_transfer_s.map(|seconds| format!("{seconds:.3}"))),
        row.cpu_ns_per_unit,
        cell(row.bytes_per_peer.map(|bytes| bytes.to_string())),
    );
    line.trim_end().to_owned()
}

/// What was measured, and what else there is to know.
fn words(row: &Row) -> (String, String) {
    match &row.more {
        More::Hold(held) => {
            let law = if held.law == Increments::Mix { "mix" } else { "exp" };
            let state = if held.state { ", state 64" } else { "" };
            let sampling = held.sampling_ns as f64 / held.holds as f64;
            (format!("{law}{state}"), format!("sampling {sampling:.1} ns"))
        }
        More::Swarm(swarm) => {
            let pace = if swarm.pace == swarm::Pace::Paced { "paced" } else { "greedy" };
            let what = format!("{}, {pace}", row.sharing.unwrap_or_default());
            let also = format!(
                "{} s, {} joins, {} aborts, {} events",
                swarm.seconds,
                swarm.joins,
                swarm.aborts,
                output::short(swarm.events as f64)
            );
            (what, also)
        }
        More::Replay(outcome) => {
            let elsewhere = outcome.hit_ratio_elsewhere;
            let elsewhere = elsewhere.map_or_else(String::new, |r| format!(" (elsewhere {r:.4})"));
            let also = format!(
                "{} M requests, hits {:.4}{elsewhere}",
                outcome.requests as f64 / 1e6,
                outcome.hit_ratio
            );
            (format!("{}, alpha {:.1}", outcome.policy, outcome.alpha), also)
        }
        More::Decision(decisions) => {
            let happens = match decisions.happens {
                decision::Happens::Look => "look",
                decision::Happens::Arrival => "arrival",
            };
            let fetches = decisions.fetches as f64 / decisions.calls as f64;
            let calls = output::short(decisions.calls as f64);
            let also = format!("{happens}; {calls} calls, {fetches:.2} fetches each");
            (decisions.scheduler.to_owned(), also)
        }
        More::Evening(evening) => {
            let percent = |part: u64| 100.0 * part as f64 / evening.cpu_ns as f64;
            let seconds = |ns: u64| output::duration(ns as f64 / 1e9);
            let also = format!(
                "kernel {:.0} %, sharing {:.0} %, policy {:.0} %; {} events, {} after {} for the world",
                percent(evening.kernel_cpu_ns),
                percent(evening.sharing_cpu_ns),
                percent(evening.policy_cpu_ns),
                output::short(evening.events as f64),
                seconds(evening.cpu_ns),
                seconds(evening.setup_cpu_ns)
            );
            (evening.arm.clone(), also)
        }
    }
}
