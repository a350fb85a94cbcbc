//! The answer as Markdown, for places that show it with its pictures beside the tables.

use super::page::command;
use super::summary::text;
use crate::results::Results;

/// Name of its file.
pub(super) const NAME: &str = "REPORT.md";

/// Shown, in this order, of the plots that there are.
const SHOWN: [(&str, &str); 3] = [
    ("offload-over-day", "What is taken off origin and interconnects over the measured time"),
    ("policy-comparison", "Every arm against the baseline, with paired intervals"),
    ("bytes-by-source", "Where the bytes come from"),
];

/// Words, pictures and the command that leads to the same tables.
pub(super) fn markdown(results: &Results) -> String {
    let mut out = format!("# {}\n\n", plain(&results.manifest.setting.title));
    // Four tildes: no title can end it, as a title is one line.
    out.push_str(&format!("~~~~text\n{}~~~~\n", text(results)));
    for (name, what) in SHOWN {
        out.push_str(&format!("\n![{what}](plots/{name}.svg)\n"));
    }
    let command = command(results);
    out.push_str(&format!(
        "\nIn this folder the same tables come out of\n\n~~~~sh\n{command}\n~~~~\n"
    ));
    out
}

/// One line in which nothing means anything to Markdown.
fn plain(text: &str) -> String {
    let mut out = String::new();
    for letter in text.chars() {
        match letter {
            _ if letter.is_control() => out.push(' '),
            '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '#' | '!' | '|' | '~' => {
                out.push('\\');
                out.push(letter);
            }
            _ => out.push(letter),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::plain;

    #[test]
    fn a_title_is_one_plain_line() {
        assert_eq!(plain("a\n# <b> [x](y)"), "a \\# \\<b\\> \\[x\\](y)");
    }
}
