//! Comma-separated values, safe to open in a spreadsheet.
//!
//! A text that a spreadsheet would take for a formula, because it begins with `=`, `+`, `-`, `@`, a tab or
//! a carriage return, has `'` put before it, unless it is a plain number; so has a text that begins with
//! such a `'` itself, so that it can be taken away again without doubt.

use std::borrow::Cow;
use std::io::Write;

use anyhow::{Context, bail};
use serde_json::{Map, Value};

use super::cell::{rounded, spans_from_json, spans_to_json};
use super::extra::{Batch, Layout, OTHER, add_other, field_of};
use super::{Cell, Column, Kind, RawRow, RawRows, Table, TableFormat, TableWriter};

/// `.csv`
pub(super) struct Csv;

impl TableFormat for Csv {
    fn name(&self) -> &'static str {
        "csv"
    }

    fn writer(
        &self,
        output: Box<dyn Write + Send>,
        table: Table,
    ) -> anyhow::Result<Box<dyn TableWriter>> {
        let csv = ::csv::Writer::from_writer(output);
        Ok(Box::new(Writer { csv, table, first: Batch::default(), layout: None }))
    }

    fn reader(&self, file: fs_err::File, table: Table) -> anyhow::Result<RawRows> {
        let mut csv = ::csv::Reader::from_reader(file);
        let places = Places::of(csv.headers()?, table)?;
        Ok(Box::new(csv.into_records().map(move |record| places.row(&record?))))
    }
}

struct Writer {
    csv: ::csv::Writer<Box<dyn Write + Send>>,
    table: Table,
    /// The rows that the columns of further fields are told from.
    first: Batch,
    layout: Option<Layout>,
}

impl Writer {
    fn begin(&mut self, has_other: bool) -> anyhow::Result<()> {
        let rows = self.first.take();
        let layout = Layout::of(&rows, has_other);
        let names = self.table.columns().iter().map(|column| Cow::Borrowed(column.name));
        for name in names.chain(layout.names()) {
            self.csv.write_field(guarded(&name).as_ref())?;
        }
        self.csv.write_record(None::<&[u8]>)?;
        for row in &rows {
            write_row(&mut self.csv, row, &layout)?;
        }
        self.layout = Some(layout);
        Ok(())
    }
}

impl TableWriter for Writer {
    fn write(&mut self, row: &RawRow<'_>) -> anyhow::Result<()> {
        match &self.layout {
            Some(layout) => write_row(&mut self.csv, row, layout),
            None if self.first.push(row) => self.begin(true),
            None => Ok(()),
        }
    }

    fn finish(mut self: Box<Self>) -> anyhow::Result<()> {
        if self.layout.is_none() {
            self.begin(false)?;
        }
        Ok(self.csv.flush()?)
    }
}

fn write_row<W: Write>(
    csv: &mut ::csv::Writer<W>,
    row: &RawRow<'_>,
    layout: &Layout,
) -> anyhow::Result<()> {
    for cell in &row.cells {
        match cell {
            Cell::Null => csv.write_field("")?,
            Cell::Text(text) => csv.write_field(guarded(text).as_ref())?,
            Cell::Count(number) => csv.write_field(number.to_string())?,
            Cell::Real(number) => csv.write_field(rounded(*number).to_string())?,
            Cell::Flag(flag) => csv.write_field(flag.to_string())?,
            Cell::Day(day) => csv.write_field(day.to_string())?,
            Cell::Spans(spans) => csv.write_field(serde_json::to_string(&spans_to_json(spans))?)?,
        }
    }
    for column in &layout.columns {
        match Layout::value(column, &row.extra) {
            None => csv.write_field("")?,
            Some(Value::String(text)) => csv.write_field(guarded(text).as_ref())?,
            Some(value) => csv.write_field(value.to_string())?,
        }
    }
    if layout.has_other {
        csv.write_field(layout.other(&row.extra).unwrap_or_default())?;
    }
    Ok(csv.write_record(None::<&[u8]>)?)
}

/// A text with its guard against spreadsheets.
pub(crate) fn guarded(text: &str) -> Cow<'_, str> {
    if is_formula(text) && text.parse::<f64>().is_err() {
        Cow::Owned(format!("'{text}"))
    } else {
        Cow::Borrowed(text)
    }
}

/// The inverse of [`guarded`].
pub(crate) fn unguarded(text: &str) -> &str {
    text.strip_prefix('\'').filter(|text| is_formula(text)).unwrap_or(text)
}

fn is_formula(text: &str) -> bool {
    text.trim_start_matches('\'').starts_with(['=', '+', '-', '@', '\t', '\r'])
}

/// Where a file has its columns.
struct Places {
    columns: Vec<(usize, &'static Column)>,
    extra: Vec<(usize, String)>,
    other: Option<usize>,
}

impl Places {
    fn of(header: &::csv::StringRecord, table: Table) -> anyhow::Result<Self> {
        let mut columns = Vec::new();
        for column in table.columns() {
            match header.iter().position(|name| name == column.name) {
                Some(at) => columns.push((at, column)),
                None => bail!("there is no column `{}`", column.name),
            }
        }
        let extra = header
            .iter()
            .enumerate()
            .filter(|(at, name)| *name != OTHER && columns.iter().all(|(place, _)| place != at))
            .map(|(at, name)| (at, field_of(unguarded(name)).to_owned()))
            .collect();
        let other = header.iter().position(|name| name == OTHER);
        Ok(Self { columns, extra, other })
    }

    fn row(&self, record: &::csv::StringRecord) -> anyhow::Result<RawRow<'static>> {
        let at = |place: usize| record.get(place).unwrap_or_default();
        let mut cells = Vec::new();
        for (place, column) in &self.columns {
            let name = || format!("the column `{}`", column.name);
            cells.push(cell(column, at(*place)).with_context(name)?);
        }
        let mut extra = Map::new();
        for (place, field) in self.extra.iter().filter(|(place, _)| !at(*place).is_empty()) {
            extra.insert(field.clone(), Value::String(unguarded(at(*place)).to_owned()));
        }
        if let Some(json) = self.other.map(at).filter(|json| !json.is_empty()) {
            add_other(&mut extra, json).context("the column `x_other`")?;
        }
        Ok(RawRow { cells, extra: Cow::Owned(extra) })
    }
}

fn cell(column: &Column, text: &str) -> anyhow::Result<Cell<'static>> {
    if text.is_empty() {
        return Ok(Cell::Null);
    }
    Ok(match column.kind {
        Kind::Text => Cell::Text(Cow::Owned(unguarded(text).to_owned())),
        Kind::Count | Kind::LargeCount => Cell::Count(text.parse()?),
        Kind::Real => Cell::Real(text.parse()?),
        Kind::Flag => Cell::Flag(text.parse()?),
        Kind::Day => Cell::Day(text.parse()?),
        Kind::Spans => Cell::Spans(spans_from_json(serde_json::from_str(text)?)?.into()),
    })
}

#[cfg(test)]
mod tests {
    use super::{guarded, unguarded};
    use proptest::prelude::*;

    #[test]
    fn only_what_a_spreadsheet_would_run_is_guarded() {
        for (text, expected) in [
            ("=1+1", "'=1+1"),
            ("+49 30", "'+49 30"),
            ("-", "'-"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("\tx", "'\tx"),
            ("-0.5", "-0.5"),
            ("+1e3", "+1e3"),
            ("it's", "it's"),
            ("'tis", "'tis"),
            ("'=1", "''=1"),
        ] {
            assert_eq!(guarded(text), expected);
        }
    }

    proptest! {
        #[test]
        fn guards_are_taken_away_again(text in "['=+@a1. \t-]{0,6}") {
            let cell = guarded(&text);
            prop_assert_eq!(unguarded(&cell), &text);
        }
    }
}
