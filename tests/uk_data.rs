//! The evening that is shipped, against the panel's figures and the tables it was fitted to.

use std::path::{Path, PathBuf};

use offpeak::scenario::{Loaded, load};
use offpeak::units::{BitRate, Span, Time};
use offpeak::world::World;

fn scenario(file: &str, sets: &[(&str, &str)]) -> Loaded {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios").join(file);
    let sets: Vec<(String, String)> =
        sets.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
    load(&path, &sets).unwrap_or_else(|problems| panic!("{file}: {problems:?}"))
}

fn world(file: &str, sets: &[(&str, &str)]) -> World {
    let loaded = scenario(file, sets);
    World::build(&loaded.scenario, &loaded.tables, 0)
}

/// Median in Mbit/s.
fn median(rates: &[BitRate]) -> f64 {
    let mut rates = rates.to_vec();
    rates.sort_unstable();
    rates[rates.len() / 2].0 as f64 / 1e6
}

/// Homes enough that chance is small against the bound, time short enough that nobody watches.
const MANY: [(&str, &str); 6] = [
    ("run.homes", "300000"),
    ("run.start", "20:00"),
    ("run.warm_up", "0 s"),
    ("run.length", "5 min"),
    ("run.peak", "{ from = \"20:00\", to = \"20:05\" }"),
    ("run.history", "0 s"),
];

#[test]
fn drawn_lines_have_the_panels_weighted_medians() {
    let homes = world("uk-evening.toml", &MANY).homes;
    let (down, up) = (median(&homes.down), median(&homes.up));
    assert!((down / 15.0 - 1.0).abs() < 0.03, "{down} Mbit/s down, not 15.0");
    assert!((up / 1.06 - 1.0).abs() < 0.03, "{up} Mbit/s up, not 1.06");
}

/// The folder of tables, or a word that there is none.
fn tables() -> Option<String> {
    let given = std::env::var_os("OFFPEAK_DATA").map(PathBuf::from);
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data");
    let folder = given.unwrap_or_else(beside).join("scenario-uk-2015");
    if folder.is_dir() {
        return Some(folder.display().to_string());
    }
    eprintln!("skipped: no tables in {}", folder.display());
    None
}

/// The same world drawn from figures and from tables.
fn both(sets: &[(&str, &str)]) -> Option<[World; 2]> {
    let folder = tables()?;
    let with = [sets, &[("csv.folder", folder.as_str())]].concat();
    Some([world("uk-evening.toml", sets), world("uk-2015-traces.toml", &with)])
}

fn near(what: &str, [fitted, table]: [f64; 2], most: f64) {
    assert!((fitted - table).abs() <= most, "{what}: {fitted} fitted, {table} from tables");
}

fn like(what: &str, [fitted, table]: [f64; 2], part: f64) {
    let off = fitted / table - 1.0;
    assert!(off.abs() <= part, "{what}: {fitted} fitted, {table} from tables, {off:+.3}");
}

#[test]
fn lines_are_those_of_the_tables() {
    let Some(worlds) = both(&MANY) else { return };
    let each = |of: fn(&World) -> f64| [of(&worlds[0]), of(&worlds[1])];
    let mean = |rates: &[BitRate]| {
        rates.iter().map(|rate| rate.0 as f64).sum::<f64>() / rates.len() as f64 / 1e6
    };
    // 5,000 rows are a sample themselves: its median is known to 3 %.
    like("median down", each(|w| median(&w.homes.down)), 0.06);
    like("median up", each(|w| median(&w.homes.up)), 0.06);
    let means = |of: fn(&World) -> &[BitRate]| [mean(of(&worlds[0])), mean(of(&worlds[1]))];
    like("mean down", means(|w| &w.homes.down), 0.06);
    like("mean up", means(|w| &w.homes.up), 0.08);
    for isp in &worlds[0].topology.isps {
        let share = |world: &World| {
            let named = world.topology.isps.iter().find(|other| other.name == isp.name);
            let homes = named.unwrap_or_else(|| panic!("no provider {}", isp.name)).homes;
            f64::from(homes) / world.homes.len() as f64
        };
        near(&isp.name, [share(&worlds[0]), share(&worlds[1])], 0.02);
    }
    let evening = |world: &World| {
        let homes = &world.homes;
        let sum = |rates: &[BitRate]| rates.iter().map(|rate| rate.0 as f64).sum::<f64>();
        sum(&homes.down_evening) / sum(&homes.down)
    };
    near("evening factor", [evening(&worlds[0]), evening(&worlds[1])], 0.03);
}

const EVENING: [(&str, &str); 2] = [("run.homes", "20000"), ("run.history", "0 s")];

/// Viewings under way at a time since the beginning, as intended.
fn viewers(world: &World, at: Time) -> f64 {
    let on = |intent: &&offpeak::world::Intent| {
        let end = intent.start + world.catalogue.segment.times(u64::from(intent.segments));
        intent.start <= at && at < end.min(intent.deadline)
    };
    world.intents.iter().filter(on).count() as f64
}

/// Part of all viewings that the most viewed `titles` get.
fn concentration(world: &World, titles: usize) -> f64 {
    let mut counts = vec![0u32; world.catalogue.titles()];
    world.intents.iter().for_each(|intent| counts[intent.title as usize] += 1);
    counts.sort_unstable_by(|a, b| b.cmp(a));
    let top: u32 = counts.iter().take(titles).sum();
    f64::from(top) / world.intents.len() as f64
}

/// Mean rate of what is watched, in Mbit/s.
fn stream(world: &World) -> f64 {
    let rate = |home: u32| {
        let rung = world.homes.rung[home as usize];
        world.catalogue.ladder[usize::from(rung)].0 as f64
    };
    let (mut bits, mut time) = (0.0, 0.0);
    for intent in &world.intents {
        let span = f64::from(intent.segments);
        bits += rate(intent.home.0) * span;
        time += span;
    }
    bits / time / 1e6
}

/// Part of the time that boxes are on without a viewer's doing.
fn on(world: &World) -> f64 {
    let times = world.power.iter().flatten().map(|(from, to)| to.since(*from).as_secs_f64());
    let whole = world.until.since(Time::ZERO).as_secs_f64() * world.power.len() as f64;
    times.sum::<f64>() / whole
}

#[test]
fn the_evening_is_that_of_the_tables() {
    let Some(worlds) = both(&EVENING) else { return };
    let each = |of: &dyn Fn(&World) -> f64| [of(&worlds[0]), of(&worlds[1])];
    for (clock, minutes) in
        [("18:00", 90), ("19:00", 150), ("20:00", 210), ("21:00", 270), ("22:00", 330)]
    {
        let at = Time::ZERO + Span::from_secs(minutes * 60);
        like(&format!("viewers at {clock}"), each(&|world| viewers(world, at)), 0.15);
    }
    let peak = viewers(&worlds[0], Time::ZERO + Span::from_secs(270 * 60));
    assert!(peak > 2000.0, "{peak} viewers at 21:00");
    let watched = |world: &World| {
        let segments: u64 = world.intents.iter().map(|i| u64::from(i.segments)).sum();
        world.catalogue.segment.times(segments).as_secs_f64() / 3600.0
    };
    like("hours watched", each(&watched), 0.15);
    // The tables' runtimes are longer, so fewer viewings end with the title: fewer and longer ones
    // make the same audience.
    let [fitted, table] = each(&|world| world.intents.len() as f64);
    assert!(
        table < fitted && fitted < 1.6 * table,
        "{fitted} viewings fitted, {table} from tables"
    );
    // The tables know no release: without releases the catalogue is as concentrated as theirs, with
    // them more.
    let mut old = scenario("uk-evening.toml", &EVENING);
    old.scenario.catalogue.release = None;
    let old = World::build(&old.scenario, &old.tables, 0);
    for (titles, most) in [(1, 0.02), (10, 0.03), (100, 0.05), (1000, 0.08)] {
        let [fresh, table] = each(&|world| concentration(world, titles));
        near(&format!("viewings of the top {titles}"), [concentration(&old, titles), table], most);
        assert!(fresh > concentration(&old, titles), "releases draw no viewers to {titles} titles");
    }
    like("mean rate of what is watched", each(&stream), 0.1);
    // Of the measured 0.334, what each kind of device keeps; the tables leave out off times at both
    // ends of a trace, so boxes are on for longer there.
    let devices = powered(&EVENING);
    let [fitted, table] = each(&on);
    near("boxes on", [fitted, 0.334 * devices], 0.03);
    assert!(fitted < table && table < 2.0 * fitted, "on for {fitted} fitted, {table} from tables");
}

/// Part of `[box]` that the devices of the evening stay powered, on average.
fn powered(sets: &[(&str, &str)]) -> f64 {
    let loaded = scenario("uk-evening.toml", sets);
    let devices = loaded.scenario.device.values();
    devices.map(|device| device.share.as_f64() * device.standby.as_f64()).sum()
}
