//! The peer core: what a real client ships. A state machine cut at messages and transfers.
//!
//! The host owns clock, dice, sockets and payload. It calls [`Peer::handle`] with what happened and
//! carries out the [`Output`]s. Calls come in order of time. A peer knows others only through
//! [`Surroundings`], which shows delivered messages and nothing else.
//!
//! Deliberately absent: the simulator, a clock, dice, payload bytes, files.

pub mod abr;
mod acting;
mod adapting;
mod apart;
pub mod cache;
mod causes;
mod contract;
mod dialing;
mod fetching;
mod live;
mod meeting;
mod neighbours;
mod news;
mod next;
mod pace;
mod pieces;
mod player;
mod playing;
mod requests;
mod samples;
pub mod scheduler;
pub mod segments;
mod sight;
mod store;
mod told;
pub mod upload;
mod viewing;
pub mod wire;

use alloc::boxed::Box;
use alloc::vec::Vec;

pub use causes::{CdnCause, Refusal};
pub use contract::{
    Act, Action, Class, Config, Edge, End, Giving, Input, Item, Next, Note, Output, PeerId, Play,
    Slot, Source, Stop, Surroundings, Waiting, Wanted,
};
pub use sight::{Knows, Lacking};
pub use store::{Changes, Stored};
pub use told::Told;

use crate::units::{BitRate, Bytes, Span, Time};
use cache::Cache;
use store::Store;
use upload::Askers;
use viewing::Viewing;

/// One device: dormant while nobody watches, with its store and its uploads; an active viewer has
/// the rest beside it.
#[derive(Clone, Debug, Default)]
pub struct Peer {
    disk: Cache,
    changes: Changes,
    uploading: u32,
    viewing: Option<Box<Viewing>>,
}

/// There is one for every home.
const _: () = assert!(size_of::<Peer>() == 40, "a device that sleeps is small");

impl Peer {
    /// Puts segments `from..to` of an item into the store as if they had been watched before the
    /// beginning. Items that lost their last segment are appended to `dropped`.
    pub fn remember(
        &mut self,
        config: &Config,
        (item, from, to): (Item, u16, u16),
        size_of: &dyn Fn(Item, u16) -> Bytes,
        dropped: &mut Vec<Item>,
    ) {
        if Store::on_disk(config) {
            self.disk.note_use(item);
            self.disk.insert_run(Store::rules(config), (item, from, to), size_of, dropped);
        }
    }

    /// What is kept, on disk and in memory.
    pub fn store(&self) -> Stored<'_> {
        let memory = self.viewing.as_ref().and_then(|viewing| viewing.memory.as_deref());
        Stored { disk: &self.disk, memory }
    }

    /// The item that is being watched.
    pub fn watching(&self) -> Option<Item> {
        self.viewing.as_ref().map(|viewing| viewing.item)
    }

    /// Whether this viewer knows `peer` as a neighbour.
    pub fn is_neighbour(&self, peer: PeerId) -> bool {
        self.viewing.as_ref().is_some_and(|viewing| viewing.knows(peer))
    }

    /// Whether this viewer is dialing `peer`.
    pub fn dials(&self, peer: PeerId) -> bool {
        self.viewing.as_ref().is_some_and(|viewing| viewing.dialing.contains(peer))
    }

    /// Whether nobody watches, but what was expected next is ready or being fetched; until
    /// [`Output::Closed`] or [`Input::Play`] of it, which is what [`Self::watching`] tells.
    pub fn waits(&self) -> bool {
        self.viewing.as_ref().is_some_and(|viewing| viewing.waits())
    }

    /// What is fetched because it may be played next.
    pub fn ahead(&self) -> Option<Item> {
        let viewing = self.viewing.as_ref()?;
        let next = if viewing.waits() { Some(&**viewing) } else { viewing.ahead() };
        next.map(|next| next.item)
    }

    /// Where its state lies: for hosts that ask memory for it before they need it.
    pub fn state(&self, each: &mut impl FnMut(*const u8, usize)) {
        self.disk.place(each);
        if let Some(viewing) = &self.viewing {
            each(core::ptr::from_ref::<Viewing>(viewing).cast(), size_of::<Viewing>());
        }
    }

    /// Where the lists lie that its state points to.
    pub fn lists(&self, each: &mut impl FnMut(*const u8, usize)) {
        if let Some(viewing) = &self.viewing {
            viewing.requests.place(each);
            viewing.neighbours.place(each);
        }
    }

    /// Its neighbours.
    pub fn neighbours(&self, each: &mut impl FnMut(PeerId)) {
        if let Some(viewing) = &self.viewing {
            viewing.neighbours.names().for_each(each);
        }
    }

    /// Whether the segment that the transfer in `slot` is of will be whole when it has come.
    pub fn completes(&self, slot: Slot) -> bool {
        self.viewing.as_ref().is_none_or(|viewing| {
            let next = viewing.ahead().filter(|next| next.requests.has(slot));
            next.unwrap_or(viewing).requests.completes(slot)
        })
    }

    /// Uploads under way.
    pub const fn uploading(&self) -> u32 {
        self.uploading
    }

    /// When [`Input::Wake`] is due; `None` while nothing is waited for.
    pub fn next_wake(&self) -> Option<Time> {
        self.viewing.as_ref().map(|viewing| viewing.wake_at)
    }

    /// What this peer tells `item`'s neighbours, as far as messages that take `delay` have brought it
    /// by `now`; the mark is the host's to set.
    pub fn announce(&self, item: Item, now: Time, delay: Span, told: &mut Told) {
        told.renew(self.store().get(item).unwrap_or_default().ranges());
        told.renewed(now);
        if let Some(viewing) = self.viewing.as_ref().filter(|viewing| viewing.item == item) {
            viewing.announce(now, delay, told);
        }
    }

    /// How often what it tells has changed.
    pub const fn changes(&self) -> Changes {
        self.changes
    }

    /// A neighbour asks for a segment; the upload counts, and the segment stays, until
    /// [`Self::upload_ended`]. Who has to make way for it is returned: that one's upload ends first.
    ///
    /// # Errors
    /// Why it is refused.
    pub fn request(
        &mut self,
        config: &Config,
        wanted: Wanted,
        giving: &Giving,
        askers: &mut Askers,
        size_of: &dyn Fn(Item, u16) -> Bytes,
    ) -> Result<Option<(PeerId, Slot)>, Refusal> {
        let Wanted { item, segment, .. } = wanted;
        let panics = self.viewing.as_ref().is_some_and(|viewing| viewing.panics);
        let own = upload::Own {
            uploading: self.uploading,
            held: self.holds(item, segment),
            watched: self.viewing.is_some(),
            in_need: panics && config.plan.stops_uploads(),
        };
        let has_room = || self.can_keep(config, (item, segment), size_of);
        let rules = (config, config.plan.uploads());
        let displaced = upload::admit(rules, giving, own, &wanted, askers, has_room)?;
        self.uploading += 1;
        self.disk.send(item, segment);
        Ok(displaced)
    }

    /// A round of decisions about who is served: appends who is unchoked (true) or choked now and was
    /// not before. For rules that decide in rounds ([`upload::UploadChoice::round`]).
    pub fn decide_uploads(
        &self,
        config: &Config,
        now: Time,
        askers: &mut Askers,
        out: &mut Vec<(PeerId, bool)>,
    ) {
        let gave = |peer| {
            let viewing = self.viewing.as_ref();
            viewing.map_or(BitRate::ZERO, |viewing| viewing.neighbours.rate_of(peer, now))
        };
        config.plan.uploads().decide(config.upload_slots, now, askers, &gave, out);
    }

    /// Whether a held segment can stay while it is being sent: beside what is held and coming for
    /// the viewing, and in no more than half of the room, so that a viewing can begin beside it.
    fn can_keep(
        &self,
        config: &Config,
        (item, segment): (Item, u16),
        size_of: &dyn Fn(Item, u16) -> Bytes,
    ) -> bool {
        let pin = self.viewing.as_ref().map(|viewing| viewing.pin());
        let pinned = pin.is_some_and(|pin| pin.covers(item, segment));
        if pinned || self.disk.sends(item, segment) {
            return true;
        }
        let (whole, size) = (Store::room(config), size_of(item, segment));
        let memory = self.viewing.as_ref().and_then(|viewing| viewing.memory.as_deref());
        let sending = self.disk.sending(memory, pin, size_of);
        let claimed = |viewing: &Viewing| viewing.claimed() + viewing.beside().bytes;
        let claimed = self.viewing.as_deref().map_or(Bytes::ZERO, claimed);
        sending + size <= Bytes(whole.0 / 2) && claimed + sending + size <= whole
    }

    /// An upload of a segment ended, however; `of` is who asked, and what it called the transfer.
    pub fn upload_ended(
        &mut self,
        (item, segment): (Item, u16),
        of: (PeerId, Slot),
        askers: &mut Askers,
    ) {
        askers.ended(of);
        self.uploading = self.uploading.checked_sub(1).expect("an upload was under way");
        let sent = self.disk.sent(item, segment);
        assert!(sent, "an upload of this segment was under way");
    }

    /// Takes one input at `now` and appends what the host has to do.
    pub fn handle(
        &mut self,
        config: &Config,
        now: Time,
        input: Input<'_>,
        around: &mut dyn Surroundings,
        out: &mut Vec<Output>,
    ) {
        if let Input::Play(play) = input {
            debug_assert!(self.viewing.is_none() || self.waits(), "one viewing at a time");
            self.viewing.get_or_insert_with(|| Box::new(Viewing::new(config, now, play)));
            self.changes.other();
        }
        let Some(mut viewing) = self.viewing.take() else {
            return;
        };
        let (disk, memory) = (core::mem::take(&mut self.disk), viewing.memory.take());
        let mut store = Store { disk, memory, changes: self.changes };
        let goes_on = viewing.handle(config, now, &input, &mut store, around, out);
        if !goes_on {
            store.forget_memory(out);
            if viewing.is_live() {
                for item in viewing.rungs(around) {
                    store.forget(item, &|item, segment| around.size(item, segment), out);
                }
            }
            store.changes.other();
        }
        let Store { disk, memory, changes } = store;
        (self.disk, self.changes) = (disk, changes);
        if goes_on {
            viewing.memory = memory;
            self.viewing = Some(viewing);
        } else {
            self.viewing = viewing.succeed(config, now);
        }
    }

    fn holds(&self, item: Item, segment: u16) -> bool {
        self.store().get(item).is_some_and(|held| held.contains(segment))
    }
}

#[cfg(test)]
mod tests;
