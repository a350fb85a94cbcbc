//! Pictures and page: drawn whatever the tables hold, self-contained, escaped, small, the same each
//! time, and usable in a browser with and without scripts.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use offpeak::metrics::tables::{
    BoundaryRow, CauseRow, HourRow, LedgerRow, LinkRow, MatrixRow, QoeRow, RunTables, SeriesRow,
    StakeholderRow, SummaryRow, WasteRow, Window, finite,
};
use offpeak::report;
use offpeak::results::{
    Experiment, Folder, Provenance, Renewal, Results, Run, Setting, read, write,
};

/// What every table of a test is made with.
#[derive(Clone, Copy)]
struct Shape {
    arms: usize,
    replications: u32,
    bins: u64,
    /// Added to names of arms and providers.
    more: &'static str,
}

const SMALL: Shape = Shape { arms: 3, replications: 3, bins: 84, more: "" };

fn arm(shape: Shape, index: usize) -> String {
    if index == 0 { "cdn-only".to_owned() } else { format!("arm {index}{}", shape.more) }
}

fn experiment(shape: Shape) -> Experiment {
    let arms: Vec<String> = (0..shape.arms).map(|index| arm(shape, index)).collect();
    let runs = arms.iter().enumerate().flat_map(|(index, arm)| {
        (0..shape.replications).map(move |replication| Run {
            arm: arm.clone(),
            replication,
            tables: tables(shape, index as f64, f64::from(replication)),
        })
    });
    Experiment {
        setting: Setting {
            title: format!("An evening{}", shape.more),
            homes: 20_000,
            seed: 7,
            replications: shape.replications,
            baseline: arms[0].clone(),
            arms: arms.clone(),
            confidence: 0.95,
            bin_s: 300,
            measured_t_s: [61_200, 61_200 + 300 * shape.bins],
            peak_t_s: [72_000, 79_200],
            expect: Vec::new(),
            negligible: BTreeMap::new(),
        },
        scenario_text: "schema = 1\n".to_owned(),
        resolved_text: "schema = 1\nseed = 7\n".to_owned(),
        runs: runs.collect(),
    }
}

/// One run: the further the arm, the more its peers send and the more its viewers wait.
fn tables(shape: Shape, arm: f64, replication: f64) -> RunTables {
    let chance = 1.0 + 0.01 * (arm * 3.0 + replication * 7.0).rem_euclid(5.0);
    RunTables {
        summary: summary(arm, chance),
        series: series(shape.bins, arm, chance),
        qoe: qoe(arm, chance),
        ledger_home: ledger(arm, chance),
        links: links(shape, arm, chance),
        isp_matrix: matrix(shape, arm, chance),
        boundaries: boundaries(arm, chance),
        causes: vec![CauseRow {
            window: Window::Peak,
            what: "cdn_bytes".into(),
            cause: "no holder".into(),
            value: Some(1e9 * chance),
        }],
        causes_by_hour: vec![HourRow {
            t_s: 72_000,
            what: "cdn_bytes".into(),
            cause: "no holder".into(),
            value: Some(1e9 * chance),
        }],
        waste: vec![WasteRow {
            window: Window::Peak,
            kind: "late".into(),
            bytes: (arm * 1e9) as u64,
            share_of_saved: None,
        }],
        stakeholders: vec![StakeholderRow {
            stakeholder: format!("isp:A{}", shape.more),
            paid: Some(10.0 + arm),
            received: Some(0.0),
            net: Some(-10.0 - arm),
            currency: "EUR".to_owned(),
        }],
        ..RunTables::default()
    }
}

fn summary(arm: f64, chance: f64) -> Vec<SummaryRow> {
    let values = [
        ("played_hours", 100.0, "h"),
        ("bytes_played", 1e11, "B"),
        ("bytes_origin", 1e10 * chance / (1.0 + arm), "B"),
        ("bytes_interconnect", 2e10 * chance / (1.0 + 0.5 * arm), "B"),
        ("p2p_share", 0.1 * arm, "1"),
        ("rebuffer_ratio", 0.001 * arm * chance, "1"),
        ("stalled_sessions_share", 0.01 * arm, "1"),
        ("startup_s_p50", 0.5 * chance, "s"),
        ("startup_s_p95", 1.5 * chance, "s"),
        ("exits_before_start_share", 0.02, "1"),
        ("upload_gb_p95", arm * chance, "GB"),
        ("waste_share", f64::NAN, "1"),
    ];
    let row = |window, (metric, value, unit): (&'static str, f64, &'static str)| SummaryRow {
        window,
        metric: metric.into(),
        value: finite(value),
        unit: unit.into(),
    };
    Window::ALL.into_iter().flat_map(|window| values.map(|value| row(window, value))).collect()
}

fn boundaries(arm: f64, chance: f64) -> Vec<BoundaryRow> {
    let bytes = [
        ("origin", 1e10 * chance / (1.0 + arm)),
        ("interconnect", 2e10 * chance / (1.0 + 0.5 * arm)),
    ];
    let row = |window, (boundary, bytes): (&'static str, f64)| BoundaryRow {
        window,
        boundary: boundary.into(),
        bytes: bytes as u64,
        peak_mbps: Some(bytes / 1e6),
        p95_window_mbps: None,
    };
    Window::ALL.into_iter().flat_map(|window| bytes.map(|of| row(window, of))).collect()
}

fn series(bins: u64, arm: f64, chance: f64) -> Vec<SeriesRow> {
    let values = [
        ("bytes_own_cache", 1e8),
        ("bytes_peer_pop", 1e8 * arm),
        ("bytes_origin", 3e8 * chance / (1.0 + arm)),
        ("bytes_interconnect", 6e8 * chance / (1.0 + arm)),
        ("bytes_played", 1e9),
        ("stalled_hours", 0.01 * arm),
        ("viewers", 2_000.0),
    ];
    let row = |bin: u64, (metric, value): (&'static str, f64)| SeriesRow {
        t_s: 61_200 + 300 * bin,
        metric: metric.into(),
        value: Some(value * (1.0 + 0.5 * (bin % 13) as f64 / 13.0)),
    };
    (0..bins).flat_map(|bin| values.map(|value| row(bin, value))).collect()
}

const QUANTILES: [&str; 7] = ["p1", "p25", "p50", "p75", "p95", "p99", "p99.9"];

fn qoe(arm: f64, chance: f64) -> Vec<QoeRow> {
    let row = |metric: String, value: f64| QoeRow {
        window: Window::Peak,
        by: "all".into(),
        class: "all".to_owned(),
        metric: metric.into(),
        value: finite(value),
        unit: "1".into(),
    };
    let curves = QUANTILES.iter().enumerate().flat_map(|(at, name)| {
        let stalled = if at < 4 { 0.0 } else { 0.001 * arm * at as f64 };
        [
            row(format!("startup_s_{name}"), 0.2 * chance * (1.0 + at as f64)),
            row(format!("rebuffer_ratio_{name}"), stalled),
        ]
    });
    curves.chain([row("rebuffer_ratio".to_owned(), 0.001 * arm)]).collect()
}

fn ledger(arm: f64, chance: f64) -> Vec<LedgerRow> {
    let row = |by: &'static str, metric: &'static str, stat: &'static str, value: f64| LedgerRow {
        window: Window::All,
        by: by.into(),
        class: if by == "all" { "all" } else { "fibre" }.to_owned(),
        metric: metric.into(),
        stat: stat.into(),
        value: finite(value),
        unit: "GB".into(),
    };
    let quantiles = QUANTILES.iter().enumerate();
    let mut rows: Vec<LedgerRow> = quantiles
        .map(|(at, name)| row("all", "upload_gb_30_days", name, arm * chance * at as f64))
        .collect();
    // 30 GB may be sent, so that the share of it is known.
    rows.push(row("all", "upload_gb_30_days", "max", 15.0 * arm));
    rows.push(row("line", "upload_gb_30_days", "max", 15.0 * arm));
    rows.push(row("line", "upload_share_of_allowance", "max", 0.5 * arm));
    rows
}

fn isps(shape: Shape) -> [String; 2] {
    ["A", "B"].map(|name| format!("{name}{}", shape.more))
}

fn links(shape: Shape, arm: f64, chance: f64) -> Vec<LinkRow> {
    let row = |(isp, capacity): (String, f64)| LinkRow {
        window: Window::All,
        link: format!("{isp} interconnect"),
        kind: "interconnect".into(),
        class: "transit".into(),
        isp,
        place: String::new(),
        direction: "down".into(),
        capacity_mbps: Some(capacity),
        bytes: 1,
        mean_mbps: Some(100.0),
        peak_mbps: Some(500.0),
        p95_window_mbps: Some(400.0 * chance / (1.0 + arm)),
        fill_bytes: 0,
        background_mbps: None,
        hours_above_90: Some(0.0),
        down_to_up: None,
    };
    isps(shape).into_iter().zip([300.0, 1e6]).map(row).collect()
}

fn matrix(shape: Shape, arm: f64, chance: f64) -> Vec<MatrixRow> {
    let pairs = isps(shape).into_iter().flat_map(|from| isps(shape).map(|to| (from.clone(), to)));
    let row = |(from_isp, to_isp): (String, String)| MatrixRow {
        window: Window::Peak,
        bytes: (1e9 * arm * chance) as u64 * if from_isp == to_isp { 3 } else { 1 },
        from_isp,
        to_isp,
    };
    pairs.map(row).collect()
}

fn results(shape: Shape) -> Results {
    Results::of(&experiment(shape))
}

fn plot(results: &Results, name: &str) -> String {
    let plots = report::plots(results).expect("plots");
    plots.into_iter().find(|plot| plot.name == name).expect(name).svg
}

#[test]
fn every_plot_says_what_it_shows() {
    let results = results(SMALL);
    let cases: [(&str, &[&str]); 6] = [
        (
            "policy-comparison",
            &[
                "taken off the origin",
                "percentage points",
                "right is better",
                "95 % interval",
                "n = 3",
                "arm 2",
                "worse",
            ],
        ),
        (
            "trade-off",
            &[
                "cdn-only (baseline)",
                "no other arm is better in both",
                "66.9 % off the origin",
                "cross: 95 % interval",
            ],
        ),
        (
            "isp-ingress",
            &[
                "A from all other networks, transit",
                "capacity 300 Mbit/s",
                "capacity 1.00 Tbit/s →",
                "Mbit/s",
                "95th percentile",
            ],
        ),
        (
            "startup-and-rebuffer-cdf",
            &[
                "half in 0.5",
                "band: smallest to largest",
                "100 %",
                "0.1 %",
                "2.00 % of viewings stall",
            ],
        ),
        ("upload-burden", &["A: allowance of fibre, 30.0 GB", "GB in thirty days", "max 15.0 GB"]),
        ("isp-heat-map", &["75.0 % of it stays with its provider", "from ↓ to →", "37.5"]),
    ];
    for (name, parts) in cases {
        let svg = plot(&results, name);
        for part in parts {
            assert!(svg.contains(part), "{part} is not in {name}");
        }
        assert!(!svg.contains("NaN") && !svg.contains("inf"), "{name}");
    }
}

#[test]
fn one_replication_has_no_intervals() {
    let results = results(Shape { replications: 1, ..SMALL });
    for name in ["policy-comparison", "trade-off", "isp-ingress"] {
        assert!(plot(&results, name).contains("n = 1 replication: no intervals"), "{name}");
    }
    let page = report::html(&results).expect("page");
    assert!(page.contains("One replication: no intervals"));
    assert!(!page.contains("± half"));
}

/// Shapes that somebody will have.
fn odd() -> Vec<(&'static str, Experiment)> {
    let mut empty = experiment(SMALL);
    empty.runs.iter_mut().for_each(|run| run.tables = RunTables::default());
    let mut nothing = experiment(SMALL);
    for run in &mut nothing.runs {
        let tables = &mut run.tables;
        tables.summary.iter_mut().for_each(|row| row.value = row.value.map(|_| 0.0));
        tables.series.iter_mut().for_each(|row| row.value = Some(0.0));
        tables.qoe.iter_mut().for_each(|row| row.value = Some(0.0));
        tables.ledger_home.iter_mut().for_each(|row| row.value = Some(0.0));
        tables.links.iter_mut().for_each(|row| row.p95_window_mbps = Some(0.0));
        tables.isp_matrix.iter_mut().for_each(|row| row.bytes = 0);
    }
    let mut missing = experiment(SMALL);
    for run in &mut missing.runs {
        let tables = &mut run.tables;
        tables.summary.iter_mut().for_each(|row| row.value = None);
        tables.qoe.iter_mut().for_each(|row| row.value = None);
        tables.ledger_home.iter_mut().for_each(|row| row.value = None);
        tables.links.iter_mut().for_each(|row| row.p95_window_mbps = None);
    }
    let long = " with a name that is longer than anybody would like it to be, and then some";
    let mut backwards = experiment(SMALL);
    backwards.setting.measured_t_s.reverse();
    backwards.setting.bin_s = 0;
    vec![
        ("empty", empty),
        ("nothing", nothing),
        ("missing", missing),
        ("backwards", backwards),
        ("one arm", experiment(Shape { arms: 1, ..SMALL })),
        ("two arms, once", experiment(Shape { arms: 2, replications: 1, ..SMALL })),
        ("many, long", experiment(Shape { arms: 12, replications: 30, bins: 12, more: long })),
    ]
}

#[test]
fn odd_results_are_drawn_all_the_same() {
    for (name, odd) in odd() {
        let results = Results::of(&odd);
        for file in report::files(&results).unwrap_or_else(|error| panic!("{name}: {error}")) {
            assert!(!file.content.is_empty(), "{name}: {}", file.name);
            if file.name.ends_with(".svg") {
                let text = String::from_utf8(file.content).expect("text");
                assert!(!text.contains("NaN") && !text.contains("inf"), "{name}: {}", file.name);
            }
        }
    }
}

#[test]
fn the_page_has_all_its_parts_once() {
    let results = results(SMALL);
    let page = report::html(&results).expect("page");
    for part in [
        "<title>An evening · offpeak</title>",
        "name=\"viewport\"",
        "Peers (arm 1) would have taken 50.",
        "95 % interval: off the origin ",
        "3 replications: fewer than 5",
        "Where the model is wrong",
        "offpeak run scenario.resolved.toml --arm &#39;arm 1&#39; --arm &#39;arm 2&#39; --out again",
        "Copyright (c) 2022 Leon Sorokin",
        "<noscript>",
        "EUR in the month",
        "results version",
    ] {
        assert!(page.contains(part), "{part} is not on the page");
    }
    for plot in report::plots(&results).expect("plots") {
        let id = format!("id=\"picture-{}\"", plot.name);
        assert_eq!(page.matches(&id).count(), 1, "{}", plot.name);
    }
    let ids: Vec<&str> =
        page.split(" id=\"").skip(1).filter_map(|at| at.split('"').next()).collect();
    let mut once = ids.clone();
    once.sort_unstable();
    once.dedup();
    assert_eq!(once.len(), ids.len(), "an id stands twice: {ids:?}");
    for link in page.split("href=\"#").skip(1).filter_map(|at| at.split('"').next()) {
        assert!(ids.contains(&link), "#{link} leads nowhere");
    }
    let mut level = 0;
    let body = page.split("<script").next().expect("before scripts");
    for (at, _) in body.match_indices("<h") {
        let Some(next) = body[at + 2..].chars().next().and_then(|c| c.to_digit(10)) else {
            continue;
        };
        assert!(next <= level + 1, "a heading of level {next} after {level}");
        level = next;
    }
}

/// Nothing of a page is fetched: no address stands where a browser would follow it by itself.
#[test]
fn the_page_asks_nobody() {
    let page = report::html(&results(SMALL)).expect("page");
    for word in ["src=\"", "url(", "@import", "<link rel=\"stylesheet", "fetch(", "XMLHttpRequest"]
    {
        assert!(!page.contains(word), "{word}");
    }
    assert_eq!(page.matches("://").count(), 1, "the chart names its home in a comment");
}

#[test]
fn a_text_of_a_scenario_stays_a_text() {
    let evil = "<script>document.title='run'</script><img src=x onerror=\"boom()\">&'`]]>";
    let results = results(Shape { more: evil, ..SMALL });
    let page = report::html(&results).expect("page");
    assert!(!page.contains("<script>document") && !page.contains("<img"), "unescaped");
    assert!(page.contains("&lt;script&gt;document.title=&#39;run&#39;"));
    // In the data of the chart, too, where a closing tag would end the element.
    assert!(page.contains("\\u003cscript\\u003edocument.title='run'\\u003c/script\\u003e"));
    for plot in report::plots(&results).expect("plots") {
        report::png(&plot.svg).unwrap_or_else(|error| panic!("{}: {error}", plot.name));
    }
}

#[test]
fn the_page_stays_small() {
    let week = 7 * 288;
    for shape in [
        Shape { arms: 12, replications: 10, bins: 84, more: " of many" },
        Shape { arms: 40, replications: 2, bins: week, more: " of very many" },
    ] {
        let results = results(shape);
        let size = report::html(&results).expect("page").len();
        assert!(size < 2_000_000, "{} arms: {size} B", shape.arms);
    }
}

fn stored(experiment: &Experiment, target: &Path) -> Results {
    let mut results = Results::of(experiment);
    let mut folder = Folder::claim(target).expect("claim");
    write(experiment, &results, &mut folder, "").expect("write");
    results.manifest.files = folder.digests("");
    for file in report::files(&results).expect("drawn") {
        let add = if file.listed {
            Folder::add
        } else {
            |f: &mut Folder, n: &str, c: &[u8]| f.add_unlisted(n, c)
        };
        add(&mut folder, &file.name, &file.content).expect("added");
    }
    folder.commit(&results.manifest, &Provenance::default()).expect("commit");
    results
}

fn contents(dir: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut found = Vec::new();
    for entry in fs::read_dir(dir).expect("folder") {
        let path = entry.expect("entry").path();
        if path.is_dir() {
            found.extend(contents(&path));
        } else {
            let bytes = fs::read(&path).expect("file");
            found.push((path, bytes));
        }
    }
    found.sort();
    found
}

fn offpeak(arguments: &[&str]) -> std::process::Output {
    Command::new(env!("CARGO_BIN_EXE_offpeak")).args(arguments).output().expect("started")
}

#[test]
fn drawn_again_it_is_the_same() {
    let place = tempfile::tempdir().expect("a place");
    let target = place.path().join("evening");
    stored(&experiment(SMALL), &target);
    let before = contents(&target);
    let dir = target.to_str().expect("UTF-8");
    let output = offpeak(&["report", dir]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(output.stdout.is_empty());
    assert_eq!(contents(&target), before, "same names, same bytes");

    // What was lost or changed comes back, and the manifest says what is there.
    fs::remove_dir_all(target.join("plots")).expect("removed");
    fs::write(target.join("report.html"), "theirs").expect("written");
    assert!(offpeak(&["report", dir]).status.success());
    assert_eq!(contents(&target), before);
}

#[test]
fn folders_that_cannot_be_read_are_told() {
    let place = tempfile::tempdir().expect("a place");
    let target = place.path().join("evening");
    stored(&experiment(SMALL), &target);
    let path = target.join("manifest.json");
    let text = fs::read_to_string(&path).expect("manifest");
    let version = format!("\"results_version\": {}", offpeak::results::RESULTS_VERSION);
    fs::write(&path, text.replace(&version, "\"results_version\": 1")).expect("written");
    let before = contents(&target);
    let dir = target.to_str().expect("UTF-8");
    let nowhere = place.path().join("nowhere");
    let cases =
        [(dir, "results of version 1"), (nowhere.to_str().expect("UTF-8"), "manifest.json")];
    for (dir, part) in cases {
        let output = offpeak(&["report", dir]);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(1), "{said}");
        assert!(said.contains(part) && output.stdout.is_empty(), "{said}");
    }
    assert_eq!(contents(&target), before, "nothing is touched");
    assert!(read(&target).is_err());
}

#[test]
fn a_file_is_replaced_whole_or_not_at_all() {
    let place = tempfile::tempdir().expect("a place");
    let target = place.path().join("evening");
    let results = stored(&experiment(SMALL), &target);
    let before = contents(&target);
    let renewal = Renewal::new(&target, &results.manifest);
    // A folder stands where the file should go.
    let error = renewal.put_unlisted("plots", b"no").expect_err("refused").to_string();
    assert!(error.contains("plots"), "{error}");
    assert_eq!(contents(&target), before);
    // One that was killed left its half.
    fs::write(target.join(".report.html.partial"), "half").expect("written");
    renewal.put_unlisted("report.html", b"whole").expect("put");
    assert_eq!(fs::read(target.join("report.html")).expect("file"), b"whole");
    assert!(!target.join(".report.html.partial").exists());
}

/// A browser to look with, if there is one.
fn browser() -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let fixed = [PathBuf::from("/usr/bin/chromium")];
    let found = std::env::split_paths(&path).map(|dir| dir.join("chromium"));
    found.chain(fixed).find(|file| file.is_file())
}

/// The page as it is once its scripts have run, and what the browser said.
fn looked_at(browser: &Path, page: &str, opened: &str) -> (String, String) {
    let place = tempfile::tempdir().expect("a place");
    fs::write(place.path().join("page.html"), page).expect("written");
    fs::write(place.path().join("phone.html"), PHONE).expect("written");
    let file = place.path().join(opened);
    let output = Command::new(browser)
        .args(["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"])
        .args(["--disable-background-networking", "--disable-component-update", "--disable-sync"])
        .args(["--enable-logging=stderr", "--dump-dom", "--virtual-time-budget=3000"])
        .arg("--window-size=1280,900")
        .arg(format!("--user-data-dir={}", place.path().join("profile").display()))
        .arg(format!("file://{}", file.display()))
        .output()
        .expect("started");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (text(&output.stdout), text(&output.stderr))
}

/// Told in an attribute of the page: its width and that of what is on it, tables that can be sorted,
/// whether a sorted column goes up.
const PROBE: &str = "<script>addEventListener('load',()=>{const d=document;\
    const head=d.querySelector('table.sortable thead th:nth-child(2) button');head.click();\
    const table=head.closest('table');\
    const values=[...table.tBodies[0].rows].map((r)=>Number(r.cells[1].dataset.v));\
    const up=values.every((v,i)=>i===0||values[i-1]<=v);\
    const root=d.documentElement;\
    root.dataset.probe=[root.scrollWidth<=root.clientWidth,root.clientWidth,up,\
    d.querySelectorAll('#chart canvas').length,d.title].join('|');\
    parent.postMessage(root.dataset.probe,'*');});</script></body>";

/// A page in a frame as narrow as a phone, for a window of a desktop has a least width. It tells what the
/// page inside tells.
const PHONE: &str = "<!DOCTYPE html><iframe src=\"page.html\" width=\"400\" height=\"800\" \
    style=\"border:0\"></iframe><script>addEventListener('message',(m)=>{\
    document.documentElement.dataset.probe=m.data;});</script>";

#[test]
fn a_browser_shows_it_without_a_complaint() {
    let Some(browser) = browser() else {
        println!("skipped: no chromium on the path");
        return;
    };
    let evil = "<script>document.title='run'</script><img src=x onerror=\"document.title='run'\">";
    let results = results(Shape { more: evil, ..SMALL });
    let page = report::html(&results).expect("page").replace("</body>", PROBE);
    for (opened, width) in [("page.html", 1_200..1_281), ("phone.html", 380..401)] {
        let (shown, said) = looked_at(&browser, &page, opened);
        let probe = shown.split("data-probe=\"").nth(1).and_then(|at| at.split('"').next());
        let probe = probe.unwrap_or_else(|| panic!("{opened}: no probe; {said}"));
        let parts: Vec<&str> = probe.split('|').collect();
        assert_eq!(parts[0], "true", "{opened}: something is wider than the page: {probe}");
        let wide: u32 = parts[1].parse().expect("a number");
        assert!(width.contains(&wide), "{opened}: {probe}");
        assert_eq!(parts[2..4], ["true", "1"], "{opened}: sorted, one chart: {probe}");
        assert!(!probe.contains("|run"), "a script of a scenario ran");
        if opened == "page.html" {
            assert!(shown.contains("id=\"picture-trade-off\"") && shown.contains("u-legend"));
        }
        let complaints = said.lines().filter(|line| line.contains("CONSOLE"));
        assert_eq!(complaints.collect::<Vec<_>>(), Vec::<&str>::new());
    }
}
