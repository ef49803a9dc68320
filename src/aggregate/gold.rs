//! What did people say of it? Labels of sampled rows, and how probable it was that each was sampled.

use std::collections::HashMap;

use crate::score::DyadRow;
use crate::score::MentionRow;
use crate::score::Part;
use crate::score::Stance;

/// Which row of a run: its article, its sentence, and whom it is about.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RowId {
    /// The article's id.
    pub article_id: String,
    /// Title or text.
    pub part: Part,
    /// The sentence's number in its part.
    pub sentence: u32,
    /// Id of the source as the run has it; `None` in the table `mentions`.
    pub source: Option<String>,
    /// Id of the actor, or of the target.
    pub target: String,
}

impl RowId {
    /// Names a mention row.
    pub fn of_mention(row: &MentionRow) -> Self {
        Self {
            article_id: row.article_id.clone(),
            part: row.part,
            sentence: row.sentence,
            source: None,
            target: row.actor.clone(),
        }
    }

    /// Names a dyad row.
    pub fn of_dyad(row: &DyadRow) -> Self {
        Self {
            article_id: row.article_id.clone(),
            part: row.part,
            sentence: row.sentence,
            source: Some(row.source.clone()),
            target: row.target.clone(),
        }
    }
}

/// What a person said of a row.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Labelled {
    /// The label.
    pub stance: Stance,
    /// The probability with which the row was drawn into the sample, above 0 and at most 1.
    pub probability: f64,
}

/// A gold sample: labelled rows by their ids.
#[derive(Clone, Debug, Default)]
pub struct Gold {
    rows: HashMap<RowId, Labelled>,
}

impl Gold {
    /// Adds a row's label; what was said of the same row before is given back.
    pub fn insert(&mut self, row: RowId, label: Labelled) -> Option<Labelled> {
        self.rows.insert(row, label)
    }

    /// The label of a row.
    pub fn get(&self, row: &RowId) -> Option<Labelled> {
        self.rows.get(row).copied()
    }

    /// How many rows have a label.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether none has.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }
}
