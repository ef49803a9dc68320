//! Where do rows go? Into three tables in a folder, or down a pipe; and back again.
//!
//! [`create`] opens the tables `mentions`, `dyads` and `articles` of a run in one of the formats of
//! [`SINKS`], all with the same columns; [`stream()`] writes rows to a pipe.
//! [`read_mentions`], [`read_dyads`] and [`read_articles`] read back what was written, in any of the formats.
//! What a run was, its [`manifest`] says; it is written last, so a folder that has one is complete.
//! While it goes on, [`Parts`] keep what is done, so that it can go on after any end.

use std::io::{self, Write};

use crate::score::{ArticleRow, DyadRow, MentionRow};

mod cell;
mod table;
mod mentions;
mod dyads;
mod articles;
mod extra;
mod jsonl;
mod csv;
mod parquet;
mod partial;
mod folder;
mod identity;
mod part;
mod parts;
mod stream;
mod read;
pub mod manifest;

pub(crate) use self::csv::{guarded, unguarded};
pub use cell::{Cell, Column, Kind};
pub use folder::{create, replace};
pub use identity::Identity;
pub use manifest::Manifest;
pub use part::{Entry, Part};
pub use partial::write_whole;
pub use parts::{Changes, Parts};
pub use read::{Rows, read_articles, read_dyads, read_mentions};
pub use stream::stream;
pub use table::{RawRow, Table, TableRow};

/// The rows of a table as a format reads them.
pub type RawRows = Box<dyn Iterator<Item = anyhow::Result<RawRow<'static>>> + Send>;

/// Where the rows of a run go, article by article.
pub trait Sink: Send {
    /// Takes a row of `articles`.
    ///
    /// # Errors
    /// When it cannot be written; nothing that was written before counts then.
    fn article(&mut self, row: &ArticleRow) -> anyhow::Result<()>;

    /// Takes a row of `mentions`; errors as in [`article`](Self::article).
    fn mention(&mut self, row: &MentionRow) -> anyhow::Result<()>;

    /// Takes a row of `dyads`; errors as in [`article`](Self::article).
    fn dyad(&mut self, row: &DyadRow) -> anyhow::Result<()>;

    /// Completes what was written; a sink that is dropped without it leaves nothing behind.
    ///
    /// # Errors
    /// When that cannot be done.
    fn finish(self: Box<Self>) -> anyhow::Result<RowCounts>;
}

/// How many rows went into each table.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RowCounts {
    /// Rows of `articles`.
    pub articles: u64,
    /// Rows of `mentions`.
    pub mentions: u64,
    /// Rows of `dyads`.
    pub dyads: u64,
}

/// A form that tables are written in. To add one: one file with an `impl`, and one line in [`SINKS`].
pub trait TableFormat: Sync {
    /// The name on the command line, and the extension of its files.
    fn name(&self) -> &'static str;

    /// Begins a table.
    ///
    /// # Errors
    /// When its beginning cannot be written.
    fn writer(
        &self,
        output: Box<dyn Write + Send>,
        table: Table,
    ) -> anyhow::Result<Box<dyn TableWriter>>;

    /// Reads a table that [`writer`](Self::writer) wrote, from its file.
    ///
    /// # Errors
    /// When it isn't of this form or lacks columns.
    fn reader(&self, file: fs_err::File, table: Table) -> anyhow::Result<RawRows>;
}

/// A table that is being written.
pub trait TableWriter: Send {
    /// Adds a row: the cells in the order of the table's columns, and the article's further fields.
    ///
    /// # Errors
    /// When it cannot be written.
    fn write(&mut self, row: &RawRow<'_>) -> anyhow::Result<()>;

    /// Ends the table and flushes it.
    ///
    /// # Errors
    /// When that cannot be done.
    fn finish(self: Box<Self>) -> anyhow::Result<()>;
}

/// All formats, in the order in which they are listed to the user.
pub const SINKS: &[&dyn TableFormat] = &[&parquet::Parquet, &csv::Csv, &jsonl::Jsonl];

/// The format with this name.
///
/// # Errors
/// When there is none; the message lists all.
pub fn format(name: &str) -> anyhow::Result<&'static dyn TableFormat> {
    SINKS.iter().copied().find(|format| format.name() == name).ok_or_else(|| {
        let names: Vec<_> = SINKS.iter().map(|format| format!("`{}`", format.name())).collect();
        anyhow::anyhow!("no output format `{name}`; there are {}", names.join(", "))
    })
}

/// Whether writing failed because nobody reads the pipe any more, which ends a run quietly.
pub fn is_broken_pipe(error: &anyhow::Error) -> bool {
    let mut causes = error.chain().filter_map(|cause| cause.downcast_ref::<io::Error>());
    causes.any(|cause| cause.kind() == io::ErrorKind::BrokenPipe)
}

#[cfg(test)]
mod tests;
