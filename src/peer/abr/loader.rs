//! What p2p-media-loader tells the player: a rate made up from what the loader does (hybrid-loader.ts,
//! `getBandwidth`, as in p2p-media-loader-core 2.3.1).
//!
//! Bytes are counted when something happens to the viewer, as coming evenly since the last time; what
//! happened within a second is kept together.

use alloc::vec::Vec;

use serde::{Deserialize, Serialize};

use crate::units::{BitRate, Bytes, Span, Time};

/// What p2p-media-loader tells the player.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Loader {}

/// The longest window looked at.
const LONGEST: u32 = coarse(Span::from_secs(90).0);
/// Records are at most about this long while something comes.
const STEP: u32 = coarse(Span::from_secs(1).0);

/// Time in 2²⁰ ns.
const fn coarse(ns: u64) -> u32 {
    let coarse = ns >> 20;
    if coarse > u32::MAX as u64 { u32::MAX } else { coarse as u32 }
}

/// What came in a stretch of time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Record {
    /// Its end and its length.
    to: u32,
    span: u32,
    /// How long something was under way, and from the CDN.
    loading: u32,
    loading_cdn: u32,
    bytes: u32,
    bytes_cdn: u32,
}

/// What is under way between two looks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::peer) struct UnderWay {
    /// Whether anything is.
    pub(in crate::peer) any: bool,
    /// Whether anything comes from the CDN.
    pub(in crate::peer) cdn: bool,
}

/// What came when, as far back as windows reach.
#[derive(Clone, Debug, Default)]
pub(super) struct Meter {
    records: Vec<Record>,
    now: u32,
    /// The last change of the rung.
    changed: u32,
}

impl Meter {
    pub(super) fn new(now: Time) -> Self {
        Self { records: Vec::new(), now: coarse(now.0), changed: 0 }
    }

    /// The rung changes.
    pub(super) const fn change(&mut self, now: Time) {
        self.changed = coarse(now.0);
    }

    /// Time has passed with so much under way.
    pub(super) fn pass(&mut self, now: Time, under_way: UnderWay) {
        let now = coarse(now.0);
        let span = now.saturating_sub(core::mem::replace(&mut self.now, now));
        if span == 0 && !self.records.is_empty() {
            return;
        }
        let loading = if under_way.any { span } else { 0 };
        let loading_cdn = if under_way.cdn { span } else { 0 };
        match self.records.last_mut() {
            Some(last) if last.span.saturating_add(span) <= STEP => {
                last.to = now;
                last.span += span;
                last.loading += loading;
                last.loading_cdn += loading_cdn;
            }
            _ => {
                let old = self.records.iter().take_while(|old| now - old.to > LONGEST).count();
                self.records.drain(..old);
                let record = Record { to: now, span, loading, loading_cdn, ..Record::default() };
                self.records.push(record);
            }
        }
    }

    /// So much has come since the last look.
    pub(super) fn came(&mut self, bytes: Bytes, from_cdn: bool) {
        let Some(last) = self.records.last_mut() else {
            return;
        };
        let bytes = u32::try_from(bytes.0).unwrap_or(u32::MAX);
        last.bytes = last.bytes.saturating_add(bytes);
        if from_cdn {
            last.bytes_cdn = last.bytes_cdn.saturating_add(bytes);
        }
    }

    /// The rate that the player is told, at a rung of `rate`, with `loaded` of `queue` segments ahead
    /// held.
    pub(super) fn told(&self, rate: BitRate, (loaded, queue): (u32, u32)) -> BitRate {
        let wall = [30, 60, 90].map(|secs| self.over_wall(secs)).into_iter().max();
        let wall = wall.unwrap_or_default();
        let full = queue > 0 && u64::from(loaded) * 5 >= u64::from(queue) * 4;
        if full || u128::from(wall.0) * 10 >= u128::from(rate.0) * 9 {
            return self.while_loading(|record| (record.loading, record.bytes));
        }
        wall.max(self.while_loading(|record| (record.loading_cdn, record.bytes_cdn)))
    }

    /// The best of 1, 3 and 5 s of loading.
    fn while_loading(&self, of: impl Fn(&Record) -> (u32, u32)) -> BitRate {
        let rates = [1, 3, 5].map(|secs| self.over(coarse(Span::from_secs(secs).0), &of));
        rates.into_iter().max().unwrap_or_default()
    }

    /// Over so many seconds, but not from before the last change of the rung.
    fn over_wall(&self, secs: u64) -> BitRate {
        let window = coarse(Span::from_secs(secs).0).min(self.now - self.changed.min(self.now));
        self.over(window, |record| (record.span, record.bytes))
    }

    /// Bytes within the last `window` of a clock, over that window or the time since the first record,
    /// a millisecond at least.
    fn over(&self, window: u32, of: impl Fn(&Record) -> (u32, u32)) -> BitRate {
        let (mut bytes, mut time) = (0u64, 0u32);
        for record in self.records.iter().rev() {
            let (span, came) = of(record);
            if time.saturating_add(span) <= window {
                bytes += u64::from(came);
                time += span;
                continue;
            }
            let part = window - time;
            bytes += u64::from(came) * u64::from(part) / u64::from(span.max(1));
            time = window;
            break;
        }
        let ns = u128::from(time.max(1)) << 20;
        let rate = u128::from(bytes) * 8_000_000_000 / ns;
        BitRate(u64::try_from(rate).unwrap_or(u64::MAX))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(millis: u64) -> Time {
        Time(millis << 20)
    }

    const BOTH: UnderWay = UnderWay { any: true, cdn: true };
    const PEERS: UnderWay = UnderWay { any: true, cdn: false };
    const IDLE: UnderWay = UnderWay { any: false, cdn: false };
    /// A byte in 2²⁰ ns, in bit/s.
    const UNIT: u64 = 8_000_000_000 >> 20;

    fn near(rate: BitRate, bytes_per_unit: u64) -> bool {
        rate.0.abs_diff(bytes_per_unit * UNIT) <= bytes_per_unit * UNIT / 50
    }

    /// 10 s of 100 from peers, idle for 30 s: what is told depends on whether that was enough.
    #[test]
    fn idle_time_counts_only_when_the_line_is_not_enough() {
        let mut meter = Meter::new(at(0));
        for tenth in 1..=100 {
            meter.pass(at(tenth * 100), PEERS);
            meter.came(Bytes(10_000), false);
        }
        meter.pass(at(40_000), IDLE);
        // Over the wall clock: 10/30 of it, as the last 30 s had none, 60 s reach over all.
        let told = |rate: u64, loaded| meter.told(BitRate(rate * UNIT), loaded);
        assert!(near(told(20, (0, 10)), 100), "enough: as while loading");
        assert!(near(told(60, (0, 10)), 25), "too little: {:?}", told(60, (0, 10)));
        assert!(near(told(60, (8, 10)), 100), "all loaded: as while loading");
    }

    #[test]
    fn servers_alone_count_when_peers_leave_it_short() {
        let mut meter = Meter::new(at(0));
        for second in 1..=10 {
            meter.pass(at(second * 1000 - 800), BOTH);
            meter.came(Bytes(80_000), true);
            meter.pass(at(second * 1000), IDLE);
        }
        // 80 over the wall clock, 400 while the CDN sends.
        let told = meter.told(BitRate(1_000 * UNIT), (0, 10));
        assert!(near(told, 400), "{told:?}");
        let mut changed = meter.clone();
        changed.change(at(10_000));
        changed.pass(at(10_500), BOTH);
        changed.came(Bytes(500_000), false);
        // 1,000 since the change is enough, 130 over all was not; 715 in the last second of loading.
        let told = changed.told(BitRate(900 * UNIT), (0, 10));
        assert!(near(told, 715), "{told:?}");
    }

    #[test]
    fn old_records_go() {
        let mut meter = Meter::new(at(0));
        for second in 1..=2_000 {
            meter.pass(at(second * 1000), BOTH);
            meter.came(Bytes(5), true);
        }
        assert!(meter.records.len() < 110, "{}", meter.records.len());
        assert_eq!(Meter::new(at(7)).told(BitRate(5), (0, 0)), BitRate::ZERO);
    }
}
