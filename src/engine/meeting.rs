//! How homes meet: the directory's answers, dials, connections that open and close.

use super::directory::Asker;
use super::host::NONE;
use super::mesh::Look;
use super::meter::Meter;
use super::observe::Observer;
use super::queue::Event;
use super::{Draw, Engine, Input, Item, PeerId, Site};

impl<O: Observer, M: Meter> Engine<'_, O, M> {
    pub(super) fn answered(&mut self, home: u32, viewing: u32) {
        let Some(item) = self.item_for(home, viewing) else {
            return;
        };
        let state = &mut self.homes[home as usize];
        let ahead = state.viewing != viewing;
        state.asked += 1;
        let introduced = &mut state.introduced[usize::from(ahead)];
        let first = !std::mem::replace(introduced, true);
        let asked = state.asked;
        let mut roll = Draw::at(&self.draw, Site::Directory, home, asked);
        let mut names = std::mem::take(&mut self.names);
        names.clear();
        let asker = Asker { home, first };
        let around = (self.world, &self.homes[..]);
        self.directory.answer(around, (asker, item, self.now), &mut roll, &mut names);
        let swarm = self.directory.swarm(item, self.now);
        let answer = if ahead { Input::CandidatesAhead } else { Input::Candidates };
        self.tell(home, answer(&names, swarm));
        self.names = names;
    }

    /// What a home asked or dialed for in this viewing of its, or in the one to come; `None` when that
    /// is over.
    fn item_for(&self, home: u32, viewing: u32) -> Option<Item> {
        let (state, peer) = (&self.homes[home as usize], &self.peers[home as usize]);
        if !state.watching {
            return None;
        }
        if state.viewing == viewing {
            return peer.watching().filter(|_| !peer.waits());
        }
        peer.ahead().filter(|_| state.viewing + 1 == viewing)
    }

    pub(super) fn dialed(&mut self, home: u32, peer: u32) {
        let viewing = self.mesh.dialed(home, peer);
        let Some(item) = self.item_for(home, viewing) else {
            return;
        };
        let already = self.mesh.connected(home, peer);
        let with_isp = |home: u32| (home, self.homes[home as usize].isp);
        let reach = self.nats.reach(&self.draw, with_isp(home), with_isp(peer));
        let opened = if already || !reach || !self.directory.is_online(peer) {
            None
        } else {
            self.mesh.open(&self.draw, (home, peer), self.now)
        };
        if let Some(Some((look, serial))) = opened {
            self.queue.push(look, Event::LinkDies { home, serial });
        }
        if opened.is_some() {
            self.begin_exchange(home, peer);
        }
        if already || opened.is_some() {
            self.tell(home, Input::Linked(PeerId(peer)));
            if self.peers[peer as usize].watching() == Some(item) {
                self.tell(peer, Input::Linked(PeerId(home)));
            }
        } else {
            self.tell(home, Input::DialFailed(PeerId(peer)));
        }
    }

    /// A connection, by the home that dialed, may be over.
    pub(super) fn link_dies(&mut self, home: u32, serial: u32) {
        let Some(peer) = self.mesh.by_serial(home, serial) else {
            return;
        };
        let busy = self.mesh.gives_up() && (self.sends(home, peer) || self.sends(peer, home));
        match self.mesh.look((home, peer), busy, self.now) {
            Look::Over => self.disconnect(home, peer),
            Look::Again(at) => self.queue.push(at, Event::LinkDies { home, serial }),
        }
    }

    /// Whether a transfer is on its way from one home to another.
    fn sends(&self, from: u32, to: u32) -> bool {
        let transfers = self.slots(to).iter().filter(|slot| **slot != NONE);
        transfers.into_iter().any(|slot| self.transfers.get(*slot).from() == Some(from))
    }

    /// Closes a connection, breaks what flows over it, and lets both ends know.
    pub(super) fn disconnect(&mut self, home: u32, peer: u32) {
        if !self.mesh.close(home, peer) {
            return;
        }
        self.end_exchange(home, peer);
        self.leaves_queue(home, peer);
        self.leaves_queue(peer, home);
        self.drop_uploads(home, Some(peer));
        self.drop_uploads(peer, Some(home));
        let at = self.now + self.delay(home, peer);
        self.queue.push(at, Event::Unlinked { home: peer, peer: home });
        self.queue.push(at, Event::Unlinked { home, peer });
    }
}
