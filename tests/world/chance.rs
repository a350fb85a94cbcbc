//! Same numbers, same world; a change moves only what it is about.

use offpeak::scenario::model::SpanLaw;
use offpeak::scenario::{Scenario, Tables};
use offpeak::units::{Share, Span};
use offpeak::world::{Intent, World};

use super::{base, build, first, secs};

#[test]
fn the_same_numbers_give_the_same_world_and_others_another() {
    let mut scenario = base();
    scenario.run.homes = 200;
    let text = |scenario: &Scenario, replication| {
        format!("{:?}", World::build(scenario, &Tables::default(), replication))
    };
    assert_eq!(text(&scenario, 3), text(&scenario, 3));
    assert_ne!(text(&scenario, 3), text(&scenario, 4));
    let before = text(&scenario, 3);
    scenario.run.seed += 1;
    assert_ne!(before, text(&scenario, 3));
}

#[test]
fn more_homes_leave_the_first_ones_alone() {
    let (mut few, mut many) = (base(), base());
    (few.run.homes, many.run.homes) = (150, 400);
    let (few, many) = (build(&few), build(&many));
    assert_eq!(first(&few, 150), first(&many, 150));
    assert_eq!(format!("{:?}", few.catalogue), format!("{:?}", many.catalogue));
}

#[test]
fn a_change_in_one_thing_leaves_the_others_alone() {
    let mut scenario = base();
    scenario.run.homes = 300;
    let before = build(&scenario);
    let shares = [("box", 300_000), ("stick", 700_000)];
    for (device, ppm) in shares {
        scenario.device.get_mut(device).expect("a device").share = Share::from_ppm(ppm);
    }
    scenario.player.patience = secs("9 s");
    scenario.box_on.off = SpanLaw::Constant(secs("1 h"));
    scenario.video.headroom = Share::from_ppm(500_000);
    let after = build(&scenario);
    assert_ne!(before.homes.device, after.homes.device);
    assert_eq!(before.homes.down, after.homes.down);
    assert_eq!(before.homes.willing, after.homes.willing);
    assert_eq!(before.history, after.history);
    let what = |world: &World| -> Vec<Intent> {
        let bare = |i: &Intent| Intent { patience: Span::ZERO, ..*i };
        world.intents.iter().map(bare).collect()
    };
    assert_eq!(what(&before), what(&after));
    let late = after.intents.iter().zip(&before.intents);
    assert!(late.clone().all(|(a, b)| a.patience == b.patience + secs("7 s")));
}
