//! What was a run? Versions, inputs, parameters, and the count of everything read, scored, skipped and cut.

use std::path::Path;
use std::time::Instant;

use anyhow::Context;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::RowCounts;
use super::partial::write_whole;
use crate::digest::sha256;
use crate::error::Skipped;

/// The file's name in the folder of a run.
pub const FILE_NAME: &str = "manifest.json";

/// What a run was: the file `manifest.json` of its folder.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Manifest {
    /// Version of the program.
    pub detente: String,
    /// What scored.
    pub model: Model,
    /// Who was looked for.
    pub actors: Actors,
    /// The command's parameters, by name.
    pub parameters: Map<String, Value>,
    /// The files that articles were read from, in order.
    pub inputs: Vec<Input>,
    /// The tables' format.
    pub format: String,
    /// How many there were of everything.
    pub counts: Counts,
    /// The first [`Manifest::MAX_SKIPPED`] records that were skipped.
    pub skipped: Vec<SkippedRecord>,
    /// When it began, RFC 3339 in UTC.
    pub started: String,
    /// When it ended, RFC 3339 in UTC.
    pub finished: String,
    /// How long it took.
    pub seconds: f64,
}

/// The model of a run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Model {
    /// Its name, folder or repository.
    pub name: String,
    /// SHA-256 of its weights in hexadecimal; null where it has none (a dictionary).
    pub sha256: Option<String>,
    /// The precision that it ran at.
    pub precision: String,
}

/// The actors of a run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Actors {
    /// The lists, the built-in one among them.
    pub files: Vec<ActorFile>,
    /// How many actors they name together.
    pub n_actors: u64,
}

/// A list of actors.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActorFile {
    /// Its path, or `built-in`.
    pub path: String,
    /// SHA-256 of its bytes in hexadecimal.
    pub sha256: String,
}

/// A file that articles were read from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Input {
    /// As named on the command line or found in a folder; `-` for standard input.
    pub path: String,
    /// Its size as stored; null for pipes.
    pub n_bytes: Option<u64>,
}

/// How many there were of everything. `records_read` = `articles` + `skipped`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// Records that were read; a file that could not be read counts as one.
    pub records_read: u64,
    /// Articles that were scored.
    pub articles: u64,
    /// Records that could not be used.
    pub skipped: u64,
    /// Articles without a date.
    pub undated: u64,
    /// Sentences in the articles, titles among them.
    pub sentences: u64,
    /// Sentences that mention an actor, and so were scored.
    pub scored: u64,
    /// Scored sentences that were longer than the model's window and were read in several.
    pub cut: u64,
    /// Rows of `mentions`.
    pub mention_rows: u64,
    /// Rows of `dyads`.
    pub dyad_rows: u64,
}

impl Counts {
    /// Whether every record that was read was scored or skipped.
    pub fn add_up(&self) -> bool {
        self.records_read == self.articles + self.skipped
    }

    /// Takes over what a sink counted.
    pub fn set_rows(&mut self, rows: RowCounts) {
        (self.mention_rows, self.dyad_rows) = (rows.mentions, rows.dyads);
    }
}

/// A record that was skipped.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SkippedRecord {
    /// The file that it stands in.
    pub path: String,
    /// The line of its first byte, from 1; the row's number in formats without lines.
    pub line: u64,
    /// Why it was skipped.
    pub reason: String,
}

impl From<&Skipped> for SkippedRecord {
    fn from(skipped: &Skipped) -> Self {
        Self {
            path: skipped.path.display().to_string(),
            line: skipped.line,
            reason: skipped.reason.clone(),
        }
    }
}

impl Manifest {
    /// How many skipped records are listed; all are counted.
    pub const MAX_SKIPPED: usize = 100;

    /// Adds a skipped record to the list, while there is room.
    pub fn list_skipped(list: &mut Vec<SkippedRecord>, skipped: &Skipped) {
        if list.len() < Self::MAX_SKIPPED {
            list.push(skipped.into());
        }
    }

    /// Writes `manifest.json`, complete or not at all. Call it last: it says that the tables are complete.
    ///
    /// # Errors
    /// When the counts don't add up, or the file cannot be written.
    pub fn write(&self, folder: &Path) -> anyhow::Result<()> {
        let Counts { records_read, articles, skipped, .. } = self.counts;
        anyhow::ensure!(
            self.counts.add_up(),
            "{records_read} records were read, but {articles} scored and {skipped} skipped: a bug"
        );
        let mut json = serde_json::to_vec_pretty(self)?;
        json.push(b'\n');
        write_whole(&folder.join(FILE_NAME), &json)
    }

    /// Reads the manifest of a run.
    ///
    /// # Errors
    /// When the folder has none, or one of a version that this one can't read.
    pub fn read(folder: &Path) -> anyhow::Result<Self> {
        let path = folder.join(FILE_NAME);
        let json = fs_err::read(&path)?;
        serde_json::from_slice(&json).with_context(|| path.display().to_string())
    }
}

/// The clock of a run.
#[derive(Clone, Copy, Debug)]
pub struct Clock {
    started: Timestamp,
    running: Instant,
}

impl Clock {
    /// Starts it.
    pub fn start() -> Self {
        Self { started: Timestamp::now(), running: Instant::now() }
    }

    /// Sets when the run began and ended and how long it took, in whole milliseconds.
    pub fn stop(self, manifest: &mut Manifest) {
        let form = |at: Timestamp| at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
        manifest.started = form(self.started);
        manifest.finished = form(Timestamp::now());
        manifest.seconds = (self.running.elapsed().as_secs_f64() * 1e3).round() / 1e3;
    }
}

/// SHA-256 of an article in hexadecimal, by which a run's tables find its text again: of the title, a line
/// feed and the text.
pub fn sha256_of_article(title: Option<&str>, text: &str) -> String {
    sha256([title.unwrap_or_default(), "\n", text])
}
