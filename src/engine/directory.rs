//! Who has what, as a tracker knows it: with delay, and no fresher than its staleness.

use super::homes::Home;
use crate::peer::cache::Swarm;
use crate::peer::{Item, PeerId};
use crate::rng::Roll;
use crate::scenario::model::{Among, Directory as Knobs, Order, Scope};
use crate::units::Time;
use crate::world::World;

/// Answers are drawn by trial from item lists longer than this many times what is asked for.
const LONG: usize = 4;

/// A holder of an item.
#[derive(Clone, Copy, Debug)]
struct Entry {
    home: u32,
    /// The first view that shows it, and the first that shows it no more.
    from: u32,
    to: u32,
}

/// Homes listed under an item, in order of homes, and how many of them are gone.
#[derive(Clone, Debug, Default)]
struct List {
    entries: Vec<Entry>,
    gone: u32,
}

impl List {
    /// A home is to be listed in views from `seen` on; `view` is shown now. Whether it was not.
    fn enter(&mut self, home: u32, (view, seen): (u32, u32)) -> bool {
        match self.entries.binary_search_by_key(&home, |entry| entry.home) {
            Ok(known) => {
                let entry = &mut self.entries[known];
                let new = entry.to != u32::MAX;
                self.gone -= u32::from(new);
                if entry.to <= view {
                    entry.from = seen;
                }
                entry.to = u32::MAX;
                new
            }
            Err(place) => {
                self.entries.insert(place, Entry { home, from: seen, to: u32::MAX });
                true
            }
        }
    }

    /// The same for one that is to be listed no more. Whether it was.
    fn leave(&mut self, home: u32, (view, seen): (u32, u32)) -> bool {
        let mut was = false;
        if let Ok(known) = self.entries.binary_search_by_key(&home, |entry| entry.home) {
            was = self.entries[known].to == u32::MAX;
            self.gone += u32::from(was);
            self.entries[known].to = seen;
        }
        if self.gone as usize * 4 > self.entries.len() {
            self.entries.retain(|entry| entry.to > view);
            self.gone = self.entries.iter().filter(|entry| entry.to != u32::MAX).count() as u32;
        }
        was
    }
}

/// What is known of an item: who holds it, who watches it where viewers are named, and how many hold
/// and watch it.
#[derive(Clone, Debug, Default)]
struct Row {
    holders: List,
    viewers: List,
    holding: Tally,
    watching: Tally,
}

/// Whether a holder was named to those who asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sight {
    /// The view does not show it yet.
    NotYet,
    /// It is one of so few that all were named.
    AmongAll,
    /// It may have been, or not.
    AmongMany,
}

/// Who asks: which home, and whether it does so for the first time in a viewing.
#[derive(Clone, Copy, Debug)]
pub(super) struct Asker {
    pub(super) home: u32,
    pub(super) first: bool,
}

/// A number that changes by one, as views show it: the present one, and the one before the latest
/// view that shows a change.
#[derive(Clone, Copy, Debug, Default)]
struct Tally {
    present: u32,
    before: u32,
    /// The first view that shows the present one.
    from: u32,
}

impl Tally {
    /// One more or one less, seen from a view on; views never go back.
    const fn change(&mut self, more: bool, seen: u32) {
        if seen != self.from {
            self.before = self.present;
            self.from = seen;
        }
        self.present = if more { self.present + 1 } else { self.present - 1 };
    }

    const fn shown(self, view: u32) -> u32 {
        if self.from <= view { self.present } else { self.before }
    }
}

/// Whether a box is on, and the first view that shows it so.
#[derive(Clone, Copy, Debug)]
struct Presence(u32);

impl Presence {
    const ONLINE: u32 = 1 << 31;

    const fn new(online: bool, from: u32) -> Self {
        Self(from & !Self::ONLINE | if online { Self::ONLINE } else { 0 })
    }

    const fn online(self) -> bool {
        self.0 & Self::ONLINE != 0
    }

    const fn online_in(self, view: u32) -> bool {
        self.online() == (self.0 & !Self::ONLINE <= view)
    }
}

/// The directory. What it shows is renewed at multiples of its staleness: views are numbered, and an
/// event is seen from the first view on that is not before it.
#[derive(Debug)]
pub(super) struct Directory {
    knobs: Knobs,
    rungs: usize,
    rows: Vec<Row>,
    presence: Vec<Presence>,
}

impl Directory {
    pub(super) fn new(knobs: &Knobs, world: &World) -> Self {
        let rungs = world.catalogue.ladder.len();
        Self {
            knobs: knobs.clone(),
            rungs,
            rows: vec![Row::default(); world.catalogue.titles() * rungs],
            presence: vec![Presence::new(false, 0); world.homes.len()],
        }
    }

    fn at(&self, item: Item) -> usize {
        item.title as usize * self.rungs + usize::from(item.rung)
    }

    /// The view that shows what happens at `now`: the present one when nothing is stale.
    fn seen(&self, now: Time) -> u32 {
        let step = self.knobs.staleness.0;
        if step == 0 { 0 } else { now.0.div_ceil(step) as u32 }
    }

    /// The view shown at `now`.
    fn view(&self, now: Time) -> u32 {
        let step = self.knobs.staleness.0;
        now.0.checked_div(step).unwrap_or(0) as u32
    }

    /// A home has the first segment of an item.
    pub(super) fn holds(&mut self, home: u32, item: Item, now: Time) {
        let (at, view, seen) = (self.at(item), self.view(now), self.seen(now));
        let row = &mut self.rows[at];
        if row.holders.enter(home, (view, seen)) {
            row.holding.change(true, seen);
        }
    }

    /// A home has lost the last segment of an item. It stays listed until the view is renewed.
    pub(super) fn drops(&mut self, home: u32, item: Item, now: Time) {
        let (at, view, seen) = (self.at(item), self.view(now), self.seen(now));
        let row = &mut self.rows[at];
        if row.holders.leave(home, (view, seen)) {
            row.holding.change(false, seen);
        }
    }

    /// A home begins to watch an item, or ends.
    pub(super) fn watches(&mut self, (home, item): (u32, Item), begins: bool, now: Time) {
        let (at, view, seen) = (self.at(item), self.view(now), self.seen(now));
        let row = &mut self.rows[at];
        row.watching.change(begins, seen);
        if self.knobs.among == Among::Viewers {
            let change = if begins { List::enter } else { List::leave };
            change(&mut row.viewers, home, (view, seen));
        }
    }

    /// How many hold and watch an item, as its view shows at `now`; who is off counts, the asker too.
    pub(super) fn swarm(&self, item: Item, now: Time) -> Swarm {
        let (row, view) = (&self.rows[self.at(item)], self.view(now));
        Swarm { holders: row.holding.shown(view), viewers: row.watching.shown(view) }
    }

    /// A box goes on or off.
    pub(super) fn online(&mut self, home: u32, online: bool, now: Time) {
        self.presence[home as usize] = Presence::new(online, self.seen(now));
    }

    /// Whether a box is on, in truth.
    pub(super) fn is_online(&self, home: u32) -> bool {
        self.presence[home as usize].online()
    }

    /// All who hold an item, in truth.
    pub(super) fn truth(&self, item: Item) -> impl Iterator<Item = u32> + '_ {
        let entries = self.rows[self.at(item)].holders.entries.iter();
        entries.filter(|entry| entry.to == u32::MAX).map(|entry| entry.home)
    }

    /// How far from who asks it looks.
    pub(super) const fn scope(&self) -> Scope {
        self.knobs.scope
    }

    /// Up to `looks` of those who give and hold an item, in truth, without the asker: from a place in
    /// their list that depends on who asks.
    pub(super) fn some(
        &self,
        item: Item,
        asker: u32,
        looks: usize,
    ) -> impl Iterator<Item = u32> + '_ {
        let entries = &self.rows[self.at(item)].holders.entries;
        let turned = u64::from(asker.wrapping_mul(0x9e37_79b9)) * entries.len() as u64;
        let (before, after) = entries.split_at((turned >> 32) as usize);
        let held = move |entry: &&Entry| entry.to == u32::MAX && entry.home != asker;
        // Those who are gone are few, and not looked at.
        let entries = after.iter().chain(before).take(3 * looks);
        entries.filter(held).take(looks).map(|entry| entry.home)
    }

    /// Whether a holder that is on could be named at `now`. Where viewers are named, one that does not
    /// watch is none of them.
    pub(super) fn sight(&self, item: Item, holder: u32, now: Time) -> Sight {
        let (row, view) = (&self.rows[self.at(item)], self.view(now));
        let (list, tally) = match self.knobs.among {
            Among::Holders => (&row.holders, row.holding),
            Among::Viewers => (&row.viewers, row.watching),
        };
        let Ok(at) = list.entries.binary_search_by_key(&holder, |entry| entry.home) else {
            return Sight::AmongMany;
        };
        if !self.shows(&list.entries[at], u32::MAX, view) {
            Sight::NotYet
        } else if tally.shown(view) <= self.knobs.list {
            Sight::AmongAll
        } else {
            Sight::AmongMany
        }
    }

    fn shows(&self, entry: &Entry, asker: u32, view: u32) -> bool {
        let listed = entry.from <= view && view < entry.to && entry.home != asker;
        listed && self.presence[entry.home as usize].online_in(view)
    }

    /// Appends the answer to `asker`'s question: at most a list's length of names, drawn without
    /// replacement, nearest class first where order counts.
    pub(super) fn answer(
        &self,
        (world, homes): (&World, &[Home]),
        (Asker { home: asker, first }, item, now): (Asker, Item, Time),
        roll: &mut Roll,
        out: &mut Vec<PeerId>,
    ) {
        let view = self.view(now);
        let row = &self.rows[self.at(item)];
        let entries = match self.knobs.among {
            Among::Holders => &row.holders.entries,
            Among::Viewers => &row.viewers.entries,
        };
        let local = self.knobs.order == Order::Locality;
        let again = self.knobs.refresh_list.filter(|_| !first);
        let list = again.unwrap_or(self.knobs.list) as usize;
        let shows = |entry: &Entry| {
            let near = || homes[asker as usize].within(self.scope(), &homes[entry.home as usize]);
            self.shows(entry, asker, view) && near()
        };
        if !local && entries.len() > LONG * list && by_trial(entries, (&shows, list), roll, out) {
            return;
        }
        let shown = entries.iter().filter(|entry| shows(entry));
        let cost = |home: u32| homes[asker as usize].cost(world, &homes[home as usize]);
        let class = |home| if local { cost(home) } else { 0 };
        let mut names: Vec<(u8, u32)> = shown.map(|e| (class(e.home), e.home)).collect();
        let wanted = names.len().min(list);
        let mut at = 0;
        for nearest in 0..=3 {
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

/// Fills the list from random places of a long one, so that the cost does not grow with it; false,
/// with nothing appended, when too few of those tried are shown.
fn by_trial(
    entries: &[Entry],
    (shows, list): (&dyn Fn(&Entry) -> bool, usize),
    roll: &mut Roll,
    out: &mut Vec<PeerId>,
) -> bool {
    let first = out.len();
    for _ in 0..LONG * list {
        if out.len() == first + list {
            break;
        }
        let entry = &entries[roll.below(entries.len() as u32) as usize];
        let name = PeerId(entry.home);
        if shows(entry) && !out[first..].contains(&name) {
            out.push(name);
        }
    }
    let filled = out.len() == first + list;
    if !filled {
        out.truncate(first);
    }
    filled
}

#[cfg(test)]
mod tests {
    use super::super::homes::tests::three_providers;
    use super::*;
    use crate::rng::{Draw, Site};
    use crate::units::Span;
    use proptest::prelude::*;

    #[test]
    fn those_who_peer_are_named_before_those_behind_transit() {
        let (world, homes) = three_providers(&["Glass"]);
        let of = |isp| (0..).zip(&homes).filter(move |(_, home)| home.isp == isp);
        let asker = of(0).next().expect("somebody has the first provider").0;
        let list = of(1).count() as u32;
        let knobs = Knobs { order: Order::Locality, list, ..Knobs::default() };
        let mut directory = Directory::new(&Knobs { staleness: Span::ZERO, ..knobs }, &world);
        let item = Item { title: 0, rung: 0 };
        for (home, _) in of(1).chain(of(2)) {
            directory.online(home, true, Time::ZERO);
            directory.holds(home, item, Time::ZERO);
        }
        for seed in 0..20 {
            let mut names = Vec::new();
            let asker = Asker { home: asker, first: true };
            let roll = &mut Draw::new(seed, 0).at(Site::Directory, asker.home, 1);
            directory.answer((&world, &homes), (asker, item, Time::ZERO), roll, &mut names);
            names.sort();
            assert!(names.iter().map(|name| name.0).eq(of(1).map(|(home, _)| home)), "seed {seed}");
        }
    }

    proptest! {
        /// What a view shows is what there was when it was made: all changes up to its beginning.
        #[test]
        fn tallies_are_those_of_their_view(
            step in 0u64..6,
            changes in prop::collection::vec((any::<bool>(), 0u64..9), 0..40),
        ) {
            let seen = |now: u64| if step == 0 { 0 } else { now.div_ceil(step) as u32 };
            let (mut tally, mut now, mut all) = (Tally::default(), 0, Vec::new());
            for (more, after) in changes {
                now += after;
                let count: i64 = all.iter().map(|(_, by)| *by).sum();
                let more = more || count == 0;
                tally.change(more, seen(now));
                all.push((now, if more { 1 } else { -1 }));
                let view = now.checked_div(step).unwrap_or(0);
                let made = if step == 0 { now } else { view * step };
                let expected: i64 = all.iter().filter(|(at, _)| *at <= made).map(|(_, by)| *by).sum();
                prop_assert_eq!(i64::from(tally.shown(view as u32)), expected, "{:?}", all);
            }
        }
    }
}
