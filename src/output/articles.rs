//! The table `articles`: what was read of one article.

use std::borrow::Cow;

use super::table::Cells;
use super::{Cell, Column, Kind, RawRow, Table, TableRow};
use crate::score::ArticleRow;

/// The columns, in order.
pub(super) const COLUMNS: &[Column] = &[
    Column::new("article_id", Kind::Text),
    Column::optional("date", Kind::Day),
    Column::optional("outlet", Kind::Text),
    Column::optional("issuer", Kind::Text),
    Column::optional("title", Kind::Text),
    Column::new("source_path", Kind::Text),
    Column::new("record", Kind::LargeCount),
    Column::new("sha256", Kind::Text),
    Column::new("n_sentences", Kind::Count),
    Column::new("n_scored", Kind::Count),
    Column::new("n_mentions", Kind::Count),
    Column::new("n_cut", Kind::Count),
    Column::optional("language", Kind::Text),
];

impl TableRow for ArticleRow {
    const TABLE: Table = Table::Articles;

    fn to_raw(&self) -> RawRow<'_> {
        let cells = vec![
            Cell::text(&self.article_id),
            Cell::day(self.date),
            Cell::optional_text(self.outlet.as_deref()),
            Cell::optional_text(self.issuer.as_deref()),
            Cell::optional_text(self.title.as_deref()),
            Cell::text(&self.source_path),
            Cell::Count(self.record),
            Cell::text(&self.sha256),
            Cell::Count(self.n_sentences.into()),
            Cell::Count(self.n_scored.into()),
            Cell::Count(self.n_mentions.into()),
            Cell::Count(self.n_cut.into()),
            Cell::optional_text(self.language.as_deref()),
        ];
        RawRow { cells, extra: Cow::Borrowed(&self.extra) }
    }

    fn from_raw(row: RawRow<'_>) -> anyhow::Result<Self> {
        let mut cells = Cells::new(Self::TABLE, row.cells);
        Ok(Self {
            article_id: cells.text("article_id")?,
            date: cells.day("date")?,
            outlet: cells.optional_text("outlet")?,
            issuer: cells.optional_text("issuer")?,
            title: cells.optional_text("title")?,
            source_path: cells.text("source_path")?,
            record: cells.large_count("record")?,
            sha256: cells.text("sha256")?,
            n_sentences: cells.count("n_sentences")?,
            n_scored: cells.count("n_scored")?,
            n_mentions: cells.count("n_mentions")?,
            n_cut: cells.count("n_cut")?,
            language: cells.optional_text("language")?,
            extra: row.extra.into_owned(),
        })
    }
}
