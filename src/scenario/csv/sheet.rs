//! A CSV table with named columns whose every field can be found again in its file.

use core::ops::Range;

use csv::{ByteRecord, ReaderBuilder};

use crate::scenario::problem::{At, Problem, suggest};

/// Faults told of one file at most.
const MOST: usize = 20;

/// A table; columns are numbered as they were asked for.
#[derive(Debug)]
pub(super) struct Sheet {
    name: String,
    text: String,
    /// Names of columns, as asked for.
    names: Vec<String>,
    /// For each column asked for, where it is in the file.
    at: Vec<Option<usize>>,
    rows: Vec<Row>,
    /// What is wrong with fields, as found.
    pub(super) faults: Vec<Problem>,
    told: usize,
}

#[derive(Debug)]
struct Row {
    /// Where its line begins and ends.
    line: Range<usize>,
    fields: Vec<String>,
}

impl Sheet {
    /// Reads a table with the columns `need`, in any order, and perhaps those of `may`.
    pub(super) fn new(
        name: &str,
        text: &str,
        need: &[&str],
        may: &[&str],
    ) -> Result<Self, Vec<Problem>> {
        // A byte order mark is not part of the first name.
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let mut rows = rows(name, text)?;
        if rows.is_empty() {
            let problem = Problem::error("S0302", At::file(name), "the table is empty");
            return Err(vec![problem.help(format!("its first line is {}", need.join(",")))]);
        }
        let head = rows.remove(0);
        let names: Vec<String> = need.iter().chain(may).map(|name| (*name).to_owned()).collect();
        let mut problems = Vec::new();
        let mut at = vec![None; names.len()];
        for (index, column) in head.fields.iter().enumerate() {
            let place = || At::within(name, text, &field(text, &head.line, index));
            match names.iter().position(|known| known == column.trim()) {
                Some(known) if at[known].is_none() => at[known] = Some(index),
                Some(_) => {
                    let message = format!("the column `{column}` is there twice");
                    problems.push(Problem::error("S0302", place(), message));
                }
                None => {
                    let message = format!("there is no column `{column}` in this table");
                    let help = suggest(column, "columns", names.iter().map(String::as_str));
                    problems.push(Problem::error("S0302", place(), message).help(help));
                }
            }
        }
        for (_, column) in at.iter().zip(need).filter(|(at, _)| at.is_none()) {
            let place = At::within(name, text, &head.line);
            let message = format!("the column `{column}` is missing");
            let help = suggest(column, "found", head.fields.iter().map(String::as_str));
            problems.push(Problem::error("S0302", place, message).help(help));
        }
        if rows.is_empty() && problems.is_empty() {
            let problem = Problem::error("S0304", At::file(name), "the table has no rows");
            problems.push(problem.help("at least one line after the header".to_owned()));
        }
        if !problems.is_empty() {
            return Err(problems);
        }
        Ok(Self {
            name: name.to_owned(),
            text: text.to_owned(),
            names,
            at,
            rows,
            faults: problems,
            told: 0,
        })
    }

    /// Number of rows.
    pub(super) const fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether an optional column is there.
    pub(super) fn has(&self, column: usize) -> bool {
        self.at[column].is_some()
    }

    /// A field as text, without blanks around it.
    pub(super) fn text(&self, row: usize, column: usize) -> &str {
        self.at[column].map_or("", |at| self.rows[row].fields[at].trim())
    }

    /// A field as a number within a range; tells what is wrong with it.
    pub(super) fn number(
        &mut self,
        row: usize,
        column: usize,
        least: f64,
        most: f64,
    ) -> Option<f64> {
        let text = self.text(row, column);
        let message = match text.parse::<f64>() {
            Ok(value) if value >= least && value <= most => return Some(value),
            Ok(_) => format!("{text} is not between {least} and {most}"),
            Err(_) if text.is_empty() => "an empty field".to_owned(),
            Err(_) => format!("\"{text}\" is not a number"),
        };
        self.fault("S0303", row, column, message);
        None
    }

    /// A field as a whole number within a range; tells what is wrong with it.
    pub(super) fn whole(
        &mut self,
        row: usize,
        column: usize,
        least: u64,
        most: u64,
    ) -> Option<u64> {
        let text = self.text(row, column);
        let message = match text.parse::<u64>() {
            Ok(value) if value >= least && value <= most => return Some(value),
            Ok(_) => format!("{text} is not between {least} and {most}"),
            Err(_) if text.is_empty() => "an empty field".to_owned(),
            Err(_) => format!("\"{text}\" is not a whole number from {least} to {most}"),
        };
        self.fault("S0303", row, column, message);
        None
    }

    /// Tells what is wrong with a field; only of the first few.
    pub(super) fn fault(&mut self, code: &'static str, row: usize, column: usize, message: String) {
        self.told += 1;
        if self.told > MOST {
            return;
        }
        let line = &self.rows[row].line;
        let span = field(&self.text, line, self.at[column].unwrap_or(0));
        let at = At::within(&self.name, &self.text, &span);
        let label = format!("column `{}`", self.names[column]);
        let mut problem = Problem::error(code, at, message).label(label);
        if self.told == MOST {
            problem.help = Some("what follows in this file is not told".to_owned());
        }
        self.faults.push(problem);
    }

    /// The last fault, to add to it.
    pub(super) fn last(&mut self) -> Option<&mut Problem> {
        self.faults.last_mut()
    }

    /// Tells something of the table as a whole.
    pub(super) fn table_fault(&mut self, code: &'static str, message: impl Into<String>) {
        self.faults.push(Problem::error(code, At::file(&self.name), message));
    }
}

/// The records with the places of their lines.
fn rows(name: &str, text: &str) -> Result<Vec<Row>, Vec<Problem>> {
    let mut reader =
        ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes());
    let mut record = ByteRecord::new();
    let mut rows: Vec<Row> = Vec::new();
    let mut width = None;
    while reader.read_byte_record(&mut record).unwrap_or(false) {
        let start = record.position().map_or(0, |at| at.byte()) as usize;
        // The reader stands at the line end before a record that follows blank lines.
        let blank = text[start..].bytes().take_while(|b| matches!(b, b'\n' | b'\r')).count();
        let start = start + blank;
        let end = text[start..].find('\n').map_or(text.len(), |at| start + at);
        let expected = *width.get_or_insert(record.len());
        if record.len() != expected {
            let at = At::within(name, text, &(start..end));
            let message = format!("{} fields where the header has {expected}", record.len());
            return Err(vec![Problem::error("S0303", at, message)]);
        }
        let fields = record.iter().map(|field| String::from_utf8_lossy(field).into_owned());
        rows.push(Row { line: start..end, fields: fields.collect() });
    }
    Ok(rows)
}

/// Where field `index` of a line is; the whole line when quotes make that hard to say.
fn field(text: &str, line: &Range<usize>, index: usize) -> Range<usize> {
    let content = text[line.clone()].trim_end_matches('\r');
    if content.contains('"') {
        return line.start..line.start + content.len();
    }
    let mut from = line.start;
    for (at, part) in content.split(',').enumerate() {
        if at == index {
            return from..from + part.len();
        }
        from += part.len() + 1;
    }
    line.clone()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Places are counted as an editor shows them, whatever ends the lines and stands between them.
    #[test]
    fn fields_are_found_again() {
        for (text, line) in [
            ("a,b\n1,2\n3,x y\n", 3),
            ("a,b\r\n1,2\r\n3,x y\r\n", 3),
            ("\u{feff}a,b\n1,2\n\n\n3,x y", 5),
            ("b,a\n2,1\n\r\nx y,3\n", 4),
        ] {
            let mut sheet = Sheet::new("t.csv", text, &["a", "b"], &["c"]).unwrap();
            assert_eq!((sheet.len(), sheet.has(2)), (2, false));
            assert_eq!(sheet.whole(0, 1, 0, 9), Some(2));
            assert_eq!(sheet.number(1, 1, 0.0, 9.0), None);
            let at = &sheet.faults[0].at;
            assert_eq!((at.line, &at.excerpt[at.span.clone()]), (line, "x y"), "{text:?}");
        }
    }

    #[test]
    fn only_the_first_faults_are_told() {
        let text = format!("a\n{}", "x\n".repeat(1_000));
        let mut sheet = Sheet::new("t.csv", &text, &["a"], &[]).unwrap();
        for row in 0..sheet.len() {
            assert_eq!(sheet.whole(row, 0, 0, 9), None);
        }
        assert_eq!(sheet.faults.len(), MOST);
    }
}
