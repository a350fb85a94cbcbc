//! Play-out of a viewing: what the player brings about, and what is told of it, up to the end.

use super::player::Step;
use super::segments;
use super::viewing::{Desk, Viewing};
use super::{Note, Output, Waiting};

/// Why a viewing is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Why {
    /// All that was meant to be seen was seen.
    Complete,
    /// The viewer had had enough of waiting.
    GaveUp,
    /// The viewer left, or went on to something else.
    Left,
}

impl Viewing {
    /// Lets the player go on; false when the viewing is over.
    pub(super) fn play_on(&mut self, desk: &mut Desk<'_>) -> bool {
        loop {
            let ready = self.ready(desk);
            match self.player.step(desk.config, desk.now, ready) {
                Step::Same => return true,
                Step::Started => desk.out.push(Output::Note(Note::Started)),
                Step::Resumed(waited) => desk.out.push(Output::Note(Note::Resumed { waited })),
                Step::Played { segment, stalled } => {
                    self.played(segment, desk);
                    if !self.does(desk) && stalled {
                        self.stalled(desk);
                    }
                }
                Step::GoesOn { until, stalled } => {
                    let since = self.apart.as_ref().map_or(until, |apart| apart.paused);
                    let paused = until.since(since);
                    desk.out.push(Output::Note(Note::Paused { paused }));
                    if stalled {
                        self.stalled(desk);
                    }
                }
                Step::Sought(waited) => {
                    let to = self.player.position;
                    desk.out.push(Output::Note(Note::Sought { to, waited, shown: true }));
                }
                Step::Finished { segment } => {
                    self.played(segment, desk);
                    self.close(desk, Why::Complete, true);
                    return false;
                }
                Step::GaveUp => {
                    self.close(desk, Why::GaveUp, false);
                    return false;
                }
            }
        }
    }

    /// Up to where it can be played.
    fn ready(&mut self, desk: &mut Desk<'_>) -> u16 {
        match &self.apart {
            Some(apart) if apart.buffer.is_some() => self.fill(desk),
            _ => desk.gap,
        }
    }

    fn stalled(&self, desk: &mut Desk<'_>) {
        let waiting = self.requests.of(self.player.position);
        let waiting = waiting.map_or(Waiting::NotRequested, |r| Waiting::For(r.slot));
        desk.out.push(Output::Note(Note::Stalled(waiting)));
    }

    fn played(&mut self, segment: u16, desk: &mut Desk<'_>) {
        debug_assert!(desk.gap > segment, "what is played is held, and the gap lies beyond");
        // What is in a media buffer has left the store's account already.
        if self.apart.as_ref().is_none_or(|apart| apart.buffer.is_none()) {
            self.ahead -= desk.around.size(self.item, segment);
            self.requests.forget_before(self.player.position);
        }
        let (rung, own) = self.rung_played(segment).unwrap_or_else(|| {
            (self.item.rung, segments::end_of_run(&self.own, segment).is_some())
        });
        desk.out.push(Output::Note(Note::Played { segment, rung, own }));
    }

    /// Ends it; what may be next stays prepared when `keeps` says so.
    pub(super) fn close(&mut self, desk: &mut Desk<'_>, why: Why, keeps: bool) {
        if !keeps && self.next.is_some() {
            self.give_up_next(desk);
        }
        self.cancel_all(desk);
        let paused = self.apart.as_ref().map(|apart| apart.paused);
        let cut = self.player.cut_short(desk.now, paused);
        desk.out.extend(cut.map(Output::Note));
        desk.out.push(Output::Note(Note::Ended {
            started: self.player.started(),
            stalled: self.player.standing(desk.now),
            complete: why == Why::Complete,
            gave_up: why == Why::GaveUp,
        }));
    }
}
