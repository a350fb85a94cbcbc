//! The player's own buffer: segments in order from the play position on, each with its rung, and what
//! the player has seen of its line.
//!
//! Invariant: what is in it plays whatever the store does, and its rung does not change.

use smallvec::SmallVec;

use super::ewma::Ewma;
use super::loader::{Meter, UnderWay};
use super::{Adapt, Estimate, Ladder, Look, Mode};
use crate::peer::Slot;
use crate::units::{BitRate, Bytes, Span, Time};

/// The media buffer of a player that adapts.
#[derive(Clone, Debug)]
pub(in crate::peer) struct Buffer {
    /// The first segment that is not in it.
    end: u16,
    /// First segment and rung of each stretch of one rung.
    rungs: SmallVec<[(u16, u8); 4]>,
    /// When the segment at the end was wanted; its rung is chosen then.
    wanted: Option<Time>,
    mode: Mode,
    fast: Ewma,
    slow: Ewma,
    telling: Option<Telling>,
}

/// What the loader counts for the rate that it tells.
#[derive(Clone, Debug)]
pub(in crate::peer) struct Telling {
    meter: Meter,
    /// What has been counted of the transfer in each slot.
    counted: [u32; Slot::COUNT],
}

impl Telling {
    /// Time has passed with so much under way.
    pub(in crate::peer) fn pass(&mut self, now: Time, under_way: UnderWay) {
        self.meter.pass(now, under_way);
    }

    /// A transfer begins in `slot`.
    pub(in crate::peer) const fn begins(&mut self, slot: Slot) {
        self.counted[slot.0 as usize] = 0;
    }

    /// The transfer in `slot` has brought `got` so far.
    pub(in crate::peer) fn came(&mut self, slot: Slot, got: Bytes, from_cdn: bool) {
        let counted = &mut self.counted[usize::from(slot.0)];
        let got = u32::try_from(got.0).unwrap_or(u32::MAX);
        let new = got.saturating_sub(*counted);
        *counted = got.max(*counted);
        if new > 0 {
            self.meter.came(Bytes(u64::from(new)), from_cdn);
        }
    }
}

impl Buffer {
    /// Empty, before segment `from`.
    pub(in crate::peer) fn new(adapt: &Adapt, now: Time, from: u16) -> Self {
        let telling = || Telling { meter: Meter::new(now), counted: [0; Slot::COUNT] };
        Self {
            end: from,
            rungs: SmallVec::new(),
            wanted: None,
            mode: Mode::default(),
            fast: Ewma::default(),
            slow: Ewma::default(),
            telling: matches!(adapt.estimate, Estimate::Loader(_)).then(telling),
        }
    }

    /// The first segment that is not in it.
    pub(in crate::peer) const fn end(&self) -> u16 {
        self.end
    }

    /// What is counted for the loader, if that is asked.
    pub(in crate::peer) const fn telling(&mut self) -> Option<&mut Telling> {
        self.telling.as_mut()
    }

    /// Whether the rung of the next segment has been chosen.
    pub(in crate::peer) const fn has_chosen(&self) -> bool {
        self.wanted.is_some()
    }

    /// Chooses the rung of the next segment, `buffered` before it is played.
    pub(in crate::peer) fn choose(
        &mut self,
        adapt: &Adapt,
        now: Time,
        ladder: &Ladder,
        (current, buffered, segment): (u8, Span, Span),
    ) -> u8 {
        self.wanted = Some(now);
        let half_lives = adapt.abr.half_lives();
        let rate = half_lives
            .and_then(|(fast, slow)| Some(self.fast.mean(fast)?.min(self.slow.mean(slow)?)));
        let look = Look { ladder, current, rate, buffered, goal: adapt.buffer, segment };
        let rung = adapt.abr.choose(&look, &mut self.mode);
        if rung != current
            && let Some(telling) = &mut self.telling
        {
            telling.meter.change(now);
        }
        rung
    }

    /// Takes in the next segment, of `size` at `rung`, with so many of a queue of segments held.
    pub(in crate::peer) fn append(
        &mut self,
        adapt: &Adapt,
        now: Time,
        (rung, rate, size): (u8, BitRate, Bytes),
        queue: (u32, u32),
    ) {
        if self.rungs.last().is_none_or(|(_, last)| *last != rung) {
            self.rungs.push((self.end, rung));
        }
        self.end += 1;
        let since = self.wanted.take().unwrap_or(now);
        let Some((fast, slow)) = adapt.abr.half_lives() else {
            return;
        };
        let took = match (&self.telling, adapt.estimate) {
            (Some(telling), _) => telling.meter.told(rate, queue).time_for(size),
            (None, Estimate::Naive(own)) => Some(now.since(since).max(own.least)),
            (None, Estimate::Loader(_)) => None,
        };
        // A loader that has loaded nothing of late tells nothing.
        let Some(took) = took.filter(|took| *took > Span::ZERO) else {
            return;
        };
        let shown = u128::from(size.0) * 8_000_000_000 / u128::from(took.0);
        let shown = BitRate(u64::try_from(shown).unwrap_or(u64::MAX));
        self.fast.add(shown, took, fast);
        self.slow.add(shown, took, slow);
    }

    /// The rung of a segment in it.
    pub(in crate::peer) fn rung_of(&self, segment: u16) -> Option<u8> {
        let of = self.rungs.iter().rev().find(|(from, _)| *from <= segment);
        of.filter(|_| segment < self.end).map(|(_, rung)| *rung)
    }

    /// What lies before `segment` is gone.
    pub(in crate::peer) fn forget_before(&mut self, segment: u16) {
        let gone = self.rungs.iter().skip(1).take_while(|(from, _)| *from <= segment).count();
        self.rungs.drain(..gone);
    }

    /// Goes on at `to`: with what is held from there on, or with nothing when it is not.
    pub(in crate::peer) fn seek(&mut self, from: u16, to: u16) {
        self.mode = Mode::default();
        if from <= to && to < self.end {
            self.forget_before(to);
        } else {
            (self.end, self.wanted) = (to, None);
            self.rungs.clear();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rungs_stay_with_their_segments() {
        let adapt = Adapt::default();
        let mut buffer = Buffer::new(&adapt, Time(5), 10);
        for rung in [2, 2, 0, 1, 1, 1, 0] {
            buffer.append(&adapt, Time(6), (rung, BitRate(1), Bytes(1)), (0, 1));
        }
        let rungs = |buffer: &Buffer| -> Vec<Option<u8>> {
            (9..18).map(|segment| buffer.rung_of(segment)).collect()
        };
        let all = [None, Some(2), Some(2), Some(0), Some(1), Some(1), Some(1), Some(0), None];
        assert_eq!(rungs(&buffer), all);
        buffer.forget_before(13);
        assert_eq!(rungs(&buffer)[4..], all[4..]);
        buffer.seek(13, 15);
        assert_eq!((rungs(&buffer)[6], buffer.end()), (Some(1), 17));
        buffer.seek(15, 17);
        assert_eq!((buffer.rung_of(16), buffer.rung_of(17), buffer.end()), (None, None, 17));
        buffer.seek(17, 3);
        assert_eq!((buffer.rung_of(3), buffer.end()), (None, 3));
    }
}
