//! How far it is: a bar on a terminal, a plain line now and then otherwise.

use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::output;
use crate::experiment::Progress;
use crate::units::Span;

/// Between two lines when nobody watches.
const HEARTBEAT: Duration = Duration::from_secs(10);
/// Between two changes of the bar.
const REDRAW: Duration = Duration::from_millis(200);
/// Parts of the bar.
const PARTS: u64 = 10_000;

/// Adds up what the runs report.
pub(super) struct Meter {
    runs: Vec<Cell>,
    started: Instant,
    last: Mutex<Instant>,
    bar: Option<ProgressBar>,
}

#[derive(Default)]
struct Cell {
    simulated: AtomicU64,
    total: AtomicU64,
    events: AtomicU64,
}

/// All runs together.
struct State {
    /// Of all simulated time, 0 to 1.
    part: f64,
    finished: usize,
    /// Seconds simulated, over all runs.
    simulated_s: f64,
    events: u64,
}

impl Meter {
    /// For `runs` runs, from now.
    pub(super) fn new(runs: usize) -> Self {
        let started = now();
        let bar = output::terminal().then(|| {
            let bar = ProgressBar::with_draw_target(Some(PARTS), ProgressDrawTarget::stderr());
            let template = "{bar:30} {percent:>3} %  {msg}";
            if let Ok(style) = ProgressStyle::with_template(template) {
                bar.set_style(style);
            }
            bar
        });
        Self {
            runs: (0..runs).map(|_| Cell::default()).collect(),
            started,
            last: Mutex::new(started),
            bar,
        }
    }

    /// Real seconds since the beginning.
    pub(super) fn seconds(&self) -> f64 {
        now().duration_since(self.started).as_secs_f64()
    }

    /// Takes the bar away.
    pub(super) fn finish(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }

    fn state(&self) -> State {
        let mut state = State { part: 0.0, finished: 0, simulated_s: 0.0, events: 0 };
        for cell in &self.runs {
            let simulated = cell.simulated.load(Ordering::Relaxed);
            let total = cell.total.load(Ordering::Relaxed);
            if total > 0 {
                state.part += simulated.min(total) as f64 / total as f64 / self.runs.len() as f64;
                state.finished += usize::from(simulated >= total);
            }
            state.simulated_s += Span(simulated).as_secs_f64();
            state.events += cell.events.load(Ordering::Relaxed);
        }
        state
    }

    fn show(&self) {
        let (state, seconds) = (self.state(), self.seconds());
        let rates = if seconds > 0.5 {
            let events = output::short(state.events as f64 / seconds);
            let speed = output::short(state.simulated_s / seconds);
            format!(" · {events} events/s · {speed} simulated s/s")
        } else {
            String::new()
        };
        let left = if state.part > 0.0 {
            let left = seconds * (1.0 - state.part) / state.part;
            format!(" · about {} left", output::duration(left))
        } else {
            String::new()
        };
        let line = format!("{} of {} runs done{rates}{left}", state.finished, self.runs.len());
        match &self.bar {
            Some(bar) => {
                bar.set_position((state.part * PARTS as f64) as u64);
                bar.set_message(line);
            }
            None => output::message(&format!("{:.0} % · {line}", state.part * 100.0)),
        }
    }
}

impl Progress for Meter {
    fn advance(&self, run: usize, simulated: Span, total: Span, events: u64) {
        let Some(cell) = self.runs.get(run) else {
            return;
        };
        cell.simulated.store(simulated.0, Ordering::Relaxed);
        cell.total.store(total.0, Ordering::Relaxed);
        cell.events.store(events, Ordering::Relaxed);
        let pause = if self.bar.is_some() { REDRAW } else { HEARTBEAT };
        // Who finds it taken leaves the showing to the other.
        if let Ok(mut last) = self.last.try_lock() {
            let time = now();
            if time.duration_since(*last) >= pause {
                *last = time;
                self.show();
            }
        }
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "the user waits in real time; no result depends on it"
)]
fn now() -> Instant {
    Instant::now()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_add_up_over_runs() {
        let meter = Meter::new(4);
        let day = Span::DAY;
        meter.advance(0, day, day, 10);
        meter.advance(2, Span(day.0 / 2), day, 5);
        meter.advance(9, day, day, 99);
        let state = meter.state();
        assert!((state.part - 0.375).abs() < 1e-12);
        assert_eq!((state.finished, state.events), (1, 15));
        meter.advance(2, day, day, 11);
        assert_eq!(meter.state().events, 21, "counts are totals, not increments");
    }
}
