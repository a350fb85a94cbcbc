//! What `hybrid` decides beside what the published package p2p-media-loader-core decided in the
//! same situations.
//!
//! The situations and the decisions are recorded: `p2p_media_loader/record.mjs` says how. Where the
//! two differ on purpose, the difference is in the table below with what is decided here, and has
//! its row in `docs/policies.md`.

#[path = "p2p_media_loader/host.rs"]
mod host;
#[path = "p2p_media_loader/situation.rs"]
mod situation;

use host::{Dice, played};
use situation::{Decision, Situation, recorded};

#[test]
fn probe() {
    let all = recorded();
    let mut differs = 0;
    for one in all.situations.iter().filter(|one| one.tally.is_none()) {
        let seeds: Vec<Dice> = match one.dice {
            Some(part) => vec![Dice::Part(part)],
            None => (1..=5).map(Dice::Seed).collect(),
        };
        let mut ours: Vec<Vec<Vec<Decision>>> = seeds.into_iter().map(|dice| played(one, dice)).collect();
        ours.dedup();
        if ours.len() != 1 || ours[0] != one.then {
            differs += 1;
            println!("{}\n  there {:?}\n  here {:?}", one.name, one.then, ours);
        }
    }
    println!("{differs} differ");
    for one in all.situations.iter().filter(|one| one.tally.is_some()) {
        println!("{} {:?} {:?}", one.name, one.counts, tallied(one));
    }
}

fn tallied(one: &Situation) -> std::collections::BTreeMap<String, u32> {
    let mut counts = std::collections::BTreeMap::new();
    for seed in 0..2000 {
        let last = played(one, Dice::Seed(seed)).pop().expect("a step");
        *counts.entry(format!("{} in all", last.len())).or_insert(0) += 1;
        let first = one.tally.as_deref() == Some("first");
        for decision in last.iter().take(if first { 1 } else { last.len() }) {
            let Decision::What(what) = decision else { continue };
            *counts.entry(what.clone()).or_insert(0) += 1;
        }
    }
    counts
}
