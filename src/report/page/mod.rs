//! One page with everything: the answer first, pictures and tables below, and how to get it again.
//!
//! It needs no network and no script. With scripts its tables can be sorted, and there is a chart.

mod answer;
mod chart;
mod limits;
mod markup;
mod tables;

use self::markup::{Table, escape, figure};
pub(super) use answer::command;

use super::Plot;
use super::heading::sample;
use crate::results::{Results, Window};

const STYLE: &str = include_str!("../../../assets/report/report.css");
const SCRIPT: &str = include_str!("../../../assets/report/report.js");
const CHART_STYLE: &str = include_str!("../../../assets/uplot/uPlot.min.css");
const CHART_SCRIPT: &str = include_str!("../../../assets/uplot/uPlot.iife.min.js");
const CHART_LICENCE: &str = include_str!("../../../assets/uplot/LICENSE");

/// Pictures on the page take no more bytes than this in all; what does not fit is named instead.
const PICTURES: usize = 900_000;
/// And tables no more than this.
const TABLES: usize = 700_000;

/// A page that is being written.
struct Page<'a> {
    plots: &'a [Plot],
    out: String,
    pictures_left: usize,
    tables_left: usize,
}

impl Page<'_> {
    fn section(&mut self, id: &str, name: &str) {
        self.out.push_str(&format!("<h2 id=\"{id}\">{}</h2>\n", escape(name)));
    }

    fn note(&mut self, text: &str) {
        self.out.push_str(&format!("<p>{}</p>\n", escape(text)));
    }

    fn picture(&mut self, name: &str) {
        let Some(plot) = self.plots.iter().find(|plot| plot.name == name) else { return };
        if let Some(left) = self.pictures_left.checked_sub(plot.svg.len()) {
            self.pictures_left = left;
            self.out.push_str(&figure(plot));
        } else {
            self.note(&format!("Too large for this page: plots/{name}.svg. {}.", plot.title));
        }
    }

    fn table(&mut self, table: &Table, file: &str) {
        let html = table.html(file);
        if let Some(left) = self.tables_left.checked_sub(html.len()) {
            self.tables_left = left;
            self.out.push_str(&html);
        } else {
            self.note(&format!("Too large for this page: {}. See {file}.", table.caption));
        }
    }

    /// Tables behind a line that opens them.
    fn folded(&mut self, name: &str, tables: &[Table], file: &str) {
        if !tables.is_empty() {
            self.out.push_str(&format!("<details>\n<summary>{}</summary>\n", escape(name)));
            tables.iter().for_each(|table| self.table(table, file));
            self.out.push_str("</details>\n");
        }
    }
}

/// The page, with `plots` on it.
pub(super) fn html(results: &Results, plots: &[Plot]) -> String {
    let title = escape(&results.manifest.setting.title);
    let mut page = Page { plots, out: String::new(), pictures_left: PICTURES, tables_left: TABLES };
    page.out.push_str(&format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <link rel=\"icon\" href=\"data:,\">\n<title>{title} · offpeak</title>\n\
         <style>\n{CHART_STYLE}\n{STYLE}</style>\n</head>\n<body>\n<header>\n<h1>{title}</h1>\n\
         <p class=\"sample\">{}</p>\n</header>\n",
        escape(&sample(results, ""))
    ));
    page.out.push_str(NAVIGATION);
    page.out.push_str("<main>\n");
    body(&mut page, results);
    page.out.push_str("</main>\n");
    page.out.push_str(&format!(
        "<footer>Made by offpeak {} from the tables of its folder.</footer>\n",
        escape(&results.manifest.program_version)
    ));
    page.out.push_str(&format!(
        "<script type=\"application/json\" id=\"series\">{}</script>\n\
         <script>\n/*\n{CHART_LICENCE}*/\n{CHART_SCRIPT}</script>\n<script>\n{SCRIPT}</script>\n\
         </body>\n</html>\n",
        chart::json(results)
    ));
    page.out
}

const NAVIGATION: &str = "<nav aria-label=\"Contents\">\n<ul>\n\
    <li><a href=\"#answer\">Answer</a></li>\n<li><a href=\"#arms\">Arms compared</a></li>\n\
    <li><a href=\"#time\">Over time</a></li>\n<li><a href=\"#viewers\">Viewers</a></li>\n\
    <li><a href=\"#homes\">Homes</a></li>\n<li><a href=\"#networks\">Networks</a></li>\n\
    <li><a href=\"#causes\">Causes and waste</a></li>\n<li><a href=\"#money\">Money</a></li>\n\
    <li><a href=\"#method\">Method</a></li>\n<li><a href=\"#again\">Get it again</a></li>\n\
    </ul>\n</nav>\n";

/// What a script draws; without one the pictures below say the same.
const CHART: &str = "<div id=\"chart\" hidden></div>\n<noscript><p class=\"note\">With scripts \
    there is a chart here that can be asked; the pictures below show the same.</p></noscript>\n";

fn body(page: &mut Page<'_>, results: &Results) {
    page.section("answer", "Answer");
    page.out.push_str(&answer::html(results));
    for window in [Window::Peak, Window::All] {
        page.table(&answer::summary(results, window), "summary.csv");
    }
    page.picture("trade-off");

    page.section("arms", "Arms compared");
    page.picture("policy-comparison");
    let all = tables::comparison(results, Window::Peak);
    page.folded("Every difference with its interval", all.as_slice(), "comparison.csv");
    let all: Vec<Table> = [Window::Peak, Window::All]
        .into_iter()
        .filter_map(|w| tables::summary(results, w))
        .collect();
    page.folded("Every metric", &all, "summary.csv");
    page.folded("What the metrics mean", &[tables::meanings(results)], "docs/results.md");

    page.section("time", "Over time");
    page.out.push_str(CHART);
    page.picture("offload-over-day");
    page.picture("bytes-by-source");

    page.section("viewers", "Viewers");
    page.picture("startup-and-rebuffer-cdf");
    page.folded("Classes of viewings", &tables::classes(results), "qoe.csv");

    page.section("homes", "Homes");
    page.picture("upload-burden");
    page.folded("Classes of homes", tables::burden(results).as_slice(), "ledger_home.csv");

    page.section("networks", "Networks");
    page.picture("isp-ingress");
    page.picture("isp-heat-map");
    let all = tables::network(results);
    page.folded("Boundaries and links", &all, "offload.csv and links.csv");

    page.section("causes", "Causes and waste");
    page.picture("causes");
    page.folded("Every cause", &tables::causes(results), "causes.csv");
    tables::waste(results).iter().for_each(|table| page.table(table, "waste.csv"));

    page.section("money", "Money and energy");
    let money = tables::money(results);
    if money.is_empty() {
        page.note("Nobody pays for anything in this scenario: it has no [prices] and no [energy].");
    }
    money.iter().for_each(|table| page.table(table, "bills.csv, stakeholders.csv, energy.csv"));

    page.section("method", "Method");
    page.out.push_str(&answer::method(results));
    page.out.push_str("<details>\n<summary>Where the model is wrong</summary>\n");
    page.out.push_str(&limits::html());
    page.out.push_str("</details>\n");

    page.section("again", "Get it again");
    page.out.push_str(&answer::again(results));
}
