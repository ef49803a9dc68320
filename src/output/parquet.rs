//! Apache Parquet: typed columns, days as dates, mentions as a nested list; ZSTD inside.

use std::borrow::Cow;
use std::io::Write;
use std::panic::{AssertUnwindSafe, catch_unwind};

use ::parquet::basic::{Compression, ZstdLevel};
use ::parquet::errors::Result as ParquetResult;
use ::parquet::file::metadata::KeyValue;
use ::parquet::file::properties::WriterProperties;
use ::parquet::file::reader::{FileReader, SerializedFileReader};
use ::parquet::file::writer::SerializedFileWriter;
use ::parquet::record::reader::RowIter;
use ::parquet::record::{Field, Row};
use anyhow::{Context, bail};
use jiff::civil::Date;
use serde_json::{Map, Number, Value};

use super::cell::mention_kind;
use super::extra::{Batch, ExtraKind, Layout, OTHER, add_other, column_of, field_of};
use super::{Cell, RawRow, RawRows, Table, TableFormat, TableWriter};
use crate::score::MentionSpan;

mod columns;
mod schema;

/// The key of the file's own metadata that lists the columns of further fields that hold JSON.
const JSON_COLUMNS: &str = "detente.json_columns";

/// `.parquet`
pub(super) struct Parquet;

impl TableFormat for Parquet {
    fn name(&self) -> &'static str {
        "parquet"
    }

    fn writer(
        &self,
        output: Box<dyn Write + Send>,
        table: Table,
    ) -> anyhow::Result<Box<dyn TableWriter>> {
        Ok(Box::new(Writer { table, batch: Batch::default(), state: State::Waiting(output) }))
    }

    fn reader(&self, file: fs_err::File, table: Table) -> anyhow::Result<RawRows> {
        let reader = guarded(|| SerializedFileReader::new(file.into_parts().0))??;
        let places = Places::of(&reader, table)?;
        let mut rows = RowIter::from_file_into(Box::new(reader));
        Ok(Box::new(std::iter::from_fn(move || match guarded(|| rows.next()) {
            Ok(row) => Some(places.row(row?)),
            Err(error) => Some(Err(error)),
        })))
    }
}

/// The reader takes some damage for a fault of its own and panics; here that is a damaged file.
fn guarded<T>(read: impl FnOnce() -> T) -> anyhow::Result<T> {
    catch_unwind(AssertUnwindSafe(read)).map_err(|_| anyhow::anyhow!("the file is damaged"))
}

struct Writer {
    table: Table,
    /// The rows of the next row group.
    batch: Batch,
    state: State,
}

enum State {
    /// Until the first row group tells the columns of further fields.
    Waiting(Box<dyn Write + Send>),
    Writing(Box<SerializedFileWriter<Box<dyn Write + Send>>>, Layout),
    Failed,
}

impl Writer {
    fn flush(&mut self, is_last: bool) -> anyhow::Result<()> {
        let rows = self.batch.take();
        // Stays so if what follows fails, and then nothing more can be written.
        let (mut file, layout) = match std::mem::replace(&mut self.state, State::Failed) {
            State::Writing(file, layout) => (file, layout),
            State::Waiting(output) => {
                let layout = Layout::of(&rows, !is_last);
                let schema = schema::schema(self.table, &layout)?;
                let file = SerializedFileWriter::new(output, schema, properties(&layout)?.into())?;
                (Box::new(file), layout)
            }
            State::Failed => bail!("writing failed before"),
        };
        if !rows.is_empty() {
            let mut group = file.next_row_group()?;
            columns::write(&mut group, self.table, &layout, &rows)?;
            group.close()?;
        }
        if is_last {
            file.close()?;
        } else {
            self.state = State::Writing(file, layout);
        }
        Ok(())
    }
}

impl TableWriter for Writer {
    fn write(&mut self, row: &RawRow<'_>) -> anyhow::Result<()> {
        if self.batch.push(row) { self.flush(false) } else { Ok(()) }
    }

    fn finish(mut self: Box<Self>) -> anyhow::Result<()> {
        self.flush(true)
    }
}

fn properties(layout: &Layout) -> anyhow::Result<WriterProperties> {
    let json: Vec<_> = layout
        .columns
        .iter()
        .filter(|column| column.kind == ExtraKind::Json)
        .map(|column| column_of(&column.field))
        .collect();
    let json = serde_json::to_string(&json)?;
    Ok(WriterProperties::builder()
        .set_compression(Compression::ZSTD(ZstdLevel::try_new(3)?))
        .set_created_by(concat!("detente version ", env!("CARGO_PKG_VERSION")).to_owned())
        .set_key_value_metadata(Some(vec![KeyValue::new(JSON_COLUMNS.to_owned(), json)]))
        .build())
}

/// What each column of a file is.
struct Places {
    places: Vec<Place>,
    n_cells: usize,
}

enum Place {
    Cell(usize),
    Extra { field: String, is_json: bool },
    Other,
}

impl Places {
    fn of(reader: &impl FileReader, table: Table) -> anyhow::Result<Self> {
        let metadata = reader.metadata().file_metadata();
        let json = metadata
            .key_value_metadata()
            .and_then(|pairs| pairs.iter().find(|pair| pair.key == JSON_COLUMNS))
            .and_then(|pair| pair.value.as_deref());
        let json: Vec<String> = json.map_or(Ok(Vec::new()), serde_json::from_str)?;
        let columns = table.columns();
        let place = |name: &str| match columns.iter().position(|column| column.name == name) {
            Some(at) => Place::Cell(at),
            None if name == OTHER => Place::Other,
            None => Place::Extra {
                field: field_of(name).to_owned(),
                is_json: json.iter().any(|json| json == name),
            },
        };
        let names: Vec<_> = metadata.schema().get_fields().iter().map(|f| f.name()).collect();
        for column in columns {
            if !names.contains(&column.name) {
                bail!("there is no column `{}`", column.name);
            }
        }
        Ok(Self { places: names.into_iter().map(place).collect(), n_cells: columns.len() })
    }

    fn row(&self, row: ParquetResult<Row>) -> anyhow::Result<RawRow<'static>> {
        let mut cells = vec![Cell::Null; self.n_cells];
        let mut extra = Map::new();
        for ((name, value), place) in row?.into_columns().into_iter().zip(&self.places) {
            let name = || format!("the column `{name}`");
            match (place, value) {
                (_, Field::Null) => {}
                (Place::Cell(at), value) => cells[*at] = cell(value).with_context(name)?,
                (Place::Extra { field, is_json: true }, Field::Str(json)) => {
                    extra.insert(field.clone(), serde_json::from_str(&json).with_context(name)?);
                }
                (Place::Extra { field, .. }, value) => {
                    extra.insert(field.clone(), extra_value(value).with_context(name)?);
                }
                (Place::Other, Field::Str(json)) => {
                    add_other(&mut extra, &json).with_context(name)?;
                }
                (Place::Other, _) => bail!("{} is no text", name()),
            }
        }
        Ok(RawRow { cells, extra: Cow::Owned(extra) })
    }
}

fn cell(field: Field) -> anyhow::Result<Cell<'static>> {
    Ok(match field {
        Field::Str(text) => Cell::Text(text.into()),
        Field::Int(number) => Cell::Count(number.try_into()?),
        Field::Long(number) => Cell::Count(number.try_into()?),
        Field::Float(number) => Cell::Real(number),
        Field::Bool(flag) => Cell::Flag(flag),
        Field::Date(days) => Cell::Day(day(days).context("a day out of the calendar")?),
        Field::ListInternal(list) => Cell::Spans(
            list.elements().iter().map(span).collect::<anyhow::Result<Vec<_>>>()?.into(),
        ),
        other => bail!("`{other}` doesn't belong there"),
    })
}

fn extra_value(field: Field) -> anyhow::Result<Value> {
    Ok(match field {
        Field::Str(text) => Value::String(text),
        Field::Long(number) => number.into(),
        Field::Double(number) => Number::from_f64(number).map_or(Value::Null, Value::Number),
        Field::Bool(flag) => Value::Bool(flag),
        other => bail!("`{other}` doesn't belong there"),
    })
}

fn span(field: &Field) -> anyhow::Result<MentionSpan> {
    let Field::Group(row) = field else { bail!("a mention that is no struct") };
    let columns: Vec<_> = row.get_column_iter().map(|(_, field)| field).collect();
    match columns[..] {
        [
            Field::Int(start),
            Field::Int(end),
            Field::Str(surface),
            Field::Str(kind),
            Field::Float(confidence),
        ] => Ok(MentionSpan {
            start: (*start).try_into()?,
            end: (*end).try_into()?,
            surface: surface.clone(),
            kind: mention_kind(kind)?,
            confidence: *confidence,
        }),
        _ => bail!("a mention that isn't start, end, surface, kind and confidence"),
    }
}

const EPOCH: Date = Date::constant(1970, 1, 1);

fn day(days: i32) -> Option<Date> {
    EPOCH.checked_add(jiff::Span::new().try_days(days).ok()?).ok()
}

/// Days since 1 January 1970.
fn days(day: Date) -> i32 {
    day.duration_since(EPOCH).as_hours().div_euclid(24).try_into().unwrap_or_default()
}
