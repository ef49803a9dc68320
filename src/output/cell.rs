//! What stands in a table? Cells of a few kinds, and the columns that they stand in.

use std::borrow::Cow;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::score::{MentionKind, MentionSpan};

/// A column of a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Column {
    /// Its name.
    pub name: &'static str,
    /// What stands in it.
    pub kind: Kind,
    /// Whether it may be empty.
    pub is_optional: bool,
}

impl Column {
    pub(super) const fn new(name: &'static str, kind: Kind) -> Self {
        Self { name, kind, is_optional: false }
    }

    pub(super) const fn optional(name: &'static str, kind: Kind) -> Self {
        Self { name, kind, is_optional: true }
    }
}

/// What stands in a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Text.
    Text,
    /// A whole number below 2³¹: a count or an offset in code points.
    Count,
    /// A whole number below 2⁶³.
    LargeCount,
    /// A probability or a score in −1…+1.
    Real,
    /// True or false.
    Flag,
    /// A day.
    Day,
    /// The places where a sentence mentions an actor.
    Spans,
}

/// A value in a table.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell<'a> {
    /// None.
    Null,
    /// For [`Kind::Text`].
    Text(Cow<'a, str>),
    /// For [`Kind::Count`] and [`Kind::LargeCount`].
    Count(u64),
    /// For [`Kind::Real`].
    Real(f32),
    /// For [`Kind::Flag`].
    Flag(bool),
    /// For [`Kind::Day`].
    Day(Date),
    /// For [`Kind::Spans`].
    Spans(Cow<'a, [MentionSpan]>),
}

impl<'a> Cell<'a> {
    pub(super) fn text(text: &'a str) -> Self {
        Self::Text(Cow::Borrowed(text))
    }

    pub(super) fn optional_text(text: Option<&'a str>) -> Self {
        text.map_or(Cell::Null, Self::text)
    }

    pub(super) fn day(day: Option<Date>) -> Self {
        day.map_or(Cell::Null, Cell::Day)
    }

    /// Numbers that are none, which no format can hold, are left empty.
    pub(super) fn real(number: Option<f32>) -> Self {
        number.filter(|number| number.is_finite()).map_or(Cell::Null, Cell::Real)
    }

    /// The cell with a text of its own, to be kept.
    pub(super) fn into_owned(self) -> Cell<'static> {
        match self {
            Self::Null => Cell::Null,
            Self::Text(text) => Cell::Text(Cow::Owned(text.into_owned())),
            Self::Count(number) => Cell::Count(number),
            Self::Real(number) => Cell::Real(number),
            Self::Flag(flag) => Cell::Flag(flag),
            Self::Day(day) => Cell::Day(day),
            Self::Spans(spans) => Cell::Spans(Cow::Owned(spans.into_owned())),
        }
    }

    /// About how many bytes it takes in memory.
    pub(super) fn n_bytes(&self) -> usize {
        let beyond = match self {
            Self::Text(text) => text.len(),
            Self::Spans(spans) => spans.iter().map(|span| 40 + span.surface.len()).sum(),
            _ => 0,
        };
        size_of::<Self>() + beyond
    }
}

/// A probability as text formats have it: rounded to six decimals, so at most 5·10⁻⁷ off.
pub(super) fn rounded(number: f32) -> f64 {
    // Adding zero turns a negative zero into zero.
    (f64::from(number) * 1e6).round() / 1e6 + 0.0
}

/// A [`MentionSpan`] as JSON has it.
#[derive(Serialize, Deserialize)]
struct JsonSpan<'a> {
    start: u32,
    end: u32,
    surface: Cow<'a, str>,
    kind: Cow<'a, str>,
    confidence: f64,
}

/// Mention spans as a JSON value.
pub(super) fn spans_to_json(spans: &[MentionSpan]) -> impl Serialize {
    let json = spans.iter().map(|span| JsonSpan {
        start: span.start,
        end: span.end,
        surface: Cow::Borrowed(&span.surface),
        kind: Cow::Borrowed(span.kind.name()),
        confidence: rounded(span.confidence),
    });
    json.collect::<Vec<_>>()
}

/// A number as rows have it.
#[expect(clippy::cast_possible_truncation, reason = "it was a 32-bit number before it was written")]
fn narrowed(number: f64) -> f32 {
    number as f32
}

/// Reads back what [`spans_to_json`] made.
pub(super) fn spans_from_json(json: serde_json::Value) -> anyhow::Result<Vec<MentionSpan>> {
    let spans: Vec<JsonSpan<'_>> = serde_json::from_value(json)?;
    let span = |span: JsonSpan<'_>| {
        Ok(MentionSpan {
            start: span.start,
            end: span.end,
            surface: span.surface.into_owned(),
            kind: mention_kind(&span.kind)?,
            confidence: narrowed(span.confidence),
        })
    };
    spans.into_iter().map(span).collect()
}

/// The kind of mention with this name.
pub(super) fn mention_kind(name: &str) -> anyhow::Result<MentionKind> {
    by_name(
        &[MentionKind::Name, MentionKind::Epithet, MentionKind::Anaphor],
        MentionKind::name,
        name,
    )
}

/// The one of `all` that has this name.
pub(super) fn by_name<T: Copy>(
    all: &[T],
    name_of: fn(T) -> &'static str,
    name: &str,
) -> anyhow::Result<T> {
    all.iter().copied().find(|&one| name_of(one) == name).ok_or_else(|| {
        let names: Vec<_> = all.iter().map(|&one| format!("`{}`", name_of(one))).collect();
        anyhow::anyhow!("`{name}` is none of {}", names.join(", "))
    })
}
