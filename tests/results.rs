//! The result folder: columns to the letter, back as written, whole or not at all.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use offpeak::metrics::tables::{
    BoundaryRow, CauseRow, HomeRow, HourRow, LedgerRow, MatrixRow, QoeRow, RunTables, SeriesRow,
    SummaryRow, WasteRow, Window, finite,
};
use offpeak::report;
use offpeak::results::{
    self, Experiment, Folder, FolderError, Provenance, Results, Run, Setting, Verdict, read, write,
};

/// Runs of two arms that differ by `noise` in a way that a pairing must remove.
fn experiment(replications: u32) -> Experiment {
    let mut runs = Vec::new();
    for (arm, origin) in [("cdn-only", 1_000.0), ("hybrid", 400.0)] {
        for replication in 0..replications {
            let hours = 10.0 + f64::from(replication);
            runs.push(Run {
                arm: arm.to_owned(),
                replication,
                tables: tables(origin * hours + f64::from(replication % 2), hours),
            });
        }
    }
    Experiment {
        setting: Setting {
            title: "Two arms, one \"evening\"".to_owned(),
            homes: 500,
            seed: 7,
            replications,
            arms: vec!["cdn-only".to_owned(), "hybrid".to_owned()],
            baseline: "cdn-only".to_owned(),
            negligible: BTreeMap::new(),
            expect: Vec::new(),
            confidence: 0.95,
            bin_s: 300,
            measured_t_s: [61_200, 86_400],
            peak_t_s: [72_000, 79_200],
        },
        scenario_text: "schema = 1\n".to_owned(),
        resolved_text: "schema = 1\nseed = 7\n".to_owned(),
        runs,
    }
}

fn tables(origin: f64, hours: f64) -> RunTables {
    let mut summary = Vec::new();
    for window in [Window::All, Window::Peak] {
        let values = [
            ("played_hours", hours, "h"),
            ("bytes_played", hours * 1e9, "B"),
            ("bytes_origin", origin, "B"),
            ("bytes_interconnect", 2.0 * origin, "B"),
            ("bytes_origin_floor", origin / 4.0, "B"),
            ("rebuffer_ratio", 1.0 / 3.0, "1"),
            ("sessions", 1e16, "1"),
            ("startup_s_p50", f64::NAN, "s"),
        ];
        summary.extend(values.map(|(metric, value, unit)| SummaryRow {
            window,
            metric: metric.into(),
            value: finite(value),
            unit: unit.into(),
        }));
    }
    RunTables {
        summary,
        series: series(origin, hours),
        isp_matrix: vec![MatrixRow {
            window: Window::Peak,
            from_isp: "A, B & C".to_owned(),
            to_isp: "D".to_owned(),
            bytes: u64::MAX,
        }],
        causes: vec![CauseRow {
            window: Window::All,
            what: "cdn_bytes".into(),
            cause: "nobody_holds".into(),
            value: Some(1e-12),
        }],
        boundaries: [Window::All, Window::Peak]
            .into_iter()
            .flat_map(|window| {
                [("origin", origin), ("interconnect", 2.0 * origin)].map(|(boundary, bytes)| {
                    BoundaryRow {
                        window,
                        boundary: boundary.into(),
                        bytes: bytes as u64,
                        peak_mbps: Some(bytes / 1e6),
                        p95_window_mbps: None,
                    }
                })
            })
            .collect(),
        causes_by_hour: causes_by_hour(origin),
        events: 5,
        transfers: 3,
        ..ledgers()
    }
}

/// A row of each ledger.
fn ledgers() -> RunTables {
    RunTables {
        qoe: vec![QoeRow {
            window: Window::All,
            by: "hour".into(),
            class: "20".to_owned(),
            metric: "stall_s_p95".into(),
            value: None,
            unit: "s".into(),
        }],
        ledger_home: vec![LedgerRow {
            window: Window::Peak,
            by: "isp".into(),
            class: "A, B & C".to_owned(),
            metric: "upload_gb".into(),
            stat: "p99".into(),
            value: Some(0.1),
            unit: "GB".into(),
        }],
        waste: [("played", 900), ("late", 30)]
            .map(|(kind, bytes)| WasteRow {
                window: Window::All,
                kind: kind.into(),
                bytes,
                share_of_saved: None,
            })
            .to_vec(),
        homes: vec![HomeRow {
            home: 7,
            isp: "A, B & C".to_owned(),
            place: "Town".to_owned(),
            line: "fibre".to_owned(),
            device: "stick".to_owned(),
            gives: "metered".into(),
            sessions: 2,
            played_h: Some(1.5),
            stalled_s: Some(0.0),
            startup_s_max: Some(0.25),
            upload_gb: Some(0.0),
            download_gb: Some(3.0),
            metered_gb: Some(3.0),
            written_gb: Some(0.0),
            slowed_s: Some(0.0),
        }],
        ..RunTables::default()
    }
}

/// Seven hours of causes, more of them than there are colours.
fn causes_by_hour(origin: f64) -> Vec<HourRow> {
    let rows = (17..24u64).flat_map(|hour| {
        (0..9u64).map(move |cause| HourRow {
            t_s: hour * 3_600,
            what: "cdn_bytes".into(),
            cause: format!("cause {cause}").into(),
            value: finite(origin * 1e6 * (hour + cause) as f64),
        })
    });
    rows.collect()
}

/// Seven hours of bins that add up to the totals.
fn series(origin: f64, hours: f64) -> Vec<SeriesRow> {
    let values = [
        ("bytes_own_cache", 0.3 * origin),
        ("bytes_peer_other", 1_000.0 - origin / 10.0),
        ("bytes_origin", origin),
        ("bytes_interconnect", 2.0 * origin),
        ("played_hours", hours),
        ("bytes_played", hours * 1e9),
        ("viewers", 84.0 * 2_345.0),
    ];
    let bins = (0..84).map(|bin| 61_200 + 300 * bin);
    bins.flat_map(|t_s| {
        values.map(|(metric, total)| {
            let (metric, value) = (metric.into(), finite(total / 84.0));
            SeriesRow { t_s, metric, value }
        })
    })
    .collect()
}

fn stored(experiment: &Experiment, target: &Path) -> Results {
    let results = Results::of(experiment);
    let mut folder = Folder::claim(target).expect("claim");
    write(experiment, &results, &mut folder, "").expect("write");
    folder.commit(&results.manifest, &Provenance::default()).expect("commit");
    results
}

fn names(dir: &Path) -> Vec<String> {
    let entries = fs::read_dir(dir).expect("folder");
    let mut names: Vec<String> = entries
        .map(|entry| entry.expect("entry").file_name().into_string().expect("name"))
        .collect();
    names.sort();
    names
}

#[test]
fn columns_are_to_the_letter() {
    let place = tempfile::tempdir().expect("a place");
    let target = place.path().join("evening");
    stored(&experiment(2), &target);
    let columns = [
        ("summary.csv", "arm,replication,window,metric,value,unit"),
        ("comparison.csv", "arm,baseline,window,metric,mean,diff,ci_low,ci_high,n,p,verdict"),
        (
            "verdicts.csv",
            "arm,baseline,window,metric,boot_low,boot_high,p_holm,pairing_gain,negligible,more_needed,\
             verdict",
        ),
        ("series.csv", "arm,replication,t_s,metric,value"),
        ("isp_matrix.csv", "arm,replication,window,from_isp,to_isp,bytes"),
        ("causes.csv", "arm,replication,window,what,cause,value"),
        ("qoe.csv", "arm,replication,window,by,class,metric,value,unit"),
        ("ledger_home.csv", "arm,replication,window,by,class,metric,stat,value,unit"),
        ("waste.csv", "arm,replication,window,kind,bytes,share_of_saved"),
        (
            "homes.csv",
            "arm,replication,home,isp,place,line,device,gives,sessions,played_h,stalled_s,\
             startup_s_max,upload_gb,download_gb,metered_gb,written_gb,slowed_s",
        ),
        (
            "links.csv",
            "arm,replication,window,link,kind,class,isp,place,direction,capacity_mbps,bytes,\
             mean_mbps,peak_mbps,p95_window_mbps,fill_bytes,background_mbps,hours_above_90,\
             down_to_up",
        ),
        ("links_series.csv", "arm,replication,t_s,link,direction,bytes,background_bytes"),
        ("boundaries.csv", "arm,replication,window,boundary,bytes,peak_mbps,p95_window_mbps"),
        ("offload.csv", "arm,replication,window,boundary,statistic,offload"),
        (
            "bills.csv",
            "arm,replication,payer,payee,item,link,quantity,unit,total_mbps,background_mbps,price,\
             amount,currency",
        ),
        ("stakeholders.csv", "arm,replication,stakeholder,paid,received,net,currency"),
        ("energy.csv", "arm,replication,window,tier,to_baseline,of_baseline_total"),
        ("causes_by_hour.csv", "arm,replication,t_s,what,cause,value"),
    ];
    for (name, expected) in columns {
        let text = fs::read_to_string(target.join(name)).expect(name);
        assert_eq!(text.lines().next(), Some(expected), "{name}");
        assert!(!text.contains('\r') && text.ends_with('\n'), "{name}");
    }
    let summary = fs::read_to_string(target.join("summary.csv")).expect("summary");
    let first: Vec<&str> = summary.lines().skip(1).take(14).collect();
    let own = [
        "cdn-only,0,all,offload_origin,0,1",
        "cdn-only,0,all,offload_interconnect,0,1",
        "cdn-only,0,all,offload_origin_p95,,1",
        "cdn-only,0,all,attainable_origin,0.75,1",
        "cdn-only,0,all,attainable_captured,0,1",
        "cdn-only,0,all,played_hours,10,h",
    ];
    for line in own {
        assert!(first.contains(&line), "{line} in {first:?}");
    }
    assert!(summary.contains("rebuffer_ratio,0.3333333333333333,1\n"));
    assert!(summary.contains("sessions,10000000000000000,1\n"));
    assert!(summary.contains("startup_s_p50,,s\n"));
}

#[test]
fn a_folder_has_every_table() {
    let place = tempfile::tempdir().expect("a place");
    let target = place.path().join("evening");
    stored(&experiment(2), &target);
    assert_eq!(
        names(&target),
        [
            "bills.csv",
            "boundaries.csv",
            "causes.csv",
            "causes_by_hour.csv",
            "comparison.csv",
            "energy.csv",
            "homes.csv",
            "isp_matrix.csv",
            "ledger_home.csv",
            "links.csv",
            "links_series.csv",
            "manifest.json",
            "offload.csv",
            "provenance.json",
            "qoe.csv",
            "scenario.resolved.toml",
            "scenario.toml",
            "series.csv",
            "stakeholders.csv",
            "summary.csv",
            "verdicts.csv",
            "waste.csv"
        ]
    );
}

#[test]
fn a_folder_reads_back_as_it_was_written() {
    let place = tempfile::tempdir().expect("a place");
    let target = place.path().join("made/on/the/way/evening");
    let mut results = stored(&experiment(3), &target);
    let back = read(&target).expect("read");
    results.manifest.files.clone_from(&back.manifest.files);
    assert_eq!(back, results);
    assert_eq!(back.manifest.files.len(), 20);
}

#[test]
fn waste_is_held_against_what_was_saved() {
    let mut experiment = experiment(1);
    let cdn = |run: &mut Run, origin: f64| {
        for (metric, value) in [("bytes_appliance", 50.0), ("bytes_exchange", 25.0)] {
            let (window, value) = (Window::All, Some(value));
            run.tables.summary.push(SummaryRow {
                window,
                metric: metric.into(),
                value,
                unit: "B".into(),
            });
        }
        let of = |row: &&mut SummaryRow| row.metric == "bytes_origin";
        run.tables.summary.iter_mut().filter(of).for_each(|row| row.value = Some(origin));
    };
    let baseline = experiment.setting.baseline.clone();
    for run in &mut experiment.runs {
        let origin = if run.arm == baseline { 1_000.0 } else { 400.0 };
        cdn(run, origin);
    }
    let results = Results::of(&experiment);
    let share = |arm: &str, kind: &str| {
        let row = results.waste.iter().find(|of| of.arm == arm && of.row.kind == kind);
        row.expect("a row").row.share_of_saved
    };
    let other = experiment.runs.iter().find(|run| run.arm != baseline).expect("an arm");
    assert_eq!(share(&other.arm, "late"), Some(0.05), "30 of 600");
    assert_eq!(share(&other.arm, "played"), None, "no waste");
    assert_eq!(share(&baseline, "late"), None, "nothing was saved");
}

#[test]
fn homes_are_there_when_asked_for() {
    let place = tempfile::tempdir().expect("a place");
    let target = place.path().join("evening");
    let mut without = experiment(2);
    without.runs.iter_mut().for_each(|run| run.tables.homes.clear());
    stored(&without, &target);
    assert!(!names(&target).contains(&"homes.csv".to_owned()));
    assert!(read(&target).expect("read").homes.is_empty());
}

#[test]
fn equal_runs_give_equal_folders() {
    let place = tempfile::tempdir().expect("a place");
    let (one, two) = (place.path().join("one"), place.path().join("two"));
    stored(&experiment(2), &one);
    stored(&experiment(2), &two);
    for name in names(&one) {
        let bytes = |dir: &Path| fs::read(dir.join(&name)).expect("file");
        assert_eq!(bytes(&one), bytes(&two), "{name}");
    }
}

#[test]
fn the_digest_is_that_of_the_file() {
    use sha2::{Digest, Sha256};
    let place = tempfile::tempdir().expect("a place");
    let target = place.path().join("evening");
    stored(&experiment(1), &target);
    let manifest = read(&target).expect("read").manifest;
    for (name, digest) in &manifest.files {
        let bytes = fs::read(target.join(name)).expect("file");
        let hex: String = Sha256::digest(bytes).iter().map(|b| format!("{b:02x}")).collect();
        assert_eq!(&hex, digest, "{name}");
    }
    assert_eq!(manifest.files["scenario.resolved.toml"], manifest.scenario_sha256);
}

#[test]
fn comparison_is_paired_and_judged() {
    let results = Results::of(&experiment(4));
    let row = |metric: &str| {
        let of = |row: &&_| {
            let row: &results::ComparisonRow = row;
            row.metric == metric && row.window == Window::Peak
        };
        results.comparison.iter().find(of).expect("row").clone()
    };
    let offload = row("offload_origin");
    // Hours differ between replications by a third, the paired savings hardly.
    assert!((offload.mean.unwrap() - 0.6).abs() < 1e-3);
    assert!(offload.ci_low.unwrap() > 0.599 && offload.ci_high.unwrap() < 0.601);
    assert!(offload.verdict == Verdict::Better && offload.n == 4 && offload.p.unwrap() < 1e-6);
    assert_eq!(row("bytes_origin").verdict, Verdict::Better);
    assert_eq!(row("bytes_origin_floor").verdict, Verdict::Lower);
    assert_eq!(row("played_hours").verdict, Verdict::Same);
    let nothing = row("startup_s_p50");
    assert_eq!((nothing.mean, nothing.diff, nothing.n), (None, None, 0));
    assert_eq!(nothing.verdict, Verdict::Undecided);
    assert!(results.comparison.iter().all(|row| row.arm == "hybrid"));
}

#[test]
fn one_replication_decides_nothing() {
    let results = Results::of(&experiment(1));
    for row in &results.comparison {
        assert_eq!((row.ci_low, row.ci_high, row.p), (None, None, None));
        let expected = if row.n == 1 { "undecided (n = 1)" } else { "undecided" };
        assert_eq!(row.verdict.to_string(), expected, "{}", row.metric);
    }
}

#[test]
fn without_a_baseline_there_is_no_offload() {
    let mut experiment = experiment(1);
    experiment.runs.remove(0);
    let results = Results::of(&experiment);
    assert!(results.values("hybrid", Window::All, "offload_origin").is_empty());
    assert_eq!(results.values("hybrid", Window::All, "played_hours"), [10.0]);
}

#[test]
fn the_final_name_appears_only_at_the_end() {
    let place = tempfile::tempdir().expect("a place");
    let target = place.path().join("new/evening");
    let results = Results::of(&experiment(1));
    let mut folder = Folder::claim(&target).expect("claim");
    write(&experiment(1), &results, &mut folder, "").expect("write");
    assert!(!target.exists());
    drop(folder);
    assert!(names(place.path()).is_empty(), "nothing is left behind");

    let mut folder = Folder::claim(&target).expect("claim again");
    folder.add("plots", b"a file where a folder is needed").expect("add");
    let error = folder.add("plots/offload.svg", b"").expect_err("no folder");
    assert!(error.to_string().contains("nothing is left under the final name"));
    drop(folder);
    assert!(names(place.path()).is_empty(), "nothing is left behind");
}

#[test]
fn what_exists_is_left_alone() {
    let place = tempfile::tempdir().expect("a place");
    let target = place.path().join("evening");
    stored(&experiment(1), &target);
    let before = names(&target);
    let error = Folder::claim(&target).expect_err("exists");
    assert!(matches!(error, FolderError::Exists(_)));
    assert!(error.to_string().contains("--out"), "{error}");
    assert_eq!(names(&target), before);

    let empty = place.path().join("empty");
    fs::create_dir(&empty).expect("folder");
    stored(&experiment(1), &empty);
    assert_eq!(names(&empty), before);
}

#[test]
fn a_name_taken_meanwhile_is_not_overwritten() {
    let place = tempfile::tempdir().expect("a place");
    let target = place.path().join("evening");
    let results = Results::of(&experiment(1));
    let folder = Folder::claim(&target).expect("claim");
    let busy = Folder::claim(&target).expect_err("claimed");
    assert!(matches!(busy, FolderError::Busy(_)), "{busy}");
    assert!(folder.partial().exists(), "the loser leaves the winner's folder");
    fs::create_dir(&target).expect("folder");
    fs::write(target.join("theirs"), "theirs").expect("file");
    let error = folder.commit(&results.manifest, &Provenance::default());
    assert!(matches!(error, Err(FolderError::Exists(_))));
    assert_eq!(names(place.path()), ["evening"]);
    assert_eq!(names(&target), ["theirs"]);
}

#[test]
fn an_unwritable_place_is_told_at_once() {
    let place = tempfile::tempdir().expect("a place");
    let file = place.path().join("file");
    fs::write(&file, "in the way").expect("file");
    let error = Folder::claim(&file.join("evening")).expect_err("not a folder");
    assert!(error.to_string().starts_with("cannot write "), "{error}");
    assert_eq!(names(place.path()), ["file"]);
    assert!(matches!(Folder::claim(Path::new("..")), Err(FolderError::NoName(_))));
    // Refuses everybody, the superuser included.
    if Path::new("/proc/self").exists() {
        let error = Folder::claim(Path::new("/proc/offpeak/evening")).expect_err("no place");
        assert!(error.to_string().contains("/proc/offpeak"), "{error}");
    }
}

#[test]
fn a_damaged_table_is_named() {
    let place = tempfile::tempdir().expect("a place");
    let target = place.path().join("evening");
    stored(&experiment(1), &target);
    let summary = target.join("summary.csv");
    let text = fs::read_to_string(&summary).expect("summary");
    fs::write(&summary, text.replacen(",10,h", ",ten,h", 1)).expect("file");
    let error = read(&target).expect_err("damaged").to_string();
    assert!(error.contains("summary.csv") && error.contains("ten"), "{error}");
}

fn plot(results: &Results, name: &str) -> String {
    let plots = report::plots(results).expect("plots");
    let found = plots.into_iter().find(|plot| plot.name == name);
    found.expect(name).svg
}

#[test]
fn plots_say_what_they_show() {
    let results = Results::of(&experiment(3));
    let stacks = plot(&results, "bytes-by-source");
    for part in [
        "cdn-only (baseline)",
        ">\nhybrid",
        "bit/s",
        "17:00",
        "peak 20:00–22:00",
        "500 homes",
        "mean of n = 3 replications",
        "5 min means",
        "own cache",
        "peers, other ISP",
        "origin",
        "Two arms, one &quot;evening&quot;",
    ] {
        assert!(stacks.contains(part), "{part} is not in the stacks");
    }
    assert!(!stacks.contains("appliance"), "a source of nothing has no place in the legend");
    let offload = plot(&results, "offload-over-day");
    for part in [
        "Taken off the origin",
        "Taken off the interconnects",
        "n = 3 replications, band: smallest to largest",
        "against cdn-only",
        "60.0 % at peak",
        "100 %",
        "at most 2,345",
        "15 min means",
    ] {
        assert!(offload.contains(part), "{part} is not in the offload plot");
    }
    let alone = plot(&Results::of(&experiment(1)), "offload-over-day");
    assert!(alone.contains("n = 1 replication, no band"));
}

#[test]
fn plots_are_the_same_each_time_and_readable() {
    let results = Results::of(&experiment(2));
    let (one, two) = (report::plots(&results), report::plots(&results));
    assert_eq!(one, two);
    for plot in one.expect("plots") {
        assert!(!plot.svg.contains("NaN") && !plot.svg.contains("inf"), "{}", plot.name);
        let picture = report::png(&plot.svg).expect("well-formed");
        assert_eq!(&picture[..8], b"\x89PNG\r\n\x1a\n");
        let word = |at: usize| u32::from_be_bytes(picture[at..at + 4].try_into().expect("four"));
        assert_eq!(word(16), 1_800, "{} has its full width", plot.name);
        assert!(picture.len() > 5_000, "{} shows something", plot.name);
    }
}

#[test]
fn odd_results_are_drawn_all_the_same() {
    let mut empty = experiment(1);
    for run in &mut empty.runs {
        run.tables = RunTables::default();
    }
    empty.setting.title = "<&> ".repeat(200);
    let mut lonely = experiment(2);
    lonely.runs.retain(|run| run.arm == "cdn-only");
    lonely.setting.arms.pop();
    lonely.setting.peak_t_s = [0, 3_600];
    let mut week = experiment(2);
    week.setting.measured_t_s = [86_400, 8 * 86_400];
    week.setting.bin_s = 0;
    let mut backwards = experiment(1);
    backwards.setting.measured_t_s.reverse();
    for odd in [empty, lonely, week, backwards] {
        let results = Results::of(&odd);
        for plot in report::plots(&results).expect("plots") {
            report::png(&plot.svg).expect("well-formed");
        }
        assert!(report::text(&results).contains("results v"));
        assert!(results::json(&results)["windows"].is_object());
    }
}

#[test]
fn the_answer_is_in_words_and_for_programs() {
    let results = Results::of(&experiment(4));
    let text = report::text(&results);
    assert!(
        text.contains(
            "Peers (hybrid) would have taken 60.0 % off the origin and 60.0 % off the interconnects \
             at peak (20:00–22:00); rebuffering 33.33 % → 33.33 % (the same)."
        ),
        "{text}"
    );
    assert!(text.contains("± 95 % interval over replications"), "{text}");
    let object = results::json(&results);
    let offload = &object["windows"]["peak"]["hybrid"]["offload_origin"];
    assert_eq!(offload["n"], 4);
    assert_eq!(offload["against_baseline"]["verdict"], "better");
    let single = results::json(&Results::of(&experiment(1)));
    assert!(single["windows"]["peak"]["hybrid"]["offload_origin"]["ci_low"].is_null());
    assert!(single["windows"]["all"]["cdn-only"]["startup_s_p50"]["mean"].is_null());
}
