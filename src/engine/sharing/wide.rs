//! A link with many flows: what each would take of it, the sums, and when its level has to move.

use super::narrow::UNLIMITED;
use super::{MilliRate, Rung, Sharing};
use crate::units::Share;

/// How far below its capacity a full wide link may be used before its level is found anew, and from
/// how many flows on. With fewer flows, or a share of 0, the level follows every change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Band {
    /// Part of the capacity.
    pub share: Share,
    /// Flows.
    pub from: u32,
}

impl Band {
    /// The level follows every change, whatever it costs.
    pub const NONE: Self = Self { share: Share::ZERO, from: u32::MAX };

    const fn of(self, capacity: MilliRate) -> MilliRate {
        (capacity as u128 * self.share.ppm() as u128 / 1_000_000) as MilliRate
    }
}

impl Default for Band {
    fn default() -> Self {
        Self { share: Share::from_ppm(20_000), from: 64 }
    }
}

/// A flow's crossing of a wide link.
#[derive(Clone, Copy, Debug)]
pub(super) struct Hop {
    /// Among the wide links.
    pub(super) link: u32,
    /// Among its members.
    at: u32,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Member {
    /// What the flow would take if this link did not hold it back.
    pub(super) offer: MilliRate,
    pub(super) flow: u32,
    pub(super) weight: u32,
}

#[derive(Clone, Debug)]
pub(super) struct Wide {
    pub(super) capacity: MilliRate,
    pub(super) level: MilliRate,
    /// Sum of the offers.
    demand: MilliRate,
    /// Sum of what the offers and the level allow.
    taken: MilliRate,
    weight: u64,
    /// How far below its capacity it may be used while its level stands still.
    slack: MilliRate,
    pub(super) members: Vec<Member>,
    pub(super) queued: bool,
}

impl Wide {
    pub(super) const fn new(capacity: MilliRate, band: Band) -> Self {
        Self {
            capacity,
            slack: band.of(capacity),
            level: UNLIMITED,
            demand: 0,
            taken: 0,
            weight: 0,
            members: Vec::new(),
            queued: false,
        }
    }

    /// The most it lets a flow of this weight have.
    #[inline]
    pub(super) fn bound(&self, weight: u32) -> MilliRate {
        bound(self.level, self.capacity, weight)
    }

    /// Carries another amount from now on; its flows have to be reconsidered.
    pub(super) fn set_capacity(&mut self, capacity: MilliRate, band: Band) {
        self.capacity = capacity;
        self.slack = band.of(capacity);
        self.sum_up();
    }

    fn sum_up(&mut self) {
        let (level, capacity) = (self.level, self.capacity);
        let taken = |m: &Member| m.offer.min(bound(level, capacity, m.weight));
        self.taken = self.members.iter().map(taken).sum();
    }

    /// What it carries, and what it could.
    pub(super) const fn load(&self) -> (MilliRate, MilliRate) {
        (self.taken, self.capacity)
    }

    /// Replaces the offer of the member `at`; whether the level has to be found anew.
    fn replace(&mut self, band: Band, at: u32, offer: MilliRate) -> bool {
        let member = &mut self.members[at as usize];
        let old = std::mem::replace(&mut member.offer, offer);
        if old == offer {
            return false;
        }
        let bound = bound(self.level, self.capacity, member.weight);
        self.demand = self.demand - old + offer;
        self.taken = self.taken - old.min(bound) + offer.min(bound);
        self.unsettled(band, old.min(offer) < bound)
    }

    /// Whether the level has to move after a change which, `felt` or not, an exact level would follow.
    fn unsettled(&self, band: Band, felt: bool) -> bool {
        if self.level == UNLIMITED {
            self.demand > self.capacity
        } else if self.members.len() < band.from as usize {
            felt || self.demand <= self.capacity
        } else {
            self.taken > self.capacity || self.taken < self.capacity - self.slack
        }
    }

    /// The level at which the offers fill the link, or the middle of its band.
    fn fill(&self, rung: Rung, band: Band) -> MilliRate {
        let banded = self.members.len() >= band.from as usize;
        let room = self.capacity - if banded { self.slack / 2 } else { 0 };
        match rung {
            Rung::Split => room.checked_div(self.weight).unwrap_or(UNLIMITED),
            _ if self.demand <= self.capacity => UNLIMITED,
            _ => {
                let offers = || self.members.iter().map(|member| (member.offer, member.weight));
                super::max_min::fill(room, offers)
            }
        }
    }
}

#[inline]
fn bound(level: MilliRate, capacity: MilliRate, weight: u32) -> MilliRate {
    level.saturating_mul(u64::from(weight)).min(capacity)
}

impl Sharing {
    /// The wide links a flow crosses.
    #[inline]
    pub(super) fn route(&self, id: u32) -> &[Hop] {
        if self.flows[id as usize].routed() { &self.routes[id as usize] } else { &[] }
    }

    /// Puts a flow on a wide link, with nothing offered yet.
    pub(super) fn join(&mut self, at: usize, link: u32) {
        if self.routes.len() <= at {
            self.routes.resize_with(at + 1, Default::default);
        }
        if !self.flows[at].routed() {
            self.flows[at].set_routed();
            self.routes[at].clear();
        }
        let weight = self.flows[at].weight;
        let wide = &mut self.wide[link as usize];
        self.routes[at].push(Hop { link, at: wide.members.len() as u32 });
        wide.members.push(Member { offer: 0, flow: at as u32, weight });
        wide.weight += u64::from(weight);
    }

    /// Takes a flow off its wide links.
    pub(super) fn part(&mut self, at: usize) {
        let route = std::mem::take(&mut self.routes[at]);
        for hop in &route {
            let wide = &mut self.wide[hop.link as usize];
            let anew = wide.replace(self.band, hop.at, 0);
            let gone = wide.members.swap_remove(hop.at as usize);
            wide.weight -= u64::from(gone.weight);
            let moved = wide.members.get(hop.at as usize).map(|member| member.flow);
            if let Some(flow) = moved {
                let hops = self.routes[flow as usize].iter_mut();
                let own = hops.filter(|other| other.link == hop.link);
                own.for_each(|other| other.at = hop.at);
            }
            if anew {
                self.enqueue(self.narrow.len() as u32 + hop.link);
            }
        }
    }

    /// Tells a flow's wide links what it would take of each.
    pub(super) fn offer_wide(&mut self, at: usize) {
        if !self.flows[at].routed() {
            return;
        }
        for hop in 0..self.routes[at].len() {
            let Hop { link, at: member } = self.routes[at][hop];
            let id = self.narrow.len() as u32 + link;
            let offer = match self.rung {
                Rung::MaxMin => self.bound_but(&self.flows[at], at as u32, id),
                // Nobody asks what others would take.
                _ => self.wide[link as usize].capacity,
            };
            let wide = &mut self.wide[link as usize];
            if wide.replace(self.band, member, offer.min(wide.capacity)) {
                self.enqueue(id);
            }
        }
    }

    /// Finds a wide link's level anew and passes the news on.
    pub(super) fn relax_wide(&mut self, id: u32) {
        let at = id as usize - self.narrow.len();
        let wide = &mut self.wide[at];
        let old = wide.level;
        let new = wide.fill(self.rung, self.band);
        if new == old {
            return;
        }
        wide.level = new;
        wide.sum_up();
        let capacity = wide.capacity;
        for member in 0..self.wide[at].members.len() {
            let Member { offer, flow, weight } = self.wide[at].members[member];
            let (old, new) = (bound(old, capacity, weight), bound(new, capacity, weight));
            self.hear(flow, id, offer, (old, new));
        }
    }
}
