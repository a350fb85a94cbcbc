//! Levels found anew, and who has to hear of it.

use smallvec::SmallVec;

use super::flow::{Flow, NO_LINK};
use super::narrow::{UNLIMITED, bound};
use super::{Discipline, MilliRate, Sharing};

/// The rate per unit of weight at which flows of (offer, weight) fill `capacity`, rounded down:
/// `Σ min(offer, weight × level) = capacity`. Asked only when the offers exceed the capacity.
#[inline]
pub(super) fn fill<I: Iterator<Item = (MilliRate, u32)>>(
    capacity: MilliRate,
    flows: impl Fn() -> I,
) -> MilliRate {
    let mut level = 0;
    loop {
        let (mut held, mut weights) = (0, 0);
        for (offer, weight) in flows() {
            if offer < u64::saturating_mul(level, u64::from(weight)) {
                held += offer;
            } else {
                weights += u64::from(weight);
            }
        }
        // Flows held back elsewhere leave more to the rest: the level only rises, and is found when
        // it rises no more.
        let Some(risen) = capacity.saturating_sub(held).checked_div(weights) else {
            return level;
        };
        if risen <= level {
            return level;
        }
        level = risen;
    }
}

impl Sharing {
    /// The most a link lets a flow of this weight have.
    #[inline]
    pub(super) fn bound(&self, link: u32, weight: u32) -> MilliRate {
        match self.narrow.get(link as usize) {
            Some(narrow) => narrow.bound(weight),
            None => self.wide[link as usize - self.narrow.len()].bound(weight),
        }
    }

    /// The most a flow could have if `link` did not hold it back.
    #[inline]
    pub(super) fn bound_but(&self, flow: &Flow, id: u32, link: u32) -> MilliRate {
        let mut least = flow.cap;
        for other in flow.links {
            if other != link && other != NO_LINK {
                least = least.min(self.narrow[other as usize].bound(flow.weight));
            }
        }
        if flow.routed() {
            for hop in &self.routes[id as usize] {
                if hop.link + self.narrow.len() as u32 != link {
                    least = least.min(self.wide[hop.link as usize].bound(flow.weight));
                }
            }
        }
        least
    }

    /// Finds a narrow link's level anew and passes the news on.
    pub(super) fn relax_narrow(&mut self, link: u32) {
        let narrow = &self.narrow[link as usize];
        let (capacity, old) = (narrow.capacity, narrow.level);
        let mut offers: SmallVec<[(MilliRate, u32); 10]> = SmallVec::new();
        let mut demand: MilliRate = 0;
        for &id in narrow.members(&self.crowds) {
            let flow = &self.flows[id as usize];
            let offer = match self.discipline {
                Discipline::MaxMin => self.bound_but(flow, id, link).min(capacity),
                _ => capacity,
            };
            demand += offer;
            offers.push((offer, flow.weight));
        }
        let new =
            if self.discipline == Discipline::MaxMin && demand <= capacity || offers.is_empty() {
                UNLIMITED
            } else {
                fill(capacity, || offers.iter().copied())
            };
        if new == old {
            return;
        }
        self.narrow[link as usize].level = new;
        for (member, &(offer, weight)) in offers.iter().enumerate() {
            let id = self.narrow[link as usize].members(&self.crowds)[member];
            self.hear(
                id,
                link,
                offer,
                (bound(old, capacity, weight), bound(new, capacity, weight)),
            );
        }
    }

    /// A flow hears that `link` lets it have `new` instead of `old`, where it would take `offer`: its
    /// rate may change, and its other links hear of it when they can notice.
    #[inline]
    pub(super) fn hear(
        &mut self,
        id: u32,
        link: u32,
        offer: MilliRate,
        (old, new): (MilliRate, MilliRate),
    ) {
        if offer > old.min(new) {
            self.mark(id);
            if self.discipline == Discipline::MaxMin {
                for other in self.flows[id as usize].links {
                    if other != link {
                        self.notify(id, other, (old, new));
                    }
                }
            }
        }
        self.offer_wide(id as usize, link);
    }

    /// A narrow link looks anew when it can notice that one of its flows is offered `new` elsewhere
    /// instead of `old`.
    #[inline]
    fn notify(&mut self, id: u32, other: u32, (old, new): (MilliRate, MilliRate)) {
        if other == NO_LINK {
            return;
        }
        let narrow = &self.narrow[other as usize];
        let notices = if narrow.limits() {
            old.min(new) < narrow.bound(self.flows[id as usize].weight)
        } else {
            new > old
        };
        if notices {
            self.enqueue(other);
        }
    }

    /// All of a flow's links but `link` look anew: its cap, or what `link` could carry, has changed.
    pub(super) fn reconsider(&mut self, id: u32, link: u32) {
        self.mark(id);
        for other in self.flows[id as usize].links {
            if other != link && other != NO_LINK {
                self.enqueue(other);
            }
        }
        self.offer_wide(id as usize, NO_LINK);
    }
}
