//! A run before its first event: links, peers with what they watched earlier, what is known beforehand.

use super::holders::Counted;
use super::observe::Kit;
use super::*;
use crate::peer::Refusal;
use crate::peer::abr::Adapt;
use crate::scenario::model::{Device, StartRung, Upload};

impl<'w, O: Observer> Engine<'w, O> {
    /// A run of `arm` in `world`, replication `replication` of `scenario`.
    pub fn new(
        scenario: &Scenario,
        world: &'w World,
        arm: &ArmPlan,
        replication: u32,
        watch: &'w mut O,
    ) -> Self {
        Self::metered(scenario, world, arm, replication, watch, Unmetered)
    }
}

impl<'w, O: Observer, M: Meter> Engine<'w, O, M> {
    /// A run whose parts `meter` hears of.
    pub fn metered(
        scenario: &Scenario,
        world: &'w World,
        arm: &ArmPlan,
        replication: u32,
        watch: &'w mut O,
        meter: M,
    ) -> Self {
        let devices: Vec<_> = arm.device.values().collect();
        let homes = &world.homes;
        let device = |home: usize| devices[usize::from(homes.device[home])];
        let uploads: Vec<&Upload> = devices.iter().map(|device| &device.upload).collect();
        let usable = |home: usize| homes.up[home].part(device(home).upload.share);
        let never: Vec<Option<Refusal>> =
            (0..homes.len()).map(|home| never(world, home, arm)).collect();
        let up = |home: usize| {
            if never[home].is_none() { usable(home) } else { BitRate::ZERO }
        };
        let (paths, sharing, shared) = Paths::new((scenario, arm), world, up);
        watch.begins(&shared);
        let start = scenario.run.start.0;
        let capacities = Capacities::new(start, world, &paths.layout, &shared);
        let (links, segment) = (sharing.links(), world.catalogue.segment);
        let draw = Draw::new(scenario.run.seed, replication);
        let mut engine = Self {
            world,
            draw,
            watch,
            meter,
            now: Time::ZERO,
            queue: Queue::default(),
            paths,
            transfers: Transfers::new(links),
            sharing,
            directory: Directory::new(&arm.directory, world),
            holders: Holders::new(world),
            mesh: Mesh::new(&arm.mesh, homes.len()),
            exchange: Exchange::default(),
            path_times: arm.mesh.path.map(|path| PathTimes::new(path, homes.len())),
            connections: Connections::new(&scenario.network.tcp, arm.mesh.window, homes.len()),
            nats: Nats::new(&scenario.isp),
            capacities,
            uplinks: Uplinks::new(&scenario.network.tcp, homes.len()),
            budgets: Budgets::new(&uploads, (homes, &world.topology.tariffs), scenario.run.start),
            askers: BTreeMap::new(),
            verification: Verification::new(world, arm, &draw, scenario.network.corrupt),
            evenings: vec![false; scenario.isp.len()],
            configs: devices.iter().map(|device| config(scenario, arm, segment, device)).collect(),
            caps: devices.iter().map(|device| device.upload.cap).collect(),
            ladder: Ladder::new(&world.catalogue.ladder),
            starts_lowest: arm.player.abr.adapts() && arm.player.start_rung == StartRung::Lowest,
            directory_rtt: arm.directory.rtt,
            bin: scenario.run.bin,
            peers: vec![Peer::default(); homes.len()],
            homes: (0..homes.len()).map(|at| Home::new(world, at, never[at])).collect(),
            seats: Seats::default(),
            looks_ahead: homes.len() >= ahead::HOMES,
            looked_at: 0,
            sooner: Vec::new(),
            outputs: Vec::new(),
            names: Vec::new(),
            audit: Audit::default(),
            supply: Supply::default(),
        };
        if engine.uplinks.acks() {
            engine.sharing.note_moves();
            for home in 0..engine.homes.len() {
                engine.homes[home].yields = engine.yields(home);
            }
        }
        engine.introduce(arm, &never);
        engine.remember_history();
        engine.schedule();
        engine
    }

    /// Tells the observer what devices may do, and who never gives.
    fn introduce(&mut self, arm: &ArmPlan, never: &[Option<Refusal>]) {
        for at in 0..arm.device.len() {
            let disk = self.configs[at].keeps();
            self.watch.device(at as u8, Kit { disk });
        }
        for (home, why) in never.iter().enumerate() {
            if let Some(why) = why {
                self.watch.never_gives(home as u32, *why);
            }
        }
    }

    /// Puts earlier viewings through the caches, in their order.
    fn remember_history(&mut self) {
        let catalogue = &self.world.catalogue;
        let size_of = |item: Item, segment| catalogue.size(item.title, item.rung, segment);
        let mut dropped = Vec::new();
        for (home, past) in self.world.history.iter().enumerate() {
            let rung = self.world.homes.rung[home];
            let config = &self.configs[usize::from(self.world.homes.device[home])];
            for viewing in past {
                let item = Item { title: viewing.title, rung };
                let run = (item, viewing.from, viewing.from.saturating_add(viewing.segments));
                self.peers[home].remember(config, run, &size_of, &mut dropped);
            }
            for held in self.peers[home].store().disk().holdings() {
                let item = held.item;
                if self.paths.origin_only(catalogue.rank[item.title as usize]) {
                    for segment in held.segments.ranges().flat_map(|(from, to)| from..to) {
                        self.watch.obtained(Time::ZERO, home as u32, item, segment);
                    }
                }
                let never = self.homes[home].never;
                self.holders.begins(item, Counted { home: home as u32, never, on: false });
                if self.homes[home].permitted() {
                    self.directory.holds(home as u32, item, Time::ZERO);
                }
            }
        }
    }

    /// Puts in what is known beforehand.
    fn schedule(&mut self) {
        let world = self.world;
        if !world.intents.is_empty() {
            self.queue.push(world.intents[0].start, Event::Intent { index: 0 });
        }
        for (home, times) in world.power.iter().enumerate() {
            let home = home as u32;
            for &(from, to) in times {
                self.queue.push(from, Event::PowerOn { home });
                if to < world.until {
                    self.queue.push(to, Event::PowerOff { home });
                }
            }
        }
        for (isp, site) in world.topology.isps.iter().enumerate() {
            for &(from, to) in &site.evenings {
                self.queue.push(from, Event::Evening { isp: isp as u8, begins: true });
                self.queue.push(to, Event::Evening { isp: isp as u8, begins: false });
            }
        }
        self.await_capacities(0);
        if Time::ZERO + self.bin < world.until {
            self.queue.push(Time::ZERO + self.bin, Event::Bin);
        }
        self.queue.push(world.until, Event::End);
    }
}

/// How the core is set on a kind of device.
pub fn config(scenario: &Scenario, arm: &ArmPlan, segment: Span, device: &Device) -> Config {
    Config {
        plan: arm.scheduler.plan(),
        clock: scenario.run.start,
        segment,
        start_after: arm.player.start_after,
        resume_after: arm.player.resume_after,
        cache: device.cache.policy,
        grain: device.cache.grain,
        disk: if arm.scheduler.keeps() { device.cache.size } else { Bytes::ZERO },
        memory: device.memory,
        upload_slots: device.upload.slots,
        upload_in_standby: device.upload.in_standby,
        upload_least: device.upload.least.unwrap_or_default(),
        links: arm.mesh.links,
        refresh: arm.directory.refresh,
        adapt: Adapt {
            abr: arm.player.abr,
            estimate: arm.player.estimate,
            buffer: arm.player.buffer,
        },
    }
}

/// Why home `home` never gives in `arm`; `None` when it does.
pub fn never(world: &World, home: usize, arm: &ArmPlan) -> Option<Refusal> {
    let homes = &world.homes;
    let device = arm.device.values().nth(usize::from(homes.device[home]));
    let upload = &device.expect("invariant: homes have devices of the scenario").upload;
    let on = |marks: &[bool]| marks.get(home) == Some(&true);
    let has_some = upload.slots > 0 && homes.up[home].part(upload.share) > BitRate::ZERO;
    // Nobody asks a home that cannot send: it offers nothing.
    let able = homes.able.get(home) != Some(&false);
    if homes.willing[home] >= upload.permits(arm.prices.reward).ppm() || !has_some || !able {
        return Some(Refusal::NotPermitted);
    }
    if on(&homes.metered) && !upload.metered {
        return Some(Refusal::Metered);
    }
    (on(&homes.battery) && !upload.on_battery).then_some(Refusal::Battery)
}
