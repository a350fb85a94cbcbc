//! What viewers do while they watch: they let the picture stand, and go elsewhere in the title.

use super::Act;
use super::adapting::held_from;
use super::viewing::{Desk, Viewing};

impl Viewing {
    /// Does what is due now that a segment was played; whether anything was.
    pub(super) fn act(&mut self, desk: &mut Desk<'_>) -> bool {
        let Some(apart) = &mut self.apart else { return false };
        let Some(action) = apart.act(&*desk.around) else { return false };
        match action.act {
            Act::Pause(length) => apart.paused = self.player.pause(desk.config, length),
            Act::Seek(to) => self.seek(to, desk),
        }
        true
    }

    /// Goes on at another segment. What comes for elsewhere is ended, and what is held from there on
    /// stays until it is played.
    fn seek(&mut self, to: u16, desk: &mut Desk<'_>) {
        let before = self.player.position;
        self.player.seek(desk.config, to);
        let to = self.player.position;
        self.from = to;
        if let Some(buffer) = self.apart.as_mut().and_then(|apart| apart.buffer.as_mut()) {
            buffer.seek(before, to);
        }
        let (wanted, far) = (self.wanted(), self.far());
        self.cancel_where(desk, |segment| segment < wanted || segment >= far);
        self.requests.forget_before(wanted);
        desk.look_again(self.item, wanted);
        self.ahead = held_from(desk, self.item, wanted);
        let (_, whole) = self.room(desk);
        if self.claimed() + desk.sending(self.pinned()) > whole {
            // More is to stay than before: no room is left for what was to come.
            self.cancel_where(desk, |_| true);
            self.requests.forget_all();
        }
    }
}
