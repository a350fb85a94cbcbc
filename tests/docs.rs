//! The pages keep up with the program: every metric, cause and policy is explained, every link leads
//! somewhere.

use std::fs;
use std::path::{Path, PathBuf};

use offpeak::engine::causes::{FetchCause, TierCause};
use offpeak::engine::observe::StallCause;
use offpeak::peer::Refusal;
use offpeak::peer::abr::{Abr, Estimate};
use offpeak::peer::cache::CachePolicy;
use offpeak::peer::scheduler::Scheduler;
use offpeak::peer::scheduler::late::Late;
use offpeak::peer::scheduler::neighbours::NeighbourChoice;
use offpeak::peer::scheduler::per_peer::PerPeer;
use offpeak::peer::scheduler::prefetch::Prefetch;
use offpeak::peer::scheduler::segment::SegmentChoice;
use offpeak::peer::scheduler::server::Gate;
use offpeak::peer::scheduler::source::SourceChoice;
use offpeak::peer::scheduler::trust::Trust;
use offpeak::peer::scheduler::unit::Unit;
use offpeak::peer::upload::UploadChoice;
use offpeak::results::catalogue::METRICS;
use offpeak::units::Span;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn page(name: &str) -> String {
    fs::read_to_string(root().join(name)).expect(name)
}

#[test]
fn every_metric_and_cause_is_explained() {
    let results = page("docs/results.md");
    for metric in METRICS {
        let named = format!("`{}`", metric.name);
        let row = |line: &&str| line.split('|').nth(1).is_some_and(|cell| cell.contains(&named));
        let line = results.lines().find(row);
        let line = line.unwrap_or_else(|| panic!("{named} is not explained"));
        let cell = format!("| {} |", metric.unit);
        assert!(line.contains(&cell), "{named}: its unit {} is missing", metric.unit);
    }
    let causes = FetchCause::ALL.map(FetchCause::name).into_iter();
    let causes = causes.chain(TierCause::ALL.map(TierCause::name));
    let causes = causes.chain(StallCause::ALL.map(StallCause::name));
    for cause in causes.chain(Refusal::ALL.map(Refusal::name)) {
        assert!(results.contains(cause), "the cause \"{cause}\" is not named");
    }
    let policies = page("docs/policies.md");
    for cause in FetchCause::ALL {
        let row = format!("| {} |", cause.name());
        assert!(policies.contains(&row), "the cause \"{}\" is not explained", cause.name());
    }
}

#[test]
fn every_policy_is_explained() {
    let policies = page("docs/policies.md");
    for name in Scheduler::NAMES {
        assert!(policies.contains(&format!("## {name}\n")), "{name} has no section");
    }
    let rules = SegmentChoice::NAMES.iter().chain(SourceChoice::NAMES);
    let rules = rules.chain(Gate::NAMES).chain(Late::NAMES).chain(Prefetch::NAMES);
    let rules = rules.chain(Unit::NAMES).chain(PerPeer::NAMES).chain(Trust::NAMES);
    let rules = rules.chain(Abr::NAMES).chain(Estimate::NAMES);
    for name in rules.chain(UploadChoice::NAMES).chain(NeighbourChoice::NAMES) {
        assert!(policies.contains(&format!("\n**{name}** ")), "{name} is missing");
    }
    for policy in CachePolicy::ALL {
        assert!(policies.contains(&format!("**{}**", policy.name())), "{policy:?} is missing");
    }
}

/// The parameters of a policy with their defaults, as a scenario writes them.
fn parameters(at: &str, value: &toml::Value, out: &mut Vec<(String, String)>) {
    match value {
        toml::Value::Table(table) => {
            for (key, value) in table {
                parameters(&format!("{at}.{key}"), value, out);
            }
        }
        toml::Value::Array(_) => {}
        other => out.push((at.to_owned(), other.to_string().replace('"', ""))),
    }
}

#[test]
fn every_parameter_of_every_policy_is_documented_and_in_the_reference() {
    let table = page("docs/scenarios.md");
    let reference = page("scenarios/reference.toml");
    let check = |family: &str, value: Result<toml::Value, toml::ser::Error>| {
        let mut all = Vec::new();
        parameters(family, &value.expect("it can be written"), &mut all);
        for (path, default) in all {
            let path = path
                .replace("hybrid-page", "hybrid")
                .replace("hybrid-peers-first", "hybrid")
                .replace("webtorrent-sequential", "webtorrent-rarest");
            let row = table.lines().find(|line| line.starts_with(&format!("| `{path}` |")));
            let row = row.unwrap_or_else(|| panic!("`{path}` has no row in docs/scenarios.md"));
            let cell = row.split('|').nth(3).expect("a default").replace(['`', '"'], "");
            let same = cell.trim() == default
                || cell.trim().parse::<f64>().is_ok_and(|cell| default.parse() == Ok(cell))
                || cell.trim().parse::<Span>().is_ok_and(|cell| default.parse() == Ok(cell));
            assert!(same, "the default of `{path}` is {default}, not{cell}");
        }
    };
    Scheduler::all().for_each(|own| check("arm.NAME.scheduler", toml::Value::try_from(own)));
    SegmentChoice::all()
        .for_each(|own| check("arm.NAME.scheduler.custom.segment", toml::Value::try_from(own)));
    SourceChoice::all()
        .for_each(|own| check("arm.NAME.scheduler.custom.source", toml::Value::try_from(own)));
    Gate::all()
        .for_each(|own| check("arm.NAME.scheduler.custom.server[]", toml::Value::try_from(own)));
    Late::all().for_each(|own| check("arm.NAME.scheduler.custom.late", toml::Value::try_from(own)));
    Prefetch::all()
        .for_each(|own| check("arm.NAME.scheduler.custom.prefetch", toml::Value::try_from(own)));
    for own in Unit::all() {
        check("arm.NAME.scheduler.custom.requests.unit", toml::Value::try_from(own));
    }
    for own in PerPeer::all() {
        check("arm.NAME.scheduler.custom.requests.per_peer", toml::Value::try_from(own));
    }
    for own in Trust::all() {
        check("arm.NAME.scheduler.custom.requests.trust", toml::Value::try_from(own));
    }
    NeighbourChoice::all()
        .for_each(|own| check("arm.NAME.scheduler.custom.neighbours", toml::Value::try_from(own)));
    UploadChoice::all()
        .for_each(|own| check("arm.NAME.scheduler.custom.upload", toml::Value::try_from(own)));
    Abr::all().for_each(|own| check("player.abr", toml::Value::try_from(own)));
    Estimate::all().for_each(|own| check("player.estimate", toml::Value::try_from(own)));
    let rules = SegmentChoice::NAMES.iter().chain(SourceChoice::NAMES);
    let rules = rules.chain(Gate::NAMES).chain(Late::NAMES).chain(Unit::NAMES);
    let rules = rules.chain(Prefetch::NAMES).chain(PerPeer::NAMES).chain(UploadChoice::NAMES);
    let rules = rules.chain(Trust::NAMES).chain(NeighbourChoice::NAMES);
    let rules = rules.chain(Abr::NAMES).chain(Estimate::NAMES);
    let names = rules.chain(Scheduler::NAMES);
    for name in names.filter(|name| **name != "custom") {
        let named = [format!("\"{name}\""), format!("{{ {name} = "), format!(".{name}]")];
        assert!(
            named.iter().any(|named| reference.contains(named)),
            "{name} is not in scenarios/reference.toml"
        );
    }
}

/// What `scenarios/reference.toml` says of caches in comments, to be read as it stands.
#[test]
fn every_cache_policy_has_its_file_and_its_line() {
    #[derive(Debug, PartialEq, serde::Deserialize)]
    struct Line {
        policy: CachePolicy,
    }
    let page = page("scenarios/reference.toml");
    let lines = page.lines().filter_map(|line| line.strip_prefix("# policy = "));
    let read = |line: &str| {
        let text = format!("policy = {line}");
        toml::from_str::<Line>(&text).unwrap_or_else(|error| panic!("{text}: {error}")).policy
    };
    let listed: Vec<CachePolicy> = lines.clone().map(read).collect();
    assert_eq!(listed, CachePolicy::ALL, "one line for each policy, in their order");
    for (line, policy) in lines.zip(CachePolicy::ALL) {
        let full = toml::Value::try_from(policy).expect("it can be written");
        let keys = full.get(policy.name()).and_then(toml::Value::as_table);
        let told = |key: &String| line.contains(&format!("{key} = "));
        assert!(keys.is_none_or(|keys| keys.keys().all(told)), "{line}: a parameter is missing");
    }
    let mut named: Vec<String> =
        CachePolicy::ALL.iter().map(|policy| policy.name().replace('-', "_")).collect();
    named.sort();
    // What all of them share.
    let shared = ["book", "mod", "policy", "rows", "rules", "tests"];
    let folder = fs::read_dir(root().join("src/peer/cache")).expect("the folder");
    let files = folder.map(|entry| entry.expect("an entry").path());
    let files = files.filter(|path| path.extension().is_some_and(|ext| ext == "rs"));
    let stem = |path: PathBuf| path.file_stem().expect("a name").to_string_lossy().into_owned();
    let mut files: Vec<String> =
        files.map(stem).filter(|name| !shared.contains(&name.as_str())).collect();
    files.sort();
    assert_eq!(files, named, "one file for each policy");
}

#[test]
fn links_between_pages_lead_somewhere() {
    let folders = ["docs", "docs/decisions"];
    let listed = folders.iter().flat_map(|folder| fs::read_dir(root().join(folder)).expect(folder));
    let listed = listed.map(|entry| entry.expect("an entry").path());
    let pages: Vec<PathBuf> =
        listed.filter(|path| path.extension().is_some_and(|e| e == "md")).collect();
    assert!(pages.len() >= 6, "pages were found: {pages:?}");
    for path in
        pages.into_iter().chain(["ARCHITECTURE.md", "CHANGELOG.md"].map(|name| root().join(name)))
    {
        let text = fs::read_to_string(&path).expect("a page");
        for target in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            let file = target.split('#').next().unwrap_or(target);
            let leads =
                file.starts_with("http") || file.is_empty() || path.with_file_name(file).exists();
            assert!(leads, "{}: {target} leads nowhere", path.display());
        }
    }
}
