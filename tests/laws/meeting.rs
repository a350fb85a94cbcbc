//! How peers meet: whom the directory names, what neighbours name, when connections end, who can send.

use super::{Played, hold, short};

/// The arm `hybrid` of one title with these keys set.
fn hybrid(sets: &[(&str, &str)]) -> Played {
    let runs = hold("meeting", &short("one-title.toml", sets));
    runs.into_iter().find(|run| run.arm == "hybrid").expect("an arm")
}

fn share(sets: &[(&str, &str)]) -> f64 {
    hybrid(sets).all("p2p_share")
}

/// One name at the door, and none for the next hour.
const FEW: [(&str, &str); 4] = [
    ("directory.list", "1"),
    ("directory.refresh", "1 h"),
    ("directory.staleness", "0 s"),
    ("mesh.success", "1.0"),
];

#[test]
fn names_at_the_door_and_later_each_bring_connections() {
    let often = ("directory.refresh", "10 s");
    let alone = share(&FEW);
    let none_later = share(&[&FEW[..], &[often, ("directory.refresh_list", "0")]].concat());
    let one_later = share(&[&FEW[..], &[often]].concat());
    // To ask for nothing is to look around once more, and no other difference.
    assert!((alone - none_later).abs() < 0.03, "{none_later} with no names later, {alone} unasked");
    assert!(one_later > alone + 0.02, "{one_later} with names later, {alone} without");
}

#[test]
fn neighbours_name_others_and_their_messages_are_counted() {
    let exchange = ("mesh.exchange", "{ names = 50, every = \"10 s\" }");
    let (without, with) = (hybrid(&FEW), hybrid(&[&FEW[..], &[exchange]].concat()));
    let (a, b) = (without.all("p2p_share"), with.all("p2p_share"));
    assert!(b > a + 0.02, "{b} with exchange, {a} without");
    // Nothing to name: no message, and nothing else changes.
    let lonely = [&FEW[..], &[("mesh.success", "0.0")]].concat();
    let (without, with) = (hybrid(&lonely), hybrid(&[&lonely[..], &[exchange]].concat()));
    assert_eq!(format!("{:?}", without.tables), format!("{:?}", with.tables));
}

/// Also where neighbours name others and the oracle chooses: no byte crosses the border.
#[test]
fn nobody_learns_of_peers_beyond_the_scope() {
    let exchange = ("mesh.exchange", "{ names = 50, every = \"10 s\" }");
    for among in ["holders", "viewers"] {
        for (scope, beyond) in [("isp", 1), ("place", 2)] {
            let sets = [exchange, ("directory.among", among), ("directory.scope", scope)];
            for run in hold(scope, &short("two-providers.toml", &sets)) {
                let far = ["bytes_peer_isp", "bytes_peer_other"].map(|metric| run.all(metric));
                let what = format!("{scope}, {among}, {}: {far:?}", run.arm);
                let crossed: f64 = far.iter().rev().take(beyond).sum();
                assert!(crossed < 1.0, "{what}");
                let near = run.all("bytes_peer_pop");
                assert!(run.arm == "cdn-only" || near > 0.0, "{what}");
                assert!(run.arm == "cdn-only" || scope == "place" || far[0] > 0.0, "{what}");
            }
        }
    }
}

#[test]
fn who_cannot_send_is_never_asked_and_still_served() {
    let some = |among: &str, able: &str| {
        let sets = [("directory.among", among), ("isp.0.able", able), ("mesh.success", "1.0")];
        hybrid(&sets)
    };
    for among in ["holders", "viewers"] {
        let shares = ["0.0", "0.3", "1.0"].map(|able| some(among, able).all("p2p_share"));
        assert!(shares[0] < 1e-12, "{among}: {shares:?}");
        assert!(shares[0] < shares[1] && shares[1] < shares[2], "{among}: {shares:?}");
        let refused: f64 = {
            let run = some(among, "0.3");
            let rows = run.tables.causes.iter().filter(|row| row.cause == "not permitted");
            rows.filter_map(|row| row.value).sum()
        };
        assert!(refused < 1e-12, "{among}: {refused} requests refused");
    }
}

#[test]
fn a_connection_is_given_up_only_when_nothing_comes() {
    // Nobody has a segment to send: whatever the patience, connections bring nothing.
    let idle = [("isp.0.able", "0.0"), ("directory.among", "viewers")];
    let control = |sets: &[(&str, &str)]| hybrid(sets).all("bytes_control");
    let (kept, dropped) =
        (control(&idle), control(&[&idle[..], &[("mesh.give_up", "5 s")]].concat()));
    assert!(dropped < 0.9 * kept, "{dropped} bytes of messages over fewer connections, {kept}");
    // Where they bring something all the time, patience longer than a segment's way costs little.
    let (busy, patient) = (share(&[]), share(&[("mesh.give_up", "60 s")]));
    assert!((busy - patient).abs() < 0.1, "{patient} with patience, {busy} without end");
}
