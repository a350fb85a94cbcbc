//! What viewers do while they watch: they let the picture stand, and go elsewhere in the title.

use super::adapting::held_from;
use super::viewing::{Desk, Viewing};
use super::{Act, Store};

impl Viewing {
    /// Does what is due now that a segment was played; whether anything was.
    pub(super) fn does(&mut self, desk: &mut Desk<'_>) -> bool {
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
        // More is to stay than before: there may be no room for what was to come.
        if !self.fits(desk) && self.next.is_some() {
            self.give_up_next(desk);
            desk.look_again(self.item, wanted);
        }
        if !self.fits(desk) {
            self.cancel_all(desk);
            self.requests.forget_all();
        }
    }

    /// Whether there is room for all that is to stay and to come.
    fn fits(&self, desk: &Desk<'_>) -> bool {
        self.claimed() + desk.beside.bytes + self.sending(desk) <= Store::room(desk.config)
    }
}
