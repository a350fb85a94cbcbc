//! Capacities that change: what others send takes its part, and things happen at stated times.

use super::layout::Layout;
use super::observe::{LinkKind, SharedLink};
use super::sharing::LinkId;
use crate::units::{BitRate, Share, Span, Time};
use crate::world::{Background, Disturbance, Narrowed, World};

/// What elastic traffic is left with on a link that others fill.
const LEAST: Share = Share::from_ppm(10_000);

/// A link whose capacity changes.
#[derive(Debug)]
struct Varying {
    link: LinkId,
    down: bool,
    full: BitRate,
    /// Index of what else crosses it.
    background: Option<usize>,
    /// Indices of what happens to it.
    disturbances: Vec<usize>,
}

/// All of them, and when they change.
#[derive(Debug)]
pub(super) struct Capacities {
    links: Vec<Varying>,
    times: Vec<Time>,
    /// Local time at time 0.
    start: Span,
}

impl Capacities {
    pub(super) fn new(start: Span, world: &World, layout: &Layout, shared: &[SharedLink]) -> Self {
        let first = shared.len() as u32;
        let first = layout.site(true).0 + 1 - first;
        let links = shared.iter().zip(first..).map(|(shared, link)| Varying {
            link: LinkId(link),
            down: shared.down,
            full: shared.capacity,
            background: world.background.iter().position(|other| crosses(other, shared.kind)),
            disturbances: touching(&world.disturbances, shared.kind),
        });
        let varies = |link: &Varying| link.background.is_some() || !link.disturbances.is_empty();
        let links = links.filter(varies).collect();
        Self { links, times: times(start, world), start }
    }

    /// When capacities change for the `index`th time.
    pub(super) fn time(&self, index: u32) -> Option<Time> {
        self.times.get(index as usize).copied()
    }

    /// Links that change, with their capacities from `now` on.
    pub(super) fn at<'a>(
        &'a self,
        world: &'a World,
        now: Time,
    ) -> impl Iterator<Item = (LinkId, BitRate)> + 'a {
        let since_midnight = self.start + now.since(Time::ZERO);
        self.links.iter().map(move |link| {
            let events = link.disturbances.iter().map(|at| &world.disturbances[*at]);
            let left = events.fold(link.full, |left, event| left.part(event.keeps_at(now)));
            let others = link
                .background
                .map_or(BitRate::ZERO, |at| world.background[at].at(since_midnight, link.down));
            (link.link, (left - others).max(left.part(LEAST)))
        })
    }
}

fn crosses(background: &Background, kind: LinkKind) -> bool {
    kind == LinkKind::Interconnect { isp: background.isp, way: background.way }
}

fn touching(disturbances: &[Disturbance], kind: LinkKind) -> Vec<usize> {
    let touches = |event: &Disturbance| match (event.narrowed, kind) {
        (Narrowed::Way(narrowed), LinkKind::Interconnect { isp, way }) => {
            isp == event.isp && way == narrowed
        }
        (Narrowed::Aggregation(at), LinkKind::Aggregation { isp, place }) => {
            isp == event.isp && at.is_none_or(|at| at == place)
        }
        _ => false,
    };
    let events = disturbances.iter().enumerate();
    events.filter(|(_, event)| touches(event)).map(|(at, _)| at).collect()
}

/// Rising: the beginning, steps of what others send, and when something happens or is over.
fn times(start: Span, world: &World) -> Vec<Time> {
    let mut times = Vec::new();
    if !world.background.is_empty() {
        let step = Background::STEP.0;
        let first = start.0.next_multiple_of(step) - start.0;
        times.extend((first..world.until.0).step_by(step as usize).map(Time));
    }
    for event in &world.disturbances {
        times.extend([event.from, event.until]);
    }
    if !times.is_empty() {
        times.push(Time::ZERO);
    }
    times.retain(|at| *at < world.until);
    times.sort_unstable();
    times.dedup();
    times
}
