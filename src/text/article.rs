//! What was read? One record of an archive, before anything is found in it.

use std::path::PathBuf;
use std::sync::Arc;

use jiff::civil::Date;
use serde_json::{Map, Value};

/// One news article, statement or speech, as it was read.
#[derive(Clone, Debug, PartialEq)]
pub struct Article {
    /// Unique in a run: the id field of the record, else `PATH#RECORD`.
    pub id: String,
    /// The day of publication, as written in the record's own time zone.
    pub date: Option<Date>,
    /// Who published it.
    pub outlet: Option<String>,
    /// The actor (id or alias) whose own voice the text is: a ministry's statement, a state agency's story.
    pub issuer: Option<String>,
    /// The headline; never empty.
    pub title: Option<String>,
    /// The body; may be empty where there is a title.
    pub text: String,
    /// Every further field of the record, in its order, carried through to the outputs.
    pub extra: Map<String, Value>,
    /// Where it was read.
    pub origin: Origin,
}

/// Where a record was read, for messages and for finding it again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    /// The file as it was named on the command line or found in a folder; `-` for standard input.
    pub path: Arc<PathBuf>,
    /// The record's number in the file, from 1.
    pub record: u64,
    /// The line of the record's first byte, from 1; the record's number in formats without lines.
    pub line: u64,
}
