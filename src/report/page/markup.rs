//! Words and numbers as HTML: whatever comes from a scenario is escaped here.

use crate::report::Plot;

/// `text` as text, wherever in a page it stands.
pub(super) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out
}

/// `json` so that it can stand inside a script element.
pub(super) fn in_script(json: &str) -> String {
    let mut out = String::with_capacity(json.len());
    for c in json.chars() {
        match c {
            '<' | '>' | '&' | '\u{2028}' | '\u{2029}' => {
                out.push_str(&format!("\\u{:04x}", u32::from(c)));
            }
            c => out.push(c),
        }
    }
    out
}

/// A place in a table.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Cell {
    /// As it is, not yet escaped.
    pub(super) text: String,
    /// By which it is sorted; texts by themselves.
    pub(super) value: Option<f64>,
    /// A class of the style sheet, or none.
    pub(super) class: &'static str,
}

impl Cell {
    /// Words.
    pub(super) fn text(text: impl Into<String>) -> Self {
        Self { text: text.into(), value: None, class: "text" }
    }

    /// A number as it is shown.
    pub(super) fn number(text: impl Into<String>, value: f64) -> Self {
        Self { text: text.into(), value: value.is_finite().then_some(value), class: "" }
    }

    fn html(&self) -> String {
        let class = match self.class {
            "" => String::new(),
            class => format!(" class=\"{class}\""),
        };
        let value = self.value.map_or(String::new(), |v| format!(" data-v=\"{}\"", v + 0.0));
        format!("<td{class}{value}>{}</td>", escape(&self.text))
    }
}

/// Rows under headings; the first column names the row.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Table {
    pub(super) caption: String,
    pub(super) head: Vec<String>,
    pub(super) rows: Vec<Vec<Cell>>,
}

/// A table has no more rows than this on the page.
const MOST_ROWS: usize = 400;

impl Table {
    /// With `file` named as the place of rows that are left out.
    pub(super) fn html(&self, file: &str) -> String {
        let left_out = self.rows.len().saturating_sub(MOST_ROWS);
        let more = match left_out {
            0 => String::new(),
            n => format!(" The first {MOST_ROWS} rows; {n} more are in {file}."),
        };
        let caption = escape(&format!("{}{more}", self.caption));
        let label = escape(&self.caption);
        let mut out = format!(
            "<div class=\"scroll\" role=\"region\" tabindex=\"0\" aria-label=\"{label}\">\n\
             <table class=\"sortable\">\n<caption><span>{caption}</span></caption>\n<thead><tr>"
        );
        for name in &self.head {
            out.push_str(&format!("<th scope=\"col\">{}</th>", escape(name)));
        }
        out.push_str("</tr></thead>\n<tbody>\n");
        for row in self.rows.iter().take(MOST_ROWS) {
            let Some((first, rest)) = row.split_first() else { continue };
            out.push_str(&format!("<tr><th scope=\"row\">{}</th>", escape(&first.text)));
            rest.iter().for_each(|cell| out.push_str(&cell.html()));
            out.push_str("</tr>\n");
        }
        out.push_str("</tbody>\n</table>\n</div>\n");
        out
    }
}

/// A picture that is nominally wider than this does not fit a page.
const WIDEST: u32 = 1_200;

/// A picture with what it shows for those who cannot see it, and the file that it is in.
pub(super) fn figure(plot: &Plot) -> String {
    let id = format!("picture-{}", plot.name);
    let named = format!("<title id=\"{id}\">");
    let width: u32 = plot
        .svg
        .split("width=\"")
        .nth(1)
        .and_then(|at| at.split('"').next())
        .and_then(|width| width.parse().ok())
        .unwrap_or(0);
    // With many arms some are wider than the page: they are scrolled, not shrunk.
    let style = match width {
        width if width > WIDEST => {
            format!("style=\"min-width:{0}px;max-width:{0}px\" ", width * 3 / 4)
        }
        _ => String::new(),
    };
    let tag = format!("<svg role=\"img\" aria-labelledby=\"{id}\" {style}");
    let picture = plot.svg.replacen("<title>", &named, 1).replacen("<svg ", &tag, 1);
    let picture = picture.replacen(" xmlns=\"http://www.w3.org/2000/svg\"", "", 1);
    let title = escape(plot.title);
    format!(
        "<figure id=\"plot-{}\">\n<div class=\"scroll\" role=\"region\" tabindex=\"0\" aria-label=\"{title}\">\n\
         {picture}</div>\n<figcaption>{title}. File: plots/{}.svg</figcaption>\n</figure>\n",
        plot.name, plot.name
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_gets_out_of_its_place() {
        assert_eq!(escape("<b a='1' c=\"2\">&"), "&lt;b a=&#39;1&#39; c=&quot;2&quot;&gt;&amp;");
        assert_eq!(in_script("\"</script>&\""), "\"\\u003c/script\\u003e\\u0026\"");
        let table = Table {
            caption: "<i>".to_owned(),
            head: vec!["<i>".to_owned()],
            rows: vec![vec![Cell::text("<i>"), Cell::number("<i>", 1.5)]; MOST_ROWS + 1],
        };
        let html = table.html("x.csv");
        assert!(!html.contains("<i>") && html.contains("1 more are in x.csv"), "{html}");
        assert_eq!(html.matches("<tr>").count(), MOST_ROWS + 1);
        assert!(html.contains("data-v=\"1.5\""));
    }
}
