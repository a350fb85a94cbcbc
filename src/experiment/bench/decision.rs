//! Decisions of the peer core: what one call of [`Peer::handle`] takes, by scheduler.
//!
//! Viewers with ten neighbours that hold everything, segments of 4 s. `look` is a call in which
//! nothing happened: the player is asked, then all rules, and nothing changes. `arrival` is a segment
//! that came: it is stored, and the next is asked for. Hot is one viewer over and over; else many
//! viewers in random order, so that each is first fetched from memory.

use serde::Serialize;

use super::{Cpu, More, Row, mix};
use crate::peer::cache::Swarm;
use crate::peer::scheduler::Scheduler;
use crate::peer::{Config, Input, Item, Output, Peer, PeerId, Play, Slot, Surroundings, Told};
use crate::units::{BitRate, Bytes, Span, Time};

/// Schedulers measured; `oracle` asks the host for holders, which is not the client's work.
pub const SCHEDULERS: [&str; 5] =
    ["cdn-only", "hybrid", "timecritical", "webtorrent-rarest", "spotify-2010"];

/// Calls measured for a row, about; at least five of each viewer.
const CALLS: u32 = 100_000;

/// Neighbours of a viewer.
const NEIGHBOURS: u32 = 10;

/// Segments that have come before anything is measured.
const BEFORE: usize = 60;

/// Segments of the title.
const SEGMENTS: u16 = 60_000;

const SEGMENT: Span = Span::from_secs(4);
const SIZE: Bytes = Bytes(1_000_000);
const ITEM: Item = Item { title: 0, rung: 0 };

/// What happens to a viewer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Happens {
    /// Nothing.
    Look,
    /// A segment came.
    Arrival,
}

/// What one row of calls was and took.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Decisions {
    /// Name of the scheduler.
    pub scheduler: &'static str,
    /// What happened before each.
    pub happens: Happens,
    /// Viewers among whom the calls went in random order; 1 is hot.
    #[serde(skip)]
    pub n: u32,
    /// Calls.
    pub calls: u64,
    /// Transfers begun in them.
    pub fetches: u64,
    /// CPU time of the calls, in ns.
    pub cpu_ns: u64,
}

impl From<Decisions> for Row {
    fn from(decisions: Decisions) -> Self {
        Self {
            bench: "decision",
            n: decisions.n,
            sharing: None,
            transfers: None,
            from_peers: None,
            mean_transfer_s: None,
            cpu_ns_per_unit: decisions.cpu_ns as f64 / decisions.calls as f64,
            bytes_per_peer: None,
            more: More::Decision(decisions),
        }
    }
}

/// All schedulers, hot and with `n` viewers (at least 1). `each` hears of every row as it ends.
pub fn run(n: u32, seed: u64, cpu: Cpu<'_>, each: &mut dyn FnMut(Decisions)) {
    for scheduler in SCHEDULERS {
        for happens in [Happens::Look, Happens::Arrival] {
            each(measure(scheduler, happens, (1, CALLS), seed, cpu));
            if n > 1 {
                each(measure(scheduler, happens, (n, CALLS.max(n.saturating_mul(5))), seed, cpu));
            }
        }
    }
}

/// About so many `calls` to `n` viewers that use a scheduler of [`SCHEDULERS`], both at least 1.
///
/// # Panics
/// When there is no such scheduler.
pub fn measure(
    scheduler: &'static str,
    happens: Happens,
    (n, calls): (u32, u32),
    seed: u64,
    cpu: Cpu<'_>,
) -> Decisions {
    let rules = Scheduler::named(scheduler).expect("a scheduler of the list");
    let config = Config {
        disk: Bytes(u64::MAX / 4),
        links: NEIGHBOURS,
        ..Config::plain(rules.plan(), SEGMENT)
    };
    let mut stage = Stage { dice: mix(seed), now: Time::ZERO };
    let viewer = Viewer::warm(&config, &mut stage);
    // Each of many viewers is visited a few times only; the one again and again, from anew when its
    // title ends.
    let rounds = (calls / n).clamp(1, 20_000);
    let script = viewer.script(&config, rounds, stage.now);
    let (mut spent, mut fetches, mut out) = (0, 0, Vec::new());
    let mut done = 0;
    while done < u64::from(calls.max(n)) {
        let mut peers = vec![viewer.peer.clone(); n as usize];
        let order = shuffled(n, seed);
        let mut now = stage.now;
        let begun = cpu();
        for slot in &script {
            if happens == Happens::Arrival {
                now = now + SEGMENT;
            }
            stage.now = now;
            for &at in &order {
                let input = match happens {
                    Happens::Look => Input::Wake,
                    Happens::Arrival => Input::Arrived(*slot),
                };
                out.clear();
                peers[at as usize].handle(&config, now, input, &mut stage, &mut out);
                fetches += out.iter().filter(|o| matches!(o, Output::Fetch { .. })).count() as u64;
            }
        }
        spent += cpu() - begun;
        stage.now = viewer.now;
        done += u64::from(n) * script.len() as u64;
    }
    Decisions { scheduler, happens, n, calls: done, fetches, cpu_ns: spent }
}

/// Numbers below `n` in random order.
fn shuffled(n: u32, seed: u64) -> Vec<u32> {
    let mut order: Vec<u32> = (0..n).collect();
    order.sort_by_cached_key(|at| mix(mix(seed) ^ u64::from(*at)));
    order
}

/// A viewer in the middle of a title, and what it is waiting for.
#[derive(Clone)]
struct Viewer {
    peer: Peer,
    now: Time,
    /// Transfers under way, by slot.
    coming: [Option<u16>; Slot::COUNT],
}

impl Viewer {
    /// One that has been watching for a while.
    fn warm(config: &Config, stage: &mut Stage) -> Self {
        let mut viewer =
            Self { peer: Peer::default(), now: Time::ZERO, coming: [None; Slot::COUNT] };
        viewer.take(config, Input::Play(Play::all(ITEM, SEGMENTS)), stage);
        let names: Vec<PeerId> = (0..NEIGHBOURS).map(PeerId).collect();
        let swarm = Swarm { holders: NEIGHBOURS, viewers: 1 };
        viewer.take(config, Input::Candidates(&names, swarm), stage);
        for name in names {
            viewer.take(config, Input::Linked(name), stage);
        }
        for _ in 0..BEFORE {
            viewer.now = viewer.now + Span(SEGMENT.0 / 2);
            viewer.arrive(config, stage);
        }
        stage.now = viewer.now;
        viewer
    }

    fn take(&mut self, config: &Config, input: Input<'_>, stage: &mut Stage) {
        let mut out = Vec::new();
        stage.now = self.now;
        self.peer.handle(config, self.now, input, stage, &mut out);
        for output in out {
            match output {
                Output::Fetch { slot, segment, .. } => {
                    self.coming[usize::from(slot.0)] = Some(segment);
                }
                Output::Cancel { slot, .. } => self.coming[usize::from(slot.0)] = None,
                _ => {}
            }
        }
    }

    /// What is needed first arrives, or nothing happens when nothing is under way; its slot.
    fn arrive(&mut self, config: &Config, stage: &mut Stage) -> Slot {
        let coming = (0u8..).zip(&self.coming).filter_map(|(slot, what)| Some(((*what)?, slot)));
        let slot = coming.min().map_or(Slot(0), |(_, slot)| Slot(slot));
        self.coming[usize::from(slot.0)] = None;
        self.take(config, Input::Arrived(slot), stage);
        slot
    }

    /// Slots of the next arrivals, a segment's time apart: the same for all viewers like this one.
    fn script(&self, config: &Config, rounds: u32, now: Time) -> Vec<Slot> {
        let (mut lead, mut stage) = (self.clone(), Stage { dice: 1, now });
        let next = |_| {
            lead.now = lead.now + SEGMENT;
            lead.arrive(config, &mut stage)
        };
        (0..rounds).map(next).collect()
    }
}

/// Neighbours that hold everything, and dice.
struct Stage {
    dice: u64,
    now: Time,
}

impl Surroundings for Stage {
    fn below(&mut self, bound: u32) -> u32 {
        self.dice = mix(self.dice);
        (((self.dice >> 32) * u64::from(bound)) >> 32) as u32
    }

    fn hear(&self, _: PeerId, _: Item, told: &mut Told) {
        if told.mark != 1 {
            told.renew([(0, SEGMENTS)].into_iter());
            told.mark = 1;
        }
    }

    fn watches(&self, _: PeerId, _: Item) -> bool {
        false
    }

    fn distance(&self, peer: PeerId) -> u8 {
        (peer.0 % 3) as u8
    }

    fn round_trip(&self, _: PeerId) -> Span {
        Span::from_millis(20)
    }

    fn got(&self, _: Slot) -> Bytes {
        Bytes(SIZE.0 / 2)
    }

    fn last(&self, _: Slot) -> Time {
        self.now
    }

    fn size(&self, _: Item, _: u16) -> Bytes {
        SIZE
    }

    fn free_holder(&self, _: Item, _: u16, _: BitRate) -> Option<PeerId> {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Arrivals are answered by fetches, nearly always one each, and a look changes nothing.
    #[test]
    fn viewers_go_on() {
        for scheduler in SCHEDULERS {
            for n in [1, 7] {
                let arrivals = measure(scheduler, Happens::Arrival, (n, 700), 1, &|| 0);
                assert_eq!(arrivals.calls, 700, "{scheduler}");
                let share = arrivals.fetches as f64 / 700.0;
                assert!((share - 1.0).abs() < 0.1, "{scheduler}, {n}: {share} fetches");
                let looks = measure(scheduler, Happens::Look, (n, 700), 1, &|| 0);
                assert_eq!((looks.calls, looks.fetches), (700, 0), "{scheduler}");
            }
        }
    }
}
