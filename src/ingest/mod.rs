//! Where do articles come from? Files, folders and pipes in, articles out, one at a time.
//!
//! [`read`] is the one door.
//! A [`Format`] turns the bytes of one file into raw records, fields by name; what these fields mean is
//! decided once, for all formats, by [`Columns`] and the article mapping.
//! Nothing is held beyond the record at hand (and a hash of every id, to find repeated ones), so memory
//! does not grow with the archive.
//!
//! A bad record is a value: it is yielded as [`Record::Skipped`] with its place and reason, and reading
//! goes on.

use std::path::Path;

use serde_json::{Map, Value};

mod encoding;
mod unpack;
mod source;
mod walk;
mod sniff;
mod columns;
mod date;
mod article;
mod reader;
mod rows;
mod delimited;
mod jsonl;
mod csv;
mod tsv;
mod parquet;
mod text;

pub use columns::{Columns, Field};
pub use encoding::Encoding;
pub use reader::{InputFile, Options, Reader, Record, read};
pub use source::Source;

/// The fields of one record by name, in their order.
pub type Fields = Map<String, Value>;

/// The raw records of one file, in order.
pub type RawRecords = Box<dyn Iterator<Item = RawRecord> + Send>;

/// One record as its format gives it, before its fields have a meaning.
#[derive(Clone, Debug, PartialEq)]
pub struct RawRecord {
    /// The line of its first byte, from 1; the record's number in formats without lines.
    pub line: u64,
    /// Its fields, or why there are none: lower case, without a full stop.
    pub fields: Result<Fields, String>,
    /// What was left out of an otherwise good record, and why.
    pub warnings: Vec<String>,
}

impl RawRecord {
    fn good(line: u64, fields: Fields) -> Self {
        Self { line, fields: Ok(fields), warnings: Vec::new() }
    }

    fn bad(line: u64, reason: impl Into<String>) -> Self {
        Self { line, fields: Err(reason.into()), warnings: Vec::new() }
    }
}

/// A form that archives come in. To add one: one file with an `impl`, and one line in [`FORMATS`].
pub trait Format: Sync {
    /// The name on the command line.
    fn name(&self) -> &'static str;

    /// The file extensions, in lower case and without the dot, that say a file has this form.
    fn extensions(&self) -> &'static [&'static str];

    /// Whether its records have named fields, which a column map can speak of.
    fn has_columns(&self) -> bool {
        true
    }

    /// Reads the records of one file.
    ///
    /// # Errors
    /// When the file as a whole isn't of this form; a bad record is an item of the iterator.
    /// Whatever goes wrong half-way is the last item.
    fn records(&self, source: Source) -> anyhow::Result<RawRecords>;
}

/// All formats, in the order in which they are listed to the user.
pub const FORMATS: &[&dyn Format] =
    &[&jsonl::Jsonl, &csv::Csv, &tsv::Tsv, &parquet::Parquet, &text::Text];

/// The format with this name.
///
/// # Errors
/// When there is none; the message lists all.
pub fn format(name: &str) -> anyhow::Result<&'static dyn Format> {
    FORMATS.iter().copied().find(|format| format.name() == name).ok_or_else(|| {
        let names: Vec<_> = FORMATS.iter().map(|format| format!("`{}`", format.name())).collect();
        anyhow::anyhow!("no input format `{name}`; there are {}", names.join(", "))
    })
}

/// The format that a file's name says it has, with any `.gz` or `.zst` left aside.
pub fn format_of(path: &Path) -> Option<&'static dyn Format> {
    let name = path.file_name()?.to_str()?.to_ascii_lowercase();
    let bare = source::COMPRESSED.iter().find_map(|(ending, _)| name.strip_suffix(ending));
    let (_, extension) = bare.unwrap_or(&name).rsplit_once('.')?;
    FORMATS.iter().copied().find(|format| format.extensions().contains(&extension))
}

/// Shortens what is quoted from a record, so that a message stays one line.
fn clip(text: &str) -> String {
    const MOST: usize = 60;
    let line: String = text.chars().take(MOST).map(|c| if c == '\n' { ' ' } else { c }).collect();
    if text.chars().nth(MOST).is_some() { format!("{line}…") } else { line }
}

/// Lists names for a message: `a`, `b`, …, at most twelve of them.
fn list_names<'a>(names: impl Iterator<Item = &'a str>) -> String {
    const MOST: usize = 12;
    let mut names: Vec<_> = names.map(|name| format!("`{}`", clip(name))).collect();
    if names.len() > MOST {
        names.truncate(MOST);
        names.push("…".into());
    }
    names.join(", ")
}

#[cfg(test)]
mod tests;
