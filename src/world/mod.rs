//! Who, when and where: drawn once per replication, then only read. All arms share one world.
//!
//! Knows nothing of the clock or of what peers do. Floats end here: everything handed on is an
//! integer.

mod actions;
mod catalogue;
mod choice;
mod clock;
mod curve;
mod elsewhere;
mod homes;
mod laws;
mod live;
mod power;
mod presence;
mod sessions;
mod starts;
mod topology;
mod viewings;

use crate::rng::Draw;
use crate::scenario::model::{Tariff, Way};
use crate::scenario::{Scenario, Tables};
use crate::units::{BitRate, Bytes, Share, Span, Time};

use self::clock::Clock;
use self::live::Lineup;

/// Index of a home, dense from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct HomeId(pub u32);

/// Everything that is drawn before anything reacts.
#[derive(Clone, Debug)]
pub struct World {
    /// Local time of day at time 0.
    pub start: Span,
    /// End of the warm-up: measuring begins here. The simulation begins at 0.
    pub measure_from: Time,
    /// The end.
    pub until: Time,
    /// The peak window, within the measured time.
    pub peak: (Time, Time),
    /// Who is there.
    pub homes: Homes,
    /// Where things are.
    pub topology: Topology,
    /// What there is to watch.
    pub catalogue: Catalogue,
    /// Viewings in order of (start, home). Those of one home never overlap as intended. Of one
    /// that runs at time 0 the segments begun before are history; it goes on where the next one
    /// begins, with its `from` above 0.
    pub intents: Vec<Intent>,
    /// For each intent what its viewer does meanwhile; empty when nobody does anything.
    pub actions: Vec<Box<[Action]>>,
    /// For each home its times powered, rising, cut to the simulated time. Viewing switches a box
    /// on by itself; this is the time around it.
    pub power: Vec<Vec<(Time, Time)>>,
    /// For each home its viewings within `run.history` before time 0, oldest first.
    pub history: Vec<Vec<Past>>,
    /// What others send over ways between networks.
    pub background: Vec<Background>,
    /// What happens at stated times.
    pub disturbances: Vec<Disturbance>,
    /// What is copied to appliances.
    pub fillings: Vec<Filling>,
}

/// What others send over a provider's way into other networks, the same every day.
#[derive(Clone, Debug)]
pub struct Background {
    /// Index of the provider.
    pub isp: u8,
    /// Which of its ways.
    pub way: Way,
    /// Towards homes, in each five minutes from midnight.
    pub down: Vec<BitRate>,
    /// From homes likewise.
    pub up: Vec<BitRate>,
}

/// Links that carry less for a while.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Disturbance {
    /// When it begins.
    pub from: Time,
    /// When it is over.
    pub until: Time,
    /// Index of the provider.
    pub isp: u8,
    /// Which of its links.
    pub narrowed: Narrowed,
    /// What is left of their capacity.
    pub keeps: Share,
}

/// Copying of what is new to a provider's appliance, over the way that the CDN's bytes take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Filling {
    /// When it begins.
    pub from: Time,
    /// When it is over.
    pub until: Time,
    /// Index of the provider.
    pub isp: u8,
    /// How fast.
    pub rate: BitRate,
}

/// Links of a provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Narrowed {
    /// A way into other networks.
    Way(Way),
    /// The aggregation of a place, or all of them.
    Aggregation(Option<u16>),
}

/// Homes as parallel columns.
#[derive(Clone, Debug, Default)]
pub struct Homes {
    /// Index into [`Topology::isps`].
    pub isp: Vec<u8>,
    /// Index of its place.
    pub place: Vec<u16>,
    /// Its kind of line, index into [`Topology::lines`].
    pub line: Vec<u16>,
    /// Towards the home.
    pub down: Vec<BitRate>,
    /// Towards the home while its provider's evening lasts.
    pub down_evening: Vec<BitRate>,
    /// From the home, the whole line.
    pub up: Vec<BitRate>,
    /// Delay of the home's own line, one way.
    pub access_delay: Vec<Span>,
    /// Index into the scenario's devices in order of name.
    pub device: Vec<u8>,
    /// A number in 0..1,000,000 that is below [`crate::scenario::model::Upload::permitted`] in ppm
    /// for homes that give.
    pub willing: Vec<u32>,
    /// Whether it can send to others at all; empty when all can.
    pub able: Vec<bool>,
    /// Whether its line is metered; empty when none is.
    pub metered: Vec<bool>,
    /// Whether its device runs on battery; empty when none does.
    pub battery: Vec<bool>,
    /// The rung this home plays, the same in every arm.
    pub rung: Vec<u8>,
}

/// Where things are.
#[derive(Clone, Debug)]
pub struct Topology {
    /// Names of places.
    pub places: Vec<String>,
    /// One-way delay between places, row by row.
    pub delay: Vec<Span>,
    /// Providers, in the scenario's order.
    pub isps: Vec<IspSite>,
    /// Names of kinds of line: the scenario's, or the technologies of its table of homes.
    pub lines: Vec<String>,
    /// What a home on each of them pays for.
    pub tariffs: Vec<Tariff>,
    /// Names of the scenario's devices, in order.
    pub devices: Vec<String>,
    /// Homes of provider i at place p: `homes_at[i * places + p]`.
    pub homes_at: Vec<u32>,
    /// Whether traffic between two providers goes through a third, row by row; empty where the
    /// scenario does not say which exchange it.
    pub transit: Vec<bool>,
}

/// A provider in this world.
#[derive(Clone, Debug)]
pub struct IspSite {
    /// Its name.
    pub name: String,
    /// Its homes.
    pub homes: u32,
    /// Times at which its evening begins and ends, cut to the simulated time; rising.
    pub evenings: Vec<(Time, Time)>,
}

/// What there is to watch.
#[derive(Clone, Debug)]
pub struct Catalogue {
    /// Playing time of a segment.
    pub segment: Span,
    /// Rates of the rungs, rising.
    pub ladder: Vec<BitRate>,
    /// Segments of each title; the last may be short but is counted whole.
    pub segments: Vec<u16>,
    /// Order of popularity at the start of the simulation: 0 is the most watched.
    pub rank: Vec<u32>,
    /// Sizes of a title's segments: `sizes[rung][(offset[title] + segment) % sizes[rung].len()]`.
    pub sizes: Vec<Vec<Bytes>>,
    /// Where in the pattern of sizes a title begins.
    pub offset: Vec<u32>,
    /// The last titles, as many as these, are live.
    pub broadcasts: Vec<Broadcast>,
}

/// A channel from going on air to going off it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Broadcast {
    /// Index into the scenario's channels.
    pub channel: u16,
    /// When its first segment is published, in nanoseconds from time 0.
    pub first: i64,
}

/// A viewing as intended: drawn before anything reacts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Intent {
    /// Who.
    pub home: HomeId,
    /// When the play button is pressed.
    pub start: Time,
    /// What.
    pub title: u32,
    /// Where it begins.
    pub from: u16,
    /// Segments that would be played: at least 1.
    pub segments: u16,
    /// The viewer leaves when the first picture takes longer than this.
    pub patience: Span,
    /// The viewer leaves when stalls add up to more than this.
    pub stall_patience: Span,
    /// When this home will want its set for something else: the next intent, or leaving. One that goes
    /// on to `next` has none but leaving.
    pub deadline: Time,
    /// The title that comes next in a list, as the client knows while this one plays.
    pub next: Option<u32>,
}

/// Something that a viewer does while watching.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Action {
    /// How many segments of the intent have been played by then; rising, from 1 on.
    pub after: u16,
    /// What.
    pub does: Does,
}

/// What a viewer can do while watching.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Does {
    /// Lets the picture stand for so long.
    Pause(Span),
    /// Goes on at this segment.
    Seek(u16),
}

/// An earlier viewing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Past {
    /// What.
    pub title: u32,
    /// The rung it was played at is the home's; where it began.
    pub from: u16,
    /// Segments played.
    pub segments: u16,
}

impl World {
    /// Draws the world of one replication. `scenario` has passed its checks, and `tables` holds
    /// what it names; the same arguments give the same world, whatever the arms are.
    pub fn build(scenario: &Scenario, tables: &Tables, replication: u32) -> Self {
        let dice = Draw::new(scenario.run.seed, replication);
        let clock = Clock::new(&scenario.run);
        let (mut catalogue, titles) = Catalogue::draw(scenario, tables, &dice);
        let past = scenario.run.history + Span::from_secs_f64(viewings::RUN_IN_S);
        let lineup = Lineup::new(scenario, &dice, &clock, past, &mut catalogue);
        let homes = Homes::draw(scenario, tables, &dice, &catalogue.ladder);
        let topology = Topology::new(scenario, &homes, &clock, homes::kinds(scenario, tables));
        let viewings::Drawn { intents, actions, history } = match &tables.sessions {
            Some(table) => sessions::replay(scenario, table, &dice, (&clock, &catalogue, &lineup)),
            None => viewings::draw(scenario, tables, &dice, &clock, (&catalogue, &titles, &lineup)),
        };
        let power = power::draw(scenario, tables, &dice, &clock, &homes);
        let background = Background::all(scenario, &topology);
        let fillings = Filling::all(scenario, &topology, &catalogue, &clock);
        Self {
            start: scenario.run.start.0,
            measure_from: clock.measure_from,
            until: clock.until,
            peak: clock.peak,
            homes,
            topology,
            catalogue,
            intents,
            actions,
            power,
            history,
            background,
            disturbances: Disturbance::all(scenario, &clock),
            fillings,
        }
    }
}

impl Homes {
    /// The homes of [`World::build`] with these arguments, by the same draws, at a fraction of its
    /// cost: what they do is not drawn.
    pub fn build(scenario: &Scenario, tables: &Tables, replication: u32) -> Self {
        let dice = Draw::new(scenario.run.seed, replication);
        let (catalogue, _) = Catalogue::draw(scenario, tables, &dice);
        Self::draw(scenario, tables, &dice, &catalogue.ladder)
    }

    /// How many there are.
    pub const fn len(&self) -> usize {
        self.isp.len()
    }

    /// Whether there are none.
    pub const fn is_empty(&self) -> bool {
        self.isp.is_empty()
    }
}

impl Topology {
    /// One-way delay between two places.
    pub fn delay(&self, a: u16, b: u16) -> Span {
        self.delay[usize::from(a) * self.places.len() + usize::from(b)]
    }

    /// Whether traffic between two providers is known to go through a third.
    pub fn through_transit(&self, a: u8, b: u8) -> bool {
        self.transit.get(usize::from(a) * self.isps.len() + usize::from(b)) == Some(&true)
    }
}

impl Catalogue {
    /// Bytes of a segment.
    pub fn size(&self, title: u32, rung: u8, segment: u16) -> Bytes {
        let sizes = &self.sizes[usize::from(rung)];
        let at = self.offset[title as usize] as usize + usize::from(segment);
        sizes[at % sizes.len()]
    }

    /// Number of titles.
    pub const fn titles(&self) -> usize {
        self.segments.len()
    }
}
