//! How is a file complete or absent? Written under another name, and renamed once all of it is on disk.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use anyhow::Context;

use crate::error::WithHint;

/// A file that has its name only once it is complete; dropped before that, it is gone.
pub(super) struct Partial {
    target: PathBuf,
    path: PathBuf,
    /// Locked, so that a second process can't write the same file; the lock goes with the process.
    file: Option<fs_err::File>,
}

impl Partial {
    /// Begins `target` as `.NAME.partial` beside it; what a killed process left there is overwritten.
    pub(super) fn create(target: &Path) -> anyhow::Result<Self> {
        let name =
            target.file_name().with_context(|| format!("`{}` is no file", target.display()))?;
        let path = target.with_file_name(format!(".{}.partial", name.to_string_lossy()));
        let file =
            fs_err::OpenOptions::new().write(true).create(true).truncate(false).open(&path)?;
        // Some network file systems know no locks; that is no reason not to write.
        if let Err(std::fs::TryLockError::WouldBlock) = file.try_lock() {
            return Err(anyhow::anyhow!("another run is writing `{}`", target.display()))
                .hint(|| "wait for it, or write somewhere else".into());
        }
        file.set_len(0)?;
        Ok(Self { target: target.to_path_buf(), path, file: Some(file) })
    }

    /// A second handle to write through.
    pub(super) fn handle(&self) -> io::Result<fs_err::File> {
        match &self.file {
            Some(file) => file.try_clone(),
            None => Err(io::Error::other("the file is complete")),
        }
    }

    /// Brings everything that was written onto the disk.
    pub(super) fn sync(&self) -> io::Result<()> {
        self.file.as_ref().map_or(Ok(()), fs_err::File::sync_all)
    }

    /// Gives the file its name. Call [`sync`](Self::sync) before.
    pub(super) fn complete(mut self) -> io::Result<()> {
        self.file = None;
        let result = fs_err::rename(&self.path, &self.target);
        if result.is_err() {
            // Nobody can be told more than that already.
            let _ = fs_err::remove_file(&self.path);
        }
        result
    }
}

impl Drop for Partial {
    fn drop(&mut self) {
        if self.file.take().is_some() {
            // The run has failed with a better reason than this could give.
            let _ = fs_err::remove_file(&self.path);
        }
    }
}

/// Writes a whole file, complete or not at all.
///
/// # Errors
/// When it cannot be written; a file of that name stays as it was then.
pub fn write_whole(path: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    let partial = Partial::create(path)?;
    partial.handle()?.write_all(bytes)?;
    partial.sync()?;
    partial.complete()?;
    sync_folder(path.parent());
    Ok(())
}

/// Brings new names in a folder onto the disk, where the system can.
pub(super) fn sync_folder(folder: Option<&Path>) {
    let folder = folder.filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    if let Ok(folder) = fs_err::File::open(folder) {
        // Systems that can't do this for a folder don't need it.
        let _ = folder.sync_all();
    }
}
