//! Experiments that hold the simulator against theory and measurement.
//!
//! An experiment makes one or more findings, all under its own name. Chance comes from fixed
//! addresses and nothing looks at a clock, so the same version always finds the same.

mod arrival_order;
mod channel_pooling;
mod cloud_and_tree;
mod conservation;
mod delay_bound;
mod field;
mod household_caches;
mod isp_local;
mod link_sharing;
mod locality_law;
mod max_min;
mod page;
mod poisson;
mod pool;
mod reactions;
mod recursion;
mod segment_policies;
mod spotify_split;
mod swarm;
mod swarm_law;
mod universal_streaming;

use std::path::Path;

use serde::Serialize;

pub use page::page;

/// How an experiment came out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// Within tolerance.
    Pass,
    /// Outside it.
    Fail,
    /// Outside it, by as much as the page says and explains.
    Missed,
    /// Its data or time is missing; the note says what.
    Skipped,
}

/// One line of `offpeak validate --json`.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Finding {
    /// Name of its experiment, such as "V4".
    pub id: String,
    /// How it came out.
    pub verdict: Verdict,
    /// What theory or measurement says; NaN, written `null`, when skipped.
    pub expected: f64,
    /// What the simulator says.
    pub got: f64,
    /// Largest difference that passes.
    pub tolerance: f64,
    /// What was compared, in one line.
    pub note: String,
}

/// How much is played.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Effort {
    Full,
    /// Less, so with more noise and wider tolerances.
    Quick,
}

/// What can be run by itself.
#[derive(Clone, Copy, Debug)]
pub struct Experiment {
    /// What `validate --only` takes.
    pub name: &'static str,
    /// What is held against what.
    pub title: &'static str,
    /// Where the expected values come from.
    pub source: &'static str,
    run: fn(Effort, &mut dyn FnMut(Finding)),
}

const EXPERIMENTS: &[Experiment] = &[
    Experiment {
        name: "T5",
        title: "watch-only swarms: the engine with the oracle scheduler against the recursion in \
                order of arrival",
        source: "Huang, Li, Ross, \"Can Internet video-on-demand be profitable?\", SIGCOMM 2007 \
                 (its mode without prefetching); values computed here",
        run: arrival_order::run,
    },
    Experiment {
        name: "V1",
        title: "the Spotify split: what comes from the own cache, from peers and from servers in a \
                music client of 2010",
        source: "Kreitz, Niemelä, \"Spotify: large scale, low latency, P2P music-on-demand \
                 streaming\", IEEE P2P 2010: 8.8 % and the median latency from its abstract, the \
                 rest as others quote it",
        run: spotify_split::run,
    },
    Experiment {
        name: "V2",
        title: "watch-only swarms: the engine against the closed form for Poisson numbers of viewers",
        source: "form as in Karamshuk et al., INFOCOM 2015, derived and computed here",
        run: swarm_law::run,
    },
    Experiment {
        name: "V3",
        title: "swarms of a catalogue, of the world and of each provider: the engine against the closed \
                form summed over titles and providers",
        source: "form and setting after Karamshuk et al., INFOCOM 2015 (its abstract: up to 88 % saved \
                 within providers); catalogue and shares assumed, values computed here",
        run: isp_local::run,
    },
    Experiment {
        name: "V4",
        title: "household caches: the peer's cache code against Che's approximation",
        source: "Che, Tung, Wang, \"Hierarchical web caching systems\", JSAC 2002, with a binomial \
                 for the holders online; values computed here",
        run: household_caches::run,
    },
    Experiment {
        name: "V5",
        title: "universal streaming: the highest rate at which a swarm can serve all of its viewers, \
                and its sharpening with scale",
        source: "bound of Kumar, Liu, Ross, 2007; values computed here",
        run: |effort, found| {
            universal_streaming::run(effort, found);
            poisson::run(effort, found);
        },
    },
    Experiment {
        name: "V6",
        title: "chunk policies: the rules for segments in slots, with random contacts, against the \
                mean-field model",
        source: "model of Zhou, Chiu, Lui, 2007; values of a simulation made for it apart from this \
                 program",
        run: segment_policies::run,
    },
    Experiment {
        name: "V9",
        title: "locality: copies of a content that enter each provider, with random neighbours and with \
                near ones",
        source: "arithmetic of random partners, computed here; that near neighbours end the growth with \
                 peers, and cost hardly any time, is the finding of Bindal et al., ICDCS 2006 (abstract)",
        run: locality_law::run,
    },
    Experiment {
        name: "V10",
        title: "delay bound: the deadline rule in slots, from a source to all peers",
        source: "Abeni, Kiraly, Lo Cigno, 2009 (abstract); values computed here",
        run: delay_bound::run,
    },
    Experiment {
        name: "V11",
        title: "cloud against tree: what peers bring when their uplinks share a way to the core",
        source: "conservation; that a cloud overstates what peers bring threefold or more is the \
                 finding of Chen et al. (AT&T), quoted from its first page",
        run: cloud_and_tree::run,
    },
    Experiment {
        name: "V13",
        title: "channel pooling: viewers who serve only their channel against one pool of uplinks",
        source: "model class of Wu, Liu, Ross, 2009 (abstract); values computed here",
        run: channel_pooling::run,
    },
    Experiment {
        name: "V14",
        title: "reactions to quality: viewers who leave before the first picture, and play lost to \
                stalls",
        source: "Krishnan, Sitaraman, IMC 2012 (abstract)",
        run: reactions::run,
    },
    Experiment {
        name: "V15",
        title: "link sharing and conservation: hand cases, a plain solver, and the books of whole \
                runs",
        source: "max-min fairness (Bertsekas, Gallager, \"Data networks\", 1992); conservation, \
                 and the upload threshold of Boufkhad et al., 2009, in its plain form",
        run: |effort, found| {
            link_sharing::run(effort, found);
            conservation::run(effort, found);
        },
    },
];

/// What there is to run, in the order in which it runs.
pub fn experiments() -> impl Iterator<Item = &'static Experiment> {
    EXPERIMENTS.iter().chain(field::EXPERIMENTS.iter().map(|measured| &measured.about))
}

/// Runs the experiments, or the one called `only`, and hands out each finding as it is made. Those on
/// measurements need the folder of tables.
pub fn validate(
    only: Option<&str>,
    quick: bool,
    tables: Option<&Path>,
    found: &mut dyn FnMut(&Finding),
) {
    let effort = if quick { Effort::Quick } else { Effort::Full };
    let wanted = |experiment: &Experiment| only.is_none_or(|only| only == experiment.name);
    for experiment in EXPERIMENTS.iter().filter(|one| wanted(one)) {
        (experiment.run)(effort, &mut |finding| found(&finding));
    }
    for measured in field::EXPERIMENTS.iter().filter(|one| wanted(&one.about)) {
        match tables {
            Some(folder) => (measured.run)(effort, folder, &mut |finding| found(&finding)),
            None => (measured.about.run)(effort, &mut |finding| found(&finding)),
        }
    }
}

/// The same for a measurement that is known to be missed: `known` is what the page says was got, and
/// nothing further than `slack` from it is excused.
fn known_miss(finding: Finding, known: f64, slack: f64) -> Finding {
    let excused = finding.verdict == Verdict::Fail && (finding.got - known).abs() <= slack;
    Finding { verdict: if excused { Verdict::Missed } else { finding.verdict }, ..finding }
}

/// A finding that passes when `got` is within `tolerance` of `expected`.
fn compare(id: &str, expected: f64, got: f64, tolerance: f64, note: String) -> Finding {
    let within = (got - expected).abs() <= tolerance;
    let verdict = if within { Verdict::Pass } else { Verdict::Fail };
    Finding { id: id.to_owned(), verdict, expected, got, tolerance, note }
}

/// A finding for what could not be played at all: always a failure.
fn broken(id: &str, expected: f64, tolerance: f64, why: &str) -> Finding {
    let note = why.lines().map(str::trim).collect::<Vec<_>>().join(" ");
    Finding { note, ..compare(id, expected, f64::NAN, tolerance, String::new()) }
}
