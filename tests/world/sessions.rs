//! Viewings from a table.

use std::path::Path;

use offpeak::scenario::{Loaded, load};
use offpeak::units::{Span, Time};
use offpeak::world::{Intent, World};

/// The shipped example with other rows.
fn replay(rows: &str, sets: &[(&str, &str)]) -> Result<Loaded, String> {
    let folder = tempfile::tempdir().expect("a folder");
    let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/small/sessions.toml");
    let file = folder.path().join("s.toml");
    std::fs::copy(from, &file).expect("a copy");
    std::fs::write(folder.path().join("sessions.csv"), rows).expect("a table");
    let sets: Vec<_> = sets.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
    load(&file, &sets).map_err(|problems| problems.to_string())
}

fn world(rows: &str, sets: &[(&str, &str)]) -> World {
    let loaded = replay(rows, sets).unwrap_or_else(|told| panic!("{told}"));
    World::build(&loaded.scenario, &loaded.tables, 0)
}

fn second(secs: u64) -> Time {
    Time(Span::from_secs(secs).0)
}

/// Start, title, first segment, segments, end.
fn told(intent: &Intent) -> (Time, u32, u16, u16, Time) {
    (intent.start, intent.title, intent.from, intent.segments, intent.deadline)
}

#[test]
fn rows_are_played_as_they_stand() {
    // 20:00 is 72,000 s.
    let rows = "title,start_s,length_s,home\n\
        1,72060,61,x\n0,72900,30,y\n0,72300,100000,x\nfirst,72600.5,90,x\n1,73700,600,y\n";
    let world = world(rows, &[]);
    assert_eq!((world.homes.len(), world.intents.len()), (2, 5));
    let homes: Vec<u32> = world.intents.iter().map(|intent| intent.home.0).collect();
    assert_eq!(homes, [0, 0, 0, 1, 1]);
    assert_eq!(told(&world.intents[0]), (second(60), 1, 0, 11, second(121)));
    // The next row of the home ends it, after 300.5 s: 51 segments begun.
    let cut = Time(600_500_000_000);
    assert_eq!(told(&world.intents[1]), (second(300), 0, 0, 51, cut));
    let live = &world.intents[2];
    let (published, _) = world.catalogue.published(2, cut);
    assert_eq!(told(live), (cut, 2, published - 3, 15, Time(690_500_000_000)));
    assert_eq!(told(&world.intents[3]), (second(900), 0, 0, 5, second(930)));
    // It runs on beyond the end of the run.
    assert_eq!(told(&world.intents[4]), (second(1_700), 1, 0, 100, second(2_300)));
}

#[test]
fn what_runs_at_the_start_goes_on_and_what_is_over_is_history() {
    let rows = "title,start_s,length_s,home\n\
        1,71980,100,a\n0,71000,300,b\n0,60000,300,c\nfirst,71000,1600,d\n0,-500,60,e\n";
    let near = world(rows, &[("run.history", "2 h")]);
    // Begun 20 s before: four segments are past, the fifth begins at 4 s.
    let live = near.catalogue.published(2, second(2)).0 - 3;
    let starts: Vec<_> = near.intents.iter().map(told).collect();
    // 1,600 s are 267 segments, 167 of them begun before.
    let expected = [(second(2), 2, live, 100, second(600)), (second(4), 1, 4, 13, second(80))];
    assert_eq!(starts, expected);
    let past: Vec<_> = near.history.iter().map(|past| past.len()).collect();
    assert_eq!(past, [1, 1, 0, 0, 0]);
    let last = near.history[1][0];
    assert_eq!((last.title, last.from, last.segments), (0, 0, 50));
    // A month-old row counts when the history reaches back that far.
    let long = world(rows, &[("run.history", "2 d")]);
    assert_eq!(long.history.iter().filter(|past| !past.is_empty()).count(), 4);
}

#[test]
fn a_channel_off_air_ends_what_is_watched() {
    let world = world("title,start_s,length_s\nsecond,73100,5000\nsecond,72000,60\n", &[]);
    assert_eq!(world.homes.len(), 2);
    // 20:20 is 1,200 s after the start.
    assert_eq!(world.intents[1].deadline, second(1_200));
    assert_eq!(world.intents[1].segments, 17);
    // At 20:00 sharp nothing is published yet: the first segment is waited for.
    assert_eq!(told(&world.intents[0]), (Time::ZERO, 3, 0, 10, second(60)));
}

#[test]
fn what_a_row_says_of_its_home_is_not_drawn() {
    let rows = "title,start_s,length_s,home,line,upload,isp,place,device\n\
        0,72000,60,a,fibre,1,Net,Town,browser\n0,72000,60,b,adsl,0,,,\n0,72100,60,a,,,,,\n\
        0,72000,60,c,,,,,\n";
    for replication in 0..8 {
        let loaded = replay(rows, &[]).unwrap();
        let world = World::build(&loaded.scenario, &loaded.tables, replication);
        assert!(world.homes.up[0].0 >= 8_000_000 && world.homes.up[1].0 <= 1_100_000);
        assert_eq!(world.homes.willing[..2], [0, 1_000_000]);
        assert!(world.homes.willing[2] < 1_000_000);
    }
}

#[test]
fn the_first_homes_of_a_table_can_be_taken_alone() {
    let rows = "title,start_s,length_s,home\n0,72000,60,a\n1,72000,60,b\n0,72100,60,a\n";
    let world = world(rows, &[("run.homes", "1")]);
    assert_eq!((world.homes.len(), world.intents.len()), (1, 2));
    let told = replay(rows, &[("run.homes", "3")]).unwrap_err();
    assert!(told.contains("S0304") && told.contains("has 2"), "{told}");
}

#[test]
fn bad_rows_are_told_with_their_place() {
    let head = "home,start_s,length_s,title,isp,line,upload,device\na,72000,60,0,Net,adsl,1,\n";
    for (row, place, says) in [
        ("a,72000,9,1,,,,", "sessions.csv:3:3", "at the same time"),
        ("b,now,9,1,,,,", "sessions.csv:3:3", "\"now\" is not a number"),
        ("b,72000,0,1,,,,", "sessions.csv:3:9", "0 is not between 0.001"),
        ("b,72000,9,2,,,,", "sessions.csv:3:11", "there is no title 2, the last one is 1"),
        ("b,72000,9,frist,,,,", "sessions.csv:3:11", "did you mean `first`?"),
        ("b,72000,9,,,,,", "sessions.csv:3:11", "an empty field"),
        ("b,75000,9,second,,,,", "sessions.csv:3:3", "on air from 20:00 to 20:20 only"),
        ("b,72000,9,0,Nett,,,", "sessions.csv:3:13", "did you mean `Net`?"),
        ("a,72100,9,0,,fibre,,", "sessions.csv:3:14", "an earlier row of this home"),
        ("a,72100,9,0,,,2,", "sessions.csv:3:15", "2 is not between 0 and 1"),
        ("b,72100,9,0,,,,box", "sessions.csv:3:16", "there is no device called `box`"),
        (",72100,9,0,,,,", "sessions.csv:3:1", "an empty field"),
    ] {
        let told = replay(&format!("{head}{row}\n"), &[]).expect_err(row);
        assert!(told.contains(place) && told.contains(says), "{row}: {told}");
    }
    let rows = "title,start_s,length_s\n0,72000,60\n";
    for (key, value) in [
        ("demand.spread", "0.5"),
        ("demand.live", "0.5"),
        ("at_home.spell", "2 h"),
        ("csv.watching", "w.csv"),
    ] {
        let told = replay(rows, &[(key, value)]).expect_err(key);
        let says = told.contains("given twice") && told.contains("csv.sessions");
        assert!(says || key == "at_home.spell" && told.contains("`at_home`"), "{key}: {told}");
    }
}
