//! What crosses the links that homes share, by bin.

use super::billing::billed;
use super::tables::{LinkRow, LinkSeriesRow, Window, finite};
use crate::engine::observe::{LinkKind, SharedLink};
use crate::scenario::Scenario;
use crate::scenario::model::Business;
use crate::units::{BitRate, Span, Time};
use crate::world::{Background, World};

/// Part of a capacity above which a link counts as nearly full.
const NEARLY_FULL: f64 = 0.9;

/// Bytes over each shared link in each bin of the measured time.
#[derive(Debug, Default)]
pub(super) struct Links {
    pub(super) shared: Vec<SharedLink>,
    /// Bin after bin, in the order of `shared`.
    bytes: Vec<u64>,
    /// Since the beginning, when the bin under way began.
    before: Vec<u64>,
}

impl Links {
    pub(super) fn begins(&mut self, shared: &[SharedLink]) {
        self.shared = shared.to_vec();
        self.before = vec![0; shared.len()];
    }

    /// A bin ends; `measured` is whether it counts.
    pub(super) fn carried(&mut self, since_beginning: &[u64], measured: bool) {
        if measured {
            let new = since_beginning.iter().zip(&self.before).map(|(now, before)| now - before);
            self.bytes.extend(new);
        }
        self.before.copy_from_slice(since_beginning);
    }

    /// Bytes over link `at`, bin by bin.
    pub(super) fn column(&self, at: usize) -> impl Iterator<Item = u64> + '_ {
        self.bytes.iter().skip(at).step_by(self.shared.len().max(1)).copied()
    }
}

/// The links of a run with what is known of them.
pub(super) struct Network<'a> {
    pub(super) scenario: &'a Scenario,
    pub(super) world: &'a World,
    pub(super) links: &'a Links,
    /// Width of a bin, and the bins of each window.
    pub(super) bin: Span,
    pub(super) windows: [std::ops::Range<usize>; 2],
    pub(super) midnight_offset: Span,
}

impl<'a> Network<'a> {
    /// Links that are there, by their places in [`Links::shared`].
    pub(super) fn there(&self) -> impl Iterator<Item = (usize, SharedLink)> + use<'a> {
        let all = self.links.shared.iter().copied().enumerate();
        all.filter(|(_, link)| link.capacity > BitRate::ZERO)
    }

    /// Its business class, where it is between a provider and something else.
    pub(super) fn class(&self, kind: LinkKind) -> Option<Business> {
        let LinkKind::Interconnect { isp, way } = kind else {
            return None;
        };
        self.scenario.isp[usize::from(isp)].ways()[way as usize].map(|link| link.class)
    }

    /// What others send over it.
    pub(super) fn background(&self, kind: LinkKind) -> Option<&'a Background> {
        let LinkKind::Interconnect { isp, way } = kind else {
            return None;
        };
        self.world.background.iter().find(|other| other.isp == isp && other.way == way)
    }

    /// A name that no other link has, direction apart.
    pub(super) fn name(&self, kind: LinkKind) -> String {
        let isp = |isp: u8| &self.world.topology.isps[usize::from(isp)].name;
        match kind {
            LinkKind::Aggregation { isp: at, place } => {
                let place = &self.world.topology.places[usize::from(place)];
                format!("{} aggregation {place}", isp(at))
            }
            LinkKind::Interconnect { isp: at, way } => format!("{} {}", isp(at), way.name()),
            LinkKind::Appliance { isp: at } => format!("{} appliance", isp(at)),
            LinkKind::Exchange => "exchange".to_owned(),
            LinkKind::Origin => "origin".to_owned(),
        }
    }

    /// When bin `at` begins, since midnight of the first day.
    fn begin(&self, at: usize) -> Span {
        let from = self.world.measure_from.since(Time::ZERO);
        from + self.bin.times(at as u64) + self.midnight_offset
    }

    /// What others send over a link in bin `at`, at the mean of its beginning and its steps.
    fn other(&self, link: SharedLink, at: usize) -> u64 {
        let Some(background) = self.background(link.kind) else {
            return 0;
        };
        let step = Background::STEP;
        let steps = self.bin.0.div_ceil(step.0);
        let each = Span(self.bin.0 / steps);
        let rates =
            (0..steps).map(|nth| background.at(self.begin(at) + each.times(nth), link.down));
        rates.map(|rate| rate.bytes_in(each).0).sum()
    }

    /// What is copied to an appliance over a link in bin `at`.
    pub(super) fn copied(&self, link: SharedLink, at: usize) -> u64 {
        let LinkKind::Interconnect { isp, way } = link.kind else {
            return 0;
        };
        let takes = self.scenario.isp[usize::from(isp)].way_to_cdn();
        if way != takes || !link.down {
            return 0;
        }
        let from = self.world.measure_from + self.bin.times(at as u64);
        let fillings = self.world.fillings.iter().filter(|fill| fill.isp == isp);
        fillings.map(|fill| fill.bytes(from, from + self.bin).0).sum()
    }

    /// What a link can carry in bin `at`, by what happens to it as the bin begins.
    fn room(&self, link: SharedLink, at: usize) -> u64 {
        let now = self.world.measure_from + self.bin.times(at as u64);
        let events = self.world.disturbances.iter().filter(|event| link.kind.is_narrowed_by(event));
        let left = events.fold(link.capacity, |left, event| left.part(event.keeps_at(now)));
        left.bytes_in(self.bin).0
    }

    /// Rows of `links.csv`.
    pub(super) fn rows(&self, window: Window) -> Vec<LinkRow> {
        let bins = self.windows[window as usize].clone();
        self.there().map(|(at, link)| self.row(window, &bins, at, link)).collect()
    }

    fn row(
        &self,
        window: Window,
        bins: &std::ops::Range<usize>,
        at: usize,
        link: SharedLink,
    ) -> LinkRow {
        let own: Vec<u64> = self.links.column(at).skip(bins.start).take(bins.len()).collect();
        let other: Vec<u64> = bins.clone().map(|bin| self.other(link, bin)).collect();
        let copied: Vec<u64> = bins.clone().map(|bin| self.copied(link, bin)).collect();
        let bytes: u64 = own.iter().sum();
        let nearly_full = |(nth, bin): &(usize, usize)| {
            let all = own[*nth] + other[*nth] + copied[*nth];
            all as f64 >= NEARLY_FULL * self.room(link, *bin) as f64
        };
        let filled = bins.clone().enumerate().filter(nearly_full).count();
        let filled = filled as f64 * self.bin.as_secs_f64() / 3600.0;
        let mbps = |bytes: f64, span: Span| finite(bytes * 8e-6 / span.as_secs_f64());
        let (mut samples, width) = samples(&own, self.bin);
        let length = self.bin.times(own.len() as u64);
        let isp = match link.kind {
            LinkKind::Aggregation { isp, .. }
            | LinkKind::Interconnect { isp, .. }
            | LinkKind::Appliance { isp } => {
                self.world.topology.isps[usize::from(isp)].name.clone()
            }
            LinkKind::Exchange | LinkKind::Origin => String::new(),
        };
        let place = match link.kind {
            LinkKind::Aggregation { place, .. } => {
                self.world.topology.places[usize::from(place)].clone()
            }
            _ => String::new(),
        };
        LinkRow {
            window,
            link: self.name(link.kind),
            kind: kind(link.kind).into(),
            class: self.class_name(link.kind).into(),
            isp,
            place,
            direction: direction(link).into(),
            capacity_mbps: finite(link.capacity.0 as f64 / 1e6),
            bytes,
            mean_mbps: mbps(bytes as f64, length),
            peak_mbps: mbps(own.iter().max().copied().unwrap_or(0) as f64, self.bin),
            p95_window_mbps: mbps(billed(&mut samples) as f64, width),
            fill_bytes: copied.iter().sum(),
            background_mbps: mbps(other.iter().sum::<u64>() as f64, length),
            hours_above_90: finite(filled),
            down_to_up: self.down_to_up(bins, at),
        }
    }

    /// All that crosses the pipe of `at` towards homes, by all that crosses it the other way.
    fn down_to_up(&self, bins: &std::ops::Range<usize>, at: usize) -> Option<f64> {
        let link = self.links.shared[at];
        if !matches!(link.kind, LinkKind::Aggregation { .. } | LinkKind::Interconnect { .. }) {
            return None;
        }
        // The way away from homes comes just before the way towards them.
        let up = if link.down { at - 1 } else { at };
        let all = |at: usize| -> u64 {
            let link = self.links.shared[at];
            let own = self.links.column(at).skip(bins.start).take(bins.len());
            let more = bins.clone().map(|bin| self.other(link, bin) + self.copied(link, bin));
            own.zip(more).map(|(own, more)| own + more).sum()
        };
        let (down, up) = (all(up + 1) as f64, all(up) as f64);
        if up > 0.0 { finite(down / up) } else { None }
    }

    fn class_name(&self, kind: LinkKind) -> &'static str {
        match kind {
            LinkKind::Appliance { .. } => "embedded",
            _ => self.class(kind).map_or("", Business::name),
        }
    }

    /// Rows of `links_series.csv`: bins in which something crossed.
    pub(super) fn series(&self) -> Vec<LinkSeriesRow> {
        let mut rows = Vec::new();
        for (at, link) in self.there() {
            let name = self.name(link.kind);
            for (bin, bytes) in self.links.column(at).enumerate().filter(|(_, bytes)| *bytes > 0) {
                rows.push(LinkSeriesRow {
                    t_s: Time(self.begin(bin).0).as_secs(),
                    link: name.clone(),
                    direction: direction(link).into(),
                    bytes,
                    background_bytes: self.other(link, bin),
                });
            }
        }
        rows
    }
}

/// Bytes in samples of five minutes where bins divide them, else in bins; and their width.
pub(super) fn samples(bins: &[u64], bin: Span) -> (Vec<u64>, Span) {
    let each = Background::STEP.0 / bin.0.max(1);
    if each > 1 && Background::STEP.0.is_multiple_of(bin.0) {
        let sums = bins.chunks_exact(each as usize).map(|bins| bins.iter().sum());
        (sums.collect(), Background::STEP)
    } else {
        (bins.to_vec(), bin)
    }
}

const fn kind(kind: LinkKind) -> &'static str {
    match kind {
        LinkKind::Aggregation { .. } => "aggregation",
        LinkKind::Interconnect { way, .. } => way.name(),
        LinkKind::Appliance { .. } => "appliance",
        LinkKind::Exchange => "exchange",
        LinkKind::Origin => "origin",
    }
}

const fn direction(link: SharedLink) -> &'static str {
    if link.down { "down" } else { "up" }
}
