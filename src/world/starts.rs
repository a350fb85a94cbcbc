//! When people who are present start to watch.

use crate::rng::Lognormal;
use crate::scenario::tables::DemandRow;
use crate::scenario::{Scenario, Tables};

use super::catalogue::Titles;
use super::clock::DAY_S;
use super::curve::Hazard;
use super::laws::Law;
use super::presence::Presence;

/// Steps of the day when the rate comes from a curve.
const STEPS: usize = 1_440;

/// Rounds of the deconvolution: a smooth evening is met within 0.2 %.
const ROUNDS: u32 = 300;

/// Positions within a slot over which starts and looks are averaged.
const FINE: usize = 5;

/// Starts of a present home that watches nothing are at most this many in a slot.
const MOST: f64 = 20.0;

/// Rate of starts of a home of mean activity while it is present and watches nothing.
pub(super) fn rate(
    scenario: &Scenario,
    tables: &Tables,
    presence: &Presence,
    titles: &Titles,
    length: &Law,
) -> Hazard {
    let demand = &scenario.demand;
    let Some(rows) = &tables.demand else {
        let width = DAY_S / STEPS as f64;
        let middle = |step: usize| (step as f64 + 0.5) * width;
        let shape: Vec<f64> =
            (0..STEPS).map(|step| demand.starts.at(middle(step)).max(0.0)).collect();
        let total: f64 = shape.iter().sum();
        // Viewings that others lead to count among them.
        let on = demand.sequence.map_or(0.0, |own| own.known.as_f64() * own.followed.as_f64());
        let first = demand.sessions_per_home_day * (1.0 - on);
        let scale = first / total.max(f64::MIN_POSITIVE);
        let mass = |step: usize| shape[step] * scale / presence.share(middle(step));
        return Hazard::new(&(0..STEPS).map(mass).collect::<Vec<f64>>());
    };
    let share = demand.service_share.map_or(1.0, |share| share.as_f64());
    let wanted = watching(rows, share, presence);
    let half_segment = 0.5 * scenario.video.segment.as_secs_f64();
    let runs = titles.survival();
    // A channel has no end that counts.
    let live = demand.live.as_f64();
    let lasting = |secs: f64| {
        // Lengths are rounded up to whole segments.
        let secs = secs - half_segment;
        length.survival(secs) * (live + (1.0 - live) * runs(secs))
    };
    let kernel = Kernel::new(rows.len(), lasting, &presence.leave);
    let starts = kernel.starts_for(&wanted);
    Hazard::new(&kernel.rate_for(&starts, presence, demand.spread))
}

/// Share of homes watching this service in each slot; somebody watching is present.
fn watching(rows: &[DemandRow], share: f64, presence: &Presence) -> Vec<f64> {
    let width = DAY_S / rows.len().max(1) as f64;
    let slot = |(slot, row): (usize, &DemandRow)| {
        let present = presence.share((slot as f64 + 0.5) * width);
        (row.watching * share).clamp(0.0, 0.95 * present)
    };
    rows.iter().enumerate().map(slot).collect()
}

/// How viewings that start in one slot of the day are seen in later ones.
struct Kernel {
    /// For each slot of starts and each lag in slots: the mean share still running.
    running: Vec<Vec<f64>>,
}

impl Kernel {
    /// `lasting` is the chance that a viewing lasts, unless the home is left first.
    fn new(slots: usize, lasting: impl Fn(f64) -> f64, leave: &Hazard) -> Self {
        let fine_s = DAY_S / (slots * FINE) as f64;
        let lasts: Vec<f64> = (0..slots * FINE).map(|step| lasting(step as f64 * fine_s)).collect();
        let left: Vec<f64> =
            (0..2 * slots * FINE).map(|step| leave.until(step as f64 * fine_s)).collect();
        let lags = lasts.chunks(FINE).position(|slot| slot[0] < 1e-5).unwrap_or(slots);
        // A start and a look in the same fine step: the look comes second half of the time, a third
        // of a step later on average.
        let at_once = 0.5 * lasting(fine_s / 3.0);
        let still = |start: usize, look: usize| match look.checked_sub(start) {
            None => 0.0,
            Some(0) => at_once,
            Some(after) => lasts[after.min(lasts.len() - 1)] * libm::exp(left[start] - left[look]),
        };
        let mean = |slot: usize, lag: usize| {
            let pairs = (0..FINE * FINE).map(|pair| {
                let start = slot * FINE + pair / FINE;
                still(start, (slot + lag) * FINE + pair % FINE)
            });
            pairs.sum::<f64>() / (FINE * FINE) as f64
        };
        let row = |slot| (0..lags.max(1)).map(|lag| mean(slot, lag)).collect();
        Self { running: (0..slots).map(row).collect() }
    }

    /// The starts in each slot that lead to the wanted number running in each: Richardson's and
    /// Lucy's iteration (1972, 1974), which keeps them from going below 0.
    fn starts_for(&self, wanted: &[f64]) -> Vec<f64> {
        let slots = wanted.len();
        let mut starts = wanted.to_vec();
        for _ in 0..ROUNDS {
            let mut seen = vec![0.0; slots];
            for (slot, row) in self.running.iter().enumerate() {
                for (lag, running) in row.iter().enumerate() {
                    seen[(slot + lag) % slots] += starts[slot] * running;
                }
            }
            for (slot, row) in self.running.iter().enumerate() {
                let (mut asked, mut whole) = (0.0, 0.0);
                for (lag, running) in row.iter().enumerate() {
                    let at = (slot + lag) % slots;
                    whole += running;
                    asked += running * wanted[at] / seen[at].max(1e-12);
                }
                starts[slot] *= asked / whole.max(1e-12);
            }
        }
        starts
    }

    /// The rate of a home of mean activity that leads to these starts when homes that watch do not
    /// start again and active homes watch more of the time: the day is played for homes of several
    /// activities until it repeats.
    fn rate_for(&self, starts: &[f64], presence: &Presence, spread: f64) -> Vec<f64> {
        let slots = starts.len();
        let kinds = activities(spread);
        let mut by_kind = vec![vec![0.0; slots]; kinds.len()];
        let mut rate = vec![0.0; slots];
        for at in (0..slots).cycle().take(3 * slots) {
            let present = presence.share((at as f64 + 0.5) * DAY_S / slots as f64);
            let idle: Vec<f64> = by_kind
                .iter()
                .map(|starts| (present - self.running_before(starts, at)).max(0.0))
                .collect();
            let started = |rate: f64, kind: usize| {
                let own = kinds[kind].1 * rate;
                own * idle[kind] / (1.0 + own * self.running[at][0])
            };
            let all = |rate: f64| -> f64 {
                (0..kinds.len()).map(|kind| kinds[kind].0 * started(rate, kind)).sum()
            };
            let (mut low, mut high) = (0.0, MOST);
            for _ in 0..50 {
                let middle = 0.5 * (low + high);
                if all(middle) < starts[at] {
                    low = middle;
                } else {
                    high = middle;
                }
            }
            rate[at] = high;
            for (kind, starts) in by_kind.iter_mut().enumerate() {
                starts[at] = started(high, kind);
            }
        }
        rate
    }

    /// Share watching in slot `at` from starts in earlier slots.
    fn running_before(&self, starts: &[f64], at: usize) -> f64 {
        let slots = starts.len();
        let lags = self.running[0].len();
        let from = |lag: usize| (at + slots - lag) % slots;
        (1..lags).map(|lag| starts[from(lag)] * self.running[from(lag)][lag]).sum()
    }
}

/// Weights and values of a lognormal law with mean 1.
fn activities(spread: f64) -> Vec<(f64, f64)> {
    let median = Lognormal::around_one(spread).median();
    let nodes = (-8..=8).map(|step| {
        let z = 0.5 * f64::from(step);
        (libm::exp(-0.5 * z * z), median * libm::exp(spread * z))
    });
    let nodes: Vec<(f64, f64)> = nodes.collect();
    let total: f64 = nodes.iter().map(|node| node.0).sum();
    let weighted = nodes.into_iter().map(|(weight, value)| (weight / total, value));
    weighted.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SLOTS: usize = 144;

    /// Nobody leaves home; viewings last an hour on average, without memory.
    fn kernel() -> Kernel {
        let never = Hazard::new(&[0.0]);
        Kernel::new(SLOTS, |secs| libm::exp(-secs.max(0.0) / 3600.0), &never)
    }

    fn evening(slot: usize) -> f64 {
        let away = (slot as f64 / 6.0 - 13.0) / 2.5;
        0.02 + 0.4 * libm::exp(-0.5 * away * away)
    }

    #[test]
    fn steady_starts_lead_to_starts_times_length_watching() {
        let kernel = kernel();
        let watching: f64 = kernel.running[5].iter().sum::<f64>() / 6.0;
        assert!((watching - 1.0).abs() < 1e-3, "{watching} hours");
    }

    #[test]
    fn starts_lead_back_to_the_wanted_number() {
        let kernel = kernel();
        let wanted: Vec<f64> = (0..SLOTS).map(evening).collect();
        let starts = kernel.starts_for(&wanted);
        assert!(starts.iter().all(|start| *start >= 0.0));
        for (slot, wanted) in wanted.iter().enumerate() {
            let seen =
                kernel.running_before(&starts, slot) + starts[slot] * kernel.running[slot][0];
            assert!((seen / wanted - 1.0).abs() < 2e-3, "{slot}: {seen} {wanted}");
        }
    }

    /// By itself: λ watches of an hour keep w = λ busy, so an idle home starts λ / (p − w).
    #[test]
    fn homes_that_watch_do_not_start_again() {
        let presence = Presence::following(|_| 0.8, 3600.0);
        let kernel = kernel();
        let rate = kernel.rate_for(&[0.05; SLOTS], &presence, 0.0);
        let expected = 0.05 / (0.8 - 0.3);
        for rate in &rate {
            assert!((rate / expected - 1.0).abs() < 5e-3, "{rate} {expected}");
        }
        // Active homes are busy more of the time, so all must start more often.
        let uneven = kernel.rate_for(&[0.05; SLOTS], &presence, 0.8);
        assert!(uneven[0] > rate[0] * 1.1, "{} {}", uneven[0], rate[0]);
    }
}
