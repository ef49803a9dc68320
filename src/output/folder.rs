//! How does a run become a folder? Three tables that appear together when all are complete.

use std::io::BufWriter;
use std::path::{Path, PathBuf};

use anyhow::{anyhow, ensure};

use super::partial::{Partial, sync_folder};
use super::{RowCounts, SINKS, Sink, Table, TableFormat, TableRow, TableWriter, manifest, parts};
use crate::error::WithHint;
use crate::score::{ArticleRow, DyadRow, MentionRow};

/// Opens the tables of a run in `folder`, which is made if need be.
///
/// They get their names when the sink is finished; before that the folder holds hidden `.partial` files,
/// which go when the sink is dropped.
///
/// # Errors
/// When the folder holds a run already, another process is writing one there, or it cannot be written to.
pub fn create(folder: &Path, format: &dyn TableFormat) -> anyhow::Result<Box<dyn Sink>> {
    refuse_run(folder)?;
    let tables = open(folder, format, Existing::Refused)?;
    // Looked at again, since a run may have ended between the first look and the locks.
    refuse_run(folder)?;
    Ok(tables)
}

/// Opens the tables of a run that this process holds the [`Parts`](super::Parts) of: those of an earlier end of it are
/// replaced, once all are complete.
///
/// # Errors
/// When they can't be written.
pub fn replace(folder: &Path, format: &dyn TableFormat) -> anyhow::Result<Box<dyn Sink>> {
    open(folder, format, Existing::Replaced)
}

/// What becomes of tables that are there already.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Existing {
    Refused,
    Replaced,
}

fn open(
    folder: &Path,
    format: &dyn TableFormat,
    existing: Existing,
) -> anyhow::Result<Box<dyn Sink>> {
    let is_new = !folder.exists();
    fs_err::create_dir_all(folder)?;
    let guard = NewFolder(is_new.then(|| folder.to_path_buf()));
    let open = |table| Open::create(folder, format, table);
    Ok(Box::new(Folder {
        mentions: open(Table::Mentions)?,
        dyads: open(Table::Dyads)?,
        articles: open(Table::Articles)?,
        counts: RowCounts::default(),
        path: folder.to_path_buf(),
        existing,
        guard,
    }))
}

/// Fails if there is anything in the folder that a run writes.
pub(super) fn refuse_run(folder: &Path) -> anyhow::Result<()> {
    let holds = |name: &str| -> anyhow::Result<()> {
        Err(anyhow!("`{}` holds a run already: `{name}`", folder.display())).hint(|| {
            "`--resume` goes on with it; else give another folder with `-o`, or remove this one first"
                .into()
        })
    };
    let tables =
        Table::ALL.iter().flat_map(|table| SINKS.iter().map(move |f| file_name(*table, *f)));
    for name in tables.chain([manifest::FILE_NAME.to_owned()]) {
        if folder.join(&name).exists() {
            holds(&name)?;
        }
    }
    if parts::are_in(folder) { holds(parts::FOLDER) } else { Ok(()) }
}

pub(super) fn file_name(table: Table, format: &dyn TableFormat) -> String {
    format!("{}.{}", table.name(), format.name())
}

// Fields are dropped in this order: the files go before the folder that they are in.
struct Folder {
    mentions: Open,
    dyads: Open,
    articles: Open,
    counts: RowCounts,
    path: PathBuf,
    existing: Existing,
    guard: NewFolder,
}

impl Sink for Folder {
    fn article(&mut self, row: &ArticleRow) -> anyhow::Result<()> {
        self.counts.articles += 1;
        self.articles.write(row)
    }

    fn mention(&mut self, row: &MentionRow) -> anyhow::Result<()> {
        self.counts.mentions += 1;
        self.mentions.write(row)
    }

    fn dyad(&mut self, row: &DyadRow) -> anyhow::Result<()> {
        self.counts.dyads += 1;
        self.dyads.write(row)
    }

    fn finish(self: Box<Self>) -> anyhow::Result<RowCounts> {
        let Self { mentions, dyads, articles, counts, path, existing, mut guard } = *self;
        let tables = [mentions.finish()?, dyads.finish()?, articles.finish()?];
        if existing == Existing::Replaced {
            remove_manifest(&path)?;
        }
        let mut done: Vec<PathBuf> = Vec::new();
        let result = tables.into_iter().try_for_each(|(partial, target)| {
            ensure!(
                existing == Existing::Replaced || !target.exists(),
                "`{}` came into being meanwhile",
                target.display()
            );
            partial.complete()?;
            done.push(target);
            Ok(())
        });
        if result.is_err() {
            for path in done {
                // Some of three tables would look like a run.
                let _ = fs_err::remove_file(path);
            }
        }
        result?;
        guard.0 = None;
        sync_folder(Some(&path));
        Ok(counts)
    }
}

/// A folder with a manifest is complete: one whose tables are about to be replaced isn't.
fn remove_manifest(folder: &Path) -> anyhow::Result<()> {
    let path = folder.join(manifest::FILE_NAME);
    if path.exists() {
        fs_err::remove_file(path)?;
        sync_folder(Some(folder));
    }
    Ok(())
}

/// One table that is being written.
struct Open {
    writer: Box<dyn TableWriter>,
    partial: Partial,
    target: PathBuf,
}

impl Open {
    fn create(folder: &Path, format: &dyn TableFormat, table: Table) -> anyhow::Result<Self> {
        let target = folder.join(file_name(table, format));
        let partial = Partial::create(&target)?;
        let writer = format.writer(Box::new(BufWriter::new(partial.handle()?)), table)?;
        Ok(Self { writer, partial, target })
    }

    fn write(&mut self, row: &impl TableRow) -> anyhow::Result<()> {
        self.writer.write(&row.to_raw())
    }

    fn finish(self) -> anyhow::Result<(Partial, PathBuf)> {
        self.writer.finish()?;
        self.partial.sync()?;
        Ok((self.partial, self.target))
    }
}

/// A folder that this run made, to be taken away if the run fails and nothing else is in it.
struct NewFolder(Option<PathBuf>);

impl Drop for NewFolder {
    fn drop(&mut self) {
        if let Some(path) = &self.0 {
            // Not empty: somebody else's files are there, and stay.
            let _ = fs_err::remove_dir(path);
        }
    }
}
