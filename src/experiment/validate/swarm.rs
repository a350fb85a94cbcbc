//! A small swarm of one title under open knobs, for experiments to play.

use std::path::Path;
use std::sync::atomic::AtomicBool;

use crate::experiment::{self, Progress};
use crate::metrics::tables::Window;
use crate::results::Run;
use crate::scenario::{self, Loaded};
use crate::units::Span;

const TEXT: &str = include_str!("swarm.toml");

/// Rate of the stream, in bit/s.
pub(super) const STREAM: f64 = 1e6;

/// Uplinks as parts of the stream rate, each with its share of homes.
pub(super) type Uplinks = [(f64, f64)];

/// The swarm with these uplinks, at most two kinds, and further keys set. An uplink of 0 belongs to
/// homes that give nothing.
pub(super) fn load(uplinks: &Uplinks, more: &[(&str, &str)]) -> Result<Loaded, String> {
    let mut sets: Vec<(String, String)> =
        more.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
    let mut set = |key: &str, value: String| sets.push((key.to_owned(), value));
    let mut giving = 0.0;
    let rates: Vec<(f64, f64)> = uplinks.iter().copied().filter(|(rate, _)| *rate > 0.0).collect();
    for (name, (rate, share)) in ["first", "second"].iter().zip(rates.iter().cycle()) {
        let rate = format!("{} kbit/s", (rate * STREAM / 1e3) as u64);
        for end in 0..2 {
            set(&format!("line.{name}.up.{end}"), rate.clone());
        }
        giving += share;
    }
    let [first, second] = match rates[..] {
        [_] => {
            giving /= 2.0;
            [0.5, 0.5]
        }
        [(_, first), ..] => [first / giving, 1.0 - first / giving],
        [] => [0.5, 0.5],
    };
    set("isp.0.lines.first", first.to_string());
    set("isp.0.lines.second", second.to_string());
    set("device.box.upload.permitted", giving.to_string());
    scenario::load_text(TEXT, Path::new("swarm.toml"), &sets)
        .map_err(|problems| problems.render(false))
}

/// Plays one arm in all replications.
///
/// # Errors
/// When there is no such arm or a run fails its audit.
pub(super) fn runs(loaded: &Loaded, arm: &str) -> Result<Vec<Run>, String> {
    let index = loaded.arms.iter().position(|known| known.name == arm);
    let index = index.ok_or_else(|| format!("the swarm has no arm `{arm}`"))?;
    experiment::run(loaded, &[index], (0, false), &Silent, &AtomicBool::new(false))
        .map_err(|stopped| format!("{stopped:?}"))
}

/// A metric over all of the measured time; NaN where there is none.
pub(super) fn value(run: &Run, metric: &str) -> f64 {
    let mut rows = run.tables.summary.iter();
    rows.find(|row| row.window == Window::All && row.metric == metric)
        .and_then(|row| row.value)
        .unwrap_or(f64::NAN)
}

/// Nobody watches progress.
struct Silent;

impl Progress for Silent {
    fn advance(&self, _: usize, _: Span, _: Span, _: u64) {}
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn uplinks_are_set_as_wanted() {
        for uplinks in [&[(0.6, 1.0)][..], &[(0.3, 0.5), (1.0, 0.5)], &[(0.0, 0.25), (2.0, 0.75)]] {
            let loaded = load(uplinks, &[]).unwrap();
            let scenario = loaded.scenario;
            let permitted = scenario.device["box"].upload.permitted.as_f64();
            for &(rate, share) in uplinks {
                let lines = scenario.line.iter().filter(|(_, line)| {
                    (line.up[0].0 as f64 - rate * STREAM).abs() < 1.0 && line.up[0] == line.up[1]
                });
                let shares: f64 = lines.map(|(name, _)| scenario.isp[0].lines[name].as_f64()).sum();
                let got = if rate > 0.0 { shares * permitted } else { 1.0 - permitted };
                assert!((got - share).abs() < 1e-6, "{uplinks:?}: {rate} {got}");
            }
        }
    }
}
