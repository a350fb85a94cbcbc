//! Which links a transfer crosses, and how long a message takes.
//!
//! Links in order: up and down of each home; up and down of each aggregation (provider × place);
//! up and down of each interconnect; egress of each appliance; of the exchange; of the origin.

use smallvec::SmallVec;

use super::causes::TierCause;
use super::homes::Home;
use super::observe::{StallCause, Via};
use super::sharing::{Band, Discipline, FlowId, LinkId, Sharing};
use crate::scenario::Scenario;
use crate::scenario::model::{Duplex, Sharing as Rule, TurnAround};
use crate::units::{BitRate, Span};
use crate::world::World;

/// Links of a transfer, from the sender on.
pub(super) type Path = SmallVec<[LinkId; 6]>;

/// A server of the content delivery network, as a home sees it.
#[derive(Clone, Copy, Debug)]
struct Server {
    /// It has the titles ranked before this.
    holds: u32,
    rtt: Span,
}

/// The layout of links.
#[derive(Debug)]
pub(super) struct Paths {
    homes: u32,
    places: u32,
    turn_around: Vec<TurnAround>,
    appliances: Vec<Option<Server>>,
    exchange: Option<Server>,
    origin_rtt: Span,
}

/// What kind of link holds a transfer back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Up,
    Down,
    Aggregation,
    Interconnect,
    Egress,
}

impl Paths {
    /// The layout and its links; a home's uplink is what its device may use of it.
    pub(super) fn new(
        scenario: &Scenario,
        world: &World,
        usable_up: impl Fn(usize) -> BitRate,
    ) -> (Self, Sharing) {
        let (homes, places) = (world.homes.len(), world.topology.places.len());
        let titles = world.catalogue.on_demand() as f64;
        let server = |holds: crate::units::Share, rtt| Server {
            holds: (holds.as_f64() * titles + 0.5) as u32,
            rtt,
        };
        let isps = &scenario.isp;
        let paths = Self {
            homes: homes as u32,
            places: places as u32,
            turn_around: isps.iter().map(|isp| isp.turn_around).collect(),
            appliances: isps
                .iter()
                .map(|isp| isp.appliance.map(|tier| server(tier.holds, tier.rtt)))
                .collect(),
            exchange: scenario.cdn.exchange.map(|tier| server(tier.holds, tier.rtt)),
            origin_rtt: scenario.cdn.origin.rtt,
        };
        let lines = (0..homes).flat_map(|home| [usable_up(home), world.homes.down[home]]);
        let mut shared = Vec::with_capacity(2 * isps.len() * (places + 1) + isps.len() + 2);
        let duplex = |each: Duplex, count: u32| {
            [each.up, each.down].map(|rate| rate.times(u64::from(count)))
        };
        for (at, count) in world.topology.homes_at.iter().enumerate() {
            shared.extend(duplex(isps[at / places].aggregation, *count));
        }
        for (isp, site) in isps.iter().zip(&world.topology.isps) {
            shared.extend(duplex(isp.interconnect, site.homes));
        }
        for (isp, site) in isps.iter().zip(&world.topology.isps) {
            let egress = isp.appliance.map_or(BitRate::ZERO, |tier| tier.egress);
            shared.push(egress.times(u64::from(site.homes)));
        }
        let exchange = scenario.cdn.exchange.map_or(BitRate::ZERO, |tier| tier.egress);
        shared.extend([exchange, scenario.cdn.origin.egress].map(|rate| rate.times(homes as u64)));
        let discipline = match scenario.network.sharing {
            Rule::MaxMin => Discipline::MaxMin,
            Rule::Split => Discipline::Split,
            Rule::Fifo => Discipline::Fifo,
        };
        let band = Band { share: scenario.network.slack, ..Band::default() };
        (paths, Sharing::new(discipline, band, lines, shared.into_iter()))
    }

    /// A home's upstream.
    pub(super) const fn up(home: u32) -> LinkId {
        LinkId(2 * home)
    }

    /// A home's downstream.
    pub(super) const fn down(home: u32) -> LinkId {
        LinkId(2 * home + 1)
    }

    /// The home that sends a flow; `None` for a server's.
    pub(super) fn sender(sharing: &Sharing, flow: FlowId) -> Option<u32> {
        let [LinkId(first), _] = sharing.lines(flow).map(|link| link.unwrap_or(LinkId(1)));
        first.is_multiple_of(2).then_some(first / 2)
    }

    fn aggregation(&self, home: &Home, down: bool) -> LinkId {
        let at = u32::from(home.isp) * self.places + u32::from(home.place);
        LinkId(2 * self.homes + 2 * at + u32::from(down))
    }

    fn isps(&self) -> u32 {
        self.turn_around.len() as u32
    }

    fn interconnect(&self, isp: u8, down: bool) -> LinkId {
        let before = 2 * self.homes + 2 * self.isps() * self.places;
        LinkId(before + 2 * u32::from(isp) + u32::from(down))
    }

    fn appliance(&self, isp: u8) -> LinkId {
        LinkId(2 * self.homes + 2 * self.isps() * (self.places + 1) + u32::from(isp))
    }

    fn site(&self, origin: bool) -> LinkId {
        let before = 2 * self.homes + 2 * self.isps() * (self.places + 1) + self.isps();
        LinkId(before + u32::from(origin))
    }

    /// How bytes come from one home to another.
    pub(super) fn between(from: &Home, to: &Home) -> Via {
        [Via::PeerPop, Via::PeerIsp, Via::PeerOther][usize::from(from.distance(to))]
    }

    /// The nearest server that has a title of this rank and is not full, and why it is no nearer one.
    pub(super) fn from_cdn(&self, sharing: &Sharing, rank: u32, to: &Home) -> (Via, TierCause) {
        let has = |server: &Server| rank < server.holds;
        let room = |link: LinkId| {
            let (used, capacity) = sharing.load(link);
            used < capacity - capacity / 1000
        };
        let mut why = TierCause::Nearest;
        if self.appliances[usize::from(to.isp)].filter(has).is_some() {
            if room(self.appliance(to.isp)) {
                return (Via::Appliance, why);
            }
            why = TierCause::ApplianceFull;
        }
        if self.exchange.filter(has).is_some() {
            if room(self.site(false)) {
                return (Via::Exchange, why);
            }
            why = TierCause::ExchangeFull;
        }
        (Via::Origin, why)
    }

    /// Round trip between a home's place and the server that `via` names; none for a peer.
    pub(super) fn server_rtt(&self, via: Via, to: &Home) -> Span {
        let server = match via {
            Via::Appliance => self.appliances[usize::from(to.isp)],
            Via::Exchange => self.exchange,
            Via::Origin => return self.origin_rtt,
            Via::PeerPop | Via::PeerIsp | Via::PeerOther => None,
        };
        server.map_or(Span::ZERO, |server| server.rtt)
    }

    /// The links from a peer `from`, or from the server that `via` names, to a home.
    pub(super) fn links(&self, via: Via, from: Option<(u32, &Home)>, to: (u32, &Home)) -> Path {
        let (id, to) = to;
        let mut path = Path::new();
        let into = [self.interconnect(to.isp, true), self.aggregation(to, true), Self::down(id)];
        if let Some((id, from)) = from {
            path.push(Self::up(id));
            let turns = self.turn_around[usize::from(to.isp)];
            if via == Via::PeerOther {
                path.extend([self.aggregation(from, false), self.interconnect(from.isp, false)]);
                path.extend(into);
            } else {
                if via == Via::PeerIsp || turns == TurnAround::Core {
                    path.extend([self.aggregation(from, false), self.aggregation(to, true)]);
                }
                path.push(into[2]);
            }
        } else if via == Via::Appliance {
            path.push(self.appliance(to.isp));
            path.extend_from_slice(&into[1..]);
        } else {
            path.push(self.site(via == Via::Origin));
            path.extend(into);
        }
        path
    }

    /// Whether a title of this rank is held by the origin alone, for every home.
    pub(super) fn origin_only(&self, rank: u32) -> bool {
        let has = |server: &Option<Server>| server.is_some_and(|server| rank < server.holds);
        !has(&self.exchange) && !self.appliances.iter().any(has)
    }

    /// Why a transfer to `home` is no faster when `link` holds it back; a cap when `None`.
    pub(super) fn blame(&self, link: Option<LinkId>) -> StallCause {
        match link.map(|link| self.kind(link)) {
            None | Some(Kind::Up) => StallCause::PeerUplink,
            Some(Kind::Down) => StallCause::OwnLine,
            Some(Kind::Aggregation) => StallCause::AggregationFull,
            Some(Kind::Interconnect) => StallCause::InterconnectFull,
            Some(Kind::Egress) => StallCause::CdnFull,
        }
    }

    fn kind(&self, LinkId(at): LinkId) -> Kind {
        let aggregations = 2 * self.homes + 2 * self.isps() * self.places;
        if at < 2 * self.homes {
            if at % 2 == 0 { Kind::Up } else { Kind::Down }
        } else if at < aggregations {
            Kind::Aggregation
        } else if at < aggregations + 2 * self.isps() {
            Kind::Interconnect
        } else {
            Kind::Egress
        }
    }
}
