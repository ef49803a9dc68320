//! JSON Lines: one object a row, further fields last.

use std::io::{BufRead, BufReader, Write};

use anyhow::Context;
use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::{Map, Value};

use super::cell::{rounded, spans_from_json, spans_to_json};
use super::extra::{column_of, field_of};
use super::{Cell, Column, Kind, RawRow, RawRows, Table, TableFormat, TableWriter};

/// `.jsonl`
pub(super) struct Jsonl;

impl TableFormat for Jsonl {
    fn name(&self) -> &'static str {
        "jsonl"
    }

    fn writer(
        &self,
        output: Box<dyn Write + Send>,
        table: Table,
    ) -> anyhow::Result<Box<dyn TableWriter>> {
        Ok(Box::new(Writer { output, table, line: Vec::new() }))
    }

    fn reader(&self, file: fs_err::File, table: Table) -> anyhow::Result<RawRows> {
        let lines = BufReader::new(file).lines();
        Ok(Box::new(lines.map(move |line| parse(&line?, table))))
    }
}

struct Writer {
    output: Box<dyn Write + Send>,
    table: Table,
    line: Vec<u8>,
}

impl TableWriter for Writer {
    fn write(&mut self, row: &RawRow<'_>) -> anyhow::Result<()> {
        write_line(
            &mut self.output,
            &mut self.line,
            &JsonRow { name: None, table: self.table, row },
        )
    }

    fn finish(mut self: Box<Self>) -> anyhow::Result<()> {
        Ok(self.output.flush()?)
    }
}

/// Writes a row as one line, by way of `line`, so that a pipe that breaks is seen as such.
pub(super) fn write_line(
    output: &mut impl Write,
    line: &mut Vec<u8>,
    row: &JsonRow<'_>,
) -> anyhow::Result<()> {
    line.clear();
    serde_json::to_writer(&mut *line, row)?;
    line.push(b'\n');
    Ok(output.write_all(line)?)
}

/// A row as a JSON object.
pub(super) struct JsonRow<'a> {
    /// What `type` says, where rows of several tables are mixed.
    pub(super) name: Option<&'static str>,
    pub(super) table: Table,
    pub(super) row: &'a RawRow<'a>,
}

impl Serialize for JsonRow<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        if let Some(name) = self.name {
            map.serialize_entry("type", name)?;
        }
        for (column, cell) in self.table.columns().iter().zip(&self.row.cells) {
            match cell {
                Cell::Null => map.serialize_entry(column.name, &())?,
                Cell::Text(text) => map.serialize_entry(column.name, text)?,
                Cell::Count(number) => map.serialize_entry(column.name, number)?,
                Cell::Real(number) => map.serialize_entry(column.name, &rounded(*number))?,
                Cell::Flag(flag) => map.serialize_entry(column.name, flag)?,
                Cell::Day(day) => map.serialize_entry(column.name, &day.to_string())?,
                Cell::Spans(spans) => map.serialize_entry(column.name, &spans_to_json(spans))?,
            }
        }
        for (field, value) in self.row.extra.iter() {
            map.serialize_entry(&column_of(field), value)?;
        }
        map.end()
    }
}

fn parse(line: &str, table: Table) -> anyhow::Result<RawRow<'static>> {
    let mut fields: Map<String, Value> = serde_json::from_str(line)?;
    let mut cells = Vec::new();
    for column in table.columns() {
        let value = fields.shift_remove(column.name).unwrap_or_default();
        let kind = || format!("the column `{}`", column.name);
        cells.push(cell(column, value).with_context(kind)?);
    }
    let extra = fields.into_iter().map(|(name, value)| (field_of(&name).to_owned(), value));
    Ok(RawRow { cells, extra: std::borrow::Cow::Owned(extra.collect()) })
}

#[expect(clippy::cast_possible_truncation, reason = "it was written from 32 bits")]
fn cell(column: &Column, value: Value) -> anyhow::Result<Cell<'static>> {
    Ok(match (column.kind, value) {
        (_, Value::Null) => Cell::Null,
        (Kind::Text, Value::String(text)) => Cell::Text(text.into()),
        (Kind::Day, Value::String(text)) => Cell::Day(text.parse()?),
        (Kind::Flag, Value::Bool(flag)) => Cell::Flag(flag),
        (Kind::Spans, value) => Cell::Spans(spans_from_json(value)?.into()),
        (Kind::Count | Kind::LargeCount, Value::Number(number)) => {
            Cell::Count(number.as_u64().context("no count")?)
        }
        (Kind::Real, Value::Number(number)) => {
            Cell::Real(number.as_f64().context("no number")? as f32)
        }
        (_, value) => anyhow::bail!("`{value}` doesn't belong there"),
    })
}
