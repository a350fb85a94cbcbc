//! What others do to the network: their traffic, and what happens at stated times.

use crate::scenario::Scenario;
use crate::scenario::model::{Interconnect, Way, What};
use crate::units::{BitRate, Share, Span, Time};

use super::clock::Clock;
use super::{Background, Disturbance, Narrowed, Topology};

/// Width of a step of [`Background`].
const STEP_S: u64 = 300;

impl Background {
    /// Steps of a day.
    pub const STEPS: usize = (86_400 / STEP_S) as usize;
    /// Width of a step: that of the samples a carrier bills by.
    pub const STEP: Span = Span::from_secs(STEP_S);

    /// All of it.
    pub(super) fn all(scenario: &Scenario, topology: &Topology) -> Vec<Self> {
        let sites = scenario.isp.iter().zip(&topology.isps).enumerate();
        let ways = sites.flat_map(|(at, (isp, site))| {
            let ways = Way::ALL.into_iter().zip(isp.ways());
            ways.filter_map(move |(way, link)| Self::of(at as u8, site.homes, way, link?))
        });
        ways.collect()
    }

    fn of(isp: u8, homes: u32, way: Way, link: &Interconnect) -> Option<Self> {
        let background = link.background.as_ref()?;
        let curve = &background.day;
        let value = |step: usize| {
            let middle = (step as f64 + 0.5) * STEP_S as f64;
            if curve.is_empty() { 1.0 } else { curve.at(middle).max(0.0) }
        };
        let rate = |each: BitRate| {
            let all = each.times(u64::from(homes)).0 as f64;
            (0..Self::STEPS).map(|step| BitRate((all * value(step) + 0.5) as u64)).collect()
        };
        Some(Self { isp, way, down: rate(background.down), up: rate(background.up) })
    }

    /// Towards or from homes, so long after some midnight.
    pub fn at(&self, since_midnight: Span, down: bool) -> BitRate {
        let rates = if down { &self.down } else { &self.up };
        rates[(since_midnight.0 / Self::STEP.0) as usize % Self::STEPS]
    }
}

impl Disturbance {
    /// All of them, in the scenario's order; names in `scenario` have been checked.
    pub(super) fn all(scenario: &Scenario, clock: &Clock) -> Vec<Self> {
        let isp_of = |name: &str| scenario.isp.iter().position(|isp| isp.name == name);
        let place_of = |name: &str| scenario.place.iter().position(|place| place.name == name);
        let events = scenario.event.iter().filter_map(|event| {
            let (isp, narrowed, keeps) = match &event.what {
                What::Interconnect(what) => (&what.isp, Narrowed::Way(what.way), what.keeps),
                What::Aggregation(what) => {
                    let place = what.place.as_ref().and_then(|name| place_of(name));
                    let place = place.map(|place| place as u16);
                    (&what.isp, Narrowed::Aggregation(place), what.keeps)
                }
            };
            let (from, until) = clock.lasting(event.day, event.at, event.lasts)?;
            Some(Self { from, until, isp: isp_of(isp)? as u8, narrowed, keeps })
        });
        events.collect()
    }

    /// What is left of a capacity at `now`.
    pub fn keeps_at(&self, now: Time) -> Share {
        if self.from <= now && now < self.until { self.keeps } else { Share::ONE }
    }
}
