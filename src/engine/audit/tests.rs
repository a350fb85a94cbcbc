//! Books that agree pass; each way of tampering with them is seen.

use std::path::Path;

use super::super::homes::Home;
use super::super::observe::Ending;
use super::super::paths::Paths;
use super::super::sharing::{Demand, FlowId, LinkId, Sharing};
use super::super::transfers::{Begin, Transfers};
use super::Audit;
use crate::engine::causes::Why;
use crate::peer::{Item, Slot};
use crate::scenario;
use crate::units::{BitRate, Bytes, Span, Time};
use crate::world::World;

const NOW: Time = Time(Span::from_secs(60).0);

/// A world of few homes, with a peer and a server transfer done and entered correctly.
struct Books {
    world: World,
    sharing: Sharing,
    transfers: Transfers,
    audit: Audit,
    open: Option<u32>,
}

fn books(enter: bool) -> Books {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/small/two-providers.toml");
    let sets = [("run.homes".to_owned(), "8".to_owned())];
    let loaded = scenario::load(&file, &sets).unwrap();
    let world = World::build(&loaded.scenario, &loaded.tables, 0);
    let given = (&loaded.scenario, &loaded.arms[0]);
    let (paths, mut sharing, _) = Paths::new(given, &world, |home| world.homes.up[home]);
    let mut transfers = Transfers::new(sharing.links());
    let mut audit = Audit::default();
    let homes = [0, 1, 2].map(|at| Home::new(&world, at, None));
    let path = |via, from: Option<u32>, to: u32| {
        let row = |home: u32| (home, &homes[home as usize]);
        paths.links(via, from.map(row), row(to))
    };
    let peer = Paths::between(&homes[0], &homes[1]);
    let (server, _) = paths.from_cdn(&sharing, 0, &homes[2]);
    let mut begin = |home, from, via| {
        let (slot, why, segment, size) = (Slot(0), Why::NONE, 0, Bytes(50_000));
        let item = Item { title: 0, rung: 0 };
        let begin = Begin { home, slot, from, via, why, item, segment, size, class: None };
        let at = transfers.ask(Time::ZERO, begin);
        transfers.flow(at, Time::ZERO, &path(via, from, home), (None, 1), &mut sharing);
        (home, from, via, at)
    };
    let both = [begin(1, Some(0), peer), begin(2, None, server)];
    let mut announced = Vec::new();
    sharing.settle(Time::ZERO, &mut announced);
    assert_eq!(announced.len(), 2);
    for (home, from, via, at) in both {
        let path = path(via, from, home);
        assert_eq!(transfers.report(at, NOW, &path, &sharing), Bytes(50_000));
        let got = transfers.end(at, NOW, Ending::Done, &mut sharing);
        if enter {
            audit.moved(home, from, got);
        }
    }
    sharing.settle(NOW, &mut Vec::new());
    Books { world, sharing, transfers, audit, open: None }
}

fn faults(tamper: impl FnOnce(&mut Books)) -> Vec<String> {
    let mut books = books(true);
    tamper(&mut books);
    let Books { world, sharing, transfers, mut audit, .. } = books;
    audit.close(&world, &sharing, &transfers, NOW);
    audit.faults
}

#[test]
fn books_that_agree_pass() {
    assert_eq!(faults(|_| {}), Vec::<String>::new());
}

#[test]
fn every_tampering_is_seen() {
    let seen = |what: &str, tamper: fn(&mut Books), word: &str| {
        let found = faults(tamper);
        assert!(found.iter().any(|fault| fault.contains(word)), "{what}: {found:?}");
    };
    seen("bytes from nowhere", |b| b.audit.moved(3, None, Bytes(1)), "crossed its line");
    seen("bytes from a peer", |b| b.audit.moved(3, Some(4), Bytes(1)), "home 4: sent 1");
    seen(
        "bytes to the wrong home",
        |b| b.audit.received.swap(0, 1),
        "home 0: sent 50000 and received 50000",
    );
    seen("a byte lost on an uplink", |b| b.transfers.over[0] -= 1, "home 0: sent 50000");
    seen("a byte lost on a downlink", |b| b.transfers.over[3] -= 1, "home 1");
    let last = |b: &mut Books| *b.transfers.over.last_mut().unwrap() += 1;
    seen("a byte more from the origin", last, "servers");
    seen(
        "a transfer that ended twice",
        |b| b.transfers.ended[0] += 1,
        "2 transfers begun, 3 ended",
    );
    seen("a transfer that was not begun", |b| b.transfers.begun -= 1, "1 transfers begun");
    seen("a viewing without an end", |b| b.audit.viewings_begun += 1, "1 viewings begun, 0 ended");
    let flood = |b: &mut Books| {
        b.transfers.over[2 * 5 + 1] += 1 << 40;
        b.audit.moved(5, None, Bytes(1 << 40));
    };
    seen("more than the line carries", flood, "more bytes than its line can carry");
    let open = |b: &mut Books| {
        let begin = Begin {
            home: 1,
            slot: Slot(1),
            from: None,
            via: super::super::observe::Via::Origin,
            why: Why::NONE,
            item: Item { title: 0, rung: 0 },
            segment: 0,
            size: Bytes(1),
            class: None,
        };
        b.open = Some(b.transfers.ask(Time::ZERO, begin));
    };
    seen("a transfer left open", open, "3 transfers begun, 2 ended");
    let unsettled = |b: &mut Books| {
        let demand = Demand { size: Bytes(1), cap: None, weight: 1 };
        b.sharing.start(FlowId(9), NOW, &[LinkId(0)], demand);
        b.sharing.settle(NOW, &mut Vec::new());
        b.sharing.set_capacity(LinkId(0), BitRate(1));
    };
    assert!(!faults(unsettled).is_empty(), "a link above its capacity");
}

#[test]
fn what_is_not_entered_is_missed() {
    let Books { world, sharing, transfers, mut audit, .. } = books(false);
    audit.close(&world, &sharing, &transfers, NOW);
    assert!(audit.faults.len() >= 4, "{:?}", audit.faults);
}
