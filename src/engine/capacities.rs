//! Capacities that change: what others send takes its part, and things happen at stated times.

use super::layout::Layout;
use super::observe::{LinkKind, SharedLink};
use super::sharing::LinkId;
use crate::units::{BitRate, Share, Span, Time};
use crate::world::{Background, World};

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
    /// Indices of what happens to it, and of what is copied over it.
    disturbances: Vec<usize>,
    fillings: Vec<usize>,
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
            disturbances: touching(world, shared.kind),
            fillings: filling(world, layout, shared),
        });
        let varies = |link: &Varying| {
            let events = link.disturbances.len() + link.fillings.len();
            link.background.is_some() || events > 0
        };
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
            let fillings = link.fillings.iter().map(|at| world.fillings[*at]);
            let going = fillings.filter(|fill| fill.from <= now && now < fill.until);
            let copied: BitRate = going.map(|fill| fill.rate).sum();
            (link.link, (left - others - copied).max(left.part(LEAST)))
        })
    }
}

fn crosses(background: &Background, kind: LinkKind) -> bool {
    kind == LinkKind::Interconnect { isp: background.isp, way: background.way }
}

/// What is copied over a link: towards homes, over the way that the CDN's bytes take.
fn filling(world: &World, layout: &Layout, link: &SharedLink) -> Vec<usize> {
    let LinkKind::Interconnect { isp, way } = link.kind else {
        return Vec::new();
    };
    let takes = link.down && way == layout.to_cdn(isp);
    let fillings = world.fillings.iter().enumerate();
    fillings.filter(|(_, fill)| takes && fill.isp == isp).map(|(at, _)| at).collect()
}

fn touching(world: &World, kind: LinkKind) -> Vec<usize> {
    let events = world.disturbances.iter().enumerate();
    events.filter(|(_, event)| kind.is_narrowed_by(event)).map(|(at, _)| at).collect()
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
    for fill in &world.fillings {
        times.extend([fill.from, fill.until]);
    }
    if !times.is_empty() {
        times.push(Time::ZERO);
    }
    times.retain(|at| *at < world.until);
    times.sort_unstable();
    times.dedup();
    times
}
