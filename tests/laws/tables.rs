//! Viewings from any table: the laws hold, and rows are what is pressed.

use std::fmt::Write as _;
use std::path::Path;

use offpeak::scenario::load;
use offpeak::units::{Span, Time};
use proptest::prelude::*;

use super::play_all;

/// Home, start and length in seconds, what is shown.
type Row = (u8, i32, u16, &'static str);

fn rows() -> impl Strategy<Value = Vec<Row>> {
    let shown = prop::sample::select(vec!["first", "first", "second", "0", "1"]);
    // From a while before 20:00 to its end half an hour later; `second` is on air for 20 minutes.
    let row =
        (0u8..20, 71_400i32..73_800, 1u16..1_500, shown).prop_map(|(home, at, length, what)| {
            let at = if what == "second" { 72_000 + at % 1_200 } else { at };
            (home, at, length, what)
        });
    prop::collection::vec(row, 4..60).prop_map(|mut rows| {
        rows.sort_unstable();
        rows.dedup_by_key(|row| (row.0, row.1));
        rows
    })
}

proptest! {
    #![proptest_config(ProptestConfig { max_shrink_iters: 60, ..ProptestConfig::with_cases(16) })]
    #[test]
    fn laws_hold_for_any_table(
        rows in rows(),
        seed in any::<u32>(),
        history in prop::sample::select(vec!["0 s", "10 min"]),
        disk in prop::sample::select(vec!["0 B", "20 MB", "2 GB"]),
    ) {
        let folder = tempfile::tempdir().expect("a folder");
        let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/small/sessions.toml");
        let file = folder.path().join("s.toml");
        std::fs::copy(from, &file).expect("a copy");
        let mut table = "home,start_s,length_s,title\n".to_owned();
        for (home, start, length, shown) in &rows {
            writeln!(table, "h{home},{start},{length},{shown}").expect("a text grows");
        }
        std::fs::write(folder.path().join("sessions.csv"), table).expect("a table");
        let sets = [
            ("run.seed", seed.to_string()),
            ("run.history", history.to_owned()),
            ("device.browser.cache.size", disk.to_owned()),
        ];
        let sets: Vec<_> = sets.map(|(key, value)| (key.to_owned(), value)).to_vec();
        let loaded = load(&file, &sets).unwrap_or_else(|told| panic!("{told}"));
        let runs = play_all(&loaded, 0);
        let Ok(runs) = runs else {
            let broken = runs.err().unwrap_or_default();
            prop_assert!(false, "{rows:?} with {sets:?}: {broken}");
            return Ok(());
        };
        // Every row that begins within the run is pressed on the second, and no other.
        let begin = Span::from_secs(72_000);
        let within = |row: &&Row| (72_000..73_800).contains(&row.1);
        let wanted: Vec<Time> = rows
            .iter()
            .filter(within)
            .map(|row| Time(Span::from_secs(u64::from(row.1.unsigned_abs())).0 - begin.0))
            .collect();
        for run in &runs {
            // Those that ran at the start go on within a segment of it.
            let pressed = |time: &Time| run.pressed.iter().filter(|press| press.0 == *time).count();
            for time in &wanted {
                let rows = wanted.iter().filter(|other| *other == time).count();
                prop_assert!(pressed(time) >= rows, "{time:?} of {rows:?}");
            }
            let late = |press: &&super::Press| press.0 >= Time(Span::from_secs(6).0);
            let expected = wanted.iter().filter(|time| **time >= Time(Span::from_secs(6).0));
            prop_assert_eq!(run.pressed.iter().filter(late).count(), expected.count());
        }
    }
}
