//! What the model leaves out, from the page of the documentation that says so.

use super::markup::escape;

/// Kept in one place: what is said there is said here.
const PAGE: &str = include_str!("../../../docs/limits.md");

/// The page as HTML: headings of the second level become headings of the third, tables and
/// paragraphs stay what they are.
pub(super) fn html() -> String {
    let mut out = String::new();
    let mut paragraph = String::new();
    let mut lines = PAGE.lines().skip_while(|line| !line.starts_with("## ")).peekable();
    while let Some(line) = lines.next() {
        if let Some(name) = line.strip_prefix("## ") {
            out.push_str(&format!("<h3>{}</h3>\n", words(name)));
        } else if line.starts_with('|') {
            let mut rows = vec![line];
            while let Some(row) = lines.next_if(|next| next.starts_with('|')) {
                rows.push(row);
            }
            out.push_str(&table(&rows));
        } else if line.is_empty() {
            if !paragraph.is_empty() {
                out.push_str(&format!("<p>{}</p>\n", words(paragraph.trim())));
                paragraph.clear();
            }
        } else {
            paragraph.push(' ');
            paragraph.push_str(line);
        }
    }
    if !paragraph.is_empty() {
        out.push_str(&format!("<p>{}</p>\n", words(paragraph.trim())));
    }
    out
}

/// Each row as a paragraph: wide texts are no good in cells on a narrow screen.
fn table(rows: &[&str]) -> String {
    let cells = |row: &str| -> Vec<String> {
        let inner = row.trim().trim_start_matches('|').trim_end_matches('|');
        inner.split('|').map(|cell| words(cell.trim())).collect()
    };
    let head = rows.first().map(|row| cells(row)).unwrap_or_default();
    let mut out = "<ul>\n".to_owned();
    for row in rows.iter().skip(2) {
        out.push_str("<li>");
        for (index, cell) in cells(row).iter().enumerate().filter(|(_, cell)| !cell.is_empty()) {
            match head.get(index).filter(|name| index > 0 && !name.is_empty()) {
                Some(name) => out.push_str(&format!(" <em>{name}:</em> {cell}")),
                None if index > 0 => out.push_str(&format!(": {cell}")),
                None => out.push_str(cell),
            }
        }
        out.push_str("</li>\n");
    }
    out.push_str("</ul>\n");
    out
}

/// Words with their code; of links only the words, as there is nothing to follow.
fn words(text: &str) -> String {
    let mut plain = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("](") {
        let Some((_, behind)) = after.split_once(')') else { break };
        plain.push_str(&before.replacen('[', "", 1));
        rest = behind;
    }
    plain.push_str(rest);
    let mut out = String::new();
    for (index, part) in plain.split('`').enumerate() {
        let part = escape(part);
        out.push_str(&if index % 2 == 0 { part } else { format!("<code>{part}</code>") });
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_become_html() {
        let got = words("`a < b` is in [the model](model.md#x), not `there`");
        assert_eq!(got, "<code>a &lt; b</code> is in the model, not <code>there</code>");
        let rows = ["| the model | really | effect |", "| --- | --- | --- |", "| One. | Two. | |"];
        assert_eq!(table(&rows), "<ul>\n<li>One. <em>really:</em> Two.</li>\n</ul>\n");
    }

    #[test]
    fn every_section_is_there() {
        let html = html();
        for line in PAGE.lines().filter_map(|line| line.strip_prefix("## ")) {
            assert!(html.contains(&format!("<h3>{line}</h3>")), "{line}");
        }
        let rows = PAGE.lines().filter(|line| line.starts_with("| ")).count();
        let heads = PAGE.lines().filter(|line| line.starts_with("| ---")).count();
        assert_eq!(html.matches("<li>").count(), rows - 2 * heads);
        assert!(!html.contains("](") && !html.contains('`'));
    }
}
