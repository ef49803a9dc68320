//! How does a run become a folder? Three tables that appear together when all are complete.

use std::io::BufWriter;
use std::path::{Path, PathBuf};

use anyhow::{anyhow, ensure};

use super::partial::{Partial, sync_folder};
use super::{RowCounts, SINKS, Sink, Table, TableFormat, TableRow, TableWriter, manifest};
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
    let is_new = !folder.exists();
    fs_err::create_dir_all(folder)?;
    let guard = NewFolder(is_new.then(|| folder.to_path_buf()));
    // Looked at twice, since a run may end between the first look and the locks.
    refuse_run(folder)?;
    let open = |table| Open::create(folder, format, table);
    let (mentions, dyads, articles) =
        (open(Table::Mentions)?, open(Table::Dyads)?, open(Table::Articles)?);
    refuse_run(folder)?;
    Ok(Box::new(Folder {
        path: folder.to_path_buf(),
        mentions,
        dyads,
        articles,
        counts: RowCounts::default(),
        guard,
    }))
}

/// Fails if there is anything in the folder that a run writes.
fn refuse_run(folder: &Path) -> anyhow::Result<()> {
    let tables =
        Table::ALL.iter().flat_map(|table| SINKS.iter().map(move |f| file_name(*table, *f)));
    for name in tables.chain([manifest::FILE_NAME.to_owned()]) {
        if folder.join(&name).exists() {
            return Err(anyhow!("`{}` holds a run already: `{name}`", folder.display()))
                .hint(|| "give another folder with `-o`, or remove this one first".into());
        }
    }
    Ok(())
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
        let Self { mentions, dyads, articles, counts, path, mut guard } = *self;
        let tables = [mentions, dyads, articles].map(Open::finish);
        let mut done: Vec<PathBuf> = Vec::new();
        let result = tables.into_iter().try_for_each(|table| {
            let (partial, target) = table?;
            ensure!(!target.exists(), "`{}` came into being meanwhile", target.display());
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
