//! What there is to watch.

use offpeak::scenario::Tables;
use offpeak::scenario::tables::{SegmentTable, TitleRow};
use offpeak::units::{BitRate, Bytes};
use offpeak::world::{Catalogue, World};

use super::{base, build, median, secs};

#[test]
fn the_catalogue_is_as_long_and_as_large_as_stated() {
    let Catalogue { segments, ladder, sizes: all, rank, offset, .. } = build(&base()).catalogue;
    assert_eq!(segments.len(), 500);
    assert!(segments.iter().all(|count| (300..=1_800).contains(count)));
    assert!(median(segments.iter().map(|count| u64::from(*count)).collect()).abs_diff(675) < 60);
    let mut order = rank;
    order.sort_unstable();
    assert!(order.into_iter().eq(0..500));
    assert!(offset.iter().all(|offset| *offset < 512));
    for (rate, sizes) in ladder.iter().zip(&all) {
        let mean = sizes.iter().map(|size| size.0 as f64).sum::<f64>() / sizes.len() as f64;
        let wanted = rate.0 as f64 / 2.0;
        assert!((mean / wanted - 1.0).abs() < 1e-5, "{mean} {wanted}");
        let square = sizes.iter().map(|size| (size.0 as f64 - mean) * (size.0 as f64 - mean));
        let spread = (square.sum::<f64>() / sizes.len() as f64).sqrt() / mean;
        assert!((spread - 0.3).abs() < 0.05, "{spread}");
        let factor = sizes[7].0 as f64 / wanted;
        let lowest = all[0][7].0 as f64 / (ladder[0].0 as f64 / 2.0);
        assert!((factor - lowest).abs() < 1e-5, "one factor for all rungs");
    }
}

#[test]
fn tables_replace_titles_and_sizes() {
    let title = |views, runtime| TitleRow { views, runtime: secs(runtime) };
    let sizes = vec![vec![Bytes(5), Bytes(6), Bytes(7)], vec![Bytes(50), Bytes(60), Bytes(70)]];
    let tables = Tables {
        titles: Some(vec![title(1.0, "9 s"), title(5.0, "8 s"), title(3.0, "1 s")]),
        segments: Some(SegmentTable {
            ladder: vec![BitRate(10), BitRate(100)],
            sizes: sizes.clone(),
        }),
        ..Tables::default()
    };
    let mut scenario = base();
    scenario.catalogue.release = None;
    let catalogue = World::build(&scenario, &tables, 0).catalogue;
    assert_eq!(catalogue.segments, [3, 2, 1]);
    assert_eq!(catalogue.rank, [2, 0, 1]);
    assert_eq!(catalogue.ladder, [BitRate(10), BitRate(100)]);
    assert_eq!(catalogue.sizes, sizes);
    assert!((0..3).all(|title| catalogue.size(title, 1, 2) >= Bytes(50)));
}

/// First viewings, as a home does not watch twice; cells hold at least 50 viewings.
#[test]
fn titles_are_watched_by_their_weight() {
    let mut scenario = base();
    scenario.run.homes = 30_000;
    scenario.run.history = secs("1 d");
    scenario.catalogue.release = None;
    let world = build(&scenario);
    let firsts = world.history.iter().filter_map(|past| past.first());
    let mut seen = vec![0.0; 500];
    for past in firsts {
        seen[past.title as usize] += 1.0;
    }
    let weight = |title: usize| 1.0 / (title as f64 + 11.0);
    let total: f64 = (0..500).map(weight).sum();
    let all: f64 = seen.iter().sum();
    let (mut square, mut cells) = (0.0, 0.0_f64);
    for (title, seen) in seen.into_iter().enumerate() {
        let expected = all * weight(title) / total;
        if expected >= 10.0 {
            square += (seen - expected) * (seen - expected) / expected;
            cells += 1.0;
        }
    }
    assert!(all > 10_000.0 && cells > 400.0, "{all} {cells}");
    assert!((square - cells).abs() < 4.0 * (2.0 * cells).sqrt(), "{square} {cells}");
}

#[test]
fn new_titles_lead_the_ranks_while_their_gain_lasts() {
    let mut scenario = base();
    scenario.catalogue.titles = 5_000;
    scenario.catalogue.release = None;
    assert!(build(&scenario).catalogue.rank.into_iter().eq(0..5_000));
    scenario.catalogue.release = base().catalogue.release;
    let ranks = build(&scenario).catalogue.rank;
    let risen = (0..5_000_u32).filter(|title| ranks[*title as usize] + 1 < title / 3).count();
    // A title weighs over three times its base for 5 d × log2(8 / 2) = 10 d: 14 titles of 5,000.
    assert!((6..26).contains(&risen), "{risen}");
}
