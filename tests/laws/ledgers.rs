//! Ledgers of viewings, homes and waste: whole and parts agree in every run.

use std::collections::{BTreeMap, BTreeSet};

use offpeak::metrics::tables::{LedgerRow, QoeRow, Window};

use super::{Played, hold, short};

/// Every share of bytes delivered, and every class, has its whole.
pub(super) fn agree(run: &Played) -> Vec<String> {
    let mut faults = Vec::new();
    for window in Window::ALL {
        faults.extend(delivered_is_played_or_wasted(run, window));
        faults.extend(classes_add_up(run, window));
        faults.extend(homes_add_up(run, window));
        faults.extend(curves_ascend(run, window));
    }
    faults
}

/// By kind, in a window.
fn waste(run: &Played, window: Window) -> BTreeMap<&str, u64> {
    let rows = run.tables.waste.iter().filter(|row| row.window == window);
    rows.map(|row| (&*row.kind, row.bytes)).collect()
}

fn delivered_is_played_or_wasted(run: &Played, window: Window) -> Option<String> {
    const FROM: [&str; 6] = [
        "bytes_peer_pop",
        "bytes_peer_isp",
        "bytes_peer_other",
        "bytes_appliance",
        "bytes_exchange",
        "bytes_origin",
    ];
    let mut waste = waste(run, window);
    let control = waste.remove("control")?;
    let (before, left) = (waste.remove("unplayed-at-start")?, waste.remove("unplayed-at-end")?);
    let bytes = |metric: &str| run.value(window, metric) as u64;
    let came: u64 = FROM.iter().map(|from| bytes(from)).sum();
    let went: u64 = waste.values().sum();
    let wasted = went - waste["played"];
    let share = wasted as f64 / came as f64;
    let told = run.value(window, "waste_share");
    let agree = came + before == went + left
        && control == bytes("bytes_control")
        && waste["corrupt"] == bytes("bytes_corrupt")
        && (came == 0 || (share - told).abs() < 1e-12);
    (!agree)
        .then(|| format!("{window:?}: {came} came, {before} were there, then {waste:?}, {left}"))
}

/// Classes of a kind add up to all viewings.
fn classes_add_up(run: &Played, window: Window) -> Vec<String> {
    let rows: Vec<&QoeRow> = run.tables.qoe.iter().filter(|row| row.window == window).collect();
    let sum = |by: &str, metric: &str| -> f64 {
        let of = rows.iter().filter(|row| row.by == by && row.metric == metric);
        of.filter_map(|row| row.value).sum()
    };
    let stalls = |by: &str| -> f64 {
        let classes: BTreeSet<&str> =
            rows.iter().filter(|row| row.by == by).map(|row| row.class.as_str()).collect();
        let of = |class: &str, metric: &str| {
            let row = rows.iter().find(|r| r.by == by && r.class == class && r.metric == metric);
            row.and_then(|row| row.value).unwrap_or(0.0)
        };
        classes.iter().map(|c| of(c, "stalls_per_hour") * of(c, "played_hours")).sum()
    };
    let mut faults = Vec::new();
    for by in ["isp", "line", "device", "rank", "hour"] {
        for metric in ["sessions", "played_hours"] {
            let (parts, all) = (sum(by, metric), sum("all", metric));
            if (parts - all).abs() > 1e-9 * all.max(1.0) {
                faults.push(format!("{window:?}: {metric} by {by} is {parts}, all are {all}"));
            }
        }
        let (parts, all) = (stalls(by), stalls("all"));
        if (parts - all).abs() > 1e-6 * all.max(1.0) {
            faults.push(format!("{window:?}: {parts} stalls by {by}, all are {all}"));
        }
    }
    if (sum("all", "sessions") - run.value(window, "sessions")).abs() > 0.5 {
        faults.push(format!("{window:?}: other viewings in the summary"));
    }
    faults
}

/// Sums over homes are those of the run; classes add up.
fn homes_add_up(run: &Played, window: Window) -> Vec<String> {
    let rows: Vec<&LedgerRow> =
        run.tables.ledger_home.iter().filter(|row| row.window == window).collect();
    let sum = |by: &str, metric: &str| -> f64 {
        let of = rows.iter().filter(|r| r.by == by && r.metric == metric && r.stat == "sum");
        of.filter_map(|row| row.value).sum()
    };
    let mut faults = Vec::new();
    let mut same = |what: String, a: f64, b: f64| {
        if (a - b).abs() > 1e-6 * a.abs().max(1e-3) {
            faults.push(format!("{window:?}: {what}: {a} is not {b}"));
        }
    };
    for metric in ["upload_gb", "download_gb", "metered_gb", "written_gb", "slowed_hours"] {
        for by in ["isp", "line", "device"] {
            same(format!("{metric} by {by}"), sum(by, metric), sum("all", metric));
        }
    }
    let value = |metric| run.value(window, metric);
    let peers = value("bytes_peer_pop") + value("bytes_peer_isp") + value("bytes_peer_other");
    let cdn = value("bytes_appliance") + value("bytes_exchange") + value("bytes_origin");
    same("sent".into(), sum("all", "upload_gb") * 1e9, peers);
    same("received".into(), sum("all", "download_gb") * 1e9, peers + cdn);
    same("slowed".into(), sum("all", "slowed_hours"), value("slowed_hours"));
    same("metered".into(), sum("all", "metered_upload_gb") * 1e9, value("bytes_metered_upload"));
    let watched = sum_qoe_hours(run);
    let slowed = sum("all", "slowed_hours");
    if window == Window::All && slowed > watched {
        faults.push(format!("slowed for {slowed} h of {watched} h with a viewer"));
    }
    faults
}

/// What a table tells of a curve goes up with the share, and stands for every kind of curve.
fn curves_ascend(run: &Played, window: Window) -> Vec<String> {
    let mut faults = Vec::new();
    let mut ascends = |what: &str, mut points: Vec<(f64, f64)>| {
        points.sort_by(|a, b| a.0.total_cmp(&b.0));
        if points.windows(2).any(|pair| pair[0].1 > pair[1].1) {
            faults.push(format!("{window:?}: {what} falls: {points:?}"));
        }
        if !points.is_empty() && points.len() < 26 {
            faults.push(format!("{window:?}: {what} has {} points", points.len()));
        }
    };
    for metric in ["rebuffer_ratio_p", "startup_s_p"] {
        let rows = run.tables.qoe.iter().filter(|r| r.window == window && r.by == "all");
        let point = |r: &QoeRow| Some((r.metric.strip_prefix(metric)?.parse().ok()?, r.value?));
        ascends(metric, rows.filter_map(point).collect());
    }
    let rows = run.tables.ledger_home.iter().filter(|r| r.window == window && r.by == "all");
    let rows = rows.filter(|r| r.metric == "upload_gb_30_days");
    let point = |r: &LedgerRow| Some((r.stat.strip_prefix('p')?.parse().ok()?, r.value?));
    ascends("upload_gb_30_days", rows.filter_map(point).collect());
    faults
}

/// Hours from pressing play to the end of viewings, at most.
fn sum_qoe_hours(run: &Played) -> f64 {
    let viewers = run.tables.series.iter().filter(|row| row.metric == "viewers");
    let bins = run.tables.series.iter().map(|row| row.t_s).collect::<BTreeSet<u64>>();
    let mut times = bins.iter();
    let bin = match (times.next(), times.next()) {
        (Some(first), Some(second)) => (second - first) as f64,
        _ => 86_400.0,
    };
    viewers.filter_map(|row| row.value).sum::<f64>() * bin / 3_600.0 + 1e-6
}

/// Bytes of a kind over all arms of a scenario.
fn bytes_of(kind: &str, runs: &[Played]) -> u64 {
    runs.iter().map(|run| waste(run, Window::All)[kind]).sum()
}

#[test]
fn every_kind_of_waste_comes_about() {
    let mut copies = short("../policies.toml", &[("run.homes", "600"), ("run.start", "\"19:50\"")]);
    copies.arms.retain(|arm| arm.baseline || arm.name == "timecritical");
    let copies = hold("copies", &copies);
    let plain = hold("plain", &short("two-providers.toml", &[]));
    let spoilt = short("two-providers.toml", &[("network.corrupt", "0.2")]);
    let spoilt = hold("spoilt", &spoilt);
    let ahead = "{ custom = { prefetch = { next-item = { p2p_window = \"1 h\" } } } }";
    let listed = "{ followed = 0.5, pause = \"2 s\" }";
    let ahead = hold(
        "ahead",
        &short(
            "two-providers.toml",
            &[
                ("arm.hybrid.scheduler", ahead),
                ("demand.sequence", listed),
                ("catalogue.runtime.constant", "60 s"),
            ],
        ),
    );
    for (kind, runs) in [
        ("played", &plain),
        ("abandoned", &plain),
        ("cancelled", &plain),
        ("unplayed-at-end", &plain),
        ("control", &plain),
        ("duplicate", &copies),
        ("late", &copies),
        ("corrupt", &spoilt),
        ("prefetched-never-played", &ahead),
    ] {
        assert!(bytes_of(kind, runs) > 0, "{kind}");
    }
    assert_eq!(bytes_of("corrupt", &plain) + bytes_of("prefetched-never-played", &plain), 0);
}

#[test]
fn a_cdn_without_prefetching_wastes_what_viewers_leave() {
    let plain = hold("plain", &short("two-providers.toml", &[]));
    let cdn = plain.iter().find(|run| run.arm == "cdn-only").expect("the baseline");
    let waste = waste(cdn, Window::All);
    for kind in ["duplicate", "late", "corrupt", "prefetched-never-played", "control"] {
        assert_eq!(waste[kind], 0, "{kind}");
    }
    assert!(waste["abandoned"] > 0, "{waste:?}");
}

#[test]
fn metered_lines_send_nothing_unless_they_may() {
    let metered = [("line.fibre.metered", "true")];
    let sent = |sets: &[(&'static str, &'static str)]| {
        let runs = hold("metered", &short("two-providers.toml", sets));
        runs.iter().map(|run| run.all("bytes_metered_upload")).sum::<f64>()
    };
    assert!(sent(&metered) == 0.0);
    let may = [metered[0], ("device.set-top.upload.metered", "true")];
    assert!(sent(&may) > 0.0);
}

#[test]
fn full_uplinks_slow_their_homes_where_acknowledgements_count() {
    let acks = [("network.tcp.ack_share", "0.2"), ("device.set-top.upload.share", "1.0")];
    let slowed = |sets: &[(&str, &str)]| {
        let runs = hold("slowed", &short("tight-interconnect.toml", sets));
        runs.iter().map(|run| run.all("slowed_hours")).sum::<f64>()
    };
    assert!(slowed(&[]) == 0.0);
    assert!(slowed(&acks) > 0.0);
}
