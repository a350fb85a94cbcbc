//! What homes may not send is not sent, and every scheduler and cache keeps every law.

use offpeak::peer::Refusal;
use offpeak::peer::cache::CachePolicy;
use offpeak::peer::scheduler::Scheduler;

use offpeak::results::Window;

use super::{Played, hold, short};

/// Largest upload of a home in GB, refusals for `why`, and bytes between peers, by arm that has peers.
fn uploads(runs: &[Played], why: Refusal) -> Vec<(String, f64, f64)> {
    let of = |run: &Played| {
        let refused = run.tables.causes.iter();
        let refused =
            refused.filter(|row| row.what == "refused_uploads" && row.cause == why.name());
        (run.arm.clone(), run.all("upload_gb_max"), refused.filter_map(|row| row.value).sum())
    };
    runs.iter().skip(1).map(of).collect()
}

fn played(sets: &[(&str, &str)], why: Refusal) -> Vec<(String, f64, f64)> {
    uploads(&hold(&format!("{sets:?}"), &short("two-providers.toml", sets)), why)
}

#[test]
fn metered_lines_and_batteries_upload_nothing() {
    let metered = [("line.adsl.metered", "true"), ("line.fibre.metered", "true")];
    for (sets, why) in [
        (&metered[..], Refusal::Metered),
        (&[("device.set-top.battery", "1.0")], Refusal::Battery),
        (&[("device.set-top.upload.least", "\"100 Gbit/s\"")], Refusal::UplinkFull),
        (&[("device.set-top.upload.per_day", "\"1 B\"")], Refusal::Budget),
    ] {
        for (arm, most, refused) in played(sets, why) {
            assert!(most < 1e-12, "{sets:?}, {arm}: {most} GB");
            // Who never gives is in no list; `oracle` sees that, others would have to ask.
            let asked = matches!(why, Refusal::UplinkFull | Refusal::Budget) && arm != "oracle";
            assert!(refused > 0.0 || !asked, "{sets:?}, {arm}: nothing is refused");
        }
        let allowed = [sets, &[("device.set-top.upload.metered", "true")]].concat();
        let allowed = [&allowed[..], &[("device.set-top.upload.on_battery", "true")]].concat();
        let gives = matches!(why, Refusal::Metered | Refusal::Battery);
        let any = played(&allowed, why).iter().any(|(_, most, _)| *most > 0.0);
        assert_eq!(any, gives, "{allowed:?}");
    }
}

#[test]
fn no_home_sends_more_than_its_budget() {
    let free = played(&[], Refusal::Budget);
    for (key, budget, most) in [
        ("device.set-top.upload.per_day", "\"30 MB\"", 0.03),
        ("device.set-top.upload.per_month", "\"40 MB\"", 0.04),
    ] {
        for ((arm, sent, refused), (_, without, _)) in
            played(&[(key, budget)], Refusal::Budget).into_iter().zip(&free)
        {
            assert!(sent <= most + 1e-12, "{key}, {arm}: {sent} GB of {most}");
            assert!(sent > most / 2.0, "{key}, {arm}: {sent} of {most} GB");
            // `oracle` asks nobody who would refuse.
            let bound = refused > 0.0 || arm == "oracle";
            assert!(*without > most && bound, "{key}, {arm}: it never bound");
        }
    }
}

/// Most that a home with this kind of line sent, in GB, of each arm that has peers.
fn most_by_line(sets: &[(&str, &str)], line: &str) -> Vec<(String, f64)> {
    let runs = hold(&format!("{sets:?}"), &short("two-providers.toml", sets));
    let of = |run: &Played| {
        let mut rows = run.tables.ledger_home.iter();
        let row = rows.find(|row| {
            (&*row.by, &*row.class, &*row.metric, &*row.stat, row.window)
                == ("line", line, "upload_gb", "max", Window::All)
        });
        (run.arm.clone(), row.and_then(|row| row.value).expect("a row"))
    };
    runs.iter().skip(1).map(of).collect()
}

#[test]
fn a_budget_for_metered_lines_leaves_the_others_alone() {
    let metered = [
        ("line.adsl.metered", "true"),
        ("line.adsl.allowance", "\"200 MB\""),
        ("device.set-top.upload.metered", "true"),
        ("device.set-top.upload.budget_on", "\"metered-lines\""),
    ];
    let month = ("device.set-top.upload.per_month", "\"10 MB\"");
    let part = ("device.set-top.upload.of_allowance", "0.05");
    for (budget, others) in [(month, true), (part, true), (month, false)] {
        let mut sets = [&metered[..], &[budget]].concat();
        if !others {
            sets[3].1 = "\"any-line\"";
        }
        for (arm, most) in most_by_line(&sets, "adsl") {
            assert!(most <= 0.01 + 1e-12 && most > 0.0, "{sets:?}, {arm}: {most} GB");
        }
        for (arm, most) in most_by_line(&sets, "fibre") {
            assert_eq!(most > 0.01 + 1e-12, others, "{sets:?}, {arm}: {most} GB");
        }
    }
}

#[test]
fn homes_give_for_a_reward() {
    let curve = "[[\"0 GBP/GB\", 0.0], [\"0.02 GBP/GB\", 1.0]]";
    let opt_in = ("device.set-top.upload.opt_in", curve);
    let reward = |reward| ("arm.hybrid.set", reward);
    let sent = |sets: &[(&str, &str)]| -> f64 {
        let uploads = played(sets, Refusal::NotPermitted);
        uploads.iter().find(|(arm, ..)| arm == "hybrid").expect("it has the arm").1
    };
    assert!(sent(&[opt_in]) < 1e-12, "nobody gives for nothing");
    let half = sent(&[opt_in, reward("{ \"prices.reward\" = \"0.01 GBP/GB\" }")]);
    let permitted = ("device.set-top.upload.permitted", "0.5");
    assert!(
        half > 0.0 && (half - sent(&[permitted])).abs() < 1e-12,
        "half of them for half of it: {half} GB"
    );
    let all = sent(&[opt_in, reward("{ \"prices.reward\" = \"1 GBP/GB\" }")]);
    assert!((all - sent(&[])).abs() < 1e-12, "all of them beyond: {all} GB");
}

#[test]
fn a_home_that_gives_while_it_watches_refuses_in_standby() {
    let sets = [("device.set-top.upload.in_standby", "false"), ("run.history", "2 d")];
    for (arm, sent, refused) in played(&sets, Refusal::Standby) {
        // `oracle` asks nobody who would refuse.
        let asked = arm != "oracle";
        assert!(sent > 0.0 && (refused > 0.0) == asked, "{arm}: {sent} GB, {refused} refused");
    }
}

#[test]
fn every_scheduler_keeps_every_law() {
    for name in Scheduler::NAMES {
        let scheduler = format!("\"{name}\"");
        for file in ["two-providers.toml", "tiny-cache.toml", "sticks-without-storage.toml"] {
            let sets = [("arm.hybrid.scheduler", scheduler.as_str()), ("run.homes", "40")];
            hold(&format!("{name}, {file}"), &short(file, &sets));
        }
    }
}

#[test]
fn what_may_be_next_keeps_every_law() {
    let mut ahead = 0.0;
    for scheduler in ["\"spotify-2010\"", "{ custom = { prefetch = \"next-item\" } }"] {
        for pause in ["0 s", "3 s", "1 min"] {
            for file in ["two-providers.toml", "tiny-cache.toml", "sticks-without-storage.toml"] {
                let sequence = format!("{{ followed = 0.7, pause = \"{pause}\" }}");
                let sets = [
                    ("arm.hybrid.scheduler", scheduler),
                    ("run.homes", "40"),
                    ("catalogue.runtime.constant", "70 s"),
                    ("demand.sequence", sequence.as_str()),
                ];
                let runs = hold(&format!("{scheduler}, {pause}, {file}"), &short(file, &sets));
                let hybrid = runs.iter().find(|run| run.arm == "hybrid").expect("it has the arm");
                let (all, lost) =
                    (hybrid.all("bytes_prefetched"), hybrid.all("bytes_prefetched_unplayed"));
                assert!(lost <= all, "{scheduler}, {pause}, {file}: {lost} of {all}");
                assert!(runs[0].all("bytes_prefetched") < 1.0, "the baseline looks ahead");
                ahead += all;
            }
        }
    }
    assert!(ahead > 5e8, "{ahead} bytes");
}

#[test]
fn every_cache_keeps_every_law() {
    for policy in CachePolicy::ALL {
        let policy = format!("\"{}\"", policy.name());
        for grain in ["\"segment\"", "\"prefix\"", "\"title\""] {
            let sets = [
                ("device.set-top.cache.policy", policy.as_str()),
                ("device.set-top.cache.grain", grain),
                ("run.homes", "40"),
            ];
            hold(&format!("{policy}, {grain}"), &short("tiny-cache.toml", &sets));
        }
    }
}
