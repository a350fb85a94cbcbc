//! Where the time of a run goes: kernel, sharing, policy.
//!
//! The engine knows no clock. It says which part begins, and whoever wants to know holds a clock to
//! it; [`Unmetered`] compiles to nothing. Reading a clock costs as much as a small event, so that
//! [`Sampled`] times every 509th event only: prime to the patterns of twos and tens in which events
//! come.

/// A part of the work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(usize)]
pub enum Part {
    /// The event queue, transfers, directory and connections, and what watches the run.
    Kernel = 0,
    /// Rates of flows over shared links.
    Sharing = 1,
    /// The peer core: player, scheduler, store.
    Policy = 2,
}

impl Part {
    /// Number of parts.
    pub const COUNT: usize = 3;
}

/// Hears what the engine does.
pub trait Meter {
    /// The next event is taken; its work belongs to [`Part::Kernel`] until something else begins.
    fn event(&mut self);
    /// From here on the work belongs to `part`; returns what it belonged to, to go back to.
    fn enter(&mut self, part: Part) -> Part;
    /// The event is done.
    fn done(&mut self);
}

/// Nobody asks.
#[derive(Clone, Copy, Debug, Default)]
pub struct Unmetered;

impl Meter for Unmetered {
    #[inline]
    fn event(&mut self) {}
    #[inline]
    fn enter(&mut self, _: Part) -> Part {
        Part::Kernel
    }
    #[inline]
    fn done(&mut self) {}
}

impl<M: Meter> Meter for &mut M {
    fn event(&mut self) {
        (**self).event();
    }
    fn enter(&mut self, part: Part) -> Part {
        (**self).enter(part)
    }
    fn done(&mut self) {
        (**self).done();
    }
}

/// Of so many events, one is timed.
const EVERY: u32 = 509;
/// Readings from which the cost of one is found.
const TRIALS: u32 = 1_000;

/// Times some of the events with a clock.
pub struct Sampled<'c> {
    clock: &'c dyn Fn() -> u64,
    /// What one reading costs, in units of the clock.
    reading: u64,
    until_next: u32,
    timing: bool,
    part: Part,
    since: u64,
    spent: [u64; Part::COUNT],
    timed: u64,
    begun: Option<u64>,
}

impl<'c> Sampled<'c> {
    /// With a clock that reads CPU time in ns. The cost of a reading is taken off every interval.
    pub fn new(clock: &'c dyn Fn() -> u64) -> Self {
        let mut last = clock();
        let mut readings = (0..TRIALS).map(|_| {
            let now = clock();
            now - std::mem::replace(&mut last, now)
        });
        let first = readings.next().unwrap_or(0);
        let reading = readings.fold(first, u64::min);
        Self {
            clock,
            reading,
            until_next: EVERY,
            timing: false,
            part: Part::Kernel,
            since: 0,
            spent: [0; Part::COUNT],
            timed: 0,
            begun: None,
        }
    }

    /// Time spent in each part, by number, in the events that were timed.
    pub const fn spent(&self) -> [u64; Part::COUNT] {
        self.spent
    }

    /// Events timed.
    pub const fn timed(&self) -> u64 {
        self.timed
    }

    /// What the clock said when the first event was taken.
    pub const fn begun(&self) -> Option<u64> {
        self.begun
    }

    /// Books the time since the last reading.
    fn book(&mut self) {
        let now = (self.clock)();
        self.spent[self.part as usize] += (now - self.since).saturating_sub(self.reading);
        self.since = now;
    }
}

impl Meter for Sampled<'_> {
    fn event(&mut self) {
        if self.begun.is_none() {
            self.begun = Some((self.clock)());
        }
        self.until_next -= 1;
        if self.until_next == 0 {
            (self.until_next, self.timing, self.part) = (EVERY, true, Part::Kernel);
            self.since = (self.clock)();
        }
    }

    fn enter(&mut self, part: Part) -> Part {
        if self.timing {
            self.book();
        }
        std::mem::replace(&mut self.part, part)
    }

    fn done(&mut self) {
        if self.timing {
            self.book();
            self.timing = false;
            self.timed += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    /// A clock that the work itself moves; a reading takes 7.
    #[test]
    fn books_each_part_of_every_509th_event() {
        let time = Cell::new(0u64);
        let clock = || time.replace(time.get() + 7);
        let work = |ns: u64| time.set(time.get() + ns);
        let mut meter = Sampled::new(&clock);
        for _ in 0..10 * EVERY {
            meter.event();
            work(100);
            let back = meter.enter(Part::Policy);
            work(20);
            assert_eq!(meter.enter(Part::Sharing), Part::Policy);
            work(3);
            meter.enter(Part::Policy);
            work(1);
            meter.enter(back);
            work(50);
            meter.done();
        }
        assert_eq!(meter.timed(), 10);
        assert_eq!(meter.spent(), [1500, 30, 210]);
    }
}
