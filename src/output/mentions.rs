//! The table `mentions`: what a sentence carries toward one actor.

use std::borrow::Cow;

use super::table::Cells;
use super::{Cell, Column, Kind, RawRow, Table, TableRow};
use crate::score::{Distribution, MentionRow, Voice};

/// The columns, in order.
pub(super) const COLUMNS: &[Column] = &[
    Column::new("article_id", Kind::Text),
    Column::optional("date", Kind::Day),
    Column::optional("outlet", Kind::Text),
    Column::new("part", Kind::Text),
    Column::new("sentence", Kind::Count),
    Column::new("start", Kind::Count),
    Column::new("end", Kind::Count),
    Column::new("text", Kind::Text),
    Column::new("actor", Kind::Text),
    Column::new("actor_name", Kind::Text),
    Column::new("mentions", Kind::Spans),
    Column::optional("voice", Kind::Text),
    Column::optional("speaker", Kind::Text),
    Column::optional("modality", Kind::Text),
    Column::optional("p_hostile", Kind::Real),
    Column::optional("p_neutral", Kind::Real),
    Column::optional("p_conciliatory", Kind::Real),
    Column::optional("stance", Kind::Text),
    Column::optional("p_negative", Kind::Real),
    Column::optional("p_neutral_sentiment", Kind::Real),
    Column::optional("p_positive", Kind::Real),
    Column::optional("sentiment", Kind::Text),
    Column::optional("p_dictionary", Kind::Real),
    Column::new("is_cut", Kind::Flag),
    Column::optional("actor_state", Kind::Text),
];

/// The columns of the stance's probabilities, in the order of all probabilities.
pub(super) const STANCE: [&str; 3] = ["p_hostile", "p_neutral", "p_conciliatory"];
const SENTIMENT: [&str; 3] = ["p_negative", "p_neutral_sentiment", "p_positive"];

const STANCE_LABELS: [&str; 3] = ["hostile", "neutral", "conciliatory"];
const SENTIMENT_LABELS: [&str; 3] = ["negative", "neutral", "positive"];

/// The three probabilities and the name of the most probable class; all empty where one is no number.
fn classes(distribution: Option<Distribution>, labels: [&'static str; 3]) -> [Cell<'static>; 4] {
    let are_numbers = |d: &Distribution| {
        d.hostile.is_finite() && d.neutral.is_finite() && d.conciliatory.is_finite()
    };
    match distribution.filter(are_numbers) {
        None => [Cell::Null, Cell::Null, Cell::Null, Cell::Null],
        Some(d) => [
            Cell::Real(d.hostile),
            Cell::Real(d.neutral),
            Cell::Real(d.conciliatory),
            Cell::text(labels[d.label() as usize]),
        ],
    }
}

/// The cells of a stance: `p_hostile`, `p_neutral`, `p_conciliatory`, `stance`.
pub(super) fn stance(distribution: Option<Distribution>) -> [Cell<'static>; 4] {
    classes(distribution, STANCE_LABELS)
}

impl TableRow for MentionRow {
    const TABLE: Table = Table::Mentions;

    fn to_raw(&self) -> RawRow<'_> {
        let mut cells = vec![
            Cell::text(&self.article_id),
            Cell::day(self.date),
            Cell::optional_text(self.outlet.as_deref()),
            Cell::text(self.part.name()),
            Cell::Count(self.sentence.into()),
            Cell::Count(self.start.into()),
            Cell::Count(self.end.into()),
            Cell::text(&self.text),
            Cell::text(&self.actor),
            Cell::text(&self.actor_name),
            Cell::Spans(Cow::Borrowed(&self.mentions)),
            Cell::optional_text(self.voice.map(Voice::name)),
            Cell::optional_text(self.speaker.as_deref()),
            Cell::optional_text(self.modality.as_deref()),
        ];
        cells.extend(stance(self.stance));
        cells.extend(classes(self.sentiment, SENTIMENT_LABELS));
        cells.extend([
            Cell::real(self.p_dictionary),
            Cell::Flag(self.is_cut),
            Cell::optional_text(self.actor_state.as_deref()),
        ]);
        RawRow { cells, extra: Cow::Borrowed(&self.extra) }
    }

    fn from_raw(row: RawRow<'_>) -> anyhow::Result<Self> {
        let mut cells = Cells::new(Self::TABLE, row.cells);
        Ok(Self {
            article_id: cells.text("article_id")?,
            date: cells.day("date")?,
            outlet: cells.optional_text("outlet")?,
            part: cells.part("part")?,
            sentence: cells.count("sentence")?,
            start: cells.count("start")?,
            end: cells.count("end")?,
            text: cells.text("text")?,
            actor: cells.text("actor")?,
            actor_name: cells.text("actor_name")?,
            actor_state: cells.optional_text("actor_state")?,
            mentions: cells.spans("mentions")?,
            voice: cells.voice("voice")?,
            speaker: cells.optional_text("speaker")?,
            modality: cells.optional_text("modality")?,
            stance: cells.distribution(STANCE)?,
            sentiment: cells.distribution(SENTIMENT)?,
            p_dictionary: cells.real("p_dictionary")?,
            is_cut: cells.flag("is_cut")?,
            extra: row.extra.into_owned(),
        })
    }
}
