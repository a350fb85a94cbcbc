//! The findings as the page `docs/validation.md`.

use std::fmt::Write;

use super::{EXPERIMENTS, Finding, Verdict};

const HEAD: &str = "\
# Validation

What the simulator says where the answer is known. Written by `offpeak validate --markdown >
docs/validation.md`; `offpeak validate` plays the same and ends with exit code 4 when anything fails.
*Off* is the difference between got and expected, *may be* the largest that passes.
";

const TAIL: &str = "
## What this shows, and what not

- **V4** runs the cache that peers use, one item a segment, under requests that are independent and
  all alike: what Che's formula assumes. Real homes do not rewatch at random; the scenarios' demand is
  not tested here.
- **V15** compares bytes counted in three places: deliveries as they come in, transfers as they end,
  and (in the audit) what crossed every link. A difference of one byte fails.
- **T5** is a law of an ideal: every viewer is served at the stream rate, at once, in order of arrival.
  The engine moves whole segments. A viewer's first segments come from the origin, as no peer is fast
  enough for them; who asks first is served first. With uplinks of exactly the stream rate, every
  instant in which an uplink idles between two requests is lost: hence the wide tolerance of that row,
  and the row with 1.05 beside it. Reading two minutes ahead gains a little in return. Deficits
  (uplinks below the stream rate on average) are met most closely, as who is served does not matter
  there. `hybrid` is left out: it reads an hour ahead and asks servers first near the play position, so
  the recursion says nothing about it.
- Expected values are computed by formulas in the code, never taken from a run. Unit tests hold these
  formulas against tables worked out independently.
- Quick runs (`--quick`) play less; their tolerances are wider by what that adds in noise.

## Not verified

No finding here rests on a measurement of a real system yet. Figures of systems whose papers were not
read (inner tables of NetSession, PPLive, UUSee and CoolStreaming; shares of address translators by
kind; most energy coefficients) are unverified, used for no finding, and are not to be called validated.
";

/// The page for these findings, in Markdown.
pub fn page(findings: &[Finding]) -> String {
    let mut page = HEAD.to_owned();
    for experiment in EXPERIMENTS {
        let rows = findings.iter().filter(|finding| finding.id == experiment.name);
        let rows: Vec<String> = rows.map(row).collect();
        if rows.is_empty() {
            continue;
        }
        write!(
            page,
            "\n## {}: {}\n\nSource: {}.\n\n| what | expected | got | off | may be | verdict |\n\
             | --- | --: | --: | --: | --: | --- |\n{}",
            experiment.name,
            experiment.title,
            experiment.source,
            rows.concat()
        )
        .expect("invariant: a text takes all");
    }
    page + TAIL
}

fn row(finding: &Finding) -> String {
    let Finding { expected, got, tolerance, note, .. } = finding;
    let verdict = match finding.verdict {
        Verdict::Pass => "pass",
        Verdict::Fail => "**fail**",
        Verdict::Skipped => "skipped",
    };
    let off = number(got - expected);
    let note = note.replace('|', "\\|");
    format!(
        "| {note} | {} | {} | {off} | {} | {verdict} |\n",
        number(*expected),
        number(*got),
        number(*tolerance)
    )
}

/// Four digits after the point, more only for what would vanish.
fn number(value: f64) -> String {
    match value.abs() {
        size if size.is_nan() => "–".to_owned(),
        0.0 => "0".to_owned(),
        size if size < 5e-5 => format!("{value:.1e}"),
        size if size < 1e3 => format!("{value:.4}"),
        _ => format!("{value:.0}"),
    }
}

#[cfg(test)]
mod tests {
    use super::super::compare;
    use super::*;

    #[test]
    fn findings_stand_under_their_experiment() {
        let findings = [
            compare("V4", 0.5, 0.504, 0.005, "a | b".to_owned()),
            compare("T5", 0.5, f64::NAN, 0.1, "c".to_owned()),
        ];
        let page = page(&findings);
        assert!(page.contains("| a \\| b | 0.5000 | 0.5040 | 0.0040 | 0.0050 | pass |"), "{page}");
        assert!(page.contains("| c | 0.5000 | – | – | 0.1000 | **fail** |"), "{page}");
        assert!(page.find("## T5").unwrap() < page.find("## V4").unwrap());
        assert!(!page.contains("## V15"));
    }

    #[test]
    fn numbers_keep_what_matters() {
        let cases = [(0.0, "0"), (1e-9, "1.0e-9"), (-0.25, "-0.2500"), (12_345.6, "12346")];
        for (value, text) in cases {
            assert_eq!(number(value), text);
        }
    }
}
