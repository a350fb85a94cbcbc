//! Who gets how much of which link: exact weighted max-min fairness with per-flow caps.
//!
//! Each link keeps one number, its level: the rate per unit of weight at which its flows would fill
//! it, each flow also being held back by its cap and by the levels of its other links. A change puts
//! its links on a list; a link whose level moved puts only those others on it that can notice. The
//! fixed point gives every flow a saturated link on which it is among the fastest, or its cap: the
//! unique max-min allocation (the argument of Charny, Clark, Jain, "Congestion control with explicit
//! rate indication", ICC 1995).
//!
//! Rates are integers in thousandths of a bit/s and rounded down, so that no link is ever used above
//! its capacity, the result does not depend on the order of changes, and nothing drifts.

mod level;

use std::collections::VecDeque;

use smallvec::SmallVec;

use crate::units::BitRate;

/// Index of a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct LinkId(pub u32);

/// Index of a flow; given again after the flow ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct FlowId(pub u32);

/// A rate in thousandths of a bit/s.
pub type MilliRate = u64;

#[derive(Clone, Debug)]
struct Link {
    capacity: MilliRate,
    /// Rate per unit of weight at which the link is full; the capacity while it is not.
    level: MilliRate,
    /// Sum of what its flows would take if the link did not hold them back.
    demand: u64,
    /// Sum of the rates of its flows.
    used: MilliRate,
    members: Vec<Member>,
    queued: bool,
}

#[derive(Clone, Copy, Debug)]
struct Member {
    flow: FlowId,
    hop: u8,
}

#[derive(Clone, Copy, Debug)]
struct Hop {
    link: LinkId,
    /// Where in the link's members.
    at: u32,
    /// What the flow would take of this link if the link did not hold it back.
    offer: MilliRate,
}

#[derive(Clone, Debug, Default)]
struct Flow {
    hops: SmallVec<[Hop; 6]>,
    cap: MilliRate,
    weight: u64,
    rate: MilliRate,
    dirty: bool,
}

/// Links, the flows over them, and their rates.
#[derive(Clone, Debug, Default)]
pub struct Sharing {
    links: Vec<Link>,
    flows: Vec<Flow>,
    free: Vec<u32>,
    work: VecDeque<LinkId>,
    dirty: Vec<FlowId>,
}

impl Sharing {
    /// Links with these capacities and no flows.
    pub fn new(capacities: impl Iterator<Item = BitRate>) -> Self {
        let link = |capacity| Link {
            capacity,
            level: capacity,
            demand: 0,
            used: 0,
            members: Vec::new(),
            queued: false,
        };
        Self { links: capacities.map(|rate| link(milli(rate))).collect(), ..Self::default() }
    }

    /// Starts a flow over `path` (at least one link, none twice) with weight at least 1, holding it
    /// to `cap`. Rates are valid after [`Self::settle`].
    pub fn start(&mut self, path: &[LinkId], cap: Option<BitRate>, weight: u32) -> FlowId {
        let id = FlowId(self.free.pop().unwrap_or(self.flows.len() as u32));
        if id.0 as usize == self.flows.len() {
            self.flows.push(Flow::default());
        }
        let mut hops = SmallVec::new();
        for (hop, &link) in path.iter().enumerate() {
            let members = &mut self.links[link.0 as usize].members;
            hops.push(Hop { link, at: members.len() as u32, offer: 0 });
            members.push(Member { flow: id, hop: hop as u8 });
        }
        let cap = cap.map_or(MilliRate::MAX, milli);
        let weight = u64::from(weight.max(1));
        self.flows[id.0 as usize] = Flow { hops, cap, weight, rate: 0, dirty: false };
        self.mark(id);
        self.offer(id);
        id
    }

    /// Ends a flow. Rates of others are valid after [`Self::settle`].
    pub fn end(&mut self, id: FlowId) {
        let flow = std::mem::take(&mut self.flows[id.0 as usize]);
        for hop in &flow.hops {
            let link = &mut self.links[hop.link.0 as usize];
            let was_full = link.demand > link.capacity;
            link.demand -= hop.offer;
            link.used -= flow.rate;
            link.members.swap_remove(hop.at as usize);
            if let Some(moved) = link.members.get(hop.at as usize) {
                let moved = *moved;
                self.flows[moved.flow.0 as usize].hops[usize::from(moved.hop)].at = hop.at;
            }
            if was_full {
                self.enqueue(hop.link);
            }
        }
        // A flow that ends in the instant it was marked must not be touched again.
        if flow.dirty {
            self.dirty.retain(|marked| *marked != id);
        }
        self.free.push(id.0);
    }

    /// Holds a flow to another cap from now on. Rates are valid after [`Self::settle`].
    pub fn set_cap(&mut self, id: FlowId, cap: Option<BitRate>) {
        self.flows[id.0 as usize].cap = cap.map_or(MilliRate::MAX, milli);
        self.mark(id);
        self.offer(id);
    }

    /// Changes what a link can carry from now on.
    pub fn set_capacity(&mut self, id: LinkId, capacity: BitRate) {
        let link = &mut self.links[id.0 as usize];
        let capacity = milli(capacity);
        if link.capacity == capacity {
            return;
        }
        link.capacity = capacity;
        if link.members.is_empty() {
            link.level = capacity;
            return;
        }
        for at in 0..self.links[id.0 as usize].members.len() {
            let flow = self.links[id.0 as usize].members[at].flow;
            self.mark(flow);
            self.offer(flow);
        }
        self.enqueue(id);
    }

    /// Brings all rates to the max-min allocation and appends the flows whose rate changed, each
    /// once.
    pub fn settle(&mut self, changed: &mut Vec<FlowId>) {
        let mut relaxed = 0u64;
        while let Some(id) = self.work.pop_front() {
            self.links[id.0 as usize].queued = false;
            self.relax(id);
            relaxed += 1;
            debug_assert!(relaxed < 10_000_000, "levels do not settle");
        }
        let mut dirty = std::mem::take(&mut self.dirty);
        for id in dirty.drain(..) {
            let rate = self.bounds(id).0;
            let flow = &mut self.flows[id.0 as usize];
            flow.dirty = false;
            if rate == flow.rate {
                continue;
            }
            for hop in &flow.hops {
                let used = &mut self.links[hop.link.0 as usize].used;
                *used = *used - flow.rate + rate;
            }
            flow.rate = rate;
            changed.push(id);
        }
        self.dirty = dirty;
    }

    /// The rate of a flow.
    pub fn rate(&self, id: FlowId) -> MilliRate {
        self.flows[id.0 as usize].rate
    }

    /// What a link carries, and what it could.
    pub fn load(&self, id: LinkId) -> (MilliRate, MilliRate) {
        let link = &self.links[id.0 as usize];
        (link.used, link.capacity)
    }

    /// The link that holds a flow back; `None` when its cap does.
    pub fn bottleneck(&self, id: FlowId) -> Option<LinkId> {
        let flow = &self.flows[id.0 as usize];
        let binding = flow.hops.iter().find(|hop| self.bound(hop.link, flow.weight) == flow.rate);
        binding.map(|hop| hop.link)
    }

    /// Links.
    pub const fn links(&self) -> usize {
        self.links.len()
    }

    /// Checks that no link carries more than it can and that sums agree with flows: for tests and
    /// the audit.
    ///
    /// # Errors
    /// Names the first link at fault.
    pub fn check(&self) -> Result<(), String> {
        for (at, link) in self.links.iter().enumerate() {
            let rates = link.members.iter().map(|member| self.flows[member.flow.0 as usize].rate);
            let sum: u64 = rates.sum();
            if sum != link.used || sum > link.capacity {
                let (used, capacity) = (link.used, link.capacity);
                return Err(format!("link {at}: rates {sum}, used {used}, capacity {capacity}"));
            }
        }
        Ok(())
    }

    /// The most a link lets a flow of this weight have.
    fn bound(&self, link: LinkId, weight: u64) -> MilliRate {
        let link = &self.links[link.0 as usize];
        link.level.saturating_mul(weight).min(link.capacity)
    }

    /// The smallest bound of a flow, cap included; the hop it comes from; the smallest without it.
    fn bounds(&self, id: FlowId) -> (MilliRate, usize, MilliRate) {
        let flow = &self.flows[id.0 as usize];
        let (mut least, mut from, mut next) = (flow.cap, usize::MAX, flow.cap);
        for (at, hop) in flow.hops.iter().enumerate() {
            let bound = self.bound(hop.link, flow.weight);
            if bound < least {
                (least, from, next) = (bound, at, least);
            } else {
                next = next.min(bound);
            }
        }
        (least, from, next)
    }

    /// Tells a flow's links what it would take of them, and lists those that can notice.
    fn offer(&mut self, id: FlowId) {
        let (least, from, next) = self.bounds(id);
        let (count, weight) =
            (self.flows[id.0 as usize].hops.len(), self.flows[id.0 as usize].weight);
        for at in 0..count {
            let hop = &mut self.flows[id.0 as usize].hops[at];
            let link = &mut self.links[hop.link.0 as usize];
            let offer = if at == from { next } else { least }.min(link.capacity);
            if offer == hop.offer {
                continue;
            }
            let smaller = offer.min(hop.offer);
            let was_full = link.demand > link.capacity;
            link.demand = link.demand - hop.offer + offer;
            hop.offer = offer;
            let full = link.demand > link.capacity;
            let felt = smaller < link.level.saturating_mul(weight);
            if full != was_full || full && felt {
                let link = hop.link;
                self.enqueue(link);
            }
        }
    }

    /// Finds a link's level anew and passes the news on.
    fn relax(&mut self, id: LinkId) {
        let link = &self.links[id.0 as usize];
        let level = if link.demand <= link.capacity {
            link.capacity
        } else {
            let flows = link.members.iter().map(|member| {
                let flow = &self.flows[member.flow.0 as usize];
                (flow.hops[usize::from(member.hop)].offer, flow.weight)
            });
            level::fill(link.capacity, &flows)
        };
        if level == link.level {
            return;
        }
        self.links[id.0 as usize].level = level;
        for at in 0..self.links[id.0 as usize].members.len() {
            let flow = self.links[id.0 as usize].members[at].flow;
            self.mark(flow);
            self.offer(flow);
        }
    }

    fn mark(&mut self, id: FlowId) {
        let flow = &mut self.flows[id.0 as usize];
        if !flow.dirty {
            flow.dirty = true;
            self.dirty.push(id);
        }
    }

    fn enqueue(&mut self, id: LinkId) {
        let link = &mut self.links[id.0 as usize];
        if !link.queued {
            link.queued = true;
            self.work.push_back(id);
        }
    }
}

/// In thousandths of a bit/s.
const fn milli(rate: BitRate) -> MilliRate {
    rate.0.saturating_mul(1000)
}

#[cfg(test)]
mod tests;
