//! Who has what, as a tracker knows it: with delay, and no fresher than its staleness.

use crate::peer::{Item, PeerId};
use crate::rng::Roll;
use crate::scenario::model::{Directory as Knobs, Order};
use crate::units::Time;
use crate::world::World;

#[derive(Clone, Copy, Debug)]
struct Entry {
    home: u32,
    since: Time,
    gone: Time,
}

/// Whether a box is on, and since when.
#[derive(Clone, Copy, Debug)]
struct Presence {
    online: bool,
    since: Time,
}

/// The directory.
#[derive(Debug)]
pub(super) struct Directory {
    knobs: Knobs,
    rungs: usize,
    /// Holders of each item.
    holders: Vec<Vec<Entry>>,
    presence: Vec<Presence>,
}

impl Directory {
    pub(super) fn new(knobs: &Knobs, world: &World) -> Self {
        let rungs = world.catalogue.ladder.len();
        let off = Presence { online: false, since: Time::ZERO };
        Self {
            knobs: knobs.clone(),
            rungs,
            holders: vec![Vec::new(); world.catalogue.titles() * rungs],
            presence: vec![off; world.homes.len()],
        }
    }

    fn at(&self, item: Item) -> usize {
        item.title as usize * self.rungs + usize::from(item.rung)
    }

    /// A home has the first segment of an item.
    pub(super) fn holds(&mut self, home: u32, item: Item, now: Time) {
        let at = self.at(item);
        match self.holders[at].iter_mut().find(|entry| entry.home == home) {
            Some(entry) => entry.gone = Time::NEVER,
            None => self.holders[at].push(Entry { home, since: now, gone: Time::NEVER }),
        }
    }

    /// A home has lost the last segment of an item. It stays listed until the view is renewed.
    pub(super) fn drops(&mut self, home: u32, item: Item, now: Time) {
        let at = self.at(item);
        let fresh = self.fresh(now);
        self.holders[at].retain(|entry| entry.gone > fresh);
        if let Some(entry) = self.holders[at].iter_mut().find(|entry| entry.home == home) {
            entry.gone = now;
        }
    }

    /// A box goes on or off.
    pub(super) fn online(&mut self, home: u32, online: bool, now: Time) {
        self.presence[home as usize] = Presence { online, since: now };
    }

    /// Whether a box is on, in truth.
    pub(super) fn is_online(&self, home: u32) -> bool {
        self.presence[home as usize].online
    }

    /// All who hold an item, in truth.
    pub(super) fn truth(&self, item: Item) -> impl Iterator<Item = u32> + '_ {
        let entries = self.holders[self.at(item)].iter().filter(|entry| entry.gone == Time::NEVER);
        entries.map(|entry| entry.home)
    }

    /// The instant whose state is shown at `now`.
    fn fresh(&self, now: Time) -> Time {
        let step = self.knobs.staleness.0.max(1);
        Time(now.0 / step * step)
    }

    fn shows(&self, entry: &Entry, asker: u32, fresh: Time) -> bool {
        let presence = self.presence[entry.home as usize];
        let online = if presence.since <= fresh { presence.online } else { !presence.online };
        online && entry.home != asker && entry.since <= fresh && entry.gone > fresh
    }

    /// Appends the answer to `asker`'s question: at most a list's length of names, in the
    /// directory's order.
    pub(super) fn answer(
        &self,
        world: &World,
        (asker, item, now): (u32, Item, Time),
        roll: &mut Roll,
        out: &mut Vec<PeerId>,
    ) {
        let fresh = self.fresh(now);
        let entries = &self.holders[self.at(item)];
        let shown = entries.iter().filter(|entry| self.shows(entry, asker, fresh));
        let local = self.knobs.order == Order::Locality;
        let class = |home| if local { distance(world, asker, home) } else { 0 };
        let mut names: Vec<(u8, u32)> = shown.map(|e| (class(e.home), e.home)).collect();
        // A draw without replacement, nearest class first where order counts.
        let wanted = names.len().min(self.knobs.list as usize);
        let mut at = 0;
        for nearest in 0..=2 {
            let mut end = at;
            for other in at..names.len() {
                if names[other].0 == nearest {
                    names.swap(end, other);
                    end += 1;
                }
            }
            while at < end && at < wanted {
                let other = at + roll.below((end - at) as u32) as usize;
                names.swap(at, other);
                at += 1;
            }
            if at == wanted {
                break;
            }
        }
        out.extend(names[..wanted].iter().map(|(_, home)| PeerId(*home)));
    }
}

/// 0 same provider and place, 1 same provider, 2 another.
pub(super) fn distance(world: &World, a: u32, b: u32) -> u8 {
    let (a, b, homes) = (a as usize, b as usize, &world.homes);
    if homes.isp[a] != homes.isp[b] { 2 } else { u8::from(homes.place[a] != homes.place[b]) }
}
