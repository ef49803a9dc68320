//! How does one get back what was written? Row after row, whatever the format.

use std::marker::PhantomData;
use std::path::{Path, PathBuf};

use anyhow::{Context, anyhow};

use super::folder::file_name;
use super::{RawRows, SINKS, TableRow};
use crate::error::WithHint;
use crate::score::{ArticleRow, DyadRow, MentionRow};

/// The rows of one table; an error names the file and the row's number, from 1, and ends the table.
pub struct Rows<R> {
    path: PathBuf,
    /// `None` behind an error.
    raw: Option<RawRows>,
    count: u64,
    kind: PhantomData<fn() -> R>,
}

/// Reads the table `mentions` of a run, as a stream.
///
/// Text formats have probabilities rounded to six decimals. Parquet and CSV have no field that is null,
/// and CSV has all further fields as text.
///
/// # Errors
/// When the folder has no such table, or it isn't one of ours.
pub fn read_mentions(folder: &Path) -> anyhow::Result<Rows<MentionRow>> {
    open(folder)
}

/// Reads the table `dyads` of a run; all else as in [`read_mentions`].
pub fn read_dyads(folder: &Path) -> anyhow::Result<Rows<DyadRow>> {
    open(folder)
}

/// Reads the table `articles` of a run; all else as in [`read_mentions`].
pub fn read_articles(folder: &Path) -> anyhow::Result<Rows<ArticleRow>> {
    open(folder)
}

fn open<R: TableRow>(folder: &Path) -> anyhow::Result<Rows<R>> {
    let mut found = SINKS.iter().map(|format| (folder.join(file_name(R::TABLE, *format)), *format));
    let Some((path, format)) = found.find(|(path, _)| path.exists()) else {
        let (folder, table) = (folder.display(), R::TABLE.name());
        return Err(anyhow!("`{folder}` has no table `{table}`"))
            .hint(|| "name the folder that `detente score -o` wrote".into());
    };
    let file = fs_err::File::open(&path)?;
    let rows = format.reader(file, R::TABLE).with_context(|| path.display().to_string())?;
    Ok(Rows { path, raw: Some(rows), count: 0, kind: PhantomData })
}

impl<R: TableRow> Iterator for Rows<R> {
    type Item = anyhow::Result<R>;

    fn next(&mut self) -> Option<Self::Item> {
        let row = self.raw.as_mut()?.next()?;
        self.count += 1;
        let row = row
            .and_then(R::from_raw)
            .with_context(|| format!("{}: row {}", self.path.display(), self.count));
        if row.is_err() {
            self.raw = None;
        }
        Some(row)
    }
}
