//! Which tables are there, and how does a row become cells and cells a row?

use anyhow::{anyhow, bail};
use jiff::civil::Date;
use serde_json::{Map, Value};

use super::cell::by_name;
use super::{Cell, Column, articles, dyads, mentions};
use crate::score::{Distribution, MentionSpan, Part, Voice};

/// One of the tables of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Table {
    /// One row per article × sentence × actor.
    Mentions,
    /// One row per article × sentence × source × target.
    Dyads,
    /// One row per article.
    Articles,
}

impl Table {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Mentions, Self::Dyads, Self::Articles];

    /// The name, and its files' name without extension.
    pub fn name(self) -> &'static str {
        match self {
            Self::Mentions => "mentions",
            Self::Dyads => "dyads",
            Self::Articles => "articles",
        }
    }

    /// Its columns in order; an article's further fields stand behind them.
    pub fn columns(self) -> &'static [Column] {
        match self {
            Self::Mentions => mentions::COLUMNS,
            Self::Dyads => dyads::COLUMNS,
            Self::Articles => articles::COLUMNS,
        }
    }
}

/// A row as formats see it.
#[derive(Clone, Debug, PartialEq)]
pub struct RawRow<'a> {
    /// The cells in the order of the table's columns.
    pub cells: Vec<Cell<'a>>,
    /// The article's further fields, by their own names.
    pub extra: std::borrow::Cow<'a, Map<String, Value>>,
}

/// A row of a table.
pub trait TableRow: Sized {
    /// The table that it belongs in.
    const TABLE: Table;

    /// Its cells and further fields, to be written.
    fn to_raw(&self) -> RawRow<'_>;

    /// The row of these cells.
    ///
    /// # Errors
    /// When a cell is missing or holds what it can't.
    fn from_raw(row: RawRow<'_>) -> anyhow::Result<Self>;
}

/// The cells of one row, to be taken by name.
pub(super) struct Cells<'a> {
    columns: &'static [Column],
    cells: Vec<Cell<'a>>,
}

impl<'a> Cells<'a> {
    pub(super) fn new(table: Table, cells: Vec<Cell<'a>>) -> Self {
        Self { columns: table.columns(), cells }
    }

    fn take(&mut self, name: &str) -> Cell<'a> {
        let at = self.columns.iter().position(|column| column.name == name);
        let cell = at.and_then(|at| self.cells.get_mut(at));
        cell.map_or(Cell::Null, |cell| std::mem::replace(cell, Cell::Null))
    }

    pub(super) fn optional_text(&mut self, name: &str) -> anyhow::Result<Option<String>> {
        match self.take(name) {
            Cell::Null => Ok(None),
            Cell::Text(text) => Ok(Some(text.into_owned())),
            _ => Err(wrong(name)),
        }
    }

    /// Formats that can't tell an empty text from a missing one give the latter.
    pub(super) fn text(&mut self, name: &str) -> anyhow::Result<String> {
        Ok(self.optional_text(name)?.unwrap_or_default())
    }

    pub(super) fn large_count(&mut self, name: &str) -> anyhow::Result<u64> {
        match self.take(name) {
            Cell::Count(number) => Ok(number),
            _ => Err(wrong(name)),
        }
    }

    pub(super) fn count(&mut self, name: &str) -> anyhow::Result<u32> {
        self.large_count(name)?.try_into().map_err(|_| wrong(name))
    }

    pub(super) fn flag(&mut self, name: &str) -> anyhow::Result<bool> {
        match self.take(name) {
            Cell::Flag(flag) => Ok(flag),
            _ => Err(wrong(name)),
        }
    }

    pub(super) fn day(&mut self, name: &str) -> anyhow::Result<Option<Date>> {
        match self.take(name) {
            Cell::Null => Ok(None),
            Cell::Day(day) => Ok(Some(day)),
            _ => Err(wrong(name)),
        }
    }

    pub(super) fn spans(&mut self, name: &str) -> anyhow::Result<Vec<MentionSpan>> {
        match self.take(name) {
            Cell::Spans(spans) => Ok(spans.into_owned()),
            _ => Err(wrong(name)),
        }
    }

    pub(super) fn real(&mut self, name: &str) -> anyhow::Result<Option<f32>> {
        match self.take(name) {
            Cell::Null => Ok(None),
            Cell::Real(number) => Ok(Some(number)),
            _ => Err(wrong(name)),
        }
    }

    /// Three probabilities, of which all or none must be there.
    pub(super) fn distribution(
        &mut self,
        names: [&str; 3],
    ) -> anyhow::Result<Option<Distribution>> {
        match [self.real(names[0])?, self.real(names[1])?, self.real(names[2])?] {
            [Some(a), Some(b), Some(c)] => Ok(Some(Distribution::new([a, b, c]))),
            [None, None, None] => Ok(None),
            _ => bail!("only some of `{}` are there", names.join("`, `")),
        }
    }

    pub(super) fn part(&mut self, name: &str) -> anyhow::Result<Part> {
        by_name(&[Part::Title, Part::Text], Part::name, &self.text(name)?)
    }

    pub(super) fn voice(&mut self, name: &str) -> anyhow::Result<Option<Voice>> {
        let all = [Voice::Author, Voice::Quoted, Voice::Reported];
        self.optional_text(name)?.map(|text| by_name(&all, Voice::name, &text)).transpose()
    }
}

fn wrong(name: &str) -> anyhow::Error {
    anyhow!("the column `{name}` is empty or holds something else")
}
