//! Neighbours name other peers of the item to each other (as BEP 11, `ut_pex`, does).
//!
//! Over a connection each end sends a message when it opens and then at every interval: names of those
//! it is connected to that watch what the other watches, by chance when there are too many. A message
//! takes as long as any other, and its bytes are counted.

use std::collections::BTreeMap;

use super::meter::Meter;
use super::observe::Observer;
use super::queue::Event;
use super::{Engine, Input, Item, PeerId, Site};
use crate::peer::wire::names_len;
use crate::scenario::model::Exchange as Knobs;
use crate::units::{Bytes, Time};

/// What one end of a connection sends to the other.
#[derive(Debug)]
struct Talk {
    /// Of the connection.
    serial: u32,
    /// Messages so far.
    count: u32,
    /// When the next thing happens: a message is sent, or arrives.
    at: Time,
    sent: Time,
    /// What is on its way: who watches which item.
    names: Option<(Item, Vec<PeerId>)>,
}

/// All that is told, by (to whom, by whom).
#[derive(Debug, Default)]
pub(super) struct Exchange {
    talks: BTreeMap<(u32, u32), Talk>,
}

impl<O: Observer, M: Meter> Engine<'_, O, M> {
    /// A connection has come about: both ends begin to tell.
    pub(super) fn begin_exchange(&mut self, home: u32, peer: u32) {
        let (Some(_), Some(serial)) = (self.mesh.exchange(), self.mesh.serial(home, peer)) else {
            return;
        };
        for (to, from) in [(home, peer), (peer, home)] {
            let talk = Talk { serial, count: 0, at: self.now, sent: self.now, names: None };
            self.exchange.talks.insert((to, from), talk);
            self.queue.push(self.now, Event::Names { home: to, peer: from });
        }
    }

    /// It is gone, and what was on its way over it.
    pub(super) fn end_exchange(&mut self, home: u32, peer: u32) {
        for way in [(home, peer), (peer, home)] {
            self.exchange.talks.remove(&way);
        }
    }

    /// A message of `peer` to `home` is due, or arrives.
    pub(super) fn names(&mut self, home: u32, peer: u32) {
        let (Some(knobs), Some(talk)) =
            (self.mesh.exchange(), self.exchange.talks.get_mut(&(home, peer)))
        else {
            return;
        };
        // Of an earlier connection of the two.
        if talk.at != self.now {
            return;
        }
        if let Some((item, names)) = talk.names.take() {
            talk.at = (talk.sent + knobs.every).max(self.now);
            self.queue.push(talk.at, Event::Names { home, peer });
            if self.peers[home as usize].watching() == Some(item) {
                self.tell(home, Input::Named(&names));
            }
            return;
        }
        let (serial, count) = (talk.serial, talk.count);
        let item = self.peers[home as usize].watching();
        let names =
            item.map(|item| (item, self.to_name((home, item), peer, (serial, count), knobs)));
        let names = names.filter(|(_, names)| !names.is_empty());
        let arrives = self.now + self.delay(peer, home);
        if let Some(talk) = self.exchange.talks.get_mut(&(home, peer)) {
            (talk.count, talk.sent) = (count.wrapping_add(1), self.now);
            talk.at = if names.is_some() { arrives } else { self.now + knobs.every };
            self.queue.push(talk.at, Event::Names { home, peer });
            if let Some((_, names)) = &names {
                self.watch.control(self.now, Bytes(names_len(names.len()) as u64));
            }
            talk.names = names;
        }
    }

    /// Whom `peer` names to `home`, which watches `item`.
    fn to_name(
        &self,
        (home, item): (u32, Item),
        peer: u32,
        (serial, count): (u32, u32),
        knobs: Knobs,
    ) -> Vec<PeerId> {
        let known = self.mesh.of(peer).iter().map(|end| end.peer);
        let watches =
            |other: &u32| *other != home && self.peers[*other as usize].watching() == Some(item);
        let mut names: Vec<PeerId> = known.filter(watches).map(PeerId).collect();
        let most = knobs.names as usize;
        if names.len() > most {
            let way = u32::from(peer < home);
            let mut roll = self.draw.at(Site::Exchange, serial, count << 1 | way);
            for at in 0..most {
                let other = at + roll.below((names.len() - at) as u32) as usize;
                names.swap(at, other);
            }
            names.truncate(most);
        }
        names
    }
}
