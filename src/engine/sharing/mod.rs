//! Who gets how much of which link, and how far every flow has come.
//!
//! By a [`Discipline`]; the default is exact weighted max-min fairness with per-flow caps. Each link
//! keeps one number, its level: the rate per unit of weight at which its flows would fill it, each flow
//! also being held back by its cap and by the levels of its other links. A change puts its links on a
//! list; a link whose level moved puts only those others on it that can notice. The fixed point gives
//! every flow a full link on which it is among the fastest, or its cap: the unique max-min allocation
//! (the argument of Charny, Clark, Jain, "Congestion control with explicit rate indication", ICC 1995).
//!
//! Links come in two kinds. A *narrow* link (a home's line) has few flows: nothing is kept about them,
//! its level is found from what its flows say. A *wide* link (shared by many homes) keeps sums, so that
//! a start or an end costs the same whatever their number, and when it is full it holds its level
//! still while what it carries stays within a band below its capacity ([`Band`]).
//!
//! Rates are integers in thousandths of a bit/s and rounded down, so that no link is ever used above
//! its capacity and nothing drifts.

mod flow;
mod max_min;
mod narrow;
mod wide;

use std::collections::VecDeque;

use super::ahead::near;

pub use flow::Arrival;
use flow::{Flow, NO_LINK};
use narrow::Narrow;
pub use wide::Band;
use wide::{Route, Wide};

use crate::units::{BitRate, Bytes, Time};

/// Index of a link: narrow ones first, then wide ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct LinkId(pub u32);

/// Name of a flow, given by the caller; dense, as it is an index.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct FlowId(pub u32);

/// A rate in thousandths of a bit/s.
pub type MilliRate = u64;

/// How flows share a link.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Discipline {
    /// Weighted max-min fairness.
    #[default]
    MaxMin,
    /// The least of the equal shares of the links crossed: what a flow leaves goes to nobody.
    Split,
    /// An uplink serves whole transfers one after another, at the least rate of the narrow links
    /// crossed; a reservation lost to an abort is not given back. Wide links hold nobody back.
    Fifo,
}

impl Discipline {
    /// As a scenario names it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::MaxMin => "max-min",
            Self::Split => "split",
            Self::Fifo => "fifo",
        }
    }
}

/// What a flow is asked for.
#[derive(Clone, Copy, Debug)]
pub struct Demand {
    /// All it has to bring.
    pub size: Bytes,
    /// Never faster than this.
    pub cap: Option<BitRate>,
    /// Its share in proportion to others, at least 1.
    pub weight: u32,
}

/// Links, the flows over them, and their rates.
#[derive(Clone, Debug, Default)]
pub struct Sharing {
    discipline: Discipline,
    band: Band,
    narrow: Vec<Narrow>,
    /// Flows of the narrow links that have more than fit into their record.
    crowds: Vec<Vec<u32>>,
    wide: Vec<Wide>,
    flows: Vec<Flow>,
    /// Wide links of each flow; as long as the last flow that has any.
    routes: Vec<Route>,
    /// Links to look at; wide ones after narrow ones, as in [`LinkId`].
    work: VecDeque<u32>,
    dirty: Vec<u32>,
    /// Flows whose rate has moved, when somebody wants to know.
    moved: Option<Vec<FlowId>>,
    relaxed: u64,
}

impl Sharing {
    /// Links with these capacities and no flows.
    pub fn new(
        discipline: Discipline,
        band: Band,
        narrow: impl Iterator<Item = BitRate>,
        wide: impl Iterator<Item = BitRate>,
    ) -> Self {
        Self {
            discipline,
            band,
            narrow: narrow.map(|rate| Narrow::new(milli(rate))).collect(),
            wide: wide.map(|rate| Wide::new(milli(rate), band)).collect(),
            ..Self::default()
        }
    }

    /// Makes room for the flows of the names below `flows`, and no more than that.
    pub fn make_room(&mut self, flows: usize) {
        self.flows.reserve_exact(flows.saturating_sub(self.flows.len()));
        self.flows.resize_with(flows.max(self.flows.len()), Flow::default);
    }

    /// Bytes taken from the system.
    pub fn bytes(&self) -> usize {
        let crowds = self.crowds.iter().map(|crowd| size_of::<Vec<u32>>() + 4 * crowd.capacity());
        let wide = self.wide.iter().map(Wide::bytes);
        let listed = self.work.capacity() + self.dirty.capacity();
        size_of::<Narrow>() * self.narrow.capacity()
            + size_of::<Flow>() * self.flows.capacity()
            + size_of::<Route>() * self.routes.capacity()
            + size_of::<u32>() * listed
            + crowds.chain(wide).sum::<usize>()
    }

    /// Starts the flow `id`, which is not under way, over `path`: none twice, at most two narrow
    /// links, the sender's first. Rates are valid after [`Self::settle`].
    pub fn start(&mut self, id: FlowId, now: Time, path: &[LinkId], demand: Demand) {
        let at = id.0 as usize;
        if self.flows.len() <= at {
            self.flows.resize_with(at + 1, Flow::default);
        }
        debug_assert!(!self.flows[at].alive(), "a flow starts once");
        let cap = demand.cap.map_or(MilliRate::MAX, milli);
        self.flows[at].begin(now, demand.size, cap, demand.weight.max(1));
        for &LinkId(link) in path {
            if (link as usize) < self.narrow.len() {
                self.flows[at].cross(link);
                self.narrow[link as usize].add(id.0, &mut self.crowds);
            } else if self.discipline != Discipline::Fifo {
                self.join(at, link - self.narrow.len() as u32);
            }
        }
        self.mark(id.0);
        if self.discipline == Discipline::Fifo {
            self.reserve(at, now);
            return;
        }
        for link in self.flows[at].links {
            if link != NO_LINK {
                self.enqueue(link);
            }
        }
        self.offer_wide(at, NO_LINK);
    }

    /// Ends a flow: what was left of it at `now`, in [`UNITS_PER_BYTE`]ths of a byte. Rates of others
    /// are valid after [`Self::settle`].
    pub fn end(&mut self, id: FlowId, now: Time) -> u128 {
        let at = id.0 as usize;
        let flow = &mut self.flows[at];
        let left = flow.left_at(now);
        let (links, routed, rate) = (flow.links, flow.routed(), flow.rate);
        flow.stop();
        for link in links {
            if link == NO_LINK {
                continue;
            }
            let narrow = &mut self.narrow[link as usize];
            narrow.remove(id.0, &mut self.crowds);
            if narrow.limits() && self.discipline != Discipline::Fifo {
                self.enqueue(link);
            }
        }
        if routed {
            self.part(at, rate);
        }
        left
    }

    /// Changes what a link can carry from now on; under [`Discipline::Fifo`], for later transfers.
    pub fn set_capacity(&mut self, LinkId(link): LinkId, capacity: BitRate) {
        let capacity = milli(capacity);
        let at = link as usize;
        if at < self.narrow.len() {
            if self.narrow[at].capacity == capacity {
                return;
            }
            self.narrow[at].capacity = capacity;
            if self.discipline == Discipline::Fifo {
                return;
            }
            for member in 0..self.narrow[at].len() {
                self.reconsider(self.narrow[at].members(&self.crowds)[member], link);
            }
        } else {
            let wide = &mut self.wide[at - self.narrow.len()];
            if wide.capacity == capacity {
                return;
            }
            wide.set_capacity(capacity, self.band);
            for member in 0..self.wide[at - self.narrow.len()].members.len() {
                let member = self.wide[at - self.narrow.len()].members[member];
                if member.weight > 0 {
                    self.reconsider(member.flow, link);
                }
            }
        }
        self.enqueue(link);
    }

    /// Holds a flow to another rate from now on; under [`Discipline::Fifo`] it keeps the first.
    pub fn set_cap(&mut self, id: FlowId, cap: Option<BitRate>) {
        let cap = cap.map_or(MilliRate::MAX, milli);
        let flow = &mut self.flows[id.0 as usize];
        if flow.cap == cap || self.discipline == Discipline::Fifo {
            return;
        }
        flow.cap = cap;
        self.reconsider(id.0, NO_LINK);
    }

    /// Brings all rates up to date at `now` and appends the flows whose end has come nearer, with
    /// it: those announced earlier than they end are renewed by [`Self::arrives`].
    pub fn settle(&mut self, now: Time, sooner: &mut Vec<(FlowId, Time)>) {
        let before = self.relaxed;
        while !self.work.is_empty() || !self.dirty.is_empty() {
            while let Some(link) = self.work.pop_front() {
                self.relaxed += 1;
                debug_assert!(self.relaxed - before < 100_000_000, "levels do not settle");
                if (link as usize) < self.narrow.len() {
                    self.narrow[link as usize].set_queued(false);
                    self.relax_narrow(link);
                } else {
                    self.wide[link as usize - self.narrow.len()].queued = false;
                    self.relax_wide(link);
                }
            }
            self.rerate(now, sooner);
        }
    }

    /// Gives flows their new rates. A wide link that this overfills is looked at next.
    fn rerate(&mut self, now: Time, sooner: &mut Vec<(FlowId, Time)>) {
        let mut dirty = std::mem::take(&mut self.dirty);
        for id in dirty.drain(..) {
            if !self.flows[id as usize].clean() {
                continue;
            }
            let due = if self.discipline == Discipline::Fifo {
                self.flows[id as usize].announce()
            } else {
                let rate = self.bound_but(&self.flows[id as usize], id, NO_LINK);
                let old = self.flows[id as usize].rate;
                self.carry(id as usize, old, rate);
                if let Some(moved) = self.moved.as_mut().filter(|_| rate != old) {
                    moved.push(FlowId(id));
                }
                self.flows[id as usize].rerate(now, rate)
            };
            sooner.extend(due.map(|due| (FlowId(id), due)));
        }
        self.dirty = dirty;
    }

    /// Remembers from now on which flows' rates move, for [`Self::take_moved`].
    pub fn note_moves(&mut self) {
        self.moved.get_or_insert_default();
    }

    /// The flows whose rates have moved since the last time; give the list back, emptied or not.
    pub fn take_moved(&mut self) -> Vec<FlowId> {
        self.moved.as_mut().map(std::mem::take).unwrap_or_default()
    }

    /// Takes back the memory of [`Self::take_moved`].
    pub fn give_back(&mut self, mut list: Vec<FlowId>) {
        list.clear();
        self.moved = Some(list);
    }

    /// At an announced end: whether all is here.
    pub fn arrives(&mut self, id: FlowId, now: Time) -> Arrival {
        match self.flows.get_mut(id.0 as usize) {
            Some(flow) => flow.arrives(now),
            None => Arrival::Stale,
        }
    }

    /// The rate of a flow.
    pub fn rate(&self, id: FlowId) -> MilliRate {
        self.flows[id.0 as usize].rate
    }

    /// What a flow has still to bring at `now`, in [`UNITS_PER_BYTE`]ths of a byte.
    pub fn left(&self, id: FlowId, now: Time) -> u128 {
        self.flows[id.0 as usize].left_at(now)
    }

    /// When the last byte of a flow came, as of `now`; `None` while it waits for its turn.
    pub fn last(&self, id: FlowId, now: Time) -> Option<Time> {
        self.flows[id.0 as usize].last(now)
    }

    /// The narrow links of a flow, if it is under way, for callers that look at what they will need soon.
    #[inline]
    pub fn lines(&self, id: FlowId) -> [Option<LinkId>; 2] {
        let links = self.flows.get(id.0 as usize).map_or([NO_LINK; 2], |flow| flow.links);
        links.map(|link| (link != NO_LINK).then_some(LinkId(link)))
    }

    /// Asks for a flow that will be needed soon.
    pub(super) fn ask_for_flow(&self, id: u32) {
        self.flows.get(id as usize).into_iter().for_each(near);
        self.routes.get(id as usize).into_iter().for_each(near);
    }

    /// Asks for a line.
    pub(super) fn ask_for_line(&self, LinkId(link): LinkId) {
        near(&self.narrow[link as usize]);
    }

    /// Asks for the flows over a line.
    pub(super) fn ask_for_flows(&self, line: LinkId) {
        self.over(line).take(SOME).for_each(|FlowId(id)| near(&self.flows[id as usize]));
    }

    /// Asks for the lines of the flows over a line.
    pub(super) fn ask_for_lines(&self, line: LinkId) {
        for FlowId(id) in self.over(line).take(SOME) {
            for link in self.flows[id as usize].links.iter().filter(|link| **link != NO_LINK) {
                near(&self.narrow[*link as usize]);
            }
        }
    }

    /// Whether a flow is under way.
    pub fn flowing(&self, id: FlowId) -> bool {
        self.flows.get(id.0 as usize).is_some_and(Flow::alive)
    }

    /// What a link carries, and what it could. Under [`Discipline::Fifo`] a narrow link also counts those who
    /// wait for their turn, and a wide one nobody.
    pub fn load(&self, LinkId(link): LinkId) -> (MilliRate, MilliRate) {
        let at = link as usize;
        match self.narrow.get(at) {
            Some(narrow) => {
                let flows = narrow.members(&self.crowds).iter();
                (flows.map(|flow| self.flows[*flow as usize].rate).sum(), narrow.capacity)
            }
            None => self.wide[at - self.narrow.len()].load(self.discipline),
        }
    }

    /// What a narrow link could carry.
    pub fn capacity(&self, LinkId(link): LinkId) -> MilliRate {
        self.narrow[link as usize].capacity
    }

    /// Flows over a narrow link.
    pub fn over(&self, LinkId(link): LinkId) -> impl Iterator<Item = FlowId> + '_ {
        self.narrow[link as usize].members(&self.crowds).iter().map(|flow| FlowId(*flow))
    }

    /// The links a flow crosses.
    pub fn path(&self, id: FlowId) -> impl Iterator<Item = LinkId> + '_ {
        let flow = &self.flows[id.0 as usize];
        let narrow = flow.links.iter().copied().filter(|link| *link != NO_LINK);
        let first = self.narrow.len() as u32;
        let wide = self.route(id.0).iter().map(move |hop| first + hop.link);
        narrow.chain(wide).map(LinkId)
    }

    /// The link that holds a flow back; `None` when its cap does.
    pub fn bottleneck(&self, id: FlowId) -> Option<LinkId> {
        let flow = &self.flows[id.0 as usize];
        self.path(id).find(|link| self.bound(link.0, flow.weight) == flow.rate)
    }

    /// How flows share links.
    pub const fn discipline(&self) -> Discipline {
        self.discipline
    }

    /// Links.
    pub const fn links(&self) -> usize {
        self.narrow.len() + self.wide.len()
    }

    /// Links whose level has been found anew so far: the work of this part.
    pub const fn relaxed(&self) -> u64 {
        self.relaxed
    }

    /// Checks that no link carries more than it can and that sums agree with flows: for tests and
    /// the audit.
    ///
    /// # Errors
    /// Names the first link at fault.
    pub fn check(&self) -> Result<(), String> {
        // Under `fifo` receivers' lines are not shared: nothing to hold to.
        let shared = self.discipline != Discipline::Fifo;
        for link in (0..self.links() as u32).filter(|_| shared) {
            let (used, capacity) = self.load(LinkId(link));
            let wide = (link as usize).checked_sub(self.narrow.len());
            let sum = wide.map_or(used, |wide| {
                let flows = self.wide[wide].members.iter().filter(|member| member.weight > 0);
                flows.map(|member| self.flows[member.flow as usize].rate).sum()
            });
            if sum != used || sum > capacity {
                return Err(format!("link {link}: rates {sum}, used {used}, capacity {capacity}"));
            }
        }
        Ok(())
    }

    /// [`Discipline::Fifo`]: the flow's turn comes when all before it have had theirs.
    fn reserve(&mut self, at: usize, now: Time) {
        let [sender, receiver] = self.flows[at].links;
        let mut rate = self.flows[at].cap;
        for link in [sender, receiver] {
            if let Some(narrow) = self.narrow.get(link as usize) {
                rate = rate.min(narrow.capacity);
            }
        }
        // A single narrow link is the receiver's: a server sends at once.
        if receiver == NO_LINK {
            self.flows[at].reserve(now, rate);
            return;
        }
        let line = &mut self.narrow[sender as usize];
        let busy = if line.limits() { Time(line.level) } else { now };
        line.level = self.flows[at].reserve(busy.max(now), rate).0;
    }

    fn mark(&mut self, id: u32) {
        if self.flows[id as usize].soil() {
            self.dirty.push(id);
        }
    }

    fn enqueue(&mut self, link: u32) {
        let at = link as usize;
        let waiting = match self.narrow.get_mut(at) {
            Some(narrow) => narrow.set_queued(true),
            None => std::mem::replace(&mut self.wide[at - self.narrow.len()].queued, true),
        };
        if !waiting {
            self.work.push_back(link);
        }
    }
}

/// As many flows of a line are asked for.
const SOME: usize = 6;

/// In thousandths of a bit/s.
const fn milli(rate: BitRate) -> MilliRate {
    rate.0.saturating_mul(1000)
}

/// Progress is counted in thousandths of a bit/s times nanoseconds: 10⁻¹² bit.
pub const UNITS_PER_BYTE: u128 = 8_000_000_000_000;

#[cfg(test)]
mod tests;
