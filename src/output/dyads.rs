//! The table `dyads`: the stance of one source toward one target in a sentence.

use std::borrow::Cow;

use anyhow::Context;

use super::cell::by_name;
use super::mentions::{STANCE, stance};
use super::table::Cells;
use super::{Cell, Column, Kind, RawRow, Table, TableRow};
use crate::score::{DyadRow, SourceFrom, Voice};

/// The columns, in order.
pub(super) const COLUMNS: &[Column] = &[
    Column::new("article_id", Kind::Text),
    Column::optional("date", Kind::Day),
    Column::optional("outlet", Kind::Text),
    Column::new("part", Kind::Text),
    Column::new("sentence", Kind::Count),
    Column::new("start", Kind::Count),
    Column::new("end", Kind::Count),
    Column::new("source", Kind::Text),
    Column::new("source_from", Kind::Text),
    Column::optional("source_issuer", Kind::Text),
    Column::optional("source_state", Kind::Text),
    Column::new("target", Kind::Text),
    Column::optional("target_state", Kind::Text),
    Column::optional("voice", Kind::Text),
    Column::optional("modality", Kind::Text),
    Column::optional("p_hostile", Kind::Real),
    Column::optional("p_neutral", Kind::Real),
    Column::optional("p_conciliatory", Kind::Real),
    Column::optional("stance", Kind::Text),
];

impl TableRow for DyadRow {
    const TABLE: Table = Table::Dyads;

    fn to_raw(&self) -> RawRow<'_> {
        let mut cells = vec![
            Cell::text(&self.article_id),
            Cell::day(self.date),
            Cell::optional_text(self.outlet.as_deref()),
            Cell::text(self.part.name()),
            Cell::Count(self.sentence.into()),
            Cell::Count(self.start.into()),
            Cell::Count(self.end.into()),
            Cell::text(&self.source),
            Cell::text(self.source_from.name()),
            Cell::optional_text(self.source_issuer.as_deref()),
            Cell::optional_text(self.source_state.as_deref()),
            Cell::text(&self.target),
            Cell::optional_text(self.target_state.as_deref()),
            Cell::optional_text(self.voice.map(Voice::name)),
            Cell::optional_text(self.modality.as_deref()),
        ];
        cells.extend(stance(Some(self.stance)));
        RawRow { cells, extra: Cow::Borrowed(&self.extra) }
    }

    fn from_raw(row: RawRow<'_>) -> anyhow::Result<Self> {
        let sources = [SourceFrom::Mention, SourceFrom::Speaker, SourceFrom::Author];
        let mut cells = Cells::new(Self::TABLE, row.cells);
        Ok(Self {
            article_id: cells.text("article_id")?,
            date: cells.day("date")?,
            outlet: cells.optional_text("outlet")?,
            part: cells.part("part")?,
            sentence: cells.count("sentence")?,
            start: cells.count("start")?,
            end: cells.count("end")?,
            source: cells.text("source")?,
            source_from: by_name(&sources, SourceFrom::name, &cells.text("source_from")?)?,
            source_issuer: cells.optional_text("source_issuer")?,
            source_state: cells.optional_text("source_state")?,
            target: cells.text("target")?,
            target_state: cells.optional_text("target_state")?,
            voice: cells.voice("voice")?,
            modality: cells.optional_text("modality")?,
            stance: cells.distribution(STANCE)?.context("a dyad without probabilities")?,
            extra: row.extra.into_owned(),
        })
    }
}
