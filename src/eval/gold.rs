//! What is right? Labelled texts, read from the forms that labelled sets come in.
//!
//! A gold file is JSON lines, in any of these forms, which may be mixed in one file:
//!
//! - **ours**: `{"id", "text", "targets": [{"mention", "start", "end", "label"}]}`, with sentiment labels (negative,
//!   neutral, positive) or stance labels (hostile, neutral, conciliatory). Which of the two is seen from the file: one
//!   `hostile` or `conciliatory` anywhere makes it a stance file.
//! - **directed**: the same with `"source_mention": {"mention", "start", "end"}`, or `"source": "author"` for the
//!   text's own voice, and stance labels: the stance of the source toward each target.
//! - **`rhetoric`**: `{"id", "text", "genre", "mentions", "stances", "sentiment"}`: every ordered pair of actors, the
//!   text's own voice included, that `stances` doesn't list is neutral.
//! - **`NewsMTSC`'s own**: `{"sentence" or "sentence_normalized", "targets": [{"mention", "from", "to", "polarity"}]}`,
//!   or flat with one target a row; polarity −1, 0, 1 or 2, 4, 6.
//! - **whole texts**: `{"id", "text", "sentence_label"}` without targets, for training alone.
//!
//! or a table (CSV, TSV) with a head, a target a row, whose columns a [`Layout`] names where they have unusual names; or
//! the three-line form of aspect-based sets (`.seg`, `.raw`).
//!
//! Several coders may have labelled the same: `"labels": {CODER: LABEL}` in a target, `"coder"` in rows with the same id
//! and text, or several columns of labels. What most of them say is the label; where none has most, there is none.
//!
//! Offsets count code points unless the layout says otherwise, and `text[start:end] == mention` is verified. A target
//! without offsets stands wherever its name does.

mod coders;
mod facets;
mod form;
mod layout;
mod offsets;
mod polarity;
mod rhetoric;
mod row;
mod table;

pub use coders::Coded;
pub use facets::Facets;
pub use layout::{Absent, FIELDS, Layout};
pub use offsets::Offsets;

use std::collections::BTreeSet;
use std::path::Path;

use crate::batch::Instance;
use crate::error::Skipped;
use crate::model::Task;

/// One labelled text: what to read, and what a reader should have found.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct GoldItem {
    /// The row's id, else `PATH#LINE`.
    pub id: String,
    /// The row's genre, subset or the like, to slice by: `genre`, else `meta.subset`, else `dataset`.
    pub group: Option<String>,
    /// The document that the text stands in (`meta.doc`): its rows are not independent of each other.
    pub document: Option<String>,
    /// What to read; spans point into its text.
    pub instance: Instance,
    /// The labels.
    pub labels: Vec<GoldLabel>,
    /// What each of several coders said; empty where there was one.
    pub coded: Vec<Coded>,
    /// What else the row says.
    pub facets: Facets,
    /// The label of the whole text, where it has one and no targets (`un_quadclass`): a class as in [`GoldLabel`].
    pub sentence_label: Option<usize>,
}

/// One label.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GoldLabel {
    /// Which head it is for.
    pub task: Task,
    /// The index of the target in the instance's `targets`, or of the pair in its `pairs` for [`Task::Dyad`].
    pub slot: usize,
    /// 0 hostile/negative, 1 neutral, 2 conciliatory/positive.
    pub class: usize,
}

/// A gold file as read.
#[derive(Clone, Debug, Default)]
pub struct Gold {
    /// The usable rows, in order.
    pub items: Vec<GoldItem>,
    /// The others, with the reason.
    pub skipped: Vec<Skipped>,
    /// Labels that the rules of the form leave out: targets toward whom the sources of a sentence disagree, those of
    /// which no label was given by most coders, and for training `unscon`'s `no_conflict`.
    pub n_left_out: usize,
}

/// What the labels are wanted for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Purpose {
    /// Only what is labelled.
    Scoring,
    /// Also what follows from it, without what is doubtful.
    Training,
}

impl Gold {
    /// Reads a gold file in any of the forms above: the labels to be scored.
    ///
    /// # Errors
    /// When the file can't be read, or is a table without the columns that are needed. A row that doesn't fit is no
    /// error: it is in `skipped`.
    pub fn read(path: &Path) -> anyhow::Result<Self> {
        Self::read_as(path, &Layout::default())
    }

    /// The same, of a file of which more must be told than can be seen.
    ///
    /// # Errors
    /// As [`Gold::read`].
    pub fn read_as(path: &Path, layout: &Layout) -> anyhow::Result<Self> {
        form::read(path, &fs_err::read(path)?, Purpose::Scoring, layout)
    }

    /// Reads a gold file to learn from.
    ///
    /// Beside the labels that [`Gold::read`] gives, a row of `dse` (directed, with `meta.class`) gives the target's
    /// stance where its label isn't neutral: a neutral pair says nothing about other sources in the sentence. Neutral
    /// labels of `unscon` (`meta.source_actor`) are left out and counted: they mean "no conflict", and may hide
    /// conciliatory ones.
    ///
    /// # Errors
    /// When the file can't be read.
    pub fn read_for_training(path: &Path) -> anyhow::Result<Self> {
        form::read(path, &fs_err::read(path)?, Purpose::Training, &Layout::default())
    }

    /// The tasks that have a label, in the order of [`Task::ALL`].
    pub fn tasks(&self) -> Vec<Task> {
        let labelled =
            |task| self.items.iter().any(|item| item.labels.iter().any(|l| l.task == task));
        Task::ALL.into_iter().filter(|&task| labelled(task)).collect()
    }

    /// How many labels there are of each task, in the order of [`Task::ALL`], and class.
    pub fn class_counts(&self) -> [[u64; 3]; 3] {
        let mut counts = [[0; 3]; 3];
        for label in self.items.iter().flat_map(|item| &item.labels) {
            counts[label.task as usize][label.class] += 1;
        }
        counts
    }

    /// The groups that its items are in, sorted.
    pub fn groups(&self) -> BTreeSet<&str> {
        self.items.iter().filter_map(|item| item.group.as_deref()).collect()
    }

    /// Keeps the items of one group.
    pub fn retain_group(&mut self, group: &str) {
        self.items.retain(|item| item.group.as_deref() == Some(group));
    }
}

impl GoldItem {
    /// The labels for one task, in order.
    pub fn labels_for(&self, task: Task) -> impl Iterator<Item = GoldLabel> {
        self.labels.iter().copied().filter(move |label| label.task == task)
    }
}

#[cfg(test)]
mod tests;
