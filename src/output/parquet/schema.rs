//! Which types do a table's columns have in Parquet?

use std::sync::Arc;

use ::parquet::basic::{LogicalType, Repetition, Type as Physical};
use ::parquet::errors::Result as ParquetResult;
use ::parquet::schema::types::{Type, TypePtr};

use super::super::extra::{ExtraKind, Layout, OTHER, column_of};
use super::super::{Kind, Table};

/// The columns of a table and of its further fields.
pub(super) fn schema(table: Table, layout: &Layout) -> anyhow::Result<TypePtr> {
    let mut fields = Vec::new();
    for column in table.columns() {
        let repetition =
            if column.is_optional { Repetition::OPTIONAL } else { Repetition::REQUIRED };
        fields.push(match column.kind {
            Kind::Text => text(column.name, repetition)?,
            Kind::Count => primitive(column.name, Physical::INT32, repetition, None)?,
            Kind::LargeCount => primitive(column.name, Physical::INT64, repetition, None)?,
            Kind::Real => primitive(column.name, Physical::FLOAT, repetition, None)?,
            Kind::Flag => primitive(column.name, Physical::BOOLEAN, repetition, None)?,
            Kind::Day => {
                primitive(column.name, Physical::INT32, repetition, Some(LogicalType::Date))?
            }
            Kind::Spans => spans(column.name)?,
        });
    }
    for column in &layout.columns {
        let name = column_of(&column.field);
        fields.push(match column.kind {
            ExtraKind::Flag => primitive(&name, Physical::BOOLEAN, Repetition::OPTIONAL, None)?,
            ExtraKind::Integer => primitive(&name, Physical::INT64, Repetition::OPTIONAL, None)?,
            ExtraKind::Real => primitive(&name, Physical::DOUBLE, Repetition::OPTIONAL, None)?,
            ExtraKind::Text | ExtraKind::Json => text(&name, Repetition::OPTIONAL)?,
        });
    }
    if layout.has_other {
        fields.push(text(OTHER, Repetition::OPTIONAL)?);
    }
    Ok(Arc::new(Type::group_type_builder(table.name()).with_fields(fields).build()?))
}

fn primitive(
    name: &str,
    physical: Physical,
    repetition: Repetition,
    logical: Option<LogicalType>,
) -> ParquetResult<TypePtr> {
    let builder = Type::primitive_type_builder(name, physical);
    Ok(Arc::new(builder.with_repetition(repetition).with_logical_type(logical).build()?))
}

fn text(name: &str, repetition: Repetition) -> ParquetResult<TypePtr> {
    primitive(name, Physical::BYTE_ARRAY, repetition, Some(LogicalType::String))
}

/// `list<struct<start, end, surface, kind, confidence>>`, none of it null.
fn spans(name: &str) -> ParquetResult<TypePtr> {
    let group = |name: &str, repetition, logical, fields| {
        let builder = Type::group_type_builder(name).with_repetition(repetition);
        builder.with_logical_type(logical).with_fields(fields).build().map(Arc::new)
    };
    let fields = vec![
        primitive("start", Physical::INT32, Repetition::REQUIRED, None)?,
        primitive("end", Physical::INT32, Repetition::REQUIRED, None)?,
        text("surface", Repetition::REQUIRED)?,
        text("kind", Repetition::REQUIRED)?,
        primitive("confidence", Physical::FLOAT, Repetition::REQUIRED, None)?,
    ];
    let element = group("element", Repetition::REQUIRED, None, fields)?;
    let list = group("list", Repetition::REPEATED, None, vec![element])?;
    group(name, Repetition::REQUIRED, Some(LogicalType::List), vec![list])
}
