//! What the engine keeps of a home: one cache line, as most events look at several homes.

use super::host::{NONE, Probe};
use crate::peer::Refusal;
use crate::units::{BitRate, Span, Time};
use crate::world::World;

/// One home.
#[derive(Clone, Copy, Debug)]
#[repr(align(64))]
pub(super) struct Home {
    /// What neighbours look at.
    pub(super) probe: Probe,
    /// Where it is.
    pub(super) place: u16,
    pub(super) isp: u8,
    pub(super) device: u8,
    /// Delay of its line, one way.
    pub(super) access_delay: Span,
    /// Its whole uplink.
    pub(super) up: BitRate,
    /// Where its transfers are, while it watches.
    pub(super) seat: u32,
    /// When its timer is armed for.
    pub(super) armed: Time,
    /// Viewings so far: names the current one.
    pub(super) viewing: u32,
    /// Draws of its policy, questions to the directory.
    pub(super) drawn: u32,
    pub(super) asked: u32,
    /// Whether its box would be on without a viewer, and whether somebody watches.
    pub(super) standby: bool,
    pub(super) watching: bool,
    /// Why it never sends to others.
    pub(super) never: Option<Refusal>,
    /// Whether it can, and offers what it has.
    pub(super) able: bool,
    /// Whether the directory has answered in the current viewing, and for the one to come.
    pub(super) introduced: [bool; 2],
    /// Whether what it sends can slow what it receives.
    pub(super) yields: bool,
}

const _: () = assert!(size_of::<Home>() == 64, "one cache line");

impl Home {
    /// Home `at` of a world, off, with nothing behind it.
    pub(super) fn new(world: &World, at: usize, never: Option<Refusal>) -> Self {
        let homes = &world.homes;
        Self {
            probe: Probe::default(),
            place: homes.place[at],
            isp: homes.isp[at],
            device: homes.device[at],
            access_delay: homes.access_delay[at],
            up: homes.up[at],
            seat: NONE,
            armed: Time::NEVER,
            viewing: 0,
            drawn: 0,
            asked: 0,
            standby: false,
            watching: false,
            never,
            able: homes.able.get(at) != Some(&false),
            introduced: [false; 2],
            yields: false,
        }
    }

    /// Whether it may send to others.
    pub(super) const fn permitted(&self) -> bool {
        self.never.is_none()
    }

    /// 0 same provider and place, 1 same provider, 2 another.
    pub(super) fn distance(&self, other: &Self) -> u8 {
        if self.isp != other.isp { 2 } else { u8::from(self.place != other.place) }
    }

    /// One-way delay of a message to another home.
    pub(super) fn delay(&self, world: &World, other: &Self) -> Span {
        let access = self.access_delay + other.access_delay;
        access + world.topology.delay(self.place, other.place)
    }
}
