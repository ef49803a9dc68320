//! Apache Parquet, row by row.

use std::panic::{AssertUnwindSafe, catch_unwind};

use ::parquet::basic::{ConvertedType, LogicalType, TimeUnit};
use ::parquet::file::reader::{FileReader, SerializedFileReader};
use ::parquet::record::reader::RowIter;
use ::parquet::record::{Field, Row};
use ::parquet::schema::types::Type;
use anyhow::{Context, ensure};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::Offset;
use serde_json::{Number, Value};

use super::{Fields, Format, RawRecord, RawRecords, Source, clip};

/// `.parquet`, `.pq`.
pub(super) struct Parquet;

impl Format for Parquet {
    fn name(&self) -> &'static str {
        "parquet"
    }

    fn extensions(&self) -> &'static [&'static str] {
        &["parquet", "pq"]
    }

    fn records(&self, source: Source) -> anyhow::Result<RawRecords> {
        let file = source.into_seekable()?;
        guarded(|| {
            let reader = SerializedFileReader::new(file).context("not a Parquet file")?;
            let schema = reader.metadata().file_metadata().schema().clone();
            let units = schema.get_fields().iter().map(|field| unit(field)).collect();
            ensure!(!schema.get_fields().is_empty(), "a Parquet file without columns");
            for column in reader.metadata().file_metadata().schema_descr().columns() {
                ensure!(
                    column.converted_type() != ConvertedType::INTERVAL,
                    "the column `{}` holds intervals, which cannot be read",
                    column.path()
                );
            }
            let rows = RowIter::from_file_into(Box::new(reader));
            Ok(Box::new(Rows { inner: rows, units, count: 0, is_over: false }) as RawRecords)
        })?
    }
}

struct Rows {
    inner: RowIter<'static>,
    /// How each column counts time, where it does as a bare number.
    units: Vec<Option<Unit>>,
    count: u64,
    is_over: bool,
}

/// What a number in a column counts, where the reader itself doesn't say.
#[derive(Clone, Copy)]
struct Unit {
    per_second: i64,
    is_utc: bool,
}

impl Iterator for Rows {
    type Item = RawRecord;

    fn next(&mut self) -> Option<RawRecord> {
        if self.is_over {
            return None;
        }
        self.count += 1;
        let line = self.count;
        let row = guarded(|| self.inner.next().transpose().map_err(anyhow::Error::from));
        match row.and_then(|row| row) {
            Ok(None) => None,
            Ok(Some(row)) => Some(record(line, row, &self.units)),
            Err(error) => {
                // Columns may have moved on by different steps: what follows can't be trusted.
                self.is_over = true;
                let reason = clip(&error.to_string());
                Some(RawRecord::bad(line, format!("reading stopped at this row: {reason}")))
            }
        }
    }
}

/// The reader takes some damage for a fault of its own and panics; here that is a damaged file.
fn guarded<T>(read: impl FnOnce() -> T) -> anyhow::Result<T> {
    catch_unwind(AssertUnwindSafe(read)).map_err(|_| anyhow::anyhow!("the Parquet file is damaged"))
}

fn unit(field: &Type) -> Option<Unit> {
    let info = field.get_basic_info();
    match info.logical_type_ref()? {
        LogicalType::Timestamp(timestamp) if field.is_primitive() => {
            let per_second = match timestamp.unit {
                TimeUnit::MILLIS => 1_000,
                TimeUnit::MICROS => 1_000_000,
                TimeUnit::NANOS => 1_000_000_000,
            };
            Some(Unit { per_second, is_utc: timestamp.is_adjusted_to_u_t_c })
        }
        _ => None,
    }
}

fn record(line: u64, row: Row, units: &[Option<Unit>]) -> RawRecord {
    let mut fields = Fields::new();
    let mut warnings = Vec::new();
    for (i, (name, field)) in row.into_columns().into_iter().enumerate() {
        let value = match (field, units.get(i).copied().flatten()) {
            (Field::Long(n), Some(unit)) => moment(n, unit),
            (Field::TimestampMillis(n), Some(unit)) => {
                moment(n, Unit { per_second: 1_000, ..unit })
            }
            (Field::TimestampMicros(n), Some(unit)) => {
                moment(n, Unit { per_second: 1_000_000, ..unit })
            }
            (Field::Bytes(bytes), _) if std::str::from_utf8(bytes.data()).is_err() => {
                let (name, n) = (clip(&name), bytes.data().len());
                warnings.push(format!("left out `{name}`: {n} bytes that are no text"));
                Value::Null
            }
            (field, _) => value(field),
        };
        fields.insert(name, value);
    }
    RawRecord { line, fields: Ok(fields), warnings }
}

fn value(field: Field) -> Value {
    const UTC_MILLIS: Unit = Unit { per_second: 1_000, is_utc: true };
    const UTC_MICROS: Unit = Unit { per_second: 1_000_000, is_utc: true };
    match field {
        Field::Null => Value::Null,
        Field::Bool(value) => Value::Bool(value),
        Field::Byte(n) => n.into(),
        Field::Short(n) => n.into(),
        Field::Int(n) => n.into(),
        Field::Long(n) => n.into(),
        Field::UByte(n) => n.into(),
        Field::UShort(n) => n.into(),
        Field::UInt(n) => n.into(),
        Field::ULong(n) => n.into(),
        Field::Float16(x) => shortest(x.to_f32()),
        Field::Float(x) => shortest(x),
        Field::Double(x) => Number::from_f64(x).map_or(Value::Null, Value::Number),
        Field::Str(text) => Value::String(text),
        Field::Bytes(bytes) => std::str::from_utf8(bytes.data())
            .map_or(Value::Null, |text| Value::String(text.to_owned())),
        Field::Date(days) => day(days).map_or(Value::Null, |date| date.to_string().into()),
        Field::TimestampMillis(n) => moment(n, UTC_MILLIS),
        Field::TimestampMicros(n) => moment(n, UTC_MICROS),
        Field::Decimal(_) | Field::TimeMillis(_) | Field::TimeMicros(_) => field.to_string().into(),
        Field::Group(row) => {
            Value::Object(row.into_columns().into_iter().map(|(k, v)| (k, value(v))).collect())
        }
        Field::ListInternal(list) => list.elements().iter().cloned().map(value).collect(),
        Field::MapInternal(map) => {
            Value::Object(map.entries().iter().map(|(k, v)| (key(k), value(v.clone()))).collect())
        }
    }
}

fn key(field: &Field) -> String {
    match value(field.clone()) {
        Value::String(text) => text,
        other => other.to_string(),
    }
}

/// A number as the 32-bit one is written, not as its nearest 64-bit neighbour: 0.1, not 0.10000000149.
fn shortest(x: f32) -> Value {
    let x = x.to_string().parse().unwrap_or(f64::NAN);
    Number::from_f64(x).map_or(Value::Null, Value::Number)
}

fn day(days: i32) -> Option<Date> {
    let epoch = Date::constant(1970, 1, 1);
    epoch.checked_add(jiff::Span::new().try_days(days).ok()?).ok()
}

/// ISO 8601; the number itself where it is out of the calendar.
fn moment(n: i64, unit: Unit) -> Value {
    let nanoseconds = i128::from(n) * i128::from(1_000_000_000 / unit.per_second);
    match Timestamp::from_nanosecond(nanoseconds) {
        Ok(timestamp) if unit.is_utc => timestamp.to_string().into(),
        Ok(timestamp) => Offset::UTC.to_datetime(timestamp).to_string().into(),
        Err(_) => n.into(),
    }
}
