//! When boxes are on.

use offpeak::scenario::Tables;
use offpeak::scenario::model::SpanLaw;
use offpeak::scenario::tables::BoxTable;
use offpeak::units::{Span, Time};
use offpeak::world::World;

use super::{base, build, secs, share};

#[test]
fn boxes_are_on_for_their_share_of_the_time() {
    let law = |text: &str| toml::from_str::<toml::Table>(text).expect("a table")["law"].clone();
    let law = |text: &str| law(text).try_into::<SpanLaw>().expect("a law");
    let on = [
        law("law = { constant = '3 h' }"),
        law("law = { exponential = { mean = '3 h' } }"),
        law("law = { lognormal = { median = '1 h', mean = '3 h' } }"),
        law("law = { weibull = { shape = 0.6, mean = '3 h' } }"),
        law("law = { quantiles = ['0 h', '1 h', '4 h', '9 h'] }"),
    ];
    let mut scenario = base();
    scenario.run.homes = 12_000;
    scenario.run.history = Span::ZERO;
    for on in on {
        scenario.box_on.on = on.clone();
        let world = build(&scenario);
        let hours = on.mean().as_secs_f64() / 3600.0;
        let wanted = hours / (hours + 12.0);
        let boxes: Vec<usize> = (0..12_000).filter(|home| world.homes.device[*home] == 0).collect();
        for part in 0..6 {
            let at = Time(secs("59 min").times(part).0);
            let on =
                |home: &usize| world.power[*home].iter().any(|(from, to)| *from <= at && at < *to);
            let seen = share(&boxes, on);
            assert!((seen - wanted).abs() < 0.02, "{part}: {seen} {wanted}");
        }
        for times in &world.power {
            assert!(times.iter().all(|(from, to)| from < to && *to <= world.until));
            assert!(times.windows(2).all(|pair| pair[0].1 < pair[1].0));
        }
        let sticks: Vec<usize> =
            (0..12_000).filter(|home| world.homes.device[*home] == 1).collect();
        let never = share(&sticks, |home| world.power[*home].is_empty());
        assert!(never > 0.75, "{never}");
    }
    let tables = Tables {
        box_on: Some(BoxTable {
            on: vec![secs("1 h"), secs("2 h"), secs("9 h")],
            off: vec![secs("30 min"), secs("7 h 30 min")],
        }),
        ..Tables::default()
    };
    let world = World::build(&scenario, &tables, 0);
    let boxes: Vec<usize> = (0..12_000).filter(|home| world.homes.device[*home] == 0).collect();
    let on: f64 = (boxes.iter().flat_map(|home| &world.power[*home]))
        .map(|(from, to)| to.since(*from).as_secs_f64())
        .sum();
    let share = on / boxes.len() as f64 / secs("6 h").as_secs_f64();
    assert!((share - 0.5).abs() < 0.02, "{share}");
}
