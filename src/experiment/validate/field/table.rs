//! Tables of numbers and names: CSV with a header, fields perhaps in quotes.

use std::fs;
use std::path::Path;

/// A table as read.
#[derive(Clone, Debug)]
pub(super) struct Table {
    file: String,
    names: Vec<String>,
    rows: Vec<Vec<String>>,
}

/// One column of it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Column(usize);

impl Table {
    /// Reads `file` of `folder`.
    ///
    /// # Errors
    /// That it cannot be read, or has rows of unequal length.
    pub(super) fn read(folder: &Path, file: &str) -> Result<Self, String> {
        let text = fs::read_to_string(folder.join(file)).map_err(|why| format!("{file}: {why}"))?;
        let mut lines = text.lines().map(fields);
        let names = lines.next().unwrap_or_default();
        let rows: Vec<Vec<String>> = lines.collect();
        match rows.iter().position(|row| row.len() != names.len()) {
            Some(at) => Err(format!("{file}: line {} has not {} fields", at + 2, names.len())),
            None => Ok(Self { file: file.to_owned(), names, rows }),
        }
    }

    /// The column called `name`.
    ///
    /// # Errors
    /// That there is none.
    pub(super) fn column(&self, name: &str) -> Result<Column, String> {
        let at = self.names.iter().position(|known| known == name);
        at.map(Column).ok_or_else(|| format!("{}: no column {name}", self.file))
    }

    pub(super) fn rows(&self) -> impl Iterator<Item = Row<'_>> {
        self.rows.iter().map(|fields| Row { file: &self.file, fields })
    }
}

/// One row.
#[derive(Clone, Copy, Debug)]
pub(super) struct Row<'a> {
    file: &'a str,
    fields: &'a [String],
}

impl<'a> Row<'a> {
    pub(super) fn text(&self, Column(at): Column) -> &'a str {
        &self.fields[at]
    }

    /// # Errors
    /// That it is no number.
    pub(super) fn number(&self, column: Column) -> Result<f64, String> {
        let text = self.text(column);
        text.parse().map_err(|_| format!("{}: `{text}` is no number", self.file))
    }
}

/// The fields of a line; one in quotes may hold commas.
fn fields(line: &str) -> Vec<String> {
    let mut all = vec![String::new()];
    let mut quoted = false;
    for letter in line.chars() {
        match letter {
            '"' => quoted = !quoted,
            ',' if !quoted => all.push(String::new()),
            letter => all.last_mut().expect("invariant: never empty").push(letter),
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_may_be_quoted() {
        assert_eq!(fields("1,\"Springfield, North\",,x"), ["1", "Springfield, North", "", "x"]);
    }

    #[test]
    fn what_is_missing_is_told() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/csv");
        assert!(Table::read(&folder, "nothing.csv").unwrap_err().starts_with("nothing.csv: "));
        let table = Table::read(&folder, "demand.csv").unwrap();
        let slot = table.column("slot10min").unwrap();
        assert!(table.rows().all(|row| row.number(slot).is_ok()));
        assert!(table.column("slot").unwrap_err().contains("no column slot"));
        let day = table.column("day").unwrap();
        assert!(table.rows().next().unwrap().number(day).unwrap_err().contains("no number"));
    }
}
