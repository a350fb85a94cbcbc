//! Where links are: which number each has, and what it is.
//!
//! In order: up and down of each home; up and down of each aggregation (provider × place); up and down of
//! each provider's ways into other networks, way by way; egress of each appliance; of the exchange; of the
//! origin.

use super::observe::{LinkKind, SharedLink};
use super::sharing::LinkId;
use crate::scenario::Scenario;
use crate::scenario::model::{Duplex, Way};
use crate::units::BitRate;
use crate::world::World;

/// Numbers of links.
#[derive(Debug)]
pub(super) struct Layout {
    homes: u32,
    places: u32,
    isps: u32,
    /// By provider: its way to the CDN, and to its peers.
    ways: Vec<[Way; 2]>,
    /// Whether two providers exchange traffic without a third, row by row; empty where none does.
    meet: Vec<bool>,
}

impl Layout {
    pub(super) fn new(scenario: &Scenario, world: &World) -> Self {
        let isps = &scenario.isp;
        let transit = &world.topology.transit;
        Self {
            homes: world.homes.len() as u32,
            places: world.topology.places.len() as u32,
            isps: isps.len() as u32,
            ways: isps.iter().map(|isp| [isp.way_to_cdn(), isp.way_to_peers()]).collect(),
            meet: transit.iter().map(|transit| !transit).collect(),
        }
    }

    /// A home's upstream.
    pub(super) const fn up(home: u32) -> LinkId {
        LinkId(2 * home)
    }

    /// A home's downstream.
    pub(super) const fn down(home: u32) -> LinkId {
        LinkId(2 * home + 1)
    }

    pub(super) const fn aggregation(&self, isp: u8, place: u16, down: bool) -> LinkId {
        let at = isp as u32 * self.places + place as u32;
        LinkId(2 * self.homes + 2 * at + down as u32)
    }

    pub(super) const fn interconnect(&self, isp: u8, way: Way, down: bool) -> LinkId {
        let before = 2 * self.homes + 2 * self.isps * self.places;
        LinkId(before + 2 * (way as u32 * self.isps + isp as u32) + down as u32)
    }

    const fn servers(&self) -> u32 {
        2 * (self.homes + self.isps * self.places + Way::ALL.len() as u32 * self.isps)
    }

    pub(super) const fn appliance(&self, isp: u8) -> LinkId {
        LinkId(self.servers() + isp as u32)
    }

    pub(super) const fn site(&self, origin: bool) -> LinkId {
        LinkId(self.servers() + self.isps + origin as u32)
    }

    /// The way that traffic with exchange and origin takes.
    pub(super) fn to_cdn(&self, isp: u8) -> Way {
        self.ways[usize::from(isp)][0]
    }

    /// The way that traffic with homes of another provider takes.
    pub(super) fn to_homes(&self, isp: u8, other: u8) -> Way {
        let at = usize::from(isp) * self.isps as usize + usize::from(other);
        let meet = self.meet.get(at) == Some(&true);
        if meet { self.ways[usize::from(isp)][1] } else { Way::Interconnect }
    }

    /// What kind of link it is; `None` for a home's.
    pub(super) fn kind(&self, LinkId(link): LinkId) -> Option<LinkKind> {
        let at = link.checked_sub(2 * self.homes)?;
        let aggregations = self.isps * self.places;
        let isp = |at: u32| (at % self.isps) as u8;
        Some(if at / 2 < aggregations {
            let (isp, place) = (at / 2 / self.places, at / 2 % self.places);
            LinkKind::Aggregation { isp: isp as u8, place: place as u16 }
        } else if link < self.servers() {
            let at = at / 2 - aggregations;
            let way = Way::ALL[(at / self.isps) as usize];
            LinkKind::Interconnect { isp: isp(at), way }
        } else {
            match link - self.servers() {
                at if at < self.isps => LinkKind::Appliance { isp: at as u8 },
                at if at == self.isps => LinkKind::Exchange,
                _ => LinkKind::Origin,
            }
        })
    }

    /// The links that homes share, in order of their numbers.
    pub(super) fn shared(&self, scenario: &Scenario, world: &World) -> Vec<SharedLink> {
        let last = self.site(true).0;
        (2 * self.homes..=last)
            .map(|link| {
                let kind = self.kind(LinkId(link)).expect("invariant: homes' come before");
                let down = kind.is_server() || link % 2 == 1;
                let capacity = capacity(kind, down, scenario, world);
                SharedLink { kind, down, capacity }
            })
            .collect()
    }
}

fn capacity(kind: LinkKind, down: bool, scenario: &Scenario, world: &World) -> BitRate {
    let isps = &scenario.isp;
    let sites = &world.topology.isps;
    let of = |way: Duplex| if down { way.down } else { way.up };
    let places = world.topology.places.len();
    let (each, count) = match kind {
        LinkKind::Aggregation { isp, place } => {
            let at = usize::from(isp) * places + usize::from(place);
            (of(isps[usize::from(isp)].aggregation), world.topology.homes_at[at])
        }
        LinkKind::Interconnect { isp, way } => {
            let isp = usize::from(isp);
            let each = isps[isp].ways()[way as usize];
            let each = each.map_or(BitRate::ZERO, |way| if down { way.down } else { way.up });
            (each, sites[isp].homes)
        }
        LinkKind::Appliance { isp } => {
            let isp = usize::from(isp);
            let each = isps[isp].appliance.map_or(BitRate::ZERO, |tier| tier.egress);
            (each, sites[isp].homes)
        }
        LinkKind::Exchange => {
            let each = scenario.cdn.exchange.map_or(BitRate::ZERO, |tier| tier.egress);
            (each, world.homes.len() as u32)
        }
        LinkKind::Origin => (scenario.cdn.origin.egress, world.homes.len() as u32),
    };
    each.times(u64::from(count))
}
