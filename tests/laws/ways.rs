//! Ways into other networks: what crosses which, what others leave, and who pays.

use offpeak::metrics::tables::{BillRow, LinkRow, Window};

use super::{Played, hold, short};

const TO_CDN: (&str, &str) = (
    "isp.0.to_cdn",
    "{ down = \"5 Mbit/s\", up = \"5 Mbit/s\", class = \"paid-peering\", price = \"2 GBP/Mbit/s\" }",
);
const TO_PEERS: (&str, &str) =
    ("isp.0.to_peers", "{ down = \"5 Mbit/s\", up = \"5 Mbit/s\", class = \"settlement-free\" }");

fn played(sets: &[(&str, &str)]) -> Vec<Played> {
    hold(&format!("{sets:?}"), &short("two-providers.toml", sets))
}

fn link<'r>(run: &'r Played, name: &str, direction: &str) -> Option<&'r LinkRow> {
    let mut rows = run.tables.links.iter().filter(|row| row.window == Window::All);
    rows.find(|row| row.link == name && row.direction == direction)
}

fn bytes(run: &Played, name: &str, direction: &str) -> u64 {
    link(run, name, direction).map_or(0, |row| row.bytes)
}

/// The first provider's name.
fn first(run: &Played) -> String {
    let row = run.tables.links.iter().find(|row| row.kind == "interconnect");
    row.expect("a provider").isp.clone()
}

#[test]
fn each_way_carries_what_is_its_own() {
    let peers = ("isp.0.peers", "[\"Glass\"]");
    for run in played(&[TO_CDN, TO_PEERS, peers]) {
        let isp = first(&run);
        let way = |way: &str, direction: &str| bytes(&run, &format!("{isp} {way}"), direction);
        // There are two providers, and they meet: nothing is left for the third way.
        assert_eq!((way("interconnect", "down"), way("interconnect", "up")), (0, 0), "{}", run.arm);
        assert!(way("to_cdn", "down") > 0 || run.arm == "oracle", "{}", run.arm);
        assert_eq!(way("to_cdn", "up"), 0, "{}", run.arm);
        let other = way("to_peers", "down") + way("to_peers", "up");
        assert_eq!(other > 0, run.all("bytes_peer_other") > 0.0, "{}", run.arm);
    }
    // Without a way of its own it goes the common way.
    for run in played(&[]) {
        let down = bytes(&run, &format!("{} interconnect", first(&run)), "down");
        assert!(down > 0 || run.arm == "oracle", "{}", run.arm);
    }
}

#[test]
fn a_throttled_way_carries_less_while_it_lasts() {
    let slow = "[{ at = \"19:54\", lasts = \"4 min\", what = { interconnect = { isp = \"Copper\", \
                keeps = 0.02 } } }]";
    let bin = ("run.bin", "1 min");
    let (free, slow) = (played(&[bin]), played(&[bin, ("event", slow)]));
    for (free, slow) in free.iter().zip(&slow) {
        let isp = first(free);
        assert_eq!(isp, "Copper");
        let name = format!("{isp} interconnect");
        let most = link(slow, &name, "down").and_then(|row| row.capacity_mbps).expect("a capacity");
        let during = |run: &Played| -> f64 {
            let rows = run.tables.links_series.iter().filter(|row| row.link == name);
            let rows =
                rows.filter(|row| row.direction == "down" && (71_640..71_880).contains(&row.t_s));
            rows.map(|row| row.bytes as f64 * 8e-6).sum()
        };
        let allowed = 0.02 * most * 240.0;
        assert!(during(slow) <= allowed * 1.000_001, "{}: {} of {allowed}", slow.arm, during(slow));
        if free.arm == "cdn-only" {
            let full = link(slow, &name, "down").and_then(|row| row.hours_above_90).expect("hours");
            assert!(full > 0.0, "full while it is narrow");
            assert!(during(free) > allowed, "the way has to be needed: {}", during(free));
            assert!(slow.all("stalled_hours") > free.all("stalled_hours"), "nobody waits");
        }
    }
}

#[test]
fn what_others_send_leaves_the_rest() {
    let others = "{ down = \"9.98 Mbit/s\", up = \"0 bit/s\" }";
    let full = ("isp.0.interconnect.background", others);
    for run in played(&[full]) {
        let row = link(&run, &format!("{} interconnect", first(&run)), "down").expect("a link");
        let (capacity, peak) = (row.capacity_mbps.unwrap(), row.peak_mbps.unwrap());
        assert!(peak <= capacity * 0.010_001, "{}: {peak} of {capacity}", run.arm);
        assert!((row.background_mbps.unwrap() - 0.998 * capacity).abs() < 1e-3 * capacity);
        assert!((row.hours_above_90.unwrap() - 1.0 / 6.0).abs() < 1e-9);
    }
}

#[test]
fn without_appliances_they_send_nothing() {
    let sets = [("arm.hybrid.appliances", "false"), ("isp.1.appliance.holds", "1.0")];
    for run in played(&sets) {
        let sent = run.all("bytes_appliance");
        assert_eq!(sent > 0.0, run.arm != "hybrid", "{}: {sent}", run.arm);
    }
}

#[test]
fn bills_say_who_pays_whom() {
    let sets = [
        TO_CDN,
        ("isp.1.interconnect.price", "\"3 GBP/Mbit/s\""),
        ("isp.1.interconnect.background", "{ down = \"1 Mbit/s\", up = \"1 Mbit/s\" }"),
        ("prices", "{ month = \"tiled\", origin = \"0.01 GBP/GB\", reward = \"0.05 GBP/GB\" }"),
    ];
    for run in played(&sets) {
        let of = |item: &str| -> Vec<&BillRow> {
            run.tables.bills.iter().filter(|row| row.item == item).collect()
        };
        let paid = of("paid-peering");
        assert_eq!((paid.len(), &*paid[0].payer, &*paid[0].payee), (1, "service", "isp:Copper"));
        // Ten minutes a day are less than a twentieth: they fall out of the percentile.
        assert!(paid[0].quantity.unwrap().abs() < 1e-12, "{:?}", paid[0]);
        let transit = of("transit");
        assert_eq!(transit.len(), 2, "the other has one, too");
        assert!(transit.iter().all(|row| row.quantity.unwrap() < 1e-9), "{transit:?}");
        let (total, other) = (transit[1].total_mbps, transit[1].background_mbps);
        assert!(total == other && total.unwrap() > 1.0, "{transit:?}");
        let egress = of("egress").into_iter().find(|row| row.link == "origin").expect("a row");
        let month = run.all("bytes_origin") * 30.0 / 1e9;
        assert!((egress.quantity.unwrap() - month).abs() < 1e-6 * month.max(1.0));
        assert!((egress.amount.unwrap() - 0.01 * month).abs() < 1e-6);
        let homes = run.tables.stakeholders.iter().find(|row| row.stakeholder == "homes");
        let got = homes.and_then(|row| row.net).expect("homes");
        let sent: f64 = ["bytes_peer_pop", "bytes_peer_isp", "bytes_peer_other"]
            .iter()
            .map(|metric| run.all(metric))
            .sum();
        assert!((got - sent * 30.0 / 1e9 * 0.05).abs() < 1e-5, "{got} for {sent}");
    }
}

#[test]
fn what_an_allowance_includes_is_not_paid_for() {
    let run = |allowance: &[(&str, &str)]| {
        let sets = [
            ("line.fibre.metered", "true"),
            ("device.set-top.upload.metered", "true"),
            ("prices", "{ month = \"tiled\", metered = \"1 GBP/GB\" }"),
        ];
        let runs = played(&[&sets[..], allowance].concat());
        let run = runs.into_iter().find(|run| run.arm == "hybrid").expect("it has the arm");
        let rows = run.tables.bills.iter().filter(|row| row.item == "metered");
        let paid: f64 = rows.filter_map(|row| row.amount).sum();
        let ledger = run.tables.ledger_home.iter();
        let share = ledger.filter(|row| {
            (&*row.by, &*row.metric, &*row.stat) == ("all", "share_of_allowance", "max")
        });
        (
            paid,
            run.all("bytes_metered_upload") * 30e-9,
            share.filter_map(|row| row.value).sum::<f64>(),
        )
    };
    let (paid, sent, share) = run(&[]);
    assert!((paid - sent).abs() < 1e-4 && sent > 0.0, "all is paid for: {paid} of {sent} GB");
    assert!(share == 0.0, "no allowance, no share of one");
    let (some, _, share) = run(&[("line.fibre.allowance", "\"12 GB\"")]);
    assert!(some > 0.0 && some < paid && share > 1.0, "{some} of {paid}, {share}");
    let (none, _, share) = run(&[("line.fibre.allowance", "\"100 TB\"")]);
    assert!(none == 0.0 && share < 1.0 && share > 0.0, "{none}, {share}");
}

#[test]
fn without_a_month_nothing_is_billed() {
    for run in played(&[("prices", "{ origin = \"0.01 GBP/GB\" }")]) {
        assert!(run.tables.stakeholders.is_empty());
        assert!(run.tables.bills.iter().all(|row| row.amount.is_none()));
        let percentile = run.tables.bills.iter().filter(|row| row.item == "p95_window");
        assert_eq!(percentile.count(), 2, "one for each way");
    }
}
