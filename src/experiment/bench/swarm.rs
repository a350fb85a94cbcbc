//! W2, a swarm: viewers of one video who fetch its segments from each other, else from a server,
//! over their own lines. All draws are by address, so that any correct program sees the same peers,
//! sessions and neighbours.

mod draws;
mod probe;

use serde::Serialize;

use super::{Cpu, More, Row, mix, unit};
use crate::engine::queue::Wheel;
pub use crate::engine::sharing::Discipline;
use crate::engine::sharing::{Arrival, Band, Demand, FlowId, LinkId, Sharing};
use crate::units::{Bytes, Time};
use draws::{Draws, below, expo, line};
use probe::Probe;

/// Segments of the video.
const SEGMENTS: u16 = 256;
const SIZE: Bytes = Bytes(2_000_000);
/// Playing time of a segment, in nanoseconds.
const TAU: u64 = 4_000_000_000;
const NEIGHBOURS: u32 = 20;
/// Requests under way at once, and uploads a peer serves at once.
const WINDOW: usize = 4;
const UPLOADS: u32 = 4;
/// Events looked at together.
const BATCH: usize = 12;
/// Events a viewer has pending at most, on average: its leaving, the ends of its transfers, and some
/// announced too early.
const PENDING: usize = 5;
/// A paced viewer asks this many segments ahead.
const AHEAD: u64 = 8;

/// When a viewer asks for a segment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Pace {
    /// Eight segments ahead of a viewer who never stalls.
    Paced,
    /// At once.
    Greedy,
}

/// The workload's knobs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Swarm {
    /// Viewer slots, from 1 on.
    pub n: u32,
    /// How flows share links.
    pub sharing: Discipline,
    /// When segments are asked for.
    pub pace: Pace,
    /// Simulated seconds.
    pub seconds: u32,
    /// Of all draws.
    pub seed: u64,
}

/// What came of it.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct SwarmResult {
    #[serde(skip)]
    knobs: Swarm,
    /// When segments were asked for.
    pub pace: Pace,
    /// Simulated seconds.
    pub seconds: u32,
    /// Transfers completed.
    #[serde(skip)]
    pub transfers: u64,
    /// Of them, from peers.
    #[serde(skip)]
    pub from_peers: u64,
    /// Sum of the times completed transfers took, in nanoseconds.
    #[serde(skip)]
    pub transfer_ns: u128,
    /// Sessions begun.
    pub joins: u64,
    /// Transfers that their sender's or receiver's leaving cut short.
    pub aborts: u64,
    /// Events handled.
    pub events: u64,
    /// Levels of links found anew.
    pub relaxed: u64,
    /// Memory taken from the system in the end: what the parts have room for.
    #[serde(skip)]
    pub bytes: usize,
    /// CPU time of the run without set-up, in nanoseconds.
    pub cpu_ns: u64,
}

impl SwarmResult {
    const fn none(knobs: Swarm) -> Self {
        Self {
            knobs,
            pace: knobs.pace,
            seconds: knobs.seconds,
            transfers: 0,
            from_peers: 0,
            transfer_ns: 0,
            joins: 0,
            aborts: 0,
            events: 0,
            relaxed: 0,
            bytes: 0,
            cpu_ns: 0,
        }
    }

    /// Mean time of a completed transfer, in seconds.
    pub fn mean_transfer_s(&self) -> f64 {
        self.transfer_ns as f64 / 1e9 / self.transfers as f64
    }
}

impl From<SwarmResult> for Row {
    fn from(swarm: SwarmResult) -> Self {
        let any = swarm.transfers > 0;
        Self {
            bench: "w2",
            n: swarm.knobs.n,
            sharing: Some(swarm.knobs.sharing.name()),
            transfers: Some(swarm.transfers),
            from_peers: Some(swarm.from_peers),
            mean_transfer_s: any.then(|| swarm.mean_transfer_s()),
            cpu_ns_per_unit: swarm.cpu_ns as f64 / swarm.transfers.max(1) as f64,
            bytes_per_peer: None,
            more: More::Swarm(swarm),
        }
    }
}

/// What can happen, ranked.
const ARRIVES: u64 = 0;
const LEAVES: u64 = 1;
const JOINS: u64 = 2;
const ASKS: u64 = 3;

/// The part of a session's number that goes with the event of its end.
const SESSION: u32 = (1 << 28) - 1;

/// What a viewer knows of itself: aligned so that none lies in more than two cache lines.
#[derive(Clone, Copy, Debug)]
#[repr(align(32))]
struct Viewer {
    held: [u64; 4],
    joined: u64,
    session: u32,
    /// Requests so far, over all sessions.
    asked: u32,
    /// First segment not asked for yet.
    next: u16,
    /// The segment whose time it waits for, if it does.
    waits: u16,
    /// Slots with a transfer under way.
    busy: u8,
    /// Segment of each slot.
    segment: [u8; WINDOW],
    /// Segments that were cut short.
    again: [u8; WINDOW],
    cut: u8,
    /// When each slot was asked for.
    since: [u64; WINDOW],
}

struct Run {
    knobs: Swarm,
    draws: Draws,
    now: u64,
    queue: Wheel,
    sharing: Sharing,
    probes: Vec<Probe>,
    viewers: Vec<Viewer>,
    sooner: Vec<(FlowId, Time)>,
    uploads: Vec<FlowId>,
    result: SwarmResult,
}

/// Plays the workload; `cpu` tells the CPU time used so far, in nanoseconds.
pub fn run(knobs: &Swarm, cpu: Cpu<'_>) -> SwarmResult {
    let mut run = Run::new(*knobs);
    let until = u64::from(knobs.seconds) * 1_000_000_000;
    let begun = cpu();
    while let Some((at, key)) = run.queue.pop() {
        if at > until {
            break;
        }
        run.now = at;
        if run.result.events.is_multiple_of(BATCH as u64) {
            run.look_ahead();
        }
        run.result.events += 1;
        run.happen(key);
        run.share();
    }
    run.result.cpu_ns = cpu() - begun;
    run.result.relaxed = run.sharing.relaxed();
    run.result.bytes = run.bytes();
    run.result
}

impl Run {
    fn new(knobs: Swarm) -> Self {
        let draws = Draws { seed: knobs.seed };
        let lines = (0..knobs.n).flat_map(|viewer| {
            let (down, up) = line(unit(draws.h(1, viewer, 0)));
            [up, down]
        });
        let viewer = Viewer {
            held: [0; 4],
            joined: 0,
            session: 0,
            asked: 0,
            next: 0,
            waits: 0,
            busy: 0,
            segment: [0; WINDOW],
            again: [0; WINDOW],
            cut: 0,
            since: [0; WINDOW],
        };
        let mut sharing = Sharing::new(knobs.sharing, Band::default(), lines, std::iter::empty());
        sharing.make_room(knobs.n as usize * WINDOW);
        let mut run = Self {
            knobs,
            draws,
            now: 0,
            queue: Wheel::with_room(knobs.n as usize * PENDING),
            sharing,
            probes: vec![Probe::default(); knobs.n as usize],
            viewers: vec![viewer; knobs.n as usize],
            sooner: Vec::new(),
            uploads: Vec::new(),
            result: SwarmResult::none(knobs),
        };
        for viewer in 0..knobs.n {
            let first = 10.0 * unit(draws.h(2, viewer, 0));
            run.push((first * 1e9) as u64, JOINS, viewer);
        }
        run
    }

    /// Looks at what the next events will ask for first, all at once, so that it comes from memory side
    /// by side. Nothing comes of it but time saved.
    fn look_ahead(&self) {
        let mut seen = 0;
        let mut lines = [[None; 2]; BATCH];
        for (place, lines) in lines.iter_mut().enumerate() {
            let Some((_, key)) = self.queue.ahead(place) else { break };
            let entity = key as u32;
            let arrives = key >> 60 == ARRIVES;
            if arrives {
                *lines = self.sharing.lines(FlowId(entity));
            }
            let viewer = if arrives { entity / WINDOW as u32 } else { entity };
            let Viewer { joined, since, .. } = &self.viewers[viewer as usize];
            seen ^= joined ^ since[WINDOW - 1];
        }
        for line in lines.iter().flatten().flatten() {
            seen ^= self.sharing.capacity(*line);
        }
        // Under `fifo` an end looks at no other flow.
        let shared = if self.knobs.sharing == Discipline::Fifo { 0 } else { BATCH };
        for line in lines[..shared].iter().flatten().flatten() {
            seen ^= self.sharing.load(*line).0;
        }
        std::hint::black_box(seen);
    }

    /// Bytes taken from the system.
    fn bytes(&self) -> usize {
        let lists = self.sooner.capacity() * size_of::<(FlowId, Time)>()
            + self.uploads.capacity() * size_of::<FlowId>();
        size_of_val(&*self.viewers)
            + size_of_val(&*self.probes)
            + self.queue.bytes()
            + self.sharing.bytes()
            + lists
    }

    fn push(&mut self, at: u64, rank: u64, entity: u32) {
        self.queue.push(at, rank << 60 | u64::from(entity));
    }

    fn happen(&mut self, key: u64) {
        let entity = key as u32;
        match key >> 60 {
            ARRIVES => self.arrives(entity),
            LEAVES => {
                let session = (key >> 32) as u32 & SESSION;
                if self.probes[entity as usize].online()
                    && self.viewers[entity as usize].session & SESSION == session
                {
                    self.leave(entity);
                }
            }
            JOINS => self.join(entity),
            _ => self.fill(entity),
        }
    }

    fn share(&mut self) {
        self.sharing.settle(Time(self.now), &mut self.sooner);
        for (flow, due) in self.sooner.drain(..) {
            self.queue.push(due.0, ARRIVES << 60 | u64::from(flow.0));
        }
    }

    fn join(&mut self, id: u32) {
        self.result.joins += 1;
        let viewer = &mut self.viewers[id as usize];
        let leaves = self.now + expo(self.draws.h(3, id, viewer.session), 600.0);
        viewer.held = [0; 4];
        viewer.joined = self.now;
        viewer.next = 0;
        viewer.waits = 0;
        viewer.cut = 0;
        self.probes[id as usize] = Probe(Probe::ONLINE);
        let session = u64::from(viewer.session & SESSION);
        self.queue.push(leaves, LEAVES << 60 | session << 32 | u64::from(id));
        self.fill(id);
    }

    /// Ends a session: transfers either way are lost.
    fn leave(&mut self, id: u32) {
        self.probes[id as usize] = Probe(0);
        let busy = self.viewers[id as usize].busy;
        for slot in (0..WINDOW as u32).filter(|slot| busy >> slot & 1 != 0) {
            self.cut(id, slot);
        }
        let mut uploads = std::mem::take(&mut self.uploads);
        uploads.extend(self.sharing.over(LinkId(2 * id)));
        for FlowId(flow) in &uploads {
            let (receiver, slot) = (flow / WINDOW as u32, flow % WINDOW as u32);
            self.cut(receiver, slot);
            let viewer = &mut self.viewers[receiver as usize];
            viewer.again[usize::from(viewer.cut)] = viewer.segment[slot as usize];
            viewer.cut += 1;
        }
        for FlowId(flow) in uploads.drain(..) {
            self.fill(flow / WINDOW as u32);
        }
        self.uploads = uploads;
        let viewer = &mut self.viewers[id as usize];
        viewer.session += 1;
        let pause = expo(self.draws.h(4, id, viewer.session), 60.0);
        self.push(self.now + pause, JOINS, id);
    }

    fn cut(&mut self, receiver: u32, slot: u32) {
        self.result.aborts += 1;
        self.end(receiver, slot);
    }

    /// Ends a transfer, however; whether a peer sent it.
    fn end(&mut self, receiver: u32, slot: u32) -> bool {
        let flow = FlowId(receiver * WINDOW as u32 + slot);
        self.viewers[receiver as usize].busy &= !(1 << slot);
        let first = self.sharing.path(flow).next().expect("a flow has a path");
        let sender = first.0.is_multiple_of(2).then_some(first.0 / 2);
        self.sharing.end(flow, Time(self.now));
        if let Some(sender) = sender.filter(|sender| self.probes[*sender as usize].online()) {
            self.probes[sender as usize].0 -= Probe::ONE_UPLOAD;
        }
        sender.is_some()
    }

    fn arrives(&mut self, flow: u32) {
        match self.sharing.arrives(FlowId(flow), Time(self.now)) {
            Arrival::Stale | Arrival::Halted => return,
            Arrival::Later(at) => {
                self.queue.push(at.0, ARRIVES << 60 | u64::from(flow));
                return;
            }
            Arrival::Done => {}
        }
        let (id, slot) = (flow / WINDOW as u32, flow % WINDOW as u32);
        let from_peer = self.end(id, slot);
        let viewer = &mut self.viewers[id as usize];
        self.result.transfers += 1;
        self.result.from_peers += u64::from(from_peer);
        self.result.transfer_ns += u128::from(self.now - viewer.since[slot as usize]);
        let segment = viewer.segment[slot as usize];
        viewer.held[usize::from(segment / 64)] |= 1 << (segment % 64);
        let probe = &mut self.probes[id as usize];
        probe.set_held(&viewer.held);
        if probe.prefix() == SEGMENTS {
            self.leave(id);
        } else {
            self.fill(id);
        }
    }

    /// Asks for what is next, as far as window and pace allow.
    fn fill(&mut self, id: u32) {
        if !self.probes[id as usize].online() {
            return;
        }
        loop {
            let viewer = &mut self.viewers[id as usize];
            let slot = viewer.busy.trailing_ones();
            if slot as usize >= WINDOW {
                return;
            }
            let again = &viewer.again[..usize::from(viewer.cut)];
            let segment = if let Some(least) = (0..again.len()).min_by_key(|at| again[*at]) {
                viewer.cut -= 1;
                viewer.again.swap(least, usize::from(viewer.cut));
                u16::from(viewer.again[usize::from(viewer.cut)])
            } else if viewer.next < SEGMENTS {
                let early = (u64::from(viewer.next) + 1).saturating_sub(AHEAD) * TAU;
                let from = viewer.joined + if self.knobs.pace == Pace::Paced { early } else { 0 };
                if from > self.now {
                    if std::mem::replace(&mut viewer.waits, viewer.next) != viewer.next {
                        self.push(from, ASKS, id);
                    }
                    return;
                }
                viewer.next += 1;
                viewer.next - 1
            } else {
                return;
            };
            self.ask(id, slot, segment);
        }
    }

    fn ask(&mut self, id: u32, slot: u32, segment: u16) {
        let viewer = &mut self.viewers[id as usize];
        let first = below(self.draws.h(6, id, viewer.asked), NEIGHBOURS);
        viewer.asked += 1;
        viewer.busy |= 1 << slot;
        viewer.segment[slot as usize] = segment as u8;
        viewer.since[slot as usize] = self.now;
        let named = self.draws.h(5, id, viewer.session);
        let flow = FlowId(id * WINDOW as u32 + slot);
        let demand = Demand { size: SIZE, cap: None, weight: 1 };
        let down = LinkId(2 * id + 1);
        for turn in 0..NEIGHBOURS {
            let neighbour =
                below(mix(named + u64::from((first + turn) % NEIGHBOURS)), self.knobs.n);
            let neighbour = if neighbour == id { (id + 1) % self.knobs.n } else { neighbour };
            let probe = self.probes[neighbour as usize];
            if !probe.online() || probe.uploads() >= UPLOADS {
                continue;
            }
            let held = probe.holds(segment).unwrap_or_else(|| {
                let held = &self.viewers[neighbour as usize].held;
                held[usize::from(segment / 64)] >> (segment % 64) & 1 != 0
            });
            if held && neighbour != id {
                self.probes[neighbour as usize].0 += Probe::ONE_UPLOAD;
                self.sharing.start(flow, Time(self.now), &[LinkId(2 * neighbour), down], demand);
                return;
            }
        }
        self.sharing.start(flow, Time(self.now), &[down], demand);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn played(n: u32, sharing: Discipline, pace: Pace) -> SwarmResult {
        run(&Swarm { n, sharing, pace, seconds: 30, seed: 1 }, &|| 0)
    }

    /// Transfers, share from peers and mean time within a part of those measured elsewhere.
    fn near(result: &SwarmResult, (transfers, share, mean): (f64, f64, f64), part: f64) {
        let off = |ours: f64, theirs: f64| (ours / theirs - 1.0).abs();
        assert!(off(result.transfers as f64, transfers) < part, "{result:?}");
        let ours = result.from_peers as f64 / result.transfers as f64;
        assert!((ours - share).abs() < part, "{ours} against {share}");
        assert!(off(result.mean_transfer_s(), mean) < 2.0 * part, "{}", result.mean_transfer_s());
    }

    #[test]
    fn agrees_with_other_simulators() {
        // SimGrid 3.32 and PeerSim on the same workload: see docs/benches.md.
        let max_min = played(1_000, Discipline::MaxMin, Pace::Paced);
        near(&max_min, (12_645.0, 0.738, 2.021), 0.005);
        near(&played(1_000, Discipline::MaxMin, Pace::Greedy), (92_182.0, 0.189, 0.847), 0.005);
        near(&played(1_000, Discipline::Fifo, Pace::Paced), (12_808.0, 0.767, 2.181), 0.005);
        let hundred = played(100, Discipline::MaxMin, Pace::Paced);
        near(&hundred, (1_283.0, 0.744, 1.922), 0.01);
    }

    #[test]
    fn a_viewer_needs_600_bytes_at_most() {
        for sharing in [Discipline::MaxMin, Discipline::Fifo] {
            let bytes = played(10_000, sharing, Pace::Paced).bytes;
            assert!(bytes <= 10_000 * 600, "{bytes} bytes, {sharing:?}");
        }
    }
}
