//! Looking ahead: what the next events will touch is asked of memory before they come.
//!
//! With many homes nearly every event finds its transfer, its homes and their lines outside the
//! caches, one after the other. The queue knows a few events beforehand. All of them are taken a step
//! further at a time, so that what one step needs has come while the others were looked at. Nothing
//! is changed, and results cannot depend on it.

use super::Engine;
use super::meter::Meter;
use super::observe::Observer;
use super::paths::Paths;
use super::queue::Event;

/// Events looked at together.
const BATCH: usize = 24;

/// With fewer homes the caches hold most of what is touched.
pub(super) const HOMES: usize = 8_000;

/// Asks for a value that will be needed soon.
#[inline]
pub(super) fn near<T>(value: &T) {
    fetch(std::ptr::from_ref(value).cast(), size_of::<T>());
}

/// Asks for so many bytes from an address on.
#[inline]
#[expect(
    unsafe_code,
    reason = "a prefetch of any address is harmless; there is no safe way to ask"
)]
pub(super) fn fetch(from: *const u8, bytes: usize) {
    #[cfg(target_arch = "x86_64")]
    for line in (0..bytes).step_by(64) {
        use std::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
        // SAFETY: prefetching reads nothing and faults nowhere.
        unsafe { _mm_prefetch(from.wrapping_add(line).cast(), _MM_HINT_T0) };
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = (from, bytes);
}

impl<O: Observer, M: Meter> Engine<'_, O, M> {
    /// Called before each event: every so often, looks at those that follow it.
    #[inline]
    pub(super) fn look_ahead(&mut self) {
        if self.looked_at > 0 {
            self.looked_at -= 1;
        } else if self.looks_ahead {
            self.look_at_batch();
        }
    }

    #[inline(never)]
    fn look_at_batch(&mut self) {
        let mut batch = [Event::End; BATCH];
        let known = (0..BATCH).map_while(|place| self.queue.ahead(place));
        let count = batch.iter_mut().zip(known).map(|(place, event)| *place = event).count();
        self.looked_at = count;
        let batch = &batch[..count];
        batch.iter().for_each(|event| self.ask_for_event(*event));
        batch.iter().for_each(|event| self.ask_for_homes(*event));
        batch.iter().for_each(|event| self.ask_for_state(*event));
        batch.iter().for_each(|event| self.ask_for_lists(*event));
        batch.iter().for_each(|event| self.ask_for_others(*event));
    }

    /// What the event names.
    fn ask_for_event(&self, event: Event) {
        if let Some(transfer) = transfer_of(event) {
            self.transfers.ask_for(transfer);
            self.sharing.ask_for_flow(transfer);
        } else if let Some(home) = home_of(event) {
            self.ask_for_home(home);
        }
    }

    /// The homes of a transfer, their lines and connections.
    fn ask_for_homes(&self, event: Event) {
        if let Some(transfer) = transfer_of(event) {
            let home = self.transfers.get(transfer).home;
            self.ask_for_home(home);
            self.sharing.ask_for_line(Paths::down(home));
            self.connections.ask_for(home);
            if let Some(from) = self.transfers.get(transfer).from() {
                self.ask_for_home(from);
                self.sharing.ask_for_line(Paths::up(from));
                self.mesh.ask_for(from);
            }
        } else if let Some(home) = home_of(event) {
            self.sharing.ask_for_line(Paths::down(home));
            self.connections.ask_for(home);
        }
    }

    fn ask_for_home(&self, home: u32) {
        near(&self.homes[home as usize]);
        near(&self.peers[home as usize]);
    }

    /// What homes and lines point to.
    fn ask_for_state(&self, event: Event) {
        if let Some(transfer) = transfer_of(event) {
            self.sharing.ask_for_flows(Paths::down(self.transfers.get(transfer).home));
            if let Some(from) = self.transfers.get(transfer).from() {
                self.sharing.ask_for_flows(Paths::up(from));
                self.mesh.ask_for_ends(from);
            }
        }
        if let Some(home) = self.viewer_of(event) {
            near(self.seats.slots(self.homes[home as usize].seat));
            self.peers[home as usize].state(&mut fetch);
            self.connections.ask_for_connections(home);
        }
    }

    /// What a viewer's state points to, and the other lines of flows.
    fn ask_for_lists(&self, event: Event) {
        if let Some(transfer) = transfer_of(event) {
            self.sharing.ask_for_lines(Paths::down(self.transfers.get(transfer).home));
            if let Some(from) = self.transfers.get(transfer).from() {
                self.sharing.ask_for_lines(Paths::up(from));
            }
        }
        if let Some(home) = self.viewer_of(event) {
            self.peers[home as usize].lists(&mut fetch);
        }
    }

    /// The neighbours.
    fn ask_for_others(&self, event: Event) {
        if let Some(home) = self.viewer_of(event) {
            self.peers[home as usize].neighbours(&mut |peer| near(&self.homes[peer.0 as usize]));
        }
    }

    /// The viewer that an event is about.
    fn viewer_of(&self, event: Event) -> Option<u32> {
        transfer_of(event)
            .map_or_else(|| home_of(event), |transfer| Some(self.transfers.get(transfer).home))
    }
}

const fn transfer_of(event: Event) -> Option<u32> {
    match event {
        Event::Arrives { transfer }
        | Event::Refused { transfer, .. }
        | Event::Asked { transfer, .. } => Some(transfer),
        _ => None,
    }
}

const fn home_of(event: Event) -> Option<u32> {
    match event {
        Event::Wake { home }
        | Event::Uplink { home }
        | Event::Unlinked { home, .. }
        | Event::Answered { home, .. }
        | Event::Dialed { home, .. }
        | Event::Names { home, .. }
        | Event::Leave { home, .. } => Some(home),
        _ => None,
    }
}
