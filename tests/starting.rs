//! The built program, where people begin: templates, completions, explanations.

use std::fs;
use std::path::Path;
use std::process::{Output, Stdio};

use assert_cmd::Command;

fn offpeak(folder: &Path, arguments: &[&str]) -> Output {
    Command::cargo_bin("offpeak")
        .expect("built")
        .current_dir(folder)
        .args(arguments)
        .output()
        .expect("started")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("UTF-8")
}

#[test]
fn a_template_is_written_once_and_checks() {
    let place = tempfile::tempdir().expect("a place");
    let listed = text(&offpeak(place.path(), &["new"]).stdout);
    let names: Vec<&str> = listed.lines().filter_map(|line| line.split(' ').next()).collect();
    assert!(names.len() >= 6, "{listed}");
    for name in names {
        let output = offpeak(place.path(), &["new", name]);
        let said = text(&output.stderr);
        assert_eq!(output.status.code(), Some(0), "{said}");
        assert!(output.stdout.is_empty() && said.contains("Next: offpeak check"), "{said}");
        let file = format!("{name}.toml");
        let checked = offpeak(place.path(), &["check", &file]);
        assert_eq!(checked.status.code(), Some(0), "{name}: {}", text(&checked.stderr));
        assert!(checked.stderr.is_empty(), "{name}: {}", text(&checked.stderr));

        fs::write(place.path().join(&file), "theirs").expect("file");
        let again = offpeak(place.path(), &["new", name]);
        assert_eq!(again.status.code(), Some(1));
        assert!(text(&again.stderr).contains("it exists"), "{}", text(&again.stderr));
        assert_eq!(fs::read_to_string(place.path().join(&file)).expect("file"), "theirs");
    }
    let wrong = offpeak(place.path(), &["new", "evning", "x.toml"]);
    assert_eq!(wrong.status.code(), Some(2));
    assert!(text(&wrong.stderr).contains("did you mean \"evening\"?"), "{}", text(&wrong.stderr));
    assert!(!place.path().join("x.toml").exists());
}

#[test]
fn every_shell_gets_its_completions() {
    let place = tempfile::tempdir().expect("a place");
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let output = offpeak(place.path(), &["completions", shell]);
        assert_eq!(output.status.code(), Some(0), "{shell}: {}", text(&output.stderr));
        let script = text(&output.stdout);
        for word in ["offpeak", "sweep", "completions"] {
            assert!(script.contains(word), "{shell}: no {word}");
        }
        if shell == "bash" {
            reads(&script);
        }
    }
    assert_eq!(offpeak(place.path(), &["completions", "cmd"]).status.code(), Some(2));
}

/// That bash can parse `script`, where there is a bash.
fn reads(script: &str) {
    let bash = std::process::Command::new("bash")
        .arg("-n")
        .stdin(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn();
    let Ok(mut bash) = bash else {
        eprintln!("skipped: no bash");
        return;
    };
    let mut input = bash.stdin.take().expect("piped");
    std::io::Write::write_all(&mut input, script.as_bytes()).expect("bash reads");
    drop(input);
    let output = bash.wait_with_output().expect("bash ends");
    assert!(output.status.success(), "{}", text(&output.stderr));
}

#[test]
fn every_name_of_the_tables_is_explained() {
    use offpeak::engine::causes::{FetchCause, TierCause};
    use offpeak::engine::observe::StallCause;
    use offpeak::peer::Refusal;
    use offpeak::results::catalogue::METRICS;
    use offpeak::scenario::CODES;

    let place = tempfile::tempdir().expect("a place");
    let output = offpeak(place.path(), &["explain", "--json"]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let all: Vec<serde_json::Value> = serde_json::from_slice(&output.stdout).expect("JSON");
    let explained = |kind: &str, name: &str| {
        let own = all.iter().find(|own| own["kind"] == kind && own["name"] == name);
        let own = own.unwrap_or_else(|| panic!("{kind} \"{name}\" is not explained"));
        assert!(own["meaning"].as_str().is_some_and(|text| text.len() > 3), "{own}");
    };
    CODES.iter().for_each(|(code, _)| explained("code", code));
    METRICS.iter().for_each(|own| explained("metric", own.name));
    FetchCause::ALL.iter().for_each(|own| explained("cdn_bytes", own.name()));
    TierCause::ALL.iter().for_each(|own| explained("cdn_tier_bytes", own.name()));
    StallCause::ALL.iter().for_each(|own| explained("stalled_s", own.name()));
    Refusal::ALL.iter().for_each(|own| explained("refused_uploads", own.name()));

    let page = text(&offpeak(place.path(), &["explain", "s0204"]).stdout);
    assert!(page.contains("wrong:") && page.contains("docs/scenarios.md#networks"), "{page}");
    let both = text(&offpeak(place.path(), &["explain", "metered"]).stdout);
    assert_eq!(both.lines().filter(|line| line.starts_with("metered (")).count(), 2, "{both}");
    for (asked, meant) in
        [("holder bsy", "holder busy"), ("S0294", "S02"), ("ofload_origin", "offload_origin")]
    {
        let output = offpeak(place.path(), &["explain", asked]);
        let said = text(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{said}");
        assert!(said.contains(&format!("did you mean \"{meant}")), "{said}");
        assert!(output.stdout.is_empty());
    }
}
