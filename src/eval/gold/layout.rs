//! How does a file say it? What its columns, labels and offsets mean.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::offsets::Offsets;

/// What the reader must be told of a file, beside what it can see.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Layout {
    /// What offsets count.
    pub offsets: Offsets,
    /// Which columns of a table hold what: a field of [`FIELDS`] and the names of its columns. `label` may have several,
    /// one a coder.
    pub columns: BTreeMap<String, Vec<String>>,
    /// The file's words for labels, and ours for them.
    pub labels: BTreeMap<String, String>,
    /// What becomes of a target that the text doesn't name.
    pub absent: Absent,
}

/// What becomes of a target without offsets whose name doesn't stand in the text: a topic.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Absent {
    /// Its row is skipped, with that reason.
    #[default]
    Skip,
    /// It is read from the whole text. The model isn't told what the topic is: only what the text says at large.
    WholeText,
}

/// The fields of a table, and the names under which their columns are found unasked.
pub const FIELDS: &[(&str, &[&str])] = &[
    ("text", &["text", "sentence", "tweet", "document", "post"]),
    ("mention", &["mention", "target", "entity"]),
    ("start", &["start", "from", "begin"]),
    ("end", &["end", "to"]),
    ("label", &["label", "stance", "sentiment", "polarity"]),
    ("id", &["id"]),
    ("source", &["source"]),
    ("source_start", &["source_start"]),
    ("source_end", &["source_end"]),
    ("coder", &["coder", "annotator", "worker"]),
    ("document", &["doc", "document_id", "doc_id"]),
    ("group", &["genre", "group"]),
    ("date", &["date"]),
    ("outlet", &["outlet"]),
    ("domain", &["domain"]),
    ("voice", &["voice"]),
    ("modality", &["modality"]),
    ("actor", &["actor"]),
];

impl Layout {
    /// A label in our words.
    pub(super) fn label<'a>(&'a self, label: &'a str) -> &'a str {
        self.labels.get(label.trim()).map_or(label.trim(), String::as_str)
    }
}
