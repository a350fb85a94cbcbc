//! Which links a transfer crosses, and how long a message takes.

use smallvec::SmallVec;

use super::causes::TierCause;
use super::homes::Home;
use super::layout::Layout;
use super::observe::{LinkKind, SharedLink, StallCause, Via};
use super::sharing::{Band, Discipline, FlowId, LinkId, Sharing};
use crate::scenario::model::{Sharing as Rule, TurnAround};
use crate::scenario::{ArmPlan, Scenario};
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

/// The ways that bytes take.
#[derive(Debug)]
pub(super) struct Paths {
    pub(super) layout: Layout,
    turn_around: Vec<TurnAround>,
    appliances: Vec<Option<Server>>,
    exchange: Option<Server>,
    origin_rtt: Span,
}

impl Paths {
    /// The ways, their links, and what homes share of those; a home's uplink is what its device may use
    /// of it.
    pub(super) fn new(
        (scenario, arm): (&Scenario, &ArmPlan),
        world: &World,
        usable_up: impl Fn(usize) -> BitRate,
    ) -> (Self, Sharing, Vec<SharedLink>) {
        let titles = world.catalogue.on_demand() as f64;
        let server = |holds: crate::units::Share, rtt| Server {
            holds: (holds.as_f64() * titles + 0.5) as u32,
            rtt,
        };
        let isps = &scenario.isp;
        let paths = Self {
            layout: Layout::new(scenario, world),
            turn_around: isps.iter().map(|isp| isp.turn_around).collect(),
            appliances: isps
                .iter()
                .map(|isp| isp.appliance.filter(|_| arm.appliances))
                .map(|tier| tier.map(|tier| server(tier.holds, tier.rtt)))
                .collect(),
            exchange: scenario.cdn.exchange.map(|tier| server(tier.holds, tier.rtt)),
            origin_rtt: scenario.cdn.origin.rtt,
        };
        let homes = 0..world.homes.len();
        let lines = homes.flat_map(|home| [usable_up(home), world.homes.down[home]]);
        let shared = paths.layout.shared(scenario, world);
        let discipline = match scenario.network.sharing {
            Rule::MaxMin => Discipline::MaxMin,
            Rule::Split => Discipline::Split,
            Rule::Fifo => Discipline::Fifo,
        };
        let band = Band { share: scenario.network.slack, ..Band::default() };
        let capacities = shared.iter().map(|link| link.capacity);
        let sharing = Sharing::new(discipline, band, lines, capacities);
        (paths, sharing, shared)
    }

    /// A home's upstream.
    pub(super) const fn up(home: u32) -> LinkId {
        Layout::up(home)
    }

    /// A home's downstream.
    pub(super) const fn down(home: u32) -> LinkId {
        Layout::down(home)
    }

    /// The home that sends a flow; `None` for a server's.
    pub(super) fn sender(sharing: &Sharing, flow: FlowId) -> Option<u32> {
        let [LinkId(first), _] = sharing.lines(flow).map(|link| link.unwrap_or(LinkId(1)));
        first.is_multiple_of(2).then_some(first / 2)
    }

    fn aggregation(&self, home: &Home, down: bool) -> LinkId {
        self.layout.aggregation(home.isp, home.place, down)
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
            if room(self.layout.appliance(to.isp)) {
                return (Via::Appliance, why);
            }
            why = TierCause::ApplianceFull;
        }
        if self.exchange.filter(has).is_some() {
            if room(self.layout.site(false)) {
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
        let into = [self.aggregation(to, true), Self::down(id)];
        let layout = &self.layout;
        if let Some((id, from)) = from {
            path.push(Self::up(id));
            let turns = self.turn_around[usize::from(to.isp)];
            if via == Via::PeerOther {
                let out = layout.interconnect(from.isp, layout.to_homes(from.isp, to.isp), false);
                let back = layout.interconnect(to.isp, layout.to_homes(to.isp, from.isp), true);
                path.extend([self.aggregation(from, false), out, back]);
                path.extend(into);
            } else {
                if via == Via::PeerIsp || turns == TurnAround::Core {
                    path.extend([self.aggregation(from, false), into[0]]);
                }
                path.push(into[1]);
            }
        } else if via == Via::Appliance {
            path.push(layout.appliance(to.isp));
            path.extend(into);
        } else {
            path.push(layout.site(via == Via::Origin));
            path.push(layout.interconnect(to.isp, layout.to_cdn(to.isp), true));
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
        let Some(LinkId(at)) = link else {
            return StallCause::PeerUplink;
        };
        match self.layout.kind(LinkId(at)) {
            None if at % 2 == 0 => StallCause::PeerUplink,
            None => StallCause::OwnLine,
            Some(LinkKind::Aggregation { .. }) => StallCause::AggregationFull,
            Some(LinkKind::Interconnect { .. }) => StallCause::InterconnectFull,
            Some(_) => StallCause::CdnFull,
        }
    }
}
