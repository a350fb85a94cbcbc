//! What a neighbour has told of one item, in as little room as it needs: a viewer keeps it for every
//! neighbour.

use alloc::boxed::Box;
use smallvec::SmallVec;

use super::segments::{self, Segments};
use crate::units::{Span, Time};

/// What a neighbour has told of one item, as delivered so far.
#[derive(Clone, Debug)]
pub struct Told {
    /// Runs that it is known to hold, then segments that it is known to fetch from the CDN, each as
    /// a run of nothing.
    list: List,
    /// The host's mark of what has been delivered: another means news.
    pub mark: u32,
    /// From then on there may be news under the same mark, as messages take their time; or, with
    /// [`Self::SETTLED`], when it was last renewed, as none is on its way. In 2²⁰ ns.
    due: u32,
}

/// Ten of them and more are a viewer's.
const _: () = assert!(size_of::<Told>() == 24, "what is told is small");

/// Runs, a few of them in place, and how many of them are held.
#[derive(Clone, Debug)]
enum List {
    Few { count: u8, loaded: u8, runs: [(u16, u16); Self::FEW] },
    Many(Box<Many>),
}

#[derive(Clone, Debug)]
struct Many {
    runs: SmallVec<[(u16, u16); 8]>,
    loaded: u16,
}

impl List {
    const FEW: usize = 3;
    const NONE: Self = Self::Few { count: 0, loaded: 0, runs: [(0, 0); Self::FEW] };

    fn runs(&self) -> &[(u16, u16)] {
        match self {
            Self::Few { count, runs, .. } => &runs[..usize::from(*count)],
            Self::Many(many) => &many.runs,
        }
    }

    /// How many of the runs are held.
    fn loaded(&self) -> usize {
        match self {
            Self::Few { loaded, .. } => usize::from(*loaded),
            Self::Many(many) => usize::from(many.loaded),
        }
    }

    /// One more or one less of the runs is held.
    fn count_loaded(&mut self, more: bool) {
        match self {
            Self::Few { loaded, .. } if more => *loaded += 1,
            Self::Few { loaded, .. } => *loaded -= 1,
            Self::Many(many) if more => many.loaded += 1,
            Self::Many(many) => many.loaded -= 1,
        }
    }

    fn insert(&mut self, at: usize, run: (u16, u16)) {
        match self {
            Self::Few { count, runs, .. } if usize::from(*count) < Self::FEW => {
                runs.copy_within(at..usize::from(*count), at + 1);
                runs[at] = run;
                *count += 1;
            }
            Self::Few { runs, loaded, .. } => {
                let loaded = u16::from(*loaded);
                let mut runs = SmallVec::from_slice(runs);
                runs.insert(at, run);
                *self = Self::Many(Box::new(Many { runs, loaded }));
            }
            Self::Many(many) => many.runs.insert(at, run),
        }
    }

    fn set(&mut self, at: usize, run: (u16, u16)) {
        match self {
            Self::Few { runs, .. } => runs[at] = run,
            Self::Many(many) => many.runs[at] = run,
        }
    }

    fn remove(&mut self, at: usize) {
        match self {
            Self::Few { count, runs, .. } => {
                runs.copy_within(at + 1..usize::from(*count), at);
                *count -= 1;
            }
            Self::Many(many) => {
                many.runs.remove(at);
            }
        }
    }
}

impl Default for Told {
    fn default() -> Self {
        Self { list: List::NONE, mark: 0, due: 0 }
    }
}

impl Told {
    const SETTLED: u32 = 1 << 31;

    /// Forgets everything but the mark: it holds `held` and fetches nothing, and no news is on its
    /// way, at a time to be set.
    pub fn renew(&mut self, held: impl ExactSizeIterator<Item = (u16, u16)>) {
        self.due = Self::SETTLED;
        if held.len() <= List::FEW {
            let count = held.len() as u8;
            let mut runs = [(0, 0); List::FEW];
            runs.iter_mut().zip(held).for_each(|(place, run)| *place = run);
            self.list = List::Few { count, loaded: count, runs };
        } else if let List::Many(many) = &mut self.list {
            many.loaded = held.len() as u16;
            many.runs.clear();
            many.runs.extend(held);
        } else {
            let loaded = held.len() as u16;
            self.list = List::Many(Box::new(Many { runs: held.collect(), loaded }));
        }
    }

    /// What is told was renewed at `now`.
    pub(super) fn renewed(&mut self, now: Time) {
        self.due = Self::SETTLED | Self::coarse(now);
    }

    /// How long ago there was news, nearly; nothing while more is on its way.
    pub(super) fn age(&self, now: Time) -> Span {
        if self.due & Self::SETTLED == 0 {
            return Span::ZERO;
        }
        let since = Self::coarse(now).saturating_sub(self.due & !Self::SETTLED);
        Span(u64::from(since) << 20)
    }

    /// Something sent is delivered at `at`.
    pub(super) fn expects(&mut self, at: Time) {
        // Settled is later than any time.
        self.due = self.due.min(Self::coarse(at));
    }

    /// Whether there may be news by `now` under the same mark: from a millisecond before the message
    /// that is delivered first.
    pub fn is_due(&self, now: Time) -> bool {
        self.due & Self::SETTLED == 0 && Self::coarse(now) >= self.due
    }

    /// In 2²⁰ ns; after 26 days all is due.
    fn coarse(at: Time) -> u32 {
        u32::try_from(at.0 >> 20).unwrap_or(u32::MAX).min(Self::SETTLED - 1)
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
                self.list.count_loaded(false);
            }
            (true, false) => self.list.set(at, (segment + 1, to)),
            (false, true) => self.list.set(at, (from, segment)),
            (false, false) => {
                self.list.set(at, (from, segment));
                self.list.insert(at + 1, (segment + 1, to));
                self.list.count_loaded(true);
            }
        }
    }

    /// It fetches `segment` from the CDN.
    pub fn fetches(&mut self, segment: u16) {
        self.list.insert(self.list.runs().len(), (segment, segment));
    }

    /// Runs that it is known to hold, half-open and rising.
    pub fn loaded(&self) -> &[(u16, u16)] {
        &self.list.runs()[..self.list.loaded()]
    }

    /// Whether the neighbour is known to hold `segment`.
    pub fn has(&self, segment: u16) -> bool {
        self.end_of_run(segment).is_some()
    }

    /// Whether the neighbour is known to fetch `segment` from the CDN.
    pub fn is_fetching(&self, segment: u16) -> bool {
        self.list.runs()[self.list.loaded()..].iter().any(|run| run.0 == segment)
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
