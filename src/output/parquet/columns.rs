//! How do rows become a row group? Column by column, each with its levels.

use std::io::Write;

use ::parquet::data_type::{
    BoolType, ByteArray, ByteArrayType, DataType, DoubleType, FloatType, Int32Type, Int64Type,
};
use ::parquet::file::writer::SerializedRowGroupWriter;
use anyhow::Context;
use serde_json::Value;

use super::super::extra::{ExtraColumn, ExtraKind, Layout};
use super::super::{Cell, Column, Kind, RawRow, Table};
use super::days;
use crate::score::MentionSpan;

/// Writes all columns of a row group, in the order of the schema.
pub(super) fn write<W: Write + Send>(
    group: &mut SerializedRowGroupWriter<'_, W>,
    table: Table,
    layout: &Layout,
    rows: &[RawRow<'_>],
) -> anyhow::Result<()> {
    for (at, column) in table.columns().iter().enumerate() {
        let cells = rows.iter().map(|row| &row.cells[at]);
        write_cells(group, column, cells)
            .with_context(|| format!("the column `{}`", column.name))?;
    }
    for column in &layout.columns {
        let values = rows.iter().map(|row| Layout::value(column, &row.extra));
        write_extra(group, column, values)?;
    }
    if layout.has_other {
        let values =
            rows.iter().map(|row| layout.other(&row.extra).map(|text| text.as_str().into()));
        optional::<ByteArrayType, _>(group, values)?;
    }
    Ok(())
}

fn write_cells<'a, W: Write + Send>(
    group: &mut SerializedRowGroupWriter<'_, W>,
    column: &Column,
    cells: impl Iterator<Item = &'a Cell<'a>>,
) -> anyhow::Result<()> {
    match column.kind {
        Kind::Text => maybe::<ByteArrayType, _>(group, column, cells.map(text)),
        Kind::Count => maybe::<Int32Type, _>(group, column, cells.map(count)),
        Kind::LargeCount => maybe::<Int64Type, _>(group, column, cells.map(count)),
        Kind::Real => maybe::<FloatType, _>(group, column, cells.map(real)),
        Kind::Flag => maybe::<BoolType, _>(group, column, cells.map(flag)),
        Kind::Day => maybe::<Int32Type, _>(group, column, cells.map(day)),
        Kind::Spans => {
            let spans: Vec<_> = cells.map(spans).collect();
            write_spans(group, &spans)
        }
    }
}

fn text(cell: &Cell<'_>) -> Option<ByteArray> {
    if let Cell::Text(text) = cell { Some(text.as_ref().into()) } else { None }
}

fn count<N: TryFrom<u64>>(cell: &Cell<'_>) -> Option<N> {
    if let Cell::Count(number) = cell { (*number).try_into().ok() } else { None }
}

fn real(cell: &Cell<'_>) -> Option<f32> {
    if let Cell::Real(number) = cell { Some(*number) } else { None }
}

fn flag(cell: &Cell<'_>) -> Option<bool> {
    if let Cell::Flag(flag) = cell { Some(*flag) } else { None }
}

fn day(cell: &Cell<'_>) -> Option<i32> {
    if let Cell::Day(day) = cell { Some(days(*day)) } else { None }
}

fn spans<'a>(cell: &'a Cell<'_>) -> &'a [MentionSpan] {
    if let Cell::Spans(spans) = cell { spans.as_ref() } else { &[] }
}

fn write_extra<'a, W: Write + Send>(
    group: &mut SerializedRowGroupWriter<'_, W>,
    column: &ExtraColumn,
    values: impl Iterator<Item = Option<&'a Value>>,
) -> anyhow::Result<()> {
    match column.kind {
        ExtraKind::Flag => optional::<BoolType, _>(group, values.map(|v| v?.as_bool())),
        ExtraKind::Integer => optional::<Int64Type, _>(group, values.map(|v| v?.as_i64())),
        ExtraKind::Real => optional::<DoubleType, _>(group, values.map(|v| v?.as_f64())),
        ExtraKind::Text => {
            optional::<ByteArrayType, _>(group, values.map(|v| v?.as_str().map(ByteArray::from)))
        }
        ExtraKind::Json => {
            let texts = values.map(|value| Some(ByteArray::from(value?.to_string().as_str())));
            optional::<ByteArrayType, _>(group, texts)
        }
    }
}

/// A column as its definition says: optional, or every value there.
fn maybe<T: DataType, W: Write + Send>(
    group: &mut SerializedRowGroupWriter<'_, W>,
    column: &Column,
    values: impl Iterator<Item = Option<T::T>>,
) -> anyhow::Result<()> {
    if column.is_optional {
        return optional::<T, W>(group, values);
    }
    let values: Option<Vec<T::T>> = values.collect();
    let values = values.context("a value is missing, or too large for it")?;
    write_levels::<T, W>(group, &values, None, None)
}

fn optional<T: DataType, W: Write + Send>(
    group: &mut SerializedRowGroupWriter<'_, W>,
    values: impl Iterator<Item = Option<T::T>>,
) -> anyhow::Result<()> {
    let (mut there, mut levels) = (Vec::new(), Vec::new());
    for value in values {
        levels.push(i16::from(value.is_some()));
        there.extend(value);
    }
    write_levels::<T, W>(group, &there, Some(&levels), None)
}

fn write_spans<W: Write + Send>(
    group: &mut SerializedRowGroupWriter<'_, W>,
    rows: &[&[MentionSpan]],
) -> anyhow::Result<()> {
    let (mut definition, mut repetition) = (Vec::new(), Vec::new());
    for spans in rows {
        // An empty list has one entry that says so.
        definition.extend(std::iter::repeat_n(i16::from(!spans.is_empty()), spans.len().max(1)));
        repetition.extend((0..spans.len().max(1)).map(|i| i16::from(i > 0)));
    }
    let levels = (Some(&definition[..]), Some(&repetition[..]));
    let all = || rows.iter().flat_map(|spans| spans.iter());
    for offset in [|span: &MentionSpan| span.start, |span: &MentionSpan| span.end] {
        let values: Result<Vec<i32>, _> = all().map(|span| offset(span).try_into()).collect();
        write_levels::<Int32Type, W>(group, &values?, levels.0, levels.1)?;
    }
    for text in [
        |span: &MentionSpan| span.surface.as_str().into(),
        |span: &MentionSpan| ByteArray::from(span.kind.name()),
    ] {
        let values: Vec<ByteArray> = all().map(text).collect();
        write_levels::<ByteArrayType, W>(group, &values, levels.0, levels.1)?;
    }
    let values: Vec<f32> = all().map(|span| span.confidence).collect();
    write_levels::<FloatType, W>(group, &values, levels.0, levels.1)
}

fn write_levels<T: DataType, W: Write + Send>(
    group: &mut SerializedRowGroupWriter<'_, W>,
    values: &[T::T],
    definition: Option<&[i16]>,
    repetition: Option<&[i16]>,
) -> anyhow::Result<()> {
    let mut column = group.next_column()?.context("the schema has too few columns")?;
    column.typed::<T>().write_batch(values, definition, repetition)?;
    column.close()?;
    Ok(())
}
