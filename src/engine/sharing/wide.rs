//! A link with many flows, which costs a start or an end the same whatever their number.
//!
//! While it holds nobody back it knows the sum of its flows' rates, no more. Once that would exceed its
//! capacity it is *limited*: it keeps what each flow would take of it, and its level stands still while
//! what it carries stays within a band below the capacity.

use smallvec::SmallVec;

use super::narrow::{UNLIMITED, bound};
use super::{Discipline, MilliRate, Sharing};
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
    /// Among its members; it keeps this place.
    at: u32,
}

/// The wide links of a flow.
pub(super) type Route = SmallVec<[Hop; 4]>;

/// A flow on a wide link; an empty place has weight 0 and offers nothing.
#[derive(Clone, Copy, Debug)]
pub(super) struct Member {
    /// What the flow would take if this link did not hold it back; counted while limited.
    offer: MilliRate,
    pub(super) flow: u32,
    pub(super) weight: u32,
}

#[derive(Clone, Debug)]
pub(super) struct Wide {
    pub(super) capacity: MilliRate,
    pub(super) level: MilliRate,
    /// Sum of its flows' rates; while limited, under `max-min`, of their offers.
    demand: MilliRate,
    /// While limited, the sum of what offers and level allow.
    taken: MilliRate,
    weight: u64,
    /// How far below its capacity it may be used while its level stands still.
    slack: MilliRate,
    pub(super) members: Vec<Member>,
    free: Vec<u32>,
    pub(super) queued: bool,
}

impl Wide {
    pub(super) const fn new(capacity: MilliRate, band: Band) -> Self {
        Self {
            capacity,
            level: UNLIMITED,
            demand: 0,
            taken: 0,
            weight: 0,
            slack: band.of(capacity),
            members: Vec::new(),
            free: Vec::new(),
            queued: false,
        }
    }

    /// The most it lets a flow of this weight have.
    #[inline]
    pub(super) fn bound(&self, weight: u32) -> MilliRate {
        bound(self.level, self.capacity, weight)
    }

    /// Bytes taken from the system.
    pub(super) const fn bytes(&self) -> usize {
        let members = size_of::<Member>() * self.members.capacity();
        size_of::<Self>() + members + size_of::<u32>() * self.free.capacity()
    }

    /// Whether it holds anybody back.
    #[inline]
    const fn limits(&self) -> bool {
        self.level != UNLIMITED
    }

    /// Whether its level follows every change.
    fn exact(&self, band: Band) -> bool {
        self.members.len() - self.free.len() < band.from as usize
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
    pub(super) fn load(&self, discipline: Discipline) -> (MilliRate, MilliRate) {
        let offers = discipline == Discipline::MaxMin && self.limits();
        (if offers { self.taken } else { self.demand }, self.capacity)
    }

    fn add(&mut self, flow: u32, weight: u32) -> u32 {
        let member = Member { offer: 0, flow, weight };
        self.weight += u64::from(weight);
        match self.free.pop() {
            Some(at) => {
                self.members[at as usize] = member;
                at
            }
            None => {
                self.members.push(member);
                self.members.len() as u32 - 1
            }
        }
    }

    fn remove(&mut self, at: u32) {
        let gone = &mut self.members[at as usize];
        self.weight -= u64::from(gone.weight);
        *gone = Member { offer: 0, flow: 0, weight: 0 };
        self.free.push(at);
    }

    /// Replaces the offer of the member `at` of a limited link; whether the level has to move.
    fn replace(&mut self, band: Band, at: u32, offer: MilliRate) -> bool {
        let member = &mut self.members[at as usize];
        let old = std::mem::replace(&mut member.offer, offer);
        if old == offer {
            return false;
        }
        let bound = bound(self.level, self.capacity, member.weight);
        self.demand = self.demand - old + offer;
        self.taken = self.taken - old.min(bound) + offer.min(bound);
        if self.exact(band) {
            old.min(offer) < bound || self.demand <= self.capacity
        } else {
            self.out_of_band(self.taken)
        }
    }

    const fn out_of_band(&self, taken: MilliRate) -> bool {
        taken > self.capacity || taken < self.capacity - self.slack
    }

    /// Under `split`, whether the level has to move after a flow came or went.
    fn shares_anew(&self, band: Band) -> bool {
        self.exact(band) || self.out_of_band(self.level.saturating_mul(self.weight))
    }

    /// The level at which the offers fill the link, or the middle of its band.
    fn fill(&self, discipline: Discipline, band: Band) -> MilliRate {
        let room = self.capacity - if self.exact(band) { 0 } else { self.slack / 2 };
        match discipline {
            Discipline::Split => room.checked_div(self.weight).unwrap_or(UNLIMITED),
            _ if self.demand <= self.capacity => UNLIMITED,
            _ => {
                let offers = || self.members.iter().map(|member| (member.offer, member.weight));
                super::max_min::fill(room, offers)
            }
        }
    }
}

impl Sharing {
    /// The wide links a flow crosses.
    #[inline]
    pub(super) fn route(&self, id: u32) -> &[Hop] {
        if self.flows[id as usize].routed() { &self.routes[id as usize] } else { &[] }
    }

    const fn wide_id(&self, link: u32) -> u32 {
        self.narrow.len() as u32 + link
    }

    /// Puts a flow on a wide link.
    pub(super) fn join(&mut self, at: usize, link: u32) {
        if self.routes.len() <= at {
            self.routes.resize_with(at + 1, Default::default);
        }
        if !self.flows[at].routed() {
            self.flows[at].set_routed();
            self.routes[at].clear();
        }
        let wide = &mut self.wide[link as usize];
        let hop = Hop { link, at: wide.add(at as u32, self.flows[at].weight) };
        self.routes[at].push(hop);
        if self.discipline == Discipline::Split && wide.shares_anew(self.band) {
            self.enqueue(self.wide_id(link));
        }
    }

    /// Takes a flow of this rate off its wide links.
    pub(super) fn part(&mut self, at: usize, rate: MilliRate) {
        for hop in 0..self.routes[at].len() {
            let hop = self.routes[at][hop];
            let wide = &mut self.wide[hop.link as usize];
            let mut anew = false;
            if self.discipline == Discipline::MaxMin && wide.limits() {
                anew = wide.replace(self.band, hop.at, 0);
            } else {
                wide.demand -= rate;
            }
            wide.remove(hop.at);
            anew |= self.discipline == Discipline::Split && wide.shares_anew(self.band);
            if anew {
                self.enqueue(self.wide_id(hop.link));
            }
        }
    }

    /// Tells a flow's limited wide links what it would take of each, but `from`, whose own news it is.
    #[inline]
    pub(super) fn offer_wide(&mut self, at: usize, from: u32) {
        if self.discipline != Discipline::MaxMin || !self.flows[at].routed() {
            return;
        }
        for hop in 0..self.routes[at].len() {
            let Hop { link, at: member } = self.routes[at][hop];
            let id = self.wide_id(link);
            if id != from && self.wide[link as usize].limits() {
                let offer = self.bound_but(&self.flows[at], at as u32, id);
                let wide = &mut self.wide[link as usize];
                if wide.replace(self.band, member, offer.min(wide.capacity)) {
                    self.enqueue(id);
                }
            }
        }
    }

    /// Tells a flow's unlimited wide links that its rate has changed; one that is asked for more than
    /// it can carry becomes limited.
    #[inline]
    pub(super) fn carry(&mut self, at: usize, old: MilliRate, new: MilliRate) {
        if !self.flows[at].routed() {
            return;
        }
        let shares = self.discipline == Discipline::Split;
        for hop in 0..self.routes[at].len() {
            let wide = &mut self.wide[self.routes[at][hop].link as usize];
            if shares || !wide.limits() {
                wide.demand = wide.demand - old + new;
                if !shares && wide.demand > wide.capacity {
                    self.enqueue(self.wide_id(self.routes[at][hop].link));
                }
            }
        }
    }

    /// Counts offers instead of rates.
    fn count_offers(&mut self, id: u32) {
        let at = id as usize - self.narrow.len();
        let mut demand = 0;
        for member in 0..self.wide[at].members.len() {
            let Member { flow, weight, .. } = self.wide[at].members[member];
            if weight > 0 {
                let offer = self.bound_but(&self.flows[flow as usize], flow, id);
                let offer = offer.min(self.wide[at].capacity);
                self.wide[at].members[member].offer = offer;
                demand += offer;
            }
        }
        self.wide[at].demand = demand;
    }

    /// Finds a wide link's level anew and passes the news on.
    pub(super) fn relax_wide(&mut self, id: u32) {
        let at = id as usize - self.narrow.len();
        let old = self.wide[at].level;
        if self.discipline == Discipline::MaxMin && old == UNLIMITED {
            self.count_offers(id);
        }
        let new = self.wide[at].fill(self.discipline, self.band);
        self.wide[at].level = new;
        self.wide[at].sum_up();
        let capacity = self.wide[at].capacity;
        if new != old {
            for member in 0..self.wide[at].members.len() {
                let Member { offer, flow, weight } = self.wide[at].members[member];
                if weight > 0 {
                    let offer =
                        if self.discipline == Discipline::MaxMin { offer } else { capacity };
                    let (old, new) = (bound(old, capacity, weight), bound(new, capacity, weight));
                    self.hear(flow, id, offer, (old, new));
                }
            }
        }
        if self.discipline == Discipline::MaxMin && new == UNLIMITED {
            let flows = self.wide[at].members.iter().filter(|member| member.weight > 0);
            self.wide[at].demand = flows.map(|m| self.flows[m.flow as usize].rate).sum();
        }
    }
}
