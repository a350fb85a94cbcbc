//! What the engine keeps of a home: one cache line, as most events look at several homes.

use super::host::{NONE, Probe};
use crate::peer::Refusal;
use crate::scenario::model::Scope;
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

    /// Whether another home is near enough to learn of.
    pub(super) fn within(&self, scope: Scope, other: &Self) -> bool {
        scope.holds(self.isp == other.isp, self.place == other.place)
    }

    /// What a transfer to another home costs networks: its distance, and 3 where it is known that a
    /// third provider carries it.
    pub(super) fn cost(&self, world: &World, other: &Self) -> u8 {
        let distance = self.distance(other);
        let far = distance == 2 && world.topology.through_transit(self.isp, other.isp);
        distance + u8::from(far)
    }

    /// One-way delay of a message to another home.
    pub(super) fn delay(&self, world: &World, other: &Self) -> Span {
        let access = self.access_delay + other.access_delay;
        access + world.topology.delay(self.place, other.place)
    }
}

#[cfg(test)]
pub(super) mod tests {
    use std::path::Path;

    use super::*;
    use crate::scenario;
    use crate::units::Share;

    /// A world of three providers, the first of which names `peers`, and the rows of its homes.
    pub(in super::super) fn three_providers(peers: &[&str]) -> (World, Vec<Home>) {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/small/two-providers.toml");
        let sets = [("run.homes".to_owned(), "60".to_owned())];
        let mut loaded = scenario::load(&file, &sets).unwrap();
        let isps = &mut loaded.scenario.isp;
        isps.push(scenario::model::Isp { name: "Air".to_owned(), ..isps[1].clone() });
        isps[1].market_share = Share::from_ppm(250_000);
        isps[2].market_share = Share::from_ppm(250_000);
        isps[0].peers = peers.iter().map(|name| (*name).to_owned()).collect();
        let world = World::build(&loaded.scenario, &loaded.tables, 0);
        let rows = (0..world.homes.len()).map(|at| Home::new(&world, at, None)).collect();
        (world, rows)
    }

    #[test]
    fn transit_is_farther_than_peering_where_it_is_known() {
        let none: &[&str] = &[];
        for (peers, direct, transit) in [(none, 2, 2), (&["Glass"], 2, 3)] {
            let (world, rows) = three_providers(peers);
            let mut seen = [0; 4];
            for (a, b) in rows.iter().flat_map(|a| rows.iter().map(move |b| (a, b))) {
                let expected = match (a.isp.min(b.isp), a.isp.max(b.isp)) {
                    (one, other) if one == other => u8::from(a.place != b.place),
                    (0, 1) => direct,
                    _ => transit,
                };
                assert_eq!(a.cost(&world, b), expected, "{} to {}", a.isp, b.isp);
                assert!(a.distance(b) <= 2, "paths know three");
                seen[usize::from(expected)] += 1;
            }
            assert!(seen[..=usize::from(transit)].iter().all(|count| *count > 0), "{seen:?}");
        }
    }
}
