//! What a neighbour has told of one item, in as little room as it needs: a viewer keeps it for every
//! neighbour.

use alloc::boxed::Box;
use smallvec::SmallVec;

use super::segments::{self, Segments};
use crate::units::Time;

/// What a neighbour has told of one item, as delivered so far.
#[derive(Clone, Debug)]
pub struct Told {
    /// Runs that it is known to hold, then segments that it is known to fetch from the CDN, each as
    /// a run of nothing.
    list: List,
    /// How many of them are held.
    loaded: u16,
    /// The host's mark of what has been delivered: another means news.
    pub mark: u32,
    /// From then on there may be news under the same mark, as messages take their time.
    pub until: Time,
}

/// Ten of them and more are a viewer's.
const _: () = assert!(size_of::<Told>() == 32, "what is told is small");

/// Runs, a few of them in place.
#[derive(Clone, Debug)]
enum List {
    Few(u8, [(u16, u16); Self::FEW]),
    Many(Box<SmallVec<[(u16, u16); 8]>>),
}

impl List {
    const FEW: usize = 3;

    fn runs(&self) -> &[(u16, u16)] {
        match self {
            Self::Few(count, runs) => &runs[..usize::from(*count)],
            Self::Many(runs) => runs,
        }
    }

    fn insert(&mut self, at: usize, run: (u16, u16)) {
        match self {
            Self::Few(count, runs) if usize::from(*count) < Self::FEW => {
                runs.copy_within(at..usize::from(*count), at + 1);
                runs[at] = run;
                *count += 1;
            }
            Self::Few(_, runs) => {
                let mut many = SmallVec::from_slice(runs);
                many.insert(at, run);
                *self = Self::Many(Box::new(many));
            }
            Self::Many(runs) => runs.insert(at, run),
        }
    }

    fn set(&mut self, at: usize, run: (u16, u16)) {
        match self {
            Self::Few(_, runs) => runs[at] = run,
            Self::Many(runs) => runs[at] = run,
        }
    }

    fn remove(&mut self, at: usize) {
        match self {
            Self::Few(count, runs) => {
                runs.copy_within(at + 1..usize::from(*count), at);
                *count -= 1;
            }
            Self::Many(runs) => {
                runs.remove(at);
            }
        }
    }
}

impl Default for Told {
    fn default() -> Self {
        let list = List::Few(0, [(0, 0); List::FEW]);
        Self { list, loaded: 0, mark: 0, until: Time::ZERO }
    }
}

impl Told {
    /// Forgets everything but the mark: it holds `held` and fetches nothing, and no news is on its
    /// way.
    pub fn renew(&mut self, held: impl ExactSizeIterator<Item = (u16, u16)>) {
        self.loaded = held.len() as u16;
        self.until = Time::NEVER;
        if held.len() <= List::FEW {
            let mut few = [(0, 0); List::FEW];
            few.iter_mut().zip(held).for_each(|(place, run)| *place = run);
            self.list = List::Few(self.loaded as u8, few);
        } else if let List::Many(many) = &mut self.list {
            many.clear();
            many.extend(held);
        } else {
            self.list = List::Many(Box::new(held.collect()));
        }
    }

    /// It does not hold `segment`, as far as is known.
    pub fn lacks(&mut self, segment: u16) {
        let at = self.loaded().partition_point(|&(_, to)| to <= segment);
        let Some((from, to)) = self.loaded().get(at).copied().filter(|run| run.0 <= segment) else {
            return;
        };
        match (from == segment, to == segment + 1) {
            (true, true) => {
                self.list.remove(at);
                self.loaded -= 1;
            }
            (true, false) => self.list.set(at, (segment + 1, to)),
            (false, true) => self.list.set(at, (from, segment)),
            (false, false) => {
                self.list.set(at, (from, segment));
                self.list.insert(at + 1, (segment + 1, to));
                self.loaded += 1;
            }
        }
    }

    /// It fetches `segment` from the CDN.
    pub fn fetches(&mut self, segment: u16) {
        self.list.insert(self.list.runs().len(), (segment, segment));
    }

    /// Runs that it is known to hold, half-open and rising.
    pub fn loaded(&self) -> &[(u16, u16)] {
        &self.list.runs()[..usize::from(self.loaded)]
    }

    /// Whether the neighbour is known to hold `segment`.
    pub fn has(&self, segment: u16) -> bool {
        self.end_of_run(segment).is_some()
    }

    /// Whether the neighbour is known to fetch `segment` from the CDN.
    pub fn is_fetching(&self, segment: u16) -> bool {
        self.list.runs()[usize::from(self.loaded)..].iter().any(|run| run.0 == segment)
    }

    /// The end of the run around `segment`; `None` when it is not known to be held.
    pub(super) fn end_of_run(&self, segment: u16) -> Option<u16> {
        segments::end_of_run(self.loaded(), segment)
    }

    /// The first segment in `from..to` that the neighbour is known to hold and `mine` lacks.
    pub fn next_useful(&self, mine: Segments<'_>, from: u16, to: u16) -> Option<u16> {
        segments::next_beyond(self.loaded(), mine.0, from, to)
    }
}

#[cfg(test)]
mod tests;
