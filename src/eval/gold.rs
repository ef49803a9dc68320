//! What is right? Labelled texts, read from the forms that labelled sets come in.

use std::path::Path;

use crate::batch::Instance;
use crate::error::Skipped;
use crate::model::Task;

/// One labelled text: what to read, and what a reader should have found.
#[derive(Clone, Debug, PartialEq)]
pub struct GoldItem {
    /// The row's id, else `PATH#LINE`.
    pub id: String,
    /// The row's genre, subset or the like, to slice by.
    pub group: Option<String>,
    /// What to read; spans point into its text.
    pub instance: Instance,
    /// The labels.
    pub labels: Vec<GoldLabel>,
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
}

impl Gold {
    /// Reads a JSONL gold file in any of the forms of the design: ours, NewsMTSC's own, directed, `rhetoric`.
    pub fn read(path: &Path) -> anyhow::Result<Self> {
        let _ = path;
        Err(anyhow::anyhow!("gold reader comes next"))
    }
}
