//! What is wrong with a scenario: one message, one place, what is allowed, one suggestion.

use core::fmt;
use core::ops::Range;

use annotate_snippets::{AnnotationKind, Level, Origin, Renderer, Snippet};

/// Every code with its meaning, in order.
pub const CODES: &[(&str, &str)] = &[
    ("S0101", "the file is not TOML"),
    ("S0102", "a key that does not exist"),
    ("S0103", "a name that is not among those allowed"),
    ("S0104", "a key is missing"),
    ("S0105", "a value of the wrong type, or a quantity without its unit"),
    ("S0106", "the file cannot be read as text"),
    ("S0107", "a --set that is not `key=value`, or whose key leads nowhere"),
    ("S0108", "a base that cannot be found"),
    ("S0109", "bases that extend each other in a circle, or too many of them"),
    ("S0110", "a key taken out that the base does not have"),
    ("S0201", "a version of the format that this program does not know"),
    ("S0202", "a count outside its range"),
    ("S0203", "times of the run that do not fit together"),
    ("S0204", "shares that do not add up to 1"),
    ("S0205", "a name that is not defined"),
    ("S0206", "a name that is defined twice"),
    ("S0207", "quantiles that are too few or fall"),
    ("S0208", "a ladder that is empty, zero or not rising"),
    ("S0209", "places without a connection"),
    ("S0210", "a law or curve that makes no sense"),
    ("S0211", "an absurd quantity, mostly a mix-up of units"),
    ("S0212", "a number that is negative, too large or not finite"),
    ("S0213", "not exactly one baseline"),
    ("S0214", "an arm changes what arms may not change"),
    ("S0215", "a policy parameter that makes no sense"),
    ("S0216", "a figure given twice, or not at all, between the file and its CSV tables"),
    ("S0217", "segments that do not fit their titles"),
    ("S0218", "a device that cannot hold what play-out waits for"),
    ("S0219", "policies that exclude each other"),
    ("S0220", "a provider that peers with itself"),
    ("S0221", "a price that does not fit what it is for, or the others"),
    ("S0222", "a sweep that varies nothing, too much, or what cannot be varied"),
    ("S0223", "an expectation without a bound, or with two"),
    ("S0301", "a CSV file that cannot be read"),
    ("S0302", "a CSV header with missing or unknown columns"),
    ("S0303", "a CSV field that is not what its column holds"),
    ("S0304", "CSV rows that contradict each other or the scenario"),
    ("S0401", "warning: intervals need at least 5 replications"),
    ("S0402", "warning: the warm-up is short"),
    ("S0403", "warning: a cache or memory smaller than a segment"),
    ("S0404", "warning: nobody can send"),
    ("S0405", "warning: what homes can send is under 1 % of what they watch"),
    ("S0406", "warning: CSV titles longer than a day were cut to 24 h"),
    ("S0407", "warning: the CDN never brings what peers lack"),
    ("S0408", "warning: a key or rule that has no effect"),
    ("S0409", "warning: a segment takes longer to verify than it plays"),
];

/// Bytes shown around a place in a very long line.
const MARGIN: usize = 500;

/// Whether a problem stops the run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Severity {
    /// The scenario is refused.
    Error,
    /// Legal, but somebody should know.
    Warning,
}

/// A place in a text, with the line it is on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct At {
    /// The file as the user named it, or `--set`.
    pub file: String,
    /// Line from 1; 0 means the file as a whole.
    pub line: usize,
    /// Column from 1, in characters; 0 with line 0.
    pub column: usize,
    /// The line, or the part of it around the place when it is very long.
    pub excerpt: String,
    /// Bytes of `excerpt` that are meant.
    pub span: Range<usize>,
}

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// One of [`CODES`].
    pub code: &'static str,
    /// Whether it stops the run.
    pub severity: Severity,
    /// What is wrong, in the user's words.
    pub message: String,
    /// Where.
    pub at: At,
    /// Said at the place itself; may be empty.
    pub label: String,
    /// What to do.
    pub help: Option<String>,
}

/// All that is wrong with a scenario, in the order in which it was found. Never empty as an error.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Problems(pub Vec<Problem>);

impl At {
    /// The file as a whole.
    pub fn file(name: impl Into<String>) -> Self {
        Self { file: name.into(), line: 0, column: 0, excerpt: String::new(), span: 0..0 }
    }

    /// The bytes `span` of `text`; a span over several lines is cut to its first.
    pub fn within(name: &str, text: &str, span: &Range<usize>) -> Self {
        let start = floor_boundary(text, span.start);
        let end = floor_boundary(text, span.end).max(start);
        let line_start = text[..start].rfind('\n').map_or(0, |at| at + 1);
        let line_end = text[start..].find('\n').map_or(text.len(), |at| start + at);
        let line = text[line_start..line_end].trim_end_matches('\r');
        let from = (start - line_start).min(line.len());
        let to = (end.min(line_end) - line_start).min(line.len()).max(from);
        let (cut, stop) = if line.len() <= 2 * MARGIN {
            (0, line.len())
        } else {
            let stop = to.min(from + MARGIN) + MARGIN;
            (floor_boundary(line, from.saturating_sub(MARGIN)), floor_boundary(line, stop))
        };
        Self {
            file: name.to_owned(),
            line: text[..line_start].bytes().filter(|b| *b == b'\n').count() + 1,
            column: line[..from].chars().count() + 1,
            excerpt: line[cut..stop].to_owned(),
            span: from - cut..floor_boundary(line, to.min(from + MARGIN)) - cut,
        }
    }
}

impl At {
    /// Whether the excerpt begins where its line does.
    fn whole_line(&self) -> bool {
        self.excerpt[..self.span.start].chars().count() + 1 == self.column
    }
}

/// The last character boundary at or before `at`.
fn floor_boundary(text: &str, at: usize) -> usize {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

impl Problem {
    /// An error.
    pub fn error(code: &'static str, at: At, message: impl Into<String>) -> Self {
        Self {
            code,
            severity: Severity::Error,
            message: message.into(),
            at,
            label: String::new(),
            help: None,
        }
    }

    /// With words at the place itself.
    #[must_use]
    pub fn label(mut self, label: impl Into<String>) -> Self {
        self.label = label.into();
        self
    }

    /// With what to do.
    #[must_use]
    pub fn help(mut self, help: impl Into<Option<String>>) -> Self {
        self.help = help.into();
        self
    }

    /// As text in the manner of rustc, without a newline at the end.
    pub fn render(&self, colour: bool) -> String {
        let level = match self.severity {
            Severity::Error => Level::ERROR,
            Severity::Warning => Level::WARNING,
        };
        let title = level.primary_title(&self.message).id(self.code);
        let mut group = if self.at.line == 0 {
            title.element(Origin::path(&self.at.file))
        } else {
            let mark = AnnotationKind::Primary.span(self.at.span.clone());
            let label = Some(self.label.as_str()).filter(|label| !label.is_empty());
            let snippet = Snippet::source(&self.at.excerpt)
                .line_start(self.at.line)
                .annotation(mark.label(label));
            if self.at.whole_line() {
                title.element(snippet.path(&self.at.file))
            } else {
                // Its column cannot be counted in the excerpt.
                let origin = Origin::path(&self.at.file).line(self.at.line);
                title.element(origin.char_column(self.at.column)).element(snippet)
            }
        };
        if let Some(help) = &self.help {
            group = group.element(Level::HELP.message(help));
        }
        let renderer = if colour { Renderer::styled() } else { Renderer::plain() };
        renderer.render(&[group])
    }
}

impl Problems {
    /// All as text in the manner of rustc, one block a problem, a blank line between.
    pub fn render(&self, colour: bool) -> String {
        let blocks: Vec<String> = self.0.iter().map(|problem| problem.render(colour)).collect();
        blocks.join("\n\n")
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.render(false))
    }
}

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.render(false))
    }
}

impl core::error::Error for Problem {}
impl core::error::Error for Problems {}

/// The one of `names` that `name` was probably meant to be.
pub fn nearest<'a>(name: &str, names: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let limit = 1 + name.chars().count() / 3;
    names
        .into_iter()
        .map(|known| (strsim::damerau_levenshtein(name, known), known))
        .filter(|(distance, known)| {
            *distance <= limit
                || (name.len() > 2 && (known.contains(name) || name.contains(*known)))
        })
        .min()
        .map(|(_, known)| known)
}

/// "did you mean `x`?", where there is something near, then what `names` there are.
pub(super) fn suggest<'a>(
    name: &str,
    what: &str,
    names: impl IntoIterator<Item = &'a str>,
) -> Option<String> {
    let names: Vec<&str> = names.into_iter().collect();
    let shown: Vec<String> = names.iter().take(40).map(|name| format!("`{name}`")).collect();
    let more = if names.len() > 40 { ", …" } else { "" };
    let all = if names.is_empty() {
        format!("{what}: none")
    } else {
        format!("{what}: {}{more}", shown.join(", "))
    };
    Some(match nearest(name, names) {
        Some(known) => format!("did you mean `{known}`? {all}"),
        None => all,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_nearest_name_is_near() {
        let names = ["warm_up", "length", "lines", "homes"];
        assert_eq!(nearest("warmup", names), Some("warm_up"));
        assert_eq!(nearest("lenght", names), Some("length"));
        assert_eq!(nearest("zebra", names), None);
        assert_eq!(nearest("", []), None);
    }

    #[test]
    fn a_very_long_line_is_shown_around_its_place() {
        let text = format!("ok\n{}here{}", "x".repeat(100_000), "y".repeat(100_000));
        let at = At::within("f", &text, &(100_003..100_007));
        assert_eq!((at.line, at.column, &at.excerpt[at.span.clone()]), (2, 100_001, "here"));
        assert!(at.excerpt.len() < 2_000);
        let shown = Problem::error("S0101", at, "m").render(false);
        assert!(shown.contains("f:2:100001") && shown.contains("here"), "{shown}");
    }

    proptest! {
        /// Whatever is pointed at is what is shown, up to the end of its line.
        #[test]
        fn what_is_meant_is_shown(text in "[ab é\t\r\n]{0,40}", from in 0..50_usize, length in 0..50_usize) {
            let at = At::within("f", &text, &(from..from + length));
            prop_assert!(at.excerpt.get(at.span.clone()).is_some());
            let rendered = Problem::error("S0101", at.clone(), "m").label("l").render(true);
            prop_assert!(rendered.contains("S0101"));
            if let Some(meant) = text.get(from..from + length) {
                let first = meant.split('\n').next().unwrap_or("").trim_end_matches('\r');
                prop_assert!(at.excerpt[at.span].starts_with(first) || first.is_empty());
                prop_assert_eq!(at.line, text[..from].matches('\n').count() + 1);
            }
        }
    }
}
