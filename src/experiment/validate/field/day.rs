//! A day of the service as its links tell it: the same measures for the real one and a played one.

use std::collections::{BTreeMap, BTreeSet};

use super::groups::{quantile, sorted};
use super::links::Viewer;

/// Bytes and seconds of a segment.
pub(super) const SEGMENT_BYTES: f64 = 1_290_000.0;
pub(super) const SEGMENT_S: f64 = 6.0;
/// Seconds between two looks at who is there.
const STEP_S: f64 = 600.0;
const DAY_S: f64 = 86_400.0;

/// A day.
#[derive(Clone, Debug)]
pub(super) struct Day {
    pub(super) viewers: Vec<Viewer>,
    pub(super) links: Vec<Use>,
}

/// A directed link, by positions of its ends among the viewers.
#[derive(Clone, Copy, Debug)]
pub(super) struct Use {
    pub(super) receiver: u32,
    pub(super) sender: u32,
    pub(super) segments: u32,
    pub(super) bytes: f64,
    /// First and last segment, in s of the day.
    pub(super) start: f64,
    pub(super) end: f64,
}

impl Use {
    /// A link with its first bytes.
    pub(super) const fn new(receiver: u32, sender: u32, at: f64) -> Self {
        Self { receiver, sender, segments: 0, bytes: 0.0, start: at, end: at }
    }
}

/// What links tell of a day.
#[derive(Clone, Copy, Debug)]
pub(super) struct Facts {
    /// Of viewers present: links they have open in one direction, none to send over, none to receive.
    pub(super) open: f64,
    pub(super) no_out: f64,
    pub(super) no_in: f64,
    /// Different neighbours of a viewer.
    pub(super) neighbours: [f64; 3],
    /// Minutes from the first segment to the last.
    pub(super) life: [f64; 2],
    pub(super) segments: [f64; 2],
    /// Pairs that exchange both ways.
    pub(super) two_way: f64,
    /// Video from peers by presence.
    pub(super) share: f64,
    /// 95th percentile of what viewers of five minutes and more send, in Mbit/s.
    pub(super) upload: f64,
    /// Viewers that exchanged anything.
    pub(super) seen: usize,
}

impl Day {
    /// Links of two segments or more, as the tables have no others.
    fn told(&self) -> impl Iterator<Item = &Use> {
        self.links.iter().filter(|link| link.segments > 1)
    }

    /// Whom the tables would show: viewers with a link.
    fn shown(&self) -> Vec<bool> {
        let mut shown = vec![false; self.viewers.len()];
        for link in self.told() {
            shown[link.receiver as usize] = true;
            shown[link.sender as usize] = true;
        }
        shown
    }

    pub(super) fn facts(&self) -> Facts {
        let shown = self.shown();
        let [open, no_out, no_in] = self.open(&shown);
        let mut known: Vec<BTreeSet<u32>> = vec![BTreeSet::new(); self.viewers.len()];
        let mut ways: BTreeMap<(u32, u32), u32> = BTreeMap::new();
        let mut sent = vec![0.0; self.viewers.len()];
        for link in self.told() {
            let (a, b) = (link.receiver, link.sender);
            known[a as usize].insert(b);
            known[b as usize].insert(a);
            *ways.entry((a.min(b), a.max(b))).or_default() += 1;
            sent[b as usize] += link.bytes;
        }
        let counts = known.iter().filter(|known| !known.is_empty());
        let counts = sorted(counts.map(|known| known.len() as f64));
        let life = sorted(self.told().map(|link| (link.end - link.start) / 60.0));
        let segments = sorted(self.told().map(|link| f64::from(link.segments)));
        let both = ways.values().filter(|ways| **ways == 2).count() as f64;
        let long = self
            .viewers
            .iter()
            .zip(&sent)
            .zip(&shown)
            .filter(|((viewer, _), shown)| **shown && viewer.present() >= 300.0);
        let rates = sorted(long.map(|((viewer, sent), _)| sent * 8e-6 / viewer.present()));
        let present: f64 =
            self.viewers.iter().zip(&shown).filter(|(_, s)| **s).map(|(v, _)| v.present()).sum();
        let bytes: f64 = self.told().map(|link| link.bytes).sum();
        Facts {
            open,
            no_out,
            no_in,
            neighbours: [0.5, 0.9, 0.99].map(|part| quantile(&counts, part)),
            life: [0.5, 0.9].map(|part| quantile(&life, part)),
            segments: [0.5, 0.9].map(|part| quantile(&segments, part)),
            two_way: both / ways.len() as f64,
            share: bytes / SEGMENT_BYTES * SEGMENT_S / present,
            upload: quantile(&rates, 0.95),
            seen: counts.len(),
        }
    }

    /// Open links a viewer, and parts of viewers without one out and in, over instants of the day.
    fn open(&self, shown: &[bool]) -> [f64; 3] {
        let (mut present, mut open, mut no_out, mut no_in) = (0.0, 0.0, 0.0, 0.0);
        let mut at = STEP_S;
        while at < DAY_S {
            let mut ends = vec![[false; 2]; self.viewers.len()];
            for link in self.told().filter(|link| link.start <= at && at <= link.end) {
                open += 1.0;
                ends[link.sender as usize][0] = true;
                ends[link.receiver as usize][1] = true;
            }
            for (place, viewer) in self.viewers.iter().enumerate() {
                if shown[place] && viewer.is_there(at) {
                    present += 1.0;
                    no_out += f64::from(u8::from(!ends[place][0]));
                    no_in += f64::from(u8::from(!ends[place][1]));
                }
            }
            at += STEP_S;
        }
        [open / present, no_out / present, no_in / present]
    }

    /// Open links in by age in minutes, of viewers that are there for 90 minutes.
    pub(super) fn open_in_by_age(&self, ages: &[f64]) -> Vec<f64> {
        let stay = |viewer: &Viewer| viewer.last - viewer.first >= 5_400.0;
        let shown = self.shown();
        let those = self.viewers.iter().zip(&shown).filter(|(v, shown)| **shown && stay(v)).count();
        let open = |age: &f64| {
            let there = self.told().filter(|link| {
                let viewer = &self.viewers[link.receiver as usize];
                let at = viewer.first + age * 60.0 + 75.0;
                stay(viewer) && link.start <= at && at <= link.end
            });
            there.count() as f64 / those as f64
        };
        ages.iter().map(open).collect()
    }

    /// Share from peers over half hours of swarms, pooled by the mean number present: for each of
    /// `sizes` from the one to the next.
    pub(super) fn share_by_size(&self, sizes: &[f64]) -> Vec<f64> {
        const HALF_S: f64 = 1_800.0;
        let shown = self.shown();
        // By swarm and half hour: seconds present, seconds of video.
        let mut cells: BTreeMap<(u32, u32), (f64, f64)> = BTreeMap::new();
        let mut spread = |swarm: u32, (from, to): (f64, f64), video: Option<f64>| {
            for half in (from / HALF_S) as u32..=(to / HALF_S) as u32 {
                let (begin, end) = (f64::from(half) * HALF_S, f64::from(half + 1) * HALF_S);
                let part = (to.min(end) - from.max(begin)).max(0.0);
                let cell = cells.entry((swarm, half)).or_default();
                match video {
                    Some(video) => cell.1 += video * part / (to - from).max(1.0),
                    None => cell.0 += part,
                }
            }
        };
        for (viewer, _) in self.viewers.iter().zip(&shown).filter(|(_, shown)| **shown) {
            spread(viewer.swarm, (viewer.first, viewer.last + SEGMENT_S), None);
        }
        for link in self.told() {
            let swarm = self.viewers[link.receiver as usize].swarm;
            let video = link.bytes / SEGMENT_BYTES * SEGMENT_S;
            spread(swarm, (link.start, link.end.max(link.start + 1.0)), Some(video));
        }
        let pooled = sizes.windows(2).map(|size| {
            let of = cells
                .values()
                .filter(|(present, _)| (size[0]..size[1]).contains(&(present / HALF_S)));
            let (present, video) =
                of.fold((0.0, 0.0), |sum, cell| (sum.0 + cell.0, sum.1 + cell.1));
            video / present
        });
        pooled.collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::validate::field::round_trips::Region;

    fn viewer(first: f64, last: f64) -> Viewer {
        Viewer { region: Some(Region::Europe), swarm: 7, first, last }
    }

    fn link(receiver: u32, sender: u32, segments: u32, (start, end): (f64, f64)) -> Use {
        let bytes = f64::from(segments) * SEGMENT_BYTES;
        Use { receiver, sender, segments, bytes, start, end }
    }

    /// Three viewers, of whom the third is alone: one segment is no link.
    fn three() -> Day {
        let viewers = vec![viewer(0.0, 1_794.0), viewer(0.0, 894.0), viewer(0.0, 1_794.0)];
        let to_first = [link(0, 1, 60, (0.0, 890.0)), link(0, 2, 1, (5.0, 5.0))];
        let links = [&to_first[..], &[link(1, 0, 15, (500.0, 700.0))]].concat();
        Day { viewers, links }
    }

    #[test]
    fn facts_of_a_day_by_hand() {
        let facts = three().facts();
        let near = |a: f64, b: f64| assert!((a - b).abs() < 1e-9, "{a} for {b} in {facts:?}");
        // At 600 s both links are open and two are there; at 1,200 s the first is alone.
        near(facts.open, 2.0 / 3.0);
        near(facts.no_out, 1.0 / 3.0);
        near(facts.no_in, 1.0 / 3.0);
        assert_eq!(facts.seen, 2);
        near(facts.two_way, 1.0);
        near(facts.share, 75.0 * 6.0 / 2_700.0);
        near(facts.segments[0], 37.5);
        near(facts.neighbours[2], 1.0);
    }

    #[test]
    fn half_hours_are_pooled_by_size() {
        // One half hour of 1.5 viewers on average.
        let shares = three().share_by_size(&[1.0, 2.0, 3.0]);
        assert!((shares[0] - 450.0 / 2_700.0).abs() < 1e-9, "{shares:?}");
        assert!(shares[1].is_nan());
    }

    #[test]
    fn open_links_are_counted_by_age() {
        let mut day = three();
        day.viewers[0].last = 6_000.0;
        assert_eq!(day.open_in_by_age(&[0.0, 10.0, 20.0]), [1.0, 1.0, 0.0]);
    }
}
