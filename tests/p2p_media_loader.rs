//! What `hybrid` decides beside what the published package p2p-media-loader-core decided in the
//! same situations.
//!
//! The situations and the decisions are recorded: `p2p_media_loader/record.mjs` says how. Where the
//! two differ on purpose, the difference is in a table below with what is decided here, and has its
//! row in `docs/policies.md`.

#[path = "p2p_media_loader/host.rs"]
mod host;
#[path = "p2p_media_loader/situation.rs"]
mod situation;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use host::{Dice, played};
use offpeak::peer::scheduler::Hybrid;
use offpeak::units::Span;
use situation::{Decision, Situation, recorded};

/// A kind of situation in which another decision is wanted.
struct Difference {
    kind: &'static str,
    /// How its row in the table of differences begins.
    row: &'static str,
    /// What is decided here in each situation of the kind, step by step, in the order of the file.
    here: &'static [&'static [&'static [&'static str]]],
}

const WINDOWS: &str = "Windows are whole segments from the one that is played";
const ALONE: &str = "A neighbour that refused or failed is left alone for 2 s.";

const DIFFERENCES: &[Difference] = &[
    Difference {
        kind: "inside a segment",
        row: WINDOWS,
        here: &[&[&[], &[]], &[&[], &[]], &[&[], &[]], &[&[], &[], &[]]],
    },
    Difference {
        kind: "a window that ends with a segment",
        row: WINDOWS,
        here: &[&[&[]], &[&[]], &[&[]]],
    },
    Difference {
        kind: "storage, transfers ahead",
        row: "What is coming counts as stored",
        here: &[&[&[], &["ask 4 A", "ask 5 B", "ask 6 C"], &[], &[], &[]]],
    },
    Difference {
        kind: "a peer that failed is asked again",
        row: ALONE,
        here: &[
            &[&["ask 0 cdn"], &["ask 1 A"], &[], &[], &["give up 1 A"]],
            &[&[], &["ask 4 A"], &[], &[]],
        ],
    },
    Difference {
        kind: "a peer is left",
        row: "A neighbour is dropped after more than three failures in a row",
        here: &[&[
            &["ask 0 cdn"],
            &["ask 1 A"],
            &[],
            &["give up 1 A"],
            &[],
            &[],
            &["ask 1 A"],
            &[],
        ]],
    },
    Difference {
        kind: "bytes of what made way",
        row: "A transfer that made way keeps its bytes",
        here: &[&[&[], &["ask 6 A"], &[], &["end 6 A", "ask 1 B"], &["ask 6 A from 700"]]],
    },
    Difference {
        kind: "a holder that is sending something nearer",
        row: "The transfer furthest ahead is ended only when that brings somebody who has the segment",
        here: &[&[&[], &["ask 1 A", "ask 6 B"], &[]]],
    },
    Difference {
        kind: "a hole beyond the CDN's window",
        row: "Beyond `http_window` a segment that nobody has",
        here: &[&[&[], &["ask 6 A", "ask 8 B"]]],
    },
];

/// The same for situations in which the dice decide: parts of all draws.
struct OtherOdds {
    kind: &'static str,
    row: &'static str,
    here: &'static [(&'static str, f64)],
}

const OTHER_ODDS: &[OtherOdds] = &[OtherOdds {
    kind: "an old record",
    row: "The rate of a neighbour: bytes over time of transfers that finished within 15 s",
    here: &[("2 in all", 1.0), ("ask 6 A", 0.5), ("ask 6 B", 0.5)],
}];

/// Our decisions, whatever the dice show.
fn ours(one: &Situation) -> Vec<Vec<Decision>> {
    let dice: Vec<Dice> = match one.dice {
        Some(part) => vec![Dice::Part(part)],
        None => (1..=5).map(Dice::Seed).collect(),
    };
    let mut all: Vec<_> = dice.into_iter().map(|dice| played(one, dice)).collect();
    all.dedup();
    assert_eq!(all.len(), 1, "{}: the dice decide: {all:?}", one.name);
    all.remove(0)
}

/// How often what is asked in the last step.
fn counted(one: &Situation) -> BTreeMap<String, u32> {
    let mut counts = BTreeMap::new();
    let only_first = one.tally.as_deref() == Some("first");
    for seed in 0..u64::from(one.draws) {
        let last = played(one, Dice::Seed(seed)).pop().expect("a step");
        *counts.entry(format!("{} in all", last.len())).or_insert(0) += 1;
        let those = if only_first { last.len().min(1) } else { last.len() };
        for decision in &last[..those] {
            let Decision::What(what) = decision else { panic!("{}: {last:?}", one.name) };
            *counts.entry(what.clone()).or_insert(0) += 1;
        }
        if only_first && last.is_empty() {
            *counts.entry("nothing".to_owned()).or_insert(0) += 1;
        }
    }
    counts
}

/// Fails when `here` of `draws` is further from the part `expected` than five standard deviations of
/// a count that has itself `times` the variance of a draw.
fn near(what: &str, here: u32, draws: u32, expected: f64, times: f64) {
    let part = f64::from(here) / f64::from(draws);
    let variance = times * expected * (1.0 - expected) / f64::from(draws);
    let off = part - expected;
    // Never nothing: an event of one part in thousands may have been drawn on one side alone.
    let allowed = 25.0 * variance.max(1.0 / (f64::from(draws) * f64::from(draws)));
    assert!(off * off <= allowed, "{what}: {part} of the draws, not {expected}");
}

fn words(decisions: &[&[&str]]) -> Vec<Vec<Decision>> {
    let step =
        |step: &&[&str]| step.iter().map(|what| Decision::What((*what).to_owned())).collect();
    decisions.iter().map(step).collect()
}

#[test]
fn decisions_are_those_of_the_package() {
    let all = recorded();
    let differ: BTreeSet<&str> = DIFFERENCES.iter().map(|one| one.kind).collect();
    let same = all.situations.iter().filter(|one| one.tally.is_none());
    let mut wrong = Vec::new();
    for one in same.filter(|one| !differ.contains(one.kind.as_str())) {
        let here = ours(one);
        if here != one.then {
            wrong.push(format!("{}\n  there {:?}\n  here  {here:?}", one.name, one.then));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn where_they_differ_on_purpose_both_are_known() {
    let all = recorded();
    for difference in DIFFERENCES {
        let of_kind = all.situations.iter().filter(|one| one.kind == difference.kind);
        let of_kind: Vec<&Situation> = of_kind.collect();
        assert_eq!(of_kind.len(), difference.here.len(), "{}", difference.kind);
        for (one, here) in of_kind.into_iter().zip(difference.here) {
            let here = words(here);
            assert_eq!(ours(one), here, "{}", one.name);
            assert_ne!(one.then, here, "{}: no difference any more", one.name);
        }
    }
}

#[test]
fn chances_are_those_of_the_package() {
    let all = recorded();
    for one in all.situations.iter().filter(|one| one.tally.is_some()) {
        let here = counted(one);
        let other = OTHER_ODDS.iter().find(|other| other.kind == one.kind);
        let names: BTreeSet<&String> = here.keys().chain(one.counts.keys()).collect();
        for name in names {
            let count = here.get(name).copied().unwrap_or(0);
            let there = one.counts.get(name).copied().unwrap_or(0);
            let what = format!("{}: {name}", one.name);
            match other {
                None => {
                    // Both are counts of the same draws: the mean of them is nearest to the truth.
                    let both = f64::from(count + there) / f64::from(2 * one.draws);
                    near(&what, count, one.draws, both, 0.5);
                }
                Some(other) => {
                    let of_name = other.here.iter().find(|(own, _)| own == name);
                    let part = of_name.map_or(0.0, |(_, part)| *part);
                    near(&what, count, one.draws, part, 1.0);
                }
            }
        }
        let asks = |name: &&String| name.starts_with("ask");
        let far = one.counts.keys().filter(asks).any(|name| {
            let count = here.get(name).copied().unwrap_or(0);
            count.abs_diff(one.counts[name]) > one.draws / 8
        });
        assert_eq!(far, other.is_some(), "{}: {here:?}", one.name);
    }
}

#[test]
fn every_difference_is_in_the_table_of_differences() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/policies.md");
    let page = fs::read_to_string(page).expect("the page");
    let table = page.split("### Differences from p2p-media-loader 2.3").nth(1).expect("the table");
    let table = table.split("\n#").next().expect("its end");
    let rows = DIFFERENCES.iter().map(|one| one.row).chain(OTHER_ODDS.iter().map(|one| one.row));
    for row in rows {
        assert!(table.contains(&format!("\n| {row}")), "no row begins with: {row}");
    }
}

#[test]
fn parameters_are_those_of_the_package() {
    let Hybrid {
        high_demand,
        http_window,
        p2p_window,
        http_parallel,
        p2p_parallel,
        http_idle,
        p2p_idle,
        retries,
        failure_memory,
    } = Hybrid::default();
    let seconds = |span: Span| span.0 / 1_000_000_000;
    let milliseconds = |span: Span| span.0 / 1_000_000;
    let here = [
        ("high_demand", seconds(high_demand)),
        ("http_window", seconds(http_window)),
        ("p2p_window", seconds(p2p_window)),
        ("http_parallel", u64::from(http_parallel)),
        ("p2p_parallel", u64::from(p2p_parallel)),
        ("http_idle_ms", milliseconds(http_idle)),
        ("p2p_idle_ms", milliseconds(p2p_idle)),
        ("http_retries", u64::from(retries)),
        // A constant here, and of another kind: see "a peer is left".
        ("p2p_retries", 3),
        // No such wait here.
        ("initial_http_wait_ms", 0),
    ];
    let here: BTreeMap<String, u64> =
        here.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    let all = recorded();
    assert_eq!(here, all.defaults);
    assert!(all.package.starts_with("p2p-media-loader-core 2.3."), "{}", all.package);
    // Not a parameter there: the situations before and after it are told apart.
    assert_eq!(seconds(failure_memory), 60);
}

#[test]
fn the_situations_are_many_and_of_all_kinds() {
    let all = recorded();
    let names: BTreeSet<&str> = all.situations.iter().map(|one| one.name.as_str()).collect();
    assert_eq!(names.len(), all.situations.len(), "no name twice");
    assert!(all.situations.len() >= 150, "{}", all.situations.len());
    let kinds: BTreeSet<&str> = all.situations.iter().map(|one| one.kind.as_str()).collect();
    for kind in DIFFERENCES.iter().map(|one| one.kind).chain(OTHER_ODDS.iter().map(|one| one.kind))
    {
        assert!(kinds.contains(kind), "{kind}");
    }
}
