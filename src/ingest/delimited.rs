//! How is a table of delimited text read? As RFC 4180 says, and every way of straying from it named.
//!
//! Cells may be quoted, and quoted cells hold delimiters, line breaks and doubled quotes.
//! Lines end in LF, CRLF or CR; blank lines are no records.
//! An empty cell is a missing value, and so is a bare `NA` (R writes one; `"NA"` in quotes is text).
//! Columns without a name are called `column_1`, …, and a second `x` is called `x_2`.

use std::io::BufRead;

use serde_json::Value;

use super::rows::{Row, Rows};
use super::{Fields, RawRecord, RawRecords, Source, clip};

/// The most columns that a table may have.
const MAX_COLUMNS: usize = 10_000;

/// Reads a table whose first row names the columns.
pub(super) fn records(source: Source, delimiter: u8) -> anyhow::Result<RawRecords> {
    let limit = source.max_record_bytes();
    let mut rows = Rows::new(source.into_text()?, delimiter, limit);
    let mut row = Row::default();
    if !rows.read(&mut row, MAX_COLUMNS)? {
        return Ok(Box::new(std::iter::empty()));
    }
    if let Some(problem) = &row.problem {
        anyhow::bail!("the header: {problem}");
    }
    let names = column_names(&row)?;
    Ok(Box::new(Records { rows, row, names, is_over: false }))
}

/// The delimiter that the first line has most of, outside quotes: comma, semicolon or tab.
pub(super) fn likely_delimiter(head: &[u8]) -> u8 {
    const DELIMITERS: [u8; 3] = *b",;\t";
    let mut counts = [0; 3];
    let mut is_quoted = false;
    for &byte in head {
        match byte {
            b'"' => is_quoted = !is_quoted,
            b'\n' | b'\r' if !is_quoted => break,
            _ if !is_quoted => {
                if let Some(i) = DELIMITERS.iter().position(|&delimiter| delimiter == byte) {
                    counts[i] += 1;
                }
            }
            _ => {}
        }
    }
    let best = (1..3).fold(0, |best, i| if counts[i] > counts[best] { i } else { best });
    DELIMITERS[best]
}

fn column_names(header: &Row) -> anyhow::Result<Vec<String>> {
    anyhow::ensure!(header.n_cells <= MAX_COLUMNS, "the header has {} columns", header.n_cells);
    let mut names: Vec<String> = Vec::new();
    for (i, (cell, _)) in header.cells().enumerate() {
        let Ok(cell) = std::str::from_utf8(cell) else {
            anyhow::bail!("the header is not UTF-8 in column {}", i + 1);
        };
        let bare = match cell.trim() {
            "" => format!("column_{}", i + 1),
            name => name.to_owned(),
        };
        let mut name = bare.clone();
        for n in 2.. {
            if !names.contains(&name) {
                break;
            }
            name = format!("{bare}_{n}");
        }
        names.push(name);
    }
    Ok(names)
}

struct Records<R> {
    rows: Rows<R>,
    row: Row,
    names: Vec<String>,
    is_over: bool,
}

impl<R: BufRead> Iterator for Records<R> {
    type Item = RawRecord;

    fn next(&mut self) -> Option<RawRecord> {
        if self.is_over {
            return None;
        }
        match self.rows.read(&mut self.row, self.names.len()) {
            Ok(true) => {
                let line = self.row.line;
                Some(match fields(&self.row, &self.names) {
                    Ok(fields) => RawRecord::good(line, fields),
                    Err(reason) => RawRecord::bad(line, reason),
                })
            }
            Ok(false) => None,
            Err(error) => {
                self.is_over = true;
                let reason = format!("reading stopped here: {error}");
                Some(RawRecord::bad(self.row.line, reason))
            }
        }
    }
}

fn fields(row: &Row, names: &[String]) -> Result<Fields, String> {
    if let Some(problem) = &row.problem {
        return Err(problem.clone());
    }
    if row.n_cells != names.len() {
        let (n, cells) = (row.n_cells, if row.n_cells == 1 { "cell" } else { "cells" });
        return Err(format!("{n} {cells} where the header has {}", names.len()));
    }
    let mut fields = Fields::new();
    for (name, (cell, is_quoted)) in names.iter().zip(row.cells()) {
        let value = match std::str::from_utf8(cell) {
            Ok("") => Value::Null,
            Ok("NA") if !is_quoted => Value::Null,
            Ok(text) => Value::String(text.to_owned()),
            Err(error) => {
                let (name, n_valid) = (clip(name), error.valid_up_to());
                return Err(format!("invalid UTF-8 after {n_valid} bytes of column `{name}`"));
            }
        };
        fields.insert(name.clone(), value);
    }
    Ok(fields)
}

#[cfg(test)]
mod tests {
    use super::likely_delimiter;

    #[test]
    fn the_delimiter_is_the_one_that_the_header_has_most_of() {
        for (head, expected) in [
            ("a,b;c,d\n;;;;", b','),
            ("a;b\n", b';'),
            ("a\tb", b'\t'),
            ("a", b','),
            ("\"a,,\";b", b';'),
        ] {
            assert_eq!(likely_delimiter(head.as_bytes()), expected, "{head}");
        }
    }
}
