//! Who is met of those that are named.

use alloc::vec::Vec;

use smallvec::SmallVec;

use super::viewing::{Introduced, Viewing};
use super::{Config, Output, PeerId, Stop, Surroundings};
use crate::units::{Span, Time};

impl Viewing {
    /// Dials candidates that are new, while there is room for connections.
    pub(super) fn meet(
        &mut self,
        list: &[PeerId],
        (config, now): (&Config, Time),
        around: &dyn Surroundings,
        out: &mut Vec<Output>,
    ) {
        if !list.is_empty() {
            self.introduced = Introduced::Some;
        } else if self.introduced == Introduced::NotYet {
            self.introduced = Introduced::Nobody;
        }
        let (rule, points) = (config.plan.neighbours(), config.plan.points());
        let mut candidates: SmallVec<[PeerId; 32]> = SmallVec::from_slice(list);
        rule.order(&mut candidates, around);
        for peer in candidates {
            let known = self.dialing.contains(peer) || self.neighbours.knows(peer);
            if known || self.neighbours.is_banned(peer, points) {
                continue;
            }
            if self.neighbours.len() + self.dialing.len() >= config.links as usize {
                let Some(worst) = rule.goes(&mut self.neighbours, now) else {
                    return;
                };
                self.hang_up(worst, (config, now), around, out);
            }
            self.dialing.begin(peer);
            out.push(Output::Dial(peer));
        }
    }

    /// Parts from a neighbour: what is under way from it is cancelled first, also of what may be next.
    pub(super) fn hang_up(
        &mut self,
        peer: PeerId,
        at: (&Config, Time),
        around: &dyn Surroundings,
        out: &mut Vec<Output>,
    ) {
        self.leave(peer, at, around, out);
        if let Some(next) = self.ahead_mut() {
            next.leave(peer, at, around, out);
        }
        out.push(Output::Hangup(peer));
    }

    fn leave(
        &mut self,
        peer: PeerId,
        (config, now): (&Config, Time),
        around: &dyn Surroundings,
        out: &mut Vec<Output>,
    ) {
        while let Some(slot) = self.requests.to(peer) {
            let size_of = |segment| around.size(self.item, segment);
            if let Some(ended) = self.requests.end(slot, Some(around.got(slot)), size_of) {
                self.requests.note_let_down(ended.request.segment);
                self.turn(config, &ended, now);
            }
            out.push(Output::Cancel { slot, why: Stop::Unwanted });
        }
        self.neighbours.remove(peer);
    }

    /// Before the first neighbour comes: without any, the CDN's turn at random came every second,
    /// with nothing to do.
    pub(super) fn first_neighbour(&mut self, now: Time) {
        if self.neighbours.is_empty() && self.next_random <= now {
            let second = Span::from_secs(1);
            let late = Span(now.since(self.next_random).0 % second.0);
            self.next_random = now + (second - late);
        }
    }

    /// A dial came to its end.
    pub(super) fn dialed(&mut self, peer: PeerId) {
        self.dialing.ended(peer);
    }
}
