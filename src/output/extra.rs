//! Where do an article's further fields go? Each into a column of its own, as far as one can know.
//!
//! A table in CSV or Parquet fixes its columns before its first row, but rows come as a stream, so nobody
//! knows yet which further fields there will be.
//! The first [`Batch`] of rows is therefore held back: its fields become columns, in the order in which
//! they are met, typed by their values.
//! If the table ends within it, that is all. Otherwise a last column [`OTHER`] takes what comes later and
//! has no column or doesn't fit it, as one JSON object a row.
//! JSON Lines need none of this: every row has the fields of its article.

use std::borrow::Cow;
use std::collections::HashMap;

use serde_json::{Map, Value};

use super::{RawRow, Table};

/// The column for what has no column of its own.
pub(super) const OTHER: &str = "x_other";

/// The name of a field's column: its own, with `x_` before it if that is taken.
///
/// Names of any table's columns are taken in all of them, in any case of letters, and so is `type`, which
/// tells rows apart in a pipe; so a field has the same name wherever it stands.
pub(super) fn column_of(field: &str) -> Cow<'_, str> {
    if is_taken(field) { Cow::Owned(format!("x_{field}")) } else { Cow::Borrowed(field) }
}

/// The field in a column: the inverse of [`column_of`].
pub(super) fn field_of(column: &str) -> &str {
    column.strip_prefix("x_").filter(|field| is_taken(field)).unwrap_or(column)
}

/// A taken name with `x_` before it is taken too, so that no two fields meet in one column.
fn is_taken(field: &str) -> bool {
    let lower = field.to_lowercase();
    let bare = lower.trim_start_matches("x_");
    bare == "type"
        || (bare == "other" && lower != bare)
        || Table::ALL.iter().flat_map(|table| table.columns()).any(|column| column.name == bare)
}

/// Rows held back until there are enough of them to write at once.
#[derive(Default)]
pub(super) struct Batch {
    rows: Vec<RawRow<'static>>,
    n_bytes: usize,
}

impl Batch {
    const MOST_ROWS: usize = 8_192;
    const MOST_BYTES: usize = 16 << 20;

    /// Adds a row; `true` once the batch is full.
    pub(super) fn push(&mut self, row: &RawRow<'_>) -> bool {
        let cells: Vec<_> = row.cells.iter().map(|cell| cell.clone().into_owned()).collect();
        let n_cells: usize = cells.iter().map(super::Cell::n_bytes).sum();
        self.n_bytes +=
            n_cells + row.extra.iter().map(|(k, v)| k.len() + n_bytes(v)).sum::<usize>();
        self.rows.push(RawRow { cells, extra: Cow::Owned(row.extra.as_ref().clone()) });
        self.rows.len() >= Self::MOST_ROWS || self.n_bytes >= Self::MOST_BYTES
    }

    /// The rows so far, of which none stays.
    pub(super) fn take(&mut self) -> Vec<RawRow<'static>> {
        self.n_bytes = 0;
        std::mem::take(&mut self.rows)
    }
}

/// About how many bytes a value takes in memory.
fn n_bytes(value: &Value) -> usize {
    let beyond: usize = match value {
        Value::String(text) => text.len(),
        Value::Array(values) => values.iter().map(n_bytes).sum(),
        Value::Object(fields) => fields.iter().map(|(k, v)| k.len() + n_bytes(v)).sum(),
        _ => 0,
    };
    size_of::<Value>() + beyond
}

/// What stands in the column of a further field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ExtraKind {
    /// True or false.
    Flag,
    /// Whole numbers from −2⁶³ to 2⁶³ − 1.
    Integer,
    /// Numbers, whole ones among them.
    Real,
    /// Text.
    Text,
    /// JSON: lists, objects, and fields whose values are of several kinds.
    Json,
}

impl ExtraKind {
    fn of(value: &Value) -> Option<Self> {
        Some(match value {
            Value::Null => return None,
            Value::Bool(_) => Self::Flag,
            Value::Number(number) if number.is_i64() => Self::Integer,
            Value::Number(number) if number.is_f64() => Self::Real,
            Value::String(_) => Self::Text,
            Value::Number(_) | Value::Array(_) | Value::Object(_) => Self::Json,
        })
    }

    fn join(self, other: Self) -> Self {
        match (self, other) {
            _ if self == other => self,
            (Self::Integer, Self::Real) | (Self::Real, Self::Integer) => Self::Real,
            _ => Self::Json,
        }
    }

    fn holds(self, value: &Value) -> bool {
        Self::of(value).is_none_or(|kind| self.join(kind) == self)
    }
}

/// A further field that has a column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ExtraColumn {
    /// The field's own name; [`column_of`] gives the column's.
    pub(super) field: String,
    pub(super) kind: ExtraKind,
}

/// The columns of further fields in one table.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Layout {
    pub(super) columns: Vec<ExtraColumn>,
    /// Whether there is a column [`OTHER`] behind them.
    pub(super) has_other: bool,
}

impl Layout {
    /// Gives every field of these rows a column. `has_other` where more rows follow.
    pub(super) fn of(rows: &[RawRow<'_>], has_other: bool) -> Self {
        let mut places: HashMap<&str, usize> = HashMap::new();
        let mut columns: Vec<ExtraColumn> = Vec::new();
        let mut known: Vec<Option<ExtraKind>> = Vec::new();
        for (field, value) in rows.iter().flat_map(|row| row.extra.iter()) {
            let at = *places.entry(field).or_insert_with(|| {
                columns.push(ExtraColumn { field: field.clone(), kind: ExtraKind::Text });
                known.push(None);
                columns.len() - 1
            });
            known[at] = match (known[at], ExtraKind::of(value)) {
                (Some(a), Some(b)) => Some(a.join(b)),
                (a, b) => a.or(b),
            };
        }
        for (column, kind) in columns.iter_mut().zip(known) {
            column.kind = kind.unwrap_or(ExtraKind::Text);
        }
        Self { columns, has_other }
    }

    /// The names of the columns, in order.
    pub(super) fn names(&self) -> impl Iterator<Item = Cow<'_, str>> {
        let columns = self.columns.iter().map(|column| column_of(&column.field));
        columns.chain(self.has_other.then_some(Cow::Borrowed(OTHER)))
    }

    /// A field's value, if it fits the column.
    pub(super) fn value<'a>(
        column: &ExtraColumn,
        extra: &'a Map<String, Value>,
    ) -> Option<&'a Value> {
        extra.get(&column.field).filter(|value| !value.is_null() && column.kind.holds(value))
    }

    /// What of a row has no column or doesn't fit it, as a JSON object; `None` where nothing.
    pub(super) fn other(&self, extra: &Map<String, Value>) -> Option<String> {
        let fits = |field: &str, value: &Value| {
            self.columns.iter().any(|column| column.field == field && column.kind.holds(value))
        };
        let rest: Map<String, Value> = extra
            .iter()
            .filter(|(field, value)| !value.is_null() && !fits(field, value))
            .map(|(field, value)| (field.clone(), value.clone()))
            .collect();
        (!rest.is_empty()).then(|| Value::Object(rest).to_string())
    }
}

/// Takes apart what [`Layout::other`] made.
pub(super) fn add_other(extra: &mut Map<String, Value>, json: &str) -> anyhow::Result<()> {
    let other: Map<String, Value> = serde_json::from_str(json)?;
    extra.extend(other);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{ExtraKind, Layout, column_of, field_of};
    use crate::output::RawRow;
    use proptest::prelude::*;
    use serde_json::{Value, json};
    use std::borrow::Cow;

    fn row(extra: Value) -> RawRow<'static> {
        let Value::Object(extra) = extra else { panic!("not an object") };
        RawRow { cells: vec![], extra: Cow::Owned(extra) }
    }

    #[test]
    fn a_taken_name_is_prefixed_and_no_two_fields_share_a_column() {
        for (field, column) in [
            ("url", "url"),
            ("date", "x_date"),
            ("Date", "x_Date"),
            ("x_date", "x_x_date"),
            ("n_cut", "x_n_cut"),
            ("type", "x_type"),
            ("other", "other"),
            ("x_other", "x_x_other"),
            ("x_url", "x_url"),
        ] {
            assert_eq!((column_of(field).as_ref(), field_of(column)), (column, field));
        }
    }

    #[test]
    fn columns_come_in_the_order_met_and_take_the_kind_of_all_their_values() {
        let rows = [
            row(json!({"i": 1, "r": 1, "t": "a", "n": null})),
            row(json!({"m": 1, "r": 0.5, "b": true, "i": null, "l": [1], "u": u64::MAX})),
            row(json!({"m": "x", "i": -3})),
        ];
        let found: Vec<_> =
            Layout::of(&rows, false).columns.into_iter().map(|c| (c.field, c.kind)).collect();
        let expected = [
            ("i", ExtraKind::Integer),
            ("r", ExtraKind::Real),
            ("t", ExtraKind::Text),
            ("n", ExtraKind::Text),
            ("m", ExtraKind::Json),
            ("b", ExtraKind::Flag),
            ("l", ExtraKind::Json),
            ("u", ExtraKind::Json),
        ];
        assert_eq!(found, expected.map(|(name, kind)| (name.to_owned(), kind)));
    }

    #[test]
    fn what_comes_late_or_does_not_fit_goes_into_the_last_column() {
        let layout = Layout::of(&[row(json!({"i": 1}))], true);
        let late = row(json!({"i": "n/a", "new": [2], "gone": null}));
        assert_eq!(layout.other(&late.extra).as_deref(), Some(r#"{"i":"n/a","new":[2]}"#));
        assert_eq!(layout.other(&row(json!({"i": 2})).extra), None);
        assert_eq!(Layout::value(&layout.columns[0], &late.extra), None);
    }

    proptest! {
        #[test]
        fn column_names_are_undone_and_differ(a in "(x_|X_){0,3}(date|DATE|other|type|url|)", b in "(x_){0,3}(date|other|type|url|)") {
            let column = column_of(&a);
            prop_assert_eq!(field_of(&column), &a);
            prop_assert_eq!(a == b, column_of(&a) == column_of(&b));
            prop_assert!(column_of(&a) != "x_other" && column_of(&a) != "date");
        }
    }
}
