//! Laws of `extends`: what a base and the files laid over it come to, and what is told of mistakes.

use std::fs;
use std::path::Path;

use offpeak::scenario::{Library, Loaded, Problems, load};
use proptest::prelude::*;

const REFERENCE: &str = include_str!("../scenarios/reference.toml");
const LIBRARY: Library<'_> = Library(&[("reference", REFERENCE)]);

fn child(text: &str) -> Result<Loaded, Problems> {
    LIBRARY.load_text(text, Path::new("child.toml"), &[])
}

fn good(loaded: Result<Loaded, Problems>) -> Loaded {
    loaded.unwrap_or_else(|problems| panic!("{problems}"))
}

fn told(loaded: Result<Loaded, Problems>) -> String {
    loaded.map_or_else(|problems| problems.to_string(), |_| "taken as good".to_owned())
}

/// A folder with these files.
fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, text) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(path, text).expect("a file");
    }
    folder
}

/// The message with the path of `folder` taken out.
fn told_in(folder: &tempfile::TempDir, file: &str) -> String {
    let message = told(LIBRARY.load(&folder.path().join(file), &[]));
    message.replace(&format!("{}/", folder.path().display()), "")
}

#[test]
fn a_file_that_only_extends_is_its_base() {
    let base = good(LIBRARY.load_named("reference", &[]).expect("in the library"));
    let only = good(child("extends = \"reference\""));
    assert_eq!((&only.scenario, &only.arms), (&base.scenario, &base.arms));
    assert_eq!(only.resolved(), base.resolved());
    assert_eq!(only.text, "extends = \"reference\"");
    let other = folder(&[("base.toml", REFERENCE), ("a/child.toml", "extends = \"../base.toml\"")]);
    assert_eq!(good(load(&other.path().join("a/child.toml"), &[])).scenario, base.scenario);
}

#[test]
fn tables_of_a_base_are_found_from_its_own_folder() {
    let own = good(load(Path::new("tests/data/csv/scenario.toml"), &[]));
    let files = folder(&[
        ("a/b/child.toml", "extends = \"../mid.toml\"\n[run]\nseed = 7\n"),
        ("a/mid.toml", "extends = \"../tables/scenario.toml\"\n"),
        ("tables/none", ""),
        ("c/child.toml", "extends = \"../tables/scenario.toml\"\ncsv.folder = \"../tables\"\n"),
        ("c/wrong.toml", "extends = \"../tables/scenario.toml\"\ncsv.folder = \"here\"\n"),
    ]);
    for entry in fs::read_dir("tests/data/csv").expect("the tables") {
        let entry = entry.expect("a table");
        let to = files.path().join("tables").join(entry.file_name());
        fs::copy(entry.path(), to).expect("a copy");
    }
    for name in ["a/b/child.toml", "c/child.toml"] {
        let path = files.path().join(name);
        let loaded = good(load(&path, &[]));
        assert_eq!(loaded.tables, own.tables, "{name}");
        // What is resolved stands in the folder of the child.
        let again = good(LIBRARY.load_text(&loaded.resolved(), &path, &[]));
        assert_eq!((again.scenario, again.tables), (loaded.scenario, loaded.tables));
    }
    let told = told_in(&files, "c/wrong.toml");
    assert!(told.contains("cannot read") && told.contains("c/here/"), "{told}");
    assert!(told.contains("--> c/../tables/scenario.toml:"), "{told}");
}

#[test]
fn laws_and_policies_are_replaced_whole() {
    let text = "extends = \"reference\"
        [demand.length]\nconstant = \"7 min\"
        [arm.hybrid-page.scheduler.hybrid]\nhttp_parallel = 2
        [arm.hybrid.set.device.stick]\ncache.size = \"3 GB\"";
    let mid = good(child(text));
    let by_set = |key: &str, value: &str| (key.to_owned(), value.to_owned());
    let sets = [
        by_set("demand.length.constant", "7 min"),
        by_set("arm.hybrid-page.scheduler.hybrid.http_parallel", "2"),
        by_set("arm.hybrid.set.\"device.stick.cache.size\"", "1 GB"),
        by_set("arm.hybrid.set.device.stick", "{ cache = { size = \"3 GB\" } }"),
    ];
    let set = good(LIBRARY.load_named("reference", &sets).expect("in the library"));
    assert_eq!((&mid.scenario, &mid.arms), (&set.scenario, &set.arms));
    // An arm's keys are dotted, however they are written.
    let over = "\"device.stick.cache.size\" = \"2 GB\"\ndevice.box.cache.policy = \"lfu\"";
    let text = format!("extends = \"mid.toml\"\n[arm.hybrid.set]\n{over}\n");
    let files = folder(&[("mid.toml", &mid.resolved()), ("child.toml", &text)]);
    let last = good(load(&files.path().join("child.toml"), &[]));
    let size = |loaded: &Loaded| {
        let arm = loaded.arms.iter().find(|arm| arm.name == "hybrid").expect("an arm");
        arm.device["stick"].cache.size.0
    };
    assert_eq!((size(&mid), size(&last)), (3_000_000_000, 2_000_000_000));
    // Less of it than the base says.
    let text = "extends = \"child.toml\"\nwithout = [\"arm.hybrid.set.device.stick\"]\n";
    fs::write(files.path().join("less.toml"), text).expect("a file");
    let less = good(load(&files.path().join("less.toml"), &[]));
    assert_eq!(size(&less), size(&good(child("extends = \"reference\""))));
    assert_eq!(less.scenario.arm["hybrid"].set.len(), 1);
}

#[test]
fn what_is_taken_out_is_gone() {
    let text = "extends = \"reference\"\nwithout = [\"arm.oracle\", \"mesh.path\", \"event\"]";
    let loaded = good(child(text));
    assert!(!loaded.scenario.arm.contains_key("oracle") && loaded.scenario.event.is_empty());
    assert_eq!(loaded.scenario.mesh.path, None);
    // Taken out first: what the file itself says stays.
    let text = "extends = \"reference\"\nwithout = [\"arm\", \"report.expect\"]
        arm.alone = { baseline = true, scheduler = \"cdn-only\" }";
    assert_eq!(good(child(text)).arms.len(), 1);
}

/// A list is replaced whole, so that its parts can drift from the base's where they are meant to agree.
#[test]
fn providers_said_anew_are_those_of_the_evening() {
    let library = Library(&[("uk-evening", include_str!("../scenarios/uk-evening.toml"))]);
    let read = |name: &str| {
        let path = format!("scenarios/{name}.toml");
        good(library.load(Path::new(&path), &[])).scenario.isp
    };
    let evening = read("uk-evening");
    let mut country = read("uk-country");
    for isp in &mut country {
        assert!(isp.interconnect.price.take().is_some() && isp.to_cdn.take().is_some());
    }
    assert_eq!(country, evening);
    let mut wired = read("mobile");
    assert_eq!(wired.pop().map(|isp| isp.name).as_deref(), Some("4G"));
    for (isp, same) in wired.iter_mut().zip(&evening) {
        assert_eq!(u64::from(isp.market_share.ppm()) * 5, u64::from(same.market_share.ppm()) * 4);
        isp.market_share = same.market_share;
    }
    assert_eq!(wired, evening);
}

/// What the reference says of bases in comments, taken as it stands.
#[test]
fn the_lines_of_the_reference_mean_something() {
    let lines = REFERENCE.lines().filter_map(|line| line.strip_prefix("# "));
    let keys = ["extends = ", "without = "];
    let lines: Vec<&str> =
        lines.filter(|line| keys.iter().any(|key| line.starts_with(key))).collect();
    assert_eq!(lines.len(), 2);
    let evening = include_str!("../scenarios/uk-evening.toml");
    let library = Library(&[("uk-evening", evening)]);
    let loaded = good(library.load_text(&lines.join("\n"), Path::new("s.toml"), &[]));
    assert_eq!(loaded.arms.len(), 2);
}

#[test]
fn mistakes_are_told_where_they_stand() {
    let base = REFERENCE.replacen("spread = 0.5 ", "spred = 0.5 ", 1);
    let files = folder(&[
        ("base.toml", &base),
        ("child.toml", "extends = \"base.toml\"\n[run]\nhomes = 0\nbin = \"7\"\n"),
        ("broken.toml", "titles = = 1\n"),
        ("both.toml", "extends = \"broken.toml\"\nx = = 1\n"),
        ("empty.toml", "\n"),
        ("hollow.toml", "extends = \"empty.toml\"\n"),
        ("missing.toml", "extends = \"reference\"\nwithout = [\"run.homes\"]\n[run]\nseed = 2\n"),
    ]);
    let line = base[..base.find("spred").expect("the mistake")].matches('\n').count() + 1;
    let place = format!("--> base.toml:{line}:1\n");
    for (file, parts) in [
        (
            "child.toml",
            &[place.as_str(), "did you mean `spread`?", "[S0202]", "--> child.toml:4:7\n"][..],
        ),
        ("both.toml", &["[S0101]", "--> broken.toml:1:10\n", "--> both.toml:2:5\n"]),
        ("hollow.toml", &["[S0106]: the file is empty", "--> empty.toml"]),
        ("missing.toml", &["the key `homes` is missing", "--> missing.toml:3:1\n"]),
    ] {
        let told = told_in(&files, file);
        for part in parts {
            assert!(told.contains(part), "{file}: no \"{part}\" in\n{told}");
        }
    }
    // A base that begins with a byte order mark counts it as a file of its own does.
    let marked = format!("\u{feff}{base}");
    let alone = told(LIBRARY.load_text(&marked, Path::new("base.toml"), &[]));
    fs::write(files.path().join("base.toml"), &marked).expect("a file");
    fs::write(files.path().join("child.toml"), "extends = \"base.toml\"\n").expect("a file");
    assert_eq!(told_in(&files, "child.toml"), alone);
    fs::write(files.path().join("base.toml"), b"a = 1\n\xff").expect("a file");
    let told = told_in(&files, "child.toml");
    assert!(told.contains("not UTF-8") && told.contains("--> base.toml:2:1"), "{told}");
}

#[test]
fn bases_that_cannot_be_had_are_told() {
    let files = folder(&[
        ("base.toml", REFERENCE),
        ("a.toml", "extends = \"sub/b.toml\""),
        ("sub/b.toml", "extends = \"../sub/../a.toml\""),
    ]);
    for (text, parts) in [
        ("schema = 1\nextends = \"basis.toml\"", &["[S0108]", "t.toml:2:11\n", "`base.toml`?"][..]),
        ("extends = \"refernce\"", &["[S0108]", "did you mean `reference`?", "ends in .toml"]),
        ("extends = 3", &["[S0105]", "t.toml:1:11\n", "expected the name"]),
        ("extends = \"a.toml\"", &["[S0109]", "sub/b.toml:1:11\n", "comes to extend itself"]),
        ("extends = \"sub/../t.toml\"", &["[S0109]"]),
        ("extends = \"base.toml\"\nwithout = 1", &["[S0105]", "a list of dotted keys"]),
        ("extends = \"base.toml\"\nwithout = [\"a..b\"]", &["[S0105]", "t.toml:2:12\n"]),
        ("extends = \"base.toml\"\nwithout = [\"arm.orakel\"]", &["[S0110]", "`oracle`?"]),
        ("extends = \"base.toml\"\nwithout = [\"rum.homes\"]", &["[S0110]", "`run`?"]),
        ("extends = \"base.toml\"\nwithout = [\"isp.0\"]", &["[S0110]", "give it anew"]),
        ("without = [\"arm.oracle\"]\nx = 1", &["[S0110]", "t.toml:1:11\n", "no base"]),
        ("extend = \"base.toml\"", &["[S0102]", "t.toml:1:1\n", "did you mean `extends`?"]),
    ] {
        fs::write(files.path().join("t.toml"), text).expect("a file");
        let told = told_in(&files, "t.toml");
        for part in parts {
            assert!(told.contains(part), "{text}: no \"{part}\" in\n{told}");
        }
    }
    let library = Library(&[("a", "extends = \"b.toml\""), ("b", "extends = \"b\"")]);
    let named = |name| told(library.load_named(name, &[]).expect("in the library"));
    assert!(named("a").contains("cannot extend the file"), "{}", named("a"));
    assert!(named("b").contains("[S0109]"), "{}", named("b"));
    assert!(library.load_named("c", &[]).is_none());
    let sets = [("extends".to_owned(), "reference".to_owned())];
    let told = told(LIBRARY.load_text(REFERENCE, Path::new("s.toml"), &sets));
    assert!(told.contains("[S0107]: `extends` can only be said by a file"), "{told}");
}

#[test]
fn eight_bases_are_enough() {
    let mut files = vec![("0.toml".to_owned(), REFERENCE.to_owned())];
    for nth in 1..=9 {
        files.push((
            format!("{nth}.toml"),
            format!("extends = \"{}.toml\"\nrun.seed = {nth}", nth - 1),
        ));
    }
    let files: Vec<(&str, &str)> = files.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
    let files = folder(&files);
    assert_eq!(good(load(&files.path().join("8.toml"), &[])).scenario.run.seed, 8);
    let told = told_in(&files, "9.toml");
    assert!(told.contains("[S0109]: more than 8") && told.contains("--> 1.toml:1:11"), "{told}");
}

/// Keys with values that the reference takes in any combination.
const EDITS: &[(&str, &[&str])] = &[
    ("title", &["\"a\"", "\"b\""]),
    ("run.homes", &["400", "500"]),
    ("run.seed", &["7"]),
    ("report.confidence", &["0.9", "0.8"]),
    ("demand.spread", &["0.1", "0.7"]),
    ("demand.length", &["{ constant = \"9 min\" }", "{ exponential = { mean = \"9 min\" } }"]),
    ("mesh.link_life", &["\"9 min\"", "{ weibull = { shape = 0.7, mean = \"9 min\" } }"]),
    ("mesh.links", &["9", "11"]),
    ("video.ladder", &["[\"1 Mbit/s\", \"2 Mbit/s\"]"]),
    ("device.stick.cache.size", &["\"3 GB\"", "\"5 GB\""]),
    ("device.stick.cache.policy", &["\"lfu\"", "\"sieve\"", "\"lru\""]),
    ("device.stick.upload.slots", &["3"]),
    ("arm.oracle.scheduler", &["\"hybrid\"", "{ hybrid = { http_parallel = 2 } }"]),
    ("arm.hybrid.set.mesh.links", &["5", "6"]),
    ("arm.hybrid.set.\"mesh.success\"", &["0.1", "0.2"]),
];

/// Some of [`EDITS`], each with one of its values.
fn edits() -> impl Strategy<Value = Vec<(String, String)>> {
    let chosen = prop::collection::vec(
        prop::option::weighted(0.4, any::<prop::sample::Index>()),
        EDITS.len(),
    );
    chosen.prop_map(|chosen| {
        let pairs = EDITS.iter().zip(chosen);
        let said = pairs.filter_map(|((key, values), nth)| Some((*key, *nth?.get(values))));
        said.map(|(key, value)| (key.to_owned(), value.to_owned())).collect()
    })
}

fn lines(extends: &str, edits: &[(String, String)]) -> String {
    let mut text = format!("extends = \"{extends}\"\n");
    for (key, value) in edits {
        text.push_str(&format!("{key} = {value}\n"));
    }
    text
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// A chain of files comes to what its keys come to, set one after the other; wherever the chain is
    /// cut, what is resolved up to there serves as well.
    #[test]
    fn a_chain_is_its_keys_in_order(first in edits(), second in edits()) {
        let child_text = lines("reference", &first);
        let grandchild = lines("child", &second);
        let both = Library(&[("reference", REFERENCE), ("child", &child_text), ("last", &grandchild)]);
        let named = |library: Library<'_>, name| good(library.load_named(name, &[]).expect("named"));
        let last = named(both, "last");

        let sets: Vec<_> = first.iter().chain(&second).cloned().collect();
        let set = good(LIBRARY.load_named("reference", &sets).expect("named"));
        prop_assert_eq!(last.resolved(), set.resolved());
        prop_assert!(last.scenario == set.scenario && last.arms == set.arms);

        let resolved = named(both, "child").resolved();
        let cut = Library(&[("child", &resolved), ("last", &grandchild)]);
        prop_assert_eq!(named(cut, "last").resolved(), last.resolved());
        let again = good(LIBRARY.load_text(&last.resolved(), Path::new("r.toml"), &[]));
        prop_assert!(again.scenario == last.scenario && again.arms == last.arms);
        prop_assert!(!again.text.contains("extends") && !again.text.contains("without"));
    }

    /// Whatever a file and its base say, there is an answer and it can be shown.
    #[test]
    fn no_texts_panic(
        first in edits(),
        cuts in prop::collection::vec((any::<prop::sample::Index>(), "\\PC{0,3}", any::<bool>()), 0..6),
        without in "[a-z.\\[\\]\"\\\\]{0,12}",
    ) {
        let mut texts = [REFERENCE.to_owned(), lines("reference", &first)];
        texts[1].push_str(&format!("without = [\"{without}\"]\n"));
        for (at, what, which) in cuts {
            let text = &mut texts[usize::from(which)];
            let at = text.char_indices().nth(at.index(text.chars().count())).map_or(0, |(at, _)| at);
            let end = text[at..].char_indices().nth(what.chars().count()).map_or(text.len(), |(n, _)| at + n);
            text.replace_range(at..end, &what);
        }
        let library = Library(&[("reference", &texts[0])]);
        if let Err(problems) = library.load_text(&texts[1], Path::new("s.toml"), &[]) {
            prop_assert!(!problems.0.is_empty() && !problems.render(true).is_empty());
        }
    }
}
